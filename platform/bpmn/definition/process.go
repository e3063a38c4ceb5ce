package definition

import "tongban/platform/bpmn/draw"

// Kind is what an element is; its String is the name in BPMN.
type Kind = draw.Kind

// Model is one BPMN file that was understood. It never changes after Read and
// may be used by many goroutines.
type Model struct {
	raw       []byte
	processes []*Process
	drawings  []*Process
	pools     []Pool
	messages  []MessageFlow
	lenient   bool
	problems  []*ParseError
}

// Pool is one participant of a collaboration.
type Pool struct {
	ID, Name string
	Process  string // id of its process; empty for a black box
}

// MessageFlow joins two participants.
type MessageFlow struct {
	ID, Name, From, To string // ids of elements or pools
}

// XML is the file as it was read, byte for byte, for lossless export.
func (m *Model) XML() []byte { return append([]byte(nil), m.raw...) }

// Process gives the executable process with that id, or nil. The empty id
// means the first one.
func (m *Model) Process(id string) *Process {
	for _, p := range m.processes {
		if id == "" || p.ID == id {
			return p
		}
	}
	return nil
}

// Processes lists the executable processes in document order.
func (m *Model) Processes() []*Process { return append([]*Process(nil), m.processes...) }

// Drawings lists the processes marked as not executable. They can be shown, not
// started.
func (m *Model) Drawings() []*Process { return append([]*Process(nil), m.drawings...) }

// Problems says why processes of a file that was read to be kept cannot run.
func (m *Model) Problems() []*ParseError { return append([]*ParseError(nil), m.problems...) }

// Pools lists the participants; each has its own process, which runs on its own.
func (m *Model) Pools() []Pool { return append([]Pool(nil), m.pools...) }

// MessageFlows lists the flows between participants. The caller carries messages
// along them: MessageSent names the element, Route finds where it goes.
func (m *Model) MessageFlows() []MessageFlow { return append([]MessageFlow(nil), m.messages...) }

// Route finds where the message of an element goes: the process and, when the
// flow ends at one, the element.
func (m *Model) Route(from string) (p *Process, element string) {
	for _, f := range m.messages {
		if f.From != from {
			continue
		}
		for _, q := range m.processes {
			if q.byID[f.To] != nil {
				return q, f.To
			}
		}
		for _, pool := range m.pools {
			if pool.ID == f.To {
				return m.Process(pool.Process), ""
			}
		}
	}
	return nil, ""
}

// Process is one process of a model.
type Process struct {
	ID   string
	Name string
	// Documentation is the text that the author wrote about the process.
	Documentation string
	// Attrs are foreign attributes and extension properties by local name.
	Attrs map[string]string
	// Defaults are start values of data objects.
	Defaults map[string]any

	Start    *Element   // the plain start; nil when it starts by events only
	Starts   []*Element // all start events of the process itself
	Triggers []*Element // start events of event sub-processes of the process itself
	Elements []*Element // document order, sub-processes flattened
	Flows    []*Flow

	model  *Model
	byID   map[string]*Element
	lanes  []draw.Named
	notes  []draw.Named
	places *draw.Places // nil when the file has no picture
}

// Model is the file that the process stands in.
func (p *Process) Model() *Model { return p.model }

// Calls lists what the process calls, as written, so that whoever publishes it
// can see whether all of that is there.
func (p *Process) Calls() []string {
	var list []string
	for _, el := range p.Elements {
		if el.Call != nil {
			list = append(list, el.Call.Text)
		}
	}
	return list
}

// Element finds an element by id; nil when there is none.
func (p *Process) Element(id string) *Element { return p.byID[id] }

// Element is anything a token can stand on.
type Element struct {
	ID, Name, Doc string
	Kind          Kind
	Line          int
	Index         int // position in Process.Elements
	Attrs         map[string]string
	Templates     []Template // attributes of user tasks that hold expressions
	Title         *Template  // name, when it holds an expression
	In, Out       []*Flow
	Default       *Flow
	Parent        *Element // enclosing sub-process
	Lane          string
	Event         *Event     // what an event waits for or throws; nil: nothing. Receive tasks have one too.
	Host          *Element   // boundary events: the activity they watch
	Boundaries    []*Element // activities: the events that watch them
	Triggers      []*Element // sub-processes: start events of the event sub-processes inside
	Interrupting  bool
	Loop          *Loop
	Impl          string // service, send and business rule tasks: what is called
	Script        *Expr
	Result        string // script and service tasks: variable that takes the value
	Entry         *Element
	Link          *Element // link throws: the catching end
	Call          *Call
	Inputs        []Mapping      // tasks: what the task sees besides the variables
	Outputs       []Mapping      // tasks: what becomes of what is handed in; nil = every variable as it is
	Defaults      map[string]any // sub-processes: start values of data objects
	Completion    *Rule          // user tasks: how signers that are added count

}

// EventKind is what an event waits for or throws.
type EventKind string

