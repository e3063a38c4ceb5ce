package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/terms"
	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// Pause starts a special procedure (特别程序): the clock stands until Resume.
//
// Law: 行政许可法 art. 45: hearing, tender, auction, inspection, testing,
// quarantine, appraisal and expert review do not count; the applicant is told
// in writing how long they take.
func (s *Service) Pause(ctx context.Context, region string, id CaseID, in Stop) (Case, error) {
	basis := strings.TrimSpace(in.Basis)
	if p := drafts.NeedText("basis", basis, drafts.MaxNote); in.Kind == Suspension && len(p) > 0 {
		return Case{}, p
	}
	why, err := cases.Said(in.Reason, drafts.MaxReason)
	if err != nil {
		return Case{}, err
	}
	if in.Expected < 0 || in.Expected > 1000 {
		return Case{}, Problems{{Field: "expected", Code: "casework.problem.days"}}
	}
	return s.onCase(ctx, "pause", region, id, func(tx *db.Tx, w *work) error {
		c, p, now := &w.c, tx.Actor(), s.Clock.Now()
		if err := s.handles(ctx, tx, c); err != nil {
			return err
		}
		if err := c.Expect(in.Version); err != nil {
			return err
		}
		o, err := s.shelf.Offer(c.Region, c.Item, c.ItemVersion)
		if err != nil {
			return err
		}
		kind, ok := offers.Special(o.Offer, s.Rules.Special, in.Kind)
		if in.Kind == Suspension {
			kind, ok = SpecialKind{Kind: Suspension, Name: "挂起", NameEn: "suspension", Citation: basis, CitationEn: basis}, true
		}
		if !ok {
			return ErrSpecial.With("kind", in.Kind)
		}
		if err := c.Move(cases.ActPause); err != nil {
			return err
		}
		c.Paused = true
		c.Terms.Pauses = append(slices.Clone(c.Terms.Pauses), Special{Kind: kind.Kind, Name: kind.Name, NameEn: kind.NameEn, Basis: kind.Citation, BasisEn: kind.CitationEn, Reason: why, Expected: in.Expected, From: now, By: p.Name})
		if err := s.standStill(w); err != nil {
			return err
		}
		if err := s.reclock(ctx, tx, w); err != nil {
			return err
		}
		flows.Update(tx, c, w.flow)
		days := ""
		if in.Expected > 0 {
			days = fmt.Sprintf("%d个工作日", in.Expected)
		}
		if err := s.tellSpecial(ctx, tx, c, "特别程序告知书", fmt.Sprintf("您的“%s”申请需要进行%s：%s。所需时间不计入办理期限。依据：%s。", c.ItemName, kind.Name, why, kind.Citation),
			"kind", kind.Name, "expected", days); err != nil {
			return err
		}
		s.tell(ctx, tx, c, event{kind: "case.paused", role: RoleExaminer, org: c.Org, orgName: c.OrgName, text: why, details: map[string]any{"kind": kind.Kind, "expected": in.Expected}},
			facts.CasePaused{CaseRef: s.ref(c), Kind: kind.Kind, Reason: why, Expected: in.Expected})
		return nil
	})
}

// handles lets the office in charge and the offices of open steps act on the
// clock of a case.
func (s *Service) handles(ctx context.Context, tx *db.Tx, c *Case) error {
	tasks, err := desk.Open(ctx, tx, c.Region, c.ID)
	if err != nil {
		return err
	}
	orgs := []string{c.Org}
	for _, t := range tasks {
		orgs = append(orgs, t.Org)
	}
	if desk.Touches(ctx, MayDecide, c.Region, orgs...) == nil {
		return nil
	}
	return desk.Touches(ctx, MayExamine, c.Region, orgs...)
}

// tellSpecial issues the written notice about a change of the limit.
func (s *Service) tellSpecial(ctx context.Context, tx *db.Tx, c *Case, title, text string, pairs ...string) error {
	app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
	if err != nil {
		return err
	}
	labels := map[string][2]string{"kind": {"特别程序", "Special procedure"}, "expected": {"预计用时", "Expected to take"}, "days": {"延长", "Extended by"}, "due": {"新的法定办结日期", "New statutory limit"}}
	var fields []certificates.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		l := labels[pairs[i]]
		fields = append(fields, notices.Field(pairs[i], l[0], l[1], pairs[i+1]))
	}
	return s.notices.Special(ctx, tx, c, app.Applicant, title, text, fields...)
}

// Resume ends the special procedure; the clock runs on.
func (s *Service) Resume(ctx context.Context, region string, id CaseID, result string, version int) (Case, error) {
	result, err := cases.Said(result, drafts.MaxReason)
	if err != nil {
		return Case{}, err
	}
	return s.onCase(ctx, "resume", region, id, func(tx *db.Tx, w *work) error {
		c, now := &w.c, s.Clock.Now()
		if err := s.handles(ctx, tx, c); err != nil {
			return err
		}
		if err := c.Expect(version); err != nil {
			return err
		}
		if err := c.Move(cases.ActResume); err != nil {
			return err
		}
		last := c.ClosePause(now, result)
		if err := s.goOn(w); err != nil {
			return err
		}
		if err := s.reclock(ctx, tx, w); err != nil {
			return err
		}
		flows.Update(tx, c, w.flow)
		s.tell(ctx, tx, c, event{kind: "case.resumed", since: last.From, role: RoleExaminer, org: c.Org, orgName: c.OrgName, text: result,
			details: map[string]any{"kind": last.Kind, "promise_due": c.PromiseDue, "legal_due": c.LegalDue}},
			facts.CaseResumed{CaseRef: s.ref(c), Kind: last.Kind, PromiseDue: c.PromiseDue, LegalDue: c.LegalDue})
		return nil
	})
}

