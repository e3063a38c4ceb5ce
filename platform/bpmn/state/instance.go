package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tongban/platform/bpmn/definition"
)

// Instance is the whole state of one running process, with the processes it
// calls. It is a value of plain data: store it as JSON beside the business row
// and hand it to the next operation. Owned by the caller; the engine keeps
// nothing.
type Instance struct {
	Process string
	State   State
	Vars    map[string]any

	Tokens []*Token
	Frames []Frame
	Root   Token  // what the process itself waits for
	Calls  []Call // versions of called processes, pinned
	Undo   []Undo // completions and returns that can still be undone
	Next   int    // last number given to a token, frame, task or timer
	Paused time.Time
	Seen   []byte // bit per element, then per flow: a token has passed
}

// State says whether an instance is still going.
type State string

// States of an instance.
const (
	Running   State = "running"
	Completed State = "completed"
	Cancelled State = "cancelled"
	Failed    State = "failed" // an error was thrown and nothing caught it
)

// Token is one thread of control.
type Token struct {
	ID     int            `json:"i,omitempty"`
	At     string         `json:"a,omitempty"` // element
	Wait   string         `json:"w,omitempty"` // at a join: the flow it came in by
	Scope  int            `json:"s,omitempty"` // token that stands on the enclosing sub-process or call
	Frame  int            `json:"f,omitempty"` // innermost fork it belongs to
	Proc   int            `json:"p,omitempty"` // called process that At belongs to; 0 = the main one
	Call   int            `json:"c,omitempty"` // process that runs inside, when it stands on a call
	Inst   int            `json:"n,omitempty"` // multi-instance: which one, from 1
	Trail  []Step         `json:"h,omitempty"` // what this token has done since its fork
	Tasks  []Task         `json:"t,omitempty"`
	Timers []Timer        `json:"d,omitempty"`
	Subs   []Wait         `json:"u,omitempty"`
	Loop   *Loop          `json:"l,omitempty"`
	Vars   map[string]any `json:"v,omitempty"` // variables of the scope it stands for
	Gone   bool           `json:"-"`
}

// Frame is one passing of a fork. All tokens born by it carry its number, and
// it remembers what had been done before, so that work can be sent back to a
// point before the fork.
type Frame struct {
	ID    int    `json:"i"`
	Up    int    `json:"u,omitempty"` // enclosing frame
	Host  int    `json:"o,omitempty"` // sub-process: the token that stands on it
	Side  bool   `json:"r,omitempty"` // born by a non-interrupting event, not by a fork
	At    string `json:"a,omitempty"` // the fork or event
	Trail []Step `json:"h,omitempty"`
}

// Step is one thing that was done: an activity, or a join with the branches
// that came together in it.
type Step struct {
	El  string    `json:"e"`
	At  string    `json:"a,omitempty"` // join: the fork
	Arr []Arrival `json:"b,omitempty"`
}

// Arrival is one branch of a join, or (with Sub) an inner fork whose branches
// came to the same join.
type Arrival struct {
	Flow  string    `json:"f,omitempty"`
	At    string    `json:"a,omitempty"` // with Sub: the inner fork
	Trail []Step    `json:"h,omitempty"`
	Sub   []Arrival `json:"b,omitempty"`
}

// Task is one thing that a person or a service has to do.
type Task struct {
	ID    string         `json:"i"`
	Index int            `json:"n,omitempty"` // multi-instance: position in the collection
	At    time.Time      `json:"t"`
	Seen  bool           `json:"s,omitempty"` // its holder has opened it
	Held  int            `json:"h,omitempty"` // signers before it who are not done
	Holds string         `json:"o,omitempty"` // signs before that task
	Next  []Later        `json:"x,omitempty"` // signers after it
	After bool           `json:"a,omitempty"` // signs after another, who has voted already
	Vote  bool           `json:"v,omitempty"` // that vote counts
	For   map[string]any `json:"w,omitempty"` // variables of a signer who was added
}

// Later is somebody who signs later.
type Later struct {
	ID  string         `json:"i"`
	For map[string]any `json:"w,omitempty"`
}

