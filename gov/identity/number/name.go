package number

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxName is the most characters a person's name may have.
const MaxName = 50

// separator stands between the parts of a translated name (间隔号); no other dot will do.
const separator = '·'

// CheckName checks a person's name: 1 to 50 characters in Unicode form NFC, either Chinese characters of any plane with
// [separator] between parts, or Latin letters with single spaces, hyphens, apostrophes and full points inside. The two do not mix.
// It returns the name without surrounding spaces. Law: names stay as they are registered; they are never simplified or replaced here.
func CheckName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", Character
	}
	s = strings.Trim(s, " \u3000")
	if s == "" {
		return "", Empty
	}
	if utf8.RuneCountInString(s) > MaxName {
		return "", Length
	}
	han, latin := false, false
	for _, r := range s {
		switch {
		case isHan(r):
			han = true
		case unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Mn, r):
			latin = true
		case r == separator || r == ' ' || r == '-' || r == '\'' || r == '’' || r == '.':
		default:
			return "", Character
		}
	}
	if !norm.NFC.IsNormalString(s) {
		return "", Form
	}
	if han == latin {
		return "", Character // mixed, or nothing but separators
	}
	if han {
		return s, checkParts(s, string(separator))
	}
	return s, checkParts(s, " -'’.")
}

// checkParts allows the given separators only inside and never two in a row, except a space after a full point (as in "J. R.").
func checkParts(s, separators string) error {
	prev := rune(-1)
	for _, r := range s {
		sep := strings.ContainsRune(separators, r)
		if !sep && strings.ContainsRune("·- '’.", r) {
			return Character
		}
		if sep && (prev == -1 || strings.ContainsRune(separators, prev)) && !(prev == '.' && r == ' ') {
			return Form
		}
		prev = r
	}
	if strings.ContainsRune(separators, prev) && prev != '.' {
		return Form
	}
	return nil
}

// isHan accepts ideographs of planes 0, 2 and 3 and 〇. Because: unicode.Han also holds radicals and iteration marks, which are no
// characters of a name, and compatibility ideographs, which NFC replaces; and the newest extensions may be younger than the Go tables.
func isHan(r rune) bool {
	switch {
	case r == '〇', r >= 0x3400 && r <= 0x4dbf, r >= 0x4e00 && r <= 0x9fff:
		return true
	case r >= 0xfa0e && r <= 0xfa29 && unicode.Is(unicode.Unified_Ideograph, r):
		return true // twelve unified characters that stand among the compatibility ones
	case r >= 0x20000 && r <= 0x2fa1f, r >= 0x30000 && r <= 0x3fffd:
		return r&0xffff <= 0xfffd
	}
	return false
}

// Phone is a mobile number of the mainland in normal form: eleven digits.
type Phone string

// ParsePhone tidies a mobile number, drops +86 or 0086, and checks its shape.
func ParsePhone(s string) (Phone, error) {
	s = tidy(s)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+86"), "0086")
	switch {
	case s == "":
		return "", Empty
	case !ascii(s, digits):
		return "", Character
	case len(s) != 11:
		return "", Length
	case s[0] != '1' || s[1] < '3':
		return "", Kind
	}
	return Phone(s), nil
}

// Masked hides the middle: 138****6621.
func (p Phone) Masked() string { return string(p[:3]) + "****" + string(p[7:]) }
