package upgrades

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sort"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/migrate"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// MayUpgrade is needed to move running cases to another version.
var MayUpgrade = authz.Define("casework.upgrade", "move running cases of an item to another version of its flow, with the reason; not to read them")

// Most is how many cases one order moves; the next order goes on with the rest.
const Most = 50

// Items gives versions of items.
type Items interface {
	OfferVersion(ctx context.Context, region, code string, version int) (*catalogue.Offer, error)
	Versions(ctx context.Context, region, code string) ([]catalogue.Version, error)
}

// Desk moves cases of a casework service.
type Desk struct {
	s     *casework.Service
	items Items
}

// On gives the desk of a service.
func On(s *casework.Service, items Items) Desk { return Desk{s, items} }

// Count is how many running cases follow one version.
type Count struct {
	Version, Cases int
}

// Order says which cases move where, and how.
type Order struct {
	Region, Item string
	From, To     int
	Mapping      map[string]string // elements of the flow; those that are not in it keep their id
	Cases        []casework.CaseID // empty: all, the oldest first, Most at a time
	After        casework.CaseID   // only those after this one: where the order before ended
	Reason       string
}

// item is the item as it is now, when the caller may move its cases.
func (d Desk) item(ctx context.Context, region, code string) (*catalogue.Offer, error) {
	list, err := d.items.Versions(ctx, region, code)
	if err != nil {
		return nil, err
	}
	o, err := d.items.OfferVersion(ctx, region, code, list[0].Number)
	if err != nil {
		return nil, err
	}
	return o, authz.Require(ctx, MayUpgrade, authz.Object{Region: o.Region, Orgs: []string{o.Org}})
}

// Item is the newest version of an item, for whoever may move its cases.
func (d Desk) Item(ctx context.Context, region, code string) (*catalogue.Offer, error) {
	return d.item(ctx, region, code)
}

// Versions counts the running cases of an item by version, the newest first,
// with the newest version even when no case follows it.
func (d Desk) Versions(ctx context.Context, region, item string) ([]Count, error) {
	newest, err := d.item(ctx, region, item)
	if err != nil {
		return nil, err
	}
	list, err := countByVersion(ctx, d.s.DB, region, item)
	if !slices.ContainsFunc(list, func(c Count) bool { return c.Version == newest.Version }) {
		list = append([]Count{{Version: newest.Version}}, list...)
	}
	return list, err
}

// Step is what becomes of one place in a case.
type Step = migrate.Step

// Case is one case of an order.
type Case struct {
	ID     casework.CaseID
	Number string
	Fits   bool
	Steps  []Step // what becomes of it
	Err    error  // why it cannot move at all
}

// Want is an element of the old flow on which cases stand and which the new
// flow does not have, or has differently.
type Want struct {
	Element, Name string
	To            string   // proposed or chosen
	Choices       []Choice // elements of the same kind in the new flow
}

// Choice is an element that another one can become.
type Choice struct{ Element, Name string }

// Plan is what an order would do.
type Plan struct {
	Order
	Cases []Case
	More  bool // there are more cases than an order moves at a time
	Wants []Want
}

// Fits counts the cases that can move.
func (p Plan) Fits() (n int) {
	for _, c := range p.Cases {
		if c.Fits {
			n++
		}
	}
	return n
}

// Plan says what would become of each case; nothing changes. Elements that
// have no place in the new version are mapped by their names as far as that
// says which, unless the order says otherwise.
func (d Desk) Plan(ctx context.Context, o Order) (Plan, error) {
	before, after, err := d.processes(ctx, o)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Order: o}
	list, err := d.cases(ctx, o)
	if err != nil {
		return p, err
	}
	if p.More = len(list) > Most; p.More {
		list = list[:Most]
	}
	p.Mapping = map[string]string{}
	for from, to := range o.Mapping {
		if from != to && after.Element(to) != nil && before.Element(from) != nil {
			p.Mapping[from] = to
		}
	}
	for round := range 2 { // the second time with what was proposed in the first
		p.Cases = p.Cases[:0]
		for _, c := range list {
			plan, err := d.s.PlanUpgrade(ctx, o.Region, c.ID, casework.Upgrade{From: o.From, To: o.To, Mapping: p.Mapping})
			c.Steps, c.Err, c.Fits = plan.Steps, err, err == nil && plan.Possible()
			p.Cases = append(p.Cases, c)
		}
		if p.Wants = wants(p, before, after); round == 0 && !propose(&p) {
			break
		}
	}
	return p, nil
}

