package bpmn

import (
	"fmt"
	"slices"
	"time"
)

// remember writes a finished user task into the trail of its token.
func (r *run) remember(t *token, el *element) {
	if el.kind == kindUser {
		t.Trail = concat(t.Trail, []step{{El: el.id}})
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
			if trail[i].Arr[j].holds(id) {
				return i
			}
		}
	}
	return -1
}

func (a *arrival) holds(id string) bool {
	if findStep(a.Trail, id) >= 0 {
		return true
	}
	for i := range a.Sub {
		if a.Sub[i].holds(id) {
			return true
		}
	}
	return false
}

// Return sends an open task back to a user task that was done before it. See
// the package comment for what happens to branches beside it.
func (e *Engine) Return(p *Process, in *Instance, id string, toElement string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "return "+id, func(r *run) error {
		t, _ := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		to, err := r.element(toElement)
		if err != nil || to.kind != kindUser || toElement == t.At {
			return fmt.Errorf("%w: %q is not an earlier user task", ErrReturn, toElement)
		}
		if findStep(t.Trail, toElement) >= 0 {
			r.remove(t, ReasonReturned)
			return r.resume(t.Trail, to, t.Frame, t.Scope)
		}
		scope := t.Scope
		for f := r.frame(t.Frame); f != nil; f = r.frame(f.Up) {
			trail, up := f.Trail, f.Up
			if host := r.token(f.Host); host != nil {
				trail, scope = host.Trail, host.Scope
			}
			if findStep(trail, toElement) < 0 {
				continue
			}
			r.removeFrame(f.ID, f.Host, id)
			return r.resume(trail, to, up, scope)
		}
		return fmt.Errorf("%w: %q was not done before it", ErrReturn, toElement)
	})
}

// removeFrame cancels everything born by a fork, and the token that stands on
// the sub-process when the frame is one.
func (r *run) removeFrame(id, host int, first string) {
	var doomed []*token
	for _, t := range r.in.tokens {
		if t.ID == host || r.within(t, id) {
			doomed = append(doomed, t)
		}
	}
	// The task that is sent back comes first in the list of changes.
	slices.SortStableFunc(doomed, func(a, b *token) int {
		return -cmpBool(owns(a, first), owns(b, first))
	})
	for _, t := range doomed {
		if !t.gone {
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

// resume puts a token on a task of the trail. When the task lies in a branch
// that has joined, the join is undone: the other branches wait at it again, so
// their work stays done.
func (r *run) resume(trail []step, to *element, frame, scope int) error {
	i := findStep(trail, to.id)
	if trail[i].Arr == nil {
		return r.enter(r.born(scope, frame, slices.Clip(trail[:i])), to)
	}
	join, err := r.element(trail[i].El)
	if err != nil {
		return err
	}
	f := r.fork(frame, 0, slices.Clip(trail[:i]))
	done := false
	if err := r.restore(join, trail[i].Arr, to, f, scope, &done); err != nil {
		return err
	}
	return r.recheck(join, scope)
}

// recheck fires a parallel join whose tokens are complete after an undo: a later
// wave may already have left a token where the one sent back came from.
func (r *run) recheck(join *element, scope int) error {
	if join.kind != kindParallel {
		return nil
	}
	for _, t := range r.in.tokens {
		if t.At == join.id && t.Wait == join.in[0].id && t.Scope == scope {
			return r.arrive(t, join)
		}
	}
	return nil
}

func (r *run) restore(join *element, arr []arrival, to *element, frame, scope int, done *bool) error {
	for i := range arr {
		a := &arr[i]
		switch {
		case !*done && findStep(a.Trail, to.id) >= 0:
			*done = true
			if err := r.resume(a.Trail, to, frame, scope); err != nil {
				return err
			}
		case a.Sub != nil:
			if err := r.restore(join, a.Sub, to, r.fork(frame, 0, a.Trail), scope, done); err != nil {
				return err
			}
		default:
			t := r.born(scope, frame, a.Trail)
			t.At, t.Wait = join.id, a.Flow
		}
	}
	return nil
}

// ReturnTargets lists the user tasks to which an open task may be sent back,
// oldest first.
func (in *Instance) ReturnTargets(p *Process, id string) []TaskDef {
	r := &run{p: p, in: in}
	t, _ := r.findTask(id)
	if t == nil {
		return nil
	}
	trails := [][]step{t.Trail}
	for f := r.frame(t.Frame); f != nil; f = r.frame(f.Up) {
		if host := r.token(f.Host); host != nil {
			trails = append(trails, host.Trail)
		} else {
			trails = append(trails, f.Trail)
		}
	}
	slices.Reverse(trails)
	var list []TaskDef
	for _, trail := range trails {
		list = collectTasks(list, p, trail, t.At)
	}
	return list
}

func collectTasks(list []TaskDef, p *Process, trail []step, except string) []TaskDef {
	for _, s := range trail {
		if s.Arr != nil {
			list = collectArrivals(list, p, s.Arr, except)
			continue
		}
		el := p.byID[s.El]
		if el == nil || s.El == except || slices.ContainsFunc(list, func(d TaskDef) bool { return d.ID == s.El }) {
			continue
		}
		list = append(list, el.taskDef())
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
