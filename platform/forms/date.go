package forms

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"tongban/platform/i18n"
)

// written are the ways in which people write a date in digits, year first.
var written = regexp.MustCompile(`^(\d{4})\s*(?:-|/|\.|年)\s*(\d{1,2})\s*(?:-|/|\.|月)\s*(\d{1,2})\s*日?$`)

func (f Field) date(value string, now time.Time) (string, *Problem) {
	y, m, d, ok := digits(value)
	if !ok || y < 1800 || y > 2200 || m < 1 || m > 12 || d < 1 || d > 31 {
		return value, f.problem("type", "forms.date")
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, i18n.Zone)
	if t.Day() != d {
		last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, i18n.Zone).Day()
		return value, &Problem{f.ID, "forms.date_impossible", []any{"zh", f.Label.Zh, "en", f.Label.En, "year", y, "month", m, "day", d, "last", last}}
	}
	if m, ok := DateBound(f.Min, now); ok && t.Before(m) {
		return value, f.problem("min", "forms.date_min", "min", m.Format(time.DateOnly))
	}
	if m, ok := DateBound(f.Max, now); ok && t.After(m) {
		return value, f.problem("max", "forms.date_max", "max", m.Format(time.DateOnly))
	}
	return t.Format(time.DateOnly), nil
}

// digits reads year, month and day, in full-width digits too.
func digits(value string) (y, m, d int, ok bool) {
	part := written.FindStringSubmatch(strings.Map(narrow, value))
	if part == nil {
		return 0, 0, 0, false
	}
	y, _ = strconv.Atoi(part[1]) // four digits always fit
	m, _ = strconv.Atoi(part[2])
	d, _ = strconv.Atoi(part[3])
	return y, m, d, true
}

// narrow turns full-width digits and signs into the plain ones.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r == '．':
		return '.'
	case r == '－':
		return '-'
	case r == '／':
		return '/'
	}
	return r
}

// ParseDate reads an answer of type date in its normal form.
func ParseDate(answer string) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, answer, i18n.Zone)
	return t, err == nil
}

// Cents reads an answer of type money in its normal form.
func Cents(answer string) (int64, bool) {
	if !decimalShape(answer, 2) {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(answer, "-"), ".")
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if strings.HasPrefix(answer, "-") {
		n = -n
	}
	return n, err == nil
}

// DateBound reads "2026-12-01", "today" or "today" with an offset such as
// "today-100y", "today+6m", "today-1d". ok is false when there is no bound.
func DateBound(s string, now time.Time) (time.Time, bool) {
	rest, relative := strings.CutPrefix(s, "today")
	if !relative {
		t, err := time.ParseInLocation(time.DateOnly, s, i18n.Zone)
		return t, err == nil
	}
	local := now.In(i18n.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, i18n.Zone)
	if rest == "" {
		return day, true
	}
	n, err := strconv.Atoi(rest[:len(rest)-1])
	if err != nil {
		return day, false
	}
	switch rest[len(rest)-1] {
	case 'y':
		return day.AddDate(n, 0, 0), true
	case 'm':
		return day.AddDate(0, n, 0), true
	case 'd':
		return day.AddDate(0, 0, n), true
	}
	return day, false
}
