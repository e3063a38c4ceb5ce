package casework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/grounds"
	"tongban/gov/casework/handout"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/casework/supplements"
	"tongban/gov/casework/votes"
	"tongban/gov/catalogue"
	"tongban/gov/facts"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/schedule"
)

// Implementations of service tasks that flows may call.
const (
	serviceIssue  = "issue"  // the decision is to grant: issue the certificate
	serviceRefuse = "refuse" // the decision is not to grant: issue the notice
	serviceCopy   = "copy"   // an office is informed (tongban:org); the flow does not wait
)

// Variables that every flow starts with, besides every question and field that
// the flow mentions, under its id, as a string. Completing step T sets
// T_outcome, T_opinion, outcome, outcomes (step → outcome) and the two counts;
// where several sign, T_outcome is what the rule of the step makes of it.
const (
	varDepartment     = "department"      // unified code of the office in charge
	varDepartmentName = "department_name" //
	varCase           = "case"            // number of the case
	varPartners       = "partners"        // list of {org, name}: offices that take part
	varExpress        = "express"         // 即办件
	varChannel        = "channel"         // online, counter
	varCompany        = "company"         // a company applies
	varSupplemented   = "supplemented"    // supplements were asked for before acceptance
	varFields         = "fields"          // what officers filled in
	varSigner         = votes.Signed      // of a task that was added to a step: who, and where
)

// decision is who decides, with what words; service tasks act on it.
type decision struct {
	officer, name string
	role, org     string
	opinion       string
	fields        map[string]string
	task          Task
}

// passage is one move of a flow under way: what it opened and closed.
type passage struct {
	w         *work
	o         *offers.Ready
	app       *Draft // what was handed in; application loads it
	by        decision
	opened    []Task
	cancelled []TaskID
	returned  []TaskID
	done      []TaskID // besides the one of by
	held      []TaskID // wait for a signer before them
	released  []TaskID
	before    *past // loaded when a step needs it, before anything is queued
	outcome   Outcome
	paper     string
	passed    int    // messages that were carried
	words     string // with which a message was handed in from outside
	now       time.Time
}

// past is what a case has been through: its steps and what its applicant was
// asked. Because: what is queued for a table cannot be read any more, it is read
// before the first write of a passage.
type past struct {
	tasks []Task
	asked []Supplement
}

func loadPast(ctx context.Context, tx *db.Tx, c *Case) (*past, error) {
	tasks, err := desk.Of(ctx, tx, c.Region, c.ID)
	if err != nil {
		return nil, err
	}
	asked, err := supplements.OfCase(ctx, tx, c.Region, c.ID)
	return &past{tasks, asked}, err
}

// open are the steps that are open, without those that an act has just ended.
func (p *past) open(ended ...TaskID) []Task {
	return slices.DeleteFunc(slices.Clone(p.tasks), func(t Task) bool { return t.State != TaskOpen || slices.Contains(ended, t.ID) })
}

// startFlow makes the instance of an accepted case and runs it to its first steps.
func (s *Service) startFlow(ctx context.Context, tx *db.Tx, m *passage) error {
	vars, err := s.startVars(m)
	if err != nil {
		return err
	}
	in, changes, err := s.engine.Start(m.o.Process, vars, m.now.In(calendar.Zone))
	if err != nil {
		return ErrFlow.Because(err)
	}
	m.w.flow = &flows.Flow{Instance: in, Timers: map[string]time.Time{}}
	return s.carry(ctx, tx, m, changes)
}

func (s *Service) startVars(m *passage) (map[string]any, error) {
	c := &m.w.c
	partners, err := s.shelf.PartnersOf(m.o, c.Region, c.Org)
	if err != nil {
		return nil, err
	}
	vars := map[string]any{varDepartment: c.Org, varDepartmentName: c.OrgName, varCase: c.Number, varPartners: partners, varExpress: c.Express, varChannel: string(c.Channel),
		varCompany: m.app.Applicant.Company != "", varSupplemented: c.Supplements > 0}
	votes.Begin(vars)
	answers := m.o.Answers(m.app.Situation, m.app.Form)
	for _, id := range m.o.Wanted {
		vars[id] = answers[id]
	}
	return vars, nil
}

