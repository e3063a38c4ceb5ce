package terms

import (
	"fmt"
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

// Special is one special procedure (特别程序) of a case.
type Special struct {
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	Basis    string    `json:"basis"`
	Reason   string    `json:"reason"`
	Expected int       `json:"expected_days,omitempty"` // working days that it is expected to take; told to the applicant
	From     time.Time `json:"from"`
	Until    time.Time `json:"until,omitzero"`
	By       string    `json:"by_name"`
	Result   string    `json:"result,omitempty"`
}

// Extension is a longer limit that the head of the organ approved, once.
type Extension struct {
	Days   int       `json:"days"`
	Reason string    `json:"reason"`
	Basis  string    `json:"basis"`
	By     string    `json:"by"`
	Name   string    `json:"by_name"`
	At     time.Time `json:"at"`
}

// Stops gives the calendar the intervals in which the clock stood.
func (t Terms) Stops() []calendar.Pause {
	out := make([]calendar.Pause, len(t.Pauses))
	for i, p := range t.Pauses {
		out[i] = calendar.Pause{From: p.From, Until: p.Until, Reason: p.Name + "：" + p.Reason, Basis: p.Basis}
	}
	return out
}

// Extended is a limit with the extension added.
func (t Terms) Extended(l calendar.Limit) calendar.Limit {
	if t.Extension == nil || l.Amount == 0 {
		return l
	}
	days := t.Extension.Days
	if l.Unit == calendar.Hours {
		days *= 24
	}
	l.Amount += days
	l.Citation += fmt.Sprintf("；延长%s：%s", Span(t.Extension.Days, t.Longest.Unit), t.Extension.Basis)
	return l
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
