package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Around is what a plan is checked against: the item that it belongs to.
type Around struct {
	Offices   map[string]string // code → name of every office that can take part
	Subjects  map[string]string // field or question → type, as forms names them; questions are "choice"
	Values    map[string][]string
	Groups    []string // groups of the form
	Materials []string
	Tables    map[string][]Output // decision table → what it gives
	Promise   int                 // promised working days; 0 when the promise counts otherwise
}

// Output is one thing that a decision table gives.
type Output struct {
	Name   string   // empty: the table gives only this
	Type   string   // string, number, boolean; empty: any
	Values []string // all that it can be; empty: anything
	List   bool     // several at once
}

// Problem is one thing that must be repaired before publishing.
type Problem struct {
	Step   string // id of the step, empty for the plan
	Branch int    // number of the branch, -1 when it is not about one
	Code   string // words are kept by this code
	Pairs  []any
}

// limits of a plan: more is not a flow that anybody can read.
const (
	maxSteps    = 200
	maxDepth    = 6
	maxName     = 60
	maxBranches = 20
	maxDays     = 1000
)

// Sound tells whether a tree that came from outside can be worked with at all:
// its ids are ids, each used once, and its size is one that people can read.
// Everything else Check reports, and the tree is kept.
func (p *Plan) Sound() error {
	seen, n := map[string]bool{}, 0
	var bad error
	note := func(format string, args ...any) {
		if bad == nil {
			bad = fmt.Errorf(format, args...)
		}
	}
	for _, row := range p.rows() {
		if d := depth(row); d > maxDepth {
			return fmt.Errorf("nested %d deep, %d at most", d, maxDepth)
		}
	}
	for _, f := range p.Flows {
		if !idPattern.MatchString(f.ID) || seen[f.ID] {
			note("%q is no id, or is used twice", f.ID)
		}
		seen[f.ID] = true
	}
	p.Each(func(s *Step, _ Place) bool {
		n++
		switch {
		case !idPattern.MatchString(s.ID):
			note("%q is no id", s.ID)
		case seen[s.ID]:
			note("%q is used twice", s.ID)
		case !slices.Contains(Kinds, s.Kind) && s.Kind != Decide:
			note("%q is no kind of step", s.Kind)
		case len(s.Branches) > maxBranches:
			note("%q has %d branches, %d at most", s.ID, len(s.Branches), maxBranches)
		case (len(s.Branches) > 0) != (s.Kind == Condition || s.Kind == Parallel):
			note("%q is of the kind %s", s.ID, s.Kind)
		}
		seen[s.ID] = true
		return n <= maxSteps && bad == nil
	})
	if n > maxSteps {
		note("more than %d steps", maxSteps)
	}
	if p.Decide.Kind != Decide {
		note("the last step does not decide")
	}
	return bad
}

// rows are the steps at the top and those of called processes.
func (p *Plan) rows() [][]Step {
	out := [][]Step{p.Steps}
	for _, f := range p.Flows {
		out = append(out, f.Steps)
	}
	return out
}

func depth(row []Step) int {
	d := 0
	for _, s := range row {
		for _, b := range s.Branches {
			if d = max(d, 1+depth(b.Steps)); d > maxDepth {
				return d
			}
		}
	}
	return d
}

type checker struct {
	p        *Plan
	a        Around
	seen     map[string]bool // ids
	before   map[string]bool // steps that tests may look at
	steps    int
	problems []Problem
}

func (c *checker) bad(step string, branch int, code string, pairs ...any) {
	c.problems = append(c.problems, Problem{Step: step, Branch: branch, Code: code, Pairs: pairs})
}

