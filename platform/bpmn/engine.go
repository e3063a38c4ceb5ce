package bpmn

import (
	"fmt"
	"time"

	"tongban/platform/bpmn/definition"
)

// Engine runs processes. The zero value works. It holds no state, so one value
// may serve many goroutines as long as its hooks can.
type Engine struct {
	// Eval replaces the built-in expressions. It gets the text as written.
	// Parse has still compiled every expression with the built-in language.
	Eval func(expr string, vars map[string]any) (any, error)
	// NewID makes ids for tasks, timers and subscriptions. Without it they are
	// numbered inside the instance ("3"), which is unique only there.
	NewID func() string
	// Due works out durations that are not ISO 8601, such as P5WD for five
	// working days.
	Due func(duration string, from time.Time) (time.Time, error)
	// Resumed works out when a timer is due after a suspension. Without it what
	// was left runs on from the moment of resumption.
	Resumed func(due, suspended, resumed time.Time) time.Time
	// Called finds a called process. version is the binding as the caller's model
	// writes it the first time, and the pinned version it gave back from then on.
	// Without it only processes of the same file are found.
	Called func(id, version string, from *Process) (p *Process, pinned string, err error)
	// Shared lets called processes work on the variables of who calls them, as
	// embedded sub-processes do, instead of on their own: what is mapped in lies
	// over them while the call runs, what is mapped out is written when it ends.
	Shared bool

	breakJoins bool // tests set it to prove that they would notice
}

// ChangeKind says what happened.
type ChangeKind string

// Kinds of change.
const (
	TaskOpened      ChangeKind = "task_opened"      // a person has something to do
	TaskDone        ChangeKind = "task_done"        // user or service task completed
	TaskCancelled   ChangeKind = "task_cancelled"   // Attrs["reason"] says why
	TaskHeld        ChangeKind = "task_held"        // waits for a signer before it
	TaskReleased    ChangeKind = "task_released"    // goes on after that
	TaskSeen        ChangeKind = "task_seen"        // its holder has opened it
	SignerAdded     ChangeKind = "signer_added"     // signs later; ID becomes the task's
	SignerTaken     ChangeKind = "signer_taken"     // will not sign later
	ServiceCalled   ChangeKind = "service_called"   // Attrs["implementation"]; perform it, then Complete(ID) or ThrowError(ID)
	TimerSet        ChangeKind = "timer_set"        // Due says when to Fire(ID)
	TimerCancelled  ChangeKind = "timer_cancelled"  // forget it
	TimerFired      ChangeKind = "timer_fired"      //
	MessageWaited   ChangeKind = "message_waited"   // Attrs["name"], Attrs["key"]: call Message when it comes
	SignalWaited    ChangeKind = "signal_waited"    // Attrs["name"]: call Signal when it comes
	ConditionWaited ChangeKind = "condition_waited" // the engine looks after every operation
	WaitCancelled   ChangeKind = "wait_cancelled"   // nothing waits under that ID any more
	Caught          ChangeKind = "caught"           // message, signal, condition, error or escalation: Attrs["name"] or ["code"]
	MessageSent     ChangeKind = "message_sent"     // Attrs["name"]; deliver it
	SignalThrown    ChangeKind = "signal_thrown"    // Attrs["name"]; hand it to other instances
	Escalated       ChangeKind = "escalated"        // Attrs["code"]
	ErrorThrown     ChangeKind = "error_thrown"     // Attrs["code"]
	Called          ChangeKind = "called"           // Attrs["process"], Attrs["version"] have begun inside
	GatewayTaken    ChangeKind = "gateway_taken"    // Attrs["flows"]: the flows taken, separated by spaces
	Passed          ChangeKind = "passed"           // an element was passed that needs nobody
	Stuck           ChangeKind = "stuck"            // nothing is open and tokens wait at this join: the model is wrong
	Suspended       ChangeKind = "suspended"        //
	Continued       ChangeKind = "continued"        // after a suspension
	Moved           ChangeKind = "moved"            // migration: Attrs["from"] is now Element
	Ended           ChangeKind = "ended"            // the instance is over; Attrs["reason"] when it was stopped or failed
)

