package design

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"tongban/gov/catalogue/caseflow"
	"tongban/gov/catalogue/decisions"
	"tongban/gov/catalogue/outcomes"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
)

// Move is one thing that somebody does in a trial: the result of an open step,
// or, with the result "fire", the passing of time until a timer comes due.
type Move struct {
	ID     string // as Trial gives it; the same trial gives the same ids
	Result string // approve, refuse, return, fire; empty for the applicant
}

// TrialTask is a step that waits in a trial.
type TrialTask struct {
	ID, Element, Name string
	Office, Post      string
	Due               time.Time
}

// TrialStep is what has happened in a trial.
type TrialStep struct {
	Name, Office, Result string
	At                   time.Time
}

// TrialTimer is a timer that runs in a trial.
type TrialTimer struct {
	ID, Name string
	Due      time.Time
}

// Trial is how far a sample case has come, when every office uses its limit to
// the last day.
type Trial struct {
	Open     []TrialTask
	Timers   []TrialTimer
	Passed   []TrialStep
	Copied   []string           // offices that were informed
	Rulings  []decisions.Ruling // what decision tables gave, in order
	Decision string             // issue or refuse, once decided
	States   map[string]string
	Began    time.Time
	Now      time.Time
	Promise  time.Time // the promised day; zero when the item promises none
}

// maxMoves bounds a trial.
const maxMoves = 500

// Try runs a draft on a sample case: the answers, then the moves in order. It
// leaves no trace; the same input gives the same trial.
func (s *Service) Try(ctx context.Context, d Draft, a Surroundings, answers map[string]string, moves []Move) (Trial, error) {
	if len(moves) > maxMoves {
		return Trial{}, ErrTrial
	}
	p, err := d.process()
	if err != nil {
		return Trial{}, ErrFile.Because(err)
	}
	t := &trial{s: s, a: a, p: p, tables: d.Decisions(), out: Trial{Began: s.Clock.Now(), Now: s.Clock.Now()}, due: map[string]time.Time{}}
	n := 0
	t.engine = &bpmn.Engine{Shared: true, NewID: func() string { n++; return fmt.Sprintf("t%d", n) },
		Due: func(d string, from time.Time) (time.Time, error) { return s.Calendar.AddISO(d, from) }}
	in, changes, err := t.engine.Start(p, t.vars(answers), t.now())
	if err != nil {
		return Trial{}, ErrTrial.Because(err)
	}
	t.in = in
	if err := t.follow(changes); err != nil {
		return Trial{}, err
	}
	for _, m := range moves {
		if err := ctx.Err(); err != nil {
			return Trial{}, err
		}
		if err := t.move(m); err != nil {
			return Trial{}, err
		}
	}
	return t.result(), nil
}

type trial struct {
	s      *Service
	a      Surroundings
	p      *bpmn.Process
	tables *decisions.Model
	engine *bpmn.Engine
	in     *bpmn.Instance
	open   []TrialTask
	due    map[string]time.Time
	passed int
	out    Trial
}

func (t *trial) now() time.Time { return t.out.Now.In(calendar.Zone) }

// vars is what a case of the item starts its flow with.
func (t *trial) vars(answers map[string]string) map[string]any {
	o := t.a.Offer
	partners := []any{}
	for _, p := range o.Participants {
		if p.Org != o.Org {
			partners = append(partners, map[string]any{"org": p.Org, "name": t.a.OfficeName(p.Org)})
		}
	}
	vars := map[string]any{"department": o.Org, "department_name": o.OrgName, "case": "0", "partners": partners, "express": false, "channel": "online",
		"company": false, "supplemented": false}
	outcomes.Begin(vars)
	for _, s := range t.a.Subjects {
		vars[s.ID] = answers[s.ID]
	}
	return vars
}

