package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/identity/number"
	"tongban/platform/forms"
)

// Checks are the types of fields that only government knows.
var Checks = map[forms.Type]forms.NamedCheck{
	"idnumber": func(v string, now time.Time) (string, string) {
		n, err := number.ParseResident(v, now)
		return kept("identity.number", string(n), v, err)
	},
	"uscc": func(v string, _ time.Time) (string, string) {
		n, err := number.ParseUSCC(v)
		return kept("identity.code", string(n), v, err)
	},
	"phone": func(v string, _ time.Time) (string, string) {
		n, err := number.ParsePhone(v)
		return kept("identity.phone", string(n), v, err)
	},
	"name": func(v string, _ time.Time) (string, string) {
		n, err := number.CheckName(v)
		return kept("identity.name", n, v, err)
	},
}

// lists are the types of fields whose answers come from reference data.
func (a *App) lists() forms.Sources {
	return forms.Sources{"division": a.Catalogue.PlaceSource()}
}

// known tells identities whether a division is in force.
func (a *App) known(ctx context.Context, code string) (bool, error) {
	err := a.Catalogue.Region(ctx, "region", code)
	if errors.Is(err, catalogue.ErrNoRegion) {
		return false, nil
	}
	return err == nil, err
}

// kept keeps what was entered when it cannot be used. The rule that it breaks
// (number.check, …) is worded per kind of value: identity.code.check.
func kept(kind, normal, entered string, err error) (string, string) {
	if err == nil {
		return normal, ""
	}
	return entered, kind + strings.TrimPrefix(err.Error(), "number")
}
