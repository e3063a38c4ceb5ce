package dmn

import (
	"errors"
	"fmt"
	"time"

	"tongban/platform/dmn/feel"
)

// ErrUnknown says that the model has no decision or service of that name.
var ErrUnknown = errors.New("dmn: there is no such decision")

// Options bound one evaluation. Zero values stand for the defaults.
type Options struct {
	Now   time.Time // what now() and today() give; null when zero
	Steps int       // see feel.Limits
	Depth int
}

// Result is what a decision gave, and why.
type Result struct {
	// Value is the result as feel.ToGo gives it: nil, bool, int64, float64, string,
	// []any, map[string]any.
	Value any
	// Exact is the result in the language of the model.
	Exact feel.Value
	// Trace says what was worked out on the way, in that order; the last step is
	// the decision itself.
	Trace Trace
	// Notes say why something became null on the way.
	Notes []string
}

// Evaluate works a decision out, found by its name or id. Inputs are found by name
// or id and are Go values as feel.FromGo takes them; those that are missing are
// null, and text is read as date, time or duration where the input's type is one.
// The error is about unknown names, inputs that have no form in the language, and
// limits; what goes wrong inside is null with a note.
func (m *Model) Evaluate(name string, inputs map[string]any, o Options) (Result, error) {
	d := m.decision(feel.Normal(name))
	if d == nil {
		return Result{}, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	e, err := m.begin(inputs, o)
	if err != nil {
		return Result{}, err
	}
	return e.result(e.decision(d))
}

// EvaluateService works a decision service out. Inputs are its input data and
// input decisions. The value is that of its output decision, or a context when it
// has several.
func (m *Model) EvaluateService(name string, inputs map[string]any, o Options) (Result, error) {
	s := m.service(feel.Normal(name))
	if s == nil {
		return Result{}, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	e, err := m.begin(inputs, o)
	if err != nil {
		return Result{}, err
	}
	given := e.given
	e.given = map[string]feel.Value{}
	for _, i := range s.inputs {
		v, ok := e.run.Coerce(e.run.Lift(given[i.name], i.typ), i.typ)
		if !ok {
			e.run.Note("%s: the value is not of type %s", i.name, i.typ)
		}
		e.given[i.name] = v
	}
	for _, d := range s.inputDecision {
		e.values[d], _ = e.run.Coerce(given[d.name], d.result)
	}
	return e.result(e.service(s))
}

// evaluation is one question to a model.
type evaluation struct {
	run    *feel.Run
	model  *Model
	given  map[string]feel.Value    // inputs by name
	values map[*decision]feel.Value // what is known already
	inputs map[*inputData]feel.Value
	trace  *Trace
	inside string // the decision or function that is being worked out
}

func (m *Model) begin(inputs map[string]any, o Options) (*evaluation, error) {
	e := &evaluation{run: feel.NewRun(feel.Limits{Steps: o.Steps, Depth: o.Depth, Now: o.Now}), model: m,
		given: make(map[string]feel.Value, len(inputs)), values: map[*decision]feel.Value{}, inputs: map[*inputData]feel.Value{}, trace: &Trace{}}
	for name, g := range inputs {
		v, err := feel.FromGo(g)
		if err != nil {
			return nil, fmt.Errorf("input %q: %w", name, err)
		}
		e.given[feel.Normal(name)] = v
	}
	return e, nil
}

func (e *evaluation) result(v feel.Value) (Result, error) {
	if err := e.run.Err(); err != nil {
		return Result{Trace: *e.trace, Notes: e.run.Notes()}, err
	}
	return Result{Value: feel.ToGo(v), Exact: v, Trace: *e.trace, Notes: e.run.Notes()}, nil
}

// input gives the value of an input, made to fit its type.
func (e *evaluation) input(i *inputData, prefix string) feel.Value {
	if v, ok := e.inputs[i]; ok {
		return v
	}
	v, ok := e.given[join(prefix, i.name)]
	if !ok {
		v, ok = e.given[i.name]
	}
	if !ok {
		v, ok = e.given[i.id]
	}
	if !ok {
		e.run.Note("%s is not given", i.name)
	}
	v = e.fit(e.run.Lift(v, i.typ), i.typ, i.name)
	e.inputs[i] = v
	return v
}

// decision gives the value of a decision; it is worked out once.
func (e *evaluation) decision(d *decision) feel.Value {
	if v, ok := e.values[d]; ok {
		return v
	}
	if d.logic == nil {
		e.values[d] = broken{}.eval(e, nil)
		return nil
	}
	if !e.run.Enter() {
		return nil
	}
	defer e.run.Leave()
	var s *feel.Scope
	if d.model.implicit {
		s = e.implied(d.model)
	}
	s = s.WithMap(e.required(d.needs))
	outer := e.inside
	e.inside = d.name
	v := e.fit(d.logic.eval(e, s), d.result, d.name)
	e.inside = outer
	e.values[d] = v
	e.trace.add(Step{Decision: d.name, ID: d.id, Kind: d.kind(), Value: v})
	return v
}

// implied is what the inputs stand for that a model does not declare.
func (e *evaluation) implied(m *Model) *feel.Scope {
	vars := make(map[string]feel.Value, len(m.inputs))
	for _, i := range m.inputs {
		vars[i.name] = e.input(i, "")
	}
	return (*feel.Scope)(nil).WithMap(vars)
}

// scope is what the requirements stand for.
func (e *evaluation) scope(needs requirements) *feel.Scope {
	return (*feel.Scope)(nil).WithMap(e.required(needs))
}

func (e *evaluation) required(needs requirements) map[string]feel.Value {
	vars := make(map[string]feel.Value, len(needs))
	others := map[string]*feel.Context{}
	for _, r := range needs {
		v := e.one(r)
		if r.prefix == "" {
			vars[r.of.title()] = v
			continue
		}
		if others[r.prefix] == nil {
			others[r.prefix] = feel.NewContext(nil)
			vars[r.prefix] = others[r.prefix]
		}
		others[r.prefix].Append(r.of.title(), v)
	}
	return vars
}

func (e *evaluation) one(r requirement) feel.Value {
	switch x := r.of.(type) {
	case *inputData:
		return e.input(x, r.prefix)
	case *decision:
		return e.decision(x)
	case *knowledge:
		return e.knowledge(x)
	case *service:
		return e.serviceFunction(x)
	}
	return nil
}

// knowledge gives the function of a business knowledge model.
func (e *evaluation) knowledge(k *knowledge) feel.Value {
	if k.fn == nil {
		return broken{}.eval(e, nil)
	}
	if !e.run.Enter() {
		return nil
	}
	defer e.run.Leave()
	var f *feel.Function
	f = &feel.Function{Name: k.name, Params: k.fn.params, Result: k.result, Call: func(r *feel.Run, args []feel.Value) feel.Value {
		s := e.scope(k.needs)
		if !k.needsItself() {
			s = s.With(k.name, f)
		}
		outer := e.inside
		e.inside = k.name
		defer func() { e.inside = outer }()
		return k.fn.value(e, s, nil).Call(r, args)
	}}
	return f
}

func (k *knowledge) needsItself() bool {
	for _, r := range k.needs {
		if r.of == element(k) {
			return true
		}
	}
	return false
}

// serviceFunction gives the function of a decision service: its input data and
// then its input decisions are the parameters.
func (e *evaluation) serviceFunction(s *service) feel.Value {
	f := &feel.Function{Name: s.name, Result: s.result}
	for _, i := range s.inputs {
		f.Params = append(f.Params, feel.Param{Name: i.name, Type: i.typ})
	}
	for _, d := range s.inputDecision {
		f.Params = append(f.Params, feel.Param{Name: d.name, Type: d.result})
	}
	f.Call = func(_ *feel.Run, args []feel.Value) feel.Value {
		inner := &evaluation{run: e.run, model: s.model, given: map[string]feel.Value{}, values: map[*decision]feel.Value{},
			inputs: map[*inputData]feel.Value{}, trace: e.trace}
		for n, i := range s.inputs {
			inner.inputs[i] = args[n]
		}
		for n, d := range s.inputDecision {
			inner.values[d] = args[len(s.inputs)+n]
		}
		return inner.service(s)
	}
	return f
}

// service works out the outputs of a service.
func (e *evaluation) service(s *service) feel.Value {
	if len(s.outputs) == 1 {
		return e.fit(e.decision(s.outputs[0]), s.result, s.name)
	}
	ctx := feel.NewContext(nil)
	for _, d := range s.outputs {
		ctx.Append(d.name, e.decision(d))
	}
	return e.fit(ctx, s.result, s.name)
}
