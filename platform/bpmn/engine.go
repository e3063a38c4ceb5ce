package bpmn

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Engine runs processes. The zero value works. It holds no state, so one value
// may serve many goroutines as long as its hooks can.
type Engine struct {
	// Eval replaces the built-in expressions. It gets the text as written.
	// Parse has still compiled every expression with the built-in language.
	Eval func(expr string, vars map[string]any) (any, error)
	// NewID makes ids for tasks and timers. Without it they are numbered
	// inside the instance ("3"), which is unique only there.
	NewID func() string
	// Due works out durations that are not ISO 8601, such as P5WD for five
	// working days.
	Due func(duration string, from time.Time) (time.Time, error)
}

// ChangeKind says what happened.
type ChangeKind string

// Kinds of change.
const (
	TaskOpened     ChangeKind = "task_opened"     // a person has something to do
	TaskDone       ChangeKind = "task_done"       // user or service task completed
	TaskCancelled  ChangeKind = "task_cancelled"  // Attrs["reason"] says why
	ServiceCalled  ChangeKind = "service_called"  // Attrs["implementation"]; perform it, then Complete(ID)
	TimerSet       ChangeKind = "timer_set"       // Due says when to Fire(ID)
	TimerCancelled ChangeKind = "timer_cancelled" // forget it
	TimerFired     ChangeKind = "timer_fired"
	GatewayTaken   ChangeKind = "gateway_taken" // Attrs["flows"]: the flows taken, separated by spaces
	Passed         ChangeKind = "passed"        // start, end, script, manual or sub-process was passed
	Stuck          ChangeKind = "stuck"         // nothing is open and tokens wait at this join: the model is wrong
	Ended          ChangeKind = "ended"         // the instance is over
)

// Reasons in Attrs["reason"] of TaskCancelled, and of Ended after Cancel.
const (
	ReasonReturned    = "returned"    // this task was sent back, or was beside the one sent back
	ReasonInterrupted = "interrupted" // a boundary timer fired
	ReasonEnough      = "enough"      // the completion condition of multi-instance holds
	ReasonTerminated  = "terminated"  // a terminate end event was reached
	ReasonWithdrawn   = "withdrawn"   // the whole instance was cancelled
)

// Change is one thing that happened during an operation, in order.
type Change struct {
	Kind    ChangeKind
	ID      string            // task or timer id; empty for gateways and events
	Element string            // element id in the model
	Name    string            // name in the model; of user tasks with expressions filled in
	Attrs   map[string]string // of tasks: foreign attributes, with expressions filled in for user tasks
	At      time.Time         // the now of the operation
	Due     time.Time         // TimerSet: when
	Vars    map[string]any    // TaskOpened, ServiceCalled in multi-instance: loop variables; TaskDone: what was handed in
}

// Start makes an instance and runs it until everything waits. When the process
// has a start timer, the caller has waited for it.
func (e *Engine) Start(p *Process, vars map[string]any, now time.Time) (*Instance, []Change, error) {
	in := &Instance{Process: p.ID, State: Running, seen: make([]byte, (len(p.elements)+len(p.flows)+7)/8)}
	r := &run{e: e, p: p, in: in, now: now}
	if err := r.set(vars); err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", p.ID, err)
	}
	t := r.born(0, 0, nil)
	err := r.enter(t, p.start)
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
	if in.Ended() {
		return nil, fmt.Errorf("%s: %w", act, ErrEnded)
	}
	if in.Process != p.ID {
		return nil, fmt.Errorf("%s: %w: %q, not %q", act, ErrProcess, in.Process, p.ID)
	}
	r := &run{e: e, p: p, in: in.snapshot(), now: now}
	err := f(r)
	if err == nil {
		err = r.drain()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	*in = *r.in
	return r.out, nil
}

// Complete finishes an open user or service task and moves on. The variables
// become variables of the instance.
func (e *Engine) Complete(p *Process, in *Instance, id string, vars map[string]any, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "complete "+id, func(r *run) error {
		t, i := r.findTask(id)
		if t == nil {
			return ErrNoTask
		}
		el, err := r.element(t.At)
		if err != nil {
			return err
		}
		if err := r.set(vars); err != nil {
			return at(el, err)
		}
		r.note(Change{Kind: TaskDone, ID: id, Element: el.id, Name: el.name, Vars: vars})
		if t.Loop != nil {
			return r.loopDone(t, el, i)
		}
		t.Tasks = nil
		return r.finishActivity(t, el)
	})
}

// Fire tells that a timer came due. Whether it is really time is the caller's
// business: the engine has no clock.
func (e *Engine) Fire(p *Process, in *Instance, id string, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "fire "+id, func(r *run) error {
		for _, t := range r.in.tokens {
			for i, d := range t.Timers {
				if d.ID == id {
					return r.fire(t, i)
				}
			}
		}
		return ErrNoTimer
	})
}

