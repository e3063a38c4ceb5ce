package bpmn

import (
	"fmt"
	"slices"
)

// open begins a user or service task.
func (r *run) open(t *token, el *element) error {
	if el.loop != nil {
		skipped, err := r.openLoop(t, el)
		if err != nil {
			return at(el, err)
		}
		if skipped {
			return r.leave(t, el)
		}
	} else if err := r.openTask(t, el, 0, nil); err != nil {
		return at(el, err)
	}
	return r.watch(t, el)
}

// openTask adds one open task to the token. local are loop variables.
func (r *run) openTask(t *token, el *element, index int, local map[string]any) error {
	c := Change{Kind: ServiceCalled, ID: r.newID(), Element: el.id, Name: el.name, Vars: local}
	if el.kind == kindUser {
		c.Kind = TaskOpened
	}
	if len(el.attrs) > 0 {
		c.Attrs = copyStrings(el.attrs)
	}
	if el.title != nil || len(el.templates) > 0 {
		env := r.env(local)
		for i := range el.templates {
			tpl := &el.templates[i]
			s, err := r.e.fill(tpl, env)
			if err != nil {
				return fmt.Errorf("attribute %s: %w", tpl.key, err)
			}
			c.Attrs[tpl.key] = s
		}
		if el.title != nil {
			s, err := r.e.fill(el.title, env)
			if err != nil {
				return fmt.Errorf("name: %w", err)
			}
			c.Name = s
		}
	}
	t.Tasks = append(slices.Clip(t.Tasks), task{ID: c.ID, Index: index, At: r.stamp()})
	r.note(c)
	return nil
}

// env is the variables with the loop variables over them.
func (r *run) env(local map[string]any) map[string]any {
	if len(local) == 0 {
		return r.in.Vars
	}
	m := make(map[string]any, len(r.in.Vars)+len(local))
	for k, v := range r.in.Vars {
		m[k] = v
	}
	for k, v := range local {
		m[k] = v
	}
	return m
}