// Timer is a waiting timer of a token.
type Timer struct {
	ID    string        `json:"i"`
	El    string        `json:"e"`
	In    bool          `json:"s,omitempty"` // starts an event sub-process inside
	Due   time.Time     `json:"d"`
	Left  int           `json:"n,omitempty"` // firings after this one; -1 without end
	Every string        `json:"c,omitempty"`
	Until time.Time     `json:"u,omitzero"`
	Rest  time.Duration `json:"r,omitempty"` // while suspended: what was left
	By    string        `json:"b,omitempty"` // the length that the caller's hook worked out
	From  time.Time     `json:"f,omitzero"`  // from when on; with By only
	Shift time.Duration `json:"h,omitempty"` // what suspensions have added since
}

// Wait is a subscription to a message, a signal or a condition.
type Wait struct {
	ID   string `json:"i"`
	El   string `json:"e"`
	In   bool   `json:"s,omitempty"`
	Kind string `json:"k"`
	Name string `json:"n,omitempty"`
	Key  string `json:"c,omitempty"`
	True bool   `json:"t,omitempty"` // the condition held when last looked at
}

// Loop is the state of multi-instance.
type Loop struct {
	Total   int    `json:"n"`           // how many count
	Base    int    `json:"b,omitempty"` // how many were there at the beginning
	Done    int    `json:"d,omitempty"`
	Counted int    `json:"c,omitempty"` // of those done: how many the rule counts
	Next    int    `json:"x,omitempty"` // sequential: the next position
	Items   []any  `json:"i,omitempty"`
	Out     []any  `json:"o,omitempty"`
	Added   int    `json:"a,omitempty"` // positions added beside
	Skip    []int  `json:"s,omitempty"` // positions taken away
	Rule    string `json:"r,omitempty"` // rule given when a signer was added
}

// Call is one version of a called process.
type Call struct {
	Process string `json:"p"`
	Version string `json:"v,omitempty"`
	Seen    []byte `json:"x,omitempty"`
}

// TaskState is an open task.
type TaskState struct {
	ID      string
	Element string
	Process string // id of the called process it belongs to; empty for the main one
	Index   int    // multi-instance: position in the collection
	Opened  time.Time
	Seen    bool // marked by Engine.Opened
	Held    bool // waits for a signer before it
	Timers  []TimerState
	Sender  string // the completed task that can still be taken back from here
	Return  bool   // it was sent back and can go straight to who did so
}

// TimerState is a waiting timer.
type TimerState struct {
	ID      string
	Element string // the event
	Host    string // the activity it watches, or the event itself
	Due     time.Time
	Rest    time.Duration // while suspended: what is left
}

// WaitState is a waiting message, signal or condition.
type WaitState struct {
	ID, Element, Host string
	Kind, Name, Key   string
}

// Ended reports whether nothing can happen any more.
func (in *Instance) Ended() bool { return in.State != Running }

// Suspended reports whether the instance stands still.
func (in *Instance) Suspended() bool { return !in.Paused.IsZero() }

// Called lists the versions of called processes that the instance has pinned.
func (in *Instance) Called() []CalledVersion {
	var list []CalledVersion
	for _, c := range in.Calls {
		list = append(list, CalledVersion{c.Process, c.Version})
	}
	return list
}

// CalledVersion is one version of a called process.
type CalledVersion struct{ Process, Version string }

// Open lists the open tasks of people and services, oldest token first.
func (in *Instance) Open() []TaskState {
	var list []TaskState
	for _, t := range in.Tokens {
		for _, k := range t.Tasks {
			s := TaskState{ID: k.ID, Element: t.At, Index: k.Index, Opened: k.At, Seen: k.Seen, Held: k.Held > 0, Timers: t.timers()}
			if t.Proc > 0 {
				s.Process = in.Calls[t.Proc-1].Process
			}
			for _, u := range in.Undo {
				if !slices.Contains(u.Now, t.ID) {
					continue
				}
				if u.Back {
					s.Return = s.Return || u.To == t.ID && len(t.Tasks) == 1 && k.Held == 0 && len(k.Next) == 0
				} else {
					s.Sender = u.Task
				}
			}
			list = append(list, s)
		}
	}
	return list
}

// Everybody lists the tokens and what the process itself waits for.
func (in *Instance) Everybody() []*Token {
	return append([]*Token{&in.Root}, in.Tokens...)
}

