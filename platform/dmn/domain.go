package dmn

import (
	"slices"
	"strings"

	"tongban/platform/dmn/feel"
)

// atom is a piece of an input's domain that no rule and no allowed value cuts
// further: one value, the values between two neighbouring ends, all values that
// nobody mentions, or null.
type atom struct {
	val       feel.Value // one value
	low, high feel.Value // between: exclusive, nil is without limit
	kind      atomKind
}

type atomKind uint8

const (
	point atomKind = iota
	gapBetween
	everythingElse
	nothingGiven
)

// domain is what an input can be, cut into atoms in order.
type domain struct {
	kind    feel.Kind
	ordered bool
	atoms   []atom
}

// cellParts are the alternatives of one cell.
type cellParts struct {
	all, unclear, negated bool
	parts                 []feel.Part
	tests                 *feel.Tests
}

// domain collects what rules and allowed values say about an input.
func (t *tableBox) domain(i int) domain {
	in := t.inputs[i]
	var values []feel.Value
	d := domain{}
	null := false
	note := func(parts []feel.Part) {
		for _, p := range parts {
			x, isRange := p.(*feel.Range)
			ends := []feel.Value{p}
			if isRange {
				ends = []feel.Value{x.Low, x.High}
				d.ordered = d.ordered || x.Op != "=" && x.Op != "!="
			} else if p == nil {
				null = true
			}
			for _, v := range ends {
				if v != nil {
					values = append(values, v)
				}
			}
		}
	}
	var allowed []*feel.Tests
	for _, a := range in.constraints() {
		if parts, _, ok := a.Parts(); ok {
			note(parts)
			allowed = append(allowed, a)
		}
	}
	for _, r := range t.rules {
		if c := r.cells[i]; c != nil && !c.Any() {
			if parts, _, ok := c.Parts(); ok {
				note(parts)
			}
		}
	}
	d.cut(in, values)
	d.atoms = slices.DeleteFunc(d.atoms, func(a atom) bool {
		return slices.ContainsFunc(allowed, func(t *feel.Tests) bool {
			parts, negated, _ := t.Parts()
			return !cellParts{parts: parts, negated: negated, tests: t}.covers(a)
		})
	})
	if null && !slices.ContainsFunc(d.atoms, func(a atom) bool { return a.kind == nothingGiven }) {
		d.atoms = append(d.atoms, atom{kind: nothingGiven})
	}
	return d
}

// constraints are the allowed values of an input, of the table and of its type.
func (c inputClause) constraints() (out []*feel.Tests) {
	if c.allowed != nil {
		out = append(out, c.allowed)
	}
	if c.typ != nil && c.typ.Kind != feel.KindList {
		for _, a := range c.typ.Allowed {
			if t, ok := a.(*feel.Tests); ok {
				out = append(out, t)
			}
		}
	}
	return out
}

// cut makes the atoms: by kind, in order, without doubles.
func (d *domain) cut(in inputClause, values []feel.Value) {
	if in.typ != nil {
		d.kind = in.typ.Kind
	}
	if len(values) > 0 {
		d.kind = feel.KindOf(values[0])
	}
	if d.kind == feel.KindBoolean {
		d.atoms = []atom{{val: true}, {val: false}}
		return
	}
	values = slices.DeleteFunc(values, func(v feel.Value) bool { return feel.KindOf(v) != d.kind })
	if d.kind != feel.KindString {
		d.ordered = d.ordered || len(values) > 0 && feel.Ordered(values[0])
	}
	if d.ordered {
		slices.SortStableFunc(values, feel.Order)
	}
	run := feel.NewRun(feel.Limits{})
	var kept []feel.Value
	for _, v := range values {
		if !slices.ContainsFunc(kept, func(k feel.Value) bool { return run.Equal(k, v) == true }) {
			kept = append(kept, v)
		}
	}
	var before feel.Value
	for _, v := range kept {
		if d.ordered && !neighbours(before, v, in.typ == integer) {
			d.atoms = append(d.atoms, atom{kind: gapBetween, low: before, high: v})
		}
		d.atoms = append(d.atoms, atom{val: v})
		before = v
	}
	if d.ordered {
		d.atoms = append(d.atoms, atom{kind: gapBetween, low: before})
	} else {
		d.atoms = append(d.atoms, atom{kind: everythingElse})
	}
}

