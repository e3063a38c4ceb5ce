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
	Early  Light = "early"  // some way before its end, see Near
	Yellow Light = "yellow" // near its end, see Near; or over, where red comes later
	Red    Light = "red"    // over
	Still  Light = "still"  // the clock stands, or there is no limit
)

// Near is what counts as near its end at one moment. Because: a step of one
// day that is yellow from the start warns of nothing. So the warning of one
// working day holds for limits of three days and more, of which it is a third;
// a limit of two days is near on its last day, and one of a single day in the
// last office hours of that day; one of some hours when no more than those are
// left. An early warning is one of limits of which at least as much has passed
// as is left. The same dates serve lists, which ask the database.
type Near struct {
	Until     time.Time // the latest due date that may be near
	LongSince time.Time // what began before is long enough to be near until then
	Short     time.Time // the latest due date that is near however short the limit is

	EarlyUntil time.Time // the latest due date that may be early
	EarlySince time.Time // what began before is long enough to be early
	Over       time.Time // a due date before is red; now, where red comes at once
}

// NearAt is what counts as near at now.
func (r Rules) NearAt(cal *calendar.Calendar, now time.Time) Near {
	today := calendar.DateOf(now)
	ago := func(days int) time.Time { // the beginning of a working day
		d := today
		for n := 0; n < days; {
			d--
			if ok, _ := cal.IsWorkingDay(d); ok {
				n++
			}
		}
		return d.Start().UTC()
	}
	last := time.Duration(r.ShortWarning.Amount) * time.Hour
	n := Near{Until: cal.Due(now, r.Warning, nil).Due, LongSince: ago(max(r.Warning.Amount, 1)), Short: now.Add(last),
		EarlyUntil: cal.Due(now, r.Early, nil).Due, EarlySince: ago(max(r.Early.Amount, 1)), Over: now}
	if r.RedCard.Amount > 0 {
		n.Over = ago(r.RedCard.Amount)
	}
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
	if due.IsZero() || !due.Before(NoDue) {
		return Still
	}
	n := r.NearAt(cal, now)
	switch {
	case due.Before(n.Over):
		return Red
	case due.Before(now) || n.Covers(start, due):
		return Yellow
	case !due.After(n.EarlyUntil) && start.Before(n.EarlySince):
		return Early
	}
	return Green
}
