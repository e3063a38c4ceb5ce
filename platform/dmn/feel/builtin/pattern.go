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
	f, ok := flags.(string)
	if !ok && flags != nil {
		return nil, false
	}
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
	if strings.Contains(flags, "x") {
		s = squeeze(s)
	}
	for len(s) > 0 {
		switch c := s[0]; {
		case c == '\\':
			e, n, why := escape(s[1:])
			if why != "" {
				return "", why
			}
			b.WriteString(e)
			s = s[1+n:]
		case c == '[':
			set, negated, rest, why := class(s[1:], 0)
			if why != "" {
				return "", why
			}
			b.WriteString(set.source(negated))
			s = rest
		case strings.HasPrefix(s, "(?") && !strings.HasPrefix(s, "(?:"):
			return "", "has a group that XPath does not know"
		case c == ']':
			return "", "has a ] that closes nothing"
		default:
			b.WriteByte(c)
			s = s[1:]
		}
	}
	return b.String(), ""
}

// squeeze takes white space out, except in classes of characters.
func squeeze(s string) string {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case depth == 0 && strings.IndexByte(" \t\n\r", c) >= 0:
			continue
		case c == '\\' && depth > 0 && i+1 < len(s):
			b.WriteByte(c)
			i++
		case c == '[':
			depth++
		case c == ']':
			depth--
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// escape translates what follows a backslash outside a class; n is how much of it
// was taken.
func escape(s string) (text string, n int, reason string) {
	if s == "" {
		return "", 0, "ends with a backslash"
	}
	if value.IsDigit(s[0]) {
		return "", 0, "refers back to a group, which is not supported"
	}
	if strings.IndexByte(`|.?*+(){}[]^$-\`, s[0]) >= 0 {
		return `\` + s[:1], 1, ""
	}
	set, n, reason := escaped(s)
	if reason != "" {
		return "", 0, reason
	}
	return set.source(false), n, ""
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
