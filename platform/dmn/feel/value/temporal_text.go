package value

import (
	"fmt"
	"strconv"
	"strings"
)

// scan reads text from the left.
type scan struct{ s string }

// digits reads between low and high digits.
func (c *scan) digits(low, high int) (int64, bool) {
	n := 0
	for n < len(c.s) && n < high && c.s[n] >= '0' && c.s[n] <= '9' {
		n++
	}
	if n < low {
		return 0, false
	}
	v, err := strconv.ParseInt(c.s[:n], 10, 64)
	c.s = c.s[n:]
	return v, err == nil
}

// lit reads one given character.
func (c *scan) lit(b byte) bool {
	if c.s == "" || c.s[0] != b {
		return false
	}
	c.s = c.s[1:]
	return true
}

// ParseDate reads 2026-12-01, and years before Christ or after 9999.
func ParseDate(s string) (Date, bool) {
	c := &scan{s}
	d, ok := c.date()
	return d, ok && c.s == ""
}

func (c *scan) date() (Date, bool) {
	negative := c.lit('-')
	zero := strings.HasPrefix(c.s, "0")
	before := len(c.s)
	y, ok := c.digits(4, 9)
	if !ok || zero && before-len(c.s) > 4 {
		return Date{}, false
	}
	if negative {
		y = -y
	}
	ok = c.lit('-')
	m, ok1 := c.digits(2, 2)
	ok2 := c.lit('-')
	d, ok3 := c.digits(2, 2)
	if !ok || !ok1 || !ok2 || !ok3 {
		return Date{}, false
	}
	return NewDate(y, m, d)
}

// ParseTime reads 13:20:00, with fraction, offset or zone: 13:20:00.5+08:00,
// 13:20:00Z, 13:20:00@Asia/Shanghai.
func ParseTime(s string) (Time, bool) {
	c := &scan{strings.TrimPrefix(s, "T")}
	t, ok := c.time()
	return t, ok && t.Second < 86400
}

