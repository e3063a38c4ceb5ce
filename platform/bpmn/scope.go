package bpmn

import (
	"fmt"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
	"tongban/platform/bpmn/state"
)

// enterSub puts a token inside a sub-process; the one outside waits. The
// boundary events are set for the activity, once for all instances of a loop.
func (r *run) enterSub(t *token, el *element) error {
	if t.Inst == 0 {
		if err := r.watch(t, el); err != nil {
			return err
		}
	}
	for k, v := range el.Defaults {
		c, err := state.Canon(v, 0)
		if err != nil {
			return at(el, err)
		}
		r.write(t, k, c)
	}
	if err := r.watchInside(t, el.Triggers); err != nil {
		return err
	}
	f := r.fork(t.Frame, t.ID, nil)
	return r.enter(r.born(t, f, nil), el.Entry)
}

// enterCall starts a called process inside the token.
func (r *run) enterCall(t *token, el *element) error {
	if t.Inst == 0 {
		if err := r.watch(t, el); err != nil {
			return err
		}
	}
	if r.nested(t) >= maxCalls {
		return at(el, fmt.Errorf("%w: calls are nested more than %d deep", ErrLoop, maxCalls))
	}
	outer := r.vars(t)
	if t.Loop == nil && t.Inst > 0 {
		outer = over(outer, t.Vars)
	}
	id, err := r.e.fill(el.Call.Process, outer)
	if err != nil {
		return at(el, err)
	}
	n, err := r.pin(t, id, el.Call.Version)
	if err != nil {
		return at(el, err)
	}
	p, err := r.process(n)
	if err != nil {
		return at(el, err)
	}
	vars := map[string]any{}
	for k, v := range p.Defaults {
		vars[k] = v
	}
	switch {
	case r.e.Shared:
		vars = over(vars, t.Vars) // of the loop it is an instance of
	case el.Call.AllIn:
		vars = over(vars, outer)
	}
	if err := r.copy(el.Call.In, outer, func(k string, v any) error { vars[k] = v; return nil }); err != nil {
		return at(el, err)
	}
	if t.Vars, err = state.CanonMap(vars); err != nil {
		return at(el, err)
	}
	t.Call = n
	r.note(t, Change{Kind: Called, Element: el.ID, Name: el.Name, Attrs: map[string]string{"process": p.ID, "version": r.in.Calls[n-1].Version}})
	if p.Start == nil {
		return at(el, fmt.Errorf("%w: process %q has no plain start event", ErrCalled, p.ID))
	}
	if err := r.watchInside(t, p.Triggers); err != nil {
		return err
	}
	f := r.fork(t.Frame, t.ID, nil)
	return r.enter(r.born(t, f, nil), p.Start)
}

// maxCalls bounds how deep called processes may call others.
const maxCalls = 20

func (r *run) nested(t *token) int {
	n := 0
	for h := r.host(t); h != nil && h != &r.in.Root; h = r.host(h) {
		if h.Call > 0 {
			n++
		}
	}
	return n
}

// pin finds the version of a called process that this instance uses: the first
// it was called with stays.
func (r *run) pin(t *token, id, version string) (int, error) {
	from, err := r.process(t.Proc)
	if err != nil {
		return 0, err
	}
	p, pinned, err := r.e.resolve(id, version, from)
	if err != nil {
		return 0, err
	}
	for i, c := range r.in.Calls {
		if c.Process == p.ID && (c.Version == pinned || version == "") {
			return i + 1, nil
		}
	}
	r.in.Calls = append(r.in.Calls, called{Process: p.ID, Version: pinned})
	for len(r.procs) < len(r.in.Calls) {
		r.procs = append(r.procs, nil)
	}
	r.procs[len(r.in.Calls)-1] = p
	return len(r.in.Calls), nil
}

