package bpmn

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"tongban/platform/bpmn/draw"
)

// maxUndo bounds the straight ways forward that an instance remembers.
const maxUndo = 8

// maxInner bounds how many returns one inside the other are remembered.
const maxInner = 2

// same reports whether an operation left a token as it was. Slices are never
// changed in place, so the same memory means the same content. Timers and the
// mark Seen do not count unless all is asked.
func same(a, b *token, all bool) bool {
	ok := a.At == b.At && a.Wait == b.Wait && a.Scope == b.Scope && a.Frame == b.Frame && a.Call == b.Call && a.Loop == b.Loop &&
		unsafe.SliceData(a.Trail) == unsafe.SliceData(b.Trail) && len(a.Trail) == len(b.Trail) &&
		unsafe.SliceData(a.Subs) == unsafe.SliceData(b.Subs) && len(a.Subs) == len(b.Subs) && len(a.Tasks) == len(b.Tasks)
	if ok && all {
		ok = unsafe.SliceData(a.Tasks) == unsafe.SliceData(b.Tasks) && unsafe.SliceData(a.Timers) == unsafe.SliceData(b.Timers) && len(a.Timers) == len(b.Timers)
	}
	for i := range a.Tasks {
		ok = ok && a.Tasks[i].ID == b.Tasks[i].ID && a.Tasks[i].Held == b.Tasks[i].Held && len(a.Tasks[i].Next) == len(b.Tasks[i].Next)
	}
	return ok
}

// keepUndo forgets what cannot be undone any more, and remembers this operation
// when it can be.
func (r *run) keepUndo() {
	if len(r.in.Undo) == 0 && r.sent == "" && r.back == "" && r.again == nil {
		return
	}
	if r.in.Ended() {
		r.in.Undo = nil
		return
	}
	now := map[int]*token{}
	for _, t := range r.in.Tokens {
		now[t.ID] = t
	}
	was := map[int]*token{}
	for _, t := range r.old.Tokens {
		was[t.ID] = t
	}
	var keep, inner []undo
	for _, u := range r.in.Undo {
		if stands(&u, was, now) && r.framed(u.Need) && !r.begun(&u) {
			keep = append(keep, u)
		} else if u.Back && len(u.Inner) < maxInner {
			inner = append(inner, u)
		}
	}
	for _, u := range r.again { // what they look at was just put back
		if stands(&u, now, now) && !slices.ContainsFunc(u.Need, func(id int) bool { return r.in.Frame(id) == nil }) {
			keep = append(keep, u)
		}
	}
	if (r.sent != "" || r.back != "") && !r.outside && same(&r.old.Root, &r.in.Root, true) {
		u := r.record(was, now)
		inner = slices.DeleteFunc(inner, func(o undo) bool { // frames that this one does not watch may change
			return slices.ContainsFunc(o.Need, func(id int) bool { return !slices.Contains(u.Need, id) && oldFrame(u.Frames, id) == nil })
		})
		u.Inner = inner[max(0, len(inner)-maxInner):]
		keep = append(keep, u)
	}
	if len(keep) > maxUndo {
		keep = keep[len(keep)-maxUndo:]
	}
	r.in.Undo = keep
}

// stands reports whether nothing that follows from the operation has changed.
func stands(u *undo, was, now map[int]*token) bool {
	for _, id := range u.Now {
		a, b := was[id], now[id]
		if b == nil || a != nil && u.Back && (a.At != b.At || a.Wait != b.Wait) || a != nil && !u.Back && !same(a, b, false) {
			return false
		}
	}
	return true
}

// record takes down what this operation changed.
func (r *run) record(was, now map[int]*token) undo {
	u := undo{Task: r.sent}
	if r.back != "" {
		u.Task, u.Back = r.back, true
		if r.backTo != nil {
			u.To = r.backTo.ID
		}
	}
	for _, t := range r.old.Tokens {
		if b := now[t.ID]; b == nil || !same(t, b, true) {
			u.Was = append(u.Was, *t)
		}
	}
	for _, t := range r.in.Tokens {
		if a := was[t.ID]; a == nil || !same(a, t, true) {
			u.Now = append(u.Now, t.ID)
		}
	}
	around := map[int]bool{}
	for i := range u.Was {
		for f := oldFrame(r.old.Frames, u.Was[i].Frame); f != nil && !around[f.ID]; f = oldFrame(r.old.Frames, f.Up) {
			around[f.ID] = true
		}
	}
	for _, f := range r.old.Frames {
		switch {
		case r.in.Frame(f.ID) == nil:
			u.Frames = append(u.Frames, f)
		case around[f.ID]:
			u.Need = append(u.Need, f.ID)
		}
	}
	return u
}

