package casework

import (
	"context"
	"slices"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/offers"
	"tongban/gov/facts"
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
// follows. may decides who may; Holder is the usual answer.
func (s *Service) Operate(ctx context.Context, region string, id TaskID, may func(a *Acting) error, f func(a *Acting) error) (Task, error) {
	var out Task
	err := offers.Write(ctx, s.DB, func(tx *db.Tx) error {
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
	if err := mayTask(ctx, w.task); err != nil {
		return err
	}
	show(w.flow.Instance)
	return nil
}

// Holder lets who may do an open step, and has it if somebody does, use an
// operation that the flow allows there; "" is one that it always allows.
func (s *Service) Holder(ctx context.Context, a *Acting, operation string, version int) error {
	if err := mayTask(ctx, *a.Task); err != nil {
		return err
	}
	if err := a.Task.Free(); err != nil {
		return err
	}
	if err := s.ready(a.Tx, a.w, version, cases.ActBegin); err != nil || operation == "" {
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
	giveBack(a.m, a.m.before.tasks)
	return nil
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

// seen tells the engine that the holder of a step has opened it: what was sent
// to him can no longer be taken back. The caller writes the flow.
func (s *Service) seen(w *work) error {
	if w.flow == nil || !w.task.SeenAt.IsZero() || w.flow.Instance.Ended() {
		return nil
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return err
	}
	if _, err = s.engine.Opened(o.Process, w.flow.Instance, string(w.task.ID), s.Clock.Now().In(calendar.Zone)); err != nil {
		return flowFault(err)
	}
	return nil
}
