package items_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// paths lists every way through the questions as a set of answers; ways that run in a circle fail the test.
func (p pack) paths(t *testing.T) []map[string]option {
	var all []map[string]option
	var follow func(id string, soFar map[string]option)
	follow = func(id string, soFar map[string]option) {
		if id == "end" {
			all = append(all, maps.Clone(soFar))
			return
		}
		q := p.question(id)
		if q == nil {
			t.Fatalf("no question %q", id)
		}
		if _, again := soFar[id]; again {
			t.Fatalf("question %s comes twice on one way", id)
		}
		for _, o := range q.Options {
			soFar[id] = o
			follow(o.Next, soFar)
		}
		delete(soFar, id)
	}
	follow(p.situations.Start, map[string]option{})
	return all
}

// programs keeps compiled expressions: the same few are asked on a thousand ways.
var programs = map[string]*vm.Program{}

func (p pack) holds(t *testing.T, src string, env map[string]any) bool {
	if src == "" {
		return true
	}
	prog := programs[src]
	if prog == nil {
		var err error
		if prog, err = expr.Compile(src); err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		programs[src] = prog
	}
	v, err := expr.Run(prog, env)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return v.(bool)
}

func (p pack) answers(path map[string]option) map[string]any {
	env := p.env()
	for q, o := range path {
		env[q] = o.ID
	}
	return env
}

func TestSituations_everyWayEndsAndEveryQuestionIsReached(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		reached := map[string]bool{}
		for _, path := range p.paths(t) {
			for q := range path {
				reached[q] = true
			}
		}
		for _, q := range p.situations.Questions {
			if !reached[q.ID] {
				t.Errorf("question %s is never asked", q.ID)
			}
			if n := len(q.Options); n < 2 || n > 6 {
				t.Errorf("question %s has %d options", q.ID, n)
			}
			seen, unsure := map[string]bool{}, 0
			for _, o := range q.Options {
				if !idShape.MatchString(o.ID) || seen[o.ID] {
					t.Errorf("%s: option %q", q.ID, o.ID)
				}
				seen[o.ID] = true
				if o.Unsure {
					unsure++
					if o.Hint == nil {
						t.Errorf("%s: somebody who does not know gets no help", q.ID)
					}
				}
				if o.Unsure != (o.ID == "unsure") {
					t.Errorf("%s.%s: unsure", q.ID, o.ID)
				}
			}
			if unsure != 1 {
				t.Errorf("question %s has %d ways for somebody who does not know", q.ID, unsure)
			}
		}
	})
}

// What an option announces is what the expressions decide, on every way.
func TestSituations_effectsAgreeWithTheExpressions(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		mats, fields := map[string]material{}, map[string]field{}
		for _, m := range p.materials.Materials {
			mats[m.ID] = m
		}
		for _, f := range p.fields() {
			fields[f.ID] = f
		}
		for _, path := range p.paths(t) {
			env := p.answers(path)
			for q, o := range path {
				for _, c := range []struct {
					ids   []string
					want  bool
					when  func(string) string
					thing string
				}{
					{o.Effects.Add, true, func(id string) string { return mats[id].NeededWhen }, "material"},
					{o.Effects.Remove, false, func(id string) string { return mats[id].NeededWhen }, "material"},
					{o.Effects.Show, true, func(id string) string { return fields[id].ShowWhen }, "field"},
					{o.Effects.Hide, false, func(id string) string { return fields[id].ShowWhen }, "field"},
				} {
					for _, id := range c.ids {
						if p.holds(t, c.when(id), env) != c.want {
							t.Errorf("%s.%s announces %s %s as %v; the expression disagrees for %v", q, o.ID, c.thing, id, c.want, env)
						}
					}
				}
			}
		}
	})
}

// Every conditional material is needed on some way and not on another, so that no expression is idle.
func TestSituations_everyMaterialIsNeededSomewhere(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		for _, m := range p.materials.Materials {
			needed, idle := 0, 0
			for _, path := range p.paths(t) {
				if p.holds(t, m.NeededWhen, p.answers(path)) {
					needed++
				} else {
					idle++
				}
			}
			if needed == 0 || (m.NeededWhen != "" && idle == 0) {
				t.Errorf("%s: needed on %d ways, not on %d", m.ID, needed, idle)
			}
		}
	})
}

// A field that is shown by the situation alone must be shown on some way; and one that must be filled in is always shown then.
func TestSituations_requiredFieldsAreShown(t *testing.T) {
	each(t, func(t *testing.T, p pack) {
		for _, f := range p.fields() {
			if f.ShowWhen == "false" {
				n := 0
				for _, step := range p.item.Steps {
					n += strings.Count(" "+strings.Join(step.Fills, " ")+" ", " "+f.ID+" ")
				}
				if n != 1 {
					t.Errorf("%s is shown to nobody and filled in by %d steps", f.ID, n)
				}
				continue
			}
			shown := 0
			for _, path := range p.paths(t) {
				env := p.answers(path)
				if slices.Contains([]string{"mail_name", "mail_address"}, f.ID) {
					env["receive"] = "mail"
				}
				if f.ID == "cold_room" {
					env["dishes"] = "hot\ncold"
				}
				visible := p.holds(t, f.ShowWhen, env)
				if visible {
					shown++
				}
				if f.RequiredWhen != "" && p.holds(t, f.RequiredWhen, env) && !visible {
					t.Errorf("%s is required but not shown for %v", f.ID, env)
				}
			}
			if shown == 0 {
				t.Errorf("%s is never shown", f.ID)
			}
		}
	})
}