// Extend lengthens the limits once, approved by the head of the organ (延长审批).
// days 0 takes all that the law allows.
//
// Law: 行政许可法 art. 42: ten days with the approval of the organ's head,
// fifteen where several organs decide together; the applicant is told why.
func (s *Service) Extend(ctx context.Context, region string, id CaseID, days int, why string, version int) (Case, error) {
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil {
		return Case{}, err
	}
	return s.onCase(ctx, "extend", region, id, func(tx *db.Tx, w *work) error {
		c, p := &w.c, tx.Actor()
		if err := desk.Touches(ctx, MayExtend, c.Region, c.Org); err != nil {
			return err
		}
		if err := c.Expect(version); err != nil {
			return err
		}
		if err := c.Move(cases.ActExtend); err != nil {
			return err
		}
		if c.Terms.Extension != nil {
			return ErrExtendedBefore.With("days", c.Terms.Extension.Days)
		}
		most := c.Terms.Longest
		if days == 0 {
			days = most.Amount
		}
		if days < 0 || days > most.Amount {
			return Problems{{Field: "days", Code: "casework.problem.extension." + string(most.Unit), Pairs: []any{"max", most.Amount}}}
		}
		c.Terms.Extension = &Extension{Days: days, Reason: why, Basis: most.Citation, BasisEn: most.CitationEN, By: p.ID, Name: p.Name, At: s.Clock.Now()}
		if err := s.reclock(ctx, tx, w); err != nil {
			return err
		}
		if err := s.tellSpecial(ctx, tx, c, "延长办理期限告知书", fmt.Sprintf("您的“%s”申请，经本行政机关负责人批准，办理期限延长%s。理由：%s。依据：%s。", c.ItemName, terms.Span(days, most.Unit), why, most.Citation),
			"days", terms.Span(days, most.Unit), "due", offers.Date(c.LegalDue)); err != nil {
			return err
		}
		s.tell(ctx, tx, c, event{kind: "case.extended", role: RoleDecider, org: c.Org, orgName: c.OrgName, text: why, details: map[string]any{"days": days, "legal_due": c.LegalDue}},
			facts.CaseExtended{CaseRef: s.ref(c), Days: days, Reason: why, LegalDue: c.LegalDue})
		return nil
	})
}

// reclock works out all dates of a case again: its own, those of its open
// steps, and those of the timers of its flow.
func (s *Service) reclock(ctx context.Context, tx *db.Tx, w *work) error {
	tasks, err := desk.Open(ctx, tx, w.c.Region, w.c.ID)
	if err != nil {
		return err
	}
	s.reclockSteps(tx, w, tasks)
	return nil
}

// reclockSteps is reclock when the open steps are known.
func (s *Service) reclockSteps(tx *db.Tx, w *work, tasks []Task) {
	c := &w.c
	c.Recompute(s.Calendar)
	for i := range tasks {
		tasks[i].Paused = c.Paused
		end := c.Step(s.Calendar, tasks[i])
		tasks[i].Due, tasks[i].DueUnit = end.At, end.Unit
	}
	desk.SetDue(tx, tasks)
	if w.flow == nil {
		return
	}
	for _, t := range w.flow.Instance.Timers() {
		s.reset(tx, w, t)
	}
}

// standStill stops the flow while the clock stands: its timers keep what is left
// of them, and nothing in it can be moved. The caller writes the flow, and by
// reclock the schedule.
func (s *Service) standStill(w *work) error {
	if w.flow == nil || w.flow.Instance.Ended() || w.flow.Instance.Suspended() {
		return nil
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return err
	}
	if _, err := s.engine.Suspend(o.Process, w.flow.Instance, s.Clock.Now().In(calendar.Zone)); err != nil {
		return flowFault(err)
	}
	return nil
}

// goOn lets the flow run on: each timer has what was left of it.
func (s *Service) goOn(w *work) error {
	if w.flow == nil || !w.flow.Instance.Suspended() {
		return nil
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	changes, err := s.engine.Continue(o.Process, w.flow.Instance, now.In(calendar.Zone))
	if err != nil {
		return flowFault(err)
	}
	for _, ch := range changes {
		if ch.Kind == bpmn.TimerSet {
			w.flow.Timers[ch.ID] = now
		}
	}
	return nil
}

// reset takes a timer off the schedule while the case waits, and puts it back.
func (s *Service) reset(tx *db.Tx, w *work, t bpmn.TimerState) {
	c := &w.c
	if c.Paused {
		schedule.Cancel(tx, c.Region, JobTimer, timerKey(c.ID, t.ID))
		return
	}
	j := s.timerJob(c, t.ID, t.Due)
	j.At = c.Terms.Shifted(t.Due, w.flow.Timers[t.ID])
	schedule.Set(tx, j)
}
