package bpmn

import (
	"fmt"
	"slices"
	"time"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
)

// watch sets the boundary events of an activity.
func (r *run) watch(t *token, el *element) error {
	for _, b := range el.Boundaries {
		if err := r.add(t, b, false); err != nil {
			return err
		}
	}
	return nil
}

// watchInside sets what starts event sub-processes inside a scope.
func (r *run) watchInside(host *token, list []*element) error {
	for _, ev := range list {
		if err := r.add(host, ev, true); err != nil {
			return err
		}
	}
	return nil
}

// add makes a token wait for an event. Errors and escalations are not waited
// for: they look for their catcher when they are thrown.
func (r *run) add(t *token, ev *element, in bool) error {
	vars := r.vars(t)
	if in {
		vars = r.inside(t)
	}
	s := wait{El: ev.ID, In: in, Kind: string(ev.Event.Kind)}
	c := Change{Element: ev.ID, Name: ev.Name, Attrs: definition.CopyStrings(ev.Attrs)}
	switch ev.Event.Kind {
	case definition.OnTimer:
		d, err := r.e.schedule(ev.Event.Timer, vars, r.now)
		if err != nil {
			return at(ev, err)
		}
		d.In = in
		r.addTimer(t, ev, d)
		return nil
	case definition.OnMessage, definition.OnSignal:
		var err error
		if s.Name, err = r.e.nameOf(ev.Event, vars); err != nil {
			return at(ev, err)
		}
		if s.Key, err = r.e.keyOf(ev.Event, vars); err != nil {
			return at(ev, err)
		}
		c.Kind = MessageWaited
		if ev.Event.Kind == definition.OnSignal {
			c.Kind = SignalWaited
		}
		c.Attrs = with(c.Attrs, "name", s.Name)
		if s.Key != "" {
			c.Attrs["key"] = s.Key
		}
	case definition.OnTrue:
		c.Kind = ConditionWaited
	default:
		return nil
	}
	s.ID = r.newID()
	c.ID = s.ID
	t.Subs = append(slices.Clip(t.Subs), s)
	r.note(t, c)
	return nil
}

func with(m map[string]string, k, v string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[k] = v
	return m
}

func (e *Engine) nameOf(ev *definition.Event, vars map[string]any) (string, error) {
	if ev.Named == nil {
		return ev.Name, nil
	}
	s, err := e.fill(ev.Named, vars)
	if err == nil && s == "" {
		err = fmt.Errorf("%w: %q gives no name", ErrExpression, ev.Name)
	}
	return s, err
}

func (e *Engine) keyOf(ev *definition.Event, vars map[string]any) (string, error) {
	if ev.Key == nil {
		return "", nil
	}
	v, err := e.eval(ev.Key, vars)
	if err != nil {
		return "", err
	}
	if v == nil {
		return "", fmt.Errorf("%w: correlation %q gives nothing", ErrExpression, ev.Key.Text)
	}
	return fmt.Sprint(v), nil
}

func (r *run) addTimer(t *token, ev *element, d timer) {
	d.ID, d.El, d.Due = r.newID(), ev.ID, d.Due.Round(0).UTC()
	t.Timers = append(slices.Clip(t.Timers), d)
	r.note(t, Change{Kind: TimerSet, ID: d.ID, Element: ev.ID, Name: ev.Name, Attrs: definition.CopyStrings(ev.Attrs), Due: d.Due})
}

// fire handles the i-th timer of a token.
func (r *run) fire(t *token, i int) error {
	d := t.Timers[i]
	ev, err := r.event(t, d.El, d.In)
	if err != nil {
		return err
	}
	t.Timers = slices.Delete(slices.Clone(t.Timers), i, i+1)
	r.note(t, Change{Kind: TimerFired, ID: d.ID, Element: ev.ID, Name: ev.Name, Attrs: definition.CopyStrings(ev.Attrs)})
	if !ev.Interrupting && d.Left != 0 && (d.In || ev.Kind == draw.Boundary) {
		again := timer{In: d.In, Left: d.Left, Every: d.Every, Until: d.Until}
		if err := r.e.count(&again, d.Every, d.Due.In(r.now.Location())); err != nil {
			return at(ev, err)
		}
		if again.Left > 0 {
			again.Left--
		}
		if d.Until.IsZero() || !again.Due.After(d.Until) {
			r.addTimer(t, ev, again)
		}
	}
	return r.happened(t, ev, d.In)
}

// caught handles the i-th subscription of a token.
func (r *run) caught(t *token, i int, vars map[string]any) error {
	s := t.Subs[i]
	ev, err := r.event(t, s.El, s.In)
	if err != nil {
		return err
	}
	if (ev.Kind != draw.Boundary && !s.In) || ev.Interrupting {
		t.Subs = slices.Delete(slices.Clone(t.Subs), i, i+1)
	}
	if err := r.take(t, ev.Event, vars); err != nil {
		return at(ev, err)
	}
	r.note(t, Change{Kind: Caught, ID: s.ID, Element: ev.ID, Name: ev.Name, Attrs: map[string]string{"name": s.Name}, Vars: vars})
	return r.happened(t, ev, s.In)
}