// Reasons in Attrs["reason"] of TaskCancelled, and of Ended after Stop.
const (
	ReasonReturned    = "returned"    // this task was sent back, or was beside the one sent back
	ReasonInterrupted = "interrupted" // an event interrupted it
	ReasonEnough      = "enough"      // enough others have signed
	ReasonTerminated  = "terminated"  // a terminate end event was reached
	ReasonWithdrawn   = "withdrawn"   // the applicant withdrew the whole instance
	ReasonRejected    = "rejected"    // the whole instance was rejected
	ReasonVoid        = "void"        // an administrator declared it void
	ReasonTakenBack   = "taken_back"  // the sender took back what he had sent on
	ReasonTakenAway   = "taken_away"  // this signer is not wanted any more
	ReasonResubmitted = "resubmitted" // the flow stands again where it was returned from
	ReasonJumped      = "jumped"      // an administrator moved it
	ReasonSuspended   = "suspended"   // timers only: it will be set again
	ReasonMigrated    = "migrated"    // the new version has no such element
	ReasonError       = "error"       // nothing caught the error Attrs["code"]
)

// Change is one thing that happened during an operation, in order.
type Change struct {
	Kind    ChangeKind
	ID      string            // of task, timer or subscription; empty for gateways and events
	Element string            // element id in the model
	Process string            // id of the called process it belongs to; empty for the main one
	Name    string            // name in the model; of user tasks with expressions filled in
	Attrs   map[string]string // of tasks: foreign attributes, with expressions filled in for user tasks
	At      time.Time         // the now of the operation
	Due     time.Time         // TimerSet: when
	Vars    map[string]any    // tasks in multi-instance: loop variables; added signers: theirs; TaskDone: what was handed in; MessageSent: all variables
}

// Start makes an instance and runs it until everything waits. The process must
// have a plain start event, or a single other one that the caller has waited for.
func (e *Engine) Start(p *Process, vars map[string]any, now time.Time) (*Instance, []Change, error) {
	start := p.Start
	if start == nil && len(p.Starts) == 1 {
		start = p.Starts[0]
	}
	if start == nil {
		return nil, nil, fmt.Errorf("start %s: %w: it has no plain start event; name one", p.ID, ErrStart)
	}
	return e.StartAt(p, start.ID, vars, now)
}

// StartAt is Start at one of several start events: the one whose timer, message
// or signal the caller has waited for.
func (e *Engine) StartAt(p *Process, event string, vars map[string]any, now time.Time) (*Instance, []Change, error) {
	var start *element
	for _, el := range p.Starts {
		if el.ID == event {
			start = el
		}
	}
	if start == nil {
		return nil, nil, fmt.Errorf("start %s: %w: %q is none of its start events", p.ID, ErrStart, event)
	}
	in := &Instance{Process: p.ID, State: Running, Seen: make([]byte, (len(p.Elements)+len(p.Flows)+7)/8)}
	r := &run{e: e, p: p, in: in, now: now}
	err := r.set(&in.Root, p.Defaults)
	if err == nil {
		err = r.set(&in.Root, vars)
	}
	if err == nil && start.Event != nil {
		err = r.take(&in.Root, start.Event, vars)
	}
	if err == nil {
		err = r.watchInside(&in.Root, p.Triggers)
	}
	if err == nil {
		err = r.enter(r.born(&in.Root, 0, nil), start)
	}
	if err == nil {
		err = r.drain()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", p.ID, err)
	}
	return in, r.out, nil
}

// operate runs one operation on a copy, so that a failed operation leaves the
// instance as it was.
func (e *Engine) operate(p *Process, in *Instance, now time.Time, act string, f func(*run) error) ([]Change, error) {
	if in.Suspended() && !in.Ended() {
		return nil, fmt.Errorf("%s: %w", act, ErrSuspended)
	}
	return e.anyway(p, in, now, act, f)
}