// Check lists what is wrong with the plan, in reading order.
func (p *Plan) Check(a Around) []Problem {
	c := &checker{p: p, a: a, seen: map[string]bool{}, before: map[string]bool{}}
	if p.Format != 1 {
		c.bad("", -1, "format", "format", p.Format)
	}
	if strings.TrimSpace(p.Name) == "" {
		c.bad("", -1, "name")
	}
	if len(p.Steps) == 0 {
		c.bad("", -1, "empty")
	}
	c.row(p.Steps, nil, 0)
	if p.Decide.Kind != Decide {
		c.bad(p.Decide.ID, -1, "decide")
	}
	c.step(&p.Decide, before(p.Steps, nil), 0)
	c.flows()
	if c.steps > maxSteps {
		c.bad("", -1, "steps", "max", maxSteps)
	}
	if n := p.Longest(); a.Promise > 0 && n > a.Promise {
		c.bad("", -1, "promise", "days", n, "promise", a.Promise)
	}
	return c.problems
}

// before lists the steps that are surely reachable again from behind a row:
// those of the row itself, and what was reachable from it.
func before(row []Step, outer []string) []string {
	out := slices.Clone(outer)
	for _, s := range row {
		out = append(out, s.ID)
	}
	return out
}

func (c *checker) row(row []Step, outer []string, depth int) {
	for i := range row {
		c.step(&row[i], before(row[:i], outer), depth)
	}
}

// step checks one step; earlier are the steps that it may send back to.
func (c *checker) step(s *Step, earlier []string, depth int) {
	c.steps++
	if !idPattern.MatchString(s.ID) {
		c.bad(s.ID, -1, "id", "id", s.ID)
	} else if c.seen[s.ID] || c.a.Subjects[s.ID] != "" {
		c.bad(s.ID, -1, "twice", "id", s.ID)
	}
	c.seen[s.ID], c.before[s.ID] = true, true
	if n := utf8.RuneCountInString(strings.TrimSpace(s.Name)); n == 0 {
		c.bad(s.ID, -1, "step.name")
	} else if n > maxName {
		c.bad(s.ID, -1, "step.long", "max", maxName)
	}
	switch s.Kind {
	case Approve, Decide:
		c.work(s)
	case Joint:
		c.work(s)
		c.joint(s)
	case Copy:
		if c.a.Offices[s.Office] == "" {
			c.bad(s.ID, -1, "office.copy")
		}
	case Supplement:
	case Decision:
		if s.Table == "" {
			c.bad(s.ID, -1, "table")
		} else if _, ok := c.a.Tables[s.Table]; !ok {
			c.bad(s.ID, -1, "table.gone", "table", s.Table)
		}
	case Call:
		c.call(s)
	case Condition, Parallel:
		c.branches(s, earlier, depth)
		if s.Kind == Parallel {
			c.once(s)
		}
	default:
		c.bad(s.ID, -1, "kind", "kind", s.Kind)
	}
	if s.Back != "" && (s.Kind != Decide || !slices.Contains(earlier, s.Back)) {
		c.bad(s.ID, -1, "back", "step", s.Back)
	}
}

// work checks what every step with a holder has.
func (c *checker) work(s *Step) {
	if s.Kind != Joint && s.Office != "" && c.a.Offices[s.Office] == "" {
		c.bad(s.ID, -1, "office", "office", s.Office)
	}
	if !slices.Contains([]string{"window", "examiner", "decider"}, s.Post) {
		c.bad(s.ID, -1, "post")
	}
	if s.Days < 1 || s.Days > maxDays {
		c.bad(s.ID, -1, "days", "max", maxDays)
	}
	for _, o := range s.Operations {
		if !slices.Contains(Operations, o) {
			c.bad(s.ID, -1, "operation", "operation", o)
		}
	}
	for _, g := range s.Groups {
		if !slices.Contains(c.a.Groups, g) {
			c.bad(s.ID, -1, "group", "group", g)
		}
	}
	for _, m := range s.Materials {
		if !slices.Contains(c.a.Materials, m) {
			c.bad(s.ID, -1, "material", "material", m)
		}
	}
}

