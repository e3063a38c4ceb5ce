package builtin

import (
	"tongban/platform/dmn/feel/value"
)

func init() {
	Define("date(from:a)", func(_ *value.Run, a []value.Value) value.Value {
		switch x := alone(a[0]).(type) {
		case string:
			return orNull(value.ParseDate(x))
		case value.Date:
			return x
		case value.DateTime:
			return x.Date
		}
		return nil
	})
	Define("date(year:n, month:n, day:n)", func(_ *value.Run, a []value.Value) value.Value {
		y, m, d, ok := three(a)
		if !ok {
			return nil
		}
		return orNull(value.NewDate(y, m, d))
	})
	Define("time(from:a)", func(_ *value.Run, a []value.Value) value.Value {
		switch x := alone(a[0]).(type) {
		case string:
			return orNull(value.ParseTime(x))
		case value.Time:
			return x
		case value.DateTime:
			return x.Time
		case value.Date:
			return x.Midnight().Time
		}
		return nil
	})
	Define("time(hour:n, minute:n, second:n, offset?:a)", fnTime)
	Define("date and time(from:a)", func(_ *value.Run, a []value.Value) value.Value {
		switch x := alone(a[0]).(type) {
		case string:
			return orNull(value.ParseDateTime(x))
		case value.DateTime:
			return x
		case value.Date:
			return x.Midnight()
		}
		return nil
	})
	Define("date and time(date:a, time:a)", fnJoinTime)
	Define("date and time(date:a, timezone:s)", fnJoinTime)
	Define("date and time(year:n, month:n, day:n, hour:n, minute:n, second:n, offset?:a)", fnDateTimeParts)
	Define("duration(from:a)", func(_ *value.Run, a []value.Value) value.Value {
		switch x := alone(a[0]).(type) {
		case string:
			return orNull(value.ParseDuration(x))
		case value.DayDuration, value.MonthDuration:
			return x
		}
		return nil
	})
}

func init() {
	Define("years and months duration(from:a, to:a)", fnMonths)
	Define("day of year(date:a)", onDate(func(d value.Date) value.Value { return value.Int(d.YearDay()) }))
	Define("day of week(date:a)", onDate(func(d value.Date) value.Value { return weekdays[d.Weekday()-1] }))
	Define("month of year(date:a)", onDate(func(d value.Date) value.Value { return monthNames[d.Month-1] }))
	Define("week of year(date:a)", onDate(func(d value.Date) value.Value { return value.Int(d.ISOWeek()) }))
	Define("last day of month(date:a)", onDate(func(d value.Date) value.Value {
		first := value.Date{Year: d.Year, Month: d.Month, Day: 1}
		next, ok := first.AddMonths(1)
		if !ok {
			return nil
		}
		return orNull(value.DateOf(next.Days() - 1))
	}))
	Define("now()", func(r *value.Run, _ []value.Value) value.Value {
		if r.Now().IsZero() {
			return nil
		}
		return value.Moment(r.Now())
	})
	Define("today()", func(r *value.Run, _ []value.Value) value.Value {
		if r.Now().IsZero() {
			return nil
		}
		return value.Moment(r.Now()).Date
	})
	Define("is(value1:a, value2:a)", func(r *value.Run, a []value.Value) value.Value { return fnIs(r, a[0], a[1]) })
}

var weekdays = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// alone takes the element out of a list of one.
func alone(v value.Value) value.Value {
	if l, ok := v.([]any); ok && len(l) == 1 {
		return l[0]
	}
	return v
}

// three reads three whole numbers.
func three(a []value.Value) (x, y, z int64, ok bool) {
	x, ok1 := a[0].(value.Number).Int64()
	y, ok2 := a[1].(value.Number).Int64()
	z, ok3 := a[2].(value.Number).Int64()
	return x, y, z, ok1 && ok2 && ok3
}

func onDate(fn func(value.Date) value.Value) func(*value.Run, []value.Value) value.Value {
	return func(_ *value.Run, a []value.Value) value.Value {
		switch x := alone(a[0]).(type) {
		case value.Date:
			return fn(x)
		case value.DateTime:
			return fn(x.Date)
		}
		return nil
	}
}

func fnTime(_ *value.Run, a []value.Value) value.Value {
	h, ok1 := a[0].(value.Number).Int64()
	m, ok2 := a[1].(value.Number).Int64()
	sec, ok3 := a[2].(value.Number).Round(9, value.RoundDown)
	if !ok1 || !ok2 || !ok3 || h < 0 || h > 23 || m < 0 || m > 59 || sec.Sign() < 0 || sec.Cmp(value.Int(60)) >= 0 {
		return nil
	}
	d, _ := value.DurationOf(sec)
	z, ok := value.ZoneOf(a[3])
	return orNull(value.Time{Second: int32(h*3600 + m*60 + d.Seconds), Nano: d.Nano, Zone: z}, ok)
}

func fnJoinTime(_ *value.Run, a []value.Value) value.Value {
	second := alone(a[1])
	switch x := alone(a[0]).(type) {
	case value.Date:
		if t, ok := second.(value.Time); ok {
			return value.DateTime{Date: x, Time: t}
		}
	case value.DateTime:
		if t, ok := second.(value.Time); ok {
			return value.DateTime{Date: x.Date, Time: t}
		}
		if name, ok := second.(string); ok { // the same moment in another zone
			z, ok := value.ZoneOf(name)
			if !ok {
				return nil
			}
			return orNull(value.MomentAt(x.Instant(), x.Time.Nano, z))
		}
	}
	return nil
}

func fnDateTimeParts(r *value.Run, a []value.Value) value.Value {
	y, m, d, ok := three(a)
	date, ok2 := value.NewDate(y, m, d)
	t, ok3 := fnTime(r, a[3:]).(value.Time)
	return orNull(value.DateTime{Date: date, Time: t}, ok && ok2 && ok3)
}

// fnMonths counts whole months from one day to another.
func fnMonths(_ *value.Run, a []value.Value) value.Value {
	x, ok1 := value.MomentOf(alone(a[0]))
	y, ok2 := value.MomentOf(alone(a[1]))
	if !ok1 || !ok2 {
		return nil
	}
	n := (int64(y.Date.Year)-int64(x.Date.Year))*12 + int64(y.Date.Month) - int64(x.Date.Month)
	switch { // the time of the day does not count
	case n > 0 && y.Date.Day < x.Date.Day:
		n--
	case n < 0 && y.Date.Day > x.Date.Day:
		n++
	}
	return value.MonthDuration(n)
}

// fnIs tells whether two values are the same in every respect, the zone of a
// time too.
func fnIs(r *value.Run, a, b value.Value) value.Value {
	if value.KindOf(a) != value.KindOf(b) {
		return false
	}
	switch x := a.(type) {
	case value.Time:
		y := b.(value.Time)
		return x == y || x.Second == y.Second && x.Nano == y.Nano && sameZone(x.OnEpoch(), y.OnEpoch())
	case value.DateTime:
		y := b.(value.DateTime)
		return x == y || x.Date == y.Date && x.Time.Second == y.Time.Second && x.Time.Nano == y.Time.Nano && sameZone(x, y)
	}
	return r.Equal(a, b) == true
}

// sameZone: an offset is the same as a zone only when both are written alike.
func sameZone(a, b value.DateTime) bool {
	return a.Time.Zone.Set == b.Time.Zone.Set && a.Time.Zone.Name == b.Time.Zone.Name && a.Offset() == b.Offset()
}
