package rows

import "strings"

// SplitOutside cuts at 、 and ; outside brackets.
func SplitOutside(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, r := range s {
		switch r {
		case '（', '(':
			depth++
		case '）', ')':
			depth--
		case '、', '；', ';':
			if depth == 0 {
				out = append(out, s[start:i])
				start = i + len(string(r))
			}
		}
	}
	if rest := s[start:]; strings.TrimSpace(rest) != "" {
		out = append(out, rest)
	}
	return out
}

// CutAny cuts at the first of some characters.
func CutAny(s, chars string) (before, after string, ok bool) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		return s, "", false
	}
	for _, r := range s[i:] {
		return s[:i], s[i+len(string(r)):], true
	}
	return s, "", false
}
