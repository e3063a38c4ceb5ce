package dmn

import (
	"fmt"
	"strings"

	"tongban/platform/dmn/feel"
)

// HitPolicy says what happens when several rules match.
type HitPolicy string

// The hit policies of the standard.
const (
	Unique       HitPolicy = "UNIQUE"
	Any          HitPolicy = "ANY"
	Priority     HitPolicy = "PRIORITY"
	First        HitPolicy = "FIRST"
	RuleOrder    HitPolicy = "RULE ORDER"
	OutputOrder  HitPolicy = "OUTPUT ORDER"
	Collect      HitPolicy = "COLLECT"
	CollectSum   HitPolicy = "COLLECT SUM"
	CollectCount HitPolicy = "COLLECT COUNT"
	CollectMin   HitPolicy = "COLLECT MIN"
	CollectMax   HitPolicy = "COLLECT MAX"
)

// letters are how tables on paper name their hit policy.
var letters = map[HitPolicy]string{Unique: "U", Any: "A", Priority: "P", First: "F", RuleOrder: "R", OutputOrder: "O",
	Collect: "C", CollectSum: "C+", CollectCount: "C#", CollectMin: "C<", CollectMax: "C>"}

// Letter is how a table on paper names the hit policy: U, A, P, F, R, O, C, C+, C#,
// C<, C>.
func (h HitPolicy) Letter() string { return letters[h] }

// many tells whether the policy gives more than one result.
func (h HitPolicy) many() bool {
	return h == RuleOrder || h == OutputOrder || strings.HasPrefix(string(h), string(Collect))
}

// tableBox is a decision table.
type tableBox struct {
	policy  HitPolicy
	inputs  []inputClause
	outputs []outputClause
	rules   []rule
	notes   []string // names of the annotation columns
	line    int
	label   string
}

type inputClause struct {
	label   string
	of      box
	typ     *feel.Type
	allowed *feel.Tests
}

type outputClause struct {
	name    string
	label   string
	typ     *feel.Type
	allowed *feel.Tests
	order   []feel.Value // allowed values, highest priority first
	missing box          // default output, nil without
}

type rule struct {
	id      string
	line    int
	cells   []*feel.Tests // nil or Any: passes
	outputs []box
	texts   []string // outputs as written
	notes   []string
}

func (b *builder) table(n *node, names *feel.Names) box {
	t := &tableBox{policy: policyOf(n), line: n.line, label: n.label()}
	if t.policy == "" {
		b.problem(n.refuse("has the hit policy %q with aggregation %q, which the standard does not know", n.attr("hitPolicy"), n.attr("aggregation")))
		return broken{}
	}
	for _, k := range n.all("input") {
		t.inputs = append(t.inputs, b.inputClause(k, names))
	}
	outputs := n.all("output")
	for _, k := range outputs {
		t.outputs = append(t.outputs, b.outputClause(n, k, names, len(outputs) > 1))
	}
	if len(outputs) == 0 {
		b.problem(n.refuse("has no output"))
		return broken{}
	}
	if len(outputs) > 1 && strings.HasPrefix(string(t.policy), "COLLECT ") && t.policy != CollectCount {
		b.problem(n.refuse("has several outputs, and %s cannot be applied to them", t.policy))
	}
	for _, k := range n.all("annotation") {
		t.notes = append(t.notes, k.attr("name"))
	}
	for _, k := range n.all("rule") {
		if r, ok := b.rule(t, k, names); ok {
			t.rules = append(t.rules, r)
		}
	}
	t.needOrder(b, n)
	return t
}

// needOrder: priorities come from the order of the allowed outputs.
func (t *tableBox) needOrder(b *builder, n *node) {
	if t.policy != Priority && t.policy != OutputOrder {
		return
	}
	for _, o := range t.outputs {
		if len(o.order) > 0 {
			return
		}
	}
	b.problem(n.refuse("has the hit policy %s, but no output lists its values in order of priority", t.policy))
}

func policyOf(n *node) HitPolicy {
	p := HitPolicy(strings.ToUpper(strings.TrimSpace(n.attr("hitPolicy"))))
	if p == "" {
		p = Unique
	}
	if a := strings.ToUpper(strings.TrimSpace(n.attr("aggregation"))); a != "" && p == Collect {
		p = HitPolicy(string(Collect) + " " + a)
	}
	if _, ok := letters[p]; !ok {
		return ""
	}
	return p
}

