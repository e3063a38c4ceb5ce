package outcomes_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue/outcomes"
	"tongban/platform/bpmn"
)

var now = time.Date(2026, 9, 7, 2, 0, 0, 0, time.UTC)

// step is a process of one step that three offices do by a rule.
func step(t *testing.T, loop string) (*bpmn.Engine, *bpmn.Process, *bpmn.Instance) {
	t.Helper()
	m, err := bpmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="x"><process id="p" isExecutable="true">
		<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="b"/>
		<userTask id="b">` + loop + `</userTask>
		<sequenceFlow id="f2" sourceRef="b" targetRef="c"/><userTask id="c"/><sequenceFlow id="f3" sourceRef="c" targetRef="e"/><endEvent id="e"/></process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	e := &bpmn.Engine{NewID: func() string { n++; return fmt.Sprint("t", n) }}
	vars := map[string]any{}
	outcomes.Begin(vars)
	in, _, err := e.Start(m.Process("p"), vars, now)
	if err != nil {
		t.Fatal(err)
	}
	return e, m.Process("p"), in
}

func loop(sequential bool, completion string) string {
	rule := ""
	if completion != "" {
		rule = ` t:completion="` + completion + `" t:counts="${outcome == 'approve'}"`
	}
	return fmt.Sprintf(`<multiInstanceLoopCharacteristics isSequential="%t"%s><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`, sequential, rule)
}

// vote completes the open task of one seat, or any when seat is below 0.
func vote(t *testing.T, e *bpmn.Engine, p *bpmn.Process, in *bpmn.Instance, seat int, said string) {
	t.Helper()
	for _, o := range in.Open() {
		if o.Element != "b" || seat >= 0 && o.Index != seat {
			continue
		}
		v := outcomes.Vote{Step: "b", Voter: fmt.Sprint(o.Index), Outcome: said}
		if _, err := e.Complete(p, in, o.ID, outcomes.Cast(in.Vars, v, outcomes.RuleOf(p, in, o.ID)), now); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("seat %d is not asked: %v", seat, in.Open())
}

func done(in *bpmn.Instance) bool {
	return !slices.ContainsFunc(in.Open(), func(o bpmn.TaskState) bool { return o.Element == "b" })
}

// What every rule says, written down anew: slow and plain.
func reference(rule string, said []string) (outcome string, asked int) {
	count := func(of []string, what string) (n int) {
		for _, s := range of {
			if s == what {
				n++
			}
		}
		return n
	}
	worst := func(of []string) string {
		if count(of, "refuse") > 0 || count(of, "return") == 0 {
			return "refuse"
		}
		return "return"
	}
	for i := range said {
		so := said[:i+1]
		yes, no := count(so, "approve"), len(so)-count(so, "approve")
		switch rule {
		case "turn":
			if no > 0 {
				return worst(so), i + 1
			}
		case "any":
			if yes > 0 {
				return "approve", i + 1
			}
		case "60%", "2":
			if yes >= 2 {
				return "approve", i + 1
			}
			if no >= 2 {
				return worst(so), i + 1
			}
		}
	}
	switch {
	case rule == "any", rule == "60%", rule == "2", count(said, "approve") < len(said):
		return worst(said), len(said)
	}
	return "approve", len(said)
}

// Every rule, all words in every order: the step gives what the rule says and
// asks nobody more than it needs.
func TestRules_everyOrder(t *testing.T) {
	words := []string{"approve", "refuse", "return"}
	for rule, l := range map[string]string{"all": loop(false, ""), "any": loop(false, "any"), "60%": loop(false, "60%"), "2": loop(false, "2"), "turn": loop(true, "100%"),
		"any in turn": loop(true, "any"), "60% in turn": loop(true, "60%")} {
		name, _, _ := strings.Cut(rule, " in")
		for i := range 27 {
			said := []string{words[i%3], words[i/3%3], words[i/9]}
			want, asked := reference(name, said)
			for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}, {1, 2, 0}} {
				e, p, in := step(t, l)
				n := 0
				for k := 0; !done(in); k++ {
					seat := order[k]
					if strings.Contains(l, `isSequential="true"`) {
						seat = -1
					}
					vote(t, e, p, in, seat, said[k])
					n++
				}
				if got := in.Vars["b_outcome"]; got != want || n != asked {
					t.Errorf("%s, %v by %v: %v after %d, want %s after %d", rule, said, order, got, n, want, asked)
				}
			}
		}
	}
}

