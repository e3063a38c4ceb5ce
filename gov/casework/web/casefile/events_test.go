package casefile

import (
	"testing"

	"tongban/gov/casework"
	"tongban/ui"
)

func TestEvents_waitUntilTheAnswer(t *testing.T) {
	v := View{Entries: []casework.Entry{{Kind: "case.submitted"}, {Kind: "case.supplements_requested"}, {Kind: "case.material_added"}}}
	if got := v.Events(t.Context()); got[1].State != ui.EventWait {
		t.Errorf("before the answer: %v", got[1].State)
	}
	v.Entries = append(v.Entries, casework.Entry{Kind: "case.supplements_answered"})
	if got := v.Events(t.Context()); got[1].State != ui.EventDone || got[3].State != ui.EventDone {
		t.Errorf("after it: %v %v", got[1].State, got[3].State)
	}
}
