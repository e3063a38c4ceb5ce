package bpmn

import (
	"math"
	"strconv"
)

// rect is a box in picture units (one unit is one CSS pixel at 100 %).
type rect struct{ x, y, w, h float64 }

type point struct{ x, y float64 }

func (r rect) cx() float64 { return r.x + r.w/2 }
func (r rect) cy() float64 { return r.y + r.h/2 }

func (r rect) union(o rect) rect {
	if r == (rect{}) {
		return o
	}
	x, y := math.Min(r.x, o.x), math.Min(r.y, o.y)
	return rect{x, y, math.Max(r.x+r.w, o.x+o.w) - x, math.Max(r.y+r.h, o.y+o.h) - y}
}

// diagram is where everything stands, from the file or laid out here.
type diagram struct {
	shapes map[string]rect
	labels map[string]rect
	edges  map[string][]point
	closed map[string]bool // collapsed sub-processes
	pools  []pool
}

type pool struct {
	name string
	box  rect
}

// readDiagrams takes over the diagram interchange for the processes that are
// drawn completely; the others are laid out when a picture is wanted.
func readDiagrams(root *node, m *Model) {
	d := &diagram{shapes: map[string]rect{}, labels: map[string]rect{}, edges: map[string][]point{}, closed: map[string]bool{}}
	for _, n := range root.kids {
		if n.name.Space == nsDI && n.name.Local == "BPMNDiagram" {
			d.read(n)
		}
	}
	for _, p := range m.processes {
		if !d.complete(p) {
			continue
		}
		own := *d
		own.pools = nil
		for _, n := range root.kids {
			if !n.is("collaboration") {
				continue
			}
			for _, k := range n.kids {
				if box, ok := d.shapes[k.attr("id")]; ok && k.is("participant") && k.attr("processRef") == p.ID {
					own.pools = append(own.pools, pool{k.attr("name"), box})
				}
			}
		}
		p.di = &own
	}
}

// read walks shapes and edges at any depth.
func (d *diagram) read(n *node) {
	for _, k := range n.kids {
		id := k.attr("bpmnElement")
		switch k.name.Local {
		case "BPMNShape":
			if box, ok := bounds(k); ok {
				d.shapes[id] = box
			}
			if k.attr("isExpanded") == "false" {
				d.closed[id] = true
			}
			d.label(k, id)
		case "BPMNEdge":
			var line []point
			for _, w := range k.kids {
				x, okX := number(w.attr("x"))
				y, okY := number(w.attr("y"))
				if w.name.Local == "waypoint" && okX && okY {
					line = append(line, point{x, y})
				}
			}
			if len(line) > 1 {
				d.edges[id] = line
			}
			d.label(k, id)
		default:
			d.read(k)
		}
	}
}

func (d *diagram) label(n *node, id string) {
	for _, k := range n.kids {
		if k.name.Local != "BPMNLabel" {
			continue
		}
		if box, ok := bounds(k); ok {
			d.labels[id] = box
		}
	}
}

func bounds(n *node) (box rect, ok bool) {
	for _, k := range n.kids {
		if k.name.Local != "Bounds" {
			continue
		}
		into := []*float64{&box.x, &box.y, &box.w, &box.h}
		for i, name := range []string{"x", "y", "width", "height"} {
			v, good := number(k.attr(name))
			if !good {
				return box, false
			}
			*into[i] = v
		}
		return box, box.w > 0 && box.h > 0
	}
	return box, false
}

func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && math.Abs(v) < 1e6
}

// complete reports whether every visible element has a place.
func (d *diagram) complete(p *Process) bool {
	for _, el := range p.elements {
		if _, ok := d.shapes[el.id]; !ok && !d.hidden(el) {
			return false
		}
	}
	return true
}

// hidden reports whether the element is inside a collapsed sub-process.
func (d *diagram) hidden(el *element) bool {
	for p := el.parent; p != nil; p = p.parent {
		if d.closed[p.id] {
			return true
		}
	}
	return false
}

// route is the line of a flow; straight between the borders when the file has none.
func (d *diagram) route(f *flow) []point {
	if line := d.edges[f.id]; line != nil {
		return line
	}
	a, b := d.shapes[f.from.id], d.shapes[f.to.id]
	return []point{border(a, point{b.cx(), b.cy()}), border(b, point{a.cx(), a.cy()})}
}

// border is where the line from the middle of a box towards p leaves it.
func border(r rect, p point) point {
	dx, dy := p.x-r.cx(), p.y-r.cy()
	if dx == 0 && dy == 0 {
		return point{r.cx(), r.cy()}
	}
	s := math.Inf(1)
	if dx != 0 {
		s = math.Min(s, r.w/2/math.Abs(dx))
	}
	if dy != 0 {
		s = math.Min(s, r.h/2/math.Abs(dy))
	}
	return point{r.cx() + dx*s, r.cy() + dy*s}
}

// extent is the box around everything that is drawn.
func (d *diagram) extent(p *Process) rect {
	var all rect
	for _, el := range p.elements {
		if !d.hidden(el) {
			box := d.shapes[el.id]
			if !el.kind.activity() { // room for the name below
				box = box.union(rect{box.cx() - 40, box.y - 6, 80, box.h + 30})
			}
			all = all.union(box)
		}
	}
	for _, f := range p.flows {
		if d.hidden(f.from) {
			continue
		}
		for _, w := range d.route(f) {
			all = all.union(rect{w.x - 1, w.y - 1, 2, 2})
		}
	}
	ids := make([]string, 0, len(p.lanes)+len(p.notes))
	for _, l := range p.lanes {
		ids = append(ids, l.id)
	}
	for _, n := range p.notes {
		ids = append(ids, n.id)
	}
	for _, id := range ids {
		if box, ok := d.shapes[id]; ok {
			all = all.union(box)
		}
	}
	for _, q := range d.pools {
		all = all.union(q.box)
	}
	for _, f := range p.flows {
		if box, ok := d.labels[f.id]; ok && f.name != "" {
			all = all.union(box)
		}
	}
	return all
}
