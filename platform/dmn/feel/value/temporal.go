package value

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones such as Europe/Paris are part of the language and must be there on every machine
)

// Date is a day of the calendar.
type Date struct {
	Year       int32
	Month, Day int8
}

// Zone is the time zone of a time: none, a fixed offset, or a name.
type Zone struct {
	Set    bool
	Offset int32  // seconds east of Greenwich, when Name is empty
	Name   string // such as Europe/Paris
}

// Time is a time of the day.
type Time struct {
	Second int32 // of the day
	Nano   int32
	Zone   Zone
}

// DateTime is a day with a time.
type DateTime struct {
	Date Date
	Time Time
}

// DayDuration is a length of time in days, hours, minutes and seconds.
type DayDuration struct {
	Seconds int64 // rounded down
	Nano    int32 // 0 to 999,999,999, added to Seconds
}

// MonthDuration is a length of time in years and months.
type MonthDuration int64

const maxYear = 999_999_999

// MaxMonths bounds durations: more than lies between any two dates.
const MaxMonths = 24 * maxYear

var daysIn = [...]int8{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func monthDays(y int64, m int8) int8 {
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		return 29
	}
	return daysIn[m-1]
}

// NewDate checks a date.
func NewDate(y, m, d int64) (Date, bool) {
	if y < -maxYear || y > maxYear || m < 1 || m > 12 || d < 1 || d > int64(monthDays(y, int8(m))) {
		return Date{}, false
	}
	return Date{int32(y), int8(m), int8(d)}, true
}

