package dmn

import (
	"fmt"
	"math/bits"
	"slices"

	"tongban/platform/dmn/feel"
)

// Analysis says for which inputs a decision table has no result, and for which it
// has several.
type Analysis struct {
	Table  string
	Policy HitPolicy
	// Gaps are combinations of inputs that no rule takes. Empty when the table has
	// default outputs for everything.
	Gaps []Gap
	// Overlaps are combinations that several rules take.
	Overlaps []Overlap
	// Unreachable are rules that never decide anything, counted from 1.
	Unreachable []int
	// Unclear are cells that depend on more than their own input; such a rule
	// counts as one that may match.
	Unclear []Unclear
	// Partial says that there are more combinations than could be looked at.
	Partial bool
}

// Gap is one combination of inputs without result.
type Gap struct {
	When []Condition // one for each input that matters, in the language of the table
	// Fractions says that it lies between two neighbouring whole numbers: no gap when
	// the input is always whole.
	Fractions bool
}

// Overlap is one combination of inputs that several rules take.
type Overlap struct {
	When  []Condition
	Rules []int // counted from 1
	// Conflict says that the hit policy does not allow it: the table gives null there.
	Conflict bool
}

// Unclear is a cell that cannot be judged.
type Unclear struct {
	Rule  int // counted from 1
	Input string
	Text  string
}

// Limits of an analysis.
const (
	maxNodes  = 200_000 // combinations looked at
	maxListed = 200     // gaps and overlaps kept
)

// Analyse looks for gaps and overlaps in the decision table of a decision or of a
// business knowledge model, found by name or id. Inputs are taken as independent
// of each other; numbers, dates and texts may have any value unless the table or
// the type of the input lists which are allowed; unknown inputs are looked at
// only where a rule mentions null.
func (m *Model) Analyse(name string) (*Analysis, error) {
	t := m.tableOf(feel.Normal(name))
	if t == nil {
		return nil, fmt.Errorf("%w that is a decision table: %q", ErrUnknown, name)
	}
	return t.analyse(), nil
}

func (m *Model) tableOf(name string) *tableBox {
	var logic box
	if d := m.decision(name); d != nil {
		logic = d.logic
	}
	for _, k := range m.bkms {
		if (k.name == name || k.id == name) && k.fn != nil {
			logic = k.fn.body
		}
	}
	if t, ok := logic.(typed); ok {
		logic = t.box
	}
	t, _ := logic.(*tableBox)
	return t
}

// set is a set of small numbers.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s set) and(o set) set {
	out := make(set, len(s))
	for i := range s {
		out[i] = s[i] & o[i]
	}
	return out
}

func (s set) or(o set) set {
	out := make(set, len(s))
	for i := range s {
		out[i] = s[i] | o[i]
	}
	return out
}

func (s set) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) members(n int) (out []int) {
	for i := range n {
		if s.has(i) {
			out = append(out, i)
		}
	}
	return out
}

// class are the parts of an input's domain that all rules treat alike.
type class struct {
	atoms       []int
	sure, maybe set // rules
}

// analyser walks through the combinations of classes.
type analyser struct {
	t        *tableBox
	domains  []domain
	classes  [][]class
	out      *Analysis
	nodes    int
	gaps     []region
	overlaps []region
	reached  set
}

// region is a set of combinations: for each input the classes, nil for all.
type region struct {
	classes []set
	rules   set
}

func (t *tableBox) analyse() *Analysis {
	a := &analyser{t: t, out: &Analysis{Table: t.label, Policy: t.policy}, reached: newSet(len(t.rules) + 1)}
	for i := range t.inputs {
		d := t.domain(i)
		a.domains = append(a.domains, d)
		a.classes = append(a.classes, a.group(i, d))
	}
	all := newSet(len(t.rules) + 1)
	for i := range t.rules {
		all.add(i)
	}
	a.walk(0, all, all, nil)
	a.report()
	return a.out
}

// group puts atoms together that all rules treat alike.
func (a *analyser) group(input int, d domain) []class {
	n := len(a.t.rules)
	parts := make([]cellParts, n)
	for r := range n {
		parts[r] = a.cell(input, r, d)
	}
	var out []class
	for i, at := range d.atoms {
		c := class{atoms: []int{i}, sure: newSet(n + 1), maybe: newSet(n + 1)}
		for r, p := range parts {
			switch {
			case p.unclear:
				c.maybe.add(r)
			case p.covers(at):
				c.sure.add(r)
				c.maybe.add(r)
			}
		}
		at := slices.IndexFunc(out, func(o class) bool { return slices.Equal(o.sure, c.sure) && slices.Equal(o.maybe, c.maybe) })
		if at < 0 {
			out = append(out, c)
		} else {
			out[at].atoms = append(out[at].atoms, i)
		}
	}
	return out
}

