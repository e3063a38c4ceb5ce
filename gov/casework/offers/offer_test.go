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

func TestAhead_loopsLinksAndSubProcesses(t *testing.T) {
	read := func(flow string) *Ready {
		s, err := readSteps([]byte("<definitions><process>" + flow + "</process></definitions>"))
		if err != nil {
			t.Fatal(err)
		}
		return &Ready{order: s}
	}
	o := read(`<sequenceFlow sourceRef="a" targetRef="b"/><sequenceFlow sourceRef="b" targetRef="c"/><sequenceFlow sourceRef="c" targetRef="b"/><sequenceFlow sourceRef="a" targetRef="x"/>
		<boundaryEvent id="late" attachedToRef="c"/><sequenceFlow sourceRef="late" targetRef="told"/>
		<subProcess id="sub"><userTask id="inner"/></subProcess><sequenceFlow sourceRef="x" targetRef="sub"/>`)
	got := o.ahead(map[string]string{"a": "done", "c": "active"})
	for id, want := range map[string]bool{"b": true, "c": true, "late": true, "told": true, "x": false, "inner": false} {
		if got[id] != want {
			t.Errorf("%s ahead: %v", id, got[id])
		}
	}
	if got := o.ahead(map[string]string{"x": "active"}); !got["inner"] {
		t.Errorf("inside the sub-process: %v", got)
	}
	if got := o.ahead(map[string]string{"a": "done"}); len(got) != 0 {
		t.Errorf("nobody stands anywhere: %v", got)
	}
	linked := read(`<sequenceFlow sourceRef="a" targetRef="throw"/><intermediateThrowEvent id="throw"><linkEventDefinition name="l"/></intermediateThrowEvent><sequenceFlow sourceRef="catch" targetRef="z"/>`)
	if got := linked.ahead(map[string]string{"a": "active"}); !got["z"] {
		t.Errorf("after a link everything stays ahead: %v", got)
	}
}
