package onething_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/onething"
	"tongban/gov/catalogue/packages"
	"tongban/platform/forms"
)

// question is one with the answers x and y (and z), each leading somewhere.
func question(id string, next ...string) content.Question {
	q := content.Question{ID: id, Text: content.Text{Zh: "虚构问题" + id, En: "Question " + id}}
	for i, n := range next {
		o := string(rune('x' + i))
		q.Options = append(q.Options, content.Option{ID: o, Text: content.Text{Zh: "答案" + o, En: "Answer " + o}, Next: n})
	}
	return q
}

// asking is an item that asks these questions, the first one first.
func asking(name string, list ...content.Question) *content.Content {
	form, err := json.Marshal(forms.Definition{Groups: []forms.Group{{ID: "group", Title: forms.Words{Zh: "一", En: "One"}, Fields: []forms.Field{{ID: "subject", Type: forms.Text, Label: forms.Words{Zh: "名称", En: "Name"}, Required: true}}}}})
	if err != nil {
		panic(err)
	}
	c := &content.Content{Item: content.Item{Region: "449901", Code: "1144990190000006" + name, Name: "虚构" + name, Package: name, Audience: []string{content.Person}}, Form: form}
	if len(list) > 0 {
		c.Situations = &content.Situations{Start: list[0].ID, Questions: list}
	}
	return c
}

func thing() *packages.Package {
	return &packages.Package{Item: packages.Item{ID: "thing", Region: "449901", Code: "11449901900000065F4442099920009"}, Situations: content.Situations{Start: content.End}}
}

func join(t interface{ Fatal(...any) }, p *packages.Package, list ...*content.Content) {
	for _, c := range list {
		if _, err := onething.Join(p, c); err != nil {
			t.Fatal(err)
		}
	}
}

// found gives the items that a package joins.
func found(list ...*content.Content) onething.Find {
	return func(_, code string) (*content.Content, bool) {
		i := slices.IndexFunc(list, func(c *content.Content) bool { return c.Item.Code == code })
		if i < 0 {
			return nil, false
		}
		return list[i], true
	}
}

// wrong are what the check says of the questions of a package.
func wrong(p *packages.Package, list ...*content.Content) []string {
	c := p.Content(nil)
	raw, _ := json.MarshalIndent(c.Bundle, "", " ")
	var out []string
	if c.Situations != nil {
		out = c.Situations.Check()
	}
	for _, line := range onething.Check(raw, &c, found(list...)) {
		if strings.Contains(line, "asks") || strings.Contains(line, "situation") {
			out = append(out, line)
		}
	}
	return out
}

// asked are the questions on a way, in their order.
func asked(s *content.Situations, answers map[string]string) string {
	way, _ := s.Walk(answers)
	var out []string
	for _, a := range way {
		out = append(out, a.Question.ID+a.Option.ID)
	}
	return strings.Join(out, " ")
}

// Both items ask a and branch there, each to a question of its own; the first asks
// a only on one of its ways.
func TestJoin_branches(t *testing.T) {
	one := asking("one", question("kind", "a", "end"), question("a", "b", "end"), question("b", "end", "end"))
	two := asking("two", question("a", "end", "c"), question("c", "end", "end"))
	p := thing()
	join(t, p, one, two)
	if bad := wrong(p, one, two); len(bad) > 0 {
		t.Fatal(strings.Join(bad, "\n"))
	}
	var ways []string
	p.Situations.EachWay(func(answers map[string]string) bool { ways = append(ways, asked(&p.Situations, answers)); return true })
	want := []string{"kindx ax bx", "kindx ax by", "kindx ay cx", "kindx ay cy", "kindy ax", "kindy ay cx", "kindy ay cy"}
	if !slices.Equal(ways, want) {
		t.Errorf("ways %q, want %q", ways, want)
	}
	if n := p.Situations.Left("kind"); n != 3 {
		t.Errorf("%d questions are left at first, want 3", n)
	}
	if ahead := p.Situations.Ahead(map[string]string{"kind": "x", "a": "x"}); len(ahead) != 1 || ahead[0].ID != "b" {
		t.Errorf("ahead: %+v", ahead)
	}
	if onething.Leave(p, "two"); strings.Join(p.Situations.IDs(), " ") != "kind a b" || len(wrong(p, one)) > 1 { // that there are two parts at least is said elsewhere
		t.Errorf("after the second left: %+v", p.Situations)
	}
	join(t, p, two)
	onething.Leave(p, "one")
	if bad := wrong(p, two); len(p.Situations.Questions) > 3 || strings.Contains(strings.Join(bad, " "), "asked it where") || slices.Contains(p.Situations.IDs(), "b") {
		t.Errorf("after the first left: %+v %v", p.Situations, bad)
	}
}

// What an answer warns of and changes, for either item, it still does.
func TestJoin_keepsWarningsAndEffects(t *testing.T) {
	one, two := asking("one", question("a", "end", "end")), asking("two", question("a", "end", "end"))
	one.Situations.Questions[0].Options[0].Warning = &content.Warning{Text: content.Text{Zh: "甲。", En: "One."}}
	two.Situations.Questions[0].Options[0].Warning = &content.Warning{Text: content.Text{Zh: "乙。", En: "Two."}}
	two.Situations.Questions[0].Options[0].Effects.Show = []string{"subject"}
	two.Situations.Questions[0].Options[1].Unsure, two.Situations.Questions[0].Options[1].Hint = true, content.Text{Zh: "按没有算", En: "No is assumed"}
	p := thing()
	join(t, p, one, two)
	q, _ := p.Situations.Question("a")
	if x, y := q.Options[0], q.Options[1]; x.Warning.Text.Zh != "甲；乙。" || !slices.Equal(x.Effects.Show, []string{"subject"}) || !y.Unsure || y.Hint.Empty() || one.Situations.Questions[0].Options[0].Warning.Text.Zh != "甲。" {
		t.Errorf("%+v %+v", x.Warning, q)
	}
}

