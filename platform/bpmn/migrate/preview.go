package migrate

import (
	"fmt"
	"slices"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
	"tongban/platform/bpmn/state"
)

// Mapping says which element (or flow) of the new version takes the place of
// one of the old. What is not in it keeps its id.
type Mapping map[string]string

func (m Mapping) of(id string) string {
	if to := m[id]; to != "" {
		return to
	}
	return id
}

// Outcome is what becomes of one thing.
type Outcome string

// Outcomes.
const (
	Kept      Outcome = "kept"
	Moved     Outcome = "moved"
	Cancelled Outcome = "cancelled"
	Added     Outcome = "added"
	Forgotten Outcome = "forgotten"
	Refused   Outcome = "refused"
)

// Step is what becomes of one task, timer, subscription, place or past step.
type Step struct {
	What    string // task, timer, wait, place or past
	ID      string // of task, timer or subscription
	Element string // in the old version; empty when added
	To      string // in the new version
	Outcome Outcome
	Reason  string // refused: one sentence
}

// Plan is what a migration would do.
type Plan struct{ Steps []Step }

// Possible reports whether nothing is refused.
func (p Plan) Possible() bool {
	return !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Outcome == Refused })
}

// Preview says what would become of an instance under a new version.
func Preview(old, new *definition.Process, in *state.Instance, m Mapping) Plan {
	c := &check{old: old, new: new, in: in, m: m, changed: map[int]bool{}}
	switch {
	case in.Ended():
		c.refuse("place", "", "", "the instance is over")
	case in.Process != old.ID:
		c.refuse("place", "", "", fmt.Sprintf("the instance belongs to %q, not %q", in.Process, old.ID))
	default:
		c.all()
	}
	return Plan{c.steps}
}

type check struct {
	old, new *definition.Process
	in       *state.Instance
	m        Mapping
	steps    []Step
	added    []string     // events that are new where something stands
	changed  map[int]bool // called processes that are others in the new version, by position
}

func (c *check) refuse(what, id, element, reason string) {
	c.steps = append(c.steps, Step{What: what, ID: id, Element: element, To: c.m.of(element), Outcome: Refused, Reason: reason})
}

func (c *check) say(what, id, element, to string) {
	s := Step{What: what, ID: id, Element: element, To: to, Outcome: Kept}
	if element != to {
		s.Outcome = Moved
	}
	c.steps = append(c.steps, s)
}

func (c *check) all() {
	for _, t := range c.in.Tokens {
		if t.Proc == 0 {
			c.token(t)
		}
	}
	for _, t := range c.in.Tokens {
		if t.Proc == 0 {
			c.branches(t)
		}
	}
	c.called()
	c.waits(&c.in.Root, nil, c.new.Triggers, c.old.Triggers)
	c.past()
}

// token checks the place of one token.
func (c *check) token(t *state.Token) {
	old, to := c.old.Element(t.At), c.new.Element(c.m.of(t.At))
	what, id := "place", ""
	if len(t.Tasks) > 0 {
		what, id = "task", t.Tasks[0].ID
	}
	switch {
	case old == nil:
		c.refuse(what, id, t.At, "the old version has no such element")
	case to == nil:
		c.refuse(what, id, t.At, fmt.Sprintf("the new version has no element %q; map it to one", c.m.of(t.At)))
	case to.Kind != old.Kind:
		c.refuse(what, id, t.At, fmt.Sprintf("%q is a %s, not a %s", to.ID, to.Kind, old.Kind))
	case (to.Event == nil) != (old.Event == nil) || to.Event != nil && to.Event.Kind != old.Event.Kind:
		c.refuse(what, id, t.At, fmt.Sprintf("%q waits for something else", to.ID))
	case !c.inside(t, to):
		c.refuse(what, id, t.At, fmt.Sprintf("%q is not inside the same sub-process", to.ID))
	case t.Loop != nil && old.Loop != nil && (to.Loop == nil || to.Loop.Sequential != old.Loop.Sequential || to.Loop.Standard != old.Loop.Standard),
		t.Loop == nil && old.Loop == nil && to.Loop != nil && t.Inst == 0:
		c.refuse(what, id, t.At, fmt.Sprintf("%q is done another number of times", to.ID))
	case t.Wait != "" && c.flow(t.Wait, to) == nil:
		c.refuse(what, id, t.At, fmt.Sprintf("what waits at the join came by the flow %q, which does not lead to %q; map it to one that does", c.m.of(t.Wait), to.ID))
	default:
		if len(t.Tasks) == 0 {
			c.say("place", "", t.At, to.ID)
		}
		for _, k := range t.Tasks {
			c.say("task", k.ID, t.At, to.ID)
		}
		c.watched(t, old, to)
	}
}

