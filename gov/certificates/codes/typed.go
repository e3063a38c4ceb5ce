package codes

import (
	"crypto/rand"
	"strings"
	"unicode"
)

// codeAlphabet leaves out letters and digits that look alike when read aloud
// or typed.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// codeLength is the number of characters of a code.
const codeLength = 12

// New returns 12 random characters, about 59 bits: not to be guessed. Bytes
// that would make some characters likelier than others are left out.
func New() string {
	code := make([]byte, 0, codeLength)
	for raw := make([]byte, 2*codeLength); len(code) < codeLength; {
		rand.Read(raw)
		for _, b := range raw {
			if int(b) < 256/len(codeAlphabet)*len(codeAlphabet) && len(code) < codeLength {
				code = append(code, codeAlphabet[int(b)%len(codeAlphabet)])
			}
		}
	}
	return string(code)
}

// Is tells whether s, as Clean left it, can be a code at all.
func Is(s string) bool { return len(s) == codeLength && strings.Trim(s, codeAlphabet) == "" }

// Clean removes what people add when they type a code: spaces, hyphens,
// lower case, full width.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\u3000' || r == '—' || r == '－' || unicode.IsSpace(r):
			return -1
		case r >= '！' && r <= '～': // full-width forms, as Chinese keyboards give them
			return unicode.ToUpper(r - '！' + '!')
		}
		return unicode.ToUpper(r)
	}, s)
}

// Typed is Clean for what may be the whole text of a QR code: an address that
// ends in the code, with what is signed behind "#".
func Typed(s string) string {
	if _, code, ok := strings.Cut(s, "/verify/"); ok {
		s = code
		if i := strings.IndexAny(s, "#?/"); i >= 0 {
			s = s[:i]
		}
	}
	return Clean(s)
}

// Show writes a code in groups of four.
func Show(code string) string {
	if len(code) != codeLength {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}