func (a *analyser) cell(input, r int, d domain) cellParts {
	tests := a.t.rules[r].cells[input]
	if tests == nil || tests.Any() {
		return cellParts{all: true}
	}
	p := cellParts{tests: tests}
	var ok bool
	p.parts, p.negated, ok = tests.Parts()
	if !ok || !d.judges(p.parts) {
		p.unclear = true
		a.out.Unclear = append(a.out.Unclear, Unclear{r + 1, a.t.inputs[input].label, tests.String()})
	}
	return p
}

// walk goes through the combinations from one input on; sure and maybe are the
// rules that the inputs before leave.
func (a *analyser) walk(input int, sure, maybe set, path []int) {
	if a.nodes++; a.nodes > maxNodes {
		a.out.Partial = true
		return
	}
	if maybe.count() == 0 {
		a.gaps = a.add(a.gaps, path, nil)
		return
	}
	if input == len(a.domains) {
		a.leaf(sure, maybe, path)
		return
	}
	for c, k := range a.classes[input] {
		a.walk(input+1, sure.and(k.sure), maybe.and(k.maybe), append(path[:len(path):len(path)], c))
	}
}

func (a *analyser) leaf(sure, maybe set, path []int) {
	if sure.count() > 1 {
		a.overlaps = a.add(a.overlaps, path, sure)
	}
	if a.t.policy != First {
		a.reached = a.reached.or(maybe)
		return
	}
	for _, r := range maybe.members(len(a.t.rules)) {
		a.reached.add(r)
		if sure.has(r) {
			break
		}
	}
}

// add takes a combination in.
func (a *analyser) add(list []region, path []int, rules set) []region {
	r := region{classes: make([]set, len(a.classes)), rules: rules}
	for i, c := range path {
		r.classes[i] = newSet(len(a.classes[i]))
		r.classes[i].add(c)
	}
	if len(list) >= 5*maxListed {
		a.out.Partial = true
		return list
	}
	return append(list, r)
}

// merge joins regions that differ in one input only, until none do.
func merge(list []region) []region {
	for changed := true; changed; {
		changed = false
		for i := 0; i < len(list); i++ {
			for j := i + 1; j < len(list); j++ {
				if at, ok := joinable(list[i], list[j]); ok {
					list[i].classes[at] = list[i].classes[at].or(list[j].classes[at])
					list = slices.Delete(list, j, j+1)
					changed = true
					j--
				}
			}
		}
	}
	return list
}

// joinable finds the only input in which two regions differ.
func joinable(a, b region) (int, bool) {
	at := -1
	if !slices.Equal(a.rules, b.rules) {
		return 0, false
	}
	for i := range a.classes {
		if slices.Equal(a.classes[i], b.classes[i]) && (a.classes[i] == nil) == (b.classes[i] == nil) {
			continue
		}
		if at >= 0 || a.classes[i] == nil || b.classes[i] == nil {
			return 0, false
		}
		at = i
	}
	return at, at >= 0
}

func (a *analyser) report() {
	t := a.t
	if !t.answersAll() {
		for _, g := range merge(a.gaps) {
			when, fractions := a.conditions(g)
			a.out.Gaps = append(a.out.Gaps, Gap{when, fractions})
		}
	}
	for _, o := range merge(a.overlaps) {
		when, _ := a.conditions(o)
		v := Overlap{When: when}
		for _, r := range o.rules.members(len(t.rules)) {
			v.Rules = append(v.Rules, r+1)
		}
		v.Conflict = t.policy == Unique || t.policy == Any && !t.sameOutputs(v.Rules)
		a.out.Overlaps = append(a.out.Overlaps, v)
	}
	if len(a.out.Gaps) > maxListed || len(a.out.Overlaps) > maxListed {
		a.out.Partial = true
		a.out.Gaps = a.out.Gaps[:min(len(a.out.Gaps), maxListed)]
		a.out.Overlaps = a.out.Overlaps[:min(len(a.out.Overlaps), maxListed)]
	}
	for r := range t.rules {
		if !a.reached.has(r) && !a.out.Partial {
			a.out.Unreachable = append(a.out.Unreachable, r+1)
		}
	}
}

// answersAll tells whether the table gives something even when no rule matches.
func (t *tableBox) answersAll() bool {
	for _, o := range t.outputs {
		if o.missing == nil {
			return t.policy == CollectCount
		}
	}
	return true
}

// sameOutputs tells whether the rules give the same, as far as that can be read
// from their text.
func (t *tableBox) sameOutputs(rules []int) bool {
	for _, r := range rules[1:] {
		if !slices.Equal(t.rules[r-1].texts, t.rules[rules[0]-1].texts) {
			return false
		}
	}
	return true
}

// conditions writes a region in the language of the table.
func (a *analyser) conditions(g region) (out []Condition, fractions bool) {
	for i, s := range g.classes {
		if s == nil || s.count() == len(a.classes[i]) {
			continue
		}
		var atoms []int
		for _, c := range s.members(len(a.classes[i])) {
			atoms = append(atoms, a.classes[i][c].atoms...)
		}
		slices.Sort(atoms)
		text, narrow := a.domains[i].text(atoms)
		fractions = fractions || narrow
		out = append(out, Condition{a.t.inputs[i].label, text})
	}
	return out, fractions
}
