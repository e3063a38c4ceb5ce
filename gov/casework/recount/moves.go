package recount

import (
	"context"
	"fmt"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/supplements"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// Timer is a timer of a flow that other days move.
type Timer struct {
	Element string    `json:"element"`
	Before  time.Time `json:"before"`
	Now     time.Time `json:"now"`
}

// Timers counts the timers of the flow of a case anew by a calendar, in the
// instance itself, and lists those that moved. Those that stand still are set when
// the clock runs on.
func (s *Service) Timers(ctx context.Context, c cases.Case, in *bpmn.Instance, days *calendar.Calendar) ([]Timer, error) {
	if in == nil || in.Ended() || len(in.Timers()) == 0 {
		return nil, nil
	}
	o, err := s.Shelf.Fetch(ctx, c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return nil, err
	}
	before := map[string]time.Time{}
	for _, t := range in.Timers() {
		before[t.ID] = t.Due
	}
	e := *s.Engine
	e.Due = days.AddISO
	if _, err := e.Recount(o.Process, in, s.Clock.Now().In(calendar.Zone)); err != nil {
		return nil, offers.ErrFlow.Because(err)
	}
	var out []Timer
	for _, t := range in.Timers() {
		if !t.Due.Equal(before[t.ID]) {
			out = append(out, Timer{t.Element, before[t.ID], t.Due})
		}
	}
	return out, nil
}

// Steps counts the open steps whose own date is another one by a calendar.
func Steps(days *calendar.Calendar, c cases.Case, tasks []desk.Task) (n int) {
	for _, t := range tasks {
		if end := c.Step(days, t); !end.At.Equal(t.Due) {
			n++
		}
	}
	return n
}

// Between writes how the date that binds moved, in figures that need no
// language; "" when only a step's own date did.
func Between(before, now time.Time) string {
	if before.Equal(now) || before.IsZero() || now.IsZero() {
		return ""
	}
	return before.In(calendar.Zone).Format(time.DateOnly) + " → " + now.In(calendar.Zone).Format(time.DateOnly)
}

// Between is how the date that binds the office moves; "" when it does not.
func (r Recounted) Between() string { return Between(r.Before, r.Now) }

// would says what other days would move of a case; it changes nothing.
func (s *Service) would(ctx context.Context, r db.Reader, old cases.Case, days *calendar.Calendar) (Recounted, bool, error) {
	c := old
	c.Recompute(days)
	out := Recounted{Case: old, Before: old.Due(), Now: c.Due()}
	tasks, err := desk.Open(ctx, r, c.Region, c.ID)
	if err != nil {
		return out, false, err
	}
	out.Steps = Steps(days, c, tasks)
	timed, err := flows.Timed(ctx, r, c.Region, c.ID)
	if err != nil {
		return out, false, err
	}
	if timed {
		w, err := flows.Load(ctx, r, c.Region, c.ID)
		if err != nil {
			return out, false, err
		}
		list, err := s.Timers(ctx, c, w.Flow.Instance, days)
		if err != nil {
			return out, false, fmt.Errorf("timers of %s: %w", c.ID, err)
		}
		out.Timers = len(list)
	}
	if c.State == cases.Supplemented {
		answer, err := supplements.Recounted(ctx, r, c.Region, c.ID, days)
		if err != nil {
			return out, false, err
		}
		out.Answer = answer != nil
	}
	return out, c.MovedFrom(old) || out.Answer || out.Steps+out.Timers > 0, nil
}