// neighbours tells whether nothing lies between two days, or between two numbers
// when only whole ones are meant.
func neighbours(a, b feel.Value, whole bool) bool {
	if whole && follow(a, b) {
		return true
	}
	x, ok1 := a.(feel.Date)
	y, ok2 := b.(feel.Date)
	return ok1 && ok2 && y.Days()-x.Days() <= 1
}

// judges tells whether the parts of a cell are of the kind that the domain is
// made of.
func (d domain) judges(parts []feel.Part) bool {
	for _, p := range parts {
		ends := []feel.Value{p}
		if x, ok := p.(*feel.Range); ok {
			ends = []feel.Value{x.Low, x.High}
		}
		for _, v := range ends {
			if v != nil && feel.KindOf(v) != d.kind {
				return false
			}
		}
	}
	return true
}

// covers tells whether a cell takes all of an atom.
func (c cellParts) covers(a atom) bool {
	if c.all {
		return true
	}
	if c.unclear {
		return false
	}
	switch a.kind { // of single values the table itself can be asked
	case point:
		return c.tests.Match(feel.NewRun(feel.Limits{}), nil, a.val) == true
	case nothingGiven:
		return c.tests.Match(feel.NewRun(feel.Limits{}), nil, nil) == true
	}
	in := slices.ContainsFunc(c.parts, func(p feel.Part) bool { return partCovers(p, a) })
	return in != c.negated
}

// partCovers tells whether a part takes all of an atom of many values.
func partCovers(p feel.Part, a atom) bool {
	x, isRange := p.(*feel.Range)
	switch {
	case !isRange:
		return false
	case x.Op == "!=":
		return true
	case a.kind == everythingElse:
		return false
	}
	// between: the ends of the range are ends of atoms, so it takes all or nothing
	return (x.Low == nil || a.low != nil && feel.Order(x.Low, a.low) <= 0) &&
		(x.High == nil || a.high != nil && feel.Order(x.High, a.high) >= 0)
}

// text writes atoms in the language of the table; neighbours become one range.
// narrow says that one lies between two whole numbers that follow each other.
func (d domain) text(atoms []int) (text string, narrow bool) {
	var parts []string
	for i := 0; i < len(atoms); {
		j := i
		for d.ordered && j+1 < len(atoms) && atoms[j+1] == atoms[j]+1 && d.atoms[atoms[j+1]].kind < everythingElse {
			j++
		}
		first, last := d.atoms[atoms[i]], d.atoms[atoms[j]]
		if first.kind == everythingElse {
			return d.othersText(atoms), false
		}
		parts = append(parts, rangeText(first, last))
		narrow = narrow || i == j && first.kind == gapBetween && follow(first.low, first.high)
		i = j + 1
	}
	return strings.Join(parts, ", "), narrow
}

// othersText names what is not meant, because what is meant cannot be listed.
func (d domain) othersText(atoms []int) string {
	var not []string
	for i, a := range d.atoms {
		if !slices.Contains(atoms, i) {
			not = append(not, rangeText(a, a))
		}
	}
	if len(not) == 0 {
		return "-"
	}
	return "not(" + strings.Join(not, ", ") + ")"
}

func follow(a, b feel.Value) bool {
	x, ok1 := a.(feel.Number)
	y, ok2 := b.(feel.Number)
	if !ok1 || !ok2 {
		return false
	}
	i, whole1 := x.Int64()
	j, whole2 := y.Int64()
	return whole1 && whole2 && j-i == 1
}

// rangeText writes what lies from one atom to another.
func rangeText(first, last atom) string {
	low, lowIn, high, highIn := first.low, false, last.high, false
	if first.kind == point {
		low, lowIn = first.val, true
	}
	if last.kind == point {
		high, highIn = last.val, true
	}
	switch {
	case first.kind == nothingGiven:
		return "null"
	case first.kind == point && last.kind == point && feel.NewRun(feel.Limits{}).Equal(low, high) == true:
		return feel.Source(low)
	case low == nil && high == nil:
		return "not(null)" // everything, where null is a case of its own
	case low == nil:
		return either(highIn, "<= ", "< ") + feel.Source(high)
	case high == nil:
		return either(lowIn, ">= ", "> ") + feel.Source(low)
	}
	return either(lowIn, "[", "(") + feel.Source(low) + ".." + feel.Source(high) + either(highIn, "]", ")")
}

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}
