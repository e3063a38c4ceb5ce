package feel

import (
	"fmt"
	"slices"
	"time"

	"tongban/platform/dmn/feel/value"
)

// Expr is a compiled expression. It never changes and may be used by many
// goroutines.
type Expr struct {
	src      string
	root     node
	free     []Ref
	problems []*SyntaxError
}

// Compile reads an expression whose names are single words. What is no
// expression is a *SyntaxError, and so is what could never work, such as an
// unknown type or an external function.
func Compile(src string) (*Expr, error) {
	x, err := Parse(src, Options{})
	if err != nil {
		return nil, err
	}
	if len(x.problems) > 0 {
		return nil, x.problems[0]
	}
	return x, nil
}

// Parse reads an expression. What could never work although its grammar is right
// is told by Problems.
func Parse(src string, o Options) (*Expr, error) {
	p, err := newParser(src, o)
	if err != nil {
		return nil, err
	}
	x := &Expr{src: src}
	if err := p.run(func() { x.root = p.top() }); err != nil {
		return nil, err
	}
	x.free, x.problems = p.free, p.problems
	return x, nil
}

// String is the expression as it was written.
func (x *Expr) String() string { return x.src }

// Problems say what in the expression can never work.
func (x *Expr) Problems() []*SyntaxError { return x.problems }

// Free lists the names that the expression takes from outside.
func (x *Expr) Free() []Ref { return x.free }

// Variables are the names that the expression takes from outside, each once.
func (x *Expr) Variables() []string {
	var out []string
	for _, f := range x.free {
		if !slices.Contains(out, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out
}

// Eval works the expression out. Variables are Go values as FromGo takes them,
// the result is one as ToGo gives it. What goes wrong inside is nil, as the
// language has it; the error is about variables that have no form in the language
// and about limits. A zero now makes now() and today() null.
func (x *Expr) Eval(vars map[string]any, now time.Time) (any, error) {
	v, _, err := x.Explain(vars, Limits{Now: now})
	return ToGo(v), err
}

// Explain works the expression out with limits and also gives the exact value
// and notes about what became null on the way.
func (x *Expr) Explain(vars map[string]any, l Limits) (Value, []string, error) {
	in := make(map[string]Value, len(x.free))
	for _, f := range x.free {
		g, ok := vars[f.Name]
		if _, done := in[f.Name]; !ok || done {
			continue
		}
		v, err := FromGo(g)
		if err != nil {
			return nil, nil, fmt.Errorf("variable %q: %w", f.Name, err)
		}
		in[f.Name] = v
	}
	r := NewRun(l)
	v := x.In(r, (*Scope)(nil).WithMap(in))
	return v, r.Notes(), r.Err()
}

// In works the expression out within a run and a scope.
func (x *Expr) In(r *Run, s *Scope) Value {
	v := x.root.eval(r, s)
	if r.Err() != nil {
		return nil
	}
	return v
}

// Source writes a value as an expression that gives it: dates and their like as
// @"…", texts in quotation marks.
func Source(v Value) string {
	switch x := v.(type) {
	case string:
		return value.Quote(x)
	case Date, Time, DateTime, DayDuration, MonthDuration:
		return "@" + value.Quote(Text(x))
	}
	return Text(v)
}

// Ordered tells whether values of this kind come before and after each other.
func Ordered(v Value) bool {
	_, ok := value.Compare(v, v)
	return ok
}

// Order compares two values of the same kind: -1, 0 or 1, and 0 when they have no
// order.
func Order(a, b Value) int {
	c, _ := value.Compare(a, b)
	return c
}
