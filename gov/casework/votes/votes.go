// Package votes counts the results of the steps of a case, as variables that
// the conditions of its flow read (gov/catalogue/outcomes): a step gives what
// its rule makes of everybody who signs there.
package votes

import (
	"tongban/gov/casework/desk"
	"tongban/gov/catalogue/outcomes"
	"tongban/platform/bpmn"
)

// Signed is the variable that a signer's task has over those of its flow.
const Signed = "signer"

// Begin adds the variables of a flow in which nobody has spoken yet.
func Begin(vars map[string]any) { outcomes.Begin(vars) }

// Voter is whose seat a task fills: that of its office, or, where it signs
// too, of who was asked in the first place.
func Voter(in *bpmn.Instance, t desk.Task) string {
	if t.Signer != "" {
		if who, ok := added(in, t)[Signed].(map[string]any); ok {
			if seat, _ := who["seat"].(string); seat != "" {
				return seat
			}
		}
	}
	return t.Org + "/" + t.OnBehalf
}

// added are the variables with which a signer was added.
func added(in *bpmn.Instance, t desk.Task) map[string]any {
	for _, token := range in.Tokens {
		for _, k := range token.Tasks {
			if k.ID == string(t.ID) {
				return k.For
			}
		}
	}
	return nil
}

// Count counts the results of the steps with this one: who does a step again
// replaces his earlier result.
func Count(p *bpmn.Process, in *bpmn.Instance, t desk.Task, r desk.Result) map[string]any {
	if t.Signer == string(bpmn.Before) {
		return map[string]any{} // an opinion for who signs after him
	}
	v := outcomes.Vote{Step: t.Element, Voter: Voter(in, t), With: t.Signer == string(bpmn.After), Outcome: string(r)}
	if t.Signer != "" {
		v.Signer = string(t.ID)
	}
	return outcomes.Cast(in.Vars, v, outcomes.RuleOf(p, in, string(t.ID)))
}

// Asked forgets what was said at a step before its office was asked anew.
func Asked(in *bpmn.Instance, t desk.Task) error {
	if t.Signer != "" {
		return nil
	}
	return outcomes.Anew(in, t.Element, Voter(in, t), string(t.ID))
}
