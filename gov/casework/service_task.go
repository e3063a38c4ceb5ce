package casework

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/grounds"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/casework/reading"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/votes"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// mayDo refuses a task that is not open, or not for the caller.
func (s *Service) mayDo(ctx context.Context, r db.Reader, w *work) error {
	if w.task.Role == RoleApplicant {
		return cases.ErrWithApplicant
	}
	if err := reading.MayTask(ctx, w.task); err != nil {
		if ok, aerr := s.Asked(ctx, r, w.task); aerr != nil || !ok {
			return cmp.Or(aerr, reading.RecalledFrom(ctx, w.task, err))
		}
	}
	if err := w.task.Free(); err != nil {
		if _, closed := cases.Next(w.c.State, false, cases.ActWork); closed != nil && !w.c.State.Open() {
			return closed
		}
		return err
	}
	return nil
}

// actComplete is the act that writes step, case and flow whatever it decides, so
// that it may go by what this process remembers of them.
const actComplete = "complete"

// onTask loads an open task with its case and flow and lets f act on it. The
// caller must be allowed to do the step and, when somebody has it, be that one.
// act names what is done: the same key for another act is a conflict.
func (s *Service) onTask(ctx context.Context, act, region string, id TaskID, f func(tx *db.Tx, w *work) error) (Task, error) {
	var out Task
	var done work
	ctx = once.During(ctx, act)
	byCopy, remembered := act == actComplete, false // may a try go by a copy, did the last
	try := func(tx *db.Tx) error {
		out, done, remembered = Task{}, work{}, false
		_, err := once.Do(ctx, tx, region, "task/"+string(id), func() (_ string, err error) {
			var w work
			if byCopy {
				w, remembered = s.recall(region, id)
			}
			if !remembered {
				w, err = loadTaskWork(ctx, tx, region, id)
			}
			if err == nil {
				err = s.mayDo(ctx, tx, &w)
			}
			if err == nil {
				err = f(tx, &w)
			}
			if err != nil {
				return "", err
			}
			out, done = w.task, w
			return string(id), nil
		})
		if err == nil && out.ID == "" { // the command ran before; its sender did not hear of it
			w, err := loadTaskWork(ctx, tx, region, id)
			out = w.task
			return err
		}
		return err
	}
	err := offers.Write(ctx, s.DB, try)
	if err != nil && remembered && !fault.IsKind(err, fault.KindUnavailable) {
		byCopy = false
		err = offers.Write(ctx, s.DB, try)
	}
	if err == nil {
		s.remember(done)
	}
	return out, err
}

// Claim takes an open task (签收).
func (s *Service) Claim(ctx context.Context, region string, id TaskID) (Task, error) {
	return s.onTask(ctx, "claim", region, id, func(tx *db.Tx, w *work) error {
		t, p := &w.task, tx.Actor()
		if t.Assignee == p.ID {
			return nil
		}
		if err := s.holds(ctx, tx, t); err != nil {
			return err
		}
		if t.For != "" { // it stays with who is away
			return s.seen(tx, w)
		}
		if err := twoPersons(&w.c, *t, p.ID); err != nil {
			return err
		}
		if err := s.seen(tx, w); err != nil {
			return err
		}
		t.Assignee, t.AssigneeName, t.ClaimedAt = p.ID, p.Name, s.Clock.Now()
		s.tell(ctx, tx, &w.c, s.stepEvent("task.claimed", *t, ""), nil)
		desk.Reassign(tx, t)
		return nil
	})
}

// Release gives a task back to the office.
func (s *Service) Release(ctx context.Context, region string, id TaskID) (Task, error) {
	return s.onTask(ctx, "release", region, id, func(tx *db.Tx, w *work) error {
		t := &w.task
		if t.Assignee == "" {
			return nil
		}
		if err := s.holds(ctx, tx, t); err != nil {
			return err
		}
		if t.Delegation.Waiting() {
			return ErrDelegated.With("who", t.Delegation.ToName)
		}
		t.Assignee, t.AssigneeName, t.ClaimedAt = "", "", db.Time{}.Time
		s.tell(ctx, tx, &w.c, s.stepEvent("task.released", *t, ""), nil)
		desk.Reassign(tx, t)
		return nil
	})
}

