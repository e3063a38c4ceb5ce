package definition

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Timer is one timerEventDefinition.
type Timer struct {
	Form string // timeDuration, timeDate, timeCycle
	Text string
	Expr *Expr     // set when the text is one expression
	Fill *Template // set when there are expressions in the text
}

func (d *Timer) compile() error {
	t, err := compileTemplate("", d.Text)
	if err != nil {
		return err
	}
	if len(t.Parts) == 1 {
		d.Expr = t.Parts[0].Expr
	} else {
		d.Fill = t
	}
	return nil
}

var (
	isoDuration = regexp.MustCompile(`^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$`)
	anyDuration = regexp.MustCompile(`^P[0-9][0-9A-Z.,]*$`)
)

// AddISO adds an ISO 8601 duration; ok is false when it is none. Years, months,
// weeks and days move the date, the rest moves the clock.
func AddISO(s string, from time.Time) (due time.Time, ok bool) {
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

// ParseDate reads an ISO date; without an offset it is in the zone of near.
func ParseDate(s string, near time.Time) (time.Time, bool) {
	for _, form := range dateForms {
		if t, err := time.ParseInLocation(form, s, near.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Cycle is a repeating time such as R3/PT10M or R/2026-12-01T08:00:00Z/P1D.
type Cycle struct {
	Times int       // -1 without end
	Every string    // duration between
	First time.Time // zero: one duration after now
	Until time.Time // zero: no end by date
}

// ParseCycle reads a repeating time; dates without an offset are in the zone of near.
func ParseCycle(s string, near time.Time) (c Cycle, ok bool) {
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 || !strings.HasPrefix(parts[0], "R") {
		return c, false
	}
	c.Times = -1
	if n := parts[0][1:]; n != "" {
		times, err := strconv.Atoi(n)
		if err != nil || times < 1 || times > 1_000_000 {
			return c, false
		}
		c.Times = times
	}
	for i, x := range parts[1:] {
		switch {
		case strings.HasPrefix(x, "P"):
			if c.Every != "" {
				return c, false
			}
			c.Every = x
		case i == 0:
			if c.First, ok = ParseDate(x, near); !ok {
				return c, false
			}
		default:
			if c.Until, ok = ParseDate(x, near); !ok {
				return c, false
			}
		}
	}
	return c, c.Every != ""
}

// checkTimer refuses times that can never be worked out. Durations such as
// P5WD are left to the Due hook.
func checkTimer(form, text string) error {
	switch form {
	case "timeDuration":
		if start, length, ok := strings.Cut(text, "/"); ok { // an interval: so long after a date
			if _, ok := ParseDate(start, time.Time{}); !ok {
				return fmt.Errorf("%q is not a date such as 2026-12-01T08:00:00+08:00", start)
			}
			text = length
		}
		if !anyDuration.MatchString(text) && !strings.HasPrefix(text, "PT") {
			return fmt.Errorf("%q is not a duration such as P3D or PT8H", text)
		}
		if strings.HasPrefix(text, "PT") {
			if _, ok := AddISO(text, time.Time{}); !ok {
				return fmt.Errorf("%q is not a duration such as P3D or PT8H", text)
			}
		}
	case "timeDate":
		if _, ok := ParseDate(text, time.Time{}); !ok {
			return fmt.Errorf("%q is not a date such as 2026-12-01T08:00:00+08:00", text)
		}
	case "timeCycle":
		c, ok := ParseCycle(text, time.Time{})
		if !ok {
			return fmt.Errorf("%q is not a cycle such as R3/PT10M", text)
		}
		return checkTimer("timeDuration", c.Every)
	}
	return nil
}
