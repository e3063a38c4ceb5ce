package casework

import (
	"context"
	"slices"
	"strings"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/versions"
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
	if w.flow == nil { // nothing to plan yet
		return migrate.Plan{}, nil
	}
	return versions.Plan(before, after, w.flow.Instance, in.Mapping), nil
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
	if !versions.SameApplication(before.Offer, after.Offer) {
		return nil, nil, ErrOtherContent
	}
	return before, after, nil
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
	if plan := versions.Plan(before, after, w.flow.Instance, in.Mapping); !plan.Possible() {
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
	f.Vars = versions.Vars(f.Vars, in.Mapping, after, after.Answers(app.Situation, app.Form))
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
		if limit := m.o.Share(ch.Element, ch.Attrs["limit"], m.w.c.Terms); t.Role != RoleApplicant && limit != (calendar.Limit{}) {
			t.Limit = limit
			end := m.w.c.Step(s.Calendar, t)
			t.Due, t.DueUnit = end.At, end.Unit
		}
		out = append(out, t)
	}
	return out
}
