package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/grounds"
	"tongban/gov/casework/notices"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/supplements"
	"tongban/gov/facts"
	"tongban/gov/identity"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

// JobAcceptance is the kind of the job that deems a case accepted when the
// time to accept it or to ask for supplements has passed.
const JobAcceptance = "casework.acceptance"

// deemAfter is how long after the last moment of the limit the law acts.
const deemAfter = time.Microsecond

// onCase loads a case with its flow, lets f act, and writes the case when f
// says so. Everything is one transaction. act names what is done: the same key
// for another act is a conflict.
func (s *Service) onCase(ctx context.Context, act, region string, id CaseID, f func(tx *db.Tx, w *work) error) (Case, error) {
	var out Case
	var done work
	ctx = once.During(ctx, act)
	err := offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		out, done = Case{}, work{}
		_, err := once.Do(ctx, tx, region, "case/"+string(id), func() (string, error) {
			w, err := loadWork(ctx, tx, region, id)
			if err != nil {
				return "", err
			}
			from := w.c.State
			if err := f(tx, &w); err != nil {
				return "", err
			}
			out = w.c
			cases.Update(tx, &out, from)
			done, done.c = w, out
			return string(id), nil
		})
		if err == nil && out.ID == "" { // the command ran before; its sender did not hear of it
			out, err = cases.Load(ctx, tx, region, id)
		}
		return err
	})
	if err == nil {
		s.remember(done)
	}
	return out, err
}

// mayAccept lets the clerks and officers of the office in charge act before
// acceptance, and the clerk whose counter took the case in.
func mayAccept(ctx context.Context, c *Case) error {
	if c.Place != "" {
		return desk.Touches(ctx, MayAccept, c.Region, c.Org, c.Place)
	}
	return desk.Touches(ctx, MayAccept, c.Region, c.Org)
}

// Accept accepts a case (受理): the statutory clock starts and the flow begins.
// version is the version of the case that the officer saw; 0 is any.
func (s *Service) Accept(ctx context.Context, region string, id CaseID, version int) (Case, error) {
	return s.onCase(ctx, "accept", region, id, func(tx *db.Tx, w *work) error {
		if err := mayAccept(ctx, &w.c); err != nil {
			return err
		}
		if err := w.c.Expect(version); err != nil {
			return err
		}
		return s.accept(ctx, tx, w, cases.ActAccept)
	})
}

// accept does what Accept and the lapse of time have in common.
func (s *Service) accept(ctx context.Context, tx *db.Tx, w *work, act Action) error {
	c, p, now := &w.c, tx.Actor(), s.Clock.Now()
	o, err := s.shelf.Offer(c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return err
	}
	app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
	if err != nil {
		return err
	}
	if err := c.Move(act); err != nil {
		return err
	}
	c.AcceptedAt = now
	if act == cases.ActDeem {
		c.AcceptedAt, c.Deemed = c.ReceivedAt, true
	} else {
		c.Terms.Note("acceptance", p.ID)
	}
	c.Recompute(s.Calendar)
	s.closeAcceptance(tx, c, Approve, "")
	m := &passage{w: w, o: o, app: &app, now: now}
	if err := s.startFlow(ctx, tx, m); err != nil {
		return err
	}
	if err := s.awaitApplicant(ctx, tx, m); err != nil {
		return err
	}
	flows.Insert(tx, c, w.flow)
	if err := s.notices.Acceptance(ctx, tx, c, app.Applicant); err != nil {
		return err
	}
	kind, role := "case.accepted", RoleClerk
	if c.Deemed {
		kind, role = "case.deemed_accepted", ""
	}
	s.tell(ctx, tx, c, event{kind: kind, role: role, org: c.Org, orgName: c.OrgName, since: c.SubmittedAt,
		details: map[string]any{"promise_due": c.PromiseDue, "legal_due": c.LegalDue}},
		facts.CaseAccepted{CaseRef: s.ref(c), Deemed: c.Deemed, PromiseDue: c.PromiseDue, LegalDue: c.LegalDue})
	s.settle(ctx, tx, m)
	return nil
}

// closeAcceptance ends the step before the flow and the watch over it.
func (s *Service) closeAcceptance(tx *db.Tx, c *Case, r Result, opinion string) {
	finishAcceptance(tx, c, s.Clock.Now(), r, opinion)
	schedule.Cancel(tx, c.Region, JobAcceptance, string(c.ID))
}