func (t *trial) follow(changes []bpmn.Change) error {
	for _, c := range changes {
		switch c.Kind {
		case bpmn.TaskOpened:
			x := t.task(c)
			if err := outcomes.Anew(t.in, x.Element, x.Office, x.ID); err != nil {
				return ErrTrial.Because(err)
			}
			t.open = append(t.open, x)
		case bpmn.TaskDone, bpmn.TaskCancelled:
			for i := range t.open {
				if t.open[i].ID == c.ID {
					t.open = append(t.open[:i:i], t.open[i+1:]...)
					break
				}
			}
		case bpmn.MessageSent, bpmn.MessageWaited:
			more, err := t.pass(c)
			if err != nil {
				return ErrTrial.Because(err)
			}
			if err := t.follow(more); err != nil {
				return err
			}
		case bpmn.ServiceCalled:
			vars := map[string]any{"paper": ""}
			switch impl := c.Attrs["implementation"]; {
			case t.tables.Has(impl):
				r, err := t.tables.Decide(impl, t.in.Vars, t.now())
				if err != nil {
					return ErrTrial.Because(err)
				}
				t.out.Rulings = append(t.out.Rulings, r)
				vars = map[string]any{cmp.Or(t.p.Find(c.Element).Result, impl): r.Value}
			case impl == "copy":
				t.out.Copied = append(t.out.Copied, t.a.OfficeName(c.Attrs["org"]))
			default:
				t.out.Decision = impl
			}
			more, err := t.engine.Complete(t.p, t.in, c.ID, vars, t.now())
			if err != nil {
				return ErrTrial.Because(err)
			}
			if err := t.follow(more); err != nil {
				return err
			}
		}
	}
	return nil
}

// pass carries messages as cases do.
func (t *trial) pass(c bpmn.Change) ([]bpmn.Change, error) {
	if t.passed++; t.passed > maxMoves {
		return nil, fmt.Errorf("the flow sends messages without end, such as %q", c.Attrs["name"])
	}
	if c.Kind == bpmn.MessageSent {
		return caseflow.Send(t.engine, t.p, t.in, c.Attrs["name"], t.now())
	}
	return caseflow.Collect(t.engine, t.p, t.in, t.now())
}

func (t *trial) task(c bpmn.Change) TrialTask {
	out := TrialTask{ID: c.ID, Element: c.Element, Name: c.Name, Post: c.Attrs["post"], Office: t.a.OfficeName(c.Attrs["org"])}
	if x, ok := split(t.p, t.a).Find(c.Element); ok && x.Limit.Amount > 0 {
		out.Due = t.s.Calendar.Due(t.now(), x.Limit, nil).Due
	}
	return out
}

func (t *trial) move(m Move) error {
	if m.Result == "fire" {
		return t.fire(m.ID)
	}
	for _, x := range t.open {
		if x.ID != m.ID {
			continue
		}
		if x.Due.After(t.out.Now) {
			t.out.Now = x.Due
		}
		t.out.Passed = append(t.out.Passed, TrialStep{Name: x.Name, Office: x.Office, Result: m.Result, At: t.out.Now})
		changes, err := t.engine.Complete(t.p, t.in, x.ID, outcomes.Cast(t.in.Vars, outcomes.Vote{Step: x.Element, Voter: x.Office, Outcome: m.Result}, outcomes.RuleOf(t.p, t.in, x.ID)), t.now())
		if err != nil {
			return ErrTrial.Because(err)
		}
		return t.follow(changes)
	}
	return ErrTrial.With("step", m.ID)
}

func (t *trial) fire(id string) error {
	for _, x := range t.in.Timers() {
		if x.ID != id {
			continue
		}
		if x.Due.After(t.out.Now) {
			t.out.Now = x.Due
		}
		changes, err := t.engine.Fire(t.p, t.in, id, t.now())
		if err != nil {
			return ErrTrial.Because(err)
		}
		return t.follow(changes)
	}
	return ErrTrial.With("step", id)
}

func (t *trial) result() Trial {
	t.out.Open = t.open
	for _, x := range t.in.Timers() {
		t.out.Timers = append(t.out.Timers, TrialTimer{ID: x.ID, Name: x.Element, Due: x.Due})
	}
	t.out.States = t.in.Reached(t.p)
	if l := t.a.Offer.Promise; l.Known() && l.Amount > 0 {
		unit := units[l.Unit]
		t.out.Promise = t.s.Calendar.Due(t.out.Began, calendar.Limit{Amount: l.Amount, Unit: unit}, nil).Due
	}
	return t.out
}