// Days counts from 1970-01-01 in the proleptic Gregorian calendar.
func (d Date) Days() int64 {
	y, m := int64(d.Year), int64(d.Month)
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + int64(d.Day) - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// DateOf is the day that lies n days after 1970-01-01.
func DateOf(n int64) (Date, bool) {
	n += 719468
	era := floorDiv(n, 146097)
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	y, m := yoe+era*400, mp+3
	if m > 12 {
		m -= 12
		y++
	}
	return NewDate(y, m, doy-(153*mp+2)/5+1)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func (d Date) cmp(e Date) int { return sign(d.Days() - e.Days()) }

// Midnight is the date as a date and time, in UTC as the standard asks.
func (d Date) Midnight() DateTime { return DateTime{d, Time{Zone: Zone{Set: true}}} }

// AddMonths keeps the day when the month has it, else takes the last one.
func (d Date) AddMonths(n int64) (Date, bool) {
	if abs64(n) > MaxMonths {
		return Date{}, false
	}
	m := int64(d.Year)*12 + int64(d.Month) - 1 + n
	y := floorDiv(m, 12)
	month := int8(m-y*12) + 1
	return NewDate(y, int64(month), int64(min(d.Day, monthDays(y, month))))
}

// Weekday is 1 for Monday to 7 for Sunday.
func (d Date) Weekday() int64 { return (d.Days()+3)%7 + 1 + 7*b2i((d.Days()+3)%7 < 0) }

func b2i(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// YearDay is 1 for the first of January.
func (d Date) YearDay() int64 {
	first := Date{d.Year, 1, 1}
	return d.Days() - first.Days() + 1
}

// ISOWeek is the number of the week that has the same Thursday.
func (d Date) ISOWeek() int64 {
	thursday, ok := DateOf(d.Days() + 4 - d.Weekday())
	if !ok {
		return 0
	}
	return (thursday.YearDay()-1)/7 + 1
}

var zones sync.Map // name → *time.Location, only those that exist

func location(name string) (*time.Location, bool) {
	if l, ok := zones.Load(name); ok {
		return l.(*time.Location), true
	}
	if name == "" || name == "Local" || len(name) > 60 {
		return nil, false
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, l)
	return l, true
}

// Offset is how far the zone is east of Greenwich at that local time.
func (t DateTime) Offset() int64 {
	z := t.Time.Zone
	if z.Name == "" {
		return int64(z.Offset)
	}
	l, ok := location(z.Name)
	if !ok {
		return 0
	}
	_, off := time.Date(int(t.Date.Year), time.Month(t.Date.Month), int(t.Date.Day), 0, 0, int(t.Time.Second), 0, l).Zone()
	return int64(off)
}

// Instant counts seconds from 1970-01-01 UTC, or local seconds without a zone.
func (t DateTime) Instant() int64 {
	return t.Date.Days()*86400 + int64(t.Time.Second) - t.Offset()
}

// MomentAt is the date and time of an instant in a zone.
func MomentAt(sec int64, nano int32, z Zone) (DateTime, bool) {
	off := int64(z.Offset)
	if z.Name != "" {
		l, ok := location(z.Name)
		if !ok {
			return DateTime{}, false
		}
		_, o := time.Unix(sec, 0).In(l).Zone()
		off = int64(o)
	}
	sec += off
	day := floorDiv(sec, 86400)
	d, ok := DateOf(day)
	return DateTime{d, Time{int32(sec - day*86400), nano, z}}, ok
}

// Go gives the moment as Go's time; without a zone it is taken as UTC.
func (t DateTime) Go() time.Time {
	l := time.UTC
	if z := t.Time.Zone; z.Name != "" {
		if named, ok := location(z.Name); ok {
			l = named
		}
	} else if z.Offset != 0 {
		l = time.FixedZone("", int(z.Offset))
	}
	return time.Unix(t.Instant(), int64(t.Time.Nano)).In(l)
}

// Moment makes a date and time of Go's time, with its offset.
func Moment(t time.Time) DateTime {
	_, off := t.Zone()
	m, _ := MomentAt(t.Unix(), int32(t.Nanosecond()), Zone{Set: true, Offset: int32(off)})
	return m
}

func compareMoments(a, b DateTime) (int, bool) {
	if a.Time.Zone.Set != b.Time.Zone.Set {
		return 0, false
	}
	if c := sign(a.Instant() - b.Instant()); c != 0 {
		return c, true
	}
	return sign(int64(a.Time.Nano) - int64(b.Time.Nano)), true
}

// OnEpoch puts a time on a day so that zones have an offset.
func (t Time) OnEpoch() DateTime { return DateTime{Date{1970, 1, 1}, t} }

func compareTimes(a, b Time) (int, bool) { return compareMoments(a.OnEpoch(), b.OnEpoch()) }

// makeDuration brings seconds and nanoseconds into order.
func makeDuration(sec, nano int64) DayDuration {
	carry := floorDiv(nano, 1e9)
	return DayDuration{sec + carry, int32(nano - carry*1e9)}
}

func (d DayDuration) cmp(e DayDuration) int {
	if c := sign(d.Seconds - e.Seconds); c != 0 {
		return c
	}
	return sign(int64(d.Nano) - int64(e.Nano))
}

// maxDuration is far more than lies between any two dates.
const maxDuration = 4 * maxYear * 366 * 86400 / 1000 * 1000

func (d DayDuration) ok() bool { return abs64(d.Seconds) <= maxDuration }

// Neg gives the opposite duration.
func (d DayDuration) Neg() DayDuration { return makeDuration(-d.Seconds, -int64(d.Nano)) }

// Plus adds two durations.
func (d DayDuration) Plus(e DayDuration) (DayDuration, bool) {
	s := makeDuration(d.Seconds+e.Seconds, int64(d.Nano)+int64(e.Nano))
	return s, s.ok()
}

// InSeconds is the duration in seconds.
func (d DayDuration) InSeconds() Number {
	n, _ := Int(int64(d.Nano)).Div(Int(1e9))
	n, _ = n.Add(Int(d.Seconds))
	return n
}

// DurationOf makes a duration of seconds; what is finer than nanoseconds is cut.
func DurationOf(n Number) (DayDuration, bool) {
	whole, ok := n.Round(0, RoundFloor)
	if !ok {
		return DayDuration{}, false
	}
	sec, ok := whole.Int64()
	if !ok {
		return DayDuration{}, false
	}
	rest, _ := n.Sub(whole)
	rest, _ = rest.Mul(Int(1e9))
	rest, _ = rest.Round(0, RoundDown)
	nano, _ := rest.Int64()
	d := makeDuration(sec, nano)
	return d, d.ok()
}

// Plus adds a duration; a named zone keeps its clock right.
func (t DateTime) Plus(d DayDuration) (DateTime, bool) {
	s := makeDuration(t.Instant()+d.Seconds, int64(t.Time.Nano)+int64(d.Nano))
	return MomentAt(s.Seconds, s.Nano, t.Time.Zone)
}

// Minus gives the time between two moments; ok is false when only one of them has
// a zone.
func (t DateTime) Minus(u DateTime) (DayDuration, bool) {
	if t.Time.Zone.Set != u.Time.Zone.Set {
		return DayDuration{}, false
	}
	d := makeDuration(t.Instant()-u.Instant(), int64(t.Time.Nano)-int64(u.Time.Nano))
	return d, d.ok()
}

// Plus adds a duration and stays within the day, as a clock does.
func (t Time) Plus(d DayDuration) Time {
	s := makeDuration(int64(t.Second)+d.Seconds%86400, int64(t.Nano)+int64(d.Nano))
	return Time{int32(((s.Seconds % 86400) + 86400) % 86400), s.Nano, t.Zone}
}

// Property gives the named part of a temporal value.
func Property(v Value, name string) (Value, bool) {
	switch x := v.(type) {
	case Date:
		return dateProperty(x, name)
	case Time:
		return timeProperty(x.OnEpoch(), name)
	case DateTime:
		if p, ok := dateProperty(x.Date, name); ok && name != "value" {
			return p, true
		}
		if name == "value" {
			return Int(x.Instant()), true
		}
		return timeProperty(x, name)
	case DayDuration:
		return dayProperty(x, name)
	case MonthDuration:
		switch name {
		case "years":
			return Int(int64(x) / 12), true
		case "months":
			return Int(int64(x) % 12), true
		case "value":
			return Int(int64(x)), true
		}
	}
	return nil, false
}

func dateProperty(d Date, name string) (Value, bool) {
	switch name {
	case "year":
		return Int(int64(d.Year)), true
	case "month":
		return Int(int64(d.Month)), true
	case "day":
		return Int(int64(d.Day)), true
	case "weekday":
		return Int(d.Weekday()), true
	case "value":
		return Int(d.Days() * 86400), true
	}
	return nil, false
}

func timeProperty(t DateTime, name string) (Value, bool) {
	s := int64(t.Time.Second)
	switch name {
	case "hour":
		return Int(s / 3600), true
	case "minute":
		return Int(s / 60 % 60), true
	case "second":
		return Int(s % 60), true
	case "value":
		return Int(s), true
	case "time offset":
		if !t.Time.Zone.Set {
			return nil, true
		}
		return DayDuration{Seconds: t.Offset()}, true
	case "timezone":
		if t.Time.Zone.Name == "" {
			return nil, true
		}
		return strings.Clone(t.Time.Zone.Name), true
	}
	return nil, false
}

func dayProperty(d DayDuration, name string) (Value, bool) {
	s, negative := d.Seconds, int64(1)
	if s < 0 {
		n := d.Neg()
		s, negative = n.Seconds, -1
	}
	switch name {
	case "days":
		return Int(negative * (s / 86400)), true
	case "hours":
		return Int(negative * (s / 3600 % 24)), true
	case "minutes":
		return Int(negative * (s / 60 % 60)), true
	case "seconds":
		return Int(negative * (s % 60)), true
	case "value":
		return d.InSeconds(), true
	}
	return nil, false
}

// ZoneOf reads an offset given as a duration, or the name of a zone.
func ZoneOf(v Value) (Zone, bool) {
	switch x := v.(type) {
	case nil:
		return Zone{}, true
	case DayDuration:
		return Zone{Set: true, Offset: int32(x.Seconds)}, abs64(x.Seconds) <= 18*3600 && x.Nano == 0
	case string:
		_, ok := location(x)
		return Zone{Set: true, Name: x}, ok
	}
	return Zone{}, false
}

// MomentOf gives a date or a date and time as the latter.
func MomentOf(v Value) (DateTime, bool) {
	switch x := v.(type) {
	case Date:
		return x.Midnight(), true
	case DateTime:
		return x, true
	}
	return DateTime{}, false
}