// carry turns what the engine did into tasks, timers and decisions. Service
// tasks run here, in the same transaction, and let the flow go on.
func (s *Service) carry(ctx context.Context, tx *db.Tx, m *passage, changes []bpmn.Change) error {
	c, f := &m.w.c, m.w.flow
	for {
		if len(changes) == 0 {
			more, err := s.kept(m)
			if err != nil {
				return ErrFlow.Because(err)
			}
			if len(more) == 0 {
				break
			}
			changes = more
		}
		more, err := s.follow(ctx, tx, m, changes[0])
		if err != nil {
			return err
		}
		changes = append(changes[1:], more...)
	}
	if m.before == nil && slices.ContainsFunc(m.opened, func(t Task) bool { return t.Role == RoleApplicant }) {
		var err error
		if m.before, err = loadPast(ctx, tx, c); err != nil {
			return err
		}
		if _, err = s.application(ctx, tx, m); err != nil {
			return err
		}
	}
	if f.Instance.State == bpmn.Failed {
		return ErrFlow.Because(fmt.Errorf("the flow of item %s ended in an error that nothing in it takes", c.Item))
	}
	if f.Instance.Ended() && m.outcome == "" && c.State.Open() && f.Instance.State == bpmn.Completed {
		return ErrFlow.Because(fmt.Errorf("the flow of item %s ended without a decision", c.Item))
	}
	return nil
}

// follow turns one thing that the engine did, and gives what came of it.
func (s *Service) follow(ctx context.Context, tx *db.Tx, m *passage, ch bpmn.Change) (more []bpmn.Change, err error) {
	c, f := &m.w.c, m.w.flow
	switch ch.Kind {
	case bpmn.TaskOpened:
		t, err := s.taskOf(m, ch)
		if err == nil {
			err = votes.Asked(f.Instance, t)
		}
		if err != nil {
			return nil, err
		}
		m.opened = append(m.opened, t)
	case bpmn.TaskCancelled:
		m.cancel(TaskID(ch.ID), ch.Attrs["reason"])
	case bpmn.TaskHeld:
		m.hold(TaskID(ch.ID), true)
	case bpmn.TaskReleased:
		m.hold(TaskID(ch.ID), false)
	case bpmn.TimerSet:
		f.Timers[ch.ID] = m.now
		schedule.Set(tx, s.timerJob(c, ch.ID, ch.Due))
	case bpmn.TimerCancelled, bpmn.TimerFired:
		delete(f.Timers, ch.ID)
		schedule.Cancel(tx, c.Region, JobTimer, timerKey(c.ID, ch.ID))
	case bpmn.ServiceCalled:
		given, err := s.perform(ctx, tx, m, ch)
		if err != nil {
			return nil, err
		}
		if more, err = s.engine.Complete(m.o.Process, f.Instance, ch.ID, given, m.now.In(calendar.Zone)); err != nil {
			return nil, ErrFlow.Because(err)
		}
	case bpmn.MessageSent, bpmn.Caught:
		if more, err = s.pass(ctx, tx, m, ch); err != nil {
			return nil, ErrFlow.Because(err)
		}
	case bpmn.Stuck:
		return nil, ErrFlow.Because(fmt.Errorf("the flow of item %s is stuck at %s", c.Item, ch.Element))
	}
	return more, nil
}

// cancel notes that the flow closed a task; one that this very move opened was
// never there.
func (m *passage) cancel(id TaskID, reason string) {
	if i := slices.IndexFunc(m.opened, func(t Task) bool { return t.ID == id }); i >= 0 {
		m.opened = slices.Delete(m.opened, i, i+1)
		return
	}
	if id == m.w.task.ID && reason == bpmn.ReasonReturned {
		m.returned = append(m.returned, id)
		return
	}
	m.cancelled = append(m.cancelled, id)
}

// hold notes that a task waits for a signer before it, or no longer does. What
// this very move opened is not on record yet; of several changes the last counts.
func (m *passage) hold(id TaskID, held bool) {
	if i := slices.IndexFunc(m.opened, func(t Task) bool { return t.ID == id }); i >= 0 {
		m.opened[i].Held = held
		return
	}
	other := func(x TaskID) bool { return x == id }
	m.held, m.released = slices.DeleteFunc(m.held, other), slices.DeleteFunc(m.released, other)
	if held {
		m.held = append(m.held, id)
	} else {
		m.released = append(m.released, id)
	}
}

// posts maps the posts that a step asks for to roles.
var posts = map[string]string{"window": RoleClerk, "examiner": RoleExaminer, "decider": RoleDecider, catalogue.PostApplicant: RoleApplicant}

