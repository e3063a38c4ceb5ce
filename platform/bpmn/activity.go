package bpmn

import (
	"fmt"
	"slices"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
	"tongban/platform/bpmn/state"
)

// open begins an activity.
func (r *run) open(t *token, el *element) error {
	inner := !waits(el)
	if el.Loop != nil {
		l, err := r.newLoop(t, el)
		if err != nil {
			return at(el, err)
		}
		if l == nil { // nothing to do
			return r.leave(t, el)
		}
		t.Loop = l
	}
	if inner && el.Loop != nil {
		if err := r.watch(t, el); err != nil {
			return err
		}
	}
	var err error
	switch {
	case el.Loop != nil && inner:
		err = r.openInstances(t, el)
	case el.Loop != nil:
		err = r.openSigners(t, el)
	default:
		return r.begin(t, el)
	}
	if err != nil || inner {
		return err
	}
	return r.watch(t, el)
}

// begin starts the work of an activity once.
func (r *run) begin(t *token, el *element) error {
	if waits(el) {
		if err := r.openTask(t, el, task{}, nil); err != nil {
			return at(el, err)
		}
		return r.watch(t, el)
	}
	switch el.Kind {
	case draw.Receive:
		if err := r.add(t, el, false); err != nil || t.Inst > 0 {
			return err
		}
		return r.watch(t, el)
	case draw.Sub:
		return r.enterSub(t, el)
	case draw.Call:
		return r.enterCall(t, el)
	case draw.Script:
		v, err := r.e.eval(el.Script, r.vars(t))
		if err == nil {
			err = r.setOne(t, el.Result, v)
		}
		if err != nil {
			return at(el, err)
		}
	case draw.Send:
		if err := r.send(t, el); err != nil {
			return at(el, err)
		}
	}
	return r.worked(t, el)
}

// worked ends the work of an activity that was begun once.
func (r *run) worked(t *token, el *element) error {
	r.pass(t, el)
	if t.Inst > 0 {
		return r.instanceDone(t, el)
	}
	return r.finishActivity(t, el)
}

// openTask adds one open task to the token. local are loop variables.
func (r *run) openTask(t *token, el *element, k task, local map[string]any) error {
	if k.ID == "" {
		k.ID = r.newID()
	}
	k.At = r.stamp()
	local = over(local, k.For)
	if len(el.Inputs) > 0 {
		local = over(map[string]any{}, local)
		if err := r.copy(el.Inputs, over(r.vars(t), local), func(k string, v any) error { local[k] = v; return nil }); err != nil {
			return err
		}
	}
	c := Change{Kind: ServiceCalled, ID: k.ID, Element: el.ID, Name: el.Name, Vars: local}
	if el.Kind == draw.User || el.Kind == draw.Start {
		c.Kind = TaskOpened
	}
	if len(el.Attrs) > 0 {
		c.Attrs = definition.CopyStrings(el.Attrs)
	}
	if el.Title != nil || len(el.Templates) > 0 {
		env := over(r.vars(t), local)
		for i := range el.Templates {
			tpl := &el.Templates[i]
			s, err := r.e.fill(tpl, env)
			if err != nil {
				return fmt.Errorf("attribute %s: %w", tpl.Key, err)
			}
			c.Attrs[tpl.Key] = s
		}
		if el.Title != nil {
			s, err := r.e.fill(el.Title, env)
			if err != nil {
				return fmt.Errorf("name: %w", err)
			}
			c.Name = s
		}
	}
	t.Tasks = append(slices.Clip(t.Tasks), k)
	r.note(t, c)
	return nil
}

// finishActivity moves on from an activity that is done.
func (r *run) finishActivity(t *token, el *element) error {
	r.clear(t, ReasonEnough)
	r.remember(t, el)
	return r.leave(t, el)
}

