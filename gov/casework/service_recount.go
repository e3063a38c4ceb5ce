package casework

import (
	"context"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/recount"
	"tongban/gov/casework/supplements"
	"tongban/gov/facts"
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
	var answer *Supplement
	if c.State == Supplemented {
		if answer, err = supplements.Recounted(ctx, tx, c.Region, c.ID, s.Calendar); err != nil {
			return false, err
		}
	}
	moved := answer != nil || c.MovedFrom(old) || recount.Steps(s.Calendar, c, tasks) > 0
	timed, err := flows.Timed(ctx, tx, c.Region, c.ID)
	if err != nil || !timed && !moved {
		return false, err
	}
	w, err := loadWork(ctx, tx, c.Region, c.ID)
	if err != nil {
		return false, err
	}
	var timers []recount.Timer
	if w.flow != nil {
		timers, err = s.Timers(ctx, w.c, w.flow.Instance, s.Calendar)
	}
	if err != nil || len(timers) == 0 && !moved {
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
	if answer != nil {
		supplements.Later(tx, answer)
		s.chase(tx, *answer, s.Clock.Now())
		details["answer_by"] = answer.Until
	}
	s.tell(ctx, tx, &w.c, event{kind: "case.recounted", text: recount.Between(old.Due(), w.c.Due()), details: details},
		facts.CaseRecounted{CaseRef: s.ref(&w.c), Calendar: s.Calendar.Version(), AcceptDue: w.c.AcceptDue, PromiseDue: w.c.PromiseDue, LegalDue: w.c.LegalDue, Timers: len(timers)})
	cases.Update(tx, &w.c, w.c.State)
	return true, nil
}
