package terms

import (
	"fmt"
	"slices"
	"time"

	"tongban/platform/calendar"
)

// CaseID identifies a case.
type CaseID string

// Terms are the limits of a case and everything that moves them. They are kept
// with the case, so that a later change of the rules does not touch it.
type Terms struct {
	Accept       calendar.Limit      `json:"accept"`
	Legal        calendar.Limit      `json:"legal"`
	Promise      calendar.Limit      `json:"promise"`
	Longest      calendar.Limit      `json:"longest_extension"` // what the head of the organ may add, once
	AcceptPauses []calendar.Pause    `json:"accept_pauses,omitempty"`
	Pauses       []Special           `json:"pauses,omitempty"`
	Extension    *Extension          `json:"extension,omitempty"`
	Acted        map[string][]string `json:"acted,omitempty"` // role → accounts that gave an opinion in it
}

// Clone shares nothing that anybody changes with the original.
func (t Terms) Clone() Terms {
	t.AcceptPauses, t.Pauses = slices.Clone(t.AcceptPauses), slices.Clone(t.Pauses)
	if t.Extension != nil {
		e := *t.Extension
		t.Extension = &e
	}
	if acted := t.Acted; acted != nil {
		t.Acted = make(map[string][]string, len(acted))
		for role, accounts := range acted {
			t.Acted[role] = slices.Clone(accounts)
		}
	}
	return t
}

// Special is one special procedure (特别程序) of a case.
type Special struct {
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	NameEn   string    `json:"name_en,omitempty"`
	Basis    string    `json:"basis"`
	BasisEn  string    `json:"basis_en,omitempty"`
	Reason   string    `json:"reason"`
	Expected int       `json:"expected_days,omitempty"` // working days that it is expected to take; told to the applicant
	From     time.Time `json:"from"`
	Until    time.Time `json:"until,omitzero"`
	By       string    `json:"by_name"`
	Result   string    `json:"result,omitempty"`
}

// Extension is a longer limit that the head of the organ approved, once.
type Extension struct {
	Days    int       `json:"days"` // in the unit of Terms.Longest
	Reason  string    `json:"reason"`
	Basis   string    `json:"basis"`
	BasisEn string    `json:"basis_en,omitempty"`
	By      string    `json:"by"`
	Name    string    `json:"by_name"`
	At      time.Time `json:"at"`
}

// Stops gives the calendar the intervals in which the clock stood.
func (t Terms) Stops() []calendar.Pause {
	out := make([]calendar.Pause, len(t.Pauses))
	for i, p := range t.Pauses {
		out[i] = calendar.Pause{From: p.From, Until: p.Until, Reason: p.Name, ReasonEN: p.NameEn, Basis: p.Basis, BasisEN: p.BasisEn}
		if p.Reason == "" { // those who may not read why
			continue
		}
		out[i].Reason += "：" + p.Reason
		if p.NameEn != "" {
			out[i].ReasonEN += ": " + p.Reason
		}
	}
	return out
}

// Count is how a limit with its extension stands.
type Count struct {
	// Result is the whole: the last moment is that of the extension. Its units
	// and its derivation are the limit's own.
	calendar.Result
	// Added is the extension where it counts in another unit than the limit: it
	// begins when the limit ends. Nil when there is none or the units agree.
	Added *calendar.Result
}

