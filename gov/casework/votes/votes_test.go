package votes

import (
	"testing"

	"tongban/gov/casework/desk"
	"tongban/gov/catalogue/outcomes"
)

func TestVotes_aStepDoneAgainCountsOnce(t *testing.T) {
	vars := Count(nil, desk.Task{Element: "a", Org: "x"}, desk.Refuse)
	vars = Count(vars, desk.Task{Element: "a", Org: "y"}, desk.Approve)
	if vars[outcomes.Refusals] != 1 || vars[outcomes.Approvals] != 1 {
		t.Errorf("two offices: %v", vars)
	}
	vars = Count(vars, desk.Task{Element: "a", Org: "x"}, desk.Approve)
	if vars[outcomes.Refusals] != 0 || vars[outcomes.Approvals] != 2 || vars["a_outcome"] != "approve" {
		t.Errorf("done again: %v", vars)
	}
	if more := Count(vars, desk.Task{Element: "a", Org: "z", Signer: "before"}, desk.Refuse); len(more) != 0 {
		t.Errorf("who signs before only informs: %v", more)
	}
}
