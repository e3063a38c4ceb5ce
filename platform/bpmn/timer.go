package bpmn

import (
	"fmt"
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
			t.Due, err = e.after(c.Every, from)
		}
		return t, err
	}
	t.Due, err = e.after(text, from)
	return t, err
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