func (s *Service) stepEvent(kind string, t Task, text string) event {
	details := map[string]any{"element": t.Element}
	if t.For != "" {
		details["for"], details["for_name"] = t.For, t.ForName
	}
	return event{kind: kind, since: t.OpenedAt, step: t.Name, task: t.ID, role: t.Role, org: t.Org, orgName: t.OrgName, text: text, details: details}
}

// StandsFor tells whether the caller stands in for who has a step.
func (s *Service) StandsFor(ctx context.Context, t Task) (bool, error) {
	return s.Deputies.Stands(ctx, s.DB, auth.From(ctx).ID, t.Assignee, t.Org, t.Role, t.Item)
}

// holds lets the holder of a step act, whoever may where nobody holds it, and
// who stands in for the holder: then the step says for whom.
func (s *Service) holds(ctx context.Context, r db.Reader, t *Task) error {
	me := auth.From(ctx).ID
	t.For, t.ForName = "", ""
	if t.Assignee == "" || t.Assignee == me {
		return nil
	}
	ok, err := s.Deputies.Stands(ctx, r, me, t.Assignee, t.Org, t.Role, t.Item)
	if err != nil || !ok {
		return cmp.Or(err, t.HeldBy(me))
	}
	t.For, t.ForName = t.Assignee, t.AssigneeName
	return nil
}

// twoPersons keeps examination and decision of one case in two hands, unless
// the item is done at once.
//
// Law: 行政许可法 art. 34 (examination by staff) with art. 37–38 (decision by the organ); the
// separation of examining and deciding (审核分离) is what supervision checks.
func twoPersons(c *Case, t Task, account string) error {
	if c.Express || t.Role != RoleDecider && t.Role != RoleExaminer {
		return nil
	}
	other := RoleExaminer
	if t.Role == RoleExaminer {
		other = RoleDecider
	}
	if slices.Contains(c.Terms.Acted[other], account) {
		return ErrTwoPersons.With("role", other)
	}
	return nil
}

// Complete finishes a step with an opinion. What follows in the flow happens
// in the same commit: the next steps open, or the case is decided and its
// paper issued.
func (s *Service) Complete(ctx context.Context, region string, id TaskID, op Opinion) (Task, error) {
	if err := op.Check(); err != nil {
		return Task{}, err
	}
	return s.onTask(ctx, actComplete, region, id, func(tx *db.Tx, w *work) error {
		t, c := &w.task, &w.c
		if t.Element == AcceptElement {
			return ErrOutcome.With("element", t.Element) // acceptance has its own verbs
		}
		if err := s.ready(ctx, tx, w, op.Version, cases.ActWork); err != nil {
			return err
		}
		return s.complete(ctx, tx, w, c.State, op)
	})
}

// ready checks what every act on a step needs, before anything changes.
func (s *Service) ready(ctx context.Context, tx *db.Tx, w *work, version int, a Action) error {
	t, p := &w.task, tx.Actor()
	if _, err := cases.Next(w.c.State, w.c.Paused, a); err != nil {
		return err
	}
	if version != 0 && version != t.Version {
		return ErrStale.With("version", t.Version).With("who", t.AssigneeName)
	}
	if t.Delegation.Waiting() {
		if t.Delegation.To == p.ID {
			return ErrDelegated.With("who", t.Delegation.ByName)
		}
		return ErrDelegated.With("who", t.Delegation.ToName)
	}
	if t.Held && a == cases.ActWork {
		return cases.ErrHeld
	}
	return s.holds(ctx, tx, t)
}

