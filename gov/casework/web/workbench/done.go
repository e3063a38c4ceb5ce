package workbench

import (
	"context"
	"slices"

	"tongban/gov/casework"
	"tongban/platform/i18n"
)

// told are the acts that pages tell about afterwards, each in its own words
// (workbench.done.…). An address that names another tells nothing.
var told = []string{"accept", "refuse_acceptance", "ask",
	"approve", "refuse", "return", "granted", "refused",
	"delegate", "recall", "give", "transfer", "supplement", "wait",
	"pause", "resume", "extend", "claim", "release",
	"reject", "addsigner", "takeaway", "urge", "takeback", "redirect", "void", "copy"}

// doneWords say what was done to a case, "" when nothing is to be said.
func doneWords(ctx context.Context, act, number string) string {
	if number == "" || !slices.Contains(told, act) {
		return ""
	}
	return i18n.T(ctx, "workbench.done."+act, "number", casework.ShowNumber(number))
}

// said is what a result of a step did: the last one decides the case.
func said(act string, c casework.Case) string {
	if act == "decide" {
		act = string(casework.Return)
	}
	if c.State == casework.Decided && (act == "reject" || act == string(casework.Approve) || act == string(casework.Refuse)) {
		return string(c.Outcome)
	}
	return act
}
