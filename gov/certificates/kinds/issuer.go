package kinds

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/identity/number"
	"tongban/platform/lookalike"
)

// maxIssuers bounds how many lines say who issues, maxIssuer one of them.
const (
	maxIssuers = 50
	maxIssuer  = 60
)

// IssuedBy tells whether an office issues certificates of the type (颁发机构), and
// whether the definition says so. The authority that defines the type does, and
// whom Issuers name: an office by its unified code, or all offices whose name has
// the words, such as 公安局. A definition that names nobody leaves it open.
func (t Type) IssuedBy(code, name string) (issues, said bool) {
	said = len(t.Issuers) > 0
	if code == t.Authority {
		return true, said
	}
	return slices.ContainsFunc(t.Issuers, func(x string) bool { return x == code || !isCode(x) && strings.Contains(name, x) }), said
}

// isCode tells a unified code from words.
func isCode(s string) bool {
	_, err := number.ParseUSCC(s)
	return err == nil || len(s) == 18 && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// badIssuers says what is wrong with who issues.
func (t Type) badIssuers() bool {
	return len(t.Issuers) > maxIssuers || slices.ContainsFunc(t.Issuers, func(s string) bool {
		n := utf8.RuneCountInString(s)
		return strings.TrimSpace(s) != s || n < 2 || n > maxIssuer || lookalike.Odd(s) != ""
	})
}
