package casefile

import (
	"context"
	"strings"

	"tongban/gov/casework"
	"tongban/platform/i18n"
)

// DerivationView is how the due dates of a case were found.
type DerivationView struct{ Limits []DerivedLimit }

// DerivedLimit is one limit with its derivation.
type DerivedLimit struct {
	Title, Law string
	Lines      []string
}

// Derivations reads both clocks of a case day by day. It shows no personal data.
func Derivations(ctx context.Context, f casework.ClockFace) DerivationView {
	var v DerivationView
	for _, l := range []struct {
		key string
		at  *casework.Limited
	}{{"casefile.clock.accept", f.Accept}, {"casefile.clock.promise", f.Promise}, {"casefile.clock.legal", f.Legal}} {
		if l.at == nil {
			continue
		}
		d := l.at.Derivation
		v.Limits = append(v.Limits, DerivedLimit{Title: i18n.T(ctx, l.key), Law: d.Limit.Citation, Lines: strings.Split(strings.TrimSpace(d.Text(string(i18n.Of(ctx)))), "\n")})
	}
	return v
}