// Cancel withdraws the whole instance.
func (e *Engine) Cancel(p *Process, in *Instance, now time.Time) ([]Change, error) {
	return e.operate(p, in, now, "cancel", func(r *run) error {
		r.removeScope(0, ReasonWithdrawn)
		r.in.State = Cancelled
		r.note(Change{Kind: Ended, Attrs: map[string]string{"reason": ReasonWithdrawn}})
		return nil
	})
}

// run is one operation under way.
type run struct {
	e     *Engine
	p     *Process
	in    *Instance
	now   time.Time
	out   []Change
	queue []move
	steps int
	owned bool // Vars was copied and may be written
}

// move is a token on its way along a flow.
type move struct {
	t *token
	f *flow
}

// maxSteps bounds one operation. Because: a circle of gateways without a task
// would otherwise never come back.
const maxSteps = 20_000

func (r *run) note(c Change) {
	if r.out == nil {
		r.out = make([]Change, 0, 4)
	}
	c.At = r.now
	r.out = append(r.out, c)
}

func (r *run) element(id string) (*element, error) {
	el := r.p.byID[id]
	if el == nil {
		return nil, fmt.Errorf("%w: no element %q", ErrProcess, id)
	}
	return el, nil
}

func (r *run) number() int {
	r.in.next++
	return r.in.next
}

func (r *run) newID() string {
	if r.e.NewID != nil {
		return r.e.NewID()
	}
	return strconv.Itoa(r.number())
}

// stamp is now as it is stored.
func (r *run) stamp() time.Time { return r.now.Round(0).UTC() }

