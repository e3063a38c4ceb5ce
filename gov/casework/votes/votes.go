// Package votes counts the results of the steps of a case, as variables that
// the conditions of its flow read (gov/catalogue/outcomes).
package votes

import (
	"tongban/gov/casework/desk"
	"tongban/gov/catalogue/outcomes"
	"tongban/platform/bpmn"
)

// Begin adds the variables of a flow in which nobody has spoken yet.
func Begin(vars map[string]any) { outcomes.Begin(vars) }

// Count counts the results of the steps so far: a step that is done again
// replaces its earlier result.
func Count(vars map[string]any, t desk.Task, r desk.Result) map[string]any {
	if t.Signer == string(bpmn.Before) {
		return map[string]any{} // an opinion for who signs after him
	}
	return outcomes.Count(vars, t.Element, t.Org+"/"+t.OnBehalf, string(r))
}
