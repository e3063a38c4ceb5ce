package content

import (
	"cmp"
	"slices"
	"strings"
)

// Bundle (一件事) joins items that people need together: one guide, one set of
// questions, one form, one set of materials, one progress; every part stays a
// case of its own office. bundle.json is its form as a file.
//
// Law: 行政许可法 art. 26: where several organs decide, handling may be joined;
// 国发〔2024〕3号 (高效办成一件事): told once, one form, one set of materials.
type Bundle struct {
	Format int    `json:"format"`
	Parts  []Part `json:"parts"`
}

// Part is one item of a bundle.
type Part struct {
	ID         string          `json:"id"`
	Item       string          `json:"item"`                  // code of the item
	Region     string          `json:"region,omitempty"`      // that publishes it; "": the one of the bundle
	Name       Text            `json:"name"`                  // as the guide calls it
	When       Text            `json:"when"`                  // in words, when it is needed
	NeededWhen string          `json:"needed_when,omitempty"` // over questions and fields of the bundle; "": always
	After      []string        `json:"after,omitempty"`       // parts that have to be done before; none: it starts at once
	Failed     Policy          `json:"failed"`                // what happens to the rest when this part fails
	Situation  []AnswerBinding `json:"situation,omitempty"`
	Form       []FieldBinding  `json:"form,omitempty"`
	Materials  []PaperBinding  `json:"materials,omitempty"`
}

// Policy is what happens to the rest when a part is refused or taken back.
type Policy string

// The policies.
const (
	StopAll        Policy = "stop_all"        // everything that is not decided yet ends
	GoOn           Policy = "go_on"           // the others go on, also those that wait for it
	StopDependents Policy = "stop_dependents" // those that wait for it do not start; the others go on
)

// Policies are all of them.
var Policies = []Policy{StopAll, GoOn, StopDependents}

// AnswerBinding answers a question of a part: with the answer to a question or
// choice of the bundle, or with one that is always the same.
type AnswerBinding struct {
	Question string `json:"question"`
	From     string `json:"from,omitempty"`
	Value    string `json:"value,omitempty"`
	Words    []Word `json:"words,omitempty"`
}

// FieldBinding fills in a field of a part: from a question or field of the
// bundle, always the same, or from the certificate of a part before.
type FieldBinding struct {
	Field  string `json:"field"`
	From   string `json:"from,omitempty"`
	Value  string `json:"value,omitempty"`
	Words  []Word `json:"words,omitempty"`
	Result string `json:"result,omitempty"` // part whose certificate has it
	Key    string `json:"key,omitempty"`    // key of the certificate's line, or "number"
}

// Word turns one answer of the bundle into one of the part, where they are
// called differently.
type Word struct {
	Is string `json:"is"`
	To string `json:"to"`
}

// PaperBinding hands a material of the bundle on to a part, or the certificate
// of a part before.
type PaperBinding struct {
	Material string `json:"material"`
	From     string `json:"from,omitempty"`
	Result   string `json:"result,omitempty"`
}

// Sources are the answers that one binding takes from: a|b is the first with a
// value.
func Sources(from string) []string {
	return strings.FieldsFunc(from, func(r rune) bool { return r == '|' })
}

// Number is the key of a certificate's own number.
const Number = "number"

// Part finds a part.
func (b *Bundle) Part(id string) (Part, bool) {
	if b == nil {
		return Part{}, false
	}
	i := slices.IndexFunc(b.Parts, func(p Part) bool { return p.ID == id })
	if i < 0 {
		return Part{}, false
	}
	return b.Parts[i], true
}

// In is the region that publishes the item of a part.
func (p Part) In(region string) string { return cmp.Or(p.Region, region) }

// Turn is the answer of the part for an answer of the bundle; of several
// choices, a line each, every one is turned.
func Turn(words []Word, answer string) string {
	if len(words) == 0 || answer == "" {
		return answer
	}
	var out []string
	for one := range strings.SplitSeq(answer, "\n") {
		for _, w := range words {
			if w.Is == one && !slices.Contains(out, w.To) {
				out = append(out, w.To)
			}
		}
	}
	return strings.Join(out, "\n")
}

// Dependents are the parts that wait for one, also through others.
func (b *Bundle) Dependents(id string) []string {
	var out []string
	for grown := true; grown; {
		grown = false
		for _, p := range b.Parts {
			if p.ID == id || slices.Contains(out, p.ID) {
				continue
			}
			if slices.ContainsFunc(p.After, func(a string) bool { return a == id || slices.Contains(out, a) }) {
				out, grown = append(out, p.ID), true
			}
		}
	}
	return out
}