// Timers lists the waiting timers.
func (in *Instance) Timers() []TimerState {
	list := in.Root.timers()
	for _, t := range in.Tokens {
		list = append(list, t.timers()...)
	}
	return list
}

func (t *Token) timers() []TimerState {
	var list []TimerState
	for _, d := range t.Timers {
		list = append(list, TimerState{ID: d.ID, Element: d.El, Host: t.At, Due: d.Due, Rest: d.Rest})
	}
	return list
}

// Waits lists the messages, signals and conditions that are waited for.
func (in *Instance) Waits() []WaitState {
	var list []WaitState
	for _, t := range in.Everybody() {
		for _, s := range t.Subs {
			list = append(list, WaitState{s.ID, s.El, t.At, s.Kind, s.Name, s.Key})
		}
	}
	return list
}

// Stuck lists the joins at which tokens wait although nothing is open that
// could bring the missing ones: a mistake in the model. Only Stop and Jump help
// then. It is empty for every sound model.
func (in *Instance) Stuck() []string {
	var list []string
	for _, t := range in.Everybody() {
		if len(t.Tasks) > 0 || len(t.Timers) > 0 || len(t.Subs) > 0 {
			return nil
		}
		if t.Wait != "" && !slices.Contains(list, t.At) {
			list = append(list, t.At)
		}
	}
	return list
}

// Clone copies the instance deeply.
func (in *Instance) Clone() *Instance {
	c := in.Snapshot()
	if in.Vars != nil {
		v, err := CanonMap(in.Vars)
		if err != nil { // a caller put something unstorable into Vars itself
			v = in.Vars
		}
		c.Vars = v
	}
	return c
}

// Snapshot copies what operations change in place. Slices and maps inside
// tokens are never changed in place, so they may be shared.
func (in *Instance) Snapshot() *Instance {
	c := *in
	c.Tokens = make([]*Token, len(in.Tokens), len(in.Tokens)+2)
	block := make([]Token, len(in.Tokens))
	for i, t := range in.Tokens {
		block[i] = *t
		c.Tokens[i] = &block[i]
	}
	c.Frames = slices.Clone(in.Frames)
	c.Calls = slices.Clone(in.Calls)
	c.Seen = slices.Clone(in.Seen)
	return &c
}

// plain is the stored form.
type plain struct {
	Process string         `json:"p"`
	State   State          `json:"s"`
	Vars    map[string]any `json:"v,omitempty"`
	Tokens  []*Token       `json:"t,omitempty"`
	Frames  []Frame        `json:"f,omitempty"`
	Next    int            `json:"n,omitempty"`
	Seen    []byte         `json:"x,omitempty"`
	Root    *Token         `json:"r,omitempty"`
	Calls   []Call         `json:"c,omitempty"`
	Undo    []Undo         `json:"u,omitempty"`
	Paused  *time.Time     `json:"z,omitempty"`
}

// MarshalJSON writes the stored form, with one-letter names because it is
// written at every step.
func (in *Instance) MarshalJSON() ([]byte, error) {
	p := plain{Process: in.Process, State: in.State, Vars: in.Vars, Tokens: in.Tokens, Frames: in.Frames, Next: in.Next, Seen: in.Seen, Calls: in.Calls, Undo: in.Undo}
	if len(in.Root.Timers)+len(in.Root.Subs) > 0 {
		p.Root = &in.Root
	}
	if !in.Paused.IsZero() {
		p.Paused = &in.Paused
	}
	return json.Marshal(p)
}

// UnmarshalJSON reads the stored form.
func (in *Instance) UnmarshalJSON(b []byte) error {
	var p plain
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&p); err != nil {
		return fmt.Errorf("bpmn: stored instance: %w", err)
	}
	if p.State != Running && p.State != Completed && p.State != Cancelled && p.State != Failed {
		return fmt.Errorf("bpmn: stored instance: unknown state %q", p.State)
	}
	*in = Instance{Process: p.Process, State: p.State, Tokens: p.Tokens, Frames: p.Frames, Next: p.Next, Seen: p.Seen, Calls: p.Calls, Undo: p.Undo}
	if p.Root != nil {
		in.Root = *p.Root
	}
	if p.Paused != nil {
		in.Paused = *p.Paused
	}
	var err error
	if in.Vars, err = CanonMap(p.Vars); err != nil {
		return err
	}
	for _, t := range in.Tokens {
		if t == nil {
			return fmt.Errorf("bpmn: stored instance: empty token")
		}
		if err := t.canon(len(in.Calls)); err != nil {
			return err
		}
		if t.Scope != 0 && in.Token(t.Scope) == nil || t.Frame != 0 && in.Frame(t.Frame) == nil {
			return fmt.Errorf("bpmn: stored instance: token %d stands in nothing", t.ID)
		}
	}
	return canonUndo(in.Undo, len(in.Calls))
}

