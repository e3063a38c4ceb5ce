package bpmn

import (
	"fmt"
	"slices"
	"time"
)

// Suspend makes the instance stand still: timers stop with what is left of them,
// and every operation but Continue, Stop and Migrate is refused.
func (e *Engine) Suspend(p *Process, in *Instance, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "suspend", func(r *run) error {
		r.note(nil, Change{Kind: Suspended})
		for _, t := range r.in.Everybody() {
			t.Timers = slices.Clone(t.Timers)
			for i := range t.Timers {
				d := &t.Timers[i]
				d.Rest = d.Due.Sub(r.stamp())
				r.note(t, Change{Kind: TimerCancelled, ID: d.ID, Element: d.El, Name: r.name(t, d.El, d.In), Attrs: map[string]string{"reason": ReasonSuspended}})
			}
		}
		r.in.Paused = r.stamp()
		return nil
	})
}

// Continue ends a suspension: every timer has what was left of it.
func (e *Engine) Continue(p *Process, in *Instance, now time.Time) ([]Change, error) {
	return e.anyway(p, in, now, "continue", func(r *run) error {
		if !r.in.Suspended() {
			return ErrRunning
		}
		since := r.in.Paused
		r.in.Paused = time.Time{}
		r.note(nil, Change{Kind: Continued})
		for _, t := range r.in.Everybody() {
			t.Timers = slices.Clone(t.Timers)
			for i := range t.Timers {
				d := &t.Timers[i]
				before := d.Due
				if e.Resumed != nil {
					d.Due = e.Resumed(d.Due, since, now).Round(0).UTC()
				} else {
					d.Due = r.stamp().Add(d.Rest)
				}
				if d.Rest = 0; d.By != "" {
					d.Shift += d.Due.Sub(before)
				}
				r.note(t, Change{Kind: TimerSet, ID: d.ID, Element: d.El, Name: r.name(t, d.El, d.In), Due: d.Due})
			}
		}
		return nil
	})
}

// Stop ends the whole instance from outside, suspended or not, for one of the
// reasons ReasonWithdrawn, ReasonRejected or ReasonVoid.
func (e *Engine) Stop(p *Process, in *Instance, reason string, now time.Time) ([]Change, error) {
	return e.anyway(p, in, now, "stop", func(r *run) error {
		r.stop(reason)
		return nil
	})
}

func (r *run) stop(reason string) {
	r.removeScope(0, reason)
	r.clear(&r.in.Root, reason)
	r.in.State, r.in.Paused = Cancelled, time.Time{}
	r.note(nil, Change{Kind: Ended, Attrs: map[string]string{"reason": reason}})
}

// Cancel withdraws the whole instance.
func (e *Engine) Cancel(p *Process, in *Instance, now time.Time) ([]Change, error) {
	return e.Stop(p, in, ReasonWithdrawn, now)
}

// Reject completes a user task with a refusal that ends the whole instance.
func (e *Engine) Reject(p *Process, in *Instance, id string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "reject "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		if t.Tasks[i].Held > 0 {
			return fmt.Errorf("%w: somebody signs before it", ErrSigner)
		}
		if err := r.set(t, vars); err != nil {
			return err
		}
		r.note(t, Change{Kind: TaskDone, ID: id, Element: t.At, Name: r.name(t, t.At, false), Vars: vars})
		t.Tasks = slices.Delete(slices.Clone(t.Tasks), i, i+1)
		r.stop(ReasonRejected)
		return nil
	})
}

// rest stops the timers that were set while the instance stands still.
func (r *run) rest() error {
	if !r.in.Suspended() {
		return nil
	}
	for _, t := range r.in.Everybody() {
		t.Timers = slices.Clone(t.Timers)
		for i := range t.Timers {
			if d := &t.Timers[i]; d.Rest == 0 && d.Due.After(r.stamp()) {
				d.Rest = d.Due.Sub(r.stamp())
				r.note(t, Change{Kind: TimerCancelled, ID: d.ID, Element: d.El, Name: r.name(t, d.El, d.In), Attrs: map[string]string{"reason": ReasonSuspended}})
			}
		}
	}
	return nil
}