func (c *scan) time() (t Time, ok bool) {
	h, ok1 := c.digits(2, 2)
	ok2 := c.lit(':')
	m, ok3 := c.digits(2, 2)
	ok4 := c.lit(':')
	s, ok5 := c.digits(2, 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || h > 24 || m > 59 || s > 59 {
		return t, false
	}
	if c.lit('.') {
		n := 0
		for n < len(c.s) && c.s[n] >= '0' && c.s[n] <= '9' {
			n++
		}
		if n == 0 {
			return t, false
		}
		nano, _ := strconv.ParseInt((c.s[:n] + "000000000")[:9], 10, 64)
		t.Nano, c.s = int32(nano), c.s[n:]
	}
	t.Second = int32(h*3600 + m*60 + s)
	if h == 24 && (m != 0 || s != 0 || t.Nano != 0) {
		return t, false
	}
	t.Zone, ok = parseZone(c.s)
	return t, ok
}

// parseZone reads what follows a time: nothing, Z, an offset or @ and a name.
func parseZone(s string) (Zone, bool) {
	switch {
	case s == "":
		return Zone{}, true
	case s == "Z" || s == "z":
		return Zone{Set: true}, true
	case s[0] == '@':
		_, ok := location(s[1:])
		return Zone{Set: true, Name: s[1:]}, ok
	case s[0] != '+' && s[0] != '-':
		return Zone{}, false
	}
	c := &scan{s[1:]}
	h, ok1 := c.digits(2, 2)
	ok2 := c.lit(':')
	m, ok3 := c.digits(2, 2)
	var sec int64
	if ok1 && ok2 && ok3 && c.lit(':') {
		sec, ok3 = c.digits(2, 2)
	}
	off := h*3600 + m*60 + sec
	if !ok1 || !ok2 || !ok3 || c.s != "" || m > 59 || sec > 59 || off > 18*3600 {
		return Zone{}, false
	}
	if s[0] == '-' {
		off = -off
	}
	return Zone{Set: true, Offset: int32(off)}, true
}

// ParseDateTime reads a date, a T and a time; a date alone is its midnight.
func ParseDateTime(s string) (DateTime, bool) {
	c := &scan{s}
	d, ok := c.date()
	if !ok || c.s == "" {
		return DateTime{Date: d}, ok
	}
	if !c.lit('T') {
		return DateTime{}, false
	}
	t, ok := c.time()
	if !ok {
		return DateTime{}, false
	}
	if t.Second == 86400 {
		t.Second = 0
		d, ok = DateOf(d.Days() + 1)
	}
	return DateTime{d, t}, ok
}

// ParseDuration reads P1Y2M as years and months, P1DT2H3M4.5S as days and time.
func ParseDuration(s string) (Value, bool) {
	c := &scan{s}
	negative := c.lit('-')
	if !c.lit('P') || c.s == "" || strings.HasSuffix(c.s, "T") {
		return nil, false
	}
	date, clock, _ := strings.Cut(c.s, "T")
	y, mo, d := part(&date, 'Y'), part(&date, 'M'), part(&date, 'D')
	h, mi := part(&clock, 'H'), part(&clock, 'M')
	sec, nano, ok := seconds(clock)
	if date != "" || !ok || y < -1 || mo < -1 || d < -1 || h < -1 || mi < -1 {
		return nil, false
	}
	if y >= 0 || mo >= 0 {
		if d >= 0 || strings.Contains(c.s, "T") || y > 2*maxYear || mo > MaxMonths {
			return nil, false
		}
		n := max(y, 0)*12 + max(mo, 0)
		if negative {
			n = -n
		}
		return MonthDuration(n), true
	}
	if d > 4e12 || h > 1e14 || mi > 6e15 || sec > 4e17 {
		return nil, false
	}
	out := makeDuration(max(d, 0)*86400+max(h, 0)*3600+max(mi, 0)*60+sec, nano)
	if negative {
		out = out.Neg()
	}
	return out, out.ok()
}

// part reads digits and a letter, -1 when they are not next, -2 when too long.
func part(s *string, unit byte) int64 {
	n := 0
	for n < len(*s) && (*s)[n] >= '0' && (*s)[n] <= '9' {
		n++
	}
	if n == 0 || n == len(*s) || (*s)[n] != unit {
		return -1
	}
	v, err := strconv.ParseInt((*s)[:n], 10, 64)
	*s = (*s)[n+1:]
	if err != nil {
		return -2
	}
	return v
}

// seconds reads 4.5S or nothing.
func seconds(s string) (sec, nano int64, ok bool) {
	if s == "" {
		return 0, 0, true
	}
	body, ok := strings.CutSuffix(s, "S")
	whole, frac, dotted := strings.Cut(body, ".")
	if !ok || whole == "" || strings.Trim(whole+frac, "0123456789") != "" || dotted && frac == "" {
		return 0, 0, false
	}
	sec, err := strconv.ParseInt(whole, 10, 64)
	nano, _ = strconv.ParseInt((frac + "000000000")[:9], 10, 64)
	return sec, nano, err == nil
}

// String writes 2026-12-01.
func (d Date) String() string {
	if d.Year < 0 {
		return fmt.Sprintf("-%04d-%02d-%02d", -int64(d.Year), d.Month, d.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// String writes Z, an offset, @ and a name, or nothing.
func (z Zone) String() string {
	switch {
	case !z.Set:
		return ""
	case z.Name != "":
		return "@" + z.Name
	case z.Offset == 0:
		return "Z"
	}
	off, mark := z.Offset, "+"
	if off < 0 {
		off, mark = -off, "-"
	}
	s := fmt.Sprintf("%s%02d:%02d", mark, off/3600, off/60%60)
	if off%60 != 0 {
		s += fmt.Sprintf(":%02d", off%60)
	}
	return s
}

// String writes 13:20:00 with what more is known.
func (t Time) String() string {
	s := fmt.Sprintf("%02d:%02d:%02d", t.Second/3600, t.Second/60%60, t.Second%60)
	return s + fraction(t.Nano) + t.Zone.String()
}

func fraction(nano int32) string {
	if nano == 0 {
		return ""
	}
	return "." + strings.TrimRight(fmt.Sprintf("%09d", nano), "0")
}

// String writes 2026-12-01T13:20:00+08:00.
func (t DateTime) String() string { return t.Date.String() + "T" + t.Time.String() }

// String writes P1DT2H, and PT0S for nothing.
func (d DayDuration) String() string {
	if d.Seconds == 0 && d.Nano == 0 {
		return "PT0S"
	}
	mark := ""
	if d.Seconds < 0 {
		d, mark = d.Neg(), "-"
	}
	var b strings.Builder
	b.WriteString(mark + "P")
	if days := d.Seconds / 86400; days != 0 {
		fmt.Fprintf(&b, "%dD", days)
	}
	h, m, s := d.Seconds/3600%24, d.Seconds/60%60, d.Seconds%60
	if h+m+s != 0 || d.Nano != 0 {
		b.WriteByte('T')
	}
	if h != 0 {
		fmt.Fprintf(&b, "%dH", h)
	}
	if m != 0 {
		fmt.Fprintf(&b, "%dM", m)
	}
	if s != 0 || d.Nano != 0 {
		fmt.Fprintf(&b, "%d%sS", s, fraction(d.Nano))
	}
	return b.String()
}

// String writes P1Y2M, and P0M for nothing.
func (d MonthDuration) String() string {
	n, mark := int64(d), ""
	if n < 0 {
		n, mark = -n, "-"
	}
	switch y, m := n/12, n%12; {
	case y == 0:
		return fmt.Sprintf("%sP%dM", mark, m)
	case m == 0:
		return fmt.Sprintf("%sP%dY", mark, y)
	default:
		return fmt.Sprintf("%sP%dY%dM", mark, y, m)
	}
}