// anyway is operate for what may also be done while the instance stands still.
func (e *Engine) anyway(p *Process, in *Instance, now time.Time, act string, f func(*run) error) ([]Change, error) {
	if in.Ended() {
		return nil, fmt.Errorf("%s: %w", act, ErrEnded)
	}
	if in.Process != p.ID {
		return nil, fmt.Errorf("%s: %w: %q, not %q", act, ErrProcess, in.Process, p.ID)
	}
	r := &run{e: e, p: p, in: in.Snapshot(), old: in, now: now}
	err := f(r)
	if err == nil {
		err = r.drain()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	r.keepUndo()
	*in = *r.in
	return r.out, nil
}

// Complete finishes an open user or service task and moves on. The variables
// become variables of the instance, or of the called process the task is in.
func (e *Engine) Complete(p *Process, in *Instance, id string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "complete "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		if t.Tasks[i].Held > 0 {
			return fmt.Errorf("%w: somebody signs before it", ErrSigner)
		}
		el, err := r.el(t)
		if err != nil {
			return err
		}
		if err := r.handIn(t, el, vars); err != nil {
			return at(el, err)
		}
		r.note(t, Change{Kind: TaskDone, ID: id, Element: el.ID, Name: el.Name, Vars: vars})
		if el.Kind == definition.User || el.Kind == definition.Start {
			r.sent = id
		}
		if el.Kind == definition.Start { // back at the applicant
			t.Tasks = nil
			return r.leave(t, el)
		}
		return r.signed(t, el, i)
	})
}

// Fire tells that a timer came due. Whether it is really time is the caller's
// business: the engine has no clock.
func (e *Engine) Fire(p *Process, in *Instance, id string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "fire "+id, func(r *run) error {
		for _, t := range r.in.Everybody() {
			for i, d := range t.Timers {
				if d.ID == id {
					return r.fire(t, i)
				}
			}
		}
		return ErrNoTimer
	})
}

// Message hands in a message: the oldest subscription to that name takes it. A
// subscription with a correlation key takes only messages with the same key.
func (e *Engine) Message(p *Process, in *Instance, name, key string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "message "+name, func(r *run) error {
		for _, t := range r.in.Everybody() {
			for i, s := range t.Subs {
				if s.Kind == string(definition.OnMessage) && s.Name == name && (s.Key == "" || s.Key == key) {
					return r.caught(t, i, vars)
				}
			}
		}
		return ErrNoWait
	})
}

// Trigger hands what it waits for to one subscription by its id, such as the
// wait state of a receive task.
func (e *Engine) Trigger(p *Process, in *Instance, id string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "trigger "+id, func(r *run) error {
		for _, t := range r.in.Everybody() {
			for i, s := range t.Subs {
				if s.ID == id {
					return r.caught(t, i, vars)
				}
			}
		}
		return ErrNoWait
	})
}

// Signal hands a signal to every subscription of that name. None is no mistake:
// signals go to whoever listens.
func (e *Engine) Signal(p *Process, in *Instance, name string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "signal "+name, func(r *run) error { return r.broadcast(name, vars) })
}

// ThrowError ends an open task with an error, as a service that cannot do its
// work. The nearest event that catches the code takes it; when there is none,
// the instance fails.
func (e *Engine) ThrowError(p *Process, in *Instance, id, code string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "error "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		el, err := r.el(t)
		if err != nil {
			return err
		}
		if err := r.set(t, vars); err != nil {
			return at(el, err)
		}
		r.note(t, Change{Kind: TaskDone, ID: id, Element: el.ID, Name: el.Name, Vars: vars, Attrs: map[string]string{"error": code}})
		t.Tasks = append(append([]task(nil), t.Tasks[:i]...), t.Tasks[i+1:]...)
		return r.raise(t, el, code)
	})
}
