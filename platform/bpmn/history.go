package bpmn

import (
	"fmt"
	"slices"
	"time"

	"tongban/platform/bpmn/draw"
)

// remember writes a finished activity that people worked on into the trail of
// its token.
func (r *run) remember(t *token, el *element) {
	if el.Kind == draw.User || el.Kind == draw.Sub || el.Kind == draw.Call {
		t.Trail = concat(t.Trail, []step{{El: el.ID}})
	}
}

// concat appends steps. An element that was done before moves to the end: the
// trail is what was done, ordered by the last time, and so never longer than the
// model.
func concat(trail, more []step) []step {
	out := slices.Clip(trail)
	for _, s := range more {
		if i := slices.IndexFunc(out, func(x step) bool { return x.El == s.El }); i >= 0 {
			out = slices.Delete(slices.Clone(out), i, i+1)
		}
		out = append(out, s)
	}
	return out
}

// findStep is the last step in which the task was done, inside joined branches
// too, or -1.
func findStep(trail []step, id string) int {
	for i := len(trail) - 1; i >= 0; i-- {
		if trail[i].El == id && trail[i].Arr == nil {
			return i
		}
		for j := range trail[i].Arr {
			if holds(&trail[i].Arr[j], id) {
				return i
			}
		}
	}
	return -1
}

func holds(a *arrival, id string) bool {
	if findStep(a.Trail, id) >= 0 {
		return true
	}
	for i := range a.Sub {
		if holds(&a.Sub[i], id) {
			return true
		}
	}
	return false
}

// Return sends an open task back to an activity that was done before it, the
// nearest of that id looking outwards. See the package comment for what happens
// to branches beside it. Resubmit is the fast way forward again.
func (e *Engine) Return(p *Process, in *Instance, id string, toElement string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "return "+id, func(r *run) error {
		t, _ := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		if toElement == t.At {
			return fmt.Errorf("%w: %q is not an earlier activity", ErrReturn, toElement)
		}
		r.back = id
		if findStep(t.Trail, toElement) >= 0 {
			host, proc := r.host(t), t.Proc
			r.remove(t, ReasonReturned)
			return r.resume(t.Trail, toElement, t.Frame, host, proc)
		}
		at := t
		for f := r.in.Frame(t.Frame); f != nil; f = r.in.Frame(f.Up) {
			trail, up := f.Trail, f.Up
			if host := r.in.Token(f.Host); host != nil && f.Host != 0 {
				trail, at = host.Trail, host
			}
			if findStep(trail, toElement) < 0 {
				continue
			}
			host, proc := r.host(at), at.Proc
			r.removeFrame(f.ID, f.Host, id)
			return r.resume(trail, toElement, up, host, proc)
		}
		return fmt.Errorf("%w: %q was not done before it", ErrReturn, toElement)
	})
}

// ReturnToStart sends the whole instance back to whoever started it: everything
// is cancelled and a task is open on the start event, for the applicant to
// correct and hand in again. Complete goes through the flow anew, Resubmit
// straight back.
func (e *Engine) ReturnToStart(p *Process, in *Instance, id string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "return to the start "+id, func(r *run) error {
		t, _ := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		el, err := r.el(t)
		if err != nil {
			return err
		}
		if el.Kind == draw.Start {
			return fmt.Errorf("%w: it is with the applicant already", ErrReturn)
		}
		start := p.Start
		if start == nil {
			start = p.Starts[0]
		}
		r.back = id
		for r.host(t) != &r.in.Root { // the task that is sent back comes first in the list of changes
			t = r.host(t)
		}
		again := false // an interrupting event sub-process had ended everything: it may begin again
		for _, o := range r.in.Tokens {
			if at := p.Element(o.At); o.Scope == 0 && at != nil && at.Kind == draw.EventSub && at.Interrupting {
				again = true
			}
		}
		r.remove(t, ReasonReturned)
		r.removeScope(0, ReasonReturned)
		if again {
			if err := r.rearm(&r.in.Root); err != nil {
				return err
			}
		}
		b := r.born(&r.in.Root, 0, nil)
		b.At, r.backTo = start.ID, b
		return r.openTask(b, start, task{}, nil)
	})
}

