package bpmn

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
)

// run is one operation under way.
type run struct {
	e       *Engine
	p       *Process
	in      *Instance
	old     *Instance // before the operation; nil while starting
	now     time.Time
	out     []Change
	queue   []move
	steps   int
	procs   []*Process   // of in.Calls, when they have been looked up
	owned   map[int]bool // whose Vars were copied and may be written; 0 = the instance
	sent    string       // the user task that this operation completed
	back    string       // the task that this operation sent back
	backTo  *token       // where to
	again   []undo       // returns that an undo has put back
	held    []string     // tasks that waited for a signer before an undo, and are still there
	outside bool         // something left the instance that cannot be taken back
}

// move is a token on its way along a flow.
type move struct {
	t *token
	f *flow
}

// maxSteps bounds one operation. Because: a circle of gateways without a task
// would otherwise never come back.
const maxSteps = 20_000

// note writes a change that happened where the token stands.
func (r *run) note(t *token, c Change) {
	if r.out == nil {
		r.out = make([]Change, 0, 4)
	}
	c.At = r.now
	if t != nil && t.Proc > 0 {
		c.Process = r.in.Calls[t.Proc-1].Process
	}
	switch c.Kind {
	case ServiceCalled, MessageSent, SignalThrown:
		r.outside = true
	}
	r.out = append(r.out, c)
}

// process finds a process by its number: 0 is the main one.
func (r *run) process(n int) (*Process, error) {
	if n == 0 {
		return r.p, nil
	}
	if n > len(r.in.Calls) {
		return nil, fmt.Errorf("%w: no called process %d", ErrProcess, n)
	}
	for len(r.procs) < len(r.in.Calls) {
		r.procs = append(r.procs, nil)
	}
	if r.procs[n-1] == nil {
		c := r.in.Calls[n-1]
		p, _, err := r.e.resolve(c.Process, c.Version, r.p)
		if err != nil {
			return nil, err
		}
		r.procs[n-1] = p
	}
	return r.procs[n-1], nil
}

// resolve finds a called process by the hook or in the same file.
func (e *Engine) resolve(id, version string, from *Process) (*Process, string, error) {
	if e.Called != nil {
		p, pinned, err := e.Called(id, version, from)
		if err != nil {
			return nil, "", fmt.Errorf("%w: %q: %w", ErrCalled, id, err)
		}
		if p != nil {
			return p, pinned, nil
		}
	} else if m := from.Model(); m != nil && id != "" {
		if p := m.Process(id); p != nil {
			return p, "", nil
		}
	}
	return nil, "", fmt.Errorf("%w: no process %q", ErrCalled, id)
}

// element finds an element of a process.
func (r *run) element(proc int, id string) (*element, error) {
	p, err := r.process(proc)
	if err != nil {
		return nil, err
	}
	el := p.Element(id)
	if el == nil {
		return nil, fmt.Errorf("%w: no element %q", ErrProcess, id)
	}
	return el, nil
}

// el is the element a token stands on.
func (r *run) el(t *token) (*element, error) { return r.element(t.Proc, t.At) }

func (r *run) number() int {
	r.in.Next++
	return r.in.Next
}

func (r *run) newID() string {
	if r.e.NewID != nil {
		return r.e.NewID()
	}
	return strconv.Itoa(r.number())
}

// stamp is now as it is stored.
func (r *run) stamp() time.Time { return r.now.Round(0).UTC() }

// see marks an element or flow of a process as passed.
func (r *run) see(proc, bit int) {
	seen := &r.in.Seen
	if proc > 0 {
		c := &r.in.Calls[proc-1]
		if len(c.Seen) > bit/8 && c.Seen[bit/8]&(1<<(bit%8)) != 0 {
			return
		}
		c.Seen = slices.Clone(c.Seen)
		seen = &c.Seen
	}
	for bit/8 >= len(*seen) {
		*seen = append(*seen, 0)
	}
	(*seen)[bit/8] |= 1 << (bit % 8)
}

// born makes a token inside a host.
func (r *run) born(host *token, frame int, trail []step) *token {
	t := &token{ID: r.number(), Scope: host.ID, Frame: frame, Proc: host.Inside(), Trail: trail}
	r.in.Tokens = append(r.in.Tokens, t)
	return t
}

// host is the token that stands on the enclosing sub-process or call.
func (r *run) host(t *token) *token {
	if t.Scope == 0 {
		return &r.in.Root
	}
	return r.in.Token(t.Scope)
}

// drop takes a token out without a word.
func (r *run) drop(t *token) {
	t.Gone = true
	r.in.Tokens = slices.DeleteFunc(r.in.Tokens, func(x *token) bool { return x == t })
}

// remove cancels what hangs on a token, inside sub-processes too, and drops it.
func (r *run) remove(t *token, reason string) {
	r.clear(t, reason)
	r.drop(t)
}

// clear cancels the tasks, timers, subscriptions and inner tokens of a token.
func (r *run) clear(t *token, reason string) {
	hosts := t.Loop != nil || t.Call > 0
	if el, err := r.el(t); err == nil {
		hosts = hosts || el.Kind == draw.Sub || el.Kind == draw.EventSub
	}
	r.clearOwn(t, reason)
	if t.Loop = nil; hosts {
		r.removeScope(t.ID, reason)
		t.Call, t.Vars = 0, nil
	}
}

// clearOwn is clear without what is inside.
func (r *run) clearOwn(t *token, reason string) {
	for _, k := range t.Tasks {
		r.cancelTask(t, k, reason)
	}
	for _, d := range t.Timers {
		r.note(t, Change{Kind: TimerCancelled, ID: d.ID, Element: d.El, Name: r.name(t, d.El, d.In)})
	}
	for _, s := range t.Subs {
		r.cancelWait(t, s)
	}
	t.Tasks, t.Timers, t.Subs = nil, nil, nil
}