// watch sets the boundary timers of an activity.
func (r *run) watch(t *token, el *element) error {
	for _, b := range el.boundaries {
		if err := r.setTimer(t, b); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) setTimer(t *token, ev *element) error {
	d, err := r.e.schedule(ev.timer, r.in.Vars, r.now)
	if err != nil {
		return at(ev, err)
	}
	r.addTimer(t, ev, d)
	return nil
}

func (r *run) addTimer(t *token, ev *element, d timer) {
	d.ID, d.El, d.Due = r.newID(), ev.id, d.Due.Round(0).UTC()
	t.Timers = append(slices.Clip(t.Timers), d)
	r.note(Change{Kind: TimerSet, ID: d.ID, Element: ev.id, Name: ev.name, Attrs: copyStrings(ev.attrs), Due: d.Due})
}

// fire handles the i-th timer of a token.
func (r *run) fire(t *token, i int) error {
	d := t.Timers[i]
	ev, err := r.element(d.El)
	if err != nil {
		return err
	}
	t.Timers = slices.Delete(slices.Clone(t.Timers), i, i+1)
	r.note(Change{Kind: TimerFired, ID: d.ID, Element: ev.id, Name: ev.name, Attrs: copyStrings(ev.attrs)})
	if ev.kind == kindCatch {
		return r.leave(t, ev)
	}
	if ev.interrupting {
		r.clear(t, ReasonInterrupted)
		r.remember(t, ev.host)
		t.At = ev.id
		return r.leave(t, ev)
	}
	if d.Left != 0 {
		due, err := r.e.after(d.Every, d.Due.In(r.now.Location()))
		if err != nil {
			return at(ev, err)
		}
		again := timer{Due: due, Left: d.Left, Every: d.Every}
		if again.Left > 0 {
			again.Left--
		}
		r.addTimer(t, ev, again)
	}
	frame := r.fork(t.Frame, 0, nil)
	r.frame(frame).Side = true
	side := r.born(t.Scope, frame, nil)
	side.At = ev.id
	return r.leave(side, ev)
}

// finishActivity moves on from an activity that is done.
func (r *run) finishActivity(t *token, el *element) error {
	r.clear(t, ReasonEnough)
	r.remember(t, el)
	return r.leave(t, el)
}

// enterSub puts a token inside a sub-process; the one outside waits.
func (r *run) enterSub(t *token, el *element) error {
	if err := r.watch(t, el); err != nil {
		return err
	}
	f := r.fork(t.Frame, t.ID, nil)
	return r.enter(r.born(t.ID, f, nil), el.entry)
}

// openLoop begins multi-instance. skipped means that there is nothing to do.
func (r *run) openLoop(t *token, el *element) (skipped bool, err error) {
	l := &loop{}
	if el.loop.collection != nil {
		v, err := r.e.eval(el.loop.collection, r.in.Vars)
		if err != nil {
			return false, err
		}
		if v, err = canon(v, 0); err != nil {
			return false, err
		}
		switch x := v.(type) {
		case nil:
		case []any:
			l.Items = x
		default:
			return false, fmt.Errorf("%w: %q gives %T, not a list", ErrExpression, el.loop.collection.text, v)
		}
		l.Total = len(l.Items)
	} else {
		v, err := r.e.eval(el.loop.cardinality, r.in.Vars)
		if err != nil {
			return false, err
		}
		if v, err = canon(v, 0); err != nil {
			return false, err
		}
		n, ok := v.(int)
		if !ok || n < 0 {
			return false, fmt.Errorf("%w: %q gives %v, not a number of times", ErrExpression, el.loop.cardinality.text, v)
		}
		l.Total = n
	}
	if l.Total > maxSteps {
		return false, fmt.Errorf("%w: %d instances of one task", ErrLoop, l.Total)
	}
	if el.loop.output != nil {
		l.Out = make([]any, l.Total)
	}
	if l.Total == 0 {
		return true, r.collect(l, el)
	}
	t.Loop = l
	l.Next = l.Total
	if el.loop.sequential {
		l.Next = 1
	}
	for i := 0; i < l.Next; i++ {
		if err := r.openTask(t, el, i, r.loopVars(l, el, i, l.Next)); err != nil {
			return false, err
		}
	}
	return false, nil
}

// loopVars are the variables that one instance of the loop sees.
func (r *run) loopVars(l *loop, el *element, i, active int) map[string]any {
	m := map[string]any{"loopCounter": i, "nrOfInstances": l.Total, "nrOfCompletedInstances": l.Done, "nrOfActiveInstances": active}
	if el.loop.variable != "" && i < len(l.Items) {
		m[el.loop.variable] = l.Items[i]
	}
	return m
}

// loopDone handles one completed instance of a loop.
func (r *run) loopDone(t *token, el *element, i int) error {
	index := t.Tasks[i].Index
	t.Tasks = slices.Delete(slices.Clone(t.Tasks), i, i+1)
	l := *t.Loop
	t.Loop = &l
	l.Done++
	env := r.env(r.loopVars(&l, el, index, len(t.Tasks)))
	if el.loop.output != nil {
		v, err := r.e.eval(el.loop.output, env)
		if err == nil {
			v, err = canon(v, 0)
		}
		if err != nil {
			return at(el, err)
		}
		l.Out = slices.Clone(l.Out)
		l.Out[index] = v
		if el.loop.until != nil { // the condition may look at what was collected so far
			env[el.loop.outputName] = l.Out
		}
	}
	enough := l.Done >= l.Total
	if !enough && el.loop.until != nil {
		var err error
		if enough, err = r.e.holds(el.loop.until, env); err != nil {
			return at(el, err)
		}
	}
	if enough {
		if err := r.collect(&l, el); err != nil {
			return at(el, err)
		}
		return r.finishActivity(t, el)
	}
	if el.loop.sequential {
		next := l.Next
		l.Next++
		if err := r.openTask(t, el, next, r.loopVars(&l, el, next, 1)); err != nil {
			return at(el, err)
		}
	}
	return nil
}

// collect stores the values that the instances gave.
func (r *run) collect(l *loop, el *element) error {
	if el.loop.output == nil {
		return nil
	}
	return r.setOne(el.loop.outputName, l.Out)
}
