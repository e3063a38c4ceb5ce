package casework

import (
	"context"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/recount"
	"tongban/gov/facts"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// JobRecount is the kind of the jobs that count the dates of open cases anew
// after the days off have changed.
const JobRecount = recount.Job

// recountOne brings a case to the dates that the calendar gives it now. When
// they are the same, nothing is written.
//
// Law: 行政许可法 art. 82: limits count working days, without statutory holidays;
// which days those are is known for certain only when the notice is out.
func (s *Service) recountOne(ctx context.Context, tx *db.Tx, old Case) (bool, error) {
	c := old
	c.Recompute(s.Calendar)
	tasks, err := desk.Open(ctx, tx, c.Region, c.ID)
	if err != nil {
		return false, err
	}
	timed, err := flows.Timed(ctx, tx, c.Region, c.ID)
	if err != nil || !timed && !c.MovedFrom(old) && !s.tasksMove(c, tasks) {
		return false, err
	}
	w, err := loadWork(ctx, tx, c.Region, c.ID)
	if err != nil {
		return false, err
	}
	timers, err := s.recountTimers(ctx, &w)
	if err != nil || len(timers) == 0 && !c.MovedFrom(old) && !s.tasksMove(c, tasks) {
		return false, err
	}
	if len(timers) > 0 {
		flows.Update(tx, &w.c, w.flow)
	}
	if err := s.reclock(ctx, tx, &w); err != nil {
		return false, err
	}
	if w.c.State == Submitted {
		schedule.Set(tx, schedule.Job{Region: c.Region, Kind: JobAcceptance, Key: string(c.ID), At: w.c.AcceptDue.Add(deemAfter)})
	}
	details := map[string]any{"calendar": s.Calendar.Version()}
	if len(timers) > 0 {
		details["timers"] = timers
	}
	for name, due := range map[string][2]time.Time{"accept_due": {old.AcceptDue, w.c.AcceptDue}, "promise_due": {old.PromiseDue, w.c.PromiseDue}, "legal_due": {old.LegalDue, w.c.LegalDue}} {
		if !due[0].Equal(due[1]) {
			details[name+"_before"], details[name] = due[0], due[1]
		}
	}
	s.tell(ctx, tx, &w.c, event{kind: "case.recounted", text: between(old.Due(), w.c.Due()), details: details},
		facts.CaseRecounted{CaseRef: s.ref(&w.c), Calendar: s.Calendar.Version(), AcceptDue: w.c.AcceptDue, PromiseDue: w.c.PromiseDue, LegalDue: w.c.LegalDue, Timers: len(timers)})
	cases.Update(tx, &w.c, w.c.State)
	return true, nil
}

// movedTimer is a timer of a flow that other days move.
type movedTimer struct {
	Element string    `json:"element"`
	Before  time.Time `json:"before"`
	Now     time.Time `json:"now"`
}

// recountTimers counts the timers of a flow anew and lists those that moved.
// The caller writes the flow and, by reclock, the schedule.
func (s *Service) recountTimers(ctx context.Context, w *work) ([]movedTimer, error) {
	if w.flow == nil || w.flow.Instance.Ended() || len(w.flow.Instance.Timers()) == 0 {
		return nil, nil
	}
	if err := s.warm(ctx, w.c); err != nil {
		return nil, err
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return nil, err
	}
	before := map[string]time.Time{}
	for _, t := range w.flow.Instance.Timers() {
		before[t.ID] = t.Due
	}
	if _, err := s.engine.Recount(o.Process, w.flow.Instance, s.Clock.Now().In(calendar.Zone)); err != nil {
		return nil, ErrFlow.Because(err)
	}
	var out []movedTimer
	for _, t := range w.flow.Instance.Timers() { // those that stand still are set when the clock runs on
		if !t.Due.Equal(before[t.ID]) {
			out = append(out, movedTimer{t.Element, before[t.ID], t.Due})
		}
	}
	return out, nil
}

// between writes how the date that binds moved, in figures that need no
// language; "" when only a step's own date did.
func between(before, now time.Time) string {
	if before.Equal(now) || before.IsZero() || now.IsZero() {
		return ""
	}
	return before.In(calendar.Zone).Format(time.DateOnly) + " → " + now.In(calendar.Zone).Format(time.DateOnly)
}

func (s *Service) tasksMove(c Case, tasks []Task) bool {
	for _, t := range tasks {
		if end := c.Step(s.Calendar, t); !end.At.Equal(t.Due) {
			return true
		}
	}
	return false
}
