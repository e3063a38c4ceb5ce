package outcomes

import (
	"maps"
	"slices"

	"tongban/platform/bpmn"
	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/state"
)

// Rule says what a step gives when several speak there.
//
//   - All (会签), and all in turn (依次签): one refusal refuses, else one return
//     returns, else it is approved. It is the strictest, and what counts where
//     nothing is said.
//   - Any (或签): one approval approves; without one it refuses, or returns when
//     nobody refuses.
//   - Share (票签): approved with enough approvals out of all seats; else as Any.
type Rule struct {
	Any   bool
	Need  func(seats int) int // approvals that are needed; nil: all, or one with Any
	Seats int                 // how many are asked; less than spoke counts as those
}

// Of is what the step gives when its seats say this.
func (r Rule) Of(seats []string) string {
	count := func(what string) (n int) {
		for _, s := range seats {
			if s == what {
				n++
			}
		}
		return n
	}
	approve, refuse, back := count(Approve), count(Refuse), count(Return)
	enough := false
	switch {
	case r.Need != nil:
		enough = approve >= r.Need(max(r.Seats, len(seats)))
	case r.Any:
		enough = approve > 0
	default:
		enough = refuse+back == 0
	}
	switch {
	case enough:
		return Approve
	case refuse > 0:
		return Refuse
	case back > 0:
		return Return
	}
	return Refuse // some are still to speak, and it is not approved without them
}

// RuleOf is the rule of the step to which an open task belongs, as its flow
// says (completion) or somebody who added a signer did.
func RuleOf(p *bpmn.Process, in *bpmn.Instance, task string) Rule {
	for _, t := range in.Tokens {
		i := slices.IndexFunc(t.Tasks, func(k state.Task) bool { return k.ID == task })
		if i < 0 {
			continue
		}
		r, seats := (*definition.Rule)(nil), 1
		if el := p.Find(t.At); el != nil {
			r = el.Completion
			if el.Loop != nil {
				r = el.Loop.Rule
			}
		}
		if t.Loop != nil {
			seats = t.Loop.Total
			if said, err := definition.ParseRule(t.Loop.Rule); err == nil && t.Loop.Rule != "" {
				r = said
			}
		}
		return ruleOf(r, seats)
	}
	return Rule{}
}

func ruleOf(r *definition.Rule, seats int) Rule {
	switch {
	case r == nil || r.Share == 1:
		return Rule{Seats: seats}
	case r.Any:
		return Rule{Any: true, Seats: seats}
	}
	return Rule{Need: r.Need, Seats: seats}
}

// FirstOf tells whether an open task is the first of a round of its step, in
// which nobody has spoken yet.
func FirstOf(in *bpmn.Instance, task string) bool {
	for _, t := range in.Tokens {
		for _, k := range t.Tasks {
			if k.ID == task {
				return t.Loop != nil && t.Loop.Done == 0 && k.Index == 0
			}
		}
	}
	return false
}

// Anew forgets in an instance what was said at a step before a voter is asked
// anew there, by the task that has just opened for him.
func Anew(in *bpmn.Instance, step, voter, task string) error {
	vars, err := state.CanonMap(Ask(in.Vars, step, voter, FirstOf(in, task)))
	if err != nil || len(vars) == 0 {
		return err
	}
	in.Vars = maps.Clone(in.Vars)
	maps.Copy(in.Vars, vars)
	return nil
}
