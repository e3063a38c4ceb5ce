package grounds

import (
	"slices"
	"strings"

	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
)

// The kinds of grounds; a key is kind, point and id, such as "material.lease".
const (
	KindLaw       = "law"       // a ground that the licensing law itself names
	KindReason    = "reason"    // a reason that the item lists
	KindCondition = "condition" // a condition of the item
	KindMaterial  = "material"  // a material of the item
)

// Ground is one thing that an application may be refused for.
type Ground struct {
	Key   string
	Name  catalogue.Text // what a page calls it
	Text  catalogue.Text // what is not met, as the notice prints it
	Law   string         // citation; "" asks the officer for it
	Quote string         // the words of the clause
	Pass  catalogue.Text // how it can be met; empty asks the officer for it
}

// Kind is the kind of a ground.
func (g Ground) Kind() string {
	kind, _, _ := strings.Cut(g.Key, ".")
	return kind
}

// Sentence is the ground as the notice gives it, in Chinese as the notice is.
func (g Ground) Sentence() string {
	text := strings.TrimSuffix(g.Text.Zh, "。")
	switch {
	case g.Law == "":
		return text + "。"
	case g.Kind() == KindLaw:
		return text + "（" + g.Law + "）。"
	}
	return "不符合" + g.Law + "：" + text + "。"
}

// OfItem are the grounds of a decision not to grant: the reasons that the item
// lists, its conditions, and the materials that this case needs.
func OfItem(o *catalogue.Offer, materials []catalogue.Material) []Ground {
	var out []Ground
	for _, r := range o.Result.Refusal.Reasons {
		g := Ground{Key: KindReason + "." + r.ID, Name: r.Text, Text: r.Text, Pass: r.Pass}
		g.cite(o, r.Clause)
		out = append(out, g)
	}
	for _, c := range o.ConditionList {
		g := Ground{Key: KindCondition + "." + c.ID, Name: c.Text, Text: catalogue.Text{Zh: "没有达到办理条件“" + strings.TrimSuffix(c.Text.Zh, "。") + "”"}}
		g.cite(o, c.Clause)
		out = append(out, g)
	}
	return append(out, ofMaterials(o, materials)...)
}

// OfAcceptance are the grounds for not accepting: those of the law, and, once
// the applicant was asked for them, materials that are still missing.
//
// Law: 行政许可法 art. 32 ¶1(1), (2); (4): who has not asked for a material cannot
// refuse for it.
func OfAcceptance(r terms.Rules, o *catalogue.Offer, materials []catalogue.Material, asked bool) []Ground {
	var out []Ground
	for _, g := range r.NotAccepted {
		text := catalogue.Text{Zh: g.Text, En: g.TextEn}
		out = append(out, Ground{Key: KindLaw + "." + g.Key, Name: text, Text: text, Law: g.Citation, Pass: catalogue.Text{Zh: g.Pass, En: g.PassEn}})
	}
	if asked {
		out = append(out, ofMaterials(o, materials)...)
	}
	return out
}

// OfSilence is the ground when the applicant does not mend in time what he was
// told at once, before acceptance.
func OfSilence(r terms.Rules) Ground {
	g := r.Silence
	text := catalogue.Text{Zh: g.Text, En: g.TextEn}
	return Ground{Key: KindLaw + "." + g.Key, Name: text, Text: text, Law: g.Citation, Pass: catalogue.Text{Zh: g.Pass, En: g.PassEn}}
}

func ofMaterials(o *catalogue.Offer, materials []catalogue.Material) []Ground {
	var out []Ground
	for _, m := range materials {
		g := Ground{Key: KindMaterial + "." + m.ID, Name: m.Name, Text: catalogue.Text{Zh: "没有提供符合要求的“" + m.Name.Zh + "”"}}
		g.cite(o, m.Clause)
		out = append(out, g)
	}
	return out
}

// cite takes the clause of the item. Because: the clauses that complete an
// imported guide are about how to refuse, not about what is required, so there
// the officer names the clause.
func (g *Ground) cite(o *catalogue.Offer, clause string) {
	if catalogue.IsGeneral(clause) {
		return
	}
	if c, ok := o.Clause(clause); ok {
		g.Law, g.Quote = c.Citation(), c.Text
	}
}

// Bases are the clauses of an item, to be offered where one has to be typed.
func Bases(o *catalogue.Offer) []string {
	var out []string
	for _, c := range o.Basis {
		if !catalogue.IsGeneral(c.ID) && !slices.Contains(out, c.Citation()) {
			out = append(out, c.Citation())
		}
	}
	return out
}
