package definition

import (
	"io"
	"math"
	"slices"
	"strconv"

	"tongban/platform/bpmn/draw"
)

// SVGOptions say what a picture shows beside the model.
type SVGOptions = draw.Options

// Element states that the picture knows how to show.
const (
	StateIdle   = draw.StateIdle   // not reached
	StateActive = draw.StateActive // a token stands here
	StateDone   = draw.StateDone   // a token has passed
)

// SVG draws the process, and below it what it calls in its file: from the diagram
// in the file, or laid out from left to right when there is none. The picture has no script, no style and no reference
// outside; see package draw for its classes.
func (p *Process) SVG(w io.Writer, o SVGOptions) error {
	var called []*draw.Chart
	for _, q := range p.Reach()[1:] {
		called = append(called, q.chart())
	}
	return draw.SVG(w, p.chart(), o, called...)
}

var symbols = map[EventKind]draw.Symbol{OnTimer: draw.Clock, OnMessage: draw.Envelope, OnSignal: draw.Triangle, OnError: draw.Bolt, OnEscalate: draw.Upward,
	OnTrue: draw.Lines, OnLink: draw.Arrow, OnEnd: draw.Disc, "compensate": draw.Rewind, "cancel": draw.Cross, "multiple": draw.Pentagon}

// sign is the event kind that the picture shows.
func (el *Element) sign() EventKind {
	if el.Event == nil || el.Kind == draw.Receive {
		return ""
	}
	return el.Event.Kind
}

// chart is the process as package draw wants it.
func (p *Process) chart() *draw.Chart {
	c := &draw.Chart{Name: p.Name, Lanes: p.lanes, Notes: p.notes, Places: p.places}
	if c.Name == "" {
		c.Name = p.ID
	}
	of := make(map[*Element]*draw.Node, len(p.Elements))
	for _, el := range p.Elements {
		n := &draw.Node{ID: el.ID, Name: el.Name, Kind: el.Kind, Symbol: symbols[el.sign()], Dashed: !el.Interrupting && (el.Kind == draw.Boundary || el.Kind == draw.Start)}
		switch {
		case el.Loop == nil:
		case el.Loop.Standard:
			n.Repeat = draw.Again
		case el.Loop.Sequential:
			n.Repeat = draw.InTurn
		default:
			n.Repeat = draw.Together
		}
		if el.Kind == draw.Boundary && el.Host == nil { // in a drawing
			n.Kind = draw.Catch
		}
		of[el] = n
		c.Nodes = append(c.Nodes, n)
	}
	for _, el := range p.Elements {
		n := of[el]
		n.Parent, n.Host = of[el.Parent], of[el.Host]
		for _, b := range el.Boundaries {
			n.Boundaries = append(n.Boundaries, of[b])
		}
	}
	for _, f := range p.Flows {
		if p.places == nil && f.From.Parent != f.To.Parent { // a drawing may have such flows; only its author knows where they run
			continue
		}
		e := &draw.Edge{ID: f.ID, Name: f.Name, From: of[f.From], To: of[f.To], Default: f.From.Default == f}
		e.From.Out, e.To.In = append(e.From.Out, e), append(e.To.In, e)
		c.Edges = append(c.Edges, e)
	}
	return c
}

// places are filled from the diagram interchange.
type places struct{ *draw.Places }

// readDiagrams takes over the diagram interchange for the processes that are
// drawn completely; the others are laid out when a picture is wanted.
func readDiagrams(root *node, m *Model) {
	d := places{draw.NewPlaces()}
	for _, n := range root.kids {
		if n.name.Space == nsDI && n.name.Local == "BPMNDiagram" {
			d.read(n)
		}
	}
	for _, p := range slices.Concat(m.processes, m.drawings) {
		if !d.complete(p) {
			continue
		}
		own := *d.Places
		for _, n := range root.kids {
			if !n.is("collaboration") {
				continue
			}
			for _, k := range n.kids {
				if box, ok := d.Shapes[k.attr("id")]; ok && k.is("participant") && k.attr("processRef") == p.ID {
					own.Pools = append(own.Pools, draw.Named{ID: k.attr("id"), Text: k.attr("name"), Box: box})
				}
			}
		}
		p.places = &own
	}
}

// read walks shapes and edges at any depth.
func (d places) read(n *node) {
	for _, k := range n.kids {
		id := k.attr("bpmnElement")
		switch k.name.Local {
		case "BPMNShape":
			if box, ok := bounds(k); ok {
				d.Shapes[id] = box
			}
			if k.attr("isHorizontal") == "false" {
				d.Upright[id] = true
			}
			if k.attr("isExpanded") == "false" {
				d.Closed[id] = true
			}
			d.label(k, id)
		case "BPMNEdge":
			var line []draw.Point
			for _, w := range k.kids {
				x, okX := number(w.attr("x"))
				y, okY := number(w.attr("y"))
				if w.name.Local == "waypoint" && okX && okY {
					line = append(line, draw.At(x, y))
				}
			}
			if len(line) > 1 {
				d.Lines[id] = line
			}
			d.label(k, id)
		default:
			d.read(k)
		}
	}
}

func (d places) label(n *node, id string) {
	for _, k := range n.kids {
		if k.name.Local != "BPMNLabel" {
			continue
		}
		if box, ok := bounds(k); ok {
			d.Labels[id] = box
		}
	}
}

func bounds(n *node) (box draw.Rect, ok bool) {
	for _, k := range n.kids {
		if k.name.Local != "Bounds" {
			continue
		}
		var v [4]float64
		for i, name := range []string{"x", "y", "width", "height"} {
			if v[i], ok = number(k.attr(name)); !ok {
				return box, false
			}
		}
		return draw.Box(v[0], v[1], v[2], v[3]), v[2] > 0 && v[3] > 0
	}
	return box, false
}

func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && math.Abs(v) < 1e6
}

// complete reports whether every visible element has a place.
func (d places) complete(p *Process) bool {
	for _, el := range p.Elements {
		inside := false // of a collapsed sub-process, whose inside is not shown
		for up := el.Parent; up != nil; up = up.Parent {
			inside = inside || d.Closed[up.ID]
		}
		if _, ok := d.Shapes[el.ID]; !ok && !inside {
			return false
		}
	}
	return true
}
