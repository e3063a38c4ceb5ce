package plan_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"tongban/gov/catalogue/outcomes"
	"tongban/gov/design/plan"
	"tongban/platform/bpmn"
)

var around = plan.Around{
	Offices:  map[string]string{"A": "示例消防", "B": "示例水务", "C": "示例城管"},
	Subjects: map[string]string{"area": "number", "dishes": "choices", "dine": "choice"},
	Values:   map[string][]string{"dine": {"yes", "no"}, "dishes": {"cold", "hot"}},
	Tables:   map[string][]plan.Output{"kind": {{Type: "string", Values: []string{"a", "b"}}}, "two": {{Name: "fee", Type: "number"}, {Name: "how", Values: []string{"x", "y"}}}},
	Groups:   []string{"shop", "person"}, Materials: []string{"lease", "plan"},
}

func office(code string) string { return around.Offices[code] }

// threeOffices is what a newcomer builds: three offices at once, and when one
// of them wants something, the applicant supplements and they look again.
func threeOffices(t *testing.T) plan.Plan {
	t.Helper()
	return plan.From(plan.Loop, "示例流程", []string{"A", "B", "C"}, office)
}

func parse(t *testing.T, p *plan.Plan) (*bpmn.Process, []byte) {
	t.Helper()
	file := p.Write("sample", office)
	m, err := bpmn.Parse(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("the file is refused: %v\n%s", err, file)
	}
	return m.Process(""), file
}

func TestWrite_supplementLoop(t *testing.T) {
	p := threeOffices(t)
	if problems := p.Check(around); len(problems) > 0 {
		t.Fatal(problems)
	}
	proc, file := parse(t, &p)
	again, ok := plan.Read(file)
	if !ok || !reflect.DeepEqual(again.Clone(), p.Clone()) {
		t.Fatal("the tree does not come back")
	}
	if _, ok := plan.Read(bytes.Replace(file, []byte("P5WD"), []byte("P9WD"), 1)); ok {
		t.Fatal("a file that was changed by hand still shows its old tree")
	}
	r := newRun(t, proc)
	r.complete("approve_1", "approve")
	r.complete("approve_2", "return")
	r.complete("approve_3", "approve")
	r.open("supplement_1")
	r.complete("supplement_1", "")
	r.open("approve_1", "approve_2", "approve_3")
	for _, id := range []string{"approve_1", "approve_2", "approve_3"} {
		r.complete(id, "approve")
	}
	r.open("decide")
	r.complete("decide", "approve")
	if r.service != "issue" || !r.in.Ended() {
		t.Fatalf("service %q, ended %v", r.service, r.in.Ended())
	}
}

func TestWrite_jointModes(t *testing.T) {
	for _, c := range []struct {
		mode    plan.Mode
		share   int
		answers []string // in order of offices; shorter than three: enough before
		passes  bool
	}{
		{plan.All, 0, []string{"approve", "approve", "approve"}, true},
		{plan.All, 0, []string{"approve", "refuse", "approve"}, false},
		{plan.Any, 0, []string{"approve"}, true},
		{plan.Any, 0, []string{"refuse", "approve"}, true},
		{plan.Any, 0, []string{"refuse", "refuse", "refuse"}, false},
		{plan.Share, 60, []string{"approve", "approve"}, true},
		{plan.Share, 60, []string{"refuse", "refuse"}, false},
		{plan.Share, 60, []string{"approve", "refuse", "approve"}, true},
		{plan.Turn, 0, []string{"approve", "approve", "approve"}, true},
		{plan.Turn, 0, []string{"approve", "refuse"}, false},
	} {
		t.Run(fmt.Sprint(c.mode, c.answers), func(t *testing.T) {
			p := plan.New("会签")
			id, _ := p.Add(plan.Joint, plan.Place{Index: 1})
			s, _ := p.Find(id)
			s.Name, s.Offices, s.Mode, s.Share = "会签", []string{"A", "B", "C"}, c.mode, c.share
			cond, _ := p.Add(plan.Condition, plan.Place{Index: 2})
			x, _ := p.Find(cond)
			x.Name = "通过吗"
			x.Branches[0].When = []plan.Test{{Subject: id, Op: "result", Value: "approve"}}
			yes, _ := p.Add(plan.Approve, plan.Place{Owner: cond})
			y, _ := p.Find(yes)
			y.Name = "通过后"
			if problems := p.Check(around); len(problems) > 0 {
				t.Fatal(problems)
			}
			proc, _ := parse(t, &p)
			r := newRun(t, proc)
			r.complete("approve_1", "approve")
			for _, a := range c.answers {
				r.complete(id, a)
			}
			if c.passes {
				r.open(yes)
			} else {
				r.open("decide")
			}
		})
	}
}

