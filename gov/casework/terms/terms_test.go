package terms

import (
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/platform/calendar"
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

func TestRules_shippedOnesCiteTheirLaw(t *testing.T) {
	r := NationalRules()
	if r.Acceptance.Amount != 5 || r.Decision.Amount != 20 || r.JointDecision.Amount != 45 || r.Extension.Amount != 10 || r.JointExtension.Amount != 15 {
		t.Errorf("limits: %+v", r)
	}
	for _, k := range r.Special {
		if !strings.Contains(k.Citation, "第四十五条") || k.Name == "" || k.NameEn == "" {
			t.Errorf("special procedure %+v", k)
		}
	}
	if len(r.Special) != 8 || len(r.Remedies) != 2 {
		t.Errorf("%d special procedures, %d remedies", len(r.Special), len(r.Remedies))
	}
	if _, err := load([]byte(`{"office_ends": "17:30", "not_accepted": [{"key": "x", "text": "y", "citation": ""}]}`)); err == nil {
		t.Error("a ground without citation is taken")
	}
}

func TestTerms_timersDoNotRunDuringAPause(t *testing.T) {
	tm := Terms{Pauses: []Special{
		{From: at(9, 1, 8), Until: at(9, 2, 8)},   // before the timer was set
		{From: at(9, 8, 8), Until: at(9, 10, 8)},  // 48 hours
		{From: at(9, 13, 8), Until: at(9, 14, 8)}, // within what the first moved it to
	}}
	if got, want := tm.Shifted(at(9, 12, 8), at(9, 7, 8)), at(9, 15, 8); !got.Equal(want) {
		t.Errorf("timer at %v, want %v", got, want)
	}
	if got := tm.Shifted(at(9, 7, 20), at(9, 7, 8)); !got.Equal(at(9, 7, 20)) {
		t.Errorf("a timer before the pauses moved to %v", got)
	}
}

func TestLight(t *testing.T) {
	cal, r := realCalendar(t), NationalRules()
	friday, late := at(9, 11, 10), at(9, 11, 16) // a Friday, before and after half past three
	for _, x := range []struct {
		name            string
		start, due, now time.Time
		want            Light
	}{
		{"no limit", at(9, 1, 9), time.Time{}, friday, Still},
		{"no date", at(9, 1, 9), NoDue, friday, Still},
		{"yesterday", at(9, 1, 9), endOf(9, 10), friday, Red},
		{"long, last day", at(9, 1, 9), endOf(9, 11), friday, Yellow},
		{"long, one working day left", at(9, 1, 9), endOf(9, 14), friday, Yellow},
		{"long, two left", at(9, 1, 9), endOf(9, 15), friday, Early},
		{"long, three left", at(9, 1, 9), endOf(9, 16), friday, Early},
		{"long, four left", at(9, 1, 9), endOf(9, 17), friday, Green},
		{"five days, three left", at(9, 9, 9), endOf(9, 16), friday, Green},
		{"three days, one left", at(9, 9, 9), endOf(9, 14), friday, Yellow},
		{"two days, one left", at(9, 10, 9), endOf(9, 14), friday, Green},
		{"two days, the last one", at(9, 9, 9), endOf(9, 11), friday, Yellow},
		{"one day, just begun", friday, endOf(9, 14), friday, Green},
		{"one day, begun yesterday, in the morning", at(9, 10, 9), endOf(9, 11), friday, Green},
		{"one day, begun yesterday, two office hours left", at(9, 10, 9), endOf(9, 11), late, Yellow},
		{"one day, begun today, in the evening", friday, endOf(9, 14), late, Green},
		{"four hours, three left", at(9, 11, 9), at(9, 11, 13), friday, Green},
		{"four hours, two left", at(9, 11, 8), at(9, 11, 12), friday, Yellow},
		{"begun nobody knows when", time.Time{}, endOf(9, 14), friday, Yellow},
	} {
		if got := r.LightAt(cal, x.start, x.due, x.now); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

// Where the measures of a place give red later, what is over is yellow until then.
func TestLight_redLater(t *testing.T) {
	cal, r := realCalendar(t), NationalRules()
	r.RedCard.Amount = 2
	for now, want := range map[time.Time]Light{at(9, 10, 20): Yellow, at(9, 11, 10): Yellow, at(9, 14, 10): Yellow, at(9, 14, 23): Yellow, at(9, 15, 0): Red, at(9, 15, 10): Red} {
		if got := r.LightAt(cal, at(9, 1, 9), endOf(9, 10), now); got != want { // a Thursday
			t.Errorf("%v: %s, want %s", now, got, want)
		}
	}
}

// Five working days promised and fifteen days added are neither twenty working
// days nor twenty days: the extension counts on from the end of the promise.
func TestCount_extensionInAnotherUnit(t *testing.T) {
	cal := realCalendar(t)
	tm := Terms{Longest: calendar.Limit{Amount: 15, Unit: calendar.CalendarDays}, Extension: &Extension{Days: 15, Basis: "规定"}}
	promise := calendar.Limit{Amount: 5, Unit: calendar.WorkingDays}
	got := tm.Count(cal, at(9, 1, 10), promise, at(9, 10, 10)) // a Tuesday; the promise ends on Tuesday the 8th
	if !got.Due.Equal(endOf(9, 23)) || got.Added == nil || got.Added.Elapsed != 2 || got.Added.Left != 13 || got.Left != 0 {
		t.Errorf("promise with an extension: due %v, %+v, added %+v", got.Due, got.Left, got.Added)
	}
	if end := tm.EndOf(cal, at(9, 1, 10), promise); !end.At.Equal(endOf(9, 23)) || end.Unit != calendar.CalendarDays {
		t.Errorf("end %+v", end)
	}
	if got := tm.Count(cal, at(9, 1, 10), promise, at(9, 26, 10)); got.Added.Over != 3 || got.Over != 0 { // three days, one of them a working day
		t.Errorf("over by %d days (%d)", got.Added.Over, got.Over)
	}
	legal := tm.Count(cal, at(9, 1, 10), calendar.Limit{Amount: 15, Unit: calendar.CalendarDays}, at(9, 10, 10))
	if !legal.Due.Equal(cal.Due(at(9, 1, 10), calendar.Limit{Amount: 30, Unit: calendar.CalendarDays}, nil).Due) || legal.Added != nil || legal.Left != 21 {
		t.Errorf("an extension in the same unit adds up: due %v, left %d", legal.Due, legal.Left)
	}
	tm.Pauses = []Special{{Name: "听证", NameEn: "hearing", Reason: "现场", From: at(9, 3, 9)}}
	stands := tm.Count(cal, at(9, 1, 10), promise, at(9, 10, 10))
	if stands.Running || stands.Elapsed != 1 || stands.Added == nil || stands.Added.Left != 15 {
		t.Errorf("while the clock stands: %+v, added %+v", stands.Result, stands.Added)
	}
}
