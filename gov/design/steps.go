package design

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/gov/catalogue/decisions"
	"tongban/gov/design/plan"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
)

// lengths is how a file says how long a step may take: working or calendar days.
var lengths = regexp.MustCompile(`^P([1-9][0-9]{0,3})(WD|D)$`)

// lengthOf reads the limit of a user task.
func lengthOf(attr string) (catalogue.Limit, bool) {
	m := lengths.FindStringSubmatch(attr)
	if m == nil {
		return catalogue.Limit{}, false
	}
	n, _ := strconv.Atoi(m[1]) // four digits at most, by the pattern
	unit := catalogue.Workdays
	if m[2] == "D" {
		unit = catalogue.Days
	}
	return catalogue.Limit{Amount: n, Unit: unit, Citation: catalogue.Text{Zh: "本机关内部流转时限", En: "Internal limit of the office"}}, true
}

// steps lists the user tasks of a draft as the item keeps them.
func steps(d Draft, a Surroundings) ([]catalogue.Step, map[string]catalogue.Text, error) {
	p, err := d.process()
	if err != nil {
		return nil, nil, ErrFile.Because(err)
	}
	var out []catalogue.Step
	offices := map[string]catalogue.Text{}
	for _, t := range caseflow.UserTasks(p) {
		if t.Attrs["post"] == catalogue.PostApplicant {
			continue
		}
		s := catalogue.Step{Element: t.ID, Name: catalogue.Text{Zh: t.Name, En: t.Name}, Org: t.Attrs["org"]}
		s.Limit, _ = lengthOf(t.Attrs["limit"]) // lint has looked
		for _, old := range a.Offer.Steps {
			if old.Element == t.ID {
				s.Fills = old.Fills
			}
		}
		if s.Org == "" || strings.HasPrefix(s.Org, "${") {
			s.Org = a.Offer.Org
		}
		if d.Tree != nil {
			if x, _ := d.Tree.Find(t.ID); x != nil {
				s.Name = catalogue.Text{Zh: x.Name, En: orElse(x.NameEn, x.Name)}
			}
		}
		for _, o := range a.Offices {
			if o.ID == s.Org {
				offices[s.Org] = catalogue.Text{Zh: o.Zh, En: orElse(o.En, o.Zh)}
			}
		}
		out = append(out, s)
	}
	return out, offices, nil
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// lint looks at what only the product knows: who does a user task, how long,
// and that a decision comes out.
func lint(p *bpmn.Process, tables *decisions.Model, a Surroundings) []Problem {
	var out []Problem
	bad := func(element, code string, pairs ...any) {
		out = append(out, Problem{Problem: plan.Problem{Step: element, Branch: -1, Code: code, Pairs: pairs}, Element: element})
	}
	tasks := caseflow.UserTasks(p)
	for _, t := range tasks {
		post, org := t.Attrs["post"], t.Attrs["org"]
		switch post {
		case catalogue.PostApplicant:
			continue
		case "", "window", "examiner", "decider":
		default:
			bad(t.ID, "file.post", "name", t.Name, "post", post)
		}
		if org != "" && !strings.HasPrefix(org, "${") && a.names[org] == "" {
			bad(t.ID, "file.office", "name", t.Name, "office", org)
		}
		if _, ok := lengthOf(t.Attrs["limit"]); !ok {
			bad(t.ID, "file.limit", "name", t.Name)
		}
	}
	if len(tasks) == 0 {
		bad("", "file.tasks")
	}
	calls := map[string]bool{}
	for _, q := range p.Reach() {
		for _, n := range q.Needs() {
			calls[n.Name] = true
		}
	}
	for _, n := range caseflow.Check(p, tables) {
		bad(n.Element, "file."+n.Code, "line", n.Line, "element", n.Element, "kind", n.Kind, "name", n.Name)
	}
	if x := split(p, a); !x.Fits && x.Whole.Unit == calendar.WorkingDays {
		bad("", "promise", "days", x.Longest, "promise", x.Whole.Amount)
	}
	for _, want := range []string{"issue", "refuse"} {
		if !calls[want] {
			bad("", "file."+want)
		}
	}
	return out
}

// Difference is one thing that is not as in the version in force.
type Difference struct {
	Step string // id
	Name string
	En   string // name in English, when there is one
	What string // added, removed, or what changed: name, office, post, days …
	Old  string
	New  string
}

// Compare lists what differs between the version that the draft began with and
// the draft, step by step.
func (s *Service) Compare(d Draft, a Surroundings) ([]Difference, error) {
	before, err := (&Draft{File: a.Offer.Flow}).facets(a)
	if err != nil {
		return nil, err
	}
	after, err := d.facets(a)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for _, id := range after.order {
		old, known := before.of[id]
		if !known {
			out = append(out, Difference{Step: id, Name: after.of[id]["name"], En: after.of[id]["name_en"], What: "added"})
			continue
		}
		for _, key := range facetNames {
			if was, is := old[key], after.of[id][key]; was != is {
				out = append(out, Difference{Step: id, Name: after.of[id]["name"], En: after.of[id]["name_en"], What: key, Old: was, New: is})
			}
		}
	}
	for _, id := range before.order {
		if _, still := after.of[id]; !still {
			out = append(out, Difference{Step: id, Name: before.of[id]["name"], En: before.of[id]["name_en"], What: "removed"})
		}
	}
	if !bytes.Equal(a.Offer.Tables, d.Tables) {
		out = append(out, Difference{Name: "决策表", En: "Decision tables", What: "tables", Old: decided(a.Offer.Decisions), New: decided(d.Decisions())})
	}
	return out, nil
}

// decided names the decisions of a model.
func decided(m *decisions.Model) string {
	var ids []string
	for _, d := range m.Decisions() {
		ids = append(ids, d.ID)
	}
	return strings.Join(ids, " ")
}

// facetNames is what is compared of a step, in the order of telling.
var facetNames = []string{"name", "office", "post", "days", "mode", "opinion", "operations", "groups", "materials", "branches", "back", "table", "flow", "place"}

// flowName is what the process that a step calls is called.
func flowName(p *plan.Plan, s *plan.Step) string {
	if f := p.Flow(s.Flow); f != nil {
		return f.Name
	}
	return s.Flow
}

type facets struct {
	order []string
	of    map[string]map[string]string
}

// facets describes a flow step by step: the tree when there is one, else the
// user tasks of the file.
func (d *Draft) facets(a Surroundings) (facets, error) {
	f := facets{of: map[string]map[string]string{}}
	add := func(id string, of map[string]string) {
		f.order = append(f.order, id)
		f.of[id] = of
	}
	tree := d.Tree
	if tree == nil {
		if p, ok := plan.Read(d.File); ok {
			tree = &p
		}
	}
	if tree == nil {
		p, err := d.process()
		if err != nil {
			return f, ErrFile.Because(err)
		}
		for _, t := range caseflow.UserTasks(p) {
			add(t.ID, map[string]string{"name": t.Name, "office": a.OfficeName(t.Attrs["org"]), "post": t.Attrs["post"], "days": t.Attrs["limit"],
				"opinion": t.Attrs["opinion"], "operations": t.Attrs["operations"], "groups": t.Attrs["groups"], "materials": t.Attrs["materials"]})
		}
		return f, nil
	}
	for _, x := range tree.Flows {
		add(x.ID, map[string]string{"name": x.Name, "name_en": x.NameEn})
	}
	tree.Each(func(s *plan.Step, at plan.Place) bool {
		var offices []string
		for _, o := range append([]string{s.Office}, s.Offices...) {
			if o != "" {
				offices = append(offices, a.OfficeName(o))
			}
		}
		of := map[string]string{"name": s.Name, "name_en": s.NameEn, "office": strings.Join(offices, "、"), "post": s.Post, "table": s.Table, "mode": string(s.Mode), "back": s.Back, "flow": flowName(tree, s),
			"operations": strings.Join(s.Operations, " "), "groups": strings.Join(s.Groups, " "), "materials": strings.Join(s.Materials, " "),
			"place": fmt.Sprintf("%s/%d", at.Owner, at.Branch)}
		if s.Days > 0 {
			of["days"] = fmt.Sprintf("P%dWD", s.Days)
		}
		if s.Share > 0 && s.Mode == plan.Share {
			of["mode"] += fmt.Sprintf(" %d%%", s.Share)
		}
		if s.Opinion {
			of["opinion"] = "true"
		}
		for _, b := range s.Branches {
			of["branches"] += fmt.Sprintf("%s: %v → %s\n", b.Name, b.When, b.Back)
		}
		add(s.ID, of)
		return true
	})
	return f, nil
}