func (s *Service) complete(ctx context.Context, tx *db.Tx, w *work, from State, op Opinion) error {
	t, c, p, now := &w.task, &w.c, tx.Actor(), s.Clock.Now()
	for _, who := range []string{p.ID, t.For} { // a deputy decides no more than who is away could
		if err := twoPersons(c, *t, who); who != "" && err != nil {
			return err
		}
	}
	m, err := s.passage(w)
	if err != nil {
		return err
	}
	if op.Result == Return && !m.o.Returns(t.Element) {
		return ErrNoReturn.With("element", t.Element)
	}
	switch op.Result {
	case Refuse:
		op.Text, err = s.against(ctx, tx, m, op)
	case Approve:
		op.Fields, err = s.fill(ctx, tx, m, op.Fields)
	}
	if err != nil {
		return err
	}
	if err := c.Move(cases.ActWork); err != nil {
		return err
	}
	c.Terms.Note(t.Role, p.ID)
	if t.For != "" {
		c.Terms.Note(t.Role, t.For)
	}
	s.close(t, tx, TaskDone, op.Result, op.Text, op.Fields)
	m.by = decision{officer: p.ID, name: p.Name, role: t.Role, org: t.Org, opinion: op.Text, fields: m.filledIn(op.Fields), task: *t}
	vars := votes.Count(m.o.Process, w.flow.Instance, *t, op.Result)
	vars[t.Element+"_opinion"], vars[varFields] = op.Text, m.by.fields
	e := s.stepEvent("task.completed", *t, op.Text)
	e.details["result"], e.details["on_behalf"] = string(op.Result), t.OnBehalf
	s.tell(ctx, tx, c, e, facts.TaskCompleted{CaseRef: s.ref(c), TaskRef: taskRef(*t), Result: string(op.Result), Officer: p.ID})
	forward := s.engine.Complete
	if op.Straight {
		forward = s.engine.Resubmit
	}
	changes, err := forward(m.o.Process, w.flow.Instance, string(t.ID), vars, now.In(calendar.Zone))
	if err != nil {
		return flowFault(err)
	}
	if err := s.carry(ctx, tx, m, changes); err != nil {
		return err
	}
	if op.Straight {
		if m.before, err = loadPast(ctx, tx, c); err != nil {
			return err
		}
		desk.GiveBack(m.opened, m.before.tasks)
	}
	desk.Finish(tx, t)
	return s.land(ctx, tx, m, from)
}

// against checks what an officer says who is against, and puts it into words.
//
// Law: 行政许可法 art. 38 ¶2: a free text alone is no reason.
func (s *Service) against(ctx context.Context, tx *db.Tx, m *passage, op Opinion) (string, error) {
	app, err := s.application(ctx, tx, m)
	if err != nil {
		return "", err
	}
	chosen, p := op.Refusal.Settle(m.grounds(app))
	if len(p) > 0 {
		return "", p
	}
	return op.Refusal.Words(chosen) + op.Text, nil
}

// fill checks what the step fills in.
func (s *Service) fill(ctx context.Context, tx *db.Tx, m *passage, fields map[string]string) (map[string]string, error) {
	part := m.o.Fills(m.w.task.Element)
	if part == nil {
		return fields, nil
	}
	app, err := s.application(ctx, tx, m)
	if err != nil {
		return nil, err
	}
	return s.CheckFills(m.o, *app, part, fields)
}

// allowed refuses an operation that the flow does not allow at this step.
func (s *Service) allowed(w *work, operation string) error {
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return err
	}
	return o.Rights(w.task.Element).Allows(operation)
}

// filledIn is what officers have filled in so far, with what this one adds.
func (m *passage) filledIn(fields map[string]string) map[string]string {
	all := map[string]string{}
	if old, ok := m.w.flow.Instance.Vars[varFields].(map[string]any); ok {
		for k, v := range old {
			if text, ok := v.(string); ok {
				all[k] = text
			}
		}
	}
	if said := grounds.From(fields); !said.Empty() {
		all = said.Into(all) // what others said stays with their steps
	}
	maps.Copy(all, fields)
	return all
}

// passage prepares a move of the flow.
func (s *Service) passage(w *work) (*passage, error) {
	if w.flow == nil {
		return nil, ErrWrongState.With("state", string(w.c.State))
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return nil, err
	}
	return &passage{w: w, o: o, now: s.Clock.Now()}, nil
}

