package bpmn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
	"tongban/platform/bpmn/state"
)

// Place says where a signer is added.
type Place string

// Places for signers.
const (
	Before Place = "before" // the task waits until the new signer is done
	Beside Place = "beside" // both sign at the same time; the rule of the task says when that is enough
	After  Place = "after"  // the new signer signs when the task is done, before the flow goes on
)

// Signer is somebody who is added to a task.
type Signer struct {
	Place Place
	// Vars are what the new task sees over the variables of the instance, as loop
	// variables are: put the person or office there.
	Vars map[string]any
	// Rule changes when signers side by side are enough: all, any, 60%, 2/3 or a
	// number. Empty leaves the rule of the task, which is all when it has none.
	Rule string
}

// AddSigner adds a signer to an open user task.
func (e *Engine) AddSigner(p *Process, in *Instance, id string, s Signer, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "add a signer to "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		el, err := r.el(t)
		if err != nil {
			return err
		}
		if el.Kind != draw.User {
			return fmt.Errorf("%w: %s %q is not done by a person", ErrSigner, el.Kind, el.ID)
		}
		who, err := state.CanonMap(s.Vars)
		if err != nil {
			return err
		}
		if len(t.Tasks) >= 1000 {
			return fmt.Errorf("%w: a thousand are enough", ErrSigner)
		}
		t.Tasks = slices.Clone(t.Tasks)
		k := &t.Tasks[i]
		switch s.Place {
		case Before:
			k.Held++
			r.note(t, Change{Kind: TaskHeld, ID: id, Element: el.ID, Name: el.Name})
			return at0(el, r.openTask(t, el, task{Index: k.Index, Holds: id, For: who}, r.itemVars(t, el, k.Index)))
		case After:
			later := signer{ID: r.newID(), For: who}
			k.Next = append(slices.Clip(k.Next), later)
			r.note(t, Change{Kind: SignerAdded, ID: later.ID, Element: el.ID, Name: el.Name, Vars: who})
			return nil
		case Beside:
			return r.beside(t, el, s.Rule, who)
		}
		return fmt.Errorf("%w: %q is no place", ErrSigner, s.Place)
	})
}

func at0(el *element, err error) error {
	if err != nil {
		return at(el, err)
	}
	return nil
}

func (r *run) beside(t *token, el *element, rule string, who map[string]any) error {
	if el.Loop != nil && el.Loop.Standard {
		return fmt.Errorf("%w: %q is repeated, not signed by several", ErrSigner, el.ID)
	}
	if _, err := definition.ParseRule(rule); err != nil {
		return fmt.Errorf("%w: %w", ErrSigner, err)
	}
	l := loop{Total: 1, Base: 1, Next: 1}
	if t.Loop != nil {
		l = *t.Loop
	}
	t.Loop = &l
	if rule != "" {
		l.Rule = rule
	}
	index := l.Base + l.Added
	l.Added++
	l.Total++
	return at0(el, r.openTask(t, el, task{Index: index, For: who}, r.loopVars(&l, el, index, len(t.Tasks)+1)))
}

// itemVars are the loop variables of one position, when there is a loop.
func (r *run) itemVars(t *token, el *element, index int) map[string]any {
	if t.Loop == nil {
		return nil
	}
	return r.loopVars(t.Loop, el, index, len(t.Tasks))
}

// signed handles the i-th task of a token, which was completed.
func (r *run) signed(t *token, el *element, i int) error {
	k := t.Tasks[i]
	t.Tasks = slices.Delete(slices.Clone(t.Tasks), i, i+1)
	if !k.After && k.Holds == "" && t.Loop != nil {
		l := *t.Loop
		t.Loop = &l
		vote, err := r.cast(&l, el, k.Index, over(over(r.vars(t), r.loopVars(&l, el, k.Index, len(t.Tasks))), k.For))
		if err != nil {
			return at(el, err)
		}
		k.Vote = vote
	}
	return r.goOn(t, el, k)
}

// goOn opens who signs after a task, or counts it.
func (r *run) goOn(t *token, el *element, k task) error {
	if len(k.Next) > 0 {
		s := k.Next[0]
		next := task{ID: s.ID, Index: k.Index, After: true, Vote: k.Vote, Holds: k.Holds, Next: slices.Clone(k.Next[1:]), For: s.For}
		if len(next.Next) == 0 {
			next.Next = nil
		}
		return at0(el, r.openTask(t, el, next, r.itemVars(t, el, k.Index)))
	}
	if k.Holds != "" {
		return r.release(t, el, k.Holds)
	}
	if t.Loop == nil {
		return r.finishActivity(t, el)
	}
	l := *t.Loop
	t.Loop = &l
	l.Done++
	if k.Vote {
		l.Counted++
	}
	return r.next(t, el, &l, k.Index)
}

