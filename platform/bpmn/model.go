package bpmn

import "tongban/platform/bpmn/draw"

// kind is what an element does.
type kind = draw.Kind

const (
	kindStart     = draw.Start
	kindEnd       = draw.End
	kindTerminate = draw.Terminate
	kindUser      = draw.User
	kindService   = draw.Service
	kindScript    = draw.Script
	kindManual    = draw.Manual
	kindExclusive = draw.Exclusive
	kindParallel  = draw.Parallel
	kindInclusive = draw.Inclusive
	kindCatch     = draw.Catch
	kindBoundary  = draw.Boundary
	kindSub       = draw.Sub
)

// Model is one BPMN file that was understood completely. It never changes
// after Parse and may be used by many goroutines.
type Model struct {
	raw       []byte
	processes []*Process
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

// Process is one executable process of a model.
type Process struct {
	ID   string
	Name string
	// Documentation is the text that the author wrote about the process.
	Documentation string
	// Attrs are foreign attributes and extension properties by local name.
	Attrs map[string]string

	start    *element
	elements []*element // document order, sub-processes flattened
	flows    []*flow
	byID     map[string]*element
	lanes    []draw.Named
	notes    []draw.Named
	places   *draw.Places // nil when the file has no picture
}

type element struct {
	id, name, doc string
	kind          kind
	line          int
	index         int // position in Process.elements
	attrs         map[string]string
	templates     []template // attributes of user tasks that hold expressions
	title         *template  // name, when it holds an expression
	in, out       []*flow
	def           *flow
	parent        *element // enclosing sub-process
	lane          string
	timer         *timerDef
	host          *element   // boundary events: the activity they watch
	boundaries    []*element // activities: the events that watch them
	interrupting  bool
	loop          *loopDef
	impl          string // service tasks: implementation
	script        *expression
	result        string // script tasks: variable that takes the value
	entry         *element
}

type flow struct {
	id, name string
	line     int
	index    int // position in Process.flows
	from, to *element
	cond     *expression
}

// loopDef describes multi-instance.
type loopDef struct {
	sequential  bool
	collection  *expression
	cardinality *expression
	variable    string
	until       *expression
	outputName  string
	output      *expression
}

// TaskDef is a user task as the author drew it.
type TaskDef struct {
	ID            string
	Name          string
	Documentation string
	Lane          string            // name of the lane it stands in, when there are lanes
	Attrs         map[string]string // foreign attributes and extension properties by local name, not evaluated
	Multi         bool              // opened once per element of a collection
}

func (el *element) taskDef() TaskDef {
	return TaskDef{ID: el.id, Name: el.name, Documentation: el.doc, Lane: el.lane,
		Attrs: copyStrings(el.attrs), Multi: el.loop != nil}
}

// UserTasks lists the user tasks in document order.
func (p *Process) UserTasks() []TaskDef {
	var list []TaskDef
	for _, el := range p.elements {
		if el.kind == kindUser {
			list = append(list, el.taskDef())
		}
	}
	return list
}

// UserTask gives the user task with that element id.
func (p *Process) UserTask(id string) (TaskDef, bool) {
	el := p.byID[id]
	if el == nil || el.kind != kindUser {
		return TaskDef{}, false
	}
	return el.taskDef(), true
}

// ElementDef names one element of the picture for lists and legends.
type ElementDef struct {
	ID   string
	Name string
	Kind string // BPMN element name, such as userTask
}

// Elements lists everything a token can stand on, in document order.
func (p *Process) Elements() []ElementDef {
	list := make([]ElementDef, len(p.elements))
	for i, el := range p.elements {
		list[i] = ElementDef{ID: el.id, Name: el.name, Kind: el.kind.String()}
	}
	return list
}

// StartAttrs are the foreign attributes of the start event (formKey, initiator …).
func (p *Process) StartAttrs() map[string]string { return copyStrings(p.start.attrs) }

// StartTimer is the timer of the start event as written, and whether there is
// one; the caller's scheduler decides when to call Engine.Start.
func (p *Process) StartTimer() (text string, ok bool) {
	if p.start.timer == nil {
		return "", false
	}
	return p.start.timer.text, true
}

func copyStrings(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	c := make(map[string]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}