// taskOf makes the task that a step of the flow opens. The attributes org (a
// unified code, the name of an office, or an expression), post and limit of
// the user task say who and how long; items/README.md describes them.
func (s *Service) taskOf(m *passage, ch bpmn.Change) (Task, error) {
	c := &m.w.c
	t := Task{Region: c.Region, ID: TaskID(ch.ID), Case: c.ID, Element: ch.Element, Name: cmp.Or(ch.Name, ch.Element), State: TaskOpen, OpenedAt: m.now,
		Paused: c.Paused, Limit: m.o.Share(ch.Element, ch.Attrs["limit"], c.Terms), CaseNumber: c.Number, Item: c.Item, ItemName: c.ItemName, ApplicantName: c.ApplicantName}
	t.Role = cmp.Or(posts[ch.Attrs["post"]], RoleExaminer)
	if t.Role == RoleApplicant {
		t.OrgName, t.Assignee, t.AssigneeName = c.ApplicantName, c.Owner, c.ApplicantName
		return t, nil
	}
	if who, ok := ch.Vars[varSigner].(map[string]any); ok {
		text := func(k string) string { v, _ := who[k].(string); return v }
		t.Signer, t.Org, t.OrgName, t.Assignee, t.AssigneeName = text("place"), text("org"), text("name"), text("account"), text("officer")
		end := c.Step(s.Calendar, t)
		t.Due, t.DueUnit = end.At, end.Unit
		return t, nil
	}
	wanted, name := ch.Attrs["org"], ""
	if p, ok := people.InLoop(ch.Vars); ok && (wanted == "" || wanted == p.Code || wanted == p.Name) {
		wanted, name = cmp.Or(p.Code, p.Name), p.Name
	}
	if err := s.seat(&t, c, wanted, name); err != nil {
		return t, err
	}
	end := c.Step(s.Calendar, t)
	t.Due, t.DueUnit = end.At, end.Unit
	return t, nil
}

// seat gives a task to an office. One that is not on record cannot be asked:
// the office in charge handles the step on its behalf, and the task says so.
func (s *Service) seat(t *Task, c *Case, wanted, name string) error {
	switch {
	case wanted == "" || wanted == c.Org:
		t.Org, t.OrgName = c.Org, c.OrgName
		return nil
	case people.IsCode(wanted) && name != "":
		t.Org, t.OrgName = wanted, name
		return nil
	}
	o, known, err := s.shelf.Office(c.Region, wanted)
	if err != nil {
		return err
	}
	if known {
		t.Org, t.OrgName = o.Code, o.Name
		return nil
	}
	t.Org, t.OrgName, t.OnBehalf = c.Org, c.OrgName, cmp.Or(name, wanted)
	return nil
}

// perform runs a service task, or asks the decision tables, and gives what the
// flow goes on with.
func (s *Service) perform(ctx context.Context, tx *db.Tx, m *passage, ch bpmn.Change) (map[string]any, error) {
	var err error
	switch impl := ch.Attrs["implementation"]; {
	case impl == serviceIssue:
		err = s.decide(ctx, tx, m, Granted)
	case impl == serviceRefuse:
		err = s.decide(ctx, tx, m, Refused)
	case impl == serviceCopy:
		err = s.inform(ctx, tx, m, ch)
	case m.o.Decisions.Has(impl):
		return s.rule(ctx, tx, m, ch)
	default:
		err = ErrFlow.Because(fmt.Errorf("the flow of item %s calls %q, which is not known", m.w.c.Item, impl))
	}
	return map[string]any{"paper": m.paper}, err
}

// decide closes the case and issues what follows from the decision.
func (s *Service) decide(ctx context.Context, tx *db.Tx, m *passage, out Outcome) error {
	c := &m.w.c
	if m.outcome != "" {
		return ErrFlow.Because(errors.New("the flow decides twice"))
	}
	if err := c.Move(cases.ActDecide); err != nil {
		return err
	}
	c.ClosedAt, c.Outcome, m.outcome = m.now, out, out
	app, err := s.application(ctx, tx, m)
	if err != nil {
		return err
	}
	title := ""
	inTime := c.LegalDue.IsZero() || !m.now.After(c.LegalDue)
	if out == Granted {
		if err := app.AllHere(m.o.MaterialsFor(m.o.Answers(app.Situation, app.Form))); err != nil {
			return err
		}
		p, err := s.notices.Certificate(ctx, tx, c, m.o, *app, m.by.fields)
		if err != nil {
			return err
		}
		c.Certificate, m.paper, title = p.ID, p.ID, p.Title
	} else {
		n, err := m.against(app)
		if err != nil {
			return err
		}
		c.Reason = n.Why
		p, err := s.notices.Refusal(ctx, tx, c, app.Applicant, n)
		if err != nil {
			return err
		}
		m.paper, title = p.ID, p.Title
	}
	s.tell(ctx, tx, c, event{kind: "case.decided", since: c.AcceptedAt, step: m.by.task.Name, task: m.by.task.ID, role: m.by.role, org: m.by.org, orgName: m.by.task.OrgName, text: c.Reason,
		details: map[string]any{"outcome": string(out), "paper": m.paper, "in_time": inTime}},
		facts.CaseDecided{CaseRef: s.ref(c), Outcome: string(out), Officer: m.by.officer, Paper: m.paper, InTime: inTime})
	return s.prepare(ctx, tx, m, app.Delivery, title)
}

