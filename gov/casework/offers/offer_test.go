package offers

import (
	"testing"
	"time"

	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/platform/calendar"
)

func TestTerms_defaultsOfTheLaw(t *testing.T) {
	r := terms.NationalRules()
	plain := (&Ready{Offer: &catalogue.Offer{}}).Terms(r)
	if plain.Legal.Amount != 20 || plain.Longest.Amount != 10 || plain.Accept.Amount != 5 || plain.Promise.Amount != 0 {
		t.Errorf("plain: %+v", plain)
	}
	joint := (&Ready{Offer: &catalogue.Offer{Item: catalogue.Item{Partners: []catalogue.Partner{{Level: "provincial", Dept: "公安", Duties: []catalogue.Duty{catalogue.Review}}}}}}).Terms(r)
	if joint.Legal.Amount != 45 || joint.Longest.Amount != 15 {
		t.Errorf("joint: %+v", joint)
	}
}

func TestValidUntil_endsTheDayBefore(t *testing.T) {
	if got := ValidUntil(time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone), "year", 5); !got.Equal(time.Date(2031, 9, 7, 0, 0, 0, 0, calendar.Zone).Add(-time.Microsecond)) {
		t.Errorf("five years: %v", got.In(calendar.Zone))
	}
	if got := ValidUntil(time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone), "none", 0); !got.IsZero() {
		t.Errorf("no end: %v", got)
	}
}

func TestReturns_onlyWhereTheFlowLeadsBack(t *testing.T) {
	o := &Ready{Offer: &catalogue.Offer{Flow: []byte(`<c>${examine_outcome == 'approve'}</c><c>${decide_outcome == 'approve'}</c><c>${decide_outcome == 'return'}</c>`)}}
	if !o.Returns("decide") || o.Returns("examine") || o.Returns("register") {
		t.Errorf("decide %v, examine %v, register %v", o.Returns("decide"), o.Returns("examine"), o.Returns("register"))
	}
}
