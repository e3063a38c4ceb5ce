package migrate

import (
	"fmt"

	"tongban/platform/bpmn/definition"
)

// called looks at the processes of the same file that the instance has called:
// where something stands in one, the new version has to have it as it was, because
// places, forks and joins in it keep their meaning. Those that a caller's hook has
// pinned stay on their version and are none of this.
func (c *check) called() {
	for i, call := range c.in.Calls {
		if call.Version != "" {
			continue
		}
		old, new := process(c.old, call.Process), process(c.new, call.Process)
		if old == nil || new != nil && alike(old, new) {
			c.stays(i + 1)
			continue
		}
		c.changed[i] = true
		reason := fmt.Sprintf("it is in the called process %q, which the new version changes; it has to be left first", call.Process)
		if new == nil {
			reason = fmt.Sprintf("it is in the called process %q, which the new version lacks", call.Process)
		}
		for _, t := range c.in.Tokens {
			switch {
			case t.Proc != i+1:
			case len(t.Tasks) == 0:
				c.refuse("place", "", t.At, reason)
			}
			for _, k := range t.Tasks {
				if t.Proc == i+1 {
					c.refuse("task", k.ID, t.At, reason)
				}
			}
		}
	}
}

// stays says so of the tasks in a called process.
func (c *check) stays(proc int) {
	for _, t := range c.in.Tokens {
		if t.Proc != proc {
			continue
		}
		for _, k := range t.Tasks {
			c.steps = append(c.steps, Step{What: "task", ID: k.ID, Element: t.At, To: t.At, Outcome: Kept})
		}
	}
}

func process(p *definition.Process, id string) *definition.Process {
	if p.Model() == nil {
		return nil
	}
	return p.Model().Process(id)
}

// alike tells whether two versions of a called process have the same places and
// ways, in the same order; names, offices, limits and conditions may differ.
func alike(a, b *definition.Process) bool {
	if len(a.Elements) != len(b.Elements) || len(a.Flows) != len(b.Flows) {
		return false
	}
	for i, x := range a.Elements {
		y := b.Elements[i]
		if x.ID != y.ID || x.Kind != y.Kind || idOf(x.Parent) != idOf(y.Parent) || idOf(x.Host) != idOf(y.Host) ||
			(x.Loop == nil) != (y.Loop == nil) || x.Loop != nil && (x.Loop.Sequential != y.Loop.Sequential || x.Loop.Standard != y.Loop.Standard) ||
			(x.Event == nil) != (y.Event == nil) || x.Event != nil && (x.Event.Kind != y.Event.Kind || x.Event.Name != y.Event.Name) {
			return false
		}
	}
	for i, f := range a.Flows {
		if g := b.Flows[i]; f.ID != g.ID || f.From.ID != g.From.ID || f.To.ID != g.To.ID {
			return false
		}
	}
	return true
}

func idOf(el *definition.Element) string {
	if el == nil {
		return ""
	}
	return el.ID
}
