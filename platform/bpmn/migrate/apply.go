package migrate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/platform/bpmn"
	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/state"
)

// Apply moves an instance to the new version, suspended or not. It does what
// Preview says, or refuses with bpmn.ErrMigrate and the reasons.
func Apply(e *bpmn.Engine, old, new *definition.Process, in *state.Instance, m Mapping, now time.Time) ([]bpmn.Change, error) {
	plan := Preview(old, new, in, m)
	if !plan.Possible() {
		var why []string
		for _, s := range plan.Steps {
			if s.Outcome == Refused {
				why = append(why, strings.TrimSpace(s.Element+" "+s.Reason))
			}
		}
		return nil, fmt.Errorf("migrate %s: %w: %s", in.Process, bpmn.ErrMigrate, strings.Join(why, "; "))
	}
	c := &check{old: old, new: new, in: in.Snapshot(), m: m, changed: map[int]bool{}}
	c.all()
	changes := c.changes(plan, now)
	c.move(plan)
	more, err := e.Watch(new, c.in, c.added, now)
	if err != nil {
		return nil, fmt.Errorf("migrate %s: %w", in.Process, err)
	}
	*in = *c.in
	return append(changes, more...), nil
}

// changes tells the caller what moved and what was cancelled.
func (c *check) changes(plan Plan, now time.Time) []bpmn.Change {
	var list []bpmn.Change
	for _, s := range plan.Steps {
		ch := bpmn.Change{ID: s.ID, Element: s.Element, At: now}
		switch {
		case s.What == "task":
			def := c.new.Find(s.To).Def()
			ch.Kind, ch.Element, ch.Name, ch.Attrs = bpmn.Moved, s.To, def.Name, def.Attrs
			if ch.Attrs == nil {
				ch.Attrs = map[string]string{}
			}
			ch.Attrs["from"] = s.Element
		case s.Outcome == Cancelled && s.What == "timer":
			ch.Kind, ch.Attrs = bpmn.TimerCancelled, map[string]string{"reason": bpmn.ReasonMigrated}
		case s.Outcome == Cancelled:
			ch.Kind, ch.Attrs = bpmn.WaitCancelled, map[string]string{"reason": bpmn.ReasonMigrated}
		default:
			continue
		}
		list = append(list, ch)
	}
	return list
}

// move rewrites the state.
func (c *check) move(plan Plan) {
	gone := map[string]bool{}
	for _, s := range plan.Steps {
		if s.Outcome == Cancelled {
			gone[s.ID] = true
		}
	}
	for _, t := range c.in.Everybody() {
		c.waitsOf(t, gone)
		if t.Proc != 0 || t == &c.in.Root {
			continue
		}
		t.At = c.m.of(t.At)
		if t.Wait != "" {
			t.Wait = c.m.of(t.Wait)
		}
		t.Trail = c.trail(t.Trail)
	}
	for i := range c.in.Frames {
		f := &c.in.Frames[i]
		f.At, f.Trail = c.m.of(f.At), c.trail(f.Trail)
	}
	for i := range c.in.Calls {
		if c.changed[i] { // what was passed in it means nothing in the new one
			c.in.Calls[i].Seen = nil
		}
	}
	c.in.Seen, c.in.Undo, c.in.Process = c.seen(), nil, c.new.ID
}

// waitsOf drops cancelled timers and subscriptions and renames the others,
// except those of called processes.
func (c *check) waitsOf(t *state.Token, gone map[string]bool) {
	own := func(in bool) bool { return t.Proc == 0 && !(in && t.Call > 0) }
	t.Timers = slices.DeleteFunc(slices.Clone(t.Timers), func(d state.Timer) bool { return gone[d.ID] })
	for i := range t.Timers {
		if d := &t.Timers[i]; own(d.In) {
			d.El = c.m.of(d.El)
		}
	}
	t.Subs = slices.DeleteFunc(slices.Clone(t.Subs), func(s state.Wait) bool { return gone[s.ID] })
	for i := range t.Subs {
		if s := &t.Subs[i]; own(s.In) {
			s.El = c.m.of(s.El)
		}
	}
}

func (c *check) trail(list []state.Step) []state.Step {
	var out []state.Step
	for _, s := range list {
		if c.known(s) {
			out = append(out, state.Step{El: c.m.of(s.El), At: c.m.of(s.At), Arr: c.arrivals(s.Arr)})
		}
	}
	return out
}

func (c *check) arrivals(list []state.Arrival) []state.Arrival {
	var out []state.Arrival
	for _, a := range list {
		out = append(out, state.Arrival{Flow: c.m.of(a.Flow), At: c.m.of(a.At), Trail: c.trail(a.Trail), Sub: c.arrivals(a.Sub)})
	}
	return out
}

// seen carries over what has been passed, for the picture.
func (c *check) seen() []byte {
	passed := func(bit int) bool {
		return bit/8 < len(c.in.Seen) && c.in.Seen[bit/8]&(1<<(bit%8)) != 0
	}
	out := make([]byte, (len(c.new.Elements)+len(c.new.Flows)+7)/8)
	set := func(bit int) { out[bit/8] |= 1 << (bit % 8) }
	for _, el := range c.old.Elements {
		if to := c.new.Element(c.m.of(el.ID)); to != nil && passed(el.Index) {
			set(to.Index)
		}
	}
	for _, f := range c.old.Flows {
		if !passed(len(c.old.Elements) + f.Index) {
			continue
		}
		for _, g := range c.new.Flows {
			if g.ID == c.m.of(f.ID) {
				set(len(c.new.Elements) + g.Index)
			}
		}
	}
	return out
}