func TestWrite_conditionByAnswers(t *testing.T) {
	p := plan.New("条件")
	cond, _ := p.Add(plan.Condition, plan.Place{Index: 1})
	p.AddBranch(cond)
	s, _ := p.Find(cond)
	s.Name = "怎么办"
	s.Branches[0].When = []plan.Test{{Subject: "area", Op: "more", Value: "100"}, {Subject: "dine", Op: "is", Value: "yes"}}
	s.Branches[1].When = []plan.Test{{Subject: "dishes", Op: "has", Value: "cold"}}
	for i := range 2 {
		id, _ := p.Add(plan.Approve, plan.Place{Owner: cond, Branch: i})
		x, _ := p.Find(id)
		x.Name = "看一看"
	}
	if problems := p.Check(around); len(problems) > 0 {
		t.Fatal(problems)
	}
	proc, _ := parse(t, &p)
	for _, c := range []struct {
		vars map[string]any
		want string
	}{
		{map[string]any{"area": "120", "dine": "yes", "dishes": ""}, "approve_2"},
		{map[string]any{"area": "99", "dine": "yes", "dishes": "hot\ncold"}, "approve_3"},
		{map[string]any{"area": "", "dine": "yes", "dishes": "hot"}, "decide"},
		{nil, "decide"},
	} {
		r := newRunWith(t, proc, c.vars)
		r.complete("approve_1", "approve")
		r.open(c.want)
	}
}

func TestCheck_findsEverything(t *testing.T) {
	p := threeOffices(t)
	s, _ := p.Find("approve_2")
	s.Office, s.Days, s.Name, s.Materials = "nobody", 0, "", []string{"gone"}
	c, _ := p.Find("condition_1")
	c.Branches[1].When = []plan.Test{{Subject: "area", Op: "more", Value: "x"}}
	c.Branches[0].Back = "approve_3" // inside a parallel branch: would be begun twice
	joint, _ := p.Add(plan.Joint, plan.Place{Index: 2})
	j, _ := p.Find(joint)
	j.Offices = []string{"A"}
	got := map[string]bool{}
	for _, b := range p.Check(around) {
		got[b.Step+" "+b.Code] = true
	}
	for _, want := range []string{"approve_2 office", "approve_2 days", "approve_2 step.name", "approve_2 material",
		"condition_1 branch.last", "condition_1 test.number", "condition_1 back", "joint_1 offices"} {
		if !got[want] {
			t.Errorf("not found: %s, only %v", want, got)
		}
	}
}