// Count reads a limit that began at start, with the extension and without the
// time that the clock stood, at a moment.
//
// Because: five working days and fifteen days are not twenty of either; an
// extension in another unit is counted on from the end of the limit.
func (t Terms) Count(cal *calendar.Calendar, start time.Time, l calendar.Limit, at time.Time) Count {
	if t.Extension == nil || l.Amount == 0 {
		return Count{Result: cal.Status(start, l, t.Stops(), at)}
	}
	more := calendar.Limit{Amount: t.Extension.Days, Unit: t.Longest.Unit, Name: t.Longest.Name, NameEN: t.Longest.NameEN, Citation: t.Extension.Basis, CitationEN: t.Extension.BasisEn}
	if more.Unit == "" || more.Unit == l.Unit {
		if more.CitationEN != "" && l.CitationEN != "" {
			l.CitationEN += fmt.Sprintf("; extended by %s: %s", SpanEn(more.Amount, l.Unit), more.CitationEN)
		}
		l.Citation += fmt.Sprintf("；延长%s：%s", Span(more.Amount, l.Unit), more.Citation)
		l.Amount += more.Amount
		return Count{Result: cal.Status(start, l, t.Stops(), at)}
	}
	c := Count{Result: cal.Status(start, l, t.Stops(), at), Added: &calendar.Result{Left: more.Amount, Derivation: calendar.Derivation{Limit: more}}}
	if c.Running {
		*c.Added = cal.Status(c.Due, more, t.Stops(), at)
		c.Due, c.Running, c.Over = c.Added.Due, c.Added.Running, 0
		c.Provisional = c.Provisional || c.Added.Provisional
	}
	return c
}

// UnitOf is what a limit counts at its end: the extension's unit once there is one.
func (t Terms) UnitOf(l calendar.Limit) calendar.Unit {
	if t.Extension != nil && t.Longest.Unit != "" && l.Amount > 0 {
		return t.Longest.Unit
	}
	return l.Unit
}

// End is the last moment of a limit with the unit that it is counted in; the
// moment is zero when there is none or the clock stands.
type End struct {
	At   time.Time
	Unit calendar.Unit
}

// EndOf is when a limit ends, extension and stops included.
func (t Terms) EndOf(cal *calendar.Calendar, start time.Time, l calendar.Limit) End {
	if l.Amount <= 0 && l.Unit == "" {
		return End{}
	}
	c := t.Count(cal, start, l, start)
	if !c.Running {
		return End{Unit: t.UnitOf(l)}
	}
	return End{c.Due.UTC(), t.UnitOf(l)}
}

// Earlier is the end that comes first; one without a moment never does.
func (e End) Earlier(o End) End {
	if e.At.IsZero() || (!o.At.IsZero() && o.At.Before(e.At)) {
		return o
	}
	return e
}

// Note keeps that an account gave an opinion in a role.
func (t *Terms) Note(role, account string) {
	fresh := map[string][]string{}
	for k, v := range t.Acted {
		fresh[k] = v
	}
	for _, a := range fresh[role] {
		if a == account {
			return
		}
	}
	fresh[role] = append(append([]string(nil), fresh[role]...), account)
	t.Acted = fresh
}

// Due is when a limit ends; zero when there is none or the clock stands.
func Due(cal *calendar.Calendar, start time.Time, l calendar.Limit, pauses []calendar.Pause) time.Time {
	if l.Amount <= 0 && l.Unit == "" {
		return time.Time{}
	}
	r := cal.Due(start, l, pauses)
	if !r.Running {
		return time.Time{}
	}
	return r.Due.UTC()
}

// Shifted moves a timer that was set at a moment by the time that the clock of
// the case stood since, so that no timer runs during a pause.
func (t Terms) Shifted(due, set time.Time) time.Time {
	for _, p := range t.Pauses {
		from := p.From
		if from.Before(set) {
			from = set
		}
		if p.Until.IsZero() || !p.Until.After(from) || !from.Before(due) {
			continue
		}
		due = due.Add(p.Until.Sub(from))
	}
	return due
}

// Span writes a length of time in the unit in which it is counted: 15日 are
// calendar days, 10个工作日 working days.
func Span(n int, u calendar.Unit) string {
	switch u {
	case calendar.CalendarDays:
		return fmt.Sprintf("%d日", n)
	case calendar.Hours:
		return fmt.Sprintf("%d小时", n)
	}
	return fmt.Sprintf("%d个工作日", n)
}

// SpanEn is Span in English.
func SpanEn(n int, u calendar.Unit) string {
	word := map[calendar.Unit]string{calendar.CalendarDays: "day", calendar.Hours: "hour"}[u]
	if word == "" {
		word = "working day"
	}
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}
