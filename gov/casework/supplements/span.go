package supplements

import (
	"strconv"
	"strings"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/platform/calendar"
)

// Span is within which days an answer can be asked for.
type Span struct {
	First calendar.Date // the last day for the answer when the officer says nothing
	Last  calendar.Date // the latest last day that he may set
}

// DaysField is the element of an item that says how many working days its
// applicants have for an answer, where the region's own number does not fit.
const DaysField = "supplement_days"

// Between works the days out: the usual time, or that of the item, and the
// longest that the region allows. An item never exceeds its region.
func Between(cal *calendar.Calendar, usual, longest calendar.Limit, item string, now time.Time) Span {
	if n, err := strconv.Atoi(strings.TrimSpace(item)); err == nil && n > 0 && usual.Unit == calendar.WorkingDays {
		usual.Amount = n
	}
	last := calendar.DateOf(cal.Due(now, longest, nil).Due)
	return Span{First: min(calendar.DateOf(cal.Due(now, usual, nil).Due), last), Last: last}
}

// Choose is the last moment for the answer: the end of the day that the officer
// wished, or of the first one. An earlier day would take from the applicant what
// the rule gives him; a later one would leave the case lying.
func (s Span) Choose(wish calendar.Date) (time.Time, error) {
	switch {
	case wish == 0:
		wish = s.First
	case wish < s.First || wish > s.Last:
		return time.Time{}, drafts.Problems{{Field: "until", Code: "casework.problem.until", Pairs: []any{"first", s.First.String(), "last", s.Last.String()}}}
	}
	return wish.End().UTC(), nil
}