// TestCheck_decidesWhatRuns builds plans at random and runs those without
// problems with random results: each reaches its decision, no step is open twice.
func TestCheck_decidesWhatRuns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 11))
	ran, endless, asked, called := 0, 0, 0, 0
	for range 300 {
		p := random(rnd)
		if len(p.Check(around)) > 0 {
			continue
		}
		ran++
		called += min(len(p.Flows), 1)
		proc, _ := parse(t, &p)
		r := newRunWith(t, proc, map[string]any{"partners": []any{map[string]any{"org": "A", "name": "示例消防"}}})
		for n := 0; !r.in.Ended(); n++ {
			open := r.in.Open()
			if len(open) == 0 {
				t.Fatalf("nothing is open and nothing is decided:\n%s", p.JSON())
			}
			result := []string{"approve", "refuse", "return"}[rnd.IntN(3)]
			if n > 40 && rnd.IntN(4) > 0 {
				result = "approve"
			}
			r.completeID(open[rnd.IntN(len(open))].ID, result)
			if n > 400 { // whoever draws a way back from every result of a step wants it so
				endless++
				break
			}
		}
		asked += r.asked
		if r.in.Ended() && r.service != "issue" && r.service != "refuse" {
			t.Fatalf("ended with %q", r.service)
		}
	}
	if endless > 2 {
		t.Fatalf("%d plans do not end", endless)
	}
	if ran < 60 || asked < 20 || called < 20 {
		t.Fatalf("only %d of 300 plans could run, tables were asked %d times, processes called in %d", ran, asked, called)
	}
}

func random(rnd *rand.Rand) plan.Plan {
	p := plan.New("随机")
	for n := range rnd.IntN(3) {
		p.AddFlow(fmt.Sprint("联审", n), "")
		p.Add(plan.Call, plan.Place{Index: rnd.IntN(2)})
	}
	for range 1 + rnd.IntN(7) {
		var places []plan.Place
		p.Each(func(s *plan.Step, at plan.Place) bool {
			places = append(places, at)
			for b := range s.Branches {
				places = append(places, plan.Place{Owner: s.ID, Branch: b})
			}
			return true
		})
		for _, f := range p.Flows {
			places = append(places, plan.Place{Owner: f.ID})
		}
		at := places[rnd.IntN(len(places))]
		id, _ := p.Add(plan.Kinds[rnd.IntN(len(plan.Kinds))], at)
		s, _ := p.Find(id)
		if s == nil {
			continue
		}
		s.Name = "步骤"
		switch s.Kind {
		case plan.Copy:
			s.Office = "A"
		case plan.Decision:
			s.Table = []string{"kind", "two"}[rnd.IntN(2)]
		case plan.Joint:
			s.Mode, s.Share = plan.Modes[rnd.IntN(4)], 50
			s.Offices = [][]string{{"A", "B"}, {"A", "B", "C"}, {plan.Partners}}[rnd.IntN(3)]
		case plan.Condition:
			var earlier []string
			p.Each(func(e *plan.Step, _ plan.Place) bool {
				if e.ID != id && e.Kind != plan.Decide {
					earlier = append(earlier, e.ID)
				}
				return e.ID != id
			})
			if len(earlier) == 0 {
				continue
			}
			pick := earlier[rnd.IntN(len(earlier))]
			s.Branches[0].When = []plan.Test{{Subject: pick, Op: "result", Value: plan.Results[rnd.IntN(3)]}}
			if e, _ := p.Find(pick); e.Kind == plan.Decision {
				s.Branches[0].When = [][]plan.Test{{{Subject: pick, Op: "is", Value: "a"}}, {{Subject: pick + ".how", Op: "not", Value: "x"}, {Subject: pick + ".fee", Op: "more", Value: "4"}}}[map[string]int{"kind": 0, "two": 1}[e.Table]]
			}
			if rnd.IntN(2) == 0 {
				s.Branches[0].Back = pick
			}
		}
	}
	// A plan drawn by hand fills its parallel branches; so does this one.
	p.Each(func(s *plan.Step, _ plan.Place) bool {
		for b := range s.Branches {
			if s.Kind == plan.Parallel && len(s.Branches[b].Steps) == 0 {
				s.Branches[b].Steps = []plan.Step{{ID: fmt.Sprintf("%s_in_%d", s.ID, b), Kind: plan.Approve, Name: "并行审查", Post: "examiner", Days: 3}}
			}
		}
		return true
	})
	return p
}

type run struct {
	t       *testing.T
	e       *bpmn.Engine
	p       *bpmn.Process
	in      *bpmn.Instance
	service string
	asked   int // how often tables were asked
}

var now = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

func newRun(t *testing.T, p *bpmn.Process) *run { return newRunWith(t, p, nil) }

