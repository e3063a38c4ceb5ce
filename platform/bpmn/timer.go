package bpmn

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/platform/bpmn/definition"
)

// schedule works out when a timer is due, and for cycles how many firings
// remain after the first and their distance.
func (e *Engine) schedule(d *definition.Timer, vars map[string]any, from time.Time) (t timer, err error) {
	text := d.Text
	if d.Expr != nil {
		v, err := e.eval(d.Expr, vars)
		if err != nil {
			return t, err
		}
		switch x := v.(type) {
		case string:
			text = strings.TrimSpace(x)
		case time.Time:
			text = x.Format(time.RFC3339Nano)
		case time.Duration:
			return timer{Due: from.Add(x)}, nil
		default:
			return t, fmt.Errorf("%w: %q gives %T", ErrTimer, d.Text, v)
		}
	}
	if d.Fill != nil {
		if text, err = e.fill(d.Fill, vars); err != nil {
			return t, err
		}
	}
	if start, length, ok := strings.Cut(text, "/"); ok && d.Form == "timeDuration" { // an interval: so long after a date
		date, ok := definition.ParseDate(start, from)
		if !ok {
			return t, fmt.Errorf("%w: %q is no date", ErrTimer, start)
		}
		from, text = date, length
	}
	switch d.Form {
	case "timeDate":
		due, ok := definition.ParseDate(text, from)
		if !ok {
			return t, fmt.Errorf("%w: %q is no date", ErrTimer, text)
		}
		return timer{Due: due}, nil
	case "timeCycle":
		c, ok := definition.ParseCycle(text, from)
		if !ok {
			return t, fmt.Errorf("%w: %q is no cycle", ErrTimer, text)
		}
		if t.Left = c.Times; t.Left > 0 {
			t.Left--
		}
		t.Every, t.Until = c.Every, c.Until
		if t.Due = c.First; t.Due.IsZero() {
			err = e.count(&t, c.Every, from)
		}
		return t, err
	}
	err = e.count(&t, text, from)
	return t, err
}

// count sets when a timer is due, and remembers how when the hook worked it out.
func (e *Engine) count(t *timer, length string, from time.Time) (err error) {
	if t.Due, err = e.after(length, from); err != nil {
		return err
	}
	if _, iso := definition.AddISO(length, from); !iso {
		t.By, t.From = length, from.Round(0).UTC()
	}
	return nil
}

// Recount asks the hook Due anew for every timer whose length it worked out,
// such as working days after the days off have changed. Timers that move are
// set again, under their ids; what suspensions have added to them stays.
func (e *Engine) Recount(p *Process, in *Instance, now time.Time) ([]Change, error) {
	return e.anyway(p, in, now, "recount", func(r *run) error {
		for _, t := range r.in.Everybody() {
			moved, err := r.recount(t)
			if err != nil {
				return err
			}
			for _, d := range moved {
				if !r.in.Suspended() {
					r.note(t, Change{Kind: TimerSet, ID: d.ID, Element: d.El, Name: r.name(t, d.El, d.In), Due: d.Due})
				}
			}
		}
		return r.recountPast(&r.in.Undo)
	})
}

// recountPast does the same for what can be put back.
func (r *run) recountPast(list *[]undo) error {
	*list = slices.Clone(*list)
	for i := range *list {
		u := &(*list)[i]
		u.Was = slices.Clone(u.Was)
		for j := range u.Was {
			if _, err := r.recount(&u.Was[j]); err != nil {
				return err
			}
		}
		if err := r.recountPast(&u.Inner); err != nil {
			return err
		}
	}
	return nil
}

// recount brings the timers of a token up to date and lists those that moved.
func (r *run) recount(t *token) (moved []timer, err error) {
	for i, d := range t.Timers {
		if d.By == "" {
			continue
		}
		due, err := r.e.after(d.By, d.From.In(r.now.Location()))
		if err != nil {
			return nil, err
		}
		due = due.Add(d.Shift).Round(0).UTC()
		if due.Equal(d.Due) {
			continue
		}
		if r.in.Suspended() {
			d.Rest += due.Sub(d.Due)
		}
		d.Due = due
		if len(moved) == 0 {
			t.Timers = slices.Clone(t.Timers)
		}
		t.Timers[i] = d
		moved = append(moved, d)
	}
	return moved, nil
}

// after adds a duration: ISO 8601 here, everything else by the hook.
func (e *Engine) after(d string, from time.Time) (time.Time, error) {
	if due, ok := definition.AddISO(d, from); ok {
		return due, nil
	}
	if e.Due == nil {
		return from, fmt.Errorf("%w: %q is no ISO 8601 duration", ErrTimer, d)
	}
	due, err := e.Due(d, from)
	if err != nil {
		return from, fmt.Errorf("%w: %q: %w", ErrTimer, d, err)
	}
	return due, nil
}