// Whoever is asked anew counts by what he says then, and the order in which
// people speak changes nothing where everybody is heard.
func TestCast_properties(t *testing.T) {
	words := []string{outcomes.Approve, outcomes.Refuse, outcomes.Return}
	r := rand.New(rand.NewPCG(3, 7))
	rules := []outcomes.Rule{{}, {Any: true}, {Need: func(n int) int { return (n + 1) / 2 }}}
	for range 3000 {
		rule, n := rules[r.IntN(len(rules))], 1+r.IntN(5)
		rule.Seats = n
		var votes []outcomes.Vote
		for i := range n {
			votes = append(votes, outcomes.Vote{Step: "b", Voter: fmt.Sprint("office", i), Outcome: words[r.IntN(3)]})
			if r.IntN(3) == 0 {
				votes = append(votes, outcomes.Vote{Step: "b", Voter: fmt.Sprint("office", i), Signer: fmt.Sprint("s", i), With: r.IntN(2) == 0, Outcome: words[r.IntN(3)]})
			}
		}
		say := func(vars map[string]any, order []int) map[string]any {
			for _, i := range order {
				more := outcomes.Cast(vars, votes[i], rule)
				for k, v := range more {
					vars[k] = v
				}
			}
			return vars
		}
		begin := func() map[string]any { v := map[string]any{}; outcomes.Begin(v); return v }
		first := say(begin(), r.Perm(len(votes)))
		other := say(begin(), r.Perm(len(votes)))
		if first["b_outcome"] != other["b_outcome"] {
			t.Fatalf("the order matters: %v %v of %v", first["b_outcome"], other["b_outcome"], votes)
		}
		refused := slices.ContainsFunc(votes, func(v outcomes.Vote) bool { return v.Outcome == outcomes.Refuse })
		if rule.Need == nil && !rule.Any && refused && first["b_outcome"] != outcomes.Refuse {
			t.Fatalf("a refusal was outweighed: %v of %v", first["b_outcome"], votes)
		}
		if again := say(first, r.Perm(len(votes))); again["b_outcome"] != other["b_outcome"] || again[outcomes.Refusals] != other[outcomes.Refusals] {
			t.Fatalf("saying it again counts twice: %v", votes)
		}
		asked := outcomes.Ask(first, "b", "", true)
		if asked == nil || asked[outcomes.Refusals] != 0 || asked[outcomes.Approvals] != 0 {
			t.Fatalf("a new round begins with old votes: %v", asked)
		}
	}
}

func TestAsk_oneVoterAndWhoSignsWithHim(t *testing.T) {
	vars := map[string]any{}
	outcomes.Begin(vars)
	for _, v := range []outcomes.Vote{{Step: "b", Voter: "x", Outcome: "refuse"}, {Step: "b", Voter: "x", Signer: "s", Outcome: "refuse"}, {Step: "b", Voter: "xy", Outcome: "refuse"}, {Step: "bb", Voter: "x", Outcome: "refuse"}} {
		for k, x := range outcomes.Cast(vars, v, outcomes.Rule{}) {
			vars[k] = x
		}
	}
	if got := outcomes.Ask(vars, "b", "x", false); got[outcomes.Refusals] != 2 {
		t.Errorf("%v", got)
	}
	if got := outcomes.Ask(vars, "b", "z", false); got != nil {
		t.Errorf("nobody's votes: %v", got)
	}
}

func TestRuleOf_addedSigners(t *testing.T) {
	e, p, in := step(t, "")
	id := in.Open()[0].ID
	if _, err := e.AddSigner(p, in, id, bpmn.Signer{Place: bpmn.Beside, Rule: "any"}, now); err != nil {
		t.Fatal(err)
	}
	if r := outcomes.RuleOf(p, in, id); !r.Any || r.Seats != 2 {
		t.Errorf("%+v", r)
	}
	if r := outcomes.RuleOf(p, in, "nowhere"); r.Any || r.Need != nil {
		t.Errorf("%+v", r)
	}
}
