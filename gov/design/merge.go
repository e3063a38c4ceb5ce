package design

import (
	"context"
	"strings"

	"tongban/gov/design/parts"
	"tongban/gov/design/plan"
	"tongban/gov/design/sheets"
	"tongban/platform/calendar"
	"tongban/platform/dmn/table"
)

// Two people change one draft. Everything that is edited in small steps says which
// values it touched (history); what the other left alone goes in, and what both
// changed is a conflict that a person decides. Parts, the tree of steps and tables
// go the same way, at the paths item/…, flow/STEP/… and tables/DECISION/….

type merging struct{}

// merges tells whether an edit sorts itself out with what others did meanwhile.
func merges(ctx context.Context, act string) bool {
	return strings.HasPrefix(act, "design.part.") || ctx.Value(merging{}) != nil
}

func withMerging(ctx context.Context) context.Context { return context.WithValue(ctx, merging{}, true) }

// maxOld bounds what the history keeps of a whole tree or table that was replaced,
// in bytes.
const maxOld = 64 << 10

// note puts into the history what an act changed in the tree and the tables.
func (d *Draft) note(act string, before Draft) {
	part := partOf(act)
	if part == "" {
		return
	}
	var changes []parts.Change
	if part == "flow" {
		switch {
		case before.Tree != nil && d.Tree != nil:
			_, changes = parts.Differing("flow", before.Tree.Values(), d.Tree.Values())
		case before.Tree != nil:
			_, changes = parts.Differing("flow", before.Tree.Values(), nil)
		default:
			changes = []parts.Change{{Path: "flow"}}
		}
	} else {
		_, changes = parts.Differing("tables", before.tableValues(), d.tableValues())
	}
	for i := range changes {
		if len(changes[i].Old) > maxOld {
			changes[i].Old = nil
		}
	}
	d.History = d.History.With(parts.Entry{Version: d.Version + 1, Part: part, Act: actOf(act), Changes: changes})
}

func (d *Draft) tableValues() map[string]any {
	out := map[string]any{}
	for _, t := range d.Sheets() {
		out[t.ID] = sheets.Values(t)
	}
	return out
}

// sorted gives the edits that go in. With conflicts, what two people changed is
// among them, as this person has it, for the page that asks again.
func sorted(now any, edits []parts.Edit, d *Draft, version int, force bool) ([]parts.Edit, []parts.Conflict, error) {
	since, known := d.History.Since(version)
	if !known || version < 0 || version > d.Version {
		return nil, nil, stale(*d)
	}
	apply, conflicts := parts.Values(now).Merge(edits, since, force)
	for _, c := range conflicts {
		apply = append(apply, parts.Edit{Path: c.Path, Value: c.Mine})
	}
	if len(conflicts) > 0 {
		return apply, conflicts, both(conflicts)
	}
	return apply, nil, nil
}

func both(conflicts []parts.Conflict) error {
	c := conflicts[0]
	return ErrBoth.With("name", c.Name).With("at", c.At.In(calendar.Zone).Format("2006-01-02 15:04")).With("count", len(conflicts))
}

// untouched refuses an act that rests on values which somebody changed since.
func (d *Draft) untouched(version int, paths ...string) error {
	since, known := d.History.Since(version)
	if !known || version < 0 || version > d.Version {
		return stale(*d)
	}
	for _, p := range paths {
		for _, e := range since {
			for _, c := range e.Changes {
				if c.Path == p || strings.HasPrefix(c.Path, p+"/") || strings.HasPrefix(p, c.Path+"/") {
					return ErrStale.With("name", e.Name).With("at", e.At.In(calendar.Zone).Format("2006-01-02 15:04"))
				}
			}
			if e.Act == "imported" {
				return ErrStale.With("name", e.Name).With("at", e.At.In(calendar.Zone).Format("2006-01-02 15:04"))
			}
		}
	}
	return nil
}

// editTree changes the tree of a draft, whatever the version.
func (s *Service) editTree(ctx context.Context, region, item string, version int, change func(*Draft, *plan.Plan, Surroundings) error) (Draft, error) {
	return s.keep(withMerging(ctx), region, item, version, "design.flow.edited", func(d *Draft, a Surroundings) error {
		if d.Tree == nil {
			if d.Version != version {
				return d.stale("flow")
			}
			return ErrNoTree
		}
		p := d.Tree.Clone()
		if err := change(d, &p, a); err != nil {
			return err
		}
		d.Tree = &p
		d.write(a)
		return nil
	})
}

// Edit changes the tree of a draft that was seen at that version, and keeps it.
// Problems do not stop it: work in progress may be incomplete. on are the values
// that the change rests on: when somebody changed one of them since, it is refused.
func (s *Service) Edit(ctx context.Context, region, item string, version int, on func(p *plan.Plan) []string, change func(*plan.Plan) error) (Draft, error) {
	return s.editTree(ctx, region, item, version, func(d *Draft, p *plan.Plan, _ Surroundings) error {
		paths := []string{"flow"}
		if on != nil {
			paths = on(p)
		}
		if err := d.untouched(version, paths...); err != nil {
			return err
		}
		return change(p)
	})
}

// rowOf is the path to the row that a step is in.
func rowOf(p *plan.Plan, step string) string {
	_, at := p.Find(step)
	return "flow/" + plan.RowAt(at, p.Flow(at.Owner) != nil)
}

