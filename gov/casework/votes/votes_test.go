package votes

import (
	"testing"

	"tongban/gov/casework/desk"
	"tongban/gov/catalogue/outcomes"
	"tongban/platform/bpmn"
)

// standing is an instance in which two tasks are open: of an office, and of a
// signer beside it.
func standing(vars map[string]any) *bpmn.Instance {
	in := &bpmn.Instance{Vars: vars}
	return in
}

func TestVotes_aStepDoneAgainCountsOnce(t *testing.T) {
	p := &bpmn.Process{}
	vars := Count(p, standing(nil), desk.Task{Element: "a", Org: "x"}, desk.Refuse)
	vars = Count(p, standing(vars), desk.Task{Element: "a", Org: "y"}, desk.Approve)
	if vars[outcomes.Refusals] != 1 || vars[outcomes.Approvals] != 1 || vars["a_outcome"] != "refuse" {
		t.Errorf("two offices: %v", vars)
	}
	vars = Count(p, standing(vars), desk.Task{Element: "a", Org: "x"}, desk.Approve)
	if vars[outcomes.Refusals] != 0 || vars[outcomes.Approvals] != 2 || vars["a_outcome"] != "approve" {
		t.Errorf("done again: %v", vars)
	}
	if more := Count(p, standing(vars), desk.Task{Element: "a", Org: "z", Signer: "before"}, desk.Refuse); len(more) != 0 {
		t.Errorf("who signs before only informs: %v", more)
	}
}

// A later approval of a signer from the same office does not outweigh a refusal.
func TestVotes_aSignerDoesNotReplaceWhoAddedHim(t *testing.T) {
	p := &bpmn.Process{}
	for _, place := range []string{"beside", "after"} {
		vars := Count(p, standing(nil), desk.Task{ID: "t1", Element: "a", Org: "x"}, desk.Refuse)
		vars = Count(p, standing(vars), desk.Task{ID: "t2", Element: "a", Org: "x", Signer: place}, desk.Approve)
		if vars["a_outcome"] != "refuse" || vars[outcomes.Approvals] != 1 {
			t.Errorf("%s: %v", place, vars)
		}
	}
}

func TestAsked_anew(t *testing.T) {
	p, a := &bpmn.Process{}, desk.Task{ID: "t1", Element: "a", Org: "x"}
	in := standing(Count(p, standing(nil), a, desk.Refuse))
	if err := Asked(in, a); err != nil || in.Vars[outcomes.Refusals] != 0 {
		t.Errorf("%v %v", in.Vars, err)
	}
	if err := Asked(in, desk.Task{ID: "t9", Element: "a", Org: "x", Signer: "after"}); err != nil {
		t.Error(err)
	}
}
