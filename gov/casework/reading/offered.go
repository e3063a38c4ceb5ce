package reading

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/desk"
	"tongban/gov/casework/flows"
	"tongban/gov/casework/people"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/auth"
	"tongban/platform/authz"
)

// MayTask lets officers of the task's office act, and whom it was delegated to.
func MayTask(ctx context.Context, t desk.Task) error {
	p := auth.From(ctx)
	if t.Role == desk.RoleApplicant {
		return cases.ErrWithApplicant
	}
	if t.Delegation.Waiting() && t.Delegation.To == p.ID {
		return nil
	}
	return desk.Touches(ctx, desk.Permission(t.Role), t.Region, t.Org)
}

// Step is one step of a flow, for choosing where to send something back to.
type Step struct{ Element, Name string }

// Offered is what the flow allows at an open step besides giving a result.
type Offered struct {
	Operations []string // of rights.Operations
	Returns    []Step   // where it may be sent back to
	Returned   bool     // the flow itself leads back after the result Return
}

// Has tells whether an operation is allowed.
func (o Offered) Has(operation string) bool { return slices.Contains(o.Operations, operation) }

// Offers tells what the flow allows at a step to whoever may do it. Nothing is
// allowed at acceptance, which has its own verbs, and at steps that are closed.
func (s *Service) Offers(ctx context.Context, region string, id desk.TaskID) (Offered, error) {
	var out Offered
	w, err := flows.LoadTask(ctx, s.DB, region, id)
	if err != nil {
		return out, err
	}
	if err := MayTask(ctx, w.Task); err != nil && desk.Touches(ctx, desk.MayDispatch, w.Task.Region, w.Task.Org) != nil {
		return out, err
	}
	if w.Flow == nil || w.Task.State != desk.TaskOpen {
		return out, nil
	}
	o, err := s.Shelf.Fetch(ctx, w.Case.Region, w.Case.Item, w.Case.ItemVersion)
	if err != nil {
		return out, err
	}
	for _, op := range rights.Operations {
		if o.Rights(w.Task.Element).Allows(op) == nil {
			out.Operations = append(out.Operations, op)
		}
	}
	if out.Has(rights.Return) {
		for _, d := range s.Engine.ReturnTargets(o.Process, w.Flow.Instance, string(id)) {
			out.Returns = append(out.Returns, Step{Element: d.ID, Name: cmp.Or(d.Name, d.ID)})
		}
	}
	out.Returned = o.Returns(w.Task.Element)
	return out, nil
}

// Colleagues lists the officers to whom a task may be transferred within an
// office, or who may be asked for an opinion; org "" is the task's own office.
func (s *Service) Colleagues(ctx context.Context, region string, id desk.TaskID, org string) ([]people.Officer, error) {
	t, err := desk.Load(ctx, s.DB, region, id)
	if err != nil {
		return nil, err
	}
	if err := MayTask(ctx, t); err != nil {
		if err := desk.Touches(ctx, desk.MayDispatch, t.Region, t.Org); err != nil {
			return nil, err
		}
	}
	var all []people.Officer
	for _, role := range []string{desk.RoleExaminer, desk.RoleDecider} { // administrators and supervisors give no opinions on cases
		list, err := s.Offices.Officers(ctx, region, cmp.Or(org, t.Org), role)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if o.Account != auth.From(ctx).ID && !slices.ContainsFunc(all, func(x people.Officer) bool { return x.Account == o.Account && x.Org == o.Org }) {
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// OfficesOf lists the offices of a region, for choosing where a task goes.
func (s *Service) OfficesOf(ctx context.Context, region string) ([]people.Office, error) {
	if !auth.From(ctx).SignedIn() {
		return nil, authz.ErrSignIn
	}
	return s.Offices.Offices(ctx, region)
}

// Awaits lists the messages that a case waits for now, for whoever may read it.
func (s *Service) Awaits(ctx context.Context, region string, id terms.CaseID) ([]caseflow.Awaited, error) {
	c, err := s.Visible(ctx, region, id)
	if err != nil {
		return nil, err
	}
	w, err := flows.Load(ctx, s.DB, region, id)
	if err != nil || w.Flow == nil || w.Flow.Instance.Ended() {
		return nil, err
	}
	o, err := s.Shelf.Fetch(ctx, c.Region, c.Item, c.ItemVersion)
	if err != nil {
		return nil, err
	}
	return caseflow.Awaits(o.Process, w.Flow.Instance), nil
}
