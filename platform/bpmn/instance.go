package bpmn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Instance is the whole state of one running process. It is a value of plain
// data: store it as JSON beside the business row and hand it to the next
// operation. Owned by the caller; the engine keeps nothing.
type Instance struct {
	Process string         `json:"p"`
	State   State          `json:"s"`
	Vars    map[string]any `json:"v,omitempty"`

	tokens []*token
	frames []frame
	next   int    // last number given to a token, frame, task or timer
	seen   []byte // bit per element, then per flow: a token has passed
}

// State says whether an instance is still going.
type State string

// States of an instance.
const (
	Running   State = "running"
	Completed State = "completed"
	Cancelled State = "cancelled"
)

// token is one thread of control.
type token struct {
	ID     int     `json:"i"`
	At     string  `json:"a"`           // element
	Wait   string  `json:"w,omitempty"` // at a join: the flow it came in by
	Scope  int     `json:"s,omitempty"` // token that stands on the enclosing sub-process
	Frame  int     `json:"f,omitempty"` // innermost fork it belongs to
	Trail  []step  `json:"h,omitempty"` // what this token has done since that fork
	Tasks  []task  `json:"t,omitempty"`
	Timers []timer `json:"d,omitempty"`
	Loop   *loop   `json:"l,omitempty"`
	gone   bool
}

// frame is one passing of a fork. All tokens born by it carry its number, and
// it remembers what had been done before, so that work can be sent back to a
// point before the fork.
type frame struct {
	ID    int    `json:"i"`
	Up    int    `json:"u,omitempty"` // enclosing frame
	Host  int    `json:"o,omitempty"` // sub-process: the token that stands on it
	Side  bool   `json:"r,omitempty"` // born by a non-interrupting event, not by a fork
	Trail []step `json:"h,omitempty"`
}

// step is one thing that was done: a user task, or a join with the branches
// that came together in it.
type step struct {
	El  string    `json:"e"`
	Arr []arrival `json:"b,omitempty"`
}

// arrival is one branch of a join, or (with Sub) an inner fork whose branches
// came to the same join.
type arrival struct {
	Flow  string    `json:"f,omitempty"`
	Trail []step    `json:"h,omitempty"`
	Sub   []arrival `json:"b,omitempty"`
}

type task struct {
	ID    string    `json:"i"`
	Index int       `json:"n,omitempty"` // multi-instance: position in the collection
	At    time.Time `json:"t"`
}

type timer struct {
	ID    string    `json:"i"`
	El    string    `json:"e"`
	Due   time.Time `json:"d"`
	Left  int       `json:"n,omitempty"` // firings after this one; -1 without end
	Every string    `json:"c,omitempty"`
}

// loop is the state of multi-instance.
type loop struct {
	Total int   `json:"n"`
	Done  int   `json:"d,omitempty"`
	Next  int   `json:"x,omitempty"` // sequential: the next position
	Items []any `json:"i,omitempty"`
	Out   []any `json:"o,omitempty"`
}

// TaskState is an open task.
type TaskState struct {
	ID      string
	Element string
	Index   int // multi-instance: position in the collection
	Opened  time.Time
	Timers  []TimerState // boundary timers that watch it
}

// TimerState is a waiting timer.
type TimerState struct {
	ID      string
	Element string // the event
	Host    string // the activity it watches, or the event itself
	Due     time.Time
}

// Ended reports whether nothing can happen any more.
func (in *Instance) Ended() bool { return in.State != Running }

// Open lists the open user and service tasks, oldest token first.
func (in *Instance) Open() []TaskState {
	var list []TaskState
	for _, t := range in.tokens {
		for _, k := range t.Tasks {
			list = append(list, TaskState{ID: k.ID, Element: t.At, Index: k.Index, Opened: k.At, Timers: t.timers()})
		}
	}
	return list
}

// Timers lists the waiting timers.
func (in *Instance) Timers() []TimerState {
	var list []TimerState
	for _, t := range in.tokens {
		list = append(list, t.timers()...)
	}
	return list
}

func (t *token) timers() []TimerState {
	var list []TimerState
	for _, d := range t.Timers {
		list = append(list, TimerState{ID: d.ID, Element: d.El, Host: t.At, Due: d.Due})
	}
	return list
}

// Stuck lists the joins at which tokens wait although nothing is open that
// could bring the missing ones: a mistake in the model. Only Cancel helps then. It is empty for every sound model.
func (in *Instance) Stuck() []string {
	var at []string
	for _, t := range in.tokens {
		if len(t.Tasks) > 0 || len(t.Timers) > 0 {
			return nil
		}
		if t.Wait != "" && !slices.Contains(at, t.At) {
			at = append(at, t.At)
		}
	}
	return at
}

