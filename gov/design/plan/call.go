package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Flow finds a called process by its id; nil when there is none.
func (p *Plan) Flow(id string) *Flow {
	for i := range p.Flows {
		if id != "" && p.Flows[i].ID == id {
			return &p.Flows[i]
		}
	}
	return nil
}

// AddFlow adds a called process with one step, and gives its id.
func (p *Plan) AddFlow(name, nameEn string) string {
	n := 1
	for p.Flow(fmt.Sprintf("sub_%d", n)) != nil {
		n++
	}
	f := Flow{ID: fmt.Sprintf("sub_%d", n), Name: name, NameEn: nameEn}
	p.Flows = append(p.Flows, f)
	p.Add(Approve, Place{Owner: f.ID})
	return f.ID
}

// RemoveFlow takes a called process away; one that a step calls stays.
func (p *Plan) RemoveFlow(id string) bool {
	f := p.Flow(id)
	if f == nil || len(p.callers(id)) > 0 {
		return false
	}
	p.Flows = slices.DeleteFunc(p.Flows, func(x Flow) bool { return x.ID == id })
	return true
}

// callers are the steps that call a process.
func (p *Plan) callers(id string) []string {
	var out []string
	p.Each(func(s *Step, _ Place) bool {
		if s.Kind == Call && s.Flow == id {
			out = append(out, s.ID)
		}
		return true
	})
	return out
}

// Called tells whether a step calls the process.
func (p *Plan) Called(id string) bool { return len(p.callers(id)) > 0 }

// callable is the process that a new step calls: the newest one that does not hold
// the step itself.
func (p *Plan) callable(owner string) *Flow {
	home := p.home(owner)
	for i := len(p.Flows) - 1; i >= 0; i-- {
		if f := &p.Flows[i]; f.ID != home && !slices.Contains(p.below(f, nil), home) {
			return f
		}
	}
	return &p.Flows[len(p.Flows)-1] // Check refuses a circle
}

// home is the called process that a place lies in, "" for the flow itself.
func (p *Plan) home(owner string) string {
	for owner != "" {
		if p.Flow(owner) != nil {
			return owner
		}
		_, at := p.Find(owner)
		owner = at.Owner
	}
	return ""
}

// below are the processes that a process calls, by others or not.
func (p *Plan) below(f *Flow, known []string) []string {
	each(f.Steps, Place{}, func(s *Step, _ Place) bool {
		if g := p.Flow(s.Flow); s.Kind == Call && g != nil && !slices.Contains(known, g.ID) {
			known = p.below(g, append(known, g.ID))
		}
		return true
	})
	return known
}

// flows checks what is called: a name, steps, no circle, and that somebody calls it.
func (c *checker) flows() {
	for i := range c.p.Flows {
		f := &c.p.Flows[i]
		if !idPattern.MatchString(f.ID) {
			c.bad(f.ID, -1, "id", "id", f.ID)
		} else if c.seen[f.ID] || c.a.Subjects[f.ID] != "" {
			c.bad(f.ID, -1, "twice", "id", f.ID)
		}
		c.seen[f.ID] = true
		if n := utf8.RuneCountInString(strings.TrimSpace(f.Name)); n == 0 {
			c.bad(f.ID, -1, "flow.name")
		} else if n > maxName {
			c.bad(f.ID, -1, "step.long", "max", maxName)
		}
		if len(f.Steps) == 0 {
			c.bad(f.ID, -1, "flow.empty", "flow", f.Name)
		}
		if slices.Contains(c.p.below(f, nil), f.ID) {
			c.bad(f.ID, -1, "flow.circle", "flow", f.Name)
		}
		if !c.p.Called(f.ID) {
			c.bad(f.ID, -1, "flow.uncalled", "flow", f.Name)
		}
		c.before = map[string]bool{} // whoever calls it may have done other steps
		c.row(f.Steps, nil, 0)
	}
}

// call checks a step that calls a process.
func (c *checker) call(s *Step) {
	switch {
	case s.Flow == "":
		c.bad(s.ID, -1, "call")
	case c.p.Flow(s.Flow) == nil:
		c.bad(s.ID, -1, "call.gone")
	}
}

// once refuses a parallel step that has one process called in two of its branches:
// their results would be one result.
func (c *checker) once(s *Step) {
	seen := map[string]int{}
	for i := range s.Branches {
		var called []string
		each(s.Branches[i].Steps, Place{}, func(x *Step, _ Place) bool {
			if f := c.p.Flow(x.Flow); x.Kind == Call && f != nil {
				called = append(append(called, f.ID), c.p.below(f, nil)...)
			}
			return true
		})
		for _, id := range called {
			if first, ok := seen[id]; ok && first != i {
				c.bad(s.ID, i, "call.twice", "flow", c.p.Flow(id).Name)
			}
			seen[id] = i
		}
	}
}