// close fills in how a task ended.
func (s *Service) close(t *Task, tx *db.Tx, state TaskState, r Result, opinion string, fields map[string]string) {
	p, now := tx.Actor(), s.Clock.Now()
	t.State, t.Result, t.Opinion, t.ClosedAt, t.Officer, t.OfficerName = state, r, opinion, now, p.ID, p.Name
	t.Fields = fields
	if t.Fields == nil {
		t.Fields = map[string]string{}
	}
	if t.Assignee == "" { // opening and deciding in one go is claiming
		t.Assignee, t.AssigneeName, t.ClaimedAt = p.ID, p.Name, now
	}
}

// land writes case, flow and tasks at the end of a passage.
func (s *Service) land(ctx context.Context, tx *db.Tx, m *passage, from State) error {
	if err := s.awaitApplicant(ctx, tx, m); err != nil {
		return err
	}
	cases.Update(tx, &m.w.c, from)
	flows.Update(tx, &m.w.c, m.w.flow)
	s.settle(ctx, tx, m)
	return nil
}

// ReturnTo sends a step back to an earlier one (退回), with the reason.
func (s *Service) ReturnTo(ctx context.Context, region string, id TaskID, element, why string, version int) (Task, error) {
	why, err := cases.Said(why, drafts.MaxOpinion)
	if err != nil {
		return Task{}, err
	}
	return s.onTask(ctx, "return", region, id, func(tx *db.Tx, w *work) error {
		t, c, p, from := &w.task, &w.c, tx.Actor(), w.c.State
		if err := s.ready(ctx, tx, w, version, cases.ActWork); err != nil {
			return err
		}
		if err := s.allowed(w, rights.Return); err != nil {
			return err
		}
		m, err := s.passage(w)
		if err != nil {
			return err
		}
		if err := c.Move(cases.ActWork); err != nil {
			return err
		}
		changes, err := s.engine.Return(m.o.Process, w.flow.Instance, string(t.ID), element, s.Clock.Now().In(calendar.Zone))
		if err != nil {
			return ErrNoReturn.With("element", element).Because(err)
		}
		m.by = decision{officer: p.ID, name: p.Name}
		if err := s.carry(ctx, tx, m, changes); err != nil {
			return err
		}
		if m.before == nil {
			if m.before, err = loadPast(ctx, tx, c); err != nil {
				return err
			}
		}
		desk.GiveBack(m.opened, m.before.tasks)
		s.close(t, tx, TaskReturned, Return, why, nil)
		desk.Finish(tx, t)
		to := desk.NameOf(m.opened, element)
		e := s.stepEvent("task.returned", *t, why)
		e.details["to"], e.details["to_name"] = element, to
		s.tell(ctx, tx, c, e, facts.TaskReturned{CaseRef: s.ref(c), TaskRef: taskRef(*t), To: element, Reason: why})
		return s.land(ctx, tx, m, from)
	})
}

// Transfer gives a task to another officer (account) of an office, or to the
// office (account "") (转办). Holders may, and who dispatches work in the office.
func (s *Service) Transfer(ctx context.Context, region string, id TaskID, org, account, why string) (Task, error) {
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil {
		return Task{}, err
	}
	to, err := s.receiver(ctx, region, id, org, account)
	if err != nil {
		return Task{}, err
	}
	var out Task
	ctx = once.During(ctx, "transfer")
	err = offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		out = Task{}
		_, err := once.Do(ctx, tx, region, "task/"+string(id), func() (string, error) {
			t, err := s.transfer(ctx, tx, region, id, to, why)
			out = t
			return string(id), err
		})
		if err == nil && out.ID == "" { // the command ran before; its sender did not hear of it
			out, err = desk.Load(ctx, tx, region, id)
		}
		return err
	})
	return out, err
}

func (s *Service) transfer(ctx context.Context, tx *db.Tx, region string, id TaskID, to Officer, why string) (Task, error) {
	w, err := loadTaskWork(ctx, tx, region, id)
	if err != nil {
		return Task{}, err
	}
	if err := s.mayTransfer(ctx, tx, &w, to.Org); err != nil {
		return Task{}, err
	}
	t := &w.task
	t.Org, t.OrgName, t.Assignee, t.AssigneeName, t.Delegation = to.Org, to.OrgName, to.Account, to.Name, nil
	t.ClaimedAt = db.Time{}.Time
	e := s.stepEvent("task.transferred", *t, why)
	e.details["to"], e.details["to_name"], e.details["to_office"] = to.Account, to.Name, to.OrgName
	s.tell(ctx, tx, &w.c, e, facts.TaskTransferred{CaseRef: s.ref(&w.c), TaskRef: taskRef(*t), ToOffice: to.Org, ToOfficer: to.Account, Reason: why})
	desk.Reassign(tx, t)
	return *t, nil
}