// take stores what came with an event.
func (r *run) take(t *token, ev *definition.Event, vars map[string]any) error {
	if len(ev.Maps) == 0 {
		return r.set(t, vars)
	}
	return r.copy(ev.Maps, vars, func(k string, v any) error { return r.setOne(t, k, v) })
}

// happened does what an event demands of the token that waited for it.
func (r *run) happened(t *token, ev *element, in bool) error {
	switch {
	case in:
		return r.startEvent(t, ev)
	case ev.Kind == draw.Boundary && ev.Interrupting:
		return r.interrupt(t, ev)
	case ev.Kind == draw.Boundary:
		frame := r.fork(t.Frame, 0, nil)
		f := r.in.Frame(frame)
		f.Side, f.At = true, ev.ID
		side := r.born(r.host(t), frame, nil)
		side.At = ev.ID
		r.see(side.Proc, ev.Index)
		return r.leave(side, ev)
	case t.At != ev.ID: // an event-based gateway
		gate, err := r.el(t)
		if err != nil {
			return err
		}
		r.clear(t, ReasonEnough)
		r.see(t.Proc, gate.Index)
		for _, f := range gate.Out {
			if f.To == ev {
				p, err := r.process(t.Proc)
				if err != nil {
					return err
				}
				r.see(t.Proc, len(p.Elements)+f.Index)
				r.noteGateway(t, gate, []*flow{f})
			}
		}
		t.At = ev.ID
		return r.leave(t, ev)
	case ev.Kind == draw.Receive:
		return r.worked(t, ev)
	}
	return r.leave(t, ev)
}

// interrupt cancels an activity and goes on from the event on its border.
func (r *run) interrupt(t *token, ev *element) error {
	r.clear(t, ReasonInterrupted)
	r.remember(t, ev.Host)
	t.At = ev.ID
	return r.leave(t, ev)
}

// throw handles a token at an intermediate throw event.
func (r *run) throw(t *token, el *element) error {
	r.pass(t, el)
	if el.Event != nil {
		var err error
		if el.Event.Kind == definition.OnEscalate {
			err = r.escalate(t, el)
		} else {
			err = r.announce(t, el)
		}
		if err != nil {
			return at(el, err)
		}
	}
	if t.Gone || len(t.Tasks) > 0 || r.in.Ended() {
		return nil
	}
	return r.leave(t, el)
}

// announce sends the message or signal of an event.
func (r *run) announce(t *token, el *element) error {
	switch el.Event.Kind {
	case definition.OnMessage:
		if el.Impl != "" {
			return r.openTask(t, el, task{}, nil)
		}
		return r.send(t, el)
	case definition.OnSignal:
		name, err := r.e.nameOf(el.Event, r.vars(t))
		if err != nil {
			return err
		}
		if !el.Event.Local {
			r.note(t, Change{Kind: SignalThrown, Element: el.ID, Name: el.Name, Attrs: map[string]string{"name": name}})
		}
		return r.broadcast(name, nil)
	}
	return nil
}

// send tells the caller to deliver a message.
func (r *run) send(t *token, el *element) error {
	vars := r.vars(t)
	name, err := r.e.nameOf(el.Event, vars)
	if err != nil {
		return err
	}
	key, err := r.e.keyOf(el.Event, vars)
	if err != nil {
		return err
	}
	attrs := with(definition.CopyStrings(el.Attrs), "name", name)
	if key != "" {
		attrs["key"] = key
	}
	r.note(t, Change{Kind: MessageSent, Element: el.ID, Name: el.Name, Attrs: attrs, Vars: over(map[string]any{}, vars)})
	return nil
}

// broadcast hands a signal to everybody in the instance who waits for it now.
func (r *run) broadcast(name string, vars map[string]any) error {
	var ids []string
	for _, t := range r.in.Everybody() {
		for _, s := range t.Subs {
			if s.Kind == string(definition.OnSignal) && s.Name == name {
				ids = append(ids, s.ID)
			}
		}
	}
	for _, id := range ids {
		if err := r.hand(id, vars); err != nil {
			return err
		}
	}
	return nil
}

// hand gives an event to a subscription, when it is still there.
func (r *run) hand(id string, vars map[string]any) error {
	for _, t := range r.in.Everybody() {
		for i, s := range t.Subs {
			if s.ID == id {
				return r.caught(t, i, vars)
			}
		}
	}
	return nil
}

// conditions looks whether a condition that is waited for has become true.
func (r *run) conditions() (fired bool, err error) {
	if r.in.Ended() || r.in.Suspended() {
		return false, nil
	}
	for _, t := range r.in.Everybody() {
		for i, s := range t.Subs {
			if s.Kind != string(definition.OnTrue) {
				continue
			}
			ev, err := r.event(t, s.El, s.In)
			if err != nil {
				return false, err
			}
			vars := r.vars(t)
			if s.In {
				vars = r.inside(t)
			}
			ok, err := r.e.holds(ev.Event.Cond, vars)
			if err != nil {
				return false, at(ev, err)
			}
			if ok == s.True {
				continue
			}
			t.Subs = slices.Clone(t.Subs)
			t.Subs[i].True = ok
			if ok {
				if r.steps++; r.steps > maxSteps {
					return false, at(ev, ErrLoop)
				}
				return true, r.caught(t, i, nil)
			}
		}
	}
	return false, nil
}

