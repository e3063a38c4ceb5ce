package drafts

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Problem is one thing to mend in what was entered.
type Problem struct {
	Field string
	Code  string // key of the words
	Pairs []any  // name, value, … for the words
}

// Problems goes back to the page; it is never empty when returned as an error.
type Problems []Problem

// Error is for logs.
func (p Problems) Error() string {
	names := make([]string, len(p))
	for i, x := range p {
		names[i] = x.Field + ": " + x.Code
	}
	return "casework.invalid: " + strings.Join(names, "; ")
}

// Unwrap makes Problems a fault of kind invalid.
func (p Problems) Unwrap() error { return ErrInvalid }

// Each gives the edge every field with its words.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Field, x.Code, x.Pairs)
	}
}

// Err is nil when there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// NeedText asks for a text of at most longest characters.
func NeedText(field, s string, longest int) Problems {
	switch n := utf8.RuneCountInString(strings.TrimSpace(s)); {
	case n == 0:
		return Problems{{Field: field, Code: "casework.problem.required"}}
	case n > longest:
		return Problems{{Field: field, Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(longest)}}}
	}
	return nil
}
