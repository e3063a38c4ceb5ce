package supplements

import (
	"strconv"
	"strings"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
)

// Span is within which days an answer can be asked for.
type Span struct {
	First calendar.Date // the last day for the answer when the officer says nothing
	Last  calendar.Date // the latest last day that he may set

	cal            *calendar.Calendar
	asked          time.Time
	usual, longest calendar.Limit
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
	s := Span{First: calendar.DateOf(cal.Due(now, usual, nil).Due), Last: calendar.DateOf(cal.Due(now, longest, nil).Due), cal: cal, asked: now, usual: usual, longest: longest}
	if s.Last < s.First {
		s.First, s.usual = s.Last, longest
	}
	return s
}

// Usual is how the first day was found, for who may set a later one.
func (s Span) Usual() calendar.Derivation { return s.cal.Due(s.asked, s.usual, nil).Derivation }

// Choose is how the last moment for the answer is found: the end of the day that
// the officer wished, or of the first one. An earlier day would take from the
// applicant what the rule gives him; a later one would leave the case lying.
//
// A day off that is wished is the working day that follows, as for every limit.
//
// Law: 民法典 art. 203 ¶1.
func (s Span) Choose(wish calendar.Date) (calendar.Derivation, error) {
	switch {
	case wish == 0 || wish == s.First:
		return s.Usual(), nil
	case wish < s.First || wish > s.Last:
		return calendar.Derivation{}, drafts.Problems{{Field: "until", Code: "casework.problem.until", Pairs: []any{"first", s.First.String(), "last", s.Last.String()}}}
	}
	for ok, _ := s.cal.IsWorkingDay(wish); !ok && wish < s.Last; ok, _ = s.cal.IsWorkingDay(wish) {
		wish++
	}
	l := s.usual
	l.Amount, l.Unit = s.cal.WorkingDaysBetween(s.asked, wish.End()), calendar.WorkingDays
	l.Citation += "；本次由办理机关定为" + terms.Span(l.Amount, l.Unit) + "，在" + terms.Span(s.usual.Amount, s.usual.Unit) + "到" + terms.Span(s.longest.Amount, s.longest.Unit) + "之间"
	l.CitationEN += "; the office set " + terms.SpanEn(l.Amount, l.Unit) + " this time, between " + terms.SpanEn(s.usual.Amount, s.usual.Unit) + " and " + terms.SpanEn(s.longest.Amount, s.longest.Unit)
	return s.cal.Due(s.asked, l, nil).Derivation, nil
}
