package applicant

import (
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/platform/calendar"
)

func TestReadings_oneLineADayPurposeAndReader(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 9, day, hour, 0, 0, 0, calendar.Zone) }
	list := []casework.Reading{
		{Reader: "a", Org: "o", Purpose: "审查", At: at(8, 9)}, {Reader: "a", Org: "o", Purpose: "查看材料", At: at(7, 16)},
		{Reader: "a", Org: "o", Purpose: "审查", At: at(7, 15)}, {Reader: "b", Org: "o", Purpose: "审查", At: at(7, 14)}, {Reader: "a", Org: "o", Purpose: "审查", At: at(7, 8)},
	}
	got := groupReadings(list)
	want := []int{1, 1, 2, 1}
	if len(got) != len(want) {
		t.Fatalf("%d lines: %+v", len(got), got)
	}
	total := 0
	for i, g := range got {
		total += g.Times
		if g.Times != want[i] {
			t.Errorf("line %d: %d times, want %d", i, g.Times, want[i])
		}
	}
	if total != len(list) || !got[2].First.Equal(at(7, 8)) || !got[2].At.Equal(at(7, 15)) {
		t.Errorf("%+v", got)
	}
}
