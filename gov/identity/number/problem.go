package number

import (
	"strings"

	"golang.org/x/text/width"
)

// Problem is a stable code for what is wrong with a number; its words are translations keyed by it. It is an error.
type Problem string

// The problems. Pages word them per field.
const (
	// Empty: nothing was given.
	Empty Problem = "number.empty"
	// Length: too short or too long.
	Length Problem = "number.length"
	// Character: holds a character that the standard does not allow at its place.
	Character Problem = "number.character"
	// Region: the administrative division has not the shape of one.
	Region Problem = "number.region"
	// Date: the day does not exist, or lies after today, or too far back.
	Date Problem = "number.date"
	// Check: the check character does not match the others.
	Check Problem = "number.check"
	// Kind: a code inside the number that stands for a kind is unknown.
	Kind Problem = "number.kind"
	// Form: a name is not in its normal Unicode form, or its separators stand in the wrong place.
	Form Problem = "number.form"
)

// Error is the code, for logs and as the end of a key of words.
func (p Problem) Error() string { return string(p) }

// tidy turns what people type and paste into the characters of the standards: full-width forms become ASCII, spaces, hyphens and
// invisible marks between groups go away, letters become capitals.
func tidy(s string) string {
	if len(s) > 400 {
		return s // far too long for any number here: the length check will say so
	}
	s = width.Fold.String(s)
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0', '\u200b', '\u200e', '\u200f', '\ufeff', '-', '\u2010', '\u2011', '\u2013', '\u2014':
			return -1
		}
		return r
	}, s)
	return strings.ToUpper(s)
}

// ascii says whether every byte is one of the allowed characters.
func ascii(s, allowed string) bool {
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(allowed, s[i]) < 0 {
			return false
		}
	}
	return true
}

const digits = "0123456789"
