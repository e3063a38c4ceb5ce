package drafts

import (
	"crypto/rand"
	"strings"
)

// codeLetters are the characters of a code: nothing that is mistaken for
// something else when it is read aloud or typed. Their number is prime, so that
// the check character finds every slip of one character and every exchange of two.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// codeLength is how many characters a code has, the check character included.
// 31⁷ codes are no secret for ever, but a guess finds one open draft in some
// thousands of millions, guesses are few, and a code alone opens nothing.
const codeLength = 8

// newCode draws a code.
func newCode() string {
	var raw [codeLength - 1]byte
	for i := range raw {
		for {
			var b [1]byte
			if _, err := rand.Read(b[:]); err != nil {
				panic(err) // the system has no randomness
			}
			if int(b[0]) < 256/len(codeLetters)*len(codeLetters) { // every character as likely
				raw[i] = codeLetters[int(b[0])%len(codeLetters)]
				break
			}
		}
	}
	return string(raw[:]) + string(codeCheck(string(raw[:])))
}

// codeCheck is the check character of the characters before it.
func codeCheck(s string) byte {
	sum := 0
	for i := range len(s) {
		sum += (i + 2) * strings.IndexByte(codeLetters, s[i])
	}
	n := len(codeLetters)
	return codeLetters[(n-sum%n)%n]
}

// CleanCode finds a code in what was typed or scanned: small letters, blanks and
// hyphens do not matter. It is "" when there is none, or a slip of the hand in it.
func CleanCode(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == ' ' || r == '-' || r == '\u3000' || r == '\t':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if len(s) != codeLength || strings.Trim(s, codeLetters) != "" || codeCheck(s[:codeLength-1]) != s[codeLength-1] {
		return ""
	}
	return s
}

// ShowCode writes a code in two groups: 7KQM-2XRT.
func ShowCode(s string) string {
	if len(s) != codeLength {
		return s
	}
	return s[:4] + "-" + s[4:]
}