// inside reports whether the new place is inside what the token's host becomes.
func (c *check) inside(t *state.Token, to *definition.Element) bool {
	if t.Scope == 0 {
		return to.Parent == nil
	}
	for _, h := range c.in.Tokens {
		if h.ID != t.Scope {
			continue
		}
		if t.Inst > 0 { // an instance of a loop stands on the same element as the loop
			return c.m.of(h.At) == to.ID
		}
		return to.Parent != nil && to.Parent.ID == c.m.of(h.At)
	}
	return false
}

// flow finds the flow by which a token waits at a join.
func (c *check) flow(id string, join *definition.Element) *definition.Flow {
	for _, f := range join.In {
		if f.ID == c.m.of(id) {
			return f
		}
	}
	return nil
}

// watched compares the events on the border of an activity and inside it.
func (c *check) watched(t *state.Token, old, to *definition.Element) {
	outer, outerOld := to.Boundaries, old.Boundaries
	switch {
	case t.Inst > 0 || t.Wait != "":
		outer, outerOld = nil, nil
	case to.Kind == draw.ByEvent:
		outer, outerOld = heads(to), heads(old)
	}
	inner, innerOld := to.Triggers, old.Triggers
	if t.Loop != nil || t.Call > 0 {
		inner, innerOld = nil, nil
	}
	c.waits(t, outer, inner, append(slices.Clone(outerOld), innerOld...))
}

func heads(gate *definition.Element) []*definition.Element {
	var list []*definition.Element
	for _, f := range gate.Out {
		list = append(list, f.To)
	}
	return list
}

// waits says what becomes of timers and subscriptions, and which are new.
func (c *check) waits(t *state.Token, outer, inner, before []*definition.Element) {
	at := append(slices.Clone(outer), inner...)
	here := func(id string) *definition.Element {
		for _, el := range at {
			if el.ID == c.m.of(id) {
				return el
			}
		}
		if el := c.new.Element(c.m.of(id)); el != nil && el.ID == c.m.of(t.At) {
			return el // the event itself
		}
		return nil
	}
	one := func(what, id, element, kind string) {
		if el := here(element); el != nil && el.Event != nil && string(el.Event.Kind) == kind {
			c.say(what, id, element, el.ID)
		} else {
			c.steps = append(c.steps, Step{What: what, ID: id, Element: element, Outcome: Cancelled})
		}
	}
	for _, d := range t.Timers {
		if !(d.In && t.Call > 0) {
			one("timer", d.ID, d.El, string(definition.OnTimer))
		}
	}
	for _, s := range t.Subs {
		if !(s.In && t.Call > 0) {
			one("wait", s.ID, s.El, s.Kind)
		}
	}
	for _, el := range at {
		known := slices.ContainsFunc(before, func(o *definition.Element) bool { return c.m.of(o.ID) == el.ID })
		if !known && el.Event != nil && el.Event.Kind != definition.OnError && el.Event.Kind != definition.OnEscalate {
			what := "wait"
			if el.Event.Kind == definition.OnTimer {
				what = "timer"
			}
			c.steps = append(c.steps, Step{What: what, To: el.ID, Outcome: Added})
			if !slices.Contains(c.added, el.ID) {
				c.added = append(c.added, el.ID)
			}
		}
	}
}

