package outcomes

import (
	"maps"
	"strings"
)

// The variables.
const (
	Last      = "outcome"   // of the vote that was just given
	Steps     = "outcomes"  // step → its outcome
	Votes     = "votes"     // step and voter → what he said last
	Refusals  = "refusals"  // how many of them refuse
	Approvals = "approvals" // how many of them approve
)

// What a voter may say, and what a step gives.
const (
	Approve = "approve"
	Refuse  = "refuse"
	Return  = "return"
)

// Vote is what one voter says at a step.
type Vote struct {
	Step  string
	Voter string // who is asked at the step itself: an office
	// Signer is somebody who was added to that voter (加签), by an id of his own;
	// "" is the voter himself.
	Signer string
	// With tells that the signer signs for the same seat, after the voter: both
	// have to be for it. Else he has a seat of his own, beside.
	With    bool
	Outcome string
}

func (v Vote) key() string {
	switch {
	case v.Signer == "":
		return v.Step + "/" + v.Voter
	case v.With:
		return v.Step + "/" + v.Voter + after + v.Signer
	}
	return v.Step + "/" + v.Voter + beside + v.Signer
}

// Between a voter and who was added to him. Because: a voter is an office or a
// name, in which no control characters stand.
const (
	after  = "\x1fafter\x1f"
	beside = "\x1fbeside\x1f"
)

// Begin adds the variables of a flow in which nobody has spoken yet.
func Begin(vars map[string]any) {
	vars[Votes], vars[Steps], vars[Refusals], vars[Approvals] = map[string]any{}, map[string]any{}, 0, 0
}

// Cast gives the variables after a vote: who votes again replaces what he said
// before, and the step gives what its rule makes of all votes. vars is left as
// it is.
func Cast(vars map[string]any, v Vote, r Rule) map[string]any {
	votes, steps := copied(vars[Votes]), copied(vars[Steps])
	votes[v.key()] = v.Outcome
	step := r.Of(seats(votes, v.Step))
	steps[v.Step] = step
	out := tally(votes)
	out[Last], out[Steps], out[v.Step+"_outcome"] = v.Outcome, steps, step
	return out
}

// Ask gives the variables when a voter is asked at a step: what he and those who
// were added to him said there before counts no more. all is the beginning of a
// new round of the step: nobody's word from an earlier one counts. It gives nil
// when nothing changes.
func Ask(vars map[string]any, step, voter string, all bool) map[string]any {
	old, ok := vars[Votes].(map[string]any)
	if !ok {
		return nil
	}
	votes := map[string]any{}
	for k, v := range old {
		rest, here := strings.CutPrefix(k, step+"/")
		who, _, _ := strings.Cut(rest, "\x1f")
		if !here || !all && who != voter {
			votes[k] = v
		}
	}
	if len(votes) == len(old) {
		return nil
	}
	return tally(votes)
}

// seats is what each seat of a step says: who signs for the same seat can only
// make it stricter.
func seats(votes map[string]any, step string) []string {
	said := map[string]string{}
	for k, v := range votes {
		rest, here := strings.CutPrefix(k, step+"/")
		if !here {
			continue
		}
		seat, _, _ := strings.Cut(rest, after)
		outcome, _ := v.(string)
		said[seat] = stricter(said[seat], outcome)
	}
	var out []string
	for _, o := range said {
		out = append(out, o)
	}
	return out
}

// stricter is the stricter of two words; "" is none.
func stricter(a, b string) string {
	rank := map[string]int{"": 0, Approve: 1, Return: 2, Refuse: 3}
	if rank[a] >= rank[b] {
		return a
	}
	return b
}

func tally(votes map[string]any) map[string]any {
	refusals, approvals := 0, 0
	for _, v := range votes {
		switch v {
		case Refuse:
			refusals++
		case Approve:
			approvals++
		}
	}
	return map[string]any{Votes: votes, Refusals: refusals, Approvals: approvals}
}

func copied(v any) map[string]any {
	out := map[string]any{}
	if old, ok := v.(map[string]any); ok {
		maps.Copy(out, old)
	}
	return out
}
