package grounds

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/gov/casework/drafts"
)

// Refusal is what an officer says who is against: at least one ground, what
// was found, and what the grounds do not say themselves.
type Refusal struct {
	Grounds []string // keys
	Clause  string   // for grounds without a clause of their own
	Facts   string   // what was found in this case
	Pass    string   // how the applicant can pass, for grounds that do not say it
}

// MaxClause bounds the citation of a clause, in characters.
const MaxClause = 300

// The fields under which a refusal is kept with a step and shown as wrong.
const (
	FieldGrounds = "refusal.grounds" // one a line
	FieldClause  = "refusal.clause"
	FieldFacts   = "refusal.facts"
	FieldPass    = "refusal.pass"
)

const prefix = "refusal."

// Empty tells whether nothing was said.
func (r Refusal) Empty() bool {
	return len(r.Grounds) == 0 && r.Clause == "" && r.Facts == "" && r.Pass == ""
}

// Clean drops white space around what was said, and grounds named twice.
func (r Refusal) Clean() Refusal {
	out := Refusal{Clause: strings.TrimSpace(r.Clause), Facts: strings.TrimSpace(r.Facts), Pass: strings.TrimSpace(r.Pass)}
	for _, k := range r.Grounds {
		if k = strings.TrimSpace(k); k != "" && !slices.Contains(out.Grounds, k) {
			out.Grounds = append(out.Grounds, k)
		}
	}
	return out
}

// Settle finds the chosen grounds among those that may be named, and says what
// is missing.
//
// Law: 行政许可法 art. 38 ¶2.
func (r Refusal) Settle(may []Ground) ([]Ground, drafts.Problems) {
	var p drafts.Problems
	need := func(field, s, code string, longest int, wanted bool) {
		switch {
		case s == "" && wanted:
			p = append(p, drafts.Problem{Field: field, Code: code})
		case utf8.RuneCountInString(s) > longest:
			p = append(p, drafts.NeedText(field, s, longest)...)
		}
	}
	chosen, unknown := r.pick(may)
	switch {
	case unknown:
		p = append(p, drafts.Problem{Field: FieldGrounds, Code: "casework.problem.ground_unknown"})
	case len(chosen) == 0:
		p = append(p, drafts.Problem{Field: FieldGrounds, Code: "casework.problem.ground"})
	}
	need(FieldClause, r.Clause, "casework.problem.clause", MaxClause, slices.ContainsFunc(chosen, func(g Ground) bool { return g.Law == "" }))
	need(FieldFacts, r.Facts, "casework.problem.facts", drafts.MaxReason, true)
	need(FieldPass, r.Pass, "casework.problem.pass", drafts.MaxReason, slices.ContainsFunc(chosen, func(g Ground) bool { return g.Pass.Zh == "" }))
	return chosen, p
}

// pick keeps the order in which the grounds are listed.
func (r Refusal) pick(may []Ground) (chosen []Ground, unknown bool) {
	for _, g := range may {
		if slices.Contains(r.Grounds, g.Key) {
			if g.Law == "" && g.Kind() != KindLaw {
				g.Law = r.Clause
			}
			chosen = append(chosen, g)
		}
	}
	return chosen, len(chosen) < len(r.Grounds)
}

// Chosen are the grounds that were named, with the clause that was typed where
// they have none.
func (r Refusal) Chosen(may []Ground) []Ground {
	chosen, _ := r.pick(may)
	return chosen
}

// Passes are the ways to pass, each once: those of the grounds, then what the
// officer adds.
func (r Refusal) Passes(chosen []Ground) []string {
	var out []string
	add := func(s string) {
		if s = strings.TrimSuffix(strings.TrimSpace(s), "。"); s != "" && !slices.Contains(out, s+"。") {
			out = append(out, s+"。")
		}
	}
	for _, g := range chosen {
		add(g.Pass.Zh)
	}
	add(r.Pass)
	return out
}

// Words put a refusal into one text, for the record and the time line.
func (r Refusal) Words(chosen []Ground) string {
	var b strings.Builder
	for _, g := range chosen {
		b.WriteString(g.Sentence())
	}
	if r.Facts != "" {
		b.WriteString("核查到的情况：" + strings.TrimSuffix(r.Facts, "。") + "。")
	}
	if p := r.Passes(chosen); len(p) > 0 {
		b.WriteString("怎样可以通过：" + strings.Join(p, ""))
	}
	return b.String()
}

// Into keeps a refusal with the fields of a step; an empty one clears what was
// there.
func (r Refusal) Into(fields map[string]string) map[string]string {
	out := maps.Clone(fields)
	if out == nil {
		out = map[string]string{}
	}
	for k := range out {
		if strings.HasPrefix(k, prefix) {
			delete(out, k)
		}
	}
	for k, v := range map[string]string{FieldGrounds: strings.Join(r.Grounds, "\n"), FieldClause: r.Clause, FieldFacts: r.Facts, FieldPass: r.Pass} {
		if v != "" {
			out[k] = v
		}
	}
	return out
}

// From reads what Into kept.
func From(fields map[string]string) Refusal {
	return Refusal{Grounds: strings.Split(fields[FieldGrounds], "\n"), Clause: fields[FieldClause], Facts: fields[FieldFacts], Pass: fields[FieldPass]}.Clean()
}
