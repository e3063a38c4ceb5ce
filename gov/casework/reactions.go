package casework

import (
	"context"
	"strings"

	"tongban/gov/casework/cases"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/schedule"
)

// Handle registers the work that falls due: acceptance by lapse of time, the
// timers of flows, applicants who do not answer, and counting anew when the days off have changed. Casework reacts to no facts of others.
func (s *Service) Handle(r *schedule.Runner) {
	r.Handle(JobAcceptance, s.onAcceptanceDue)
	r.Handle(JobTimer, s.onTimer)
	r.Handle(JobAnswer, s.onAnswerDue)
	r.Handle(JobRecount, s.OnRecount)
}

// onAcceptanceDue accepts a case whose time for acceptance has passed.
//
// Law: 行政许可法 art. 32 ¶1(4): who does not tell within five days what is to be
// mended has accepted on the day of receipt.
func (s *Service) onAcceptanceDue(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	w, err := loadWork(ctx, tx, j.Region, CaseID(j.Key))
	if err != nil {
		return err
	}
	if w.c.State != Submitted || w.c.AcceptDue.IsZero() || !s.Clock.Now().After(w.c.AcceptDue) {
		return nil // done meanwhile, or the clock of the machine jumped
	}
	if err := s.warm(ctx, w.c); err != nil {
		return err
	}
	from := w.c.State
	if err := s.accept(ctx, tx, &w, cases.ActDeem); err != nil {
		return err
	}
	cases.Update(tx, &w.c, from)
	return nil
}

func (s *Service) onTimer(ctx context.Context, tx *db.Tx, j schedule.Job) error {
	id, _, _ := strings.Cut(j.Key, "/")
	c, err := cases.Load(ctx, tx, j.Region, CaseID(id))
	if fault.IsKind(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.warm(ctx, c); err != nil {
		return err
	}
	return s.fireTimer(ctx, tx, j.Region, CaseID(id), j.Payload)
}

// warm fetches what a job needs: it runs in the runner's transaction and cannot
// begin again. Jobs run one at a time, so that the second connection is there.
func (s *Service) warm(ctx context.Context, c Case) error {
	return s.shelf.Warm(ctx, c.Region, c.Item, c.ItemVersion)
}
