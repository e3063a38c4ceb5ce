package terms

import (
	"time"

	"tongban/platform/calendar"
)

// Light is how near a limit is.
type Light string

// The lights of the supervision (预警、黄牌、红牌).
const (
	Green  Light = "green"
	Yellow Light = "yellow" // near its end, see Near
	Red    Light = "red"    // over
	Still  Light = "still"  // the clock stands, or there is no limit
)

// Near is what counts as near its end at one moment. Because: a step of one
// day that is yellow from the start warns of nothing. So the warning of one
// working day holds for limits of three days and more, of which it is a third;
// a limit of two days is near on its last day, and one of a single day in the
// last office hours of that day; one of some hours when no more than those are
// left. The same three dates serve lists, which ask the database.
type Near struct {
	Until     time.Time // the latest due date that may be near
	LongSince time.Time // what began before is long enough to be near until then
	Short     time.Time // the latest due date that is near however short the limit is
}

// NearAt is what counts as near at now.
func (r Rules) NearAt(cal *calendar.Calendar, now time.Time) Near {
	today := calendar.DateOf(now)
	before := today
	for n := 0; n < max(r.Warning.Amount, 1); {
		before--
		if ok, _ := cal.IsWorkingDay(before); ok {
			n++
		}
	}
	last := time.Duration(r.ShortWarning.Amount) * time.Hour
	n := Near{Until: cal.Due(now, r.Warning, nil).Due, LongSince: before.Start().UTC(), Short: now.Add(last)}
	if !now.Before(today.Start().Add(r.OfficeEnds - last)) {
		n.Short = today.End().UTC()
	}
	return n
}

// Covers tells whether a limit that runs from start to due is near. A start
// that is not known counts as long ago.
func (n Near) Covers(start, due time.Time) bool {
	return !due.After(n.Until) && (start.Before(n.LongSince) || !due.After(n.Short))
}

// LightAt tells how near the end of a limit is that began at start.
func (r Rules) LightAt(cal *calendar.Calendar, start, due, now time.Time) Light {
	switch {
	case due.IsZero() || !due.Before(NoDue):
		return Still
	case now.After(due):
		return Red
	case r.NearAt(cal, now).Covers(start, due):
		return Yellow
	}
	return Green
}