// StepAct moves a step (up, down), takes it away (remove), or changes the number of
// its branches (branch, unbranch). What others changed elsewhere stays.
func (s *Service) StepAct(ctx context.Context, region, item string, version int, step, act string, branch int) (Draft, error) {
	on := func(p *plan.Plan) []string {
		switch act {
		case "up", "down":
			return []string{rowOf(p, step)}
		case "remove":
			return []string{rowOf(p, step), "flow/" + step}
		}
		return []string{"flow/" + step + "/branches"}
	}
	return s.Edit(ctx, region, item, version, on, func(p *plan.Plan) error {
		ok := false
		switch act {
		case "up":
			ok = p.Move(step, -1)
		case "down":
			ok = p.Move(step, 1)
		case "remove":
			ok = p.Remove(step)
		case "branch":
			ok = p.AddBranch(step)
		case "unbranch":
			ok = p.RemoveBranch(step, branch)
		}
		if !ok {
			return ErrNoStep
		}
		return nil
	})
}

// SaveStep gives answers about a step, over the draft that was seen at a version:
// fill writes them into a copy. What others changed meanwhile stays unless this
// person changed it too: then nothing is saved, ErrBoth is the error and the
// conflicts say what it is about; shown is the step as it would be if this
// person's values won. With force, they do. offices, when there are any, get a
// branch each (a parallel step).
func (s *Service) SaveStep(ctx context.Context, region, item string, version int, step string, force bool, offices []string, fill func(*plan.Plan, *plan.Step) error) (shown plan.Step, conflicts []parts.Conflict, err error) {
	_, err = s.editTree(ctx, region, item, version, func(d *Draft, p *plan.Plan, a Surroundings) error {
		now, _ := p.Find(step)
		if now == nil {
			if err := d.untouched(version, "flow/"+step); err != nil {
				return err
			}
			return ErrNoStep
		}
		typed := p.Clone()
		x, _ := typed.Find(step)
		if err := fill(&typed, x); err != nil {
			return err
		}
		edits, _ := parts.Differing("flow/"+step, now.Values(), x.Values())
		shown = *x
		apply, both, refused := sorted(map[string]any{"flow": p.Values()}, edits, d, version, force)
		conflicts = both
		values, _ := parts.Plain(now.Values()).(map[string]any)
		for _, e := range apply {
			parts.Put(values, strings.TrimPrefix(e.Path, "flow/"+step+"/"), e.Value)
		}
		if err := now.Take(values); err != nil {
			return ErrTree.With("problem", err.Error()).Because(err)
		}
		if len(conflicts) > 0 {
			shown = *now
		}
		if refused != nil {
			return refused
		}
		if now.Kind == plan.Parallel && len(offices) > 0 {
			if err := d.untouched(version, "flow/"+step+"/branches"); err != nil && !force {
				return err
			}
			p.Spread(step, offices, a.OfficeName)
		}
		if now, _ = p.Find(step); now.Kind == plan.Approve && now.Office != "" && now.Name == plan.FirstName(now.Kind) {
			now.Name = a.OfficeName(now.Office) + now.Name
		}
		return nil
	})
	return shown, conflicts, err
}

// TableEdit is what somebody does to a decision table: Enter writes values into a
// copy of it, Act changes its rules and columns afterwards. Rests are the values
// that Act rests on, by their paths in sheets.Values.
type TableEdit struct {
	Enter func(t *table.Table) error
	Act   func(t *table.Table) error
	Rests []string
	Force bool // its values win over what somebody else changed meanwhile
}

// EditTable changes one decision table of a draft that was seen at a version, and
// keeps it. What does not work yet is kept as well; Check says so. What others
// changed meanwhile stays unless this person changed it too: then nothing is saved,
// ErrBoth is the error, the conflicts say what it is about, and shown is the table
// as it would be if this person's values won.
func (s *Service) EditTable(ctx context.Context, region, item string, version int, decision string, e TableEdit) (out Draft, shown table.Table, conflicts []parts.Conflict, err error) {
	at := "tables/" + decision
	out, err = s.editTables(withMerging(ctx), region, item, version, func(f *table.File, d *Draft, _ Surroundings) error {
		now, ok := f.Table(decision)
		typed, there := f.Table(decision)
		if !ok || !there {
			if err := d.untouched(version, at); err != nil {
				return err
			}
			return ErrNoTable
		}
		if e.Enter != nil {
			if err := e.Enter(&typed); err != nil {
				return err
			}
		}
		edits, _ := parts.Differing(at, sheets.Values(now), sheets.Values(typed))
		shown = typed
		apply, both, refused := sorted(map[string]any{"tables": d.tableValues()}, edits, d, version, e.Force)
		conflicts = both
		for _, x := range apply {
			text, _ := x.Value.(string)
			if !sheets.Set(&now, strings.TrimPrefix(x.Path, at+"/"), text) {
				return ErrNoTable
			}
		}
		if len(conflicts) > 0 {
			shown = now
		}
		if refused != nil {
			return refused
		}
		var rests []string
		for _, r := range e.Rests {
			rests = append(rests, at+"/"+r)
		}
		if err := d.untouched(version, rests...); err != nil {
			return err
		}
		if e.Act != nil {
			if err := e.Act(&now); err != nil {
				return err
			}
		}
		return putTable(f, now)
	})
	return out, shown, conflicts, err
}
