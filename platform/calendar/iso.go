package calendar

import (
	"fmt"
	"strings"
	"time"
)

// AddISO returns the moment a duration after from. It reads ISO 8601 durations such as P1D, P1Y6M or PT2H30M, and "P5WD",
// which is the end of the fifth working day after the day of from.
//
// Years and months go to the same day of the later month, or to its last day when there is none
// (Law: 民法典 art. 202); weeks, days and the time part are then added to the moment. Timers keep their time of day:
// the end-of-day rule belongs to limits, not to durations.
func (c *Calendar) AddISO(duration string, from time.Time) (time.Time, error) {
	bad := func(why string) (time.Time, error) {
		return time.Time{}, fmt.Errorf("duration %q: %s", duration, why)
	}
	rest, ok := strings.CutPrefix(duration, "P")
	if !ok || rest == "" {
		return bad("must begin with P and name at least one part, as in P5WD, P1D or PT2H")
	}
	if num, ok := strings.CutSuffix(rest, "WD"); ok {
		n, left, ok := number(num)
		if !ok || left != "" {
			return bad("working days stand alone, as in P5WD")
		}
		if n > MaxAmount {
			return bad("too long")
		}
		return c.Due(from, Limit{Amount: n, Unit: WorkingDays}, nil).Due, nil
	}
	p, why := parseISO(rest)
	if why != "" {
		return bad(why)
	}
	t := addMonths(from.In(Zone), p['Y']*12+p['M']).AddDate(0, 0, p['W']*7+p['D'])
	return t.Add(time.Duration(p['h'])*time.Hour + time.Duration(p['m'])*time.Minute + time.Duration(p['s'])*time.Second), nil
}

// parseISO reads the parts after the P; the time parts are keyed by small letters.
func parseISO(rest string) (map[byte]int, string) {
	parts := map[byte]int{}
	order, clock := "YMWD", false
	for rest != "" {
		if rest[0] == 'T' && !clock {
			clock, order, rest = true, "HMS", rest[1:]
			if rest == "" {
				return nil, "nothing follows the T"
			}
			continue
		}
		n, left, ok := number(rest)
		if !ok || left == "" {
			return nil, "a whole number and its unit are wanted"
		}
		i := strings.IndexByte(order, left[0])
		if i < 0 {
			return nil, fmt.Sprintf("unit %q is unknown, repeated or out of order", left[0])
		}
		if n > MaxAmount {
			return nil, "too long"
		}
		key := left[0]
		if clock {
			key += 'a' - 'A'
		}
		parts[key], order, rest = n, order[i+1:], left[1:]
	}
	return parts, ""
}

// number reads the digits at the beginning of s.
func number(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		if i >= 9 {
			return 0, s, false
		}
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0
}

// addMonths keeps the day of the month, or takes the last one where the month is too short.
func addMonths(t time.Time, months int) time.Time {
	if months == 0 {
		return t
	}
	y, m, d := t.Date()
	h, mi, s := t.Clock()
	last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, t.Location()).Day()
	return time.Date(y, m+time.Month(months), min(d, last), h, mi, s, t.Nanosecond(), t.Location())
}