// receiver finds who gets a transferred task: an officer who has the right
// post for the step, or the office.
func (s *Service) receiver(ctx context.Context, region string, id TaskID, org, account string) (Officer, error) {
	t, err := desk.Load(ctx, s.DB, region, id)
	if err != nil {
		return Officer{}, err
	}
	org = cmp.Or(org, t.Org)
	return people.Somebody(ctx, s.Offices, region, org, account, t.Role)
}

// mayTransfer lets holders hand a step on where the flow allows it. Who
// dispatches work within the office may always, to a colleague: nobody's absence
// stops a case.
func (s *Service) mayTransfer(ctx context.Context, tx *db.Tx, w *work, to string) error {
	t := w.task
	if t.Role == RoleApplicant {
		return cases.ErrWithApplicant
	}
	if err := t.Free(); err != nil {
		return err
	}
	if _, err := cases.Next(w.c.State, false, cases.ActWork); err != nil && t.Element != AcceptElement {
		return err
	}
	dispatches := desk.Touches(ctx, MayDispatch, t.Region, t.Org) == nil
	if !dispatches || to != t.Org {
		if err := s.allowed(w, rights.Transfer); err != nil {
			return err
		}
	}
	if dispatches {
		return nil
	}
	if err := reading.MayTask(ctx, t); err != nil {
		return err
	}
	if t.Delegation.Waiting() {
		return ErrDelegated.With("who", t.Delegation.ToName)
	}
	return s.holds(ctx, tx, &w.task)
}

// remind tells the holders of the step that a timer watched, where it is still
// open: its limit is nearly used up.
func (s *Service) remind(ctx context.Context, tx *db.Tx, m *passage, fired bpmn.TimerState) error {
	c := &m.w.c
	tasks, err := desk.Open(ctx, tx, c.Region, c.ID)
	if err != nil {
		return err
	}
	told := false
	for _, t := range tasks {
		if t.Element != fired.Host || slices.Contains(m.cancelled, t.ID) {
			continue
		}
		told = true
		s.tell(ctx, tx, c, s.stepEvent("task.reminded", t, ""), facts.TaskReminded{CaseRef: s.ref(c), TaskRef: taskRef(t), Officer: t.Assignee, Due: t.Due})
	}
	if !told {
		s.tell(ctx, tx, c, event{kind: "case.timer_fired", org: c.Org, orgName: c.OrgName, details: map[string]any{"timer": fired.Element}}, nil)
	}
	return nil
}

// fireTimer fires a timer of a flow; the runner calls it when the job is due.
func (s *Service) fireTimer(ctx context.Context, tx *db.Tx, region string, id CaseID, timer string) error {
	w, err := loadWork(ctx, tx, region, id)
	if err != nil || w.flow == nil || w.flow.Instance.Ended() {
		return err
	}
	all := w.flow.Instance.Timers()
	i := slices.IndexFunc(all, func(t bpmn.TimerState) bool { return t.ID == timer })
	if i < 0 || w.c.Paused {
		return nil // gone, or set again when the clock runs on
	}
	m, err := s.passage(&w)
	if err != nil {
		return err
	}
	from := w.c.State
	changes, err := s.engine.Fire(m.o.Process, w.flow.Instance, timer, s.Clock.Now().In(calendar.Zone))
	if err != nil {
		return ErrFlow.Because(err)
	}
	m.by = decision{officer: tx.Actor().ID, name: tx.Actor().Name, opinion: "期限届满", fields: m.filledIn(nil)}
	if err := s.carry(ctx, tx, m, changes); err != nil {
		return err
	}
	if err := s.remind(ctx, tx, m, all[i]); err != nil {
		return err
	}
	return s.land(ctx, tx, m, from)
}
