package desk

import (
	"slices"
	"time"

	"tongban/platform/calendar"
)

// Spent is how many working days a case spent with an office.
type Spent struct {
	Org, OrgName string
	Days         int
	Steps        int
}

// SpentBy counts the working days that each office had a step of the case,
// leaving out those on which the clock stood; days of steps side by side in
// one office count once.
func SpentBy(cal *calendar.Calendar, tasks []Task, pauses []calendar.Pause, now time.Time) []Spent {
	type span struct{ from, to time.Time }
	spans := map[string][]span{}
	var out []Spent
	for _, t := range tasks {
		end := t.ClosedAt
		if end.IsZero() {
			end = now
		}
		i := slices.IndexFunc(out, func(x Spent) bool { return x.Org == t.Org })
		if i < 0 {
			out = append(out, Spent{Org: t.Org, OrgName: t.OrgName})
			i = len(out) - 1
		}
		out[i].Steps++
		spans[t.Org] = append(spans[t.Org], span{t.OpenedAt, end})
	}
	for i := range out {
		days := map[calendar.Date]bool{}
		for _, sp := range spans[out[i].Org] {
			for d := calendar.DateOf(sp.from) + 1; d <= calendar.DateOf(sp.to); d++ {
				if working, _ := cal.IsWorkingDay(d); working && !stands(pauses, d) {
					days[d] = true
				}
			}
		}
		out[i].Days = len(days)
	}
	return out
}

// stands tells whether a pause touches the day.
func stands(pauses []calendar.Pause, d calendar.Date) bool {
	for _, p := range pauses {
		if !p.From.After(d.End()) && (p.Until.IsZero() || p.Until.After(d.Start())) {
			return true
		}
	}
	return false
}