// RefuseAcceptance refuses to accept (不予受理), for grounds that the law names,
// or for materials that were asked for and did not come. The applicant reads
// them on the notice, with how to pass.
//
// Law: 行政许可法 art. 32 ¶1(1), (2), (4); art. 38 ¶2.
func (s *Service) RefuseAcceptance(ctx context.Context, region string, id CaseID, version int, r Refusal) (Case, error) {
	r = r.Clean()
	return s.onCase(ctx, "refuse-acceptance", region, id, func(tx *db.Tx, w *work) error {
		c := &w.c
		if err := mayAccept(ctx, c); err != nil {
			return err
		}
		if err := c.Expect(version); err != nil {
			return err
		}
		app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
		if err != nil {
			return err
		}
		o, err := s.shelf.Offer(c.Region, c.Item, c.ItemVersion)
		if err != nil {
			return err
		}
		if _, err := cases.Next(c.State, c.Paused, cases.ActNotAccept); err != nil {
			return err
		}
		chosen, p := r.Settle(s.notAccepted(c, o, app))
		if len(p) > 0 {
			return p
		}
		if err := c.Move(cases.ActNotAccept); err != nil {
			return err
		}
		c.ClosedAt, c.Reason = s.Clock.Now(), r.Words(chosen)
		c.Recompute(s.Calendar)
		s.closeAcceptance(tx, c, Refuse, c.Reason)
		if _, err := s.notices.Refusal(ctx, tx, c, app.Applicant, notices.No{Title: "不予受理决定书", Decision: "不予受理", Why: c.Reason, Grounds: chosen, Refusal: r, Offer: o}); err != nil {
			return err
		}
		s.tell(ctx, tx, c, event{kind: "case.acceptance_refused", role: RoleClerk, org: c.Org, orgName: c.OrgName, since: c.SubmittedAt, text: c.Reason, details: map[string]any{"grounds": r.Grounds}},
			facts.AcceptanceRefused{CaseRef: s.ref(c), Reason: c.Reason})
		return nil
	})
}

// notAccepted are the grounds for which this case may be refused acceptance.
func (s *Service) notAccepted(c *Case, o *offers.Ready, app Draft) []Ground {
	return grounds.OfAcceptance(s.Rules, o.Offer, o.MaterialsFor(o.Answers(app.Situation, app.Form)), c.Supplements > 0)
}

// AskSupplement asks the applicant to mend everything at once (一次性补正告知).
// A second request is refused, except by the head of the organ, who says why
// in exception.
func (s *Service) AskSupplement(ctx context.Context, region string, id CaseID, version int, items []SupplementItem, exception string) (Supplement, error) {
	return s.AskUntil(ctx, region, id, version, items, exception, 0)
}

// AskUntil does the same with a last day for the answer that the officer sets; 0
// is the usual one.
func (s *Service) AskUntil(ctx context.Context, region string, id CaseID, version int, items []SupplementItem, exception string, until calendar.Date) (Supplement, error) {
	if len(items) == 0 {
		return Supplement{}, ErrNothingAsked
	}
	if p := supplements.CheckItems(items); len(p) > 0 {
		return Supplement{}, p
	}
	var sup Supplement
	var err error
	_, err = s.onCase(ctx, "ask-supplement", region, id, func(tx *db.Tx, w *work) error {
		c, p := &w.c, tx.Actor()
		if err := mayAccept(ctx, c); err != nil {
			return err
		}
		if err := c.Expect(version); err != nil {
			return err
		}
		sup = Supplement{Region: c.Region, ID: SupplementID(newID("sup")), Case: c.ID, Number: c.Supplements + 1, RequestedAt: s.Clock.Now(), By: p.ID, ByName: p.Name, Items: supplements.Clean(items), Version: 1}
		if err := s.answerBy(ctx, tx, c, &sup, until); err != nil {
			return err
		}
		act := cases.ActAsk
		if c.Supplements > 0 {
			act = cases.ActSecondTime
			if err := s.exception(ctx, c, &sup, exception); err != nil {
				return err
			}
		}
		if err := c.Move(act); err != nil {
			return err
		}
		return s.ask(ctx, tx, c, sup)
	})
	return sup, err
}

// exception lets the head of the organ ask again, on record.
//
// Law: 行政许可法 art. 32 ¶1(4): everything has to be told at once.
func (s *Service) exception(ctx context.Context, c *Case, sup *Supplement, why string) error {
	if c.State != Submitted {
		return nil // move says what is wrong
	}
	why, err := cases.Said(why, drafts.MaxReason)
	if err != nil || desk.Touches(ctx, MayExtend, c.Region, c.Org) != nil {
		return ErrAskedBefore.With("times", c.Supplements)
	}
	sup.ApprovedBy, sup.Reason = sup.By, why
	return nil
}