// Clone copies the instance deeply.
func (in *Instance) Clone() *Instance {
	c := in.snapshot()
	if in.Vars != nil {
		v, err := canon(in.Vars, 0)
		if err != nil { // a caller put something unstorable into Vars itself
			v = in.Vars
		}
		c.Vars = v.(map[string]any)
	}
	return c
}

// snapshot copies what operations change in place. Slices inside tokens are
// never changed in place, so they may be shared; so may the values of Vars.
func (in *Instance) snapshot() *Instance {
	c := *in
	c.tokens = make([]*token, len(in.tokens), len(in.tokens)+2)
	block := make([]token, len(in.tokens))
	for i, t := range in.tokens {
		block[i] = *t
		c.tokens[i] = &block[i]
	}
	c.frames = slices.Clone(in.frames)
	c.seen = slices.Clone(in.seen)
	return &c
}

// plain is the stored form.
type plain struct {
	Process string         `json:"p"`
	State   State          `json:"s"`
	Vars    map[string]any `json:"v,omitempty"`
	Tokens  []*token       `json:"t,omitempty"`
	Frames  []frame        `json:"f,omitempty"`
	Next    int            `json:"n,omitempty"`
	Seen    []byte         `json:"x,omitempty"`
}

// MarshalJSON writes the stored form, with one-letter names because it is
// written at every step.
func (in *Instance) MarshalJSON() ([]byte, error) {
	return json.Marshal(plain{in.Process, in.State, in.Vars, in.tokens, in.frames, in.next, in.seen})
}

// UnmarshalJSON reads the stored form.
func (in *Instance) UnmarshalJSON(b []byte) error {
	var p plain
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&p); err != nil {
		return fmt.Errorf("bpmn: stored instance: %w", err)
	}
	if p.State != Running && p.State != Completed && p.State != Cancelled {
		return fmt.Errorf("bpmn: stored instance: unknown state %q", p.State)
	}
	*in = Instance{p.Process, p.State, nil, p.Tokens, p.Frames, p.Next, p.Seen}
	if p.Vars != nil {
		v, err := canon(p.Vars, 0)
		if err != nil {
			return err
		}
		in.Vars = v.(map[string]any)
	}
	for _, t := range in.tokens {
		if t == nil {
			return fmt.Errorf("bpmn: stored instance: empty token")
		}
		if t.Loop == nil {
			continue
		}
		var err error
		if t.Loop.Items, err = canonList(t.Loop.Items); err != nil {
			return err
		}
		if t.Loop.Out, err = canonList(t.Loop.Out); err != nil {
			return err
		}
	}
	return nil
}

func canonList(list []any) ([]any, error) {
	if list == nil {
		return nil, nil
	}
	v, err := canon(list, 0)
	if err != nil {
		return nil, err
	}
	return v.([]any), nil
}

// canon brings a value into the form it has after a trip through JSON, so that
// a live instance and a stored one decide alike: whole numbers are int, other
// numbers float64, times RFC 3339 text, lists []any, records map[string]any.
func canon(v any, depth int) (any, error) {
	if depth > 64 {
		return nil, fmt.Errorf("%w: nested too deeply", ErrVariable)
	}
	switch x := v.(type) {
	case nil, bool, int:
		return v, nil
	case string:
		return strings.ToValidUTF8(x, "\uFFFD"), nil
	case float64:
		return canonFloat(x)
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return int(i), nil
		}
		f, err := x.Float64()
		if err != nil {
			return nil, fmt.Errorf("%w: number %s", ErrVariable, x)
		}
		return canonFloat(f)
	case time.Time:
		return x.Format(time.RFC3339Nano), nil
	case []any:
		list := make([]any, len(x))
		for i, item := range x {
			c, err := canon(item, depth+1)
			if err != nil {
				return nil, err
			}
			list[i] = c
		}
		return list, nil
	case map[string]any:
		m := make(map[string]any, len(x))
		for k, item := range x {
			c, err := canon(item, depth+1)
			if err != nil {
				return nil, err
			}
			m[strings.ToValidUTF8(k, "\uFFFD")] = c
		}
		return m, nil
	}
	return canonOther(v, depth)
}

func canonFloat(x float64) (any, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil, fmt.Errorf("%w: %v is no number", ErrVariable, x)
	}
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return int(x), nil
	}
	return x, nil
}

func canonOther(v any, depth int) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrVariable, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrVariable, err)
	}
	return canon(out, depth+1)
}
