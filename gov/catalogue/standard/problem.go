package standard

import (
	"strings"
	"time"
)

// Problems is everything that is wrong with an input.
type Problems []Problem

// Error implements error.
func (p Problems) Error() string {
	var names []string
	for _, x := range p {
		names = append(names, x.Field+": "+x.Key)
	}
	return strings.Join(names, "; ")
}

// Each implements web.FieldProblems.
func (p Problems) Each(f func(field, code string, pairs []any)) {
	for _, x := range p {
		f(x.Field, "standard.problem."+x.Key, x.With)
	}
}

// dateForm tells whether a text is a day.
func dateForm(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