// ask stops the acceptance clock and tells the applicant.
func (s *Service) ask(ctx context.Context, tx *db.Tx, c *Case, sup Supplement) error {
	app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
	if err != nil {
		return err
	}
	c.Supplements++
	c.Terms.AcceptPauses = append(slices.Clone(c.Terms.AcceptPauses), calendar.Pause{From: sup.RequestedAt, Reason: fmt.Sprintf("等待申请人补正（%d项）", len(sup.Items)), Basis: c.Terms.Accept.Citation,
		ReasonEN: fmt.Sprintf("waiting for the applicant's supplements (%d)", len(sup.Items)), BasisEN: c.Terms.Accept.CitationEN})
	c.Recompute(s.Calendar)
	supplements.Insert(tx, sup)
	desk.SetAcceptance(tx, c.Region, c.ID, c.AcceptDue, c.State == Supplemented)
	schedule.Cancel(tx, c.Region, JobAcceptance, string(c.ID))
	s.chase(tx, sup, sup.RequestedAt)
	if err := s.notices.Supplement(ctx, tx, c, app.Applicant, sup, c.Org, c.OrgName); err != nil {
		return err
	}
	s.tell(ctx, tx, c, event{kind: "case.supplements_requested", role: RoleClerk, org: c.Org, orgName: c.OrgName, since: c.SubmittedAt, text: sup.Reason,
		details: map[string]any{"request": string(sup.ID), "items": len(sup.Items), "number": sup.Number, "until": sup.Until}},
		facts.SupplementsRequested{CaseRef: s.ref(c), Request: string(sup.ID), Items: len(sup.Items), Until: sup.Until})
	return nil
}

// openSupplement loads the request that waits for an answer.
func openSupplement(ctx context.Context, r db.Reader, region string, id CaseID) (Supplement, error) {
	sup, ok, err := supplements.Waiting(ctx, r, region, id)
	if err == nil && !ok {
		err = ErrWrongState.With("action", string(cases.ActAnswer))
	}
	return sup, err
}

// mayAnswer lets the applicant, or a clerk at the counter for him, answer.
func mayAnswer(ctx context.Context, c *Case) error {
	if drafts.Owns(ctx, c.Matter(), identity.ActApply) == nil {
		return nil
	}
	if drafts.MayTakeIn(ctx, c.Region) == nil {
		return nil
	}
	if c.SeenBy(ctx) {
		return ErrScope.With("company", c.ApplicantName)
	}
	return ErrNoCase
}

// AnswerItem keeps the answer to one item of a request; SendSupplement sends
// all of them. index counts from 0.
func (s *Service) AnswerItem(ctx context.Context, region string, id CaseID, index int, a Answer) (Supplement, error) {
	app, err := s.answering(ctx, region, id)
	if err != nil {
		return Supplement{}, err
	}
	kept, err := s.answers().Check(ctx, app, id, index, a)
	if err != nil {
		return Supplement{}, err
	}
	return s.answer(ctx, region, id, func(_ *db.Tx, sup *Supplement) error {
		if index >= len(sup.Items) || sup.Items[index].Target != kept.Target {
			return ErrNoMaterial.With("item", index)
		}
		sup.Items = slices.Clone(sup.Items)
		sup.Items[index] = kept
		return nil
	})
}

func (s *Service) answers() supplements.Desk {
	return supplements.Desk{DB: s.DB, Drafts: s.Applications}
}

// answering gives the application of a case to whoever may answer for it.
func (s *Service) answering(ctx context.Context, region string, id CaseID) (Draft, error) {
	c, err := cases.Load(ctx, s.DB, region, id)
	if err == nil {
		err = mayAnswer(ctx, &c)
	}
	if err != nil {
		return Draft{}, err
	}
	if _, err := cases.Next(c.State, c.Paused, answering(&c)); err != nil {
		return Draft{}, err
	}
	return drafts.Load(ctx, s.DB, region, c.Draft)
}

