package casework

import (
	"context"
	"slices"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/reading"
	"tongban/gov/casework/votes"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// Acting is one operation on a step, under way in a transaction. Package
// operations does office operations through it; the step, its case and its
// flow are written together when it is done.
type Acting struct {
	Tx   *db.Tx
	Case *Case
	Task *Task
	s    *Service
	w    *work
	m    *passage
	from State
}

// Operate loads a step with its case and flow, lets f act, and writes what
// follows. act names what is done: the same key for another act is a conflict.
// may decides who may; Holder is the usual answer.
func (s *Service) Operate(ctx context.Context, act, region string, id TaskID, may func(a *Acting) error, f func(a *Acting) error) (Task, error) {
	var out Task
	ctx = once.During(ctx, act)
	err := offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		out = Task{}
		_, err := once.Do(ctx, tx, region, "operate/"+string(id), func() (string, error) {
			w, err := loadTaskWork(ctx, tx, region, id)
			if err != nil {
				return "", err
			}
			a := &Acting{Tx: tx, Case: &w.c, Task: &w.task, s: s, w: &w, from: w.c.State}
			if err := may(a); err != nil {
				return "", err
			}
			if a.m, err = s.passage(&w); err != nil {
				return "", err
			}
			if a.m.before, err = loadPast(ctx, tx, &w.c); err != nil {
				return "", err
			}
			if err := f(a); err != nil {
				return "", err
			}
			out = w.task
			return string(id), s.land(ctx, tx, a.m, a.from)
		})
		if err == nil && out.ID == "" { // the command ran before
			out, err = desk.Load(ctx, tx, region, id)
		}
		return err
	})
	return out, err
}

// Look shows the flow of a step to whoever may do it; it changes nothing.
func (s *Service) Look(ctx context.Context, region string, id TaskID, show func(in *bpmn.Instance)) error {
	w, err := loadTaskWork(ctx, s.DB, region, id)
	if err != nil || w.flow == nil {
		return err
	}
	if err := reading.MayTask(ctx, w.task); err != nil {
		return err
	}
	show(w.flow.Instance)
	return nil
}

// Holder lets who may do an open step, and has it if somebody does, use an
// operation that the flow allows there; "" is one that it always allows.
func (s *Service) Holder(ctx context.Context, a *Acting, operation string, version int) error {
	if err := reading.MayTask(ctx, *a.Task); err != nil {
		return err
	}
	if err := a.Task.Free(); err != nil {
		return err
	}
	if err := s.ready(ctx, a.Tx, a.w, version, cases.ActBegin); err != nil || operation == "" {
		return err
	}
	return s.allowed(a.w, operation)
}

// Running refuses while the case is closed or its clock stands.
func (a *Acting) Running() error {
	_, err := cases.Next(a.Case.State, a.Case.Paused, cases.ActWork)
	return err
}

// May lets who holds one of the permissions in one of the offices act.
func (a *Acting) May(ctx context.Context, orgs []string, perms ...authz.Permission) (err error) {
	for _, perm := range perms {
		if err = desk.Touches(ctx, perm, a.Case.Region, orgs...); err == nil {
			return nil
		}
	}
	return err
}

// Ref and TaskRef are the parts that facts about the operation carry.
func (a *Acting) Ref() (facts.CaseRef, facts.TaskRef) { return a.s.ref(a.Case), taskRef(*a.Task) }

// Move lets the engine do something, and turns it into steps, timers and decisions.
func (a *Acting) Move(ctx context.Context, f func(e *bpmn.Engine, p *bpmn.Process, in *bpmn.Instance, now time.Time) ([]bpmn.Change, error)) error {
	changes, err := f(a.s.engine, a.m.o.Process, a.w.flow.Instance, a.s.Clock.Now().In(calendar.Zone))
	if err != nil {
		return flowFault(err)
	}
	if err := a.s.carry(ctx, a.Tx, a.m, changes); err != nil {
		return err
	}
	desk.GiveBack(a.m.opened, a.m.before.tasks)
	return nil
}