func (b *builder) inputClause(n *node, names *feel.Names) inputClause {
	c := inputClause{label: n.attr("label"), of: broken{}}
	x := n.child("inputExpression")
	if x == nil {
		b.problem(n.refuse("has no input expression"))
		return c
	}
	if c.label == "" {
		c.label = feel.Normal(x.words("text"))
	}
	c.of = b.literal(x, names)
	c.typ = b.typeRef(x.attr("typeRef"), x)
	if v := n.child("inputValues"); v != nil {
		c.allowed = b.tests(v, names)
	}
	return c
}

func (b *builder) outputClause(table, n *node, names *feel.Names, several bool) outputClause {
	c := outputClause{name: feel.Normal(n.attr("name")), label: n.attr("label"), typ: b.typeRef(n.attr("typeRef"), n)}
	if several && c.name == "" {
		b.problem(n.refuse("has no name, but the table has several outputs"))
	}
	if c.label == "" {
		c.label = c.name
	}
	if c.label == "" {
		c.label = table.attr("outputLabel")
	}
	if v := n.child("outputValues"); v != nil {
		if c.allowed = b.tests(v, names); c.allowed != nil {
			if parts, negated, ok := c.allowed.Parts(); ok && !negated {
				c.order = parts
			}
		}
	} else if c.typ != nil && len(c.typ.Allowed) > 0 {
		if tests, ok := c.typ.Allowed[len(c.typ.Allowed)-1].(*feel.Tests); ok {
			c.order, _, _ = tests.Parts()
		}
	}
	if d := n.child("defaultOutputEntry"); d != nil {
		c.missing = b.literal(d, names)
	}
	return c
}

func (b *builder) rule(t *tableBox, n *node, names *feel.Names) (rule, bool) {
	r := rule{id: n.attr("id"), line: n.line}
	inner := feel.NewNames(names)
	inner.Add("?")
	for _, k := range n.all("inputEntry") {
		tests := b.tests(k, inner)
		if tests == nil && k.words("text") != "" {
			tests = feel.Never()
		}
		r.cells = append(r.cells, tests)
	}
	for _, k := range n.all("outputEntry") {
		r.outputs = append(r.outputs, b.literal(k, names))
		r.texts = append(r.texts, k.words("text"))
	}
	for _, k := range n.all("annotationEntry") {
		r.notes = append(r.notes, k.words("text"))
	}
	if d := n.words("description"); d != "" {
		r.notes = append(r.notes, d)
	}
	if len(r.cells) != len(t.inputs) || len(r.outputs) != len(t.outputs) {
		b.problem(n.refuse("has %d input and %d output entries for %d inputs and %d outputs", len(r.cells), len(r.outputs), len(t.inputs), len(t.outputs)))
		return r, false
	}
	return r, true
}

func (t *tableBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	in := make([]feel.Value, len(t.inputs))
	for i, c := range t.inputs {
		in[i] = e.fit(c.of.eval(e, s), c.typ, "input "+c.label)
		if c.allowed != nil && in[i] != nil && c.allowed.Match(e.run, s, in[i]) != true {
			e.run.Note("input %s: %s is not one of the values that the table allows", c.label, feel.Text(in[i]))
		}
	}
	step := Step{Decision: e.inside, Kind: "decisionTable", Policy: t.policy, Inside: true}
	for i, c := range t.inputs {
		step.Inputs = append(step.Inputs, Pair{c.label, in[i]})
	}
	var hits []hit
	for i := range t.rules {
		if !t.matches(e, s, &t.rules[i], in) {
			continue
		}
		hits = append(hits, t.hit(e, s, i))
		if t.policy == First {
			break
		}
	}
	v := t.choose(e, s, hits)
	for _, h := range hits {
		step.Rules = append(step.Rules, t.shown(h))
	}
	step.Value = v
	e.trace.add(step)
	return v
}

// hit is a rule that matched, with its outputs.
type hit struct {
	rule   int
	values []feel.Value
}

func (t *tableBox) matches(e *evaluation, s *feel.Scope, r *rule, in []feel.Value) bool {
	for i, cell := range r.cells {
		if cell == nil || cell.Any() {
			continue
		}
		if cell.Match(e.run, s, in[i]) != true {
			return false
		}
	}
	return e.run.Err() == nil
}