// Kinds of events.
const (
	OnTimer    EventKind = "timer"
	OnMessage  EventKind = "message"
	OnSignal   EventKind = "signal"
	OnError    EventKind = "error"
	OnEscalate EventKind = "escalation"
	OnTrue     EventKind = "conditional"
	OnLink     EventKind = "link"
	OnEnd      EventKind = "terminate"
)

// Event is one event definition.
type Event struct {
	Kind  EventKind
	Name  string    // message, signal or link
	Named *Template // name, when it holds an expression
	Key   *Expr     // message: correlation, when it is wanted
	Code  string    // error, escalation; "" catches all
	Timer *Timer
	Cond  *Expr
	Local bool   // signal: only inside the instance
	All   bool   // terminate: the whole instance
	Each  bool   // terminate: the enclosing multi-instance
	Store string // catching errors and escalations: variable that takes the code
	Maps  []Mapping
}

// Call is a called process.
type Call struct {
	Text    string // id of the process as written; may be an expression
	Process *Template
	Version string // version or tag as written, or "deployment", for the caller's resolver
	In, Out []Mapping
	AllIn   bool // every variable goes in
	AllOut  bool // every variable comes back
}

// Mapping copies one value.
type Mapping struct {
	From *Expr
	To   string
}

// Flow is one sequence flow.
type Flow struct {
	ID, Name string
	Line     int
	Index    int // position in Process.Flows; -1 for the jump of a link
	From, To *Element
	Cond     *Expr
}

// Loop describes multi-instance and standard loops.
type Loop struct {
	Sequential  bool
	Standard    bool
	Before      bool // standard: test before the first round
	Most        int  // standard: at most so often; 0 = no limit
	While       *Expr
	Collection  *Expr
	Cardinality *Expr
	Variable    string
	Counter     string // name of the position variable besides loopCounter
	Until       *Expr
	Rule        *Rule
	OutputName  string
	Output      *Expr
	Record      []Mapping // output as a record of several values
}

// Rule says when several signers are enough.
type Rule struct {
	Any   bool
	Share float64 // of all, above 0 and at most 1; 0 = not by share
	Count int     // at least so many; 0 = not by number
	If    *Expr   // which completions count; nil = all
}

// TaskDef is an activity as the author drew it.
type TaskDef struct {
	ID            string
	Name          string
	Kind          string // BPMN element name, such as userTask
	Documentation string
	Lane          string            // name of the lane it stands in, when there are lanes
	Attrs         map[string]string // foreign attributes and extension properties by local name, not evaluated
	Multi         bool              // opened once per element of a collection
}

// Def is the element for lists and pages.
func (el *Element) Def() TaskDef {
	return TaskDef{ID: el.ID, Name: el.Name, Kind: el.Kind.String(), Documentation: el.Doc, Lane: el.Lane,
		Attrs: CopyStrings(el.Attrs), Multi: el.Loop != nil}
}

// UserTasks lists the user tasks in document order.
func (p *Process) UserTasks() []TaskDef {
	var list []TaskDef
	for _, el := range p.Elements {
		if el.Kind == draw.User {
			list = append(list, el.Def())
		}
	}
	return list
}

// UserTask gives the user task with that element id.
func (p *Process) UserTask(id string) (TaskDef, bool) {
	el := p.byID[id]
	if el == nil || el.Kind != draw.User {
		return TaskDef{}, false
	}
	return el.Def(), true
}

// StartAttrs are the foreign attributes of the plain start event (formKey, initiator …).
func (p *Process) StartAttrs() map[string]string {
	if p.Start == nil {
		return nil
	}
	return CopyStrings(p.Start.Attrs)
}

// StartDef is one way to start a process.
type StartDef struct {
	ID, Name string
	Kind     EventKind // "" for the plain start
	Text     string    // timer as written, or name of message or signal
	Attrs    map[string]string
}

// StartEvents lists the ways to start, in document order. The caller waits for
// timers, messages and signals and then calls Engine.StartAt.
func (p *Process) StartEvents() []StartDef {
	var list []StartDef
	for _, el := range p.Starts {
		d := StartDef{ID: el.ID, Name: el.Name, Attrs: CopyStrings(el.Attrs)}
		if ev := el.Event; ev != nil {
			d.Kind, d.Text = ev.Kind, ev.Name
			if ev.Timer != nil {
				d.Text = ev.Timer.Text
			}
		}
		list = append(list, d)
	}
	return list
}

// CopyStrings copies attributes.
func CopyStrings(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	c := make(map[string]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// Kinds that the engine treats in a way of their own.
const (
	User  = draw.User
	Start = draw.Start
)

// Services lists what the process calls on its own, service, send and business
// rule tasks, in document order; Attrs holds the name under "implementation".
func (p *Process) Services() []TaskDef {
	var list []TaskDef
	for _, el := range p.Elements {
		if el.Impl == "" {
			continue
		}
		d := el.Def()
		if d.Attrs == nil {
			d.Attrs = map[string]string{}
		}
		d.Attrs["implementation"] = el.Impl
		list = append(list, d)
	}
	return list
}
