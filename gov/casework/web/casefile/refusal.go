package casefile

import (
	"context"
	"net/http"
	"net/url"

	"tongban/gov/casework"
	"tongban/gov/casework/grounds"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Refusing is a decision against the applicant as it is being written: what is
// not met, by which clause, what was found, how to pass.
//
// Law: 行政许可法 art. 38 ¶2.
type Refusing struct {
	May      []casework.Ground
	Bases    []string // clauses of the item, offered where one is typed
	Said     casework.Refusal
	Open     bool
	Problems []ui.Problem
}

// refusalControls are the controls of this page for the fields of a refusal.
var refusalControls = map[string]string{grounds.FieldGrounds: "refuse.grounds", grounds.FieldClause: "refuse.clause", grounds.FieldFacts: "refuse.facts", grounds.FieldPass: "refuse.pass"}

// RefusalControls places the problems of a refusal at the controls.
func RefusalControls() map[string]string { return refusalControls }

// groundGroups are the lists in which grounds are offered, each under its own
// name: what applies most often is open, the rest is folded.
var groundGroups = []string{"refuse.grounds", "refuse.conditions", "refuse.materials"}

// SentRefusal reads what was sent.
func SentRefusal(r *http.Request) casework.Refusal {
	f := r.PostForm
	var keys []string
	for _, name := range groundGroups {
		keys = append(keys, f[name]...)
	}
	return casework.Refusal{Grounds: keys, Clause: f.Get("refuse.clause"), Facts: f.Get("refuse.facts"), Pass: f.Get("refuse.pass")}.Clean()
}

// Refusing offers the grounds of a decision about this case. Before anything
// is sent it holds what the last step said that was against, so that who
// decides need not write it again.
func (v View) Refusing(form url.Values, said casework.Refusal) Refusing {
	r := Refusing{May: grounds.OfItem(v.Offer, v.File.Materials), Bases: grounds.Bases(v.Offer), Said: said}
	if form != nil {
		return r
	}
	for _, t := range v.File.Tasks {
		if t.State == casework.TaskDone && t.Result == casework.Refuse {
			if kept := grounds.From(t.Fields); !kept.Empty() {
				r.Said = kept
			}
		}
	}
	return r
}

// NotAccepting offers the grounds for not accepting this case.
func (v View) NotAccepting(rules casework.Rules, said casework.Refusal) Refusing {
	return Refusing{May: grounds.OfAcceptance(rules, v.Offer, v.File.Materials, v.File.Case.Supplements > 0), Bases: grounds.Bases(v.Offer), Said: said}
}

// placed puts problems of a refusal at the controls.
func placed(problems []ui.Problem) []ui.Problem {
	for i, p := range problems {
		if control, ok := refusalControls[p.Field]; ok {
			problems[i].Field = control
		}
	}
	return problems
}

// groundField is one list of grounds to choose from.
func (r Refusing) groundField(ctx context.Context, name string) (ui.FieldProps, bool) {
	f := ui.FieldProps{Name: name, Label: i18n.T(ctx, "casefile."+name), Type: ui.Choices, Values: r.Said.Grounds, Plain: true, Error: ui.ErrorFor(r.Problems, name)}
	chosen := false
	for _, g := range r.May {
		if r.group(g) != name {
			continue
		}
		hint := ""
		if g.Law != "" {
			hint = g.Law + i18n.T(ctx, "casefile.stop")
		}
		if !g.Pass.Empty() {
			hint += i18n.T(ctx, "casefile.refuse.how", "text", g.Pass.In(ctx))
		}
		f.Options = append(f.Options, ui.Option{Value: g.Key, Text: g.Name.In(ctx), Hint: hint})
		chosen = chosen || contains(r.Said.Grounds, g.Key)
	}
	return f, chosen
}

// group is the list in which a ground is offered. Where an item lists no
// reasons, its conditions come first; before acceptance the law's own grounds.
func (r Refusing) group(g casework.Ground) string {
	switch first := r.May[0].Kind(); {
	case g.Kind() == first:
		return groundGroups[0]
	case g.Kind() == grounds.KindMaterial:
		return groundGroups[2]
	}
	return groundGroups[1]
}

// typed tells whether some ground leaves the clause, or how to pass, to the officer.
func (r Refusing) typed() (clause, pass bool) {
	for _, g := range r.May {
		clause, pass = clause || g.Law == "", pass || g.Pass.Empty()
	}
	return clause, pass
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