func (s *Service) answer(ctx context.Context, region string, id CaseID, f func(tx *db.Tx, sup *Supplement) error) (Supplement, error) {
	var out Supplement
	err := offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		c, err := cases.Load(ctx, tx, region, id)
		if err != nil {
			return err
		}
		if err := mayAnswer(ctx, &c); err != nil {
			return err
		}
		if _, err := cases.Next(c.State, c.Paused, answering(&c)); err != nil {
			return err
		}
		sup, err := openSupplement(ctx, tx, region, id)
		if err != nil {
			return err
		}
		if err := f(tx, &sup); err != nil {
			return err
		}
		tx.Unaudited("a draft of an answer; sending it is recorded with what it holds")
		out = sup
		supplements.Update(tx, &out)
		return nil
	})
	return out, err
}

// SendSupplement sends the answers, once. What they mend is written into the
// application, the clock runs on.
func (s *Service) SendSupplement(ctx context.Context, region string, id CaseID) (Case, error) {
	if app, err := s.answering(ctx, region, id); err == nil { // else the commit says what is wrong
		if err := s.answers().InForce(ctx, app, id); err != nil {
			return Case{}, err
		}
	}
	return s.onCase(ctx, "send-supplement", region, id, func(tx *db.Tx, w *work) error {
		c, p, now := &w.c, tx.Actor(), s.Clock.Now()
		if err := mayAnswer(ctx, c); err != nil {
			return err
		}
		later := c.Paused
		if err := c.Move(answering(c)); err != nil {
			return err
		}
		sup, err := openSupplement(ctx, tx, region, id)
		if err != nil {
			return err
		}
		if err := supplements.CheckAnswers(sup.Items).Err(); err != nil {
			return err
		}
		sup.AnsweredAt, sup.AnsweredBy = now, p.ID
		app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
		if err != nil {
			return err
		}
		fields, err := s.answers().MendTx(ctx, tx, &app, sup.Items, drafts.Handed{Case: string(c.ID), Number: c.Number, Org: c.Org, OrgName: c.OrgName})
		if err != nil {
			return err
		}
		if later {
			if err := s.answered(ctx, tx, w, sup, &app, ""); err != nil {
				return err
			}
		}
		supplements.Update(tx, &sup)
		drafts.Update(tx, &app, p.ID, p.Name, now, fields)
		if later {
			return nil
		}
		s.unchase(tx, sup)
		c.ReceivedAt = now
		c.Terms.AcceptPauses = slices.Clone(c.Terms.AcceptPauses)
		c.Terms.AcceptPauses[len(c.Terms.AcceptPauses)-1].Until = now
		c.Recompute(s.Calendar)
		desk.SetAcceptance(tx, c.Region, c.ID, c.AcceptDue, c.State == Supplemented)
		schedule.Set(tx, schedule.Job{Region: c.Region, Kind: JobAcceptance, Key: string(c.ID), At: c.AcceptDue.Add(deemAfter)})
		s.tell(ctx, tx, c, event{kind: "case.supplements_answered", role: "applicant", since: sup.RequestedAt,
			details: map[string]any{"request": string(sup.ID), "items": len(sup.Items), "due": c.AcceptDue, "files": supplements.Hashes(sup.Items)}},
			facts.SupplementsAnswered{CaseRef: s.ref(c), Request: string(sup.ID), Due: c.AcceptDue})
		return nil
	})
}

// AddMaterial hands in a material that was to follow (容缺补交).
func (s *Service) AddMaterial(ctx context.Context, region string, id CaseID, material string, files []Attachment) (Case, error) {
	return s.onCase(ctx, "add-material/"+material, region, id, func(tx *db.Tx, w *work) error {
		c, p := &w.c, tx.Actor()
		if err := mayAnswer(ctx, c); err != nil {
			return err
		}
		if err := c.Move(cases.ActAddPaper); err != nil {
			return err
		}
		app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
		if err != nil {
			return err
		}
		if ch, ok := app.Materials[material]; !ok || (ch.Mode != ToFollow && !ch.Followed) {
			return ErrNoMaterial.With("material", material)
		}
		if len(files) == 0 || len(files) > drafts.MaxFiles {
			return Problems{{Field: "material." + material, Code: "casework.problem.required"}}
		}
		done := make([]Attachment, len(files))
		for i, f := range files {
			if done[i], err = s.Received(ctx, p, app, material, f); err != nil {
				return err
			}
		}
		change := app.AddFiles(material, done)
		ch := app.Materials[material]
		ch.Followed = true
		app.Materials[material] = ch
		drafts.Update(tx, &app, p.ID, p.Name, s.Clock.Now(), []FieldChange{change})
		s.tell(ctx, tx, c, event{kind: "case.material_added", role: "applicant", text: material, details: map[string]any{"material": material, "files": len(files)}},
			facts.MaterialAdded{CaseRef: s.ref(c), Material: material})
		return nil
	})
}