func oldFrame(list []frame, id int) *frame {
	for i := range list {
		if list[i].ID == id {
			return &list[i]
		}
	}
	return nil
}

// begun reports whether this operation has begun something beside the tokens of
// an undo record, such as somebody's answer to a reminder. Because: that would
// stay behind, with a past that has not happened.
func (r *run) begun(u *undo) bool {
	for _, f := range r.in.Frames {
		if !f.Side || oldFrame(r.old.Frames, f.ID) != nil {
			continue
		}
		for _, id := range u.Now {
			if t := r.in.Token(id); t != nil && t.Frame == f.Up {
				return true
			}
		}
	}
	return false
}

// framed reports whether an operation left frames as they were. Because: what
// branches did together cannot be undone for one of them alone.
func (r *run) framed(ids []int) bool {
	for _, id := range ids {
		a, b := oldFrame(r.old.Frames, id), r.in.Frame(id)
		if a == nil || b == nil || a.Up != b.Up || len(a.Trail) != len(b.Trail) || unsafe.SliceData(a.Trail) != unsafe.SliceData(b.Trail) {
			return false
		}
	}
	return true
}

// Opened marks a task as opened by its holder: what was sent to him can no
// longer be taken back.
func (e *Engine) Opened(p *Process, in *Instance, id string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "open "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		if t.Tasks[i].Seen {
			return nil
		}
		t.Tasks = slices.Clone(t.Tasks)
		t.Tasks[i].Seen = true
		r.note(t, Change{Kind: TaskSeen, ID: id, Element: t.At, Name: r.name(t, t.At, false)})
		r.in.Undo = slices.DeleteFunc(slices.Clone(r.in.Undo), func(u undo) bool { return !u.Back && slices.Contains(u.Now, t.ID) })
		return nil
	})
}

// TakeBack undoes the completion of a user task, as long as nobody has opened
// what it led to and nothing has left the instance. The task is open again,
// under a new id; so is what the completion had cancelled. Variables stay.
func (e *Engine) TakeBack(p *Process, in *Instance, done string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "take back "+done, func(r *run) error {
		i := slices.IndexFunc(r.in.Undo, func(u undo) bool { return !u.Back && u.Task == done })
		if i < 0 {
			return ErrTakeBack
		}
		u := r.in.Undo[i]
		r.in.Undo = slices.Delete(slices.Clone(r.in.Undo), i, i+1)
		return r.revert(u, ReasonTakenBack)
	})
}

// Resubmit completes a task that was sent back and goes straight to where it
// was sent back from: the flow stands again where it stood then, with the
// branches beside it.
func (e *Engine) Resubmit(p *Process, in *Instance, id string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "resubmit "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		at := slices.IndexFunc(r.in.Undo, func(u undo) bool { return u.Back && u.To == t.ID })
		if at < 0 || len(t.Tasks) != 1 || t.Tasks[i].Held > 0 || len(t.Tasks[i].Next) > 0 {
			return ErrResubmit
		}
		if err := r.set(t, vars); err != nil {
			return err
		}
		r.note(t, Change{Kind: TaskDone, ID: id, Element: t.At, Name: r.name(t, t.At, false), Vars: vars})
		t.Tasks = nil
		u := r.in.Undo[at]
		r.in.Undo = slices.Delete(slices.Clone(r.in.Undo), at, at+1)
		return r.revert(u, ReasonResubmitted)
	})
}

// revert puts the tokens back as they were before an operation.
func (r *run) revert(u undo, reason string) error {
	live := map[string]bool{} // tasks, timers and subscriptions that are there now and then
	for _, id := range u.Now {
		t := r.in.Token(id)
		if t == nil {
			return fmt.Errorf("%w: it has gone on", ErrTakeBack)
		}
		for i := range u.Was {
			if u.Was[i].ID == id {
				r.keep(t, &u.Was[i], live)
			}
		}
	}
	for _, id := range u.Now {
		if t := r.in.Token(id); t != nil {
			inner := t.Loop != nil || t.Call > 0
			if el, err := r.el(t); err == nil {
				inner = inner || el.Kind == draw.Sub || el.Kind == draw.EventSub
			}
			if then := find(u.Was, id); then != nil && inner && then.At == t.At { // what goes on inside stays
				t.Loop, t.Call = nil, 0
				r.clearOwn(t, reason)
				r.drop(t)
				continue
			}
			r.remove(t, reason)
		}
	}
	for _, f := range u.Frames {
		if r.in.Frame(f.ID) == nil {
			r.in.Frames = append(r.in.Frames, f)
		}
	}
	slices.SortStableFunc(r.in.Frames, func(a, b frame) int { return a.ID - b.ID })
	var joins []*token
	for i := range u.Was {
		t, err := r.reopen(u.Was[i], live)
		if err != nil {
			return err
		}
		if t.Wait != "" {
			joins = append(joins, t)
		}
	}
	slices.SortStableFunc(r.in.Tokens, func(a, b *token) int { return a.ID - b.ID })
	for _, t := range joins {
		if el, err := r.el(t); err == nil && !t.Gone && el.Kind == draw.Parallel {
			if err := r.arrive(t, el); err != nil {
				return err
			}
		}
	}
	r.again = u.Inner
	return nil
}

