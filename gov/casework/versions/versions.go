package versions

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/migrate"
)

// SameApplication tells whether two versions ask the applicant for the same and
// give the same.
func SameApplication(a, b *catalogue.Offer) bool {
	same := func(x, y any) bool {
		p, errP := json.Marshal(x)
		q, errQ := json.Marshal(y)
		return errP == nil && errQ == nil && bytes.Equal(p, q)
	}
	return same(a.Form, b.Form) && same(a.Situations, b.Situations) && same(a.Materials, b.Materials) && same(a.Result, b.Result)
}

// Plan is the engine's plan, and the refusal of steps whose post changes: who has
// one would not be allowed to do it.
func Plan(before, after *offers.Ready, in *bpmn.Instance, mapping map[string]string) migrate.Plan {
	plan := migrate.Preview(before.Process, after.Process, in, mapping)
	for i, step := range plan.Steps {
		if step.What != "task" || step.Outcome == migrate.Refused {
			continue
		}
		was, now := before.Process.Find(step.Element), after.Process.Find(step.To)
		if was != nil && now != nil && was.Attrs["post"] != now.Attrs["post"] {
			plan.Steps[i].Outcome, plan.Steps[i].Reason = migrate.Refused, "the post is another one"
		}
	}
	return plan
}

// Vars gives the flow the answers that only the new version looks at,
// and what renamed steps have given under their new ids.
func Vars(old map[string]any, mapping map[string]string, o *offers.Ready, answers map[string]string) map[string]any {
	vars := maps.Clone(old)
	for _, id := range o.Wanted {
		if _, there := vars[id]; !there {
			vars[id] = answers[id]
		}
	}
	outcomes, _ := vars["outcomes"].(map[string]any)
	outcomes = maps.Clone(outcomes)
	for from, to := range mapping {
		for k, v := range old {
			if rest, ok := strings.CutPrefix(k, from+"_"); ok && slices.Contains([]string{"outcome", "opinion", "votes"}, rest) {
				vars[to+"_"+rest] = v
			}
		}
		if v, ok := outcomes[from]; ok {
			outcomes[to] = v
		}
	}
	if outcomes != nil {
		vars["outcomes"] = outcomes
	}
	return vars
}
