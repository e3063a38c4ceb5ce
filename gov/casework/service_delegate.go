package casework

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/people"
	"tongban/gov/casework/rights"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/db"
)

// Delegate asks another officer of any office for an opinion (委派); the task
// comes back with it.
func (s *Service) Delegate(ctx context.Context, region string, id TaskID, org, account, why string) (Task, error) {
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil {
		return Task{}, err
	}
	to, err := people.Somebody(ctx, s.Offices, region, org, account, RoleExaminer, RoleDecider)
	if err != nil {
		return Task{}, err
	}
	if to.Account == "" {
		return Task{}, ErrNoOfficer.With("officer", account)
	}
	return s.onTask(ctx, "delegate", region, id, func(tx *db.Tx, w *work) error {
		t, p := &w.task, tx.Actor()
		if err := s.ready(ctx, tx, w, 0, cases.ActWork); err != nil {
			return err
		}
		if err := s.allowed(w, rights.Delegate); err != nil {
			return err
		}
		if to.Account == p.ID {
			return ErrNoOfficer.With("officer", account)
		}
		t.Delegation = &Delegation{By: cmp.Or(t.For, p.ID), ByName: cmp.Or(t.ForName, p.Name), To: to.Account, ToName: to.Name, ToOrg: to.Org, Reason: why, At: s.Clock.Now()}
		t.Assignee, t.AssigneeName = to.Account, to.Name
		e := s.stepEvent("task.delegated", *t, why)
		e.details["to"], e.details["to_name"] = to.Account, to.Name
		s.tell(ctx, tx, &w.c, e, facts.TaskDelegated{CaseRef: s.ref(&w.c), TaskRef: taskRef(*t), To: to.Account, Reason: why})
		desk.Reassign(tx, t)
		return nil
	})
}

// Asked tells whether the caller answers the opinion that is out on a step: who was
// asked, or, while he is away, who stands in for him.
func (s *Service) Asked(ctx context.Context, r db.Reader, t Task) (bool, error) {
	d, me := t.Delegation, auth.From(ctx).ID
	if !d.Waiting() || d.To == me {
		return d.Waiting(), nil
	}
	return s.Deputies.Answers(ctx, r, me, d.To, d.ToOrg, t.Item)
}

// GiveOpinion answers a delegation; the task goes back to who asked.
func (s *Service) GiveOpinion(ctx context.Context, region string, id TaskID, opinion string) (Task, error) {
	opinion, err := cases.Said(opinion, drafts.MaxOpinion)
	if err != nil {
		return Task{}, err
	}
	return s.onTask(ctx, "opinion", region, id, func(tx *db.Tx, w *work) error {
		t, p := &w.task, tx.Actor()
		if ok, err := s.Asked(ctx, tx, *t); err != nil || !ok {
			return cmp.Or(err, error(ErrNotDelegated))
		}
		if _, err := cases.Next(w.c.State, w.c.Paused, cases.ActWork); err != nil {
			return err
		}
		d := *t.Delegation
		d.Opinion, d.Answered = opinion, s.Clock.Now()
		t.For, t.ForName = "", ""
		if d.To != p.ID {
			t.For, t.ForName, d.GivenName = d.To, d.ToName, p.Name
		}
		t.Delegation, t.Assignee, t.AssigneeName = &d, d.By, d.ByName
		e := s.stepEvent("task.opinion_given", *t, opinion)
		e.since = d.At
		s.tell(ctx, tx, &w.c, e, nil)
		desk.Reassign(tx, t)
		return nil
	})
}

// Recall takes a delegation back before it is answered (收回委派); the task is
// with who asked again. why may be empty. Recalling again changes nothing. An
// answer that came first stands: then there is nothing to take back.
func (s *Service) Recall(ctx context.Context, region string, id TaskID, why string) (Task, error) {
	why = strings.TrimSpace(why)
	if n := utf8.RuneCountInString(why); n > drafts.MaxReason {
		return Task{}, ErrTooLong.With("max", drafts.MaxReason)
	}
	return s.onTask(ctx, "recall", region, id, func(tx *db.Tx, w *work) error {
		t, p := &w.task, tx.Actor()
		if d := t.Delegation; d != nil && d.By != p.ID {
			ok, err := s.Deputies.Stands(ctx, tx, p.ID, d.By, t.Org, t.Role, t.Item)
			if err != nil {
				return err
			}
			if ok {
				t.For, t.ForName = d.By, d.ByName
			}
		}
		switch d := t.Delegation; {
		case d == nil || d.By != p.ID && d.By != t.For:
			return ErrNotDelegated
		case !d.Answered.IsZero():
			return ErrAnswered.With("who", d.ToName)
		case !d.Recalled.IsZero():
			return nil
		}
		d := *t.Delegation
		d.Recalled, d.RecallReason = s.Clock.Now(), why
		t.Delegation, t.Assignee, t.AssigneeName = &d, d.By, d.ByName
		e := s.stepEvent("task.recalled", *t, why)
		e.since = d.At
		e.details["from"], e.details["from_name"] = d.To, d.ToName
		s.tell(ctx, tx, &w.c, e, facts.TaskRecalled{CaseRef: s.ref(&w.c), TaskRef: taskRef(*t), From: d.To, Reason: why})
		desk.Reassign(tx, t)
		return nil
	})
}
