package dmn

import (
	"fmt"
	"strings"

	"tongban/platform/dmn/feel"
)

// Trace is the way to a result: every decision and table that was worked out, in
// that order.
type Trace struct{ Steps []Step }

// Step is one decision, or one table inside a decision or function.
type Step struct {
	Decision string // name of the decision or function
	ID       string
	Kind     string // decisionTable, literalExpression, context …
	Inside   bool   // a table inside Decision, before its own step
	Policy   HitPolicy
	Inputs   []Pair    // of a table: what its inputs were
	Rules    []RuleHit // of a table: the rules that matched, in the order of the table
	Value    feel.Value
}

// Pair is a name and a value.
type Pair struct {
	Name  string
	Value feel.Value
}

// Condition is a name and a text of the author.
type Condition struct{ Name, Text string }

// RuleHit is a rule that matched.
type RuleHit struct {
	Rule        int // counted from 1
	ID          string
	Line        int         // in the file
	Conditions  []Condition // inputs that the rule looks at, as written
	Outputs     []Pair
	Annotations []Condition
}

// maxSteps keeps a trace readable when functions call tables many times.
const maxSteps = 500

func (t *Trace) add(s Step) {
	if len(t.Steps) < maxSteps {
		t.Steps = append(t.Steps, s)
	}
}

// words of the explanation by language; en is used for every other one.
var words = map[string]map[string]string{
	"en": {"rule": "rule %d of %q applies", "none": "no rule of %q applies", "because": "because", "so": "so %s is %s", "is": "%s is %s", "and": " and ",
		"null": "not known"},
	"zh-Hans": {"rule": "%[2]s：第 %[1]d 条规则适用", "none": "%s：没有规则适用", "because": "因为", "so": "所以%s为%s", "is": "%s为%s", "and": "，",
		"null": "未知"},
}

// Text explains the way in sentences, one a line, in English or, for "zh-Hans",
// in Chinese: which rule of which table applied, because of which inputs, and what
// it gave.
func (t Trace) Text(lang string) string {
	w := words[lang]
	if w == nil {
		w = words["en"]
	}
	var b strings.Builder
	for _, s := range t.Steps {
		switch {
		case s.Inside && len(s.Rules) == 0:
			fmt.Fprintf(&b, w["none"]+"\n", s.Decision)
		case s.Inside:
			for _, r := range s.Rules {
				fmt.Fprintf(&b, w["rule"], r.Rule, s.Decision)
				b.WriteString(s.reasons(r, w) + "\n")
			}
		default:
			fmt.Fprintf(&b, w["is"]+"\n", s.Decision, show(s.Value, w))
		}
	}
	return b.String()
}

// reasons names the inputs that the rule looks at, with their values.
func (s Step) reasons(r RuleHit, w map[string]string) string {
	var parts []string
	for _, c := range r.Conditions {
		for _, in := range s.Inputs {
			if in.Name == c.Name {
				parts = append(parts, fmt.Sprintf(w["is"], c.Name, show(in.Value, w)))
				break
			}
		}
	}
	sep, out := ": ", ""
	if w["null"] == "未知" {
		sep = "，"
	}
	if len(parts) > 0 {
		out = sep + w["because"] + space(w) + strings.Join(parts, w["and"])
	}
	var outs []string
	for _, o := range r.Outputs {
		name := o.Name
		if name == "" {
			name = s.Decision
		}
		outs = append(outs, fmt.Sprintf(w["so"], name, show(o.Value, w)))
	}
	return out + w["and"][:len(w["and"])-len(strings.TrimLeft(w["and"], " ，"))] + strings.Join(outs, w["and"])
}

func space(w map[string]string) string {
	if w["null"] == "未知" {
		return ""
	}
	return " "
}

func show(v feel.Value, w map[string]string) string {
	if v == nil {
		return w["null"]
	}
	return feel.Text(v)
}
