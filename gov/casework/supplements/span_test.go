package supplements

import (
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
		until, err := s.Choose(wish)
		if (err == nil) != ok {
			t.Errorf("%s: %v", wish, err)
		}
		if want := wish; ok && wish != 0 && !until.Equal(want.End()) {
			t.Errorf("%s: until %s", wish, until)
		}
	}
	if until, _ := s.Choose(0); !until.Equal(s.First.End()) {
		t.Errorf("nothing said: until %s", until)
	}
}
