package calendar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Kind says what a published notice makes of a day.
type Kind string

// The kinds of the file format.
const (
	// Holiday is a day off by notice, weekends inside the break included.
	Holiday Kind = "holiday"
	// WorkdayShift is a Saturday or Sunday made a working day (调休上班).
	WorkdayShift Kind = "workday_shift"
	// InLieu is a weekday given off in exchange for a make-up working day; it usually stands beside a Holiday entry.
	InLieu Kind = "in_lieu_day"
)

// Entry is one line of a notice.
type Entry struct {
	Date           Date
	Kind           Kind
	NameZH, NameEN string // the feast that is the reason
}

// LineError is a line that could not be used, with the reason in words for the person who prepared the file.
type LineError struct {
	Line   int // counted from 1, the heading included
	Reason string
}

// Error names the line and what is wrong with it.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

const (
	header = "date,kind,name_zh,name_en"
	// firstYear and lastYear bound what a file may claim, so that a mistyped year is found and the table stays small.
	firstYear, lastYear = 1949, 2199
	maxLine             = 4096
	maxName             = 100
)

// Read reads the comma-separated entries of a calendar file. A bad line does not stop the others: it is left out
// and reported. The error is only about reading itself.
func Read(r io.Reader) ([]Entry, []*LineError, error) {
	var (
		entries []Entry
		bad     []*LineError
		seen    = map[Date]map[Kind]int{}
	)
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 1024), maxLine)
	n := 0
	for sc.Scan() {
		n++
		line := strings.TrimSuffix(sc.Text(), "\r")
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
			if line != header {
				bad = append(bad, &LineError{1, "the heading must be " + header})
			}
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		e, reason := parseEntry(line)
		if reason == "" {
			reason = clash(seen, e, n)
		}
		if reason != "" {
			bad = append(bad, &LineError{n, reason})
			continue
		}
		entries = append(entries, e)
	}
	if err := sc.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return entries, append(bad, &LineError{n + 1, fmt.Sprintf("longer than %d bytes; reading stopped here", maxLine)}), nil
		}
		return entries, bad, fmt.Errorf("read calendar: %w", err)
	}
	if n == 0 {
		bad = append(bad, &LineError{1, "the file is empty"})
	}
	return entries, bad, nil
}

// parseEntry returns the entry of a line, or the reason why there is none.
func parseEntry(line string) (Entry, string) {
	if !utf8.ValidString(line) {
		return Entry{}, "not UTF-8"
	}
	f := strings.Split(line, ",")
	if len(f) != 4 {
		return Entry{}, fmt.Sprintf("has %d fields, needs 4: %s", len(f), header)
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	d, err := ParseDate(f[0])
	if err != nil {
		return Entry{}, err.Error()
	}
	if y := d.Year(); y < firstYear || y > lastYear {
		return Entry{}, fmt.Sprintf("year %d is outside %d–%d", y, firstYear, lastYear)
	}
	e := Entry{Date: d, Kind: Kind(f[1]), NameZH: f[2], NameEN: f[3]}
	switch e.Kind {
	case Holiday, InLieu:
	case WorkdayShift:
		if wd := d.Weekday(); wd != 0 && wd != 6 {
			return Entry{}, fmt.Sprintf("%s is a %s: only a Saturday or Sunday can be made a working day", d, wd)
		}
	default:
		return Entry{}, fmt.Sprintf("kind %q is none of holiday, workday_shift, in_lieu_day", f[1])
	}
	if e.NameZH == "" || e.NameEN == "" {
		return Entry{}, "a name is missing: both name_zh and name_en are needed"
	}
	if utf8.RuneCountInString(e.NameZH) > maxName || utf8.RuneCountInString(e.NameEN) > maxName {
		return Entry{}, fmt.Sprintf("a name is longer than %d characters", maxName)
	}
	return e, ""
}

// clash reports an entry that repeats or contradicts an earlier line, and remembers it otherwise.
func clash(seen map[Date]map[Kind]int, e Entry, line int) string {
	m := seen[e.Date]
	if first, ok := m[e.Kind]; ok {
		return fmt.Sprintf("%s %s is already on line %d", e.Date, e.Kind, first)
	}
	for k, first := range m {
		if (k == WorkdayShift) != (e.Kind == WorkdayShift) {
			return fmt.Sprintf("%s cannot be %s: line %d makes it %s", e.Date, e.Kind, first, k)
		}
	}
	if m == nil {
		m = map[Kind]int{}
		seen[e.Date] = m
	}
	m[e.Kind] = line
	return ""
}

// Load reads a whole calendar file and refuses it when any line is bad, naming every one of them.
// Use [Read] to keep the good lines.
func Load(r io.Reader) (*Calendar, error) {
	entries, bad, err := Read(r)
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(bad))
	for i, b := range bad {
		errs[i] = b
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("load calendar: %w", errors.Join(errs...))
	}
	return New(entries)
}
