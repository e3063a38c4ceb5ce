// Package outcomes is the variables in which a flow finds what its steps gave
// (items/README.md, flow.bpmn): cases set them, and so does a designer's trial,
// so that a flow is tried by the rules by which it runs.
package outcomes

import "maps"

// The variables.
const (
	Last      = "outcome"   // of the step that was just completed
	Steps     = "outcomes"  // step → its last outcome
	Votes     = "votes"     // step and voter → its last outcome
	Refusals  = "refusals"  // how many of them refuse
	Approvals = "approvals" // how many of them approve
)

// Begin adds the variables of a flow in which nobody has spoken yet.
func Begin(vars map[string]any) {
	vars[Votes], vars[Steps], vars[Refusals], vars[Approvals] = map[string]any{}, map[string]any{}, 0, 0
}

// Count gives the variables after a voter's outcome at a step: one that votes
// again replaces what it said before. vars is left as it is.
func Count(vars map[string]any, step, voter, outcome string) map[string]any {
	votes, steps := copied(vars[Votes]), copied(vars[Steps])
	votes[step+"/"+voter], steps[step] = outcome, outcome
	refusals, approvals := 0, 0
	for _, v := range votes {
		switch v {
		case "refuse":
			refusals++
		case "approve":
			approvals++
		}
	}
	return map[string]any{Votes: votes, Refusals: refusals, Approvals: approvals, Last: outcome, Steps: steps, step + "_outcome": outcome}
}

func copied(v any) map[string]any {
	out := map[string]any{}
	if old, ok := v.(map[string]any); ok {
		maps.Copy(out, old)
	}
	return out
}