// Questions of the same words that take other answers contradict each other: both
// places are named, and words mend it.
func TestCheck_contradiction(t *testing.T) {
	one, two := asking("one", question("a", "end", "end")), asking("two", question("a", "end", "end", "end"))
	p := thing()
	join(t, p, one, two)
	bad := strings.Join(wrong(p, one, two), "\n")
	for _, want := range []string{"parts[1].situation[0].from: 虚构two asks \"虚构问题a\" with the answers 答案x/答案y/答案z, and 虚构one (line ", ", parts[0].situation[0]) asks the same with the answers 答案x/答案y"} {
		if !strings.Contains(bad, want) {
			t.Errorf("says %s\nand not %s", bad, want)
		}
	}
	p.Bundle.Parts[1].Situation[0].From = "a"
	p.Situations = content.Situations{Start: "a", Questions: p.Situations.Questions[:1]}
	p.Situations.Questions[0].Options[0].Next, p.Situations.Questions[0].Options[1].Next = content.End, content.End
	if bad := wrong(p, one, two); len(bad) > 0 {
		t.Errorf("still %v", bad)
	}
}

// A question that is passed over on a way on which a part needs it is found.
func TestCheck_deadEnd(t *testing.T) {
	one, two := asking("one", question("kind", "a", "end"), question("a", "end", "end")), asking("two", question("a", "end", "end"))
	p := thing()
	join(t, p, one, two)
	p.Situations.Repeats = nil
	p.Situations.Onto(func(to string) string {
		if strings.HasSuffix(to, "_again") {
			return content.End
		}
		return to
	})
	bad := strings.Join(wrong(p, one, two), "\n")
	if !strings.Contains(bad, `parts[1].situation[0].from: 虚构two asks "虚构问题a" (a), and nobody has asked it where the answers are 答案y`) {
		t.Errorf("says %q", bad)
	}
}

// tree draws questions of a few ids, so that items share some, with any branches
// that go forward.
func tree(t *rapid.T, name string) *content.Content {
	ids := rapid.Permutation([]string{"a", "b", "c", "d", "e"}).Draw(t, name)
	ids = ids[:rapid.IntRange(0, len(ids)).Draw(t, name+" asks")]
	var list []content.Question
	for i, id := range ids {
		to := func(n int) string {
			k := rapid.IntRange(i+1, len(ids)).Draw(t, fmt.Sprintf("%s %s%d", name, id, n))
			if k == len(ids) {
				return content.End
			}
			return ids[k]
		}
		list = append(list, question(id, to(0), to(1)))
	}
	c := asking(name, list...)
	if c.Situations == nil {
		return c
	}
	c.Situations.Questions = slices.DeleteFunc(c.Situations.Questions, func(q content.Question) bool { // what no way leads to, no item has
		return c.Situations.Before(q.ID, func(string) bool { return false })
	})
	return c
}

// Whatever questions the items ask: each is asked once, on every way every item
// finds all its answers, nothing is asked that no item wants, and no way of an
// item is lost. When one leaves, the same holds for the others.
func TestJoin_anyQuestions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := []*content.Content{tree(t, "one"), tree(t, "two"), tree(t, "three")}
		p := thing()
		join(t, p, list...)
		whole(t, p, true, list...)
		gone := rapid.IntRange(0, 2).Draw(t, "leaves")
		onething.Leave(p, []string{"one", "two", "three"}[gone])
		whole(t, p, false, slices.Delete(slices.Clone(list), gone, gone+1)...)
	})
}

// whole checks a joined package; exact: nothing is asked in vain either.
func whole(t *rapid.T, p *packages.Package, exact bool, list ...*content.Content) {
	if bad := wrong(p, list...); len(bad) > 0 {
		t.Fatalf("%s", strings.Join(bad, "\n"))
	}
	ids := p.Situations.IDs()
	if slices.Sort(ids); len(slices.Compact(slices.Clone(ids))) != len(ids) || slices.ContainsFunc(ids, func(id string) bool { return len(id) > 1 }) {
		t.Fatalf("asked twice: %v", ids)
	}
	met := map[string]bool{}
	p.Situations.EachWay(func(answers map[string]string) bool {
		wanted := map[string]bool{}
		for i, c := range list {
			way, open := c.Situations.Walk(answers)
			if open != nil {
				t.Fatalf("%s asks %s on the way %v", c.Item.Name, open.ID, answers)
			}
			for _, a := range way {
				wanted[a.Question.ID] = true
			}
			met[fmt.Sprint(i, asked(c.Situations, answers))] = true
		}
		if exact && !maps.Equal(wanted, keys(answers)) {
			t.Fatalf("asks %v, and the items want %v", answers, wanted)
		}
		return true
	})
	for i, c := range list {
		if c.Situations == nil {
			continue
		}
		c.Situations.EachWay(func(answers map[string]string) bool {
			if !met[fmt.Sprint(i, asked(c.Situations, answers))] {
				t.Fatalf("no way to %s of %s", asked(c.Situations, answers), c.Item.Name)
			}
			return true
		})
	}
}

func keys(m map[string]string) map[string]bool {
	out := map[string]bool{}
	for k := range m {
		out[k] = true
	}
	return out
}