func newRunWith(t *testing.T, p *bpmn.Process, vars map[string]any) *run {
	t.Helper()
	n := 0
	r := &run{t: t, p: p, e: &bpmn.Engine{Shared: true, NewID: func() string { n++; return fmt.Sprint("t", n) },
		Due: func(d string, from time.Time) (time.Time, error) { return from.Add(24 * time.Hour), nil }}}
	all := map[string]any{"department": "A"}
	outcomes.Begin(all)
	for k, v := range vars {
		all[k] = v
	}
	in, changes, err := r.e.Start(p, all, now)
	if err != nil {
		t.Fatal(err)
	}
	r.in = in
	r.follow(changes)
	return r
}

func (r *run) follow(changes []bpmn.Change) {
	r.t.Helper()
	for _, c := range changes {
		switch c.Kind {
		case bpmn.ServiceCalled:
			var vars map[string]any
			switch impl := c.Attrs["implementation"]; impl {
			case "kind": // tables give one thing or the other from time to time
				r.asked++
				vars = map[string]any{r.p.Find(c.Element).Result: []any{"a", "b", nil}[r.asked%3]}
			case "two":
				r.asked++
				vars = map[string]any{r.p.Find(c.Element).Result: map[string]any{"fee": int64(r.asked % 3 * 3), "how": []string{"x", "y"}[r.asked%2]}}
			default:
				r.service = impl
			}
			more, err := r.e.Complete(r.p, r.in, c.ID, vars, now)
			if err != nil {
				r.t.Fatal(err)
			}
			r.follow(more)
		case bpmn.Stuck:
			r.t.Fatalf("stuck at %s", c.Element)
		}
	}
}

func (r *run) completeID(id, result string) {
	r.t.Helper()
	vote := outcomes.Vote{Outcome: result}
	for _, o := range r.in.Open() {
		if o.ID == id {
			vote.Step, vote.Voter = o.Element, fmt.Sprint(o.Index)
		}
	}
	changes, err := r.e.Complete(r.p, r.in, id, outcomes.Cast(r.in.Vars, vote, outcomes.RuleOf(r.p, r.in, id)), now)
	if err != nil {
		r.t.Fatal(err)
	}
	r.follow(changes)
}

func (r *run) complete(element, result string) {
	r.t.Helper()
	for _, o := range r.in.Open() {
		if o.Element == element {
			r.completeID(o.ID, result)
			return
		}
	}
	r.t.Fatalf("%s is not open, only %v", element, r.in.Open())
}

func (r *run) open(want ...string) {
	r.t.Helper()
	got := map[string]bool{}
	for _, o := range r.in.Open() {
		got[o.Element] = true
	}
	for _, w := range want {
		if !got[w] {
			r.t.Fatalf("%s is not open, only %v", w, got)
		}
	}
	if len(got) != len(want) {
		r.t.Fatalf("open %v, want %v", got, want)
	}
}

