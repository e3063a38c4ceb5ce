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

// phrasing is how an explanation is said in one language.
type phrasing struct {
	rule    string // decision, number of the rule
	none    string // decision
	because string // reasons
	so      string // results
	is      string // name, value
	and     string // between reasons
	unknown string // null
}

var phrasings = map[string]phrasing{
	"en":      {"rule %[2]d of %[1]q applies", "no rule of %q applies", " because %s", ", so %s", "%s is %s", " and ", "not known"},
	"zh-Hans": {"%s：第 %d 条规则适用", "%s：没有规则适用", "，因为%s", "，所以%s", "%s为%s", "，", "未知"},
}

// Text explains the way in sentences, one a line, in English or, for "zh-Hans",
// in Chinese: which rule of which table applied, because of which inputs, and what
// it gave.
func (t Trace) Text(lang string) string {
	w, ok := phrasings[lang]
	if !ok {
		w = phrasings["en"]
	}
	var b strings.Builder
	for _, s := range t.Steps {
		switch {
		case s.Inside && len(s.Rules) == 0:
			fmt.Fprintf(&b, w.none+"\n", s.Decision)
		case s.Inside:
			for _, r := range s.Rules {
				fmt.Fprintf(&b, w.rule, s.Decision, r.Rule)
				b.WriteString(s.reasons(r, w) + "\n")
			}
		default:
			b.WriteString(w.pair(s.Decision, s.Value) + "\n")
		}
	}
	return b.String()
}

// reasons names the inputs that the rule looks at, with their values, and what it
// gives.
func (s Step) reasons(r RuleHit, w phrasing) string {
	var why, so []string
	for _, c := range r.Conditions {
		for _, in := range s.Inputs {
			if in.Name == c.Name {
				why = append(why, w.pair(c.Name, in.Value))
				break
			}
		}
	}
	for _, o := range r.Outputs {
		name := o.Name
		if name == "" {
			name = s.Decision
		}
		so = append(so, w.pair(name, o.Value))
	}
	out := ""
	if len(why) > 0 {
		out = fmt.Sprintf(w.because, strings.Join(why, w.and))
	}
	return out + fmt.Sprintf(w.so, strings.Join(so, w.and))
}

func (w phrasing) pair(name string, v feel.Value) string {
	if v == nil {
		return fmt.Sprintf(w.is, name, w.unknown)
	}
	return fmt.Sprintf(w.is, name, feel.Text(v))
}