// copy maps values from one set of variables to another.
func (r *run) copy(list []definition.Mapping, from map[string]any, set func(string, any) error) error {
	for _, m := range list {
		v, err := r.e.eval(m.From, from)
		if err == nil {
			err = set(m.To, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// returned maps what a called process gives back.
func (r *run) returned(t *token, el *element) error {
	inner := r.inside(t)
	if el.Call.AllOut && !r.e.Shared {
		for k, v := range t.Vars {
			if err := r.setOne(t, k, v); err != nil {
				return err
			}
		}
	}
	return r.copy(el.Call.Out, inner, func(k string, v any) error { return r.setOne(t, k, v) })
}

// closeScope ends a sub-process, a called process or the instance when the last
// token inside is gone.
func (r *run) closeScope(t *token, last *element) error {
	for _, o := range r.in.Tokens {
		if o.Scope == t.Scope {
			return nil
		}
	}
	if t.Scope == 0 {
		r.complete(t, last)
		return nil
	}
	host := r.in.Token(t.Scope)
	if host == nil {
		return fmt.Errorf("%w: nothing stands on the sub-process around %q", ErrProcess, last.ID)
	}
	el, err := r.el(host)
	if err != nil {
		return err
	}
	if host.Call > 0 {
		if err := r.returned(host, el); err != nil {
			return at(el, err)
		}
	}
	return r.worked(host, el)
}

// complete ends the instance.
func (r *run) complete(t *token, last *element) {
	r.clear(&r.in.Root, ReasonTerminated)
	r.in.State = Completed
	r.note(t, Change{Kind: Ended, Element: last.ID, Name: last.Name})
}

// end handles a token at an end event.
func (r *run) end(t *token, el *element) error {
	r.pass(t, el)
	if el.Event == nil {
		r.drop(t)
		return r.closeScope(t, el)
	}
	switch el.Event.Kind {
	case definition.OnEnd:
		return r.terminate(t, el)
	case definition.OnError:
		r.drop(t)
		return r.raise(t, el, el.Event.Code)
	case definition.OnEscalate:
		if err := r.escalate(t, el); err != nil || t.Gone {
			return err
		}
	default:
		if err := r.announce(t, el); err != nil {
			return at(el, err)
		}
		if t.Gone || r.in.Ended() {
			return nil
		}
		if len(t.Tasks) > 0 { // a service sends the message
			return nil
		}
	}
	r.drop(t)
	return r.closeScope(t, el)
}

// terminate ends the scope of a terminate end event, or more when it says so.
func (r *run) terminate(t *token, el *element) error {
	r.drop(t)
	switch {
	case el.Event.All:
		r.removeScope(0, ReasonTerminated)
		r.complete(t, el)
		return nil
	case el.Event.Each:
		for h := r.host(t); h != nil && h != &r.in.Root; h = r.host(h) {
			if h.Inst == 0 {
				continue
			}
			host := r.in.Token(h.Scope)
			of, err := r.el(host)
			if err != nil {
				return err
			}
			r.clear(host, ReasonTerminated)
			r.remember(host, of)
			return r.leave(host, of)
		}
	}
	r.removeScope(t.Scope, ReasonTerminated)
	return r.closeScope(t, el)
}

// triggers are the event sub-processes of the scope a token stands for.
func (r *run) triggers(host *token) ([]*element, error) {
	switch {
	case host == &r.in.Root:
		return r.p.Triggers, nil
	case host.Call > 0:
		p, err := r.process(host.Call)
		if err != nil {
			return nil, err
		}
		return p.Triggers, nil
	case host.Loop != nil:
		return nil, nil
	}
	el, err := r.el(host)
	if err != nil || el.Kind != draw.Sub && el.Kind != draw.EventSub {
		return nil, err
	}
	return el.Triggers, nil
}

// startEvent begins an event sub-process inside a scope.
func (r *run) startEvent(host *token, ev *element) error {
	sub := ev.Parent
	frame := r.scopeFrame(host)
	if ev.Interrupting {
		r.removeScope(host.ID, ReasonInterrupted)
		r.quiet(host)
	} else {
		frame = r.fork(frame, 0, nil)
		f := r.in.Frame(frame)
		f.Side, f.At = true, sub.ID
	}
	t := r.born(host, frame, nil)
	t.At = sub.ID
	for k, v := range sub.Defaults {
		c, err := state.Canon(v, 0)
		if err != nil {
			return at(sub, err)
		}
		r.write(t, k, c)
	}
	if err := r.watchInside(t, sub.Triggers); err != nil {
		return err
	}
	f := r.fork(t.Frame, t.ID, nil)
	return r.enter(r.born(t, f, nil), ev)
}

// scopeFrame is the frame around everything inside a scope.
func (r *run) scopeFrame(host *token) int {
	for i := range r.in.Frames {
		if f := &r.in.Frames[i]; f.Host == host.ID && host.ID != 0 && !f.Side {
			return f.ID
		}
	}
	return 0
}

// quiet stops what waits to start event sub-processes of a scope.
func (r *run) quiet(host *token) {
	var timers []timer
	for _, d := range host.Timers {
		if !d.In {
			timers = append(timers, d)
			continue
		}
		r.note(host, Change{Kind: TimerCancelled, ID: d.ID, Element: d.El, Name: r.name(host, d.El, true)})
	}
	var subs []wait
	for _, s := range host.Subs {
		if !s.In {
			subs = append(subs, s)
			continue
		}
		r.cancelWait(host, s)
	}
	host.Timers, host.Subs = timers, subs
}
