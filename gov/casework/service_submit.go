package casework

import (
	"context"
	"errors"

	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/offers"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

// Submit hands a draft in. What is missing or wrong comes back as Problems
// that name the fields. A draft becomes exactly one case: submitting it again
// returns the case that it became.
func (s *Service) Submit(ctx context.Context, region string, draft DraftID, version int) (Case, error) {
	var out Case
	asked, level, err := s.ToSubmit(ctx, region, draft)
	if err != nil {
		return out, err
	}
	again := false
	err = offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		out = Case{} // what an earlier try made is gone
		d := asked   // nobody has changed it since, or the commit is stale
		if again {
			if d, err = drafts.Load(ctx, tx, region, draft); err != nil {
				return err
			}
		}
		again = true
		if err := drafts.MayWork(ctx, d); err != nil {
			return err
		}
		if d.State == DraftSubmitted {
			out, err = cases.OfDraft(ctx, tx, region, draft)
			return err
		}
		kept, err := once.Do(ctx, tx, region, "casework.submit/"+string(draft), func() (string, error) {
			d.Applicant.Level = level
			if out, err = s.submit(ctx, tx, d, version); err != nil {
				return "", err
			}
			return string(out.ID), nil
		})
		if err == nil && out.ID == "" { // the same command came first, after the draft was read
			out, err = cases.Load(ctx, tx, region, CaseID(kept))
		}
		return err
	})
	if errors.Is(err, db.ErrStale) { // every number that was drawn is taken
		err = fault.Unavailable("casework.no_number").Because(err)
	}
	return out, err
}

// HandInTx makes a case of an open draft inside somebody else's transaction,
// which writes again on what is Missing (offers.Write). Who may was settled there.
func (s *Service) HandInTx(ctx context.Context, tx *db.Tx, d Draft) (Case, error) {
	return s.submit(ctx, tx, d, 0)
}

func (s *Service) submit(ctx context.Context, tx *db.Tx, d Draft, version int) (Case, error) {
	if d.State != DraftOpen {
		return Case{}, ErrDraftClosed.With("state", string(d.State))
	}
	if version != 0 && version != d.Version {
		return Case{}, ErrStale.With("who", d.UpdatedBy).With("when", d.UpdatedAt).With("version", d.Version)
	}
	o, err := s.shelf.Offer(d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return Case{}, err
	}
	if o.Bundle != nil {
		return Case{}, offers.ErrManyParts.With("item", d.ItemName)
	}
	if err := s.Problems(o, &d).Err(); err != nil {
		return Case{}, err
	}
	d.Delivery = d.Wanted(o.Form)
	if err := d.Delivery.Reachable().Err(); err != nil {
		return Case{}, err
	}
	rules, err := s.Rules.In(ctx, tx, d.Region, s.Clock.Now())
	if err != nil {
		return Case{}, err
	}
	c := s.newCase(d, o, rules)
	c.Number = casenumber.New()
	if c.Place, c.TakenBy = placeOf(ctx, d); c.TakenBy != "" {
		c.Channel, d.Channel = Counter, Counter
	}
	by := tx.Actor()
	d.State, d.Case = DraftSubmitted, c.ID
	left := d.HandIn(o.MaterialsFor(o.Answers(d.Situation, d.Form)), o.Situations.Prune(d.Situation))
	if err := s.HandOver(ctx, tx, &d, o.Package == "", drafts.Handed{Case: string(c.ID), Number: c.Number, Org: c.Org, OrgName: c.OrgName, Needed: o.MaterialsFor(o.Answers(d.Situation, d.Form))}); err != nil {
		return Case{}, err
	}
	drafts.Update(tx, &d, by.ID, by.Name, s.Clock.Now(), left)
	cases.Insert(tx, c)
	task := s.acceptanceTask(&c)
	desk.Insert(tx, []Task{task})
	if err := s.notices.Receipt(ctx, tx, &c, d, o.MaterialsFor(o.Answers(d.Situation, d.Form))); err != nil {
		return Case{}, err
	}
	schedule.Set(tx, schedule.Job{Region: c.Region, Kind: JobAcceptance, Key: string(c.ID), At: c.AcceptDue.Add(deemAfter)})
	s.tell(ctx, tx, &c, event{kind: "case.submitted", role: "applicant", org: c.Place, details: map[string]any{"channel": string(c.Channel), "due": c.AcceptDue}},
		facts.CaseSubmitted{CaseRef: s.ref(&c), Channel: string(c.Channel), Due: c.AcceptDue})
	return c, nil
}

// RulesIn are the rules that count in a region for clocks that begin now.
func (s *Service) RulesIn(ctx context.Context, region string) (Rules, error) {
	return s.Rules.In(ctx, s.DB, region, s.Clock.Now())
}

// newCase makes the case that a draft becomes. Its limits are kept with it: a
// later rule does not touch it.
func (s *Service) newCase(d Draft, o *offers.Ready, rules Rules) Case {
	now := s.Clock.Now()
	limits := o.In(d.Situation).Terms(rules)
	d.Org, d.OrgName = o.Office(d.Situation, d.Org, d.OrgName)
	c := Case{Region: d.Region, ID: CaseID(id.New("case")), Item: d.Item, ItemVersion: d.ItemVersion, ItemName: d.ItemName, Org: d.Org, OrgName: d.OrgName,
		Express: o.Handling == offers.ExpressKind || rules.Quick(limits.Promise), Channel: d.Channel, Draft: d.ID, Owner: d.Applicant.Owner(), Person: d.Applicant.Person, ApplicantName: d.Applicant.Title(),
		State: Submitted, Version: 1, SubmittedAt: now, ReceivedAt: now,
		Terms: limits, Last4: d.Applicant.Last4()}
	c.Recompute(s.Calendar)
	return c
}

// placeOf is the office whose counter hands a case in, and the clerk; nothing
// for residents, who are also clerks with a matter of their own.
func placeOf(ctx context.Context, d Draft) (place, clerk string) {
	p := auth.From(ctx)
	if !d.IdentifiedBy(p.ID) {
		return "", ""
	}
	return drafts.OfficeOf(p), p.ID
}

// acceptanceTask is the step before the flow: somebody has to accept.
func (s *Service) acceptanceTask(c *Case) Task {
	return Task{Region: c.Region, ID: TaskID(id.New("task")), Case: c.ID, Element: AcceptElement, Name: "受理", Org: c.Org, OrgName: c.OrgName, Role: RoleClerk,
		State: TaskOpen, OpenedAt: s.Clock.Now(), Due: c.AcceptDue, DueUnit: c.Terms.Accept.Unit, Limit: calendar.Limit{}, CaseNumber: c.Number, Item: c.Item, ItemName: c.ItemName, ApplicantName: c.ApplicantName}
}
