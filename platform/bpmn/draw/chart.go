package draw

import "math"

// Kind is what an element of a chart does; it decides shape and symbol.
type Kind uint8

// Kinds of elements.
const (
	Start Kind = iota
	End
	User
	Service
	Script
	Manual
	Business
	Send
	Receive
	Plain
	Call
	Exclusive
	Parallel
	Inclusive
	ByEvent
	Complex
	Catch
	Throw
	Boundary
	Sub
	EventSub
)

var kindNames = [...]string{"startEvent", "endEvent", "userTask", "serviceTask", "scriptTask", "manualTask",
	"businessRuleTask", "sendTask", "receiveTask", "task", "callActivity", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
	"eventBasedGateway", "complexGateway", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "subProcess", "subProcess"}

// String is the name of the element in BPMN.
func (k Kind) String() string { return kindNames[k] }

// Gateway reports whether the element is drawn as a diamond.
func (k Kind) Gateway() bool { return k >= Exclusive && k <= Complex }

// Activity reports whether events may sit on the border of the element.
func (k Kind) Activity() bool { return k.box() || k == Sub }

// box reports whether the element is drawn as a box of fixed size.
func (k Kind) box() bool { return k >= User && k <= Call }

// frame reports whether the element holds others.
func (k Kind) frame() bool { return k == Sub || k == EventSub }

// round reports whether the element is drawn as a circle.
func (k Kind) round() bool { return !k.Gateway() && !k.box() && !k.frame() }

// Symbol is the sign inside an event; it is filled on events that throw.
type Symbol uint8

// Symbols of events.
const (
	Blank Symbol = iota
	Clock
	Envelope
	Triangle // signal
	Bolt     // error
	Upward   // escalation
	Lines    // condition
	Arrow    // link
	Disc     // terminate
	Rewind   // compensation
	Cross    // cancel of a transaction
	Pentagon // several events
)

// Repeat is the mark for activities that are done several times.
type Repeat uint8

// Marks of repetition.
const (
	Once Repeat = iota
	Together
	InTurn
	Again // standard loop
)

// Node is one element.
type Node struct {
	ID, Name   string
	Kind       Kind
	Parent     *Node   // the sub-process around it
	Host       *Node   // boundary events: the activity they sit on
	Boundaries []*Node // activities: the events that sit on them
	In, Out    []*Edge
	Symbol     Symbol
	Dashed     bool // events that do not interrupt
	Repeat     Repeat
}

// Edge is one flow.
type Edge struct {
	ID, Name string
	From, To *Node
	Default  bool
}

// Named is a lane, a pool or a note: an id (or a box) and a text.
type Named struct {
	ID, Text string
	Box      Rect
}

// Chart is what is to be drawn. Nodes of sub-processes are in the same list.
type Chart struct {
	Name   string
	Nodes  []*Node
	Edges  []*Edge
	Lanes  []Named
	Notes  []Named
	Places *Places // nil: lay out automatically
}

// Places is where everything stands, by id.
type Places struct {
	Shapes  map[string]Rect
	Labels  map[string]Rect
	Lines   map[string][]Point
	Closed  map[string]bool // collapsed sub-processes
	Upright map[string]bool // pools and lanes that run downwards
	Pools   []Named         // with Box
}

// NewPlaces gives empty places to fill.
func NewPlaces() *Places {
	return &Places{Shapes: map[string]Rect{}, Labels: map[string]Rect{}, Lines: map[string][]Point{}, Closed: map[string]bool{}, Upright: map[string]bool{}}
}

// Box makes a box from its upper left corner.
func Box(x, y, w, h float64) Rect { return Rect{x, y, w, h} }

// At makes a point.
func At(x, y float64) Point { return Point{x, y} }

// Rect is a box in picture units (one unit is one CSS pixel at 100 %).
type Rect struct{ x, y, w, h float64 }

// Point is a place in the picture.
type Point struct{ x, y float64 }

func (r Rect) cx() float64 { return r.x + r.w/2 }
func (r Rect) cy() float64 { return r.y + r.h/2 }

func (r Rect) union(o Rect) Rect {
	if r == (Rect{}) {
		return o
	}
	x, y := math.Min(r.x, o.x), math.Min(r.y, o.y)
	return Rect{x, y, math.Max(r.x+r.w, o.x+o.w) - x, math.Max(r.y+r.h, o.y+o.h) - y}
}

// hidden reports whether the element is inside a collapsed sub-process.
func (d *Places) hidden(el *Node) bool {
	for p := el.Parent; p != nil; p = p.Parent {
		if d.Closed[p.ID] {
			return true
		}
	}
	return false
}

// route is the line of a flow; straight between the borders when the file has none.
func (d *Places) route(f *Edge) []Point {
	if line := d.Lines[f.ID]; line != nil {
		return line
	}
	a, b := d.Shapes[f.From.ID], d.Shapes[f.To.ID]
	return []Point{border(a, Point{b.cx(), b.cy()}), border(b, Point{a.cx(), a.cy()})}
}

// border is where the line from the middle of a box towards p leaves it.
func border(r Rect, p Point) Point {
	dx, dy := p.x-r.cx(), p.y-r.cy()
	if dx == 0 && dy == 0 {
		return Point{r.cx(), r.cy()}
	}
	s := math.Inf(1)
	if dx != 0 {
		s = math.Min(s, r.w/2/math.Abs(dx))
	}
	if dy != 0 {
		s = math.Min(s, r.h/2/math.Abs(dy))
	}
	return Point{r.cx() + dx*s, r.cy() + dy*s}
}

// extent is the box around everything that is drawn.
func (d *Places) extent(p *Chart) Rect {
	var all Rect
	for _, el := range p.Nodes {
		if !d.hidden(el) {
			box := d.Shapes[el.ID]
			if el.Kind.round() { // room for the name below
				box = box.union(Rect{box.cx() - 40, box.y - 6, 80, box.h + 30})
			}
			all = all.union(box)
		}
	}
	for _, f := range p.Edges {
		if d.hidden(f.From) {
			continue
		}
		for _, w := range d.route(f) {
			all = all.union(Rect{w.x - 1, w.y - 1, 2, 2})
		}
	}
	ids := make([]string, 0, len(p.Lanes)+len(p.Notes))
	for _, l := range p.Lanes {
		ids = append(ids, l.ID)
	}
	for _, n := range p.Notes {
		ids = append(ids, n.ID)
	}
	for _, id := range ids {
		if box, ok := d.Shapes[id]; ok {
			all = all.union(box)
		}
	}
	for _, q := range d.Pools {
		all = all.union(q.Box)
	}
	for _, f := range p.Edges {
		if box, ok := d.Labels[f.ID]; ok && f.Name != "" {
			all = all.union(box)
		}
	}
	return all
}
