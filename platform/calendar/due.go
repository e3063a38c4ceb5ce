package calendar

import (
	"slices"
	"time"
)

// Unit is what a limit counts.
type Unit string

// The units.
const (
	WorkingDays  Unit = "working_days"
	CalendarDays Unit = "calendar_days"
	Hours        Unit = "hours"
)

// MaxAmount bounds a limit, in its own unit: more than a hundred years of days. Larger amounts are read as this.
const MaxAmount = 40_000

// Limit is a period set by a rule, with the rule.
type Limit struct {
	Amount   int
	Unit     Unit
	Citation string // the clause that sets the limit, shown to the reader
	Name     string // what the limit is called, shown to the reader

	CitationEN, NameEN string `json:",omitzero"` // the same in English; empty where there is Chinese only
}

// Pause is an interval that does not count, from From up to but not including Until.
type Pause struct {
	From   time.Time
	Until  time.Time // zero while the pause is still open
	Reason string    // what happened, shown to the reader
	Basis  string    // the clause that allows it, shown to the reader

	ReasonEN, BasisEN string `json:",omitzero"` // the same in English; empty where there is Chinese only
}

// Open says whether the pause has no end yet.
func (p Pause) Open() bool { return p.Until.IsZero() }

// empty says whether the pause covers no moment at all.
func (p Pause) empty() bool { return !p.Open() && !p.Until.After(p.From) }

// Result says when a limit ends and how that was found.
type Result struct {
	Due         time.Time // the last moment that keeps the limit; zero when Running is false
	Running     bool      // false while an open pause stops the clock
	Elapsed     int       // units used up: all of them from Due, those before an open pause, or those at the moment given to Status
	Left        int       // units not used up
	Over        int       // whole units of the limit past the end at the moment given to Status
	Provisional bool      // a year without a published notice was counted through
	Derivation  Derivation
}

// span is a pause in days, both ends included.
type span struct{ from, to Date }

// forever ends the span of an open pause.
const forever = Date(1<<31 - 2)

