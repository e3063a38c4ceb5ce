package builtin

import (
	"regexp"
	"strings"

	"tongban/platform/dmn/feel/value"
)

const maxPattern = 1000

// pattern compiles a regular expression as XPath writes it. What RE2 cannot do
// in linear time (references back into the text, subtraction of classes, blocks)
// is refused with a note.
func pattern(r *value.Run, s string, flags value.Value) (*regexp.Regexp, bool) {
	f, _ := flags.(string)
	if !r.Spend(1) || len(s) > maxPattern {
		return nil, false
	}
	re := r.Memo("pattern "+f+"/"+s, func() any {
		r.Spend(50 + len(s))
		text, reason := translate(s, f)
		if reason == "" {
			if re, err := regexp.Compile(text); err == nil {
				return re
			}
			reason = "is not a regular expression"
		}
		r.Note("the pattern %s %s", value.Quote(s), reason)
		return (*regexp.Regexp)(nil)
	}).(*regexp.Regexp)
	return re, re != nil
}

// classes are the escapes of XPath that RE2 lacks or takes for ASCII only;
// without brackets, so that they can stand inside a class.
var classes = map[byte]string{'d': `\p{Nd}`, 's': `\x20\t\n\r`, 'w': `\p{L}\p{M}\p{N}\p{S}`, 'i': `\p{L}_:`, 'c': `\p{L}\p{M}\p{Nd}_:.\-\x{B7}`}

// translate turns a pattern of XPath into one of RE2; reason is empty when that
// is possible.
func translate(s, flags string) (text, reason string) {
	if strings.Trim(flags, "smix") != "" {
		return "", "has flags other than s, m, i and x"
	}
	var b strings.Builder
	if f := strings.ReplaceAll(flags, "x", ""); f != "" {
		b.WriteString("(?" + f + ")")
	}
	free, depth := strings.Contains(flags, "x"), 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\':
			if i++; i == len(s) {
				return "", "ends with a backslash"
			}
			e, n, why := escapeClass(s[i:], depth > 0)
			if why != "" {
				return "", why
			}
			b.WriteString(e)
			i += n
		case free && strings.IndexByte(" \t\n\r", c) >= 0:
			if depth > 0 {
				b.WriteByte(c)
			}
		case c == '[':
			if depth++; depth > 1 {
				return "", "subtracts one class of characters from another, which is not supported"
			}
			b.WriteByte(c)
		case c == ']':
			depth = max(depth-1, 0)
			b.WriteByte(c)
		case c == '(' && strings.HasPrefix(s[i:], "(?") && !strings.HasPrefix(s[i:], "(?:"):
			return "", "has a group that XPath does not know"
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// escapeClass translates what follows a backslash; n is how many bytes after the
// first belong to it.
func escapeClass(s string, inside bool) (text string, n int, reason string) {
	c := s[0]
	lower := c | 0x20
	if set, ok := classes[lower]; ok && (c == lower || c == lower-0x20) {
		switch {
		case c == lower && inside:
			return set, 0, ""
		case c == lower:
			return "[" + set + "]", 0, ""
		case inside:
			return "", 0, "negates a class inside another, which is not supported"
		}
		return "[^" + set + "]", 0, ""
	}
	switch {
	case c >= '0' && c <= '9':
		return "", 0, "refers back to a group, which is not supported"
	case c == 'p' || c == 'P':
		end := strings.IndexByte(s, '}')
		if end < 0 || !strings.HasPrefix(s[1:], "{") {
			return "", 0, "has \\p without a name"
		}
		if strings.HasPrefix(s[2:], "Is") {
			return "", 0, "names a block of characters, which is not supported"
		}
		return `\` + s[:end+1], end, ""
	case strings.IndexByte(`nrt\|.?*+(){}[]^$-`, c) >= 0:
		return `\` + string(c), 0, ""
	}
	return "", 0, "has an escape that XPath does not know"
}

// fnReplace replaces all matches; $1 to $9 in the replacement are groups.
func fnReplace(r *value.Run, a []value.Value) value.Value {
	in, repl := a[0].(string), a[2].(string)
	re, ok := pattern(r, a[1].(string), a[3])
	if !ok {
		return nil
	}
	if re.MatchString("") {
		return r.Null("replace: the pattern %s matches the empty text", value.Quote(a[1].(string)))
	}
	var b strings.Builder
	at := 0
	for _, m := range re.FindAllStringSubmatchIndex(in, -1) {
		b.WriteString(in[at:m[0]])
		if !expand(&b, repl, in, m, re.NumSubexp()) {
			return r.Null("replace: %s has a $ or backslash that stands for nothing", value.Quote(repl))
		}
		at = m[1]
		if !r.Spend(1 + len(repl)/16) {
			return nil
		}
	}
	b.WriteString(in[at:])
	return b.String()
}

func expand(b *strings.Builder, repl, in string, m []int, groups int) bool {
	for i := 0; i < len(repl); i++ {
		switch c := repl[i]; {
		case c == '\\':
			if i++; i == len(repl) || repl[i] != '\\' && repl[i] != '$' {
				return false
			}
			b.WriteByte(repl[i])
		case c == '$':
			if i++; i == len(repl) || !value.IsDigit(repl[i]) {
				return false
			}
			g := int(repl[i] - '0')
			for i+1 < len(repl) && value.IsDigit(repl[i+1]) && g*10+int(repl[i+1]-'0') <= groups {
				i++
				g = g*10 + int(repl[i]-'0')
			}
			if g <= groups && m[2*g] >= 0 {
				b.WriteString(in[m[2*g]:m[2*g+1]])
			}
		default:
			b.WriteByte(c)
		}
	}
	return true
}
