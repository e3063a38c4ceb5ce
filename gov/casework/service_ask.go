package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/supplements"
	"tongban/gov/facts"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// answering is the act of sending supplements: before acceptance, or while the
// case is examined.
func answering(c *Case) cases.Action {
	if c.Paused {
		return cases.ActAnswerLater
	}
	return cases.ActAnswer
}

// awaitApplicant asks the applicant when a passage opened steps that are his. What
// is asked is what the steps before said when they gave the case back.
func (s *Service) awaitApplicant(ctx context.Context, tx *db.Tx, m *passage) error {
	var steps []string
	for _, t := range m.opened {
		if t.Role == RoleApplicant {
			steps = append(steps, string(t.ID))
		}
	}
	if len(steps) == 0 {
		return nil
	}
	ended := append(slices.Clone(m.cancelled), m.by.task.ID)
	asked := Asking{Items: m.wanted()}
	if k, ok := offers.Special(m.o.Offer, nil, s.Rules.Waiting.Kind); ok {
		asked.Basis, asked.basisEn = k.Citation, k.CitationEn
	}
	if err := s.askLater(ctx, tx, m, m.before.open(append(ended, m.done...)...), asked, steps); err != nil {
		return err
	}
	for i := range m.opened {
		end := m.w.c.Step(s.Calendar, m.opened[i])
		m.opened[i].Paused, m.opened[i].Due, m.opened[i].DueUnit = true, end.At, end.Unit
	}
	return nil
}

// wanted makes an item of every opinion with which a step gave the case back
// since the applicant was last asked; this very act may be completing one.
func (m *passage) wanted() []SupplementItem {
	tasks := slices.Clone(m.before.tasks)
	for i, t := range tasks {
		if t.ID == m.by.task.ID {
			tasks[i] = m.by.task
		}
	}
	return supplements.Wanted(tasks, m.before.asked, string(m.w.c.ID), m.w.c.OrgName)
}

// Asking is what the applicant is asked for while the case is examined.
type Asking struct {
	Items []SupplementItem
	// Basis is the law or regulation, with its clause, by which waiting for this
	// does not count. Empty: the limit runs on.
	Basis   string
	Until   calendar.Date // last day for the answer; 0 is the usual one
	Version int           // of the step that the officer saw; 0 is any
	basisEn string
}

// askLater asks the applicant while the case is examined: no step can be
// finished until the answer, because what it decides on is changing. The clock
// stands only where a law or regulation says so.
//
// Law: 行政许可法 art. 32 ¶1(4) asks for everything before acceptance; after it the
// limits of art. 42 count on, unless a law or regulation provides otherwise
// (art. 42 ¶1, last sentence), and art. 45 does not name waiting.
func (s *Service) askLater(ctx context.Context, tx *db.Tx, m *passage, open []Task, in Asking, steps []string) error {
	c, p, now, k := &m.w.c, tx.Actor(), s.Clock.Now(), s.Rules.Waiting
	if err := c.Move(cases.ActAskLater); err != nil {
		return err
	}
	c.Supplements++
	sup := Supplement{Region: c.Region, ID: SupplementID(newID("sup")), Case: c.ID, Number: c.Supplements, RequestedAt: now, By: p.ID, ByName: p.Name, Items: supplements.Clean(in.Items), Version: 1, Tasks: steps,
		Basis: in.Basis}
	if err := s.answerBy(ctx, tx, c, &sup, in.Until); err != nil {
		return err
	}
	c.Paused = true
	if in.Basis != "" {
		c.Terms.Pauses = append(slices.Clone(c.Terms.Pauses), Special{Kind: k.Kind, Name: k.Name, NameEn: k.NameEn, Basis: in.Basis, BasisEn: cmp.Or(in.basisEn, in.Basis), Reason: fmt.Sprintf("%d项", len(in.Items)), From: now, By: p.Name})
		if err := s.standStill(m.w); err != nil {
			return err
		}
	}
	app, err := s.application(ctx, tx, m)
	if err != nil {
		return err
	}
	s.reclockSteps(tx, m.w, open)
	supplements.Insert(tx, sup)
	s.chase(tx, sup, now)
	org, orgName := c.Org, c.OrgName // what the flow gathered from several offices
	if steps == nil {
		org, orgName = m.w.task.Org, m.w.task.OrgName
	}
	if err := s.notices.Supplement(ctx, tx, c, app.Applicant, sup, org, orgName); err != nil {
		return err
	}
	s.tell(ctx, tx, c, event{kind: "case.supplements_requested", role: RoleExaminer, org: org, orgName: orgName, since: c.AcceptedAt,
		details: map[string]any{"request": string(sup.ID), "items": len(sup.Items), "number": sup.Number, "basis": sup.Basis, "until": sup.Until}},
		facts.SupplementsRequested{CaseRef: s.ref(c), Request: string(sup.ID), Items: len(sup.Items), Until: sup.Until})
	return nil
}