// Withdraw takes the application back before it is decided (撤回).
func (s *Service) Withdraw(ctx context.Context, region string, id CaseID, why string) (Case, error) {
	return s.End(ctx, region, id, Ending{Act: cases.ActWithdraw, Reason: why})
}

// Ending ends a case without a decision.
type Ending struct {
	Act         cases.Action
	May         authz.Permission // in the office in charge; none: the applicant does it
	Title, Text string           // of the paper, with item and reason; none: that of a withdrawal
	Reason      string
	Version     int
}

// End ends a case without a decision: the flow, its timers and steps, the clock.
func (s *Service) End(ctx context.Context, region string, id CaseID, in Ending) (Case, error) {
	why, err := cases.Said(in.Reason, drafts.MaxReason)
	if err != nil {
		return Case{}, err
	}
	return s.onCase(ctx, string(in.Act), region, id, func(tx *db.Tx, w *work) error {
		role := "applicant"
		if err = mayAnswer(ctx, &w.c); in.Title != "" {
			role, err = RoleDecider, desk.Touches(ctx, in.May, w.c.Region, w.c.Org)
		}
		if err != nil {
			return err
		}
		app, err := drafts.Load(ctx, tx, w.c.Region, w.c.Draft)
		if err != nil {
			return err
		}
		return s.end(ctx, tx, w, app, in, role, why)
	})
}

// EndTx takes an application back inside somebody else's transaction, one in each:
// the paper about it is counted. Who may was settled there.
func (s *Service) EndTx(ctx context.Context, tx *db.Tx, why string, c Case) error {
	w, err := loadWork(ctx, tx, c.Region, c.ID)
	if err != nil {
		return err
	}
	app, err := drafts.Load(ctx, tx, c.Region, c.Draft)
	if err != nil {
		return err
	}
	from := w.c.State
	if err := s.end(ctx, tx, &w, app, Ending{Act: cases.ActWithdraw}, "applicant", why); err != nil {
		return err
	}
	cases.Update(tx, &w.c, from)
	return nil
}

func (s *Service) end(ctx context.Context, tx *db.Tx, w *work, app Draft, in Ending, role, why string) error {
	c, now, kind := &w.c, s.Clock.Now(), "case.withdrawn"
	if in.Title != "" {
		kind = "case.voided"
	}
	if err := c.Expect(in.Version); err != nil {
		return err
	}
	err := c.Move(in.Act)
	if err != nil {
		return err
	}
	if err := s.cancelFlow(ctx, tx, w); err != nil {
		return err
	}
	c.ClosePause(now, why)
	c.ClosedAt, c.Reason = now, why
	c.Recompute(s.Calendar)
	desk.CancelAll(tx, c.Region, c.ID, now)
	schedule.Cancel(tx, c.Region, JobAcceptance, string(c.ID))
	schedule.Cancel(tx, c.Region, JobAnswer, string(c.ID))
	var fact events.Fact = facts.CaseWithdrawn{CaseRef: s.ref(c), Reason: why}
	if in.Title != "" {
		fact, err = facts.CaseVoided{CaseRef: s.ref(c), Reason: why}, s.notices.Special(ctx, tx, c, app.Applicant, in.Title, fmt.Sprintf(in.Text, c.ItemName, why))
	} else {
		err = s.notices.Withdrawal(ctx, tx, c, app.Applicant)
	}
	s.tell(ctx, tx, c, event{kind: kind, role: role, since: c.SubmittedAt, text: why}, fact)
	return err
}

// cancelFlow ends the instance of a case with its timers.
func (s *Service) cancelFlow(ctx context.Context, tx *db.Tx, w *work) error {
	if w.flow == nil || w.flow.Instance.Ended() {
		return nil
	}
	o, err := s.shelf.Offer(w.c.Region, w.c.Item, w.c.ItemVersion)
	if err != nil {
		return err
	}
	changes, err := s.engine.Cancel(o.Process, w.flow.Instance, s.Clock.Now().In(calendar.Zone))
	if err != nil {
		return ErrFlow.Because(err)
	}
	m := &passage{w: w, o: o, now: s.Clock.Now()}
	if err := s.carry(ctx, tx, m, changes); err != nil {
		return err
	}
	flows.Update(tx, &w.c, w.flow)
	return nil
}
