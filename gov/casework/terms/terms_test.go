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
	if _, err := LoadRules([]byte(`{"limits": {"acceptance": {"amount": 5, "unit": "working_days", "citation": ""}}}`)); err == nil {
		t.Error("a limit without citation is taken")
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
	cal, r, now := realCalendar(t), NationalRules(), at(9, 11, 10) // a Friday
	for _, x := range []struct {
		due  time.Time
		want Light
	}{
		{time.Time{}, Still}, {NoDue, Still}, {endOf(9, 10), Red}, {endOf(9, 11), Yellow}, {endOf(9, 14), Yellow}, {endOf(9, 15), Green},
	} {
		if got := r.LightAt(cal, x.due, now); got != x.want {
			t.Errorf("due %v is %s, want %s", x.due, got, x.want)
		}
	}
}