// Reject decides the case against the applicant from where it stands (驳回): the
// step is done with the refusal, everything else that is open is closed.
func (a *Acting) Reject(ctx context.Context, r Refusal) error {
	s, c, t, m, p := a.s, a.Case, a.Task, a.m, a.Tx.Actor()
	if t.Held {
		return cases.ErrHeld
	}
	op := Opinion{Result: Refuse, Refusal: r, Fields: map[string]string{}}
	if err := op.Check(); err != nil {
		return err
	}
	text, err := s.against(ctx, a.Tx, m, op)
	if err != nil {
		return err
	}
	if err := twoPersons(c, Task{Role: RoleDecider}, p.ID); err != nil {
		return err
	}
	c.Terms.Note(RoleDecider, p.ID)
	s.close(t, a.Tx, TaskDone, Refuse, text, op.Fields)
	m.by = decision{officer: p.ID, name: p.Name, role: RoleDecider, org: c.Org, opinion: text, fields: m.filledIn(op.Fields), task: *t}
	changes, err := s.engine.Reject(m.o.Process, a.w.flow.Instance, string(t.ID), votes.Count(m.o.Process, a.w.flow.Instance, *t, Refuse), m.now.In(calendar.Zone))
	if err != nil {
		return flowFault(err)
	}
	if err := s.carry(ctx, a.Tx, m, changes); err != nil {
		return err
	}
	desk.Finish(a.Tx, t)
	e := s.stepEvent("task.rejected", *t, text)
	s.tell(ctx, a.Tx, c, e, facts.TaskCompleted{CaseRef: s.ref(c), TaskRef: taskRef(*t), Result: string(Refuse), Officer: p.ID})
	return s.decide(ctx, a.Tx, m, Refused)
}

// Opened are the steps that the operation opened.
func (a *Acting) Opened() []Task { return slices.Clone(a.m.opened) }

// Told is what was done, for timeline and record.
type Told struct{ Text, To, ToName, ToOffice, Place string }

// Tell writes the operation that the fact announces into timeline and record.
func (a *Acting) Tell(ctx context.Context, in Told, f events.Fact) {
	kind := "task.signer_added"
	switch f.(type) {
	case facts.SignerTaken:
		kind = "task.signer_taken"
	case facts.TaskUrged:
		kind = "task.urged"
	case facts.TaskTakenBack:
		kind = "task.taken_back"
	case facts.CaseRedirected:
		kind = "case.jumped"
	}
	e := a.s.stepEvent(kind, *a.Task, in.Text)
	e.details["to"], e.details["to_name"], e.details["to_office"], e.details["place"] = in.To, in.ToName, in.ToOffice, in.Place
	a.s.tell(ctx, a.Tx, a.Case, e, f)
}

// flowFault passes on what a person did too late or may not do; what the model
// does wrong is a fault of the flow.
func flowFault(err error) error {
	if k := fault.Of(err).Kind; k == fault.KindConflict || k == fault.KindInvalid {
		return err
	}
	return ErrFlow.Because(err)
}

// seen tells the engine that a step was opened by who may do it: what was sent
// to him can no longer be taken back. It writes step and flow.
func (s *Service) seen(tx *db.Tx, w *work) error {
	t := &w.task
	if !t.SeenAt.IsZero() || w.flow == nil || w.flow.Instance.Ended() || w.flow.Instance.Suspended() {
		return nil
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return err
	}
	if _, err = s.engine.Opened(o.Process, w.flow.Instance, string(t.ID), s.Clock.Now().In(calendar.Zone)); err != nil {
		return flowFault(err)
	}
	t.SeenAt, t.SeenName = s.Clock.Now(), tx.Actor().Name
	desk.See(tx, t)
	flows.Update(tx, &w.c, w.flow)
	return nil
}

// Opened notes that somebody who may do an open step looks at it for the first
// time; from then on who sent it cannot take it back. It changes nothing for
// others, the second time, and while the case stands still.
func (s *Service) Opened(ctx context.Context, region string, id TaskID) (Task, error) {
	w, err := loadTaskWork(ctx, s.DB, region, id)
	if err != nil || !s.opens(ctx, s.DB, &w) {
		return w.task, err
	}
	return s.onTask(ctx, "open", region, id, func(tx *db.Tx, w *work) error {
		if !s.opens(ctx, tx, w) {
			tx.Unaudited("somebody else was first")
			return nil
		}
		if err := s.seen(tx, w); err != nil {
			return err
		}
		s.tell(ctx, tx, &w.c, s.stepEvent("task.opened", w.task, ""), nil)
		return nil
	})
}

// stands tells whether the caller stands in for who has a step.
func (s *Service) stands(ctx context.Context, r db.Reader, t Task) bool {
	ok, err := s.Deputies.Stands(ctx, r, auth.From(ctx).ID, t.Assignee, t.Org, t.Role, t.Item)
	return ok && err == nil
}

// opens tells whether the caller, looking at a step, is the one whom it waits for.
func (s *Service) opens(ctx context.Context, r db.Reader, w *work) bool {
	t, me := w.task, auth.From(ctx).ID
	return t.SeenAt.IsZero() && t.State == TaskOpen && t.Element != AcceptElement && t.Role != RoleApplicant && (t.Assignee == "" || t.Assignee == me || s.stands(ctx, r, t)) &&
		w.flow != nil && !w.flow.Instance.Ended() && !w.flow.Instance.Suspended() && reading.MayTask(ctx, t) == nil
}
