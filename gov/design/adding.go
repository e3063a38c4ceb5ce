package design

import (
	"context"

	"tongban/gov/design/plan"
)

// AddStep puts a new step at a place of the tree, short enough for the promise
// of the item where one working day allows it, and returns its id. The kind
// plan.LoopStep is a supplement loop around the step before the place.
func (s *Service) AddStep(ctx context.Context, region, item string, version int, k plan.Kind, at plan.Place) (id string, d Draft, err error) {
	d, err = s.editTree(ctx, region, item, version, func(d *Draft, p *plan.Plan, a Surroundings) error {
		if err := d.untouched(version, "flow/"+plan.RowAt(at, p.Flow(at.Owner) != nil)); err != nil {
			return err
		}
		ok := false
		if k == plan.LoopStep {
			id, ok = p.AddLoop(at)
		} else {
			id, ok = p.Add(k, at)
		}
		if !ok {
			return ErrNoStep
		}
		p.Fit(id, a.around(*d).Promise)
		return nil
	})
	return id, d, err
}

// FlowAct adds a called process (add), renames it (name) or takes it away (remove),
// and returns its id.
func (s *Service) FlowAct(ctx context.Context, region, item string, version int, act, flow, name, nameEn string) (id string, d Draft, err error) {
	d, err = s.editTree(ctx, region, item, version, func(d *Draft, p *plan.Plan, a Surroundings) error {
		id = flow
		if act == "add" {
			id = p.AddFlow(name, nameEn)
			return nil
		}
		if err := d.untouched(version, "flow/"+flow); err != nil {
			return err
		}
		f := p.Flow(flow)
		switch {
		case f == nil:
			return ErrNoStep
		case act == "name":
			f.Name, f.NameEn = name, nameEn
		case act != "remove":
			return ErrNoStep
		case !p.RemoveFlow(flow):
			return ErrFlowCalled.With("flow", f.Name)
		}
		return nil
	})
	return id, d, err
}