// newLoop works out how often an activity is to be done; nil means not at all.
func (r *run) newLoop(t *token, el *element) (*loop, error) {
	l := &loop{}
	switch def := el.Loop; {
	case def.Standard:
		if def.Before && def.While != nil {
			if ok, err := r.e.holds(def.While, over(r.vars(t), map[string]any{"loopCounter": 0})); err != nil || !ok {
				return nil, err
			}
		}
		return l, nil
	case def.Collection != nil:
		v, err := r.e.eval(def.Collection, r.vars(t))
		if err == nil {
			v, err = state.Canon(v, 0)
		}
		if err != nil {
			return nil, err
		}
		switch x := v.(type) {
		case nil:
		case []any:
			l.Items = x
		default:
			return nil, fmt.Errorf("%w: %q gives %T, not a list", ErrExpression, def.Collection.Text, v)
		}
		l.Total = len(l.Items)
	default:
		v, err := r.e.eval(def.Cardinality, r.vars(t))
		if err == nil {
			v, err = state.Canon(v, 0)
		}
		if err != nil {
			return nil, err
		}
		n, ok := v.(int)
		if !ok || n < 0 {
			return nil, fmt.Errorf("%w: %q gives %v, not a number of times", ErrExpression, def.Cardinality.Text, v)
		}
		l.Total = n
	}
	if l.Total > maxSteps {
		return nil, fmt.Errorf("%w: %d instances of one activity", ErrLoop, l.Total)
	}
	l.Base = l.Total
	if el.Loop.OutputName != "" {
		l.Out = make([]any, l.Total)
	}
	if l.Total == 0 {
		return nil, r.collect(t, l, el)
	}
	return l, nil
}

// openSigners opens the tasks of a loop that people or services do: all, or the
// first.
func (r *run) openSigners(t *token, el *element) error {
	l := t.Loop
	l.Next = l.Total
	if el.Loop.Sequential {
		l.Next = 1
	}
	for i := 0; i < l.Next; i++ {
		if err := r.openTask(t, el, task{Index: i}, r.loopVars(l, el, i, l.Next)); err != nil {
			return at(el, err)
		}
	}
	return nil
}

