package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/migrate"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// The refusals of moving a case to another version.
var (
	ErrOtherContent = fault.Invalid("casework.other_content")  // the versions differ in more than their flow
	ErrNoUpgrade    = fault.Conflict("casework.no_upgrade")    // its flow does not fit; the plan says why
	ErrVersionMoved = fault.Conflict("casework.version_moved") // it is not on the version that was looked at
)

// Upgrade moves a running case to another version of its item (换版).
type Upgrade struct {
	From, To int
	Mapping  map[string]string // steps and other elements of the flow: id in From → id in To; the others keep theirs
	Reason   string
}

// PlanUpgrade says what would become of a case, step by step; nothing changes.
// The caller has been let in.
func (s *Service) PlanUpgrade(ctx context.Context, region string, id CaseID, in Upgrade) (migrate.Plan, error) {
	w, err := loadWork(ctx, s.DB, region, id)
	if err != nil {
		return migrate.Plan{}, err
	}
	before, after, err := s.versions(ctx, w.c, in)
	if err != nil {
		return migrate.Plan{}, err
	}
	return upgradePlan(&w, before, after, in), nil
}

// versions fetches both versions, and refuses those that differ in what was
// filled in: an application is read by the form that it was made with.
func (s *Service) versions(ctx context.Context, c Case, in Upgrade) (before, after *offers.Ready, err error) {
	if c.ItemVersion != in.From {
		return nil, nil, ErrVersionMoved.With("version", c.ItemVersion)
	}
	if before, err = s.shelf.Fetch(ctx, c.Region, c.Item, in.From); err != nil {
		return nil, nil, err
	}
	if after, err = s.shelf.Fetch(ctx, c.Region, c.Item, in.To); err != nil {
		return nil, nil, err
	}
	if !sameApplication(before.Offer, after.Offer) {
		return nil, nil, ErrOtherContent
	}
	return before, after, nil
}

// sameApplication tells whether two versions ask the applicant for the same and
// give the same.
func sameApplication(a, b *catalogue.Offer) bool {
	same := func(x, y any) bool {
		p, errP := json.Marshal(x)
		q, errQ := json.Marshal(y)
		return errP == nil && errQ == nil && bytes.Equal(p, q)
	}
	return same(a.Form, b.Form) && same(a.Situations, b.Situations) && same(a.Materials, b.Materials) && same(a.Result, b.Result)
}

// upgradePlan is the engine's plan, and the refusal of steps whose post changes:
// who has one would not be allowed to do it. A case without a flow yet has
// nothing to plan.
func upgradePlan(w *work, before, after *offers.Ready, in Upgrade) migrate.Plan {
	if w.flow == nil {
		return migrate.Plan{}
	}
	plan := migrate.Preview(before.Process, after.Process, w.flow.Instance, in.Mapping)
	for i, step := range plan.Steps {
		if step.What != "task" || step.Outcome == migrate.Refused {
			continue
		}
		was, _ := before.Process.UserTask(step.Element)
		now, ok := after.Process.UserTask(step.To)
		if ok && was.Attrs["post"] != now.Attrs["post"] {
			plan.Steps[i].Outcome, plan.Steps[i].Reason = migrate.Refused, "the post is another one"
		}
	}
	return plan
}