func (c *checker) joint(s *Step) {
	partners := slices.Contains(s.Offices, Partners)
	if len(s.Offices) == 0 || partners && len(s.Offices) > 1 || !partners && len(s.Offices) < 2 {
		c.bad(s.ID, -1, "offices")
	}
	for i, o := range s.Offices {
		if o != Partners && c.a.Offices[o] == "" {
			c.bad(s.ID, -1, "office", "office", o)
		}
		if slices.Contains(s.Offices[:i], o) {
			c.bad(s.ID, -1, "office.twice", "office", c.a.Offices[o])
		}
	}
	if !slices.Contains(Modes, s.Mode) {
		c.bad(s.ID, -1, "mode")
	}
	if s.Mode == Share && (s.Share < 1 || s.Share > 100) {
		c.bad(s.ID, -1, "share")
	}
}

func (c *checker) branches(s *Step, earlier []string, depth int) {
	if len(s.Branches) < 2 || len(s.Branches) > maxBranches {
		c.bad(s.ID, -1, "branches", "max", maxBranches)
	}
	if depth >= maxDepth {
		c.bad(s.ID, -1, "depth", "max", maxDepth)
		return
	}
	forward := 0
	for i := range s.Branches {
		b, last := &s.Branches[i], i == len(s.Branches)-1
		if b.Back == "" {
			forward++
		}
		if utf8.RuneCountInString(b.Name) > maxName {
			c.bad(s.ID, i, "branch.long", "max", maxName)
		}
		if s.Kind == Parallel {
			if len(b.When) > 0 || b.Back != "" {
				c.bad(s.ID, i, "parallel.plain")
			}
			if len(b.Steps) == 0 {
				c.bad(s.ID, i, "parallel.empty")
			}
			// What goes on beside must not be begun twice: from inside a branch
			// only steps of the same branch can be gone back to.
			c.row(b.Steps, nil, depth+1)
			continue
		}
		if last != (len(b.When) == 0) {
			c.bad(s.ID, i, map[bool]string{true: "branch.last", false: "branch.when"}[last])
		}
		for _, t := range b.When {
			c.test(s.ID, i, t)
		}
		for j := range i {
			if len(b.When) > 0 && slices.Equal(s.Branches[j].When, b.When) {
				c.bad(s.ID, i, "branch.same", "other", j+1)
			}
		}
		if b.Back != "" && !slices.Contains(earlier, b.Back) {
			c.bad(s.ID, i, "back", "step", b.Back)
		}
		c.row(b.Steps, earlier, depth+1)
	}
	if s.Kind == Condition && forward == 0 {
		c.bad(s.ID, -1, "condition.forward")
	}
}

func (c *checker) test(step string, branch int, t Test) {
	if t.Op == "result" {
		s, _ := c.p.Find(t.Subject)
		switch {
		case s == nil || !c.before[t.Subject] || !s.Gives():
			c.bad(step, branch, "test.step", "step", t.Subject)
		case !slices.Contains(Results, t.Value):
			c.bad(step, branch, "test.result")
		}
		return
	}
	if s, output := c.p.asked(t.Subject); s != nil {
		c.given(step, branch, t, s, output)
		return
	}
	kind, ok := c.a.Subjects[t.Subject]
	switch {
	case !ok:
		c.bad(step, branch, "test.subject", "subject", t.Subject)
	case !slices.Contains(Ops, t.Op):
		c.bad(step, branch, "test.op")
	case t.Value == "":
		c.bad(step, branch, "test.value")
	case t.Op == "more" || t.Op == "less":
		if _, err := strconv.ParseFloat(t.Value, 64); err != nil || kind != "number" && kind != "money" {
			c.bad(step, branch, "test.number")
		}
	case len(c.a.Values[t.Subject]) > 0 && !slices.Contains(c.a.Values[t.Subject], t.Value):
		c.bad(step, branch, "test.choice", "value", t.Value)
	}
}