func (t *tableBox) hit(e *evaluation, s *feel.Scope, i int) hit {
	h := hit{rule: i, values: make([]feel.Value, len(t.outputs))}
	for n, o := range t.rules[i].outputs {
		c := t.outputs[n]
		h.values[n] = e.fit(o.eval(e, s), c.typ, "output "+c.label)
		if c.allowed != nil && h.values[n] != nil && c.allowed.Match(e.run, s, h.values[n]) != true {
			e.run.Note("output %s: %s is not one of the values that the table allows", c.label, feel.Text(h.values[n]))
		}
	}
	return h
}

// output is what one hit gives: the value of the only output, or a context.
func (t *tableBox) output(h hit) feel.Value {
	if len(t.outputs) == 1 {
		return h.values[0]
	}
	ctx := feel.NewContext(nil)
	for i, o := range t.outputs {
		ctx.Append(o.name, h.values[i])
	}
	return ctx
}

// missing is what the table gives when no rule matches.
func (t *tableBox) missing(e *evaluation, s *feel.Scope) feel.Value {
	h := hit{values: make([]feel.Value, len(t.outputs))}
	some := false
	for i, o := range t.outputs {
		if o.missing != nil {
			some = true
			h.values[i] = e.fit(o.missing.eval(e, s), o.typ, "output "+o.label)
		}
	}
	if !some {
		e.run.Note("%s: no rule matches", t.label)
		return nil
	}
	return t.output(h)
}

// choose applies the hit policy.
func (t *tableBox) choose(e *evaluation, s *feel.Scope, hits []hit) feel.Value {
	if len(hits) == 0 {
		return t.none(e, s)
	}
	switch t.policy {
	case Unique:
		if len(hits) > 1 {
			e.run.Note("%s: rules %s match, but only one may", t.label, numbers(hits))
			return nil
		}
	case Any:
		for _, h := range hits[1:] {
			if e.run.Equal(t.output(h), t.output(hits[0])) != true {
				e.run.Note("%s: rules %s match and do not give the same", t.label, numbers(hits))
				return nil
			}
		}
	case Priority, OutputOrder:
		hits = t.byPriority(e, hits)
	}
	if !t.policy.many() {
		return t.output(hits[0])
	}
	out := make([]any, len(hits))
	for i, h := range hits {
		out[i] = t.output(h)
	}
	return t.aggregate(e, out)
}

// none is the result without any hit.
func (t *tableBox) none(e *evaluation, s *feel.Scope) feel.Value {
	if t.policy == CollectCount {
		return feel.Int(0)
	}
	return t.missing(e, s)
}

func (t *tableBox) aggregate(e *evaluation, out []any) feel.Value {
	fn := map[HitPolicy]string{CollectSum: "sum", CollectCount: "count", CollectMin: "min", CollectMax: "max"}[t.policy]
	if fn == "" {
		return out
	}
	f, _ := feel.Builtin(fn)
	return e.run.Invoke(f, []feel.Value{out})
}

// byPriority sorts hits by the order in which the outputs list their values, the
// first output first; equal ones stay in the order of the rules.
func (t *tableBox) byPriority(e *evaluation, hits []hit) []hit {
	rank := func(h hit, i int) int {
		for n, p := range t.outputs[i].order {
			if e.run.Equal(p, h.values[i]) == true {
				return n
			}
		}
		return len(t.outputs[i].order)
	}
	sorted := append([]hit(nil), hits...)
	for i := 1; i < len(sorted); i++ { // insertion keeps equal ones in place
		for j := i; j > 0; j-- {
			less := false
			for o := range t.outputs {
				a, b := rank(sorted[j], o), rank(sorted[j-1], o)
				if a != b {
					less = a < b
					break
				}
			}
			if !less {
				break
			}
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	return sorted
}

func numbers(hits []hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprint(h.rule+1))
	}
	return strings.Join(out, ", ")
}

func (t *tableBox) shown(h hit) RuleHit {
	r := t.rules[h.rule]
	s := RuleHit{Rule: h.rule + 1, ID: r.id, Line: r.line}
	for i, c := range r.cells {
		if c != nil && !c.Any() {
			s.Conditions = append(s.Conditions, Condition{t.inputs[i].label, c.String()})
		}
	}
	for i, o := range t.outputs {
		s.Outputs = append(s.Outputs, Pair{o.label, h.values[i]})
	}
	for i, n := range r.notes {
		name := ""
		if i < len(t.notes) {
			name = t.notes[i]
		}
		s.Annotations = append(s.Annotations, Condition{name, n})
	}
	return s
}