// openInstances starts the instances of a loop over a sub-process, a call or
// anything that is not done by tasks: all, or the first. Each is a token inside
// the one that stands for the loop.
func (r *run) openInstances(t *token, el *element) error {
	l := t.Loop
	n := l.Total
	if el.Loop.Sequential {
		n = 1
	}
	l.Next = n
	f := r.fork(t.Frame, t.ID, nil)
	for i := 0; i < n && t.Loop != nil; i++ { // it may be done before all have begun
		if err := r.openInstance(t, el, i, n, f); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) openInstance(t *token, el *element, i, active, frame int) error {
	if r.steps++; r.steps > maxSteps {
		return at(el, ErrLoop)
	}
	x := &token{ID: r.number(), At: el.ID, Scope: t.ID, Frame: frame, Proc: t.Proc, Inst: i + 1}
	r.in.Tokens = append(r.in.Tokens, x)
	x.Vars = r.loopVars(t.Loop, el, i, active)
	return r.begin(x, el)
}

// loopVars are the variables that one instance of the loop sees.
func (r *run) loopVars(l *loop, el *element, i, active int) map[string]any {
	m := map[string]any{"loopCounter": i, "nrOfCompletedInstances": l.Done, "nrOfActiveInstances": active}
	if el.Loop == nil || !el.Loop.Standard {
		m["nrOfInstances"] = l.Total
	}
	if el.Loop == nil {
		return m
	}
	if el.Loop.Counter != "" {
		m[el.Loop.Counter] = i
	}
	if el.Loop.Variable != "" && i < len(l.Items) {
		m[el.Loop.Variable] = l.Items[i]
	}
	return m
}

// instanceDone handles one finished instance of a loop over a sub-process, call
// or the like.
func (r *run) instanceDone(x *token, el *element) error {
	t := r.in.Token(x.Scope)
	if t == nil || t.Loop == nil {
		return at(el, fmt.Errorf("%w: an instance without its loop", ErrProcess))
	}
	l := *t.Loop
	t.Loop = &l
	i := x.Inst - 1
	active := -1
	for _, o := range r.in.Tokens {
		if o.Scope == t.ID {
			active++
		}
	}
	env := over(r.vars(t), r.loopVars(&l, el, i, active))
	if el.Kind != draw.Call {
		env = over(env, x.Vars)
	}
	vote, err := r.cast(&l, el, i, env)
	if err != nil {
		return at(el, err)
	}
	frame := x.Frame
	r.remove(x, ReasonEnough)
	l.Done++
	if vote {
		l.Counted++
	}
	enough, err := r.enough(t, el, &l, i, active)
	if err != nil {
		return at(el, err)
	}
	if enough {
		if err := r.collect(t, &l, el); err != nil {
			return at(el, err)
		}
		return r.finishActivity(t, el)
	}
	if el.Loop.Sequential {
		l.Next++
		return r.openInstance(t, el, l.Next-1, 1, frame)
	}
	return nil
}

// cast takes down what one instance gave, and says whether the rule counts it.
func (r *run) cast(l *loop, el *element, i int, env map[string]any) (vote bool, err error) {
	vote = true
	if rule := r.rule(el, l); rule != nil && rule.If != nil {
		if vote, err = r.e.holds(rule.If, env); err != nil {
			return false, err
		}
	}
	def := el.Loop
	if def == nil || def.OutputName == "" {
		return vote, nil
	}
	var v any
	if def.Record != nil {
		m := map[string]any{}
		for _, f := range def.Record {
			if m[f.To], err = r.e.eval(f.From, env); err != nil {
				return false, err
			}
		}
		v = m
	} else if v, err = r.e.eval(def.Output, env); err != nil {
		return false, err
	}
	if v, err = state.Canon(v, 0); err != nil {
		return false, err
	}
	l.Out = slices.Clone(l.Out)
	for len(l.Out) <= i {
		l.Out = append(l.Out, nil)
	}
	l.Out[i] = v
	return vote, nil
}

// enough reports whether the loop is done.
func (r *run) enough(t *token, el *element, l *loop, i, active int) (bool, error) {
	def := el.Loop
	if def != nil && def.Standard {
		if def.Most > 0 && l.Done >= def.Most {
			return true, nil
		}
		if def.While == nil {
			return false, nil
		}
		again, err := r.e.holds(def.While, over(r.vars(t), map[string]any{"loopCounter": l.Done}))
		return !again, err
	}
	if l.Done >= l.Total {
		return true, nil
	}
	if rule := r.rule(el, l); rule != nil && rule.Met(l.Counted, l.Done, l.Total) {
		return true, nil
	}
	if def == nil || def.Until == nil {
		return false, nil
	}
	env := over(r.vars(t), r.loopVars(l, el, i, active))
	if def.OutputName != "" { // the condition may look at what was collected so far
		env[def.OutputName] = l.Out
	}
	return r.e.holds(def.Until, env)
}

// rule says when several signers are enough; nil means all.
func (r *run) rule(el *element, l *loop) *definition.Rule {
	if l != nil && l.Rule != "" {
		rule, err := definition.ParseRule(l.Rule)
		if err == nil && rule != nil && el.Completion != nil {
			rule.If = el.Completion.If
		}
		return rule
	}
	if el.Loop != nil {
		return el.Loop.Rule
	}
	return el.Completion
}

// collect stores the values that the instances gave.
func (r *run) collect(t *token, l *loop, el *element) error {
	if el.Loop == nil || el.Loop.OutputName == "" {
		return nil
	}
	out := make([]any, 0, len(l.Out))
	for i, v := range l.Out {
		if !slices.Contains(l.Skip, i) {
			out = append(out, v)
		}
	}
	return r.setOne(t, el.Loop.OutputName, out)
}