// unionDays turns pauses into disjoint spans of days in order; buf avoids an allocation for the usual few.
func unionDays(pauses []Pause, buf []span) []span {
	for _, p := range pauses {
		if p.empty() {
			continue
		}
		s := span{DateOf(p.From), forever}
		if !p.Open() {
			s.to = DateOf(p.Until.Add(-time.Nanosecond))
		}
		buf = append(buf, s)
	}
	slices.SortFunc(buf, func(a, b span) int { return int(a.from - b.from) })
	out := buf[:0]
	for _, s := range buf {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Due says when a limit that started at start ends, leaving out the pauses. Law: see the package's rules.
func (c *Calendar) Due(start time.Time, l Limit, pauses []Pause) Result {
	l.Amount = min(max(l.Amount, 0), MaxAmount)
	var r Result
	if l.Unit == Hours {
		r = dueHours(start, l, pauses)
	} else {
		r = c.dueDays(start, l, pauses)
	}
	r.Derivation.Start, r.Derivation.Limit = start, l
	r.Derivation.Pauses = slices.Clone(pauses)
	slices.SortStableFunc(r.Derivation.Pauses, comparePauses)
	r.Derivation.Version, r.Derivation.KnownUntil = c.Version(), c.KnownUntil()
	r.Derivation.Due, r.Derivation.Running = r.Due, r.Running
	r.Derivation.Provisional = r.Provisional
	r.Derivation.Elapsed = r.Elapsed
	return r
}

// comparePauses is a total order, so that the same pauses in any order give the same text.
func comparePauses(a, b Pause) int {
	if n := a.From.Compare(b.From); n != 0 {
		return n
	}
	if n := a.Until.Compare(b.Until); n != 0 {
		return n
	}
	if a.Reason != b.Reason {
		if a.Reason < b.Reason {
			return -1
		}
		return 1
	}
	if a.Basis < b.Basis {
		return -1
	} else if a.Basis > b.Basis {
		return 1
	}
	return 0
}

// dueDays walks the days twice: first to find the end, then to write the lines into one exact allocation.
func (c *Calendar) dueDays(start time.Time, l Limit, pauses []Pause) Result {
	var buf [8]span
	spans := unionDays(pauses, buf[:0])
	first := DateOf(start)
	w := walk{c: c, unit: l.Unit, amount: l.Amount, spans: spans, day: first}
	for w.next() {
	}
	r := Result{Running: !w.stopped, Elapsed: w.counted, Left: l.Amount - w.counted, Provisional: w.provisional}
	lines := int(w.day - first)
	if w.stopped {
		lines = int(w.day-first) - 1
	} else {
		r.Due = w.day.End()
	}
	if lines > 0 {
		r.Derivation.Days = make([]DayLine, 0, lines)
	}
	w = walk{c: c, unit: l.Unit, amount: l.Amount, spans: spans, day: first}
	for w.next() {
		r.Derivation.Days = append(r.Derivation.Days, w.line)
	}
	return r
}

// walk goes from day to day until the amount is counted.
type walk struct {
	c           *Calendar
	unit        Unit
	amount      int
	spans       []span
	day         Date // the day last looked at
	counted     int
	line        DayLine
	stopped     bool // met an open pause
	provisional bool
}

// next looks at the following day and describes it in line. It returns false at the end of the limit, leaving day on the last day,
// or when an open pause is met.
func (w *walk) next() bool {
	if w.done() {
		return false
	}
	w.day++
	for len(w.spans) > 0 && w.spans[0].to < w.day {
		w.spans = w.spans[1:]
	}
	paused := len(w.spans) > 0 && w.spans[0].from <= w.day
	if paused && w.spans[0].to == forever {
		w.stopped = true
		return false
	}
	d := w.c.Day(w.day)
	w.line = DayLine{Date: w.day, Paused: paused, Code: d.Code, NameZH: d.NameZH, NameEN: d.NameEN}
	if !w.c.Known(w.day) && !paused {
		w.line.Provisional, w.provisional = true, true
	}
	if paused {
		return true
	}
	if w.counted < w.amount && (d.Working || w.unit == CalendarDays) {
		w.counted++
		w.line.Counted, w.line.Number = true, w.counted
	}
	return true
}

// done says whether the day last looked at may be the last of the limit.
func (w *walk) done() bool {
	if w.stopped {
		return true
	}
	if w.counted < w.amount {
		return false
	}
	if w.unit != CalendarDays || w.amount == 0 {
		return true
	}
	// Law: 民法典 art. 203 — a last day that is a day off moves to the first working day after it.
	// A paused day cannot be the last one either.
	return !w.line.Paused && w.c.Day(w.day).Working
}

// dueHours adds natural hours and steps over the pauses exactly.
func dueHours(start time.Time, l Limit, pauses []Pause) Result {
	sorted := slices.Clone(pauses)
	slices.SortFunc(sorted, comparePauses)
	at, left := start, time.Duration(l.Amount)*time.Hour
	for _, p := range sorted {
		if p.empty() || (!p.Open() && !p.Until.After(at)) {
			continue
		}
		if p.From.After(at) {
			run := p.From.Sub(at)
			if run >= left {
				break
			}
			left -= run
		} else if left == 0 {
			break
		}
		if p.Open() {
			elapsed := int((time.Duration(l.Amount)*time.Hour - left) / time.Hour)
			return Result{Elapsed: elapsed, Left: l.Amount - elapsed}
		}
		at = p.Until
	}
	return Result{Due: at.Add(left).In(Zone), Running: true, Elapsed: l.Amount}
}

// Status is [Calendar.Due] seen at a moment: how many units are used up, how many are left, how far over the limit it is.
// A day counts as used up from its first moment, so on the last day Left is 0 and Over is 0.
func (c *Calendar) Status(start time.Time, l Limit, pauses []Pause, now time.Time) Result {
	r := c.Due(start, l, pauses)
	amount := r.Derivation.Limit.Amount
	if l.Unit == Hours {
		r.hoursAt(start, now, pauses, amount)
		return r
	}
	today := DateOf(now)
	n := 0
	for _, d := range r.Derivation.Days {
		if d.Date > today {
			break
		}
		if d.Counted {
			n++
		}
	}
	r.Elapsed, r.Left = n, amount-n
	if r.Running && now.After(r.Due) {
		r.Over = c.Between(l.Unit, r.Due, now)
	}
	return r
}

// Between counts the units from one moment to another, negative when to comes first: days without the day of from,
// hours only when they are whole.
func (c *Calendar) Between(u Unit, from, to time.Time) int {
	switch u {
	case CalendarDays:
		return int(DateOf(to) - DateOf(from))
	case Hours:
		return int(to.Sub(from) / time.Hour)
	}
	return c.WorkingDaysBetween(from, to)
}

// hoursAt fills in the whole hours used up at now.
func (r *Result) hoursAt(start, now time.Time, pauses []Pause, amount int) {
	if now.Before(start) {
		r.Elapsed, r.Left = 0, amount
		return
	}
	used := now.Sub(start) - pausedWithin(start, now, pauses)
	n := int(used / time.Hour)
	r.Elapsed, r.Left = min(n, amount), max(amount-n, 0)
	if r.Running && now.After(r.Due) {
		r.Over = int(now.Sub(r.Due) / time.Hour)
	}
}

// pausedWithin returns how much of an interval the pauses cover together.
func pausedWithin(from, to time.Time, pauses []Pause) time.Duration {
	sorted := slices.Clone(pauses)
	slices.SortFunc(sorted, comparePauses)
	var sum time.Duration
	at := from
	for _, p := range sorted {
		end := p.Until
		if p.Open() || end.After(to) {
			end = to
		}
		begin := p.From
		if begin.Before(at) {
			begin = at
		}
		if p.empty() || !end.After(begin) {
			continue
		}
		sum += end.Sub(begin)
		at = end
	}
	return sum
}
