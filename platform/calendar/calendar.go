package calendar

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Calendar knows which days are working days. Its table is built once; Become
// puts another in its place for everybody who holds the calendar.
type Calendar struct{ now atomic.Pointer[table] }

// table is what is known of the days at one time; it never changes.
type table struct {
	first   Date    // 1 January of the first year in the table
	days    []uint8 // index into infos for each day from first to 31 December of the last year
	before  []int32 // working days in the table before each day; one longer than days
	infos   []Day   // distinct descriptions; few, so a day costs one byte
	years   map[int]bool
	last    Date // the last date that any notice mentions
	version string
}

// Code names why a day counts or does not.
type Code string

// The reasons, one for each kind of day.
const (
	// CodeWeekday is an ordinary Monday to Friday.
	CodeWeekday Code = "weekday"
	// CodeWeekend is an ordinary Saturday or Sunday.
	CodeWeekend Code = "weekend"
	// CodeHoliday is a day off by notice.
	CodeHoliday Code = "holiday"
	// CodeInLieu is a weekday given off in exchange.
	CodeInLieu Code = "in_lieu_day"
	// CodeMakeUp is a Saturday or Sunday made a working day.
	CodeMakeUp Code = "workday_shift"
)

// Day says what a date is.
type Day struct {
	Working        bool
	Code           Code
	NameZH, NameEN string // the feast; empty for an ordinary day
	reason         string
}

var (
	weekday = Day{Working: true, Code: CodeWeekday, reason: string(CodeWeekday)}
	weekend = Day{Code: CodeWeekend, reason: string(CodeWeekend)}
)

// New builds a calendar from entries in any order, for callers that keep them in a store.
func New(entries []Entry) (*Calendar, error) {
	if len(entries) == 0 {
		return nil, errors.New("build calendar: no entries")
	}
	es := slices.Clone(entries)
	slices.SortFunc(es, func(a, b Entry) int {
		if a.Date != b.Date {
			return int(a.Date - b.Date)
		}
		return strings.Compare(string(a.Kind), string(b.Kind))
	})
	c := &table{years: map[int]bool{}, infos: []Day{weekday, weekend}, last: es[len(es)-1].Date}
	from, to := es[0].Date.Year(), c.last.Year()
	if from < firstYear || to > lastYear {
		return nil, fmt.Errorf("build calendar: years %d–%d are outside %d–%d", from, to, firstYear, lastYear)
	}
	c.first = NewDate(from, time.January, 1)
	c.days = make([]uint8, NewDate(to+1, time.January, 1)-c.first)
	for i := range c.days {
		if ordinary(c.first+Date(i)).Code == CodeWeekend {
			c.days[i] = 1
		}
	}
	index := map[Day]uint8{}
	hash := sha256.New()
	for _, e := range es {
		fmt.Fprintf(hash, "%s,%s,%s,%s\n", e.Date, e.Kind, e.NameZH, e.NameEN)
		if err := c.put(e, index); err != nil {
			return nil, err
		}
	}
	c.version = fmt.Sprintf("%x-%s", hash.Sum(nil)[:4], c.last)
	c.before = make([]int32, len(c.days)+1)
	for i, k := range c.days {
		c.before[i+1] = c.before[i]
		if c.infos[k].Working {
			c.before[i+1]++
		}
	}
	out := &Calendar{}
	out.now.Store(c)
	return out, nil
}

// Become makes c know the days as n does, from now on and for everybody who
// holds c. Limits that were worked out before stay as they were until somebody
// works them out again.
func (c *Calendar) Become(n *Calendar) { c.now.Store(n.now.Load()) }

// put writes one entry into the table. Entries come sorted, so holiday precedes in_lieu_day, which then wins as the more exact reason.
func (c *table) put(e Entry, index map[Day]uint8) error {
	day := Day{NameZH: e.NameZH, NameEN: e.NameEN}
	switch e.Kind {
	case Holiday:
		day.Code = CodeHoliday
	case InLieu:
		day.Code = CodeInLieu
	case WorkdayShift:
		day.Code, day.Working = CodeMakeUp, true
	default:
		return fmt.Errorf("build calendar: %s has unknown kind %q", e.Date, e.Kind)
	}
	day.reason = fmt.Sprintf("%s %s %s", day.Code, day.NameZH, day.NameEN)
	i := e.Date - c.first
	if old := c.infos[c.days[i]]; c.days[i] > 1 && old.Working != day.Working {
		return fmt.Errorf("build calendar: %s is both %s and %s", e.Date, old.Code, day.Code)
	}
	k, ok := index[day]
	if !ok {
		if len(c.infos) > 255 {
			return errors.New("build calendar: more than 254 different feasts")
		}
		k = uint8(len(c.infos))
		c.infos = append(c.infos, day)
		index[day] = k
	}
	c.days[i] = k
	c.years[e.Date.Year()] = true
	return nil
}

func ordinary(d Date) Day {
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return weekend
	}
	return weekday
}

// Day says what a date is. Outside the published years it knows only weekends.
func (c *Calendar) Day(d Date) Day { return c.now.Load().day(d) }

func (c *table) day(d Date) Day {
	if i := int(d - c.first); i >= 0 && i < len(c.days) {
		return c.infos[c.days[i]]
	}
	return ordinary(d)
}

// IsWorkingDay says whether a date is a working day and why: the code, then, when a notice names the day,
// the Chinese and the English name of the feast.
func (c *Calendar) IsWorkingDay(d Date) (bool, string) {
	day := c.Day(d)
	return day.Working, day.reason
}

// Known says whether a notice for the date's year is in the calendar. For other dates only Saturday and Sunday are known to be off.
func (c *Calendar) Known(d Date) bool { return c.now.Load().years[d.Year()] }

// KnownUntil returns the last day of the last year with a notice.
func (c *Calendar) KnownUntil() Date {
	t := c.now.Load()
	return t.first + Date(len(t.days)) - 1
}

// Version identifies the entries the calendar was built from: the beginning of their SHA-256 and the last date they mention.
func (c *Calendar) Version() string { return c.now.Load().version }

// WorkingDaysBetween counts the working days after the day of a, up to and including the day of b: what a
// limit that started at a has used up on the evening of b. It is negative when b lies on a day before a.
func (c *Calendar) WorkingDaysBetween(a, b time.Time) int {
	t := c.now.Load() // both ends by the same days
	return t.countBefore(DateOf(b)+1) - t.countBefore(DateOf(a)+1)
}

// countBefore counts working days before d from an origin that is the same for every d, in constant time.
func (c *table) countBefore(d Date) int {
	switch i := int(d - c.first); {
	case i < 0:
		return weekdaysBefore(d) - weekdaysBefore(c.first)
	case i >= len(c.days):
		end := c.first + Date(len(c.days))
		return int(c.before[len(c.days)]) + weekdaysBefore(d) - weekdaysBefore(end)
	default:
		return int(c.before[i])
	}
}

// weekdaysBefore counts Mondays to Fridays before d since Monday 1969-12-29, negative before that.
func weekdaysBefore(d Date) int {
	n := int(d) + 3
	weeks := n / 7
	if n%7 < 0 {
		weeks--
	}
	return weeks*5 + min(n-weeks*7, 5)
}