func canonUndo(list []Undo, calls int) error {
	for i := range list {
		for j := range list[i].Was {
			if err := list[i].Was[j].canon(calls); err != nil {
				return err
			}
		}
		if err := canonUndo(list[i].Inner, calls); err != nil {
			return err
		}
	}
	return nil
}

// canon brings the values of a token into the form they had when written.
func (t *Token) canon(calls int) (err error) {
	if t.Proc < 0 || t.Proc > calls || t.Call < 0 || t.Call > calls {
		return fmt.Errorf("bpmn: stored instance: token %d belongs to no process", t.ID)
	}
	if t.Vars, err = CanonMap(t.Vars); err != nil {
		return err
	}
	for i := range t.Tasks {
		k := &t.Tasks[i]
		if k.For, err = CanonMap(k.For); err != nil {
			return err
		}
		for j := range k.Next {
			if k.Next[j].For, err = CanonMap(k.Next[j].For); err != nil {
				return err
			}
		}
	}
	if t.Loop == nil {
		return nil
	}
	if l := t.Loop; l.Base == 0 && l.Added == 0 && len(l.Skip) == 0 { // written before signers could be added
		l.Base = l.Total
	}
	if t.Loop.Items, err = CanonList(t.Loop.Items); err != nil {
		return err
	}
	t.Loop.Out, err = CanonList(t.Loop.Out)
	return err
}

// Progress gives the state of every element and flow of a process that has been
// reached, for SVGOptions.States. The process is the main one or a called one.
func (in *Instance) Progress(p *definition.Process) map[string]string {
	states := map[string]string{}
	seen, proc := in.Seen, 0
	if p.ID != in.Process {
		seen, proc = nil, -1
		for i, c := range in.Calls {
			if c.Process == p.ID {
				seen, proc = c.Seen, i+1
			}
		}
	}
	passed := func(bit int) bool { return bit/8 < len(seen) && seen[bit/8]&(1<<(bit%8)) != 0 }
	for _, el := range p.Elements {
		if passed(el.Index) {
			states[el.ID] = definition.StateDone
		}
	}
	for _, f := range p.Flows {
		if passed(len(p.Elements) + f.Index) {
			states[f.ID] = definition.StateDone
		}
	}
	for _, t := range in.Tokens {
		if t.Proc == proc {
			states[t.At] = definition.StateActive
		}
	}
	return states
}

// Reached is Progress of a process and of everything that it calls in its file.
func (in *Instance) Reached(p *definition.Process) map[string]string {
	states := in.Progress(p)
	for _, q := range p.Reach()[1:] {
		for id, s := range in.Progress(q) {
			states[id] = s
		}
	}
	return states
}

// Undo is what one operation changed, as long as it can be undone: a completion
// that its sender may take back, or a return with a straight way forward again.
type Undo struct {
	Task   string  `json:"i"`           // the task completed, or sent back
	Back   bool    `json:"b,omitempty"` // a return
	To     int     `json:"t,omitempty"` // return: the token on the activity it went to
	Was    []Token `json:"w,omitempty"` // tokens as they were that it changed or removed
	Now    []int   `json:"n,omitempty"` // tokens that it changed or made
	Frames []Frame `json:"f,omitempty"` // frames as they were that it removed
	Need   []int   `json:"d,omitempty"` // frames around them that must stay as they are
	Inner  []Undo  `json:"u,omitempty"` // returns that stand again when this is undone
}

// Inside is the number of the process that runs inside a host.
func (t *Token) Inside() int {
	if t.Call > 0 {
		return t.Call
	}
	return t.Proc
}
