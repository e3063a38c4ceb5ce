package feel

// ParseTests reads unary tests: the text of a cell in a decision table, or
// allowed values.
func ParseTests(src string, o Options) (*Tests, error) {
	p, err := newParser(src, o)
	if err != nil {
		return nil, err
	}
	var t *Tests
	if err := p.run(func() { t = p.unaryTests() }); err != nil {
		return nil, err
	}
	t.free = p.free
	if len(p.problems) > 0 {
		return t, p.problems[0]
	}
	return t, nil
}

// String is the text as it was written.
func (t *Tests) String() string { return t.src }

// Any tells whether the tests are "-", which everything passes.
func (t *Tests) Any() bool { return t.any }

// Free lists the names that the tests take from outside.
func (t *Tests) Free() []Ref { return t.free }

// Allows tells whether a value passes; it makes tests a constraint of a type.
func (t *Tests) Allows(r *Run, v Value) bool { return t.Match(r, nil, v) == true }

// Match tests a value: true, false, or nil when it cannot be told.
func (t *Tests) Match(r *Run, s *Scope, input Value) Value {
	if t.any {
		return true
	}
	v := anyTest(r, t.list, s, input)
	if t.negate {
		if b, ok := v.(bool); ok {
			return !b
		}
	}
	return v
}

func (n *membership) eval(r *Run, s *Scope) Value {
	return anyTest(r, n.tests.list, s, n.of.eval(r, s))
}

// anyTest is true when one of the tests is, unknown when all are.
func anyTest(r *Run, list []unaryTest, s *Scope, input Value) Value {
	unknown := 0
	for i := range list {
		if !r.Spend(1) {
			return nil
		}
		switch oneTest(r, &list[i], s, input) {
		case true:
			return true
		case nil:
			unknown++
		}
	}
	if unknown == len(list) {
		return nil
	}
	return false
}

func oneTest(r *Run, t *unaryTest, s *Scope, input Value) Value {
	if t.hasInput {
		s = s.With("?", input)
	}
	if l, ok := t.of.(*literal); ok && l.val == nil && t.op == "" {
		return input == nil // null as it is written, not what could not be worked out
	}
	v := t.of.eval(r, s)
	switch t.op {
	case "":
	case "=":
		return r.Equal(input, v)
	case "!=":
		if b, ok := r.Equal(input, v).(bool); ok {
			return !b
		}
		return nil
	default:
		return order(t.op, input, v)
	}
	if t.hasInput {
		if b, ok := v.(bool); ok {
			return b
		}
	}
	return isIn(r, input, v, true)
}

// isIn tells whether a value is, or is in, another one.
func isIn(r *Run, input, v Value, lists bool) Value {
	switch x := v.(type) {
	case *Range:
		if in, ok := input.(*Range); ok {
			return r.Equal(in, x)
		}
		return x.Contains(input)
	case []any:
		if l, ok := input.([]any); ok && r.Equal(l, x) == true {
			return true
		}
		if !lists {
			return false
		}
		for _, e := range x {
			if !r.Spend(1) {
				return nil
			}
			if isIn(r, input, e, false) == true {
				return true
			}
		}
		return false
	case nil:
		if input != nil {
			return nil
		}
	case bool:
		if _, ok := input.(bool); !ok && input != nil {
			return x // a test such as count(orders) > 3, which does not look at the input
		}
	}
	return r.Equal(input, v)
}

// Part is one of the alternatives of unary tests that do not depend on
// anything: a value or a *Range.
type Part = Value

// Parts gives the alternatives of constant tests, and whether they are negated.
// ok is false when the tests depend on names or on the input in another way.
func (t *Tests) Parts() (parts []Part, negated, ok bool) {
	if len(t.free) > 0 {
		return nil, false, false
	}
	r := NewRun(Limits{Steps: 10_000})
	for _, u := range t.list {
		if u.hasInput {
			return nil, false, false
		}
		v := u.of.eval(r, nil)
		if r.Err() != nil {
			return nil, false, false
		}
		if u.op != "" {
			if v == nil && u.op != "=" {
				return nil, false, false
			}
			parts = append(parts, Part(openTo(u.op, v)))
			continue
		}
		if l, ok := v.([]any); ok {
			parts = append(parts, l...)
			continue
		}
		parts = append(parts, v)
	}
	return parts, t.negate, true
}

// Never gives tests that nothing passes: what stands for a cell that cannot be
// understood.
func Never() *Tests { return &Tests{list: []unaryTest{{of: &literal{false}, hasInput: true}}} }
