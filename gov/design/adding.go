package design

import (
	"context"

	"tongban/gov/design/plan"
)

// AddStep puts a new step at a place of the tree, short enough for the promise
// of the item where one working day allows it, and returns its id. The kind
// plan.LoopStep is a supplement loop around the step before the place.
func (s *Service) AddStep(ctx context.Context, region, item string, version int, k plan.Kind, at plan.Place) (id string, d Draft, err error) {
	d, err = s.keep(ctx, region, item, version, "design.flow.edited", func(d *Draft, a Surroundings) error {
		if d.Tree == nil {
			return ErrNoTree
		}
		p := d.Tree.Clone()
		d.Tree = &p
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
		d.write(a)
		return nil
	})
	return id, d, err
}
