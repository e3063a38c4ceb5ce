// Package votes counts the results of the steps of a flow, as variables that
// its conditions read.
package votes

import (
	"tongban/gov/casework/desk"
	"tongban/platform/bpmn"
)

// The variables.
const (
	varOutcome   = "outcome"   // of the step that was just completed
	varOutcomes  = "outcomes"  // step → its last outcome
	varVotes     = "votes"     // step and office → its last outcome
	varRefusals  = "refusals"  // how many of them refuse
	varApprovals = "approvals" // how many of them approve
)

// Begin adds the variables of a flow in which nobody has spoken yet.
func Begin(vars map[string]any) {
	vars[varVotes], vars[varOutcomes], vars[varRefusals], vars[varApprovals] = map[string]any{}, map[string]any{}, 0, 0
}

// Count counts the results of the steps so far: a step that is done again
// replaces its earlier result.
func Count(vars map[string]any, t desk.Task, r desk.Result) map[string]any {
	if t.Signer == string(bpmn.Before) {
		return map[string]any{} // an opinion for who signs after him
	}
	fresh := map[string]any{}
	if old, ok := vars[varVotes].(map[string]any); ok {
		for k, v := range old {
			fresh[k] = v
		}
	}
	fresh[t.Element+"/"+t.Org+"/"+t.OnBehalf] = string(r)
	refusals, approvals := 0, 0
	for _, v := range fresh {
		switch v {
		case string(desk.Refuse):
			refusals++
		case string(desk.Approve):
			approvals++
		}
	}
	outcomes := map[string]any{}
	if old, ok := vars[varOutcomes].(map[string]any); ok {
		for k, v := range old {
			outcomes[k] = v
		}
	}
	outcomes[t.Element] = string(r)
	return map[string]any{varVotes: fresh, varRefusals: refusals, varApprovals: approvals, varOutcome: string(r), varOutcomes: outcomes, t.Element + "_outcome": string(r)}
}