// AskApplicant sends a step back to the applicant (退回申请人): he mends what is
// listed, and the step goes on with who had it. An item without a target
// stands for what its text says.
func (s *Service) AskApplicant(ctx context.Context, region string, id TaskID, in Asking) (Task, error) {
	items := slices.Clone(in.Items)
	in.Items, in.Basis, in.basisEn = items, strings.TrimSpace(in.Basis), ""
	if utf8.RuneCountInString(in.Basis) > drafts.MaxNote {
		return Task{}, Problems{{Field: "basis", Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(drafts.MaxNote)}}}
	}
	for i := range items {
		if items[i].Target == "" {
			items[i].Target = supplements.Opinion(fmt.Sprintf("%s.%d", id, i))
		}
	}
	if len(items) == 0 {
		return Task{}, ErrNothingAsked
	}
	if p := supplements.CheckItems(items); len(p) > 0 {
		return Task{}, p
	}
	return s.onTask(ctx, "ask", region, id, func(tx *db.Tx, w *work) error {
		t, p, from := &w.task, tx.Actor(), w.c.State
		if t.Element == AcceptElement {
			return ErrOutcome.With("element", t.Element) // acceptance asks by its own verb
		}
		if err := s.ready(ctx, tx, w, in.Version, cases.ActWork); err != nil {
			return err
		}
		if err := s.allowed(w, rights.Supplement); err != nil {
			return err
		}
		if t.Assignee == "" { // it comes back to who asked
			t.Assignee, t.AssigneeName, t.ClaimedAt = p.ID, p.Name, s.Clock.Now()
		}
		for i, it := range items {
			if strings.HasPrefix(it.Target, "opinion.") && it.Name == "" {
				items[i].Name = t.OrgName + "：" + t.Name
			}
		}
		m, err := s.passage(w)
		if err != nil {
			return err
		}
		open, err := desk.Open(ctx, tx, t.Region, t.Case)
		if err != nil {
			return err
		}
		desk.Reassign(tx, t)
		if k, ok := offers.Special(m.o.Offer, nil, s.Rules.Waiting.Kind); ok && in.Basis == "" {
			in.Basis, in.basisEn = k.Citation, k.CitationEn
		}
		if err := s.askLater(ctx, tx, m, open, in, nil); err != nil {
			return err
		}
		cases.Update(tx, &w.c, from)
		flows.Update(tx, &w.c, w.flow)
		return nil
	})
}

// answered lets a case go on after the applicant's answer, or without it for
// the reason why: the clock runs, and steps that waited for him are done.
func (s *Service) answered(ctx context.Context, tx *db.Tx, w *work, sup Supplement, app *Draft, why string) error {
	c, p, now := &w.c, tx.Actor(), s.Clock.Now()
	result := why
	if why == "" {
		result = "申请人已补正"
	}
	last := c.ClosePause(now, result)
	if last.From.IsZero() { // the clock ran on meanwhile
		last = Special{Kind: s.Rules.Waiting.Kind, From: sup.RequestedAt}
	}
	if err := s.goOn(w); err != nil {
		return err
	}
	s.unchase(tx, sup)
	m, err := s.passage(w)
	if err != nil {
		return err
	}
	m.app = app
	if m.before, err = loadPast(ctx, tx, c); err != nil {
		return err
	}
	vars, answers := map[string]any{varSupplemented: true}, m.o.Answers(app.Situation, app.Form)
	for _, id := range m.o.Wanted {
		vars[id] = answers[id]
	}
	m.by = decision{officer: p.ID, name: p.Name, fields: m.filledIn(nil)}
	for _, id := range sup.Tasks {
		changes, err := s.engine.Complete(m.o.Process, w.flow.Instance, id, vars, now.In(calendar.Zone))
		if err != nil {
			return ErrFlow.Because(err)
		}
		if err := s.carry(ctx, tx, m, changes); err != nil {
			return err
		}
		m.done = append(m.done, TaskID(id))
		for _, t := range m.before.tasks {
			if t.ID == TaskID(id) {
				s.close(&t, tx, TaskDone, Approve, "", nil)
				desk.Finish(tx, &t)
			}
		}
	}
	s.reclockSteps(tx, w, m.before.open(append(slices.Clone(m.cancelled), m.done...)...))
	desk.GiveBack(m.opened, m.before.tasks)
	details := map[string]any{"request": string(sup.ID), "items": len(sup.Items), "due": c.PromiseDue, "files": supplements.Hashes(sup.Items)}
	if why == "" {
		s.tell(ctx, tx, c, event{kind: "case.supplements_answered", role: "applicant", since: last.From, details: details}, facts.SupplementsAnswered{CaseRef: s.ref(c), Request: string(sup.ID), Due: c.PromiseDue})
	} else {
		s.tell(ctx, tx, c, event{kind: "case.waiting_ended", since: last.From, role: RoleExaminer, org: c.Org, orgName: c.OrgName, text: why, details: details},
			facts.CaseResumed{CaseRef: s.ref(c), Kind: last.Kind, PromiseDue: c.PromiseDue, LegalDue: c.LegalDue})
	}
	if err := s.awaitApplicant(ctx, tx, m); err != nil {
		return err
	}
	flows.Update(tx, c, w.flow)
	s.settle(ctx, tx, m)
	return nil
}

// EndWaiting goes on without the applicant's answer, which did not come: the
// offices decide on what they have. The office in charge says why.
func (s *Service) EndWaiting(ctx context.Context, region string, id CaseID, why string, version int) (Case, error) {
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil {
		return Case{}, err
	}
	return s.onCase(ctx, "end-waiting", region, id, func(tx *db.Tx, w *work) error {
		c := &w.c
		if err := s.handles(ctx, tx, c); err != nil {
			return err
		}
		if err := c.Expect(version); err != nil {
			return err
		}
		if err := c.Move(cases.ActAnswerLater); err != nil {
			return err
		}
		sup, err := openSupplement(ctx, tx, region, id)
		if err != nil {
			return err
		}
		sup.AnsweredAt, sup.AnsweredBy = s.Clock.Now(), tx.Actor().ID
		app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
		if err != nil {
			return err
		}
		if err := s.answered(ctx, tx, w, sup, &app, why); err != nil {
			return err
		}
		supplements.Update(tx, &sup)
		return nil
	})
}