// release lets a task go on that waited for a signer before it.
func (r *run) release(t *token, el *element, id string) error {
	t.Tasks = slices.Clone(t.Tasks)
	for i := range t.Tasks {
		k := &t.Tasks[i]
		if k.ID != id || k.Held == 0 {
			continue
		}
		if k.Held--; k.Held == 0 {
			r.note(t, Change{Kind: TaskReleased, ID: id, Element: el.ID, Name: el.Name})
		}
	}
	return nil
}

// next finishes the activity when enough have signed, or opens the next in turn.
func (r *run) next(t *token, el *element, l *loop, index int) error {
	enough, err := r.enough(t, el, l, index, len(t.Tasks))
	if err != nil {
		return at(el, err)
	}
	if enough {
		if err := r.collect(t, l, el); err != nil {
			return at(el, err)
		}
		return r.finishActivity(t, el)
	}
	if el.Loop == nil || !el.Loop.Sequential || len(t.Tasks) > 0 {
		return nil
	}
	for slices.Contains(l.Skip, l.Next) {
		l.Next++
	}
	if !el.Loop.Standard && l.Next >= l.Base {
		return at(el, fmt.Errorf("%w: nobody is left to sign", ErrLoop))
	}
	if r.steps++; r.steps > maxSteps {
		return at(el, ErrLoop)
	}
	n := l.Next
	l.Next++
	return at0(el, r.openTask(t, el, task{Index: n}, r.loopVars(l, el, n, 1)))
}

// TakeAway takes one signer away: an open or held task of an activity that
// others sign too, somebody added before or after, or a position of a sequence
// that is not yet reached (its id comes from Signers). Somebody must be left.
func (e *Engine) TakeAway(p *Process, in *Instance, id string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "take away "+id, func(r *run) error {
		if host, index, ok := strings.Cut(id, "#"); ok {
			return r.skip(host, index)
		}
		for _, t := range r.in.Tokens {
			for i, k := range t.Tasks {
				for j, s := range k.Next {
					if s.ID == id {
						t.Tasks = slices.Clone(t.Tasks)
						t.Tasks[i].Next = slices.Delete(slices.Clone(k.Next), j, j+1)
						r.note(t, Change{Kind: SignerTaken, ID: id, Element: t.At})
						return nil
					}
				}
			}
		}
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		el, err := r.el(t)
		if err != nil {
			return err
		}
		return r.takeAway(t, el, i)
	})
}

// skip takes away a position of a sequence that is not yet reached.
func (r *run) skip(host, index string) error {
	n, err1 := strconv.Atoi(host)
	i, err2 := strconv.Atoi(index)
	t := r.in.Token(n)
	if err1 != nil || err2 != nil || t == nil || t.Loop == nil || i < t.Loop.Next || i >= t.Loop.Base || slices.Contains(t.Loop.Skip, i) {
		return ErrNoTask
	}
	el, err := r.el(t)
	if err != nil {
		return err
	}
	if !waits(el) {
		return fmt.Errorf("%w: %s %q is not signed by people", ErrSigner, el.Kind, el.ID)
	}
	l := *t.Loop
	t.Loop = &l
	l.Total--
	l.Skip = append(slices.Clip(l.Skip), i)
	r.note(t, Change{Kind: SignerTaken, ID: host + "#" + index, Element: el.ID, Name: el.Name})
	return nil
}

func (r *run) takeAway(t *token, el *element, i int) error {
	k := t.Tasks[i]
	aside := k.After || k.Holds != ""
	if !aside && (t.Loop == nil || t.Loop.Total < 2 || el.Loop != nil && el.Loop.Standard) || el.Kind != draw.User {
		return fmt.Errorf("%w: nobody would be left to sign", ErrSigner)
	}
	var keep []task
	doomed := map[string]bool{k.ID: true} // whoever signs before somebody doomed is no longer needed
	for range t.Tasks {
		for _, o := range t.Tasks {
			doomed[o.ID] = doomed[o.ID] || doomed[o.Holds]
		}
	}
	for _, o := range t.Tasks {
		switch {
		case o.ID == k.ID:
			gone := k
			if aside {
				gone.Next = nil // those after it stay
			}
			r.cancelTask(t, gone, ReasonTakenAway)
		case doomed[o.ID]:
			r.cancelTask(t, o, ReasonTakenAway)
		default:
			keep = append(keep, o)
		}
	}
	t.Tasks = keep
	if aside {
		return r.goOn(t, el, k)
	}
	l := *t.Loop
	t.Loop = &l
	l.Total--
	l.Skip = append(slices.Clip(l.Skip), k.Index)
	return r.next(t, el, &l, k.Index)
}
