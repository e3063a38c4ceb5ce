package decisions

import (
	"fmt"
	"slices"
	"strings"

	"tongban/platform/dmn"
)

// Kind says what is wrong with a model.
type Kind string

// The kinds of problems.
const (
	Broken   Kind = "broken"   // a part of it does not work
	Unknown  Kind = "unknown"  // it looks at something that cases do not have
	Gap      Kind = "gap"      // no rule for some values
	Conflict Kind = "conflict" // rules that contradict each other
	Unused   Kind = "unused"   // a rule that never decides anything
)

// Problem is one reason why a model cannot be published.
type Problem struct {
	Kind    Kind
	Line    int    // of the file; 0 when it is about a whole table
	Element string // decision or part of the file
	Reason  string // in English, from the reader of the model
	Rules   []int  // conflict, unused: counted from 1
	When    string // gap, conflict: for which values, in the language of the table
}

// String is the problem in one line.
func (p Problem) String() string {
	s := p.Reason
	if p.Element != "" {
		s = p.Element + ": " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	return s
}

// Check lists why the model cannot be published: parts that do not work, inputs
// that are not known, and tables with gaps, contradictions or idle rules.
func (m *Model) Check(known []string) []Problem {
	var out []Problem
	for _, p := range m.dmn.Check() {
		out = append(out, Problem{Kind: Broken, Line: p.Line, Element: p.Element, Reason: p.Reason})
	}
	if len(out) > 0 {
		return out
	}
	for _, in := range m.Inputs() {
		if !slices.Contains(known, in) {
			out = append(out, Problem{Kind: Unknown, Element: in, Reason: fmt.Sprintf("there is no question, field or value of the case %q", in)})
		}
	}
	for _, d := range m.list {
		a, err := m.dmn.Analyse(d.ID)
		if err != nil {
			continue // not a table
		}
		out = append(out, tableProblems(d.Name, a)...)
	}
	return out
}

func tableProblems(name string, a *dmn.Analysis) (out []Problem) {
	for _, g := range a.Gaps {
		if !g.Fractions {
			when := say(g.When)
			out = append(out, Problem{Kind: Gap, Element: name, When: when, Reason: "no rule applies when " + when})
		}
	}
	for _, o := range a.Overlaps {
		if o.Conflict {
			when := say(o.When)
			out = append(out, Problem{Kind: Conflict, Element: name, Rules: o.Rules, When: when, Reason: fmt.Sprintf("rules %v contradict each other when %s", o.Rules, when)})
		}
	}
	for _, r := range a.Unreachable {
		out = append(out, Problem{Kind: Unused, Element: name, Rules: []int{r}, Reason: fmt.Sprintf("rule %d never decides anything", r)})
	}
	return out
}

func say(when []dmn.Condition) string {
	var parts []string
	for _, c := range when {
		parts = append(parts, c.Name+" "+c.Text)
	}
	if len(parts) == 0 {
		return "anything is entered"
	}
	return strings.Join(parts, " and ")
}
