package builtin

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongban/platform/dmn/feel/value"
)

// runes is a set of characters as ranges, in no order.
type runes [][2]rune

// source writes the set as a class of RE2.
func (r runes) source(negated bool) string {
	if len(r) == 0 {
		r, negated = runes{{0, unicode.MaxRune}}, !negated
	}
	var b strings.Builder
	b.WriteByte('[')
	if negated {
		b.WriteByte('^')
	}
	for _, p := range r {
		fmt.Fprintf(&b, `\x{%x}-\x{%x}`, p[0], p[1])
	}
	return b.String() + "]"
}

// not gives all other characters.
func (r runes) not() runes {
	sorted := slices.Clone(r)
	slices.SortFunc(sorted, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	var out runes
	next := rune(0)
	for _, p := range sorted {
		if p[0] > next {
			out = append(out, [2]rune{next, p[0] - 1})
		}
		next = max(next, p[1]+1)
	}
	if next <= unicode.MaxRune {
		out = append(out, [2]rune{next, unicode.MaxRune})
	}
	return out
}

// minus gives the characters that are not in another set.
func (r runes) minus(o runes) runes { return append(r.not(), o...).not() }

func table(t *unicode.RangeTable) (out runes) {
	add := func(low, high, stride rune) {
		if stride == 1 {
			out = append(out, [2]rune{low, high})
			return
		}
		for c := low; c <= high; c += stride {
			out = append(out, [2]rune{c, c})
		}
	}
	for _, x := range t.R16 {
		add(rune(x.Lo), rune(x.Hi), rune(x.Stride))
	}
	for _, x := range t.R32 {
		add(rune(x.Lo), rune(x.Hi), rune(x.Stride))
	}
	return out
}

// blocks are the named blocks of characters that rules are likely to name.
var blocks = map[string][2]rune{"BasicLatin": {0, 0x7f}, "Latin-1Supplement": {0x80, 0xff}, "LatinExtended-A": {0x100, 0x17f},
	"LatinExtended-B": {0x180, 0x24f}, "Greek": {0x370, 0x3ff}, "GreekandCoptic": {0x370, 0x3ff}, "Cyrillic": {0x400, 0x4ff},
	"Hebrew": {0x590, 0x5ff}, "Arabic": {0x600, 0x6ff}, "Thai": {0xe00, 0xe7f}, "Tibetan": {0xf00, 0xfff}, "Mongolian": {0x1800, 0x18af},
	"GeneralPunctuation": {0x2000, 0x206f}, "CJKSymbolsandPunctuation": {0x3000, 0x303f}, "Hiragana": {0x3040, 0x309f},
	"Katakana": {0x30a0, 0x30ff}, "Bopomofo": {0x3100, 0x312f}, "CJKUnifiedIdeographsExtensionA": {0x3400, 0x4dbf},
	"CJKUnifiedIdeographs": {0x4e00, 0x9fff}, "HangulSyllables": {0xac00, 0xd7a3}, "CJKCompatibilityIdeographs": {0xf900, 0xfaff},
	"HalfwidthandFullwidthForms": {0xff00, 0xffef}}

// escaped reads the set that follows a backslash, such as d, S or p{Lu}; n is how
// much of the text was taken.
func escaped(s string) (set runes, n int, reason string) {
	switch s[0] {
	case 'n':
		return runes{{'\n', '\n'}}, 1, ""
	case 'r':
		return runes{{'\r', '\r'}}, 1, ""
	case 't':
		return runes{{'\t', '\t'}}, 1, ""
	case 'p', 'P':
		return property(s)
	}
	switch s[0] | 0x20 {
	case 'd':
		set = table(unicode.Nd)
	case 's':
		set = runes{{' ', ' '}, {'\t', '\n'}, {'\r', '\r'}}
	case 'w': // everything but punctuation, separators and what is no character
		set = slices.Concat(table(unicode.P), table(unicode.Z), table(unicode.C)).not()
	case 'i':
		set = runes{{'_', '_'}, {':', ':'}}
		set = append(set, table(unicode.L)...)
	case 'c':
		set = runes{{'_', '_'}, {':', ':'}, {'-', '.'}, {0xb7, 0xb7}}
		set = slices.Concat(set, table(unicode.L), table(unicode.M), table(unicode.Nd))
	}
	if set == nil || s[0] >= 0x80 {
		return nil, 0, "has an escape that XPath does not know"
	}
	if s[0] < 'a' {
		set = set.not()
	}
	return set, 1, ""
}

// property reads p{Lu} or P{IsGreek}.
func property(s string) (set runes, n int, reason string) {
	name, _, ok := strings.Cut(strings.TrimPrefix(s[1:], "{"), "}")
	if !ok || !strings.HasPrefix(s[1:], "{") {
		return nil, 0, "has \\p without a name"
	}
	if block, is := strings.CutPrefix(name, "Is"); is {
		b, known := blocks[block]
		if !known {
			return nil, 0, "names the block of characters " + value.Quote(block) + ", which is not supported"
		}
		set = runes{b}
	} else if t := unicode.Categories[name]; t != nil {
		set = table(t)
	} else {
		return nil, 0, "names the unknown kind of characters " + value.Quote(name)
	}
	if s[0] == 'P' {
		set = set.not()
	}
	return set, len(name) + 3, ""
}

// class reads a class of characters behind its opening bracket; rest is what
// follows the closing one.
func class(s string, depth int) (set runes, negated bool, rest, reason string) {
	if depth > 10 {
		return nil, false, "", "has classes nested too deeply"
	}
	if negated = strings.HasPrefix(s, "^"); negated {
		s = s[1:]
	}
	for first := true; ; first = false {
		switch {
		case s == "":
			return nil, false, "", "has a class of characters that is not closed"
		case s[0] == ']' && !first:
			return set, negated, s[1:], ""
		case s[0] == ']', s[0] == '[':
			return nil, false, "", "has a bracket inside a class of characters"
		case strings.HasPrefix(s, "-[") && !first:
			less, not, after, why := class(s[2:], depth+1)
			if why != "" || !strings.HasPrefix(after, "]") {
				return nil, false, "", "subtracts a class of characters that is not closed"
			}
			if not {
				less = less.not()
			}
			if negated {
				set = set.not()
			}
			return set.minus(less), false, after[1:], ""
		}
		part, after, why := member(s)
		if why != "" {
			return nil, false, "", why
		}
		set, s = append(set, part...), after
	}
}

// member reads one character, one range or one escape of a class.
func member(s string) (set runes, rest, reason string) {
	low, n, reason := single(s)
	if reason != "" || low < 0 {
		if reason == "" {
			set, n, reason = escaped(s[1:])
			n++
		}
		if reason != "" {
			return nil, "", reason
		}
		return set, s[n:], ""
	}
	s = s[n:]
	if len(s) < 2 || s[0] != '-' || s[1] == ']' || s[1] == '[' {
		return runes{{low, low}}, s, ""
	}
	high, n, reason := single(s[1:])
	if reason != "" || high < low {
		return nil, "", "has a range of characters that is none"
	}
	return runes{{low, high}}, s[1+n:], ""
}

// single reads one character, escaped or not; c is -1 when an escape stands for
// several.
func single(s string) (c rune, n int, reason string) {
	c, n = utf8.DecodeRuneInString(s)
	if c != '\\' {
		return c, n, ""
	}
	if len(s) < 2 {
		return 0, 0, "ends with a backslash"
	}
	switch s[1] {
	case 'n':
		return '\n', 2, ""
	case 'r':
		return '\r', 2, ""
	case 't':
		return '\t', 2, ""
	}
	if strings.IndexByte(`|.?*+(){}[]^$-\`, s[1]) >= 0 {
		return rune(s[1]), 2, ""
	}
	return -1, 0, ""
}
