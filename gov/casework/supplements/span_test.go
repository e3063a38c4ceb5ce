package supplements

import (
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/platform/calendar"
)

func TestSpan(t *testing.T) {
	raw, err := data.Files.Open("calendar/cn_holidays_workdays.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	cal, err := calendar.Load(raw)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC) // a Friday
	days := func(n int) calendar.Limit { return calendar.Limit{Amount: n, Unit: calendar.WorkingDays} }
	for _, c := range []struct {
		usual, longest int
		item           string
		first, last    string
	}{
		{5, 10, "", "2026-11-27", "2026-12-04"},
		{5, 10, " 7 ", "2026-12-01", "2026-12-04"},
		{5, 10, "90", "2026-12-04", "2026-12-04"}, // an item never exceeds its region
		{5, 10, "soon", "2026-11-27", "2026-12-04"},
		{20, 10, "", "2026-12-04", "2026-12-04"},
	} {
		s := Between(cal, days(c.usual), days(c.longest), c.item, now)
		if s.First.String() != c.first || s.Last.String() != c.last {
			t.Errorf("%+v: %s to %s", c, s.First, s.Last)
		}
	}
	s := Between(cal, days(5), days(10), "", now)
	for wish, ok := range map[calendar.Date]bool{0: true, s.First: true, s.Last: true, s.First - 1: false, s.Last + 1: false} {
		d, err := s.Choose(wish)
		until := d.Due
		if (err == nil) != ok {
			t.Errorf("%s: %v", wish, err)
		}
		if want := wish; ok && wish != 0 && !until.Equal(want.End()) {
			t.Errorf("%s: until %s", wish, until)
		}
	}
	if d, _ := s.Choose(0); !d.Due.Equal(s.First.End()) || len(d.Days) != 7 {
		t.Errorf("nothing said: until %s, %d days", d.Due, len(d.Days))
	}
	// A Saturday is the Monday after it, and who reads on sees who set it and by which days.
	s = Between(cal, calendar.Limit{Amount: 5, Unit: calendar.WorkingDays, Citation: "规定", CitationEN: "a rule"}, days(10), "", now)
	d, err := s.Choose(s.First + 1)
	zh, en := d.Text("zh-Hans"), d.Text("en")
	if err != nil || calendar.DateOf(d.Due).String() != "2026-11-30" || d.Limit.Amount != 6 || !strings.Contains(zh, "本次由办理机关定为6个工作日，在5个工作日到10个工作日之间") ||
		!strings.Contains(en, "a rule; the office set 6 working days this time, between 5 working days and 10 working days") || !strings.Contains(zh, "2026年11月30日（周一）：计第 6 日") {
		t.Errorf("%v, %v\n%s\n%s", d.Due, err, zh, en)
	}
	var p Supplement
	p.Set(d)
	if got := Running([]Supplement{{AnsweredAt: now, Counted: &calendar.Derivation{}}, p}); got == nil || !got.Due.Equal(p.Until) {
		t.Errorf("the day that runs: %+v", got)
	}
	if Running([]Supplement{{AnsweredAt: now, Counted: &d}}) != nil {
		t.Error("an answer that came is waited for")
	}
}
