package applicant

import (
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/ui"
)

func TestEvents_waitingTakesNoTimeYet(t *testing.T) {
	since := time.Date(2026, 9, 7, 2, 0, 0, 0, time.UTC)
	lines := []casework.Entry{{Kind: "case.accepted", At: since, Since: since}, {Kind: "case.supplements_requested", At: since, Since: since}}
	got := events(t.Context(), lines, casework.Case{})
	if got[0].Text == "" || got[1].State != ui.EventWait || got[1].Text != "" {
		t.Errorf("%+v", got)
	}
}
