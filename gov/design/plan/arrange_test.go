package plan_test

import (
	"slices"
	"testing"

	"tongban/gov/design/plan"
)

// TestSpread_fromNothing: three offices side by side and a supplement loop in
// three acts, beginning with an empty plan.
func TestSpread_fromNothing(t *testing.T) {
	p := plan.From(plan.Blank, "示例流程", nil, office)
	if len(p.Steps) != 0 {
		t.Fatalf("not empty: %+v", p.Steps)
	}
	if _, ok := p.AddLoop(plan.Place{}); ok {
		t.Error("a loop with nothing before it")
	}
	fork, _ := p.Add(plan.Parallel, plan.Place{})
	if !p.Spread(fork, []string{"A", "B", "C"}, office) {
		t.Fatal("not spread")
	}
	if _, ok := p.AddLoop(plan.Place{Index: 1}); !ok {
		t.Fatal("no loop")
	}
	if list := p.Check(around); len(list) > 0 {
		t.Fatalf("%+v", list)
	}
	want := threeOffices(t)
	if string(want.Write("flow", office)) != string(p.Write("flow", office)) {
		t.Errorf("not what the template gives:\n%s\n%s", want.JSON(), p.JSON())
	}
	parse(t, &p)
}

func TestSpread_keepsWhatIsMore(t *testing.T) {
	p := plan.From(plan.Blank, "示例流程", nil, office)
	fork, _ := p.Add(plan.Parallel, plan.Place{})
	p.Spread(fork, []string{"A", "B"}, office)
	p.Add(plan.Approve, plan.Place{Owner: fork, Branch: 0, Index: 1}) // A does two steps
	s, _ := p.Find(fork)
	s.Branches[1].Steps[0].Days = 3
	if !p.Spread(fork, []string{"B", "C"}, office) {
		t.Fatal("not spread")
	}
	s, _ = p.Find(fork)
	if len(s.Branches) != 3 || len(s.Branches[0].Steps) != 2 || s.Branches[1].Steps[0].Days != 3 || !slices.Equal(s.Beside(), []string{"B", "C"}) {
		t.Errorf("%s", p.JSON())
	}
	p.Spread(fork, []string{"C"}, office)
	if s, _ = p.Find(fork); len(s.Branches) != 2 {
		t.Errorf("%s", p.JSON())
	}
	if p.Spread(fork, nil, office) || p.Spread("decide", []string{"A"}, office) {
		t.Error("spread over nobody")
	}
}

func TestFit_keepsThePromise(t *testing.T) {
	p := plan.From(plan.Blank, "示例流程", nil, office)
	one, _ := p.Add(plan.Approve, plan.Place{})
	p.Fit(one, 5)
	if p.Longest() != 5 {
		t.Errorf("%d days", p.Longest())
	}
	two, _ := p.Add(plan.Parallel, plan.Place{Index: 1})
	p.Fit(two, 5)
	if p.Longest() != 6 { // one day stays
		t.Errorf("%d days", p.Longest())
	}
}