// Upgrade does what PlanUpgrade says, in one commit, or nothing. The caller has
// been let in. Dates that bind the office stay: a clock keeps the limits under
// which it began.
//
// Law: 立法法 art. 104: rules are not retroactive; where a flow under way is
// changed for good reason, the reason is on record.
func (s *Service) Upgrade(ctx context.Context, region string, id CaseID, in Upgrade) (Case, error) {
	why, err := cases.Said(in.Reason, drafts.MaxReason)
	if err != nil {
		return Case{}, err
	}
	c, err := cases.Load(ctx, s.DB, region, id)
	if err != nil {
		return Case{}, err
	}
	if c.ItemVersion == in.To { // the command ran before
		return c, nil
	}
	before, after, err := s.versions(ctx, c, in)
	if err != nil {
		return Case{}, err
	}
	in.Reason = why
	err = offers.Write(ctx, s.DB, func(tx *db.Tx) error {
		w, err := loadWork(ctx, tx, region, id)
		switch {
		case err != nil:
			return err
		case !w.c.State.Open():
			return cases.ErrClosed
		case w.c.ItemVersion != in.From:
			return ErrVersionMoved.With("version", w.c.ItemVersion)
		}
		if w.flow != nil {
			if err := s.upgradeFlow(ctx, tx, &w, before, after, in); err != nil {
				return err
			}
		}
		w.c.ItemVersion = in.To
		cases.SetVersion(tx, &w.c)
		s.tell(ctx, tx, &w.c, event{kind: "case.upgraded", org: w.c.Org, orgName: w.c.OrgName, text: why,
			details: map[string]any{"from": in.From, "to": in.To, "mapping": in.Mapping}}, nil)
		cases.Update(tx, &w.c, w.c.State)
		c = w.c
		return nil
	})
	return c, err
}

func (s *Service) upgradeFlow(ctx context.Context, tx *db.Tx, w *work, before, after *offers.Ready, in Upgrade) error {
	if plan := upgradePlan(w, before, after, in); !plan.Possible() {
		return ErrNoUpgrade
	}
	m := &passage{w: w, o: after, now: s.Clock.Now()}
	var err error
	if m.before, err = loadPast(ctx, tx, &w.c); err != nil {
		return err
	}
	app, err := s.application(ctx, tx, m)
	if err != nil {
		return err
	}
	f := w.flow.Instance
	changes, err := migrate.Apply(s.engine, before.Process, after.Process, f, in.Mapping, m.now.In(calendar.Zone))
	if err != nil {
		return flowFault(err)
	}
	f.Vars = upgradedVars(f.Vars, in.Mapping, after, after.Answers(app.Situation, app.Form))
	if err := s.carry(ctx, tx, m, changes); err != nil {
		return err
	}
	desk.Rename(tx, s.renamed(m, changes))
	flows.Update(tx, &w.c, w.flow)
	s.settle(ctx, tx, m)
	for _, t := range f.Timers() {
		s.reset(tx, w, t) // a clock that stands keeps standing
	}
	return nil
}

// upgradedVars gives the flow the answers that only the new version looks at,
// and what renamed steps have given under their new ids.
func upgradedVars(old map[string]any, mapping map[string]string, o *offers.Ready, answers map[string]string) map[string]any {
	vars := maps.Clone(old)
	for _, id := range o.Wanted {
		if _, there := vars[id]; !there {
			vars[id] = answers[id]
		}
	}
	outcomes, _ := vars["outcomes"].(map[string]any)
	outcomes = maps.Clone(outcomes)
	for from, to := range mapping {
		for k, v := range old {
			if rest, ok := strings.CutPrefix(k, from+"_"); ok && slices.Contains([]string{"outcome", "opinion", "votes"}, rest) {
				vars[to+"_"+rest] = v
			}
		}
		if v, ok := outcomes[from]; ok {
			outcomes[to] = v
		}
	}
	if outcomes != nil {
		vars["outcomes"] = outcomes
	}
	return vars
}

// renamed are the open steps as the new version calls them, with its limits.
func (s *Service) renamed(m *passage, changes []bpmn.Change) []Task {
	var out []Task
	for _, ch := range changes {
		i := slices.IndexFunc(m.before.tasks, func(t Task) bool { return string(t.ID) == ch.ID && t.State == TaskOpen })
		if ch.Kind != bpmn.Moved || i < 0 {
			continue
		}
		t := m.before.tasks[i]
		if t.Element = ch.Element; !strings.Contains(ch.Name, "{") && ch.Name != "" && t.Signer == "" {
			t.Name = ch.Name
		}
		if limit := m.o.StepLimit(ch.Element, ch.Attrs["limit"]); t.Role != RoleApplicant && limit != (calendar.Limit{}) {
			t.Limit = limit
			end := m.w.c.Step(s.Calendar, t)
			t.Due, t.DueUnit = end.At, end.Unit
		}
		out = append(out, t)
	}
	return out
}