// against is what the notice says when the flow decides not to grant: the
// grounds of who decided, else those of the steps before, on which the flow
// acts. Only where a timer decides is there nobody to name a ground.
//
// Law: 行政许可法 art. 38 ¶2.
func (m *passage) against(app *Draft) (notices.No, error) {
	n := notices.No{Title: cmp.Or(m.o.Result.Refusal.Title.Zh, "不予许可决定书"), Decision: "不予办理", Offer: m.o, Refusal: grounds.From(m.by.fields)}
	n.Grounds = n.Refusal.Chosen(m.grounds(app))
	n.Why = cmp.Or(n.Refusal.Words(n.Grounds), m.by.opinion)
	if len(n.Grounds) == 0 && m.by.task.ID != "" {
		return n, Problems{{Field: grounds.FieldGrounds, Code: "casework.problem.ground"}}
	}
	return n, nil
}

// grounds are those for which this case may be refused.
func (m *passage) grounds(app *Draft) []Ground {
	return grounds.OfItem(m.o.Offer, m.o.MaterialsFor(m.o.Answers(app.Situation, app.Form)))
}

// prepare makes the paper of the decision ready, unless the applicant takes the file.
//
// Law: 行政许可法 art. 44: ten days, for a licence that was granted.
func (s *Service) prepare(ctx context.Context, tx *db.Tx, m *passage, d Delivery, title string) error {
	c := &m.w.c
	if d.How() == ByDownload {
		return nil
	}
	h := handout.Handout{Region: c.Region, Case: c.ID, CaseNumber: c.Number, Item: c.Item, ItemName: c.ItemName, Org: c.Org, OrgName: c.OrgName, Owner: c.Owner,
		Person: c.Person, ApplicantName: c.ApplicantName, Paper: m.paper, Title: title, Way: d.How(), Address: d}
	return s.Handouts.PrepareTx(ctx, tx, h, c.Outcome == Granted && m.o.TypeCode == licence)
}

// licence is the type of items that 行政许可法 is about.
const licence = "01"

// application loads what was handed in, when a passage needs it.
func (s *Service) application(ctx context.Context, tx *db.Tx, m *passage) (*Draft, error) {
	if m.app == nil {
		d, err := drafts.Load(ctx, tx, m.w.c.Region, m.w.c.Draft)
		if err != nil {
			return nil, err
		}
		m.app = &d
	}
	return m.app, nil
}

// settle writes what a passage opened and closed.
func (s *Service) settle(ctx context.Context, tx *db.Tx, m *passage) {
	c := &m.w.c
	desk.Close(tx, c.Region, m.cancelled, TaskCancelled, m.now)
	desk.Hold(tx, c.Region, m.held, true)
	desk.Hold(tx, c.Region, m.released, false)
	desk.Insert(tx, m.opened)
	m.w.whole = len(m.cancelled)+len(m.returned)+len(m.held)+len(m.released) == 0
	m.w.open = append(m.w.open, m.opened...)
	for _, t := range m.opened {
		events.Emit(ctx, tx, c.Region, string(c.ID), facts.TaskOpened{CaseRef: s.ref(c), TaskRef: taskRef(t), Due: t.Due})
	}
}

// JobTimer is the kind of the jobs that fire timers of flows.
const JobTimer = "casework.timer"

func timerKey(c CaseID, timer string) string { return string(c) + "/" + timer }

func (s *Service) timerJob(c *Case, timer string, due time.Time) schedule.Job {
	return schedule.Job{Region: c.Region, Kind: JobTimer, Key: timerKey(c.ID, timer), At: c.Terms.Shifted(due, s.Clock.Now()), Payload: timer}
}
