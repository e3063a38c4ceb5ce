package casework

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/casework/cases"
	"tongban/platform/calendar"
	"tongban/platform/fault"
)

func realCalendar(t *testing.T) *calendar.Calendar {
	t.Helper()
	f, err := data.Files.Open(data.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := calendar.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, calendar.Zone)
}

func endOf(month time.Month, day int) time.Time {
	return at(month, day+1, 0).Add(-time.Microsecond)
}

func TestMoves_closedCasesStayClosed(t *testing.T) {
	all := []Action{cases.ActAccept, cases.ActDeem, cases.ActNotAccept, cases.ActAsk, cases.ActAnswer, cases.ActBegin, cases.ActWork, cases.ActPause, cases.ActResume, cases.ActExtend, cases.ActDecide, cases.ActWithdraw, cases.ActAddPaper, cases.ActSecondTime}
	for _, s := range []State{Decided, NotAccepted, Withdrawn} {
		for _, a := range all {
			if _, err := cases.Next(s, false, a); !fault.IsKind(err, fault.KindConflict) {
				t.Errorf("%s in %s: %v", a, s, err)
			}
		}
	}
	if _, err := cases.Next(Decided, false, cases.ActWithdraw); !errors.Is(err, ErrAlreadyDecided) {
		t.Errorf("withdraw after the decision: %v", err)
	}
}

func TestMoves_pauseStopsWork(t *testing.T) {
	for _, a := range []Action{cases.ActWork, cases.ActDecide, cases.ActPause} {
		if _, err := cases.Next(InProgress, true, a); !errors.Is(err, ErrPaused) {
			t.Errorf("%s while paused: %v", a, err)
		}
	}
	if _, err := cases.Next(InProgress, false, cases.ActResume); !errors.Is(err, ErrNotPaused) {
		t.Errorf("resume what runs: %v", err)
	}
	if to, err := cases.Next(InProgress, true, cases.ActWithdraw); err != nil || to != Withdrawn {
		t.Errorf("withdraw while paused: %v %v", to, err)
	}
}

func TestMoves_everyStateCanBeReachedAndLeft(t *testing.T) {
	reached := map[State]bool{Submitted: true}
	for range cases.Moves {
		for _, m := range cases.Moves {
			if reached[m.From] {
				reached[m.To] = true
			}
		}
	}
	for _, s := range append(OpenStates(), Decided, NotAccepted, Withdrawn) {
		if !reached[s] {
			t.Errorf("%s cannot be reached", s)
		}
		leaves := slices.ContainsFunc(cases.Moves, func(m cases.Move) bool { return m.From == s && m.To != s })
		if leaves != s.Open() {
			t.Errorf("%s: open %v, can be left %v", s, s.Open(), leaves)
		}
	}
}

// The clock of a case accepted on Monday 7 September 2026 with twenty days
// runs over the holidays of Mid-Autumn (25–27 September) and National Day
// (1–7 October; 20 September and 10 October are made working days).
func TestRecompute_overHolidays(t *testing.T) {
	cal := realCalendar(t)
	c := Case{State: InProgress, AcceptedAt: at(9, 7, 10), Terms: Terms{Legal: calendar.Limit{Amount: 20, Unit: calendar.WorkingDays}, Promise: calendar.Limit{Amount: 5, Unit: calendar.WorkingDays}}}
	c.Recompute(cal)
	if !c.PromiseDue.Equal(endOf(9, 14)) {
		t.Errorf("promise due %v", c.PromiseDue.In(calendar.Zone))
	}
	want := cal.Due(c.AcceptedAt, c.Terms.Legal, nil)
	if !c.LegalDue.Equal(want.Due) || c.LegalDue.Before(at(10, 8, 0)) {
		t.Errorf("legal due %v, derivation says %v", c.LegalDue.In(calendar.Zone), want.Due)
	}
}

func TestRecompute_pauseAndExtension(t *testing.T) {
	cal := realCalendar(t)
	c := Case{State: InProgress, AcceptedAt: at(9, 7, 10), Terms: Terms{Legal: calendar.Limit{Amount: 5, Unit: calendar.WorkingDays}}}
	c.Terms.Pauses = []Special{{Kind: "hearing", From: at(9, 9, 9)}}
	c.Paused = true
	c.Recompute(cal)
	if !c.LegalDue.IsZero() || !c.Due().IsZero() {
		t.Errorf("while the clock stands it is due %v", c.LegalDue)
	}
	c.Terms.Pauses[0].Until, c.Paused = at(9, 10, 17), false
	c.Recompute(cal)
	if !c.LegalDue.Equal(endOf(9, 16)) { // 8, 11, 14, 15, 16 count; 9 and 10 do not
		t.Errorf("after the pause it is due %v", c.LegalDue.In(calendar.Zone))
	}
	c.Terms.Extension = &Extension{Days: 2}
	c.Recompute(cal)
	if !c.LegalDue.Equal(endOf(9, 18)) {
		t.Errorf("extended it is due %v", c.LegalDue.In(calendar.Zone))
	}
	again := c
	again.Recompute(cal)
	if again.LegalDue != c.LegalDue || again.PromiseDue != c.PromiseDue {
		t.Error("computed twice it differs")
	}
}

func TestTaskDue_neverLaterThanTheCase(t *testing.T) {
	cal := realCalendar(t)
	c := Case{State: InProgress, AcceptedAt: at(9, 7, 10), PromiseDue: endOf(9, 10), LegalDue: endOf(9, 30)}
	step := func(days int) Task {
		return Task{OpenedAt: at(9, 7, 10), Limit: calendar.Limit{Amount: days, Unit: calendar.WorkingDays}}
	}
	if got := c.Step(cal, step(1)).At; !got.Equal(endOf(9, 8)) {
		t.Errorf("one day: %v", got)
	}
	if got := c.Step(cal, step(9)).At; !got.Equal(c.PromiseDue) {
		t.Errorf("nine days: %v", got)
	}
	if got := c.Step(cal, step(0)).At; !got.Equal(c.PromiseDue) {
		t.Errorf("no limit: %v", got)
	}
	c.Paused = true
	if got := (Case{State: InProgress, AcceptedAt: c.AcceptedAt, Paused: true}).Step(cal, step(1)).At; !got.IsZero() {
		t.Errorf("while the clock stands: %v", got)
	}
}
