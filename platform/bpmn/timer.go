package bpmn

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timerDef is one timerEventDefinition.
type timerDef struct {
	form string // timeDuration, timeDate, timeCycle
	text string
	expr *expression // set when the text is an expression
}

var (
	isoDuration = regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$`)
	anyDuration = regexp.MustCompile(`^P[0-9][0-9A-Z.,]*$`)
	isoCycle    = regexp.MustCompile(`^R(\d*)/(P[0-9A-Z.,]+)$`)
)

// addISO adds an ISO 8601 duration; ok is false when it is none. Years, months,
// weeks and days move the date, the rest moves the clock.
func addISO(s string, from time.Time) (due time.Time, ok bool) {
	m := isoDuration.FindStringSubmatch(s)
	if m == nil || s == "P" || strings.HasSuffix(s, "T") {
		return from, false
	}
	var n [7]int
	for i := range n {
		if m[i+1] == "" {
			continue
		}
		v, err := strconv.Atoi(m[i+1])
		if err != nil || v > 1_000_000_000 {
			return from, false
		}
		n[i] = v
	}
	if n[0] > 10_000 || n[1] > 120_000 || n[2] > 520_000 || n[3] > 3_650_000 {
		return from, false
	}
	due = from.AddDate(n[0], n[1], n[2]*7+n[3])
	due = due.Add(time.Duration(n[4]) * time.Hour).Add(time.Duration(n[5]) * time.Minute).Add(time.Duration(n[6]) * time.Second)
	if m[8] != "" {
		frac, _ := strconv.Atoi((m[8] + "000000000")[:9])
		due = due.Add(time.Duration(frac))
	}
	return due, true
}

var dateForms = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"}

// parseDate reads an ISO date; without an offset it is in the zone of near.
func parseDate(s string, near time.Time) (time.Time, bool) {
	for _, form := range dateForms {
		if t, err := time.ParseInLocation(form, s, near.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// splitCycle reads R3/PT10M. A cycle without a number goes on without end (-1).
func splitCycle(s string) (times int, every string, ok bool) {
	m := isoCycle.FindStringSubmatch(s)
	if m == nil {
		return 0, "", false
	}
	if m[1] == "" {
		return -1, m[2], true
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, "", false
	}
	return n, m[2], true
}

// checkTimer refuses times that can never be worked out. Durations such as
// P5WD are left to the Due hook.
func checkTimer(form, text string) error {
	switch form {
	case "timeDuration":
		if !anyDuration.MatchString(text) && !strings.HasPrefix(text, "PT") {
			return fmt.Errorf("%q is not a duration such as P3D or PT8H", text)
		}
		if strings.HasPrefix(text, "PT") {
			if _, ok := addISO(text, time.Time{}); !ok {
				return fmt.Errorf("%q is not a duration such as P3D or PT8H", text)
			}
		}
	case "timeDate":
		if _, ok := parseDate(text, time.Time{}); !ok {
			return fmt.Errorf("%q is not a date such as 2026-12-01T08:00:00+08:00", text)
		}
	case "timeCycle":
		_, every, ok := splitCycle(text)
		if !ok {
			return fmt.Errorf("%q is not a cycle such as R3/PT10M", text)
		}
		return checkTimer("timeDuration", every)
	}
	return nil
}

// schedule works out when a timer is due, and for cycles how many firings
// remain after the first and their distance.
func (e *Engine) schedule(d *timerDef, vars map[string]any, from time.Time) (t timer, err error) {
	text := d.text
	if d.expr != nil {
		v, err := e.eval(d.expr, vars)
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
			return t, fmt.Errorf("%w: %q gives %T", ErrTimer, d.text, v)
		}
	}
	switch d.form {
	case "timeDate":
		due, ok := parseDate(text, from)
		if !ok {
			return t, fmt.Errorf("%w: %q is no date", ErrTimer, text)
		}
		return timer{Due: due}, nil
	case "timeCycle":
		times, every, ok := splitCycle(text)
		if !ok {
			return t, fmt.Errorf("%w: %q is no cycle", ErrTimer, text)
		}
		if times > 0 {
			times--
		}
		t.Left, t.Every = times, every
		t.Due, err = e.after(every, from)
		return t, err
	}
	t.Due, err = e.after(text, from)
	return t, err
}

// after adds a duration: ISO 8601 here, everything else by the hook.
func (e *Engine) after(d string, from time.Time) (time.Time, error) {
	if due, ok := addISO(d, from); ok {
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