// removeFrame cancels everything born by a fork, and the token that stands on
// the sub-process when the frame is one.
func (r *run) removeFrame(id, host int, first string) {
	var doomed []*token
	for _, t := range r.in.Tokens {
		if t.ID == host || r.in.Within(t, id) {
			doomed = append(doomed, t)
		}
	}
	// The task that is sent back comes first in the list of changes.
	slices.SortStableFunc(doomed, func(a, b *token) int {
		return -cmpBool(owns(a, first), owns(b, first))
	})
	for _, t := range doomed {
		if !t.Gone {
			r.remove(t, ReasonReturned)
		}
	}
}

func owns(t *token, id string) bool {
	return slices.ContainsFunc(t.Tasks, func(k task) bool { return k.ID == id })
}

func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// resume puts a token on an activity of the trail. When it lies in a branch
// that has joined, the join is undone: the other branches wait at it again, so
// their work stays done.
func (r *run) resume(trail []step, to string, frame int, host *token, proc int) error {
	i := findStep(trail, to)
	if trail[i].Arr == nil {
		el, err := r.element(proc, to)
		if err != nil {
			return err
		}
		t := r.born(host, frame, slices.Clip(trail[:i]))
		r.backTo = t
		return r.enter(t, el)
	}
	join, err := r.element(proc, trail[i].El)
	if err != nil {
		return err
	}
	f := r.fork(frame, 0, slices.Clip(trail[:i]))
	r.in.Frame(f).At = trail[i].At
	done := false
	if err := r.restore(join, trail[i].Arr, to, f, host, proc, &done); err != nil {
		return err
	}
	return r.recheck(join, host.ID)
}

// recheck fires a parallel join whose tokens are complete after an undo: a later
// wave may already have left a token where the one sent back came from.
func (r *run) recheck(join *element, scope int) error {
	if join.Kind != draw.Parallel {
		return nil
	}
	for _, t := range r.in.Tokens {
		if t.At == join.ID && t.Wait == join.In[0].ID && t.Scope == scope {
			return r.arrive(t, join)
		}
	}
	return nil
}

func (r *run) restore(join *element, arr []arrival, to string, frame int, host *token, proc int, done *bool) error {
	for i := range arr {
		a := &arr[i]
		switch {
		case !*done && findStep(a.Trail, to) >= 0:
			*done = true
			if err := r.resume(a.Trail, to, frame, host, proc); err != nil {
				return err
			}
		case a.Sub != nil:
			f := r.fork(frame, 0, a.Trail)
			r.in.Frame(f).At = a.At
			if err := r.restore(join, a.Sub, to, f, host, proc, done); err != nil {
				return err
			}
		default:
			t := r.born(host, frame, a.Trail)
			t.At, t.Wait = join.ID, a.Flow
		}
	}
	return nil
}

// ReturnTargets lists the activities to which an open task may be sent back,
// oldest first: user tasks, and finished sub-processes and calls, which would
// begin anew.
func (e *Engine) ReturnTargets(p *Process, in *Instance, id string) []TaskDef {
	r := &run{e: e, p: p, in: in}
	t, _ := r.findTask(id)
	if t == nil {
		return nil
	}
	type past struct {
		trail []step
		proc  int
	}
	trails := []past{{t.Trail, t.Proc}}
	proc := t.Proc
	for f := r.in.Frame(t.Frame); f != nil; f = r.in.Frame(f.Up) {
		if host := r.in.Token(f.Host); host != nil && f.Host != 0 {
			proc = host.Proc
			trails = append(trails, past{host.Trail, proc})
		} else {
			trails = append(trails, past{f.Trail, proc})
		}
	}
	slices.Reverse(trails)
	var list []TaskDef
	for _, h := range trails {
		if q, err := r.process(h.proc); err == nil {
			list = collectTasks(list, q, h.trail, t.At)
		}
	}
	return list
}

func collectTasks(list []TaskDef, p *Process, trail []step, except string) []TaskDef {
	for _, s := range trail {
		if s.Arr != nil {
			list = collectArrivals(list, p, s.Arr, except)
			continue
		}
		el := p.Element(s.El)
		if el == nil || s.El == except || slices.ContainsFunc(list, func(d TaskDef) bool { return d.ID == s.El }) {
			continue
		}
		list = append(list, el.Def())
	}
	return list
}

func collectArrivals(list []TaskDef, p *Process, arr []arrival, except string) []TaskDef {
	for i := range arr {
		list = collectTasks(list, p, arr[i].Trail, except)
		list = collectArrivals(list, p, arr[i].Sub, except)
	}
	return list
}
