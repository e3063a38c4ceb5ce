package calendar

import (
	"fmt"
	"time"
)

// Zone is the time zone whose days the law counts: Beijing time, without daylight saving.
// Because: a fixed offset needs no time-zone database on the host.
var Zone = time.FixedZone("Asia/Shanghai", 8*3600)

// Date is a day in [Zone], as the number of days since 1970-01-01. Dates are compared and
// subtracted as integers.
type Date int32

const daySeconds = 24 * 3600

// NewDate returns the date of a year, month and day; like time.Date it carries over what is out of range.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// DateOf returns the day in [Zone] to which a moment belongs.
func DateOf(t time.Time) Date {
	s := t.Unix() + 8*3600
	if s < 0 {
		s -= daySeconds - 1 // integer division must round towards the past
	}
	return Date(s / daySeconds)
}

// ParseDate reads YYYY-MM-DD and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %q is not YYYY-MM-DD of a real day", s)
	}
	return Date(t.Unix() / daySeconds), nil
}

// Start returns the first moment of the day.
func (d Date) Start() time.Time {
	return time.Unix(int64(d)*daySeconds-8*3600, 0).In(Zone)
}

// End returns the last microsecond of the day, the moment that stands for 24:00.
func (d Date) End() time.Time {
	return (d + 1).Start().Add(-time.Microsecond)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	// 1970-01-01 was a Thursday.
	return time.Weekday(((int(d)+4)%7 + 7) % 7)
}

// Year returns the year the day lies in.
func (d Date) Year() int { return d.utc().Year() }

// String formats the date as YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes YYYY-MM-DD, so that dates are readable in JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*daySeconds, 0).UTC() }