// processes are the flows of both versions, for whoever may move cases.
func (d Desk) processes(ctx context.Context, o Order) (before, after *bpmn.Process, err error) {
	if _, err = d.item(ctx, o.Region, o.Item); err != nil {
		return nil, nil, err
	}
	for v, to := range map[int]**bpmn.Process{o.From: &before, o.To: &after} {
		offer, err := d.items.OfferVersion(ctx, o.Region, o.Item, v)
		if err != nil {
			return nil, nil, err
		}
		m, err := bpmn.Parse(bytes.NewReader(offer.Flow))
		if err != nil {
			return nil, nil, err
		}
		if *to = m.Process(""); *to == nil {
			return nil, nil, fault.Internal("casework.flow")
		}
	}
	return before, after, nil
}

func (d Desk) cases(ctx context.Context, o Order) ([]Case, error) {
	if len(o.Cases) > Most {
		o.Cases = o.Cases[:Most]
	}
	return running(ctx, d.s.DB, o, Most+1)
}

// wants lists the elements that need a place: those of refused steps, and those
// that are mapped already.
func wants(p Plan, before, after *bpmn.Process) []Want {
	var out []Want
	seen := map[string]bool{}
	for _, c := range p.Cases {
		for _, s := range c.Steps {
			el := before.Element(s.Element)
			if el == nil || seen[s.Element] || s.Outcome != migrate.Refused && p.Mapping[s.Element] == "" {
				continue
			}
			seen[s.Element] = true
			w := Want{Element: el.ID, Name: cmp.Or(el.Name, el.ID), To: p.Mapping[el.ID]}
			for _, other := range after.Elements {
				if other.Kind == el.Kind {
					w.Choices = append(w.Choices, Choice{other.ID, cmp.Or(other.Name, other.ID)})
				}
			}
			out = append(out, w)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return before.Element(out[i].Element).Index < before.Element(out[j].Element).Index
	})
	return out
}

// propose maps elements to the only one that has the same name; it tells
// whether it found any.
func propose(p *Plan) bool {
	found := false
	for _, w := range p.Wants {
		var same []string
		for _, c := range w.Choices {
			if c.Name == w.Name {
				same = append(same, c.Element)
			}
		}
		if p.Mapping[w.Element] == "" && len(same) == 1 && same[0] != w.Element {
			p.Mapping[w.Element], found = same[0], true
		}
	}
	return found
}

// Done is what became of one case.
type Done struct {
	ID     casework.CaseID
	Number string
	Err    error // nil: it moved
}

// Result is what an order did.
type Result struct {
	Done []Done
	Next casework.CaseID // where the next order goes on; "" when this was the last
}

// Moved counts the cases that moved.
func (r Result) Moved() (n int) {
	for _, d := range r.Done {
		if d.Err == nil {
			n++
		}
	}
	return n
}

// Run moves up to Most cases, each in a commit of its own. What cannot move
// stays as it is and does not hold up the others.
func (d Desk) Run(ctx context.Context, o Order) (Result, error) {
	if _, _, err := d.processes(ctx, o); err != nil {
		return Result{}, err
	}
	if o.Reason == "" {
		return Result{}, casework.ErrNeedReason
	}
	list, err := d.cases(ctx, o)
	if err != nil {
		return Result{}, err
	}
	var out Result
	if len(list) > Most {
		list = list[:Most]
		out.Next = list[Most-1].ID
	}
	for _, c := range list {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		// Because: one key stands for the whole order; a case that has moved is left alone anyway.
		_, err := d.s.Upgrade(once.With(ctx, ""), o.Region, c.ID, casework.Upgrade{From: o.From, To: o.To, Mapping: o.Mapping, Reason: o.Reason})
		if err != nil && !fault.IsKind(err, fault.KindConflict) && !fault.IsKind(err, fault.KindInvalid) {
			return out, err
		}
		out.Done = append(out.Done, Done{c.ID, c.Number, err})
	}
	return out, nil
}