// catcher finds the event that catches a code thrown inside a scope: an event
// sub-process first, then the border of the activity. The exact code goes before
// those that catch all.
func (r *run) catcher(host, from *token, kind definition.EventKind, code string) (ev *element, in bool, err error) {
	inside, err := r.triggers(host)
	if err != nil {
		return nil, false, err
	}
	var border []*element
	if host != &r.in.Root && host.Inst == 0 {
		el, err := r.el(host)
		if err != nil {
			return nil, false, err
		}
		border = el.Boundaries
	}
	for _, exact := range []bool{true, false} {
		for _, b := range inside {
			if b.Event.Kind == kind && matches(b.Event.Code, code, exact) && (from == nil || from.At != b.Parent.ID) {
				return b, true, nil
			}
		}
	}
	for _, exact := range []bool{true, false} {
		for _, b := range border {
			if b.Event.Kind == kind && matches(b.Event.Code, code, exact) {
				return b, false, nil
			}
		}
	}
	return nil, false, nil
}

func matches(want, code string, exact bool) bool {
	return exact && want == code || !exact && want == ""
}

// raise throws an error from a token: the nearest scope that catches it takes
// it. When none does, the instance fails.
func (r *run) raise(t *token, el *element, code string) error {
	r.note(t, Change{Kind: ErrorThrown, Element: el.ID, Name: el.Name, Attrs: map[string]string{"code": code}})
	host, from := t, (*token)(nil)
	if t.Gone {
		host = r.host(t)
	}
	for {
		ev, in, err := r.catcher(host, from, definition.OnError, code)
		if err != nil {
			return err
		}
		if ev != nil {
			return r.deliver(host, ev, in, code)
		}
		if host == &r.in.Root {
			break
		}
		host, from = r.host(host), host
	}
	r.removeScope(0, ReasonError)
	r.clear(&r.in.Root, ReasonError)
	r.in.State = Failed
	r.note(nil, Change{Kind: Ended, Element: el.ID, Name: el.Name, Attrs: map[string]string{"reason": ReasonError, "code": code}})
	return nil
}

// deliver gives an error or escalation to the event that catches it.
func (r *run) deliver(host *token, ev *element, in bool, code string) error {
	r.note(host, Change{Kind: Caught, Element: ev.ID, Name: ev.Name, Attrs: map[string]string{"code": code}})
	if ev.Event.Store != "" {
		at := host
		if err := r.setOne(at, ev.Event.Store, code); err != nil {
			return err
		}
	}
	r.seeEvent(host, ev, in)
	return r.happened(host, ev, in)
}

func (r *run) seeEvent(host *token, ev *element, in bool) {
	if in {
		r.see(host.Inside(), ev.Index)
		return
	}
	r.see(host.Proc, ev.Index)
}

// escalate throws an escalation. It does not stop who throws it, unless what
// catches it interrupts. When nothing catches it, it is only noted.
func (r *run) escalate(t *token, el *element) error {
	code := el.Event.Code
	r.note(t, Change{Kind: Escalated, Element: el.ID, Name: el.Name, Attrs: map[string]string{"code": code}})
	host, from := r.host(t), (*token)(nil)
	for {
		ev, in, err := r.catcher(host, from, definition.OnEscalate, code)
		if err != nil {
			return err
		}
		if ev != nil {
			return r.deliver(host, ev, in, code)
		}
		if host == &r.in.Root {
			return nil
		}
		host, from = r.host(host), host
	}
}

// Watch makes tokens wait for the named events of places they stand on, or of
// scopes they stand for, when they do not already. It is for versions that add
// such events to places where instances are: see package migrate.
func (e *Engine) Watch(p *Process, in *Instance, events []string, now time.Time) ([]Change, error) {
	return e.anyway(p, in, now, "watch", func(r *run) error {
		for _, t := range r.in.Everybody() {
			if t.Proc != 0 || t.Wait != "" {
				continue
			}
			inside, err := r.triggers(t)
			if err != nil {
				return err
			}
			var border []*element
			if t != &r.in.Root && t.Inst == 0 {
				el, err := r.el(t)
				if err != nil {
					return err
				}
				border = el.Boundaries
				if el.Kind == draw.ByEvent {
					for _, f := range el.Out {
						border = append(border, f.To)
					}
				}
			}
			if t.Call > 0 {
				inside = nil
			}
			for i, list := range [][]*element{border, inside} {
				for _, ev := range list {
					if slices.Contains(events, ev.ID) {
						if err := r.add(t, ev, i == 1); err != nil {
							return err
						}
					}
				}
			}
		}
		return r.rest()
	})
}
