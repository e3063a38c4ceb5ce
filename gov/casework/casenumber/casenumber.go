package casenumber

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
)

// New draws eight random digits and adds the check digit. Because: a
// number that can be said on the telephone and typed without fear, and that
// does not tell how many cases there are.
func New() string {
	n, err := rand.Int(rand.Reader, big.NewInt(90_000_000))
	if err != nil {
		panic(err) // the system has no randomness
	}
	digits := fmt.Sprintf("%d", n.Int64()+10_000_000)
	return digits + string(checkDigit(digits))
}

// checkDigit is the ISO/IEC 7064 MOD 11,10 check character of decimal digits.
func checkDigit(digits string) byte {
	p := 10
	for i := range len(digits) {
		s := (p + int(digits[i]-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return byte('0' + (11-p)%10)
}

// Clean removes what people add when they type a number.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '-' || r == '\u3000':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
}

// Valid tells whether s is a case number without a slip of the hand.
func Valid(s string) bool {
	if len(s) != 9 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return checkDigit(s[:8]) == s[8]
}

// Show writes a case number in groups: 1234 5678 9.
func Show(s string) string {
	if len(s) != 9 {
		return s
	}
	return s[:4] + " " + s[4:8] + " " + s[8:]
}
