package bpmn

import (
	"fmt"
	"slices"
	"time"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
)

// Jump moves an open task to any activity or end event that its token may take
// without losing or doubling work, for administrators who repair. In the same
// branch only this token moves. To behind the place where its branches meet, or
// out of a sub-process or call, everything beside it is cancelled. Into another
// branch or into a sub-process is refused.
func (e *Engine) Jump(p *Process, in *Instance, id string, toElement string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "jump "+id, func(r *run) error {
		t, _ := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		for {
			from, err := r.el(t)
			if err != nil {
				return err
			}
			to, err := r.element(t.Proc, toElement)
			if err == nil && to.Parent == from.Parent && t.Inst == 0 {
				return r.jump(t, from, to, id)
			}
			if t.Scope == 0 {
				return fmt.Errorf("%w: %q is not in the same process or around it", ErrJump, toElement)
			}
			t = r.host(t)
		}
	})
}

// jump moves a token inside its scope, collapsing forks that the target lies
// behind.
func (r *run) jump(t *token, from, to *element, id string) error {
	if !to.Kind.Activity() && to.Kind != draw.End && to.Kind != draw.Catch && to.Kind != draw.Throw {
		return fmt.Errorf("%w: %s %q", ErrJump, to.Kind, to.ID)
	}
	if owns(t, id) && to == from {
		return fmt.Errorf("%w: it is there already", ErrJump)
	}
	trail, frame := t.Trail, t.Frame
	for f := r.in.Frame(frame); f != nil && f.Host == 0; f = r.in.Frame(f.Up) {
		inside, err := r.fits(t, f, from, to)
		if err != nil {
			return err
		}
		if inside {
			break
		}
		trail = f.Trail // nobody may be sent back alone into a branch that was given up
		frame = f.Up
	}
	if err := r.whole(t, frame, to); err != nil {
		return err
	}
	host, proc := r.host(t), t.Proc
	if frame == t.Frame {
		r.remove(t, ReasonJumped)
	} else {
		for f := r.in.Frame(t.Frame); f != nil && f.ID != frame; f = r.in.Frame(f.Up) {
			if f.Up == frame {
				r.removeFrame(f.ID, 0, id)
				break
			}
		}
	}
	for i, m := range slices.Backward(trail) { // what is done again is no longer past
		if m.El == to.ID {
			trail = slices.Clip(trail[:i])
		}
	}
	b := &token{ID: r.number(), Scope: host.ID, Frame: frame, Proc: proc, Trail: trail}
	r.in.Tokens = append(r.in.Tokens, b)
	for i := range r.out {
		if r.out[i].Attrs["reason"] == ReasonReturned {
			r.out[i].Attrs["reason"] = ReasonJumped
		}
	}
	if from.Kind == draw.EventSub && from.Interrupting { // what it had ended goes on, so it may begin again
		if err := r.rearm(host); err != nil {
			return err
		}
	}
	return r.enter(b, to)
}

// rearm waits again for what starts event sub-processes of a scope.
func (r *run) rearm(host *token) error {
	list, err := r.triggers(host)
	if err != nil {
		return err
	}
	r.quiet(host)
	return r.watchInside(host, list)
}

// fits reports whether the target lies in the same branch of a fork as the
// token. In another branch it is refused: that branch has its own token.
func (r *run) fits(t *token, f *frame, from, to *element) (bool, error) {
	fork, err := r.element(t.Proc, f.At)
	if err != nil {
		return false, fmt.Errorf("%w: where the branches part is not known", ErrJump)
	}
	starts := []*element{fork}
	if f.Side {
		if fork.Kind == draw.EventSub {
			return false, fmt.Errorf("%w: %q is done beside what goes on outside", ErrJump, fork.ID)
		}
		starts = nil
		for _, o := range fork.Out {
			starts = append(starts, o.To)
		}
		if !definition.Ahead(starts)[to] {
			return false, fmt.Errorf("%w: %q does not follow the event %q that began this branch", ErrJump, to.ID, fork.ID)
		}
		return true, nil
	}
	meet, crossed := definition.Meet(fork)
	if crossed {
		return false, fmt.Errorf("%w: the branches that begin at %q cross", ErrJump, fork.ID)
	}
	mine := definition.Branches(fork, meet, from)
	theirs := definition.Branches(fork, meet, to)
	if len(theirs) == 0 {
		return false, nil
	}
	for _, x := range mine {
		if slices.Contains(theirs, x) {
			return true, nil
		}
	}
	return false, fmt.Errorf("%w: %q is in another branch", ErrJump, to.ID)
}

// whole refuses a target inside a fork that the token does not belong to: the
// branches beside it would be missing at the join.
func (r *run) whole(t *token, frame int, to *element) error {
	p, err := r.process(t.Proc)
	if err != nil {
		return err
	}
	in, side := map[string]bool{}, false
	for f := r.in.Frame(frame); f != nil && f.Host == 0; f = r.in.Frame(f.Up) {
		in[f.At] = true
		side = side || f.Side
	}
	if !side && !p.Main(to) {
		return fmt.Errorf("%w: %q is done beside, when an event begins it", ErrJump, to.ID)
	}
	for _, fork := range p.Elements {
		if fork.Parent != to.Parent || len(fork.Out) < 2 || in[fork.ID] || fork.Kind == draw.Exclusive || fork.Kind == draw.ByEvent {
			continue
		}
		meet, crossed := definition.Meet(fork)
		if crossed || len(definition.Branches(fork, meet, to)) > 0 {
			return fmt.Errorf("%w: %q is in one of the branches that begin at %q", ErrJump, to.ID, fork.ID)
		}
	}
	return nil
}