// branches checks that the forks around a token mean the same in the new version.
func (c *check) branches(t *state.Token) {
	to := c.new.Element(c.m.of(t.At))
	if to == nil || t.Inst > 0 {
		return
	}
	around := map[string]bool{}
	for f := c.in.Frame(t.Frame); f != nil && f.Host == 0; f = c.in.Frame(f.Up) {
		if f.Side || f.At == "" {
			around[c.m.of(f.At)] = true
			continue
		}
		old, fork := c.old.Element(f.At), c.new.Element(c.m.of(f.At))
		if fork == nil || fork.Parent != to.Parent {
			c.refuse("place", "", t.At, fmt.Sprintf("the branches begin at %q, which the new version lacks here", c.m.of(f.At)))
			return
		}
		around[fork.ID] = true
		mine := c.lanes(fork, t, to)
		if len(mine) == 0 {
			c.refuse("place", "", t.At, fmt.Sprintf("%q is in no branch of %q", to.ID, fork.ID))
			return
		}
		for _, o := range c.in.Tokens {
			if o.ID <= t.ID || !c.within(o, f.ID) || o.Proc != 0 || o.Scope != t.Scope {
				continue
			}
			there := c.new.Element(c.m.of(o.At))
			if there == nil || old == nil {
				continue
			}
			if overlap(mine, c.lanes(fork, o, there)) && !overlap(oldLanes(old, c.old, t), oldLanes(old, c.old, o)) {
				c.refuse("place", "", o.At, fmt.Sprintf("%q and %q are in the same branch of %q, and two branches stand there", to.ID, there.ID, fork.ID))
			}
		}
	}
	for _, fork := range c.new.Elements {
		if fork.Parent != to.Parent || len(fork.Out) < 2 || around[fork.ID] || fork.Kind == draw.Exclusive || fork.Kind == draw.ByEvent || fork.ID == to.ID {
			continue
		}
		if len(c.lanes(fork, t, to)) > 0 {
			c.refuse("place", "", t.At, fmt.Sprintf("%q is in a branch of %q, which was not passed", to.ID, fork.ID))
		}
	}
}

// lanes lists the branches of a fork a token stands in; one that waits at the
// join stands in the branch it came by.
func (c *check) lanes(fork *definition.Element, t *state.Token, at *definition.Element) []int {
	meet, _ := definition.Meet(fork)
	if t.Wait != "" {
		f := c.flow(t.Wait, at)
		if f == nil {
			return nil
		}
		if f.From == fork {
			return []int{slices.Index(fork.Out, f)}
		}
		at = f.From
	}
	return definition.Branches(fork, meet, at)
}

func oldLanes(fork *definition.Element, p *definition.Process, t *state.Token) []int {
	c := &check{new: p, m: nil}
	at := p.Element(t.At)
	if at == nil {
		return nil
	}
	return c.lanes(fork, t, at)
}

func overlap(a, b []int) bool {
	return slices.ContainsFunc(a, func(x int) bool { return slices.Contains(b, x) })
}

func (c *check) within(t *state.Token, id int) bool {
	for f := c.in.Frame(t.Frame); f != nil && !f.Side; f = c.in.Frame(f.Up) {
		if f.ID == id {
			return true
		}
	}
	return false
}

// past says which done steps cannot be gone back to any more.
func (c *check) past() {
	said := map[string]bool{}
	forget := func(trail []state.Step) {
		for _, s := range trail {
			if !c.known(s) && !said[s.El] {
				said[s.El] = true
				c.steps = append(c.steps, Step{What: "past", Element: s.El, Outcome: Forgotten})
			}
		}
	}
	for _, t := range c.in.Tokens {
		if t.Proc == 0 {
			forget(t.Trail)
		}
	}
	for _, f := range c.in.Frames {
		forget(f.Trail)
	}
}

// known reports whether a past step means something in the new version. A join
// does only when all the flows that came together in it still lead to it.
func (c *check) known(s state.Step) bool {
	el := c.new.Element(c.m.of(s.El))
	if el == nil || s.Arr == nil {
		return el != nil
	}
	var fits func([]state.Arrival) bool
	fits = func(list []state.Arrival) bool {
		for _, a := range list {
			if a.Flow != "" && c.flow(a.Flow, el) == nil || !fits(a.Sub) {
				return false
			}
			if slices.ContainsFunc(a.Trail, func(s state.Step) bool { return !c.known(s) }) {
				return false
			}
		}
		return true
	}
	return fits(s.Arr) && (s.At == "" || c.new.Element(c.m.of(s.At)) != nil)
}
