package ui

import (
	"testing"

	"tongban/platform/calendar"
	"tongban/platform/i18n"
)

// The title of a derivation begins with a capital in English and stays whole in
// Chinese, whose letters are several bytes long.
func TestDerivation_title(t *testing.T) {
	d := calendar.Derivation{Limit: calendar.Limit{Amount: 5, Unit: calendar.WorkingDays, Name: "承诺办结时限", NameEN: "limit promised"}}
	for lang, want := range map[i18n.Lang]string{i18n.Chinese: "承诺办结时限", i18n.English: "Limit promised"} {
		if got, _ := derivation(i18n.With(t.Context(), nil, lang), d); got != want {
			t.Errorf("%s: %q, not %q", lang, got, want)
		}
	}
}
