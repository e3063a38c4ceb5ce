package builtin

import (
	"strings"
	"unicode/utf8"

	"tongban/platform/dmn/feel/value"
)

func init() {
	Define("string(from:a)", func(r *value.Run, a []value.Value) value.Value {
		if a[0] == nil {
			return nil
		}
		return orNull(r.Text(a[0]))
	})
	Define("not(negand:a)", func(_ *value.Run, a []value.Value) value.Value {
		if b, ok := a[0].(bool); ok {
			return !b
		}
		return nil
	})
	Define("substring(string:s, start position:n, length?:n)", fnSubstring)
	Define("string length(string:s)", func(_ *value.Run, a []value.Value) value.Value {
		return value.Int(int64(utf8.RuneCountInString(a[0].(string))))
	})
	Define("upper case(string:s)", func(_ *value.Run, a []value.Value) value.Value { return strings.ToUpper(a[0].(string)) })
	Define("lower case(string:s)", func(_ *value.Run, a []value.Value) value.Value { return strings.ToLower(a[0].(string)) })
	Define("trim(string:s)", func(_ *value.Run, a []value.Value) value.Value { return strings.TrimFunc(a[0].(string), value.IsSpace) })
	Define("is blank(string:s)", func(_ *value.Run, a []value.Value) value.Value {
		return strings.TrimFunc(a[0].(string), value.IsSpace) == ""
	})
	Define("substring before(string:s, match:s)", func(_ *value.Run, a []value.Value) value.Value {
		before, _, found := strings.Cut(a[0].(string), a[1].(string))
		if !found {
			return ""
		}
		return before
	})
	Define("substring after(string:s, match:s)", func(_ *value.Run, a []value.Value) value.Value {
		_, after, _ := strings.Cut(a[0].(string), a[1].(string))
		return after
	})
	Define("contains(string:s, match:s)", func(_ *value.Run, a []value.Value) value.Value { return strings.Contains(a[0].(string), a[1].(string)) })
	Define("starts with(string:s, match:s)", func(_ *value.Run, a []value.Value) value.Value {
		return strings.HasPrefix(a[0].(string), a[1].(string))
	})
	Define("ends with(string:s, match:s)", func(_ *value.Run, a []value.Value) value.Value {
		return strings.HasSuffix(a[0].(string), a[1].(string))
	})
}

func init() {
	Define("replace(input:s, pattern:s, replacement:s, flags?:a)", fnReplace)
	Define("matches(input:s, pattern:s, flags?:a)", func(r *value.Run, a []value.Value) value.Value {
		re, ok := pattern(r, a[1].(string), a[2])
		if !ok || !r.Spend(len(a[0].(string))/8) {
			return nil
		}
		return re.MatchString(a[0].(string))
	})
	Define("extract(string:s, pattern:s)", func(r *value.Run, a []value.Value) value.Value {
		re, ok := pattern(r, a[1].(string), nil)
		if !ok || !r.Spend(len(a[0].(string))/4) {
			return nil
		}
		out := []any{}
		for _, m := range re.FindAllString(a[0].(string), -1) {
			out = append(out, m)
		}
		return out
	})
	Define("split(string:s, delimiter:s)", fnSplit)
	Define("string join(list:l, delimiter?:a)", fnJoin)
}

func fnSubstring(_ *value.Run, a []value.Value) value.Value {
	s := []rune(a[0].(string))
	start, ok := whole(a[1])
	if !ok || start == 0 {
		return nil
	}
	if start < 0 {
		start += int64(len(s)) + 1
	}
	if start < 1 || start > int64(len(s)) {
		return ""
	}
	end := int64(len(s))
	if a[2] != nil {
		n, ok := whole(a[2])
		if !ok || n < 1 {
			return nil
		}
		if n < end-start+1 {
			end = start - 1 + n
		}
	}
	return string(s[start-1 : end])
}

// whole cuts a number to its integer.
func whole(v value.Value) (int64, bool) {
	n, ok := v.(value.Number)
	if !ok {
		return 0, false
	}
	if n, ok = n.Round(0, value.RoundDown); !ok {
		return 0, false
	}
	return n.Int64()
}

func fnSplit(r *value.Run, a []value.Value) value.Value {
	re, ok := pattern(r, a[1].(string), nil)
	if !ok || !r.Spend(len(a[0].(string))/4) {
		return nil
	}
	out := []any{}
	s, at := a[0].(string), 0
	for _, m := range re.FindAllStringIndex(s, -1) {
		if m[1] == m[0] {
			if m[0] == 0 || m[0] == len(s) {
				continue // an empty match does not cut off an empty part
			}
		}
		out = append(out, s[at:m[0]])
		at = m[1]
	}
	return append(out, s[at:])
}

func fnJoin(r *value.Run, a []value.Value) value.Value {
	var b strings.Builder
	delimiter, ok := a[1].(string)
	if !ok && a[1] != nil {
		return nil
	}
	n := 0
	for _, e := range a[0].([]any) {
		if e == nil {
			continue
		}
		s, ok := e.(string)
		if !ok {
			return nil
		}
		if n++; n > 1 {
			b.WriteString(delimiter)
		}
		b.WriteString(s)
		if !r.Spend((len(s) + len(delimiter)) / 32) {
			return nil
		}
	}
	return b.String()
}