func (r *run) cancelWait(t *token, s wait) {
	r.note(t, Change{Kind: WaitCancelled, ID: s.ID, Element: s.El, Name: r.name(t, s.El, s.In), Attrs: map[string]string{"name": s.Name}})
}

func (r *run) cancelTask(t *token, k task, reason string) {
	r.note(t, Change{Kind: TaskCancelled, ID: k.ID, Element: t.At, Name: r.name(t, t.At, false), Attrs: map[string]string{"reason": reason}})
	for _, s := range k.Next {
		r.note(t, Change{Kind: SignerTaken, ID: s.ID, Element: t.At})
	}
}

// event finds the event of a timer or subscription of a token.
func (r *run) event(t *token, id string, in bool) (*element, error) {
	if in {
		return r.element(t.Inside(), id)
	}
	return r.element(t.Proc, id)
}

func (r *run) name(t *token, id string, in bool) string {
	if el, err := r.event(t, id, in); err == nil {
		return el.Name
	}
	return ""
}

func (r *run) removeScope(scope int, reason string) {
	for _, t := range slices.Clone(r.in.Tokens) {
		if t.Scope == scope && !t.Gone {
			r.remove(t, reason)
		}
	}
}

func (r *run) findTask(id string) (*token, int) {
	for _, t := range r.in.Tokens {
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
			if m.t.Gone {
				continue
			}
			if p, err := r.process(m.t.Proc); err != nil {
				return err
			} else if m.f.Index >= 0 {
				r.see(m.t.Proc, len(p.Elements)+m.f.Index)
			}
			m.t.Wait = m.f.ID
			if err := r.enter(m.t, m.f.To); err != nil {
				return err
			}
		}
		fired, err := r.inclusiveJoins()
		if err == nil && !fired {
			fired, err = r.conditions()
		}
		if err != nil {
			return err
		}
		if !fired {
			break
		}
	}
	r.in.Forget()
	if r.in.State == Running {
		for _, el := range r.in.Stuck() {
			r.note(nil, Change{Kind: Stuck, Element: el})
		}
	}
	return nil
}

// enter puts a token on an element. t.Wait still holds the flow it came by.
func (r *run) enter(t *token, el *element) error {
	if r.steps++; r.steps > maxSteps {
		return at(el, ErrLoop)
	}
	t.At = el.ID
	if len(el.In) > 1 && (el.Kind == draw.Parallel || el.Kind == draw.Inclusive) {
		if el.Kind == draw.Inclusive {
			return nil // decided when everything else has come to rest
		}
		return r.arrive(t, el)
	}
	t.Wait = ""
	switch el.Kind {
	case draw.Catch:
		if el.Event.Kind != definition.OnLink {
			return r.add(t, el, false)
		}
	case draw.ByEvent:
		for _, f := range el.Out {
			if err := r.add(t, f.To, false); err != nil {
				return err
			}
		}
		return nil
	case draw.Throw:
		return r.throw(t, el)
	case draw.End:
		return r.end(t, el)
	}
	if el.Kind.Activity() {
		return r.open(t, el)
	}
	if !el.Kind.Gateway() {
		r.pass(t, el)
	}
	return r.leave(t, el)
}

func (r *run) pass(t *token, el *element) {
	r.see(t.Proc, el.Index)
	r.note(t, Change{Kind: Passed, Element: el.ID, Name: el.Name})
}

// leave sends a token along the flows that may be taken, forking when there is
// more than one.
func (r *run) leave(t *token, el *element) error {
	r.see(t.Proc, el.Index)
	flows, err := r.choose(t, el)
	if err != nil {
		return at(el, err)
	}
	if el.Kind.Gateway() {
		r.noteGateway(t, el, flows)
	}
	switch len(flows) {
	case 0: // an activity without outgoing flow ends its token
		r.drop(t)
		return r.closeScope(t, el)
	case 1:
		r.queue = append(r.queue, move{t, flows[0]})
		return nil
	}
	f := r.fork(t.Frame, 0, t.Trail)
	r.in.Frame(f).At = el.ID
	host := r.host(t)
	for i, fl := range flows {
		b := t
		if i > 0 {
			b = r.born(host, f, nil)
			b.At = el.ID
		}
		b.Frame, b.Trail = f, nil
		r.queue = append(r.queue, move{b, fl})
	}
	return nil
}

func (r *run) noteGateway(t *token, el *element, flows []*flow) {
	if len(flows) == 0 {
		return
	}
	ids := flows[0].ID
	for _, f := range flows[1:] {
		ids += " " + f.ID
	}
	r.note(t, Change{Kind: GatewayTaken, Element: el.ID, Name: el.Name, Attrs: map[string]string{"flows": ids}})
}

// choose picks the outgoing flows of an element.
func (r *run) choose(t *token, el *element) ([]*flow, error) {
	if el.Kind == draw.Parallel || (len(el.Out) == 1 && el.Out[0].Cond == nil) {
		return el.Out, nil
	}
	var taken []*flow
	vars := r.vars(t)
	for _, f := range el.Out {
		if f == el.Default {
			continue
		}
		ok := f.Cond == nil
		if !ok {
			var err error
			if ok, err = r.e.holds(f.Cond, vars); err != nil {
				return nil, fmt.Errorf("flow %q: %w", f.ID, err)
			}
		}
		if ok {
			taken = append(taken, f)
			if el.Kind == draw.Exclusive {
				return taken, nil
			}
		}
	}
	if len(taken) == 0 && el.Default != nil {
		return []*flow{el.Default}, nil
	}
	if len(taken) == 0 && len(el.Out) > 0 {
		return nil, ErrNoFlow
	}
	return taken, nil
}