func find(list []token, id int) *token {
	for i := range list {
		if list[i].ID == id {
			return &list[i]
		}
	}
	return nil
}

// keep takes off a token what it had before the operation and still has, so
// that it is neither cancelled nor opened again.
func (r *run) keep(t, then *token, live map[string]bool) {
	var tasks []task
	for _, k := range t.Tasks {
		if slices.ContainsFunc(then.Tasks, func(o task) bool { return o.ID == k.ID }) {
			live[k.ID] = true
			if k.Held > 0 {
				r.held = append(r.held, k.ID)
			}
			continue
		}
		tasks = append(tasks, k)
	}
	var timers []timer
	for _, d := range t.Timers {
		if slices.ContainsFunc(then.Timers, func(o timer) bool { return o.ID == d.ID }) {
			live[d.ID] = true
			continue
		}
		timers = append(timers, d)
	}
	var subs []wait
	for _, s := range t.Subs {
		if slices.ContainsFunc(then.Subs, func(o wait) bool { return o.ID == s.ID }) {
			live[s.ID] = true
			continue
		}
		subs = append(subs, s)
	}
	t.Tasks, t.Timers, t.Subs = tasks, timers, subs
}

// openAgain opens a task that was closed meanwhile, under a new id.
func (r *run) openAgain(t *token, el *element, k task, renamed map[string]string) error {
	again := k
	again.ID, again.Seen = "", false
	if k.Holds != "" && renamed[k.Holds] != "" {
		again.Holds = renamed[k.Holds]
	}
	if err := r.openTask(t, el, again, r.itemVars(t, el, k.Index)); err != nil {
		return at(el, err)
	}
	fresh := &t.Tasks[len(t.Tasks)-1]
	renamed[k.ID] = fresh.ID
	if fresh.Held > 0 {
		r.note(t, Change{Kind: TaskHeld, ID: fresh.ID, Element: el.ID, Name: el.Name})
	}
	for _, s := range fresh.Next {
		r.note(t, Change{Kind: SignerAdded, ID: s.ID, Element: el.ID, Name: el.Name, Vars: s.For})
	}
	return nil
}

// reopen brings a token back. What the caller has closed meanwhile is opened
// under a new id; timers keep their time.
func (r *run) reopen(was token, live map[string]bool) (*token, error) {
	t := &was
	r.in.Tokens = append(r.in.Tokens, t)
	el, err := r.el(t)
	if err != nil {
		return nil, err
	}
	tasks, timers, subs := t.Tasks, t.Timers, t.Subs
	t.Tasks, t.Timers, t.Subs = nil, nil, nil
	renamed := map[string]string{}
	for _, k := range tasks {
		if live[k.ID] {
			t.Tasks = append(t.Tasks, k)
			switch held := slices.Contains(r.held, k.ID); {
			case k.Held > 0 && !held:
				r.note(t, Change{Kind: TaskHeld, ID: k.ID, Element: el.ID, Name: el.Name})
			case k.Held == 0 && held:
				r.note(t, Change{Kind: TaskReleased, ID: k.ID, Element: el.ID, Name: el.Name})
			}
			continue
		}
		if err := r.openAgain(t, el, k, renamed); err != nil {
			return nil, err
		}
	}
	for _, d := range timers {
		if live[d.ID] {
			t.Timers = append(t.Timers, d)
			continue
		}
		ev, err := r.event(t, d.El, d.In)
		if err != nil {
			return nil, err
		}
		r.addTimer(t, ev, d)
	}
	for _, s := range subs {
		if live[s.ID] {
			t.Subs = append(t.Subs, s)
			continue
		}
		ev, err := r.event(t, s.El, s.In)
		if err != nil {
			return nil, err
		}
		if err := r.add(t, ev, s.In); err != nil {
			return nil, err
		}
	}
	return t, nil
}
