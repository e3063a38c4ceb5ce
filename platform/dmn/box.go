package dmn

import (
	"tongban/platform/dmn/feel"
)

// box is logic that can be worked out.
type box interface {
	eval(e *evaluation, s *feel.Scope) feel.Value
}

type (
	// typed makes the value of a boxed expression fit the type it declares.
	typed struct {
		box
		typ   *feel.Type
		kind  string
		label string
	}

	literalBox struct{ x *feel.Expr }

	// nothing is an empty expression: null.
	nothing struct{}

	// broken is what Check has reported: null, with a note.
	broken struct{}

	contextEntry struct {
		name string // "" is the result
		typ  *feel.Type
		of   box
	}

	contextBox struct{ entries []contextEntry }

	invocationBox struct {
		fn    box
		names []string
		args  []box
	}

	functionBox struct {
		name    string
		params  []feel.Param
		body    box
		outside bool // not FEEL
	}

	relationBox struct {
		columns []string
		types   []*feel.Type
		rows    [][]box
	}

	listBox struct{ elems []box }

	conditionalBox struct{ cond, yes, no box }

	filterBox struct{ in, match box }

	iteratorBox struct {
		kind, variable string
		in, body       box
	}
)

func (t typed) eval(e *evaluation, s *feel.Scope) feel.Value {
	return e.fit(t.box.eval(e, s), t.typ, t.label)
}

// fit makes a value fit a type and notes when it cannot.
func (e *evaluation) fit(v feel.Value, t *feel.Type, what string) feel.Value {
	out, ok := e.run.Coerce(v, t)
	if !ok {
		e.run.Note("%s: the value is not of type %s", what, t)
	}
	return out
}

func (l literalBox) eval(e *evaluation, s *feel.Scope) feel.Value { return l.x.In(e.run, s) }

func (nothing) eval(*evaluation, *feel.Scope) feel.Value { return nil }

func (broken) eval(e *evaluation, _ *feel.Scope) feel.Value {
	e.run.Note("an expression of the model cannot be understood; see what Check says")
	return nil
}

func (c contextBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	ctx := feel.NewContext(nil)
	inner := s.WithContext(ctx)
	for _, entry := range c.entries {
		v := e.fit(entry.of.eval(e, inner), entry.typ, "entry "+entry.name)
		if entry.name == "" {
			return v
		}
		ctx.Append(entry.name, v)
	}
	return ctx
}

func (i invocationBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	f, ok := i.fn.eval(e, s).(*feel.Function)
	if !ok {
		e.run.Note("what is invoked is not a function")
		return nil
	}
	args := make([]feel.Value, len(i.args))
	for n, a := range i.args {
		args[n] = a.eval(e, s)
	}
	return e.run.InvokeNamed(f, i.names, args)
}

func (f *functionBox) eval(e *evaluation, s *feel.Scope) feel.Value { return f.value(e, s, nil) }

func (f *functionBox) value(e *evaluation, s *feel.Scope, result *feel.Type) *feel.Function {
	return &feel.Function{Name: f.name, Params: f.params, Result: result, Call: func(r *feel.Run, args []feel.Value) feel.Value {
		if f.outside {
			r.Note("%s is a function from outside, which is not supported", f.name)
			return nil
		}
		inner := s
		for i, a := range args {
			inner = inner.With(f.params[i].Name, a)
		}
		return f.body.eval(e, inner)
	}}
}

func (b relationBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	out := make([]any, 0, len(b.rows))
	for _, row := range b.rows {
		ctx := feel.NewContext(nil)
		for i, cell := range row {
			ctx.Append(b.columns[i], e.fit(cell.eval(e, s), b.types[i], "column "+b.columns[i]))
		}
		out = append(out, ctx)
	}
	return out
}

func (l listBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	out := make([]any, len(l.elems))
	for i, x := range l.elems {
		out[i] = x.eval(e, s)
	}
	return out
}

func (c conditionalBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	if c.cond.eval(e, s) == true {
		return c.yes.eval(e, s)
	}
	return c.no.eval(e, s)
}

func (f filterBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	return feel.Filter(e.run, f.in.eval(e, s), s, func(inner *feel.Scope) feel.Value { return f.match.eval(e, inner) })
}

func (i iteratorBox) eval(e *evaluation, s *feel.Scope) feel.Value {
	list := i.in.eval(e, s)
	body := func(inner *feel.Scope) feel.Value { return i.body.eval(e, inner) }
	switch i.kind {
	case "for":
		return feel.For(e.run, i.variable, list, s, body)
	case "every":
		return feel.Quantify(e.run, true, i.variable, list, s, body)
	}
	return feel.Quantify(e.run, false, i.variable, list, s, body)
}