// TestCall_sharedReview: a review by two offices is drawn once, called twice, and
// what came out of it decides which way is taken.
func TestCall_sharedReview(t *testing.T) {
	p := plan.New("示例流程")
	if _, ok := p.Add(plan.Call, plan.Place{}); ok {
		t.Fatal("there is nothing to call")
	}
	id := p.AddFlow("联审", "Joint review")
	fork, _ := p.Add(plan.Parallel, plan.Place{Owner: id, Index: 1})
	p.Spread(fork, []string{"A", "B"}, office)
	call, _ := p.Add(plan.Call, plan.Place{})
	loop, ok := p.AddLoop(plan.Place{Index: 1})
	if !ok || p.RemoveFlow(id) {
		t.Fatal("a called process was taken away, or has no result")
	}
	if _, ok := p.Add(plan.Call, plan.Place{Index: 3}); !ok {
		t.Fatal("no second call")
	}
	if problems := p.Check(around); len(problems) > 0 {
		t.Fatal(problems)
	}
	if n := p.Longest(); n != 5+2+2*10 {
		t.Errorf("the longest way takes %d days", n)
	}
	proc, file := parse(t, &p)
	if again, ok := plan.Read(file); !ok || !reflect.DeepEqual(again.Clone(), p.Clone()) {
		t.Fatal("the tree does not come back")
	}
	inside := p.Flow(id).Steps
	one, two, three := inside[0].ID, inside[1].Branches[0].Steps[0].ID, inside[1].Branches[1].Steps[0].ID
	r := newRun(t, proc)
	pass := func(result string) {
		r.open(one)
		r.complete(one, "approve")
		r.open(two, three)
		r.complete(two, result)
		r.complete(three, "approve")
	}
	pass("return")
	r.open("supplement_1")
	r.complete("supplement_1", "")
	pass("approve")
	r.open("approve_1")
	r.complete("approve_1", "approve")
	pass("approve")
	r.open("decide")
	r.complete("decide", "approve")
	if r.service != "issue" {
		t.Errorf("ended with %q", r.service)
	}
	for _, c := range []struct {
		do   func(p *plan.Plan)
		want string
	}{
		{func(p *plan.Plan) { s, _ := p.Find(call); s.Flow = "" }, call + " call"},
		{func(p *plan.Plan) { s, _ := p.Find(call); s.Flow = "gone" }, call + " call.gone"},
		{func(p *plan.Plan) { p.AddFlow("没人用", "") }, "sub_2 flow.uncalled"},
		{func(p *plan.Plan) { p.Flow(id).Name = " " }, id + " flow.name"},
		{func(p *plan.Plan) { p.Flow(id).Steps = nil }, id + " flow.empty"},
		{func(p *plan.Plan) { p.Add(plan.Call, plan.Place{Owner: id}) }, id + " flow.circle"},
		{func(p *plan.Plan) {
			f, _ := p.Add(plan.Parallel, plan.Place{})
			for b := range 2 {
				p.Add(plan.Call, plan.Place{Owner: f, Branch: b})
			}
		}, "parallel_2 call.twice"},
		{func(p *plan.Plan) { s, _ := p.Find(loop); s.Branches[0].When[0].Subject = two }, loop + " test.step"},
	} {
		q := p.Clone()
		c.do(&q)
		found := false
		for _, b := range q.Check(around) {
			found = found || b.Step+" "+b.Code == c.want
		}
		if !found {
			t.Errorf("not found: %s, only %v", c.want, q.Check(around))
		}
		q.Write("flow", office) // is drawn as far as it goes
	}
}

func TestSound_refusesWhatCannotBeDrawn(t *testing.T) {
	deep := plan.New("深")
	at := plan.Place{}
	for range 12 {
		id, ok := deep.Add(plan.Parallel, at)
		if !ok {
			t.Fatal("no place")
		}
		at = plan.Place{Owner: id}
	}
	twice := plan.New("重")
	twice.Steps = append(twice.Steps, twice.Steps[0])
	hostile := plan.New("坏")
	hostile.Steps[0].ID = `x"><evil/>`
	odd := plan.New("怪")
	odd.Decide.Kind = plan.Approve
	for name, p := range map[string]plan.Plan{"deep": deep, "twice": twice, "hostile": hostile, "odd": odd} {
		if p.Sound() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	lost := plan.New("失")
	lost.Decide.Back = "gone"
	if err := lost.Sound(); err != nil {
		t.Fatal(err)
	}
	lost.Write("flow", office) // is drawn as far as it goes
}

// TestPicture writes the drawing of the example, to be looked at.
func TestPicture(t *testing.T) {
	p := threeOffices(t)
	proc, _ := parse(t, &p)
	var b bytes.Buffer
	if err := proc.SVG(&b, bpmn.SVGOptions{}); err != nil || b.Len() < 1000 {
		t.Fatal(err, b.Len())
	}
	if dir := os.Getenv("TONGBAN_PICTURES"); dir != "" {
		if err := os.WriteFile(dir+"/plan.svg", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