// set merges variables, copying first because the caller may still hold the
// instance from before.
func (r *run) set(vars map[string]any) error {
	for k, v := range vars {
		if err := r.setOne(k, v); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) setOne(k string, v any) error {
	c, err := canon(v, 0)
	if err != nil {
		return fmt.Errorf("%q: %w", k, err)
	}
	if !r.owned {
		m := make(map[string]any, len(r.in.Vars)+1)
		for k, v := range r.in.Vars {
			m[k] = v
		}
		r.in.Vars, r.owned = m, true
	}
	r.in.Vars[k] = c
	return nil
}

// see marks an element or flow as passed.
func (r *run) see(bit int) {
	for bit/8 >= len(r.in.seen) {
		r.in.seen = append(r.in.seen, 0)
	}
	r.in.seen[bit/8] |= 1 << (bit % 8)
}

func (r *run) born(scope, frame int, trail []step) *token {
	t := &token{ID: r.number(), Scope: scope, Frame: frame, Trail: trail}
	r.in.tokens = append(r.in.tokens, t)
	return t
}

// drop takes a token out without a word.
func (r *run) drop(t *token) {
	t.gone = true
	r.in.tokens = slices.DeleteFunc(r.in.tokens, func(x *token) bool { return x == t })
}

// remove cancels what hangs on a token, inside sub-processes too, and drops it.
func (r *run) remove(t *token, reason string) {
	r.clear(t, reason)
	r.drop(t)
}

// clear cancels the tasks, timers and inner tokens of a token.
func (r *run) clear(t *token, reason string) {
	for _, k := range t.Tasks {
		r.cancelTask(t, k, reason)
	}
	for _, d := range t.Timers {
		r.note(Change{Kind: TimerCancelled, ID: d.ID, Element: d.El, Name: r.name(d.El)})
	}
	t.Tasks, t.Timers, t.Loop = nil, nil, nil
	if el := r.p.byID[t.At]; el != nil && el.kind == kindSub {
		r.removeScope(t.ID, reason)
	}
}

func (r *run) cancelTask(t *token, k task, reason string) {
	r.note(Change{Kind: TaskCancelled, ID: k.ID, Element: t.At, Name: r.name(t.At), Attrs: map[string]string{"reason": reason}})
}

func (r *run) name(id string) string {
	if el := r.p.byID[id]; el != nil {
		return el.name
	}
	return ""
}

func (r *run) removeScope(scope int, reason string) {
	for _, t := range slices.Clone(r.in.tokens) {
		if t.Scope == scope && !t.gone {
			r.remove(t, reason)
		}
	}
}

func (r *run) token(id int) *token {
	for _, t := range r.in.tokens {
		if t.ID == id {
			return t
		}
	}
	return nil
}

func (r *run) findTask(id string) (*token, int) {
	for _, t := range r.in.tokens {
		for i, k := range t.Tasks {
			if k.ID == id {
				return t, i
			}
		}
	}
	return nil, 0
}

// drain moves tokens until every one waits.
func (r *run) drain() error {
	for {
		for len(r.queue) > 0 {
			m := r.queue[0]
			r.queue = r.queue[1:]
			if m.t.gone {
				continue
			}
			r.see(len(r.p.elements) + m.f.index)
			m.t.Wait = m.f.id
			if err := r.enter(m.t, m.f.to); err != nil {
				return err
			}
		}
		fired, err := r.inclusiveJoins()
		if err != nil {
			return err
		}
		if !fired {
			break
		}
	}
	r.forget()
	if r.in.State == Running {
		for _, el := range r.in.Stuck() {
			r.note(Change{Kind: Stuck, Element: el, Name: r.name(el)})
		}
	}
	return nil
}

// enter puts a token on an element. t.Wait still holds the flow it came by.
func (r *run) enter(t *token, el *element) error {
	if r.steps++; r.steps > maxSteps {
		return at(el, ErrLoop)
	}
	t.At = el.id
	if len(el.in) > 1 && (el.kind == kindParallel || el.kind == kindInclusive) {
		if el.kind == kindInclusive {
			return nil // decided when everything else has come to rest
		}
		return r.arrive(t, el)
	}
	t.Wait = ""
	switch el.kind {
	case kindUser, kindService:
		return r.open(t, el)
	case kindScript:
		if err := r.runScript(el); err != nil {
			return at(el, err)
		}
	case kindCatch:
		return r.setTimer(t, el)
	case kindSub:
		return r.enterSub(t, el)
	case kindEnd:
		r.pass(el)
		r.drop(t)
		return r.closeScope(t.Scope, el)
	case kindTerminate:
		r.pass(el)
		r.drop(t)
		r.removeScope(t.Scope, ReasonTerminated)
		return r.closeScope(t.Scope, el)
	}
	if !el.kind.Gateway() {
		r.pass(el)
	}
	return r.leave(t, el)
}

func (r *run) pass(el *element) {
	r.see(el.index)
	r.note(Change{Kind: Passed, Element: el.id, Name: el.name})
}

func (r *run) runScript(el *element) error {
	v, err := r.e.eval(el.script, r.in.Vars)
	if err != nil {
		return err
	}
	return r.setOne(el.result, v)
}

// leave sends a token along the flows that may be taken, forking when there is
// more than one.
func (r *run) leave(t *token, el *element) error {
	r.see(el.index)
	flows, err := r.choose(el)
	if err != nil {
		return at(el, err)
	}
	if el.kind.Gateway() {
		r.noteGateway(el, flows)
	}
	switch len(flows) {
	case 0: // an activity without outgoing flow ends its token
		r.drop(t)
		return r.closeScope(t.Scope, el)
	case 1:
		r.queue = append(r.queue, move{t, flows[0]})
		return nil
	}
	f := r.fork(t.Frame, 0, t.Trail)
	for i, fl := range flows {
		b := t
		if i > 0 {
			b = r.born(t.Scope, f, nil)
			b.At = el.id
		}
		b.Frame, b.Trail = f, nil
		r.queue = append(r.queue, move{b, fl})
	}
	return nil
}

func (r *run) noteGateway(el *element, flows []*flow) {
	ids := flows[0].id
	for _, f := range flows[1:] {
		ids += " " + f.id
	}
	r.note(Change{Kind: GatewayTaken, Element: el.id, Name: el.name, Attrs: map[string]string{"flows": ids}})
}

// choose picks the outgoing flows of an element.
func (r *run) choose(el *element) ([]*flow, error) {
	if el.kind == kindParallel || (len(el.out) == 1 && el.out[0].cond == nil) {
		return el.out, nil
	}
	var taken []*flow
	for _, f := range el.out {
		if f == el.def {
			continue
		}
		ok := f.cond == nil
		if !ok {
			var err error
			if ok, err = r.e.holds(f.cond, r.in.Vars); err != nil {
				return nil, fmt.Errorf("flow %q: %w", f.id, err)
			}
		}
		if ok {
			taken = append(taken, f)
			if el.kind == kindExclusive {
				return taken, nil
			}
		}
	}
	if len(taken) == 0 && el.def != nil {
		return []*flow{el.def}, nil
	}
	if len(taken) == 0 && len(el.out) > 0 {
		return nil, ErrNoFlow
	}
	return taken, nil
}

// closeScope ends a sub-process or the instance when its last token is gone.
func (r *run) closeScope(scope int, last *element) error {
	for _, t := range r.in.tokens {
		if t.Scope == scope {
			return nil
		}
	}
	if scope == 0 {
		r.in.State = Completed
		r.note(Change{Kind: Ended, Element: last.id, Name: last.name})
		return nil
	}
	host := r.token(scope)
	if host == nil {
		return fmt.Errorf("%w: nothing stands on the sub-process around %q", ErrProcess, last.id)
	}
	el, err := r.element(host.At)
	if err != nil {
		return err
	}
	r.note(Change{Kind: Passed, Element: el.id, Name: el.name})
	return r.finishActivity(host, el)
}
