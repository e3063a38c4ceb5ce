package plan

import (
	"cmp"
	"fmt"
	"strings"
)

// Sizes in the pixels of BPMN diagram interchange.
const (
	taskW, taskH   = 130.0, 64.0
	gate           = 40.0
	circle         = 30.0
	gapX, gapY     = 46.0, 30.0
	reminderBelow  = 50.0 // room under a task for its reminder
	emptyBranch    = 30.0
	backLane       = 24.0
	left, headroom = 40.0, 40.0
)

type attr struct{ key, value string }

// node is one BPMN element with its place.
type node struct {
	id, tag, name string
	attrs         []attr
	body          string // XML inside, after incoming and outgoing
	x, y, w, h    float64
	in, out       []string
	host          string // boundary events
}

// edge is one sequence flow.
type edge struct {
	id, from, to, name, cond string
	points                   [][2]float64
}

// end is a way that still needs somewhere to go.
type end struct {
	from, name, cond string
	otherwise        bool // the default flow of its gateway
	x, y             float64
	turn             float64 // where a way leaves its gateway: x of the corner
}

// graph is a plan on its way to BPMN.
type graph struct {
	p      *Plan
	office func(code string) string
	nodes  []*node
	byID   map[string]*node
	edges  []edge
	target map[string]bool // steps that something goes back to
	backs  []back
	bottom float64
	flows  int
}

type back struct {
	e  end
	to string
}

// box is the room that a part of the plan needs: width, height, and how far
// below its upper edge the line runs through it.
type box struct{ w, h, axis float64 }

func beside(a, b box) box {
	axis := max(a.axis, b.axis)
	return box{a.w + b.w, axis + max(a.h-a.axis, b.h-b.axis), axis}
}

func (g *graph) measureRow(row []Step) box {
	out := box{0, emptyBranch, emptyBranch / 2}
	for i := range row {
		out = beside(out, g.measure(&row[i]))
	}
	return out
}

func (g *graph) measure(s *Step) box {
	b := box{taskW + gapX, taskH, taskH / 2}
	switch {
	case len(s.Branches) > 0:
		b = box{0, gapY * float64(len(s.Branches)-1), 0}
		for i := range s.Branches {
			in := g.measureRow(s.Branches[i].Steps)
			b.w, b.h = max(b.w, in.w), b.h+in.h
		}
		b.w += 2*gate + 3*gapX
		b.axis = g.middle(s, b.h)
	case reminder(s) != "":
		b.h += reminderBelow
	}
	if g.target[s.ID] {
		b.w += gate + gapX
	}
	return b
}

// middle is how far below the upper edge of a fork its own line runs: on that
// of the middle branch, or between the two in the middle.
func (g *graph) middle(s *Step, height float64) float64 {
	n := len(s.Branches)
	if n%2 == 0 {
		return height / 2
	}
	y := 0.0
	for i := range n / 2 {
		y += g.measureRow(s.Branches[i].Steps).h + gapY
	}
	return y + g.measureRow(s.Branches[n/2].Steps).axis
}

// reminder is when the holder is reminded: one working day before the end.
func reminder(s *Step) string {
	if s.Days < 2 || s.Kind != Approve && s.Kind != Joint && s.Kind != Decide {
		return ""
	}
	return fmt.Sprintf("P%dWD", s.Days-1)
}

func newGraph(p *Plan, office func(string) string) *graph {
	g := &graph{p: p, office: office, byID: map[string]*node{}, target: map[string]bool{}}
	p.Each(func(s *Step, _ Place) bool {
		if s.Back != "" {
			g.target[s.Back] = true
		}
		for _, b := range s.Branches {
			if b.Back != "" {
				g.target[b.Back] = true
			}
		}
		return true
	})
	return g
}

// draw lays the whole plan out.
func (g *graph) draw() {
	all := beside(g.measureRow(g.p.Steps), g.measure(&g.p.Decide))
	axis := headroom + max(all.axis, 110)
	g.bottom = axis - all.axis + all.h
	start := g.add(&node{id: "start", tag: "startEvent", name: "已受理", w: circle, h: circle}, left, axis)
	ends, x := g.row(g.p.Steps, []end{g.leave(start)}, left+circle+gapX, axis)
	ends, x = g.step(&g.p.Decide, ends, x, axis)
	g.finish(ends, x, axis)
	for _, b := range g.backs {
		g.goBack(b)
	}
}

// drawFlow lays a called process out. Its flows are numbered after those of
// others: ids are unique in a file.
func (g *graph) drawFlow(f *Flow, flows int) {
	g.flows = flows
	all := g.measureRow(f.Steps)
	axis := headroom + all.axis
	g.bottom = axis - all.axis + all.h
	start := g.add(&node{id: f.ID + "_start", tag: "startEvent", w: circle, h: circle}, left, axis)
	ends, x := g.row(f.Steps, []end{g.leave(start)}, left+circle+gapX, axis)
	done := g.add(&node{id: f.ID + "_end", tag: "endEvent", w: circle, h: circle}, x, axis)
	g.connect(ends, done)
	for _, b := range g.backs {
		g.goBack(b)
	}
}

// add puts a node with its left edge at x, centred on the line y.
func (g *graph) add(n *node, x, y float64) *node {
	n.x, n.y = x, y-n.h/2
	g.nodes = append(g.nodes, n)
	g.byID[n.id] = n
	return n
}

func (g *graph) leave(n *node) end { return end{from: n.id, x: n.x + n.w, y: n.y + n.h/2} }

// connect leads every open way to a node.
func (g *graph) connect(ends []end, to *node) {
	ty := to.y + to.h/2
	for _, e := range ends {
		tx := to.x
		points := [][2]float64{{e.x, e.y}}
		if e.turn != 0 {
			points = [][2]float64{{e.turn, g.byID[e.from].edgeToward(e.y)}, {e.turn, e.y}}
			if e.y == g.byID[e.from].y+g.byID[e.from].h/2 {
				points = [][2]float64{{g.byID[e.from].x + g.byID[e.from].w, e.y}}
			}
		}
		if e.y == ty {
			points = append(points, [2]float64{tx, ty})
		} else {
			mid := to.x + to.w/2
			points = append(points, [2]float64{mid, e.y}, [2]float64{mid, to.edgeToward(e.y)})
		}
		g.link(e, to, points)
	}
}

// edgeToward is the upper or lower edge of a node, whichever faces the line y.
func (n *node) edgeToward(y float64) float64 {
	if y < n.y+n.h/2 {
		return n.y
	}
	return n.y + n.h
}

func (g *graph) link(e end, to *node, points [][2]float64) {
	g.flows++
	id := fmt.Sprintf("f_%d", g.flows)
	from := g.byID[e.from]
	from.out, to.in = append(from.out, id), append(to.in, id)
	if e.otherwise {
		from.attrs = append(from.attrs, attr{"default", id})
	}
	g.edges = append(g.edges, edge{id: id, from: e.from, to: to.id, name: e.name, cond: e.cond, points: points})
}

func (g *graph) row(row []Step, ends []end, x, axis float64) ([]end, float64) {
	for i := range row {
		ends, x = g.step(&row[i], ends, x, axis)
	}
	return ends, x
}

// step draws one step and gives the ways that leave it.
func (g *graph) step(s *Step, ends []end, x, axis float64) ([]end, float64) {
	if g.target[s.ID] {
		m := g.add(&node{id: "to_" + s.ID, tag: "exclusiveGateway", w: gate, h: gate}, x, axis)
		g.connect(ends, m)
		ends, x = []end{g.leave(m)}, x+gate+gapX
	}
	if len(s.Branches) > 0 {
		return g.branches(s, ends, x, axis)
	}
	n := g.add(g.task(s), x, axis)
	g.connect(ends, n)
	if when := reminder(s); when != "" {
		g.remind(s, n, when)
	}
	return []end{g.leave(n)}, x + taskW + gapX
}

func (g *graph) branches(s *Step, ends []end, x, axis float64) ([]end, float64) {
	tag := map[Kind]string{Condition: "exclusiveGateway", Parallel: "parallelGateway"}[s.Kind]
	split := g.add(&node{id: s.ID, tag: tag, name: s.Name, w: gate, h: gate}, x, axis)
	g.connect(ends, split)
	var open []end
	y, right := axis-g.measure(s).axis, 0.0
	inner := x + gate + gapX
	for i := range s.Branches {
		b := &s.Branches[i]
		room := g.measureRow(b.Steps)
		e := end{from: split.id, name: b.Name, x: inner, y: y + room.axis, turn: x + gate/2}
		if s.Kind == Condition {
			e.cond, e.otherwise = g.p.condition(b.When), i == len(s.Branches)-1
		}
		out, to := g.row(b.Steps, []end{e}, inner, y+room.axis)
		right = max(right, to)
		if b.Back != "" {
			for _, e := range out {
				g.backs = append(g.backs, back{e, b.Back})
			}
		} else {
			open = append(open, out...)
		}
		y += room.h + gapY
	}
	right = max(right, inner)
	join := g.add(&node{id: s.ID + "_join", tag: tag, w: gate, h: gate}, right+gapX, axis)
	g.connect(open, join)
	return []end{g.leave(join)}, right + 2*gapX + gate
}

// task is the element of a step that is not a fork.
func (g *graph) task(s *Step) *node {
	n := &node{id: s.ID, tag: "userTask", name: s.Name, w: taskW, h: taskH}
	set := func(key, value string) {
		if value != "" {
			n.attrs = append(n.attrs, attr{"tongban:" + key, value})
		}
	}
	switch s.Kind {
	case Copy:
		n.tag = "serviceTask"
		n.attrs = append(n.attrs, attr{"implementation", "copy"})
		set("org", s.Office)
		return n
	case Call:
		n.tag = "callActivity"
		n.attrs = append(n.attrs, attr{"calledElement", s.Flow})
		return n
	case Decision:
		n.tag = "businessRuleTask"
		n.attrs = append(n.attrs, attr{"implementation", s.Table})
		set("resultVariable", s.Result())
		return n
	case Supplement:
		set("post", "applicant")
		return n
	case Joint:
		n.name = "${office.name}：" + s.Name
		set("org", "${office.org}")
		n.body = g.loop(s)
	default:
		set("org", cmp.Or(s.Office, "${department}"))
	}
	set("post", s.Post)
	set("limit", fmt.Sprintf("P%dWD", s.Days))
	if s.Opinion {
		set("opinion", "true")
	}
	set("operations", cmp.Or(strings.Join(s.Operations, " "), "none"))
	set("groups", strings.Join(s.Groups, " "))
	set("materials", strings.Join(s.Materials, " "))
	return n
}

// remind adds the timer that reminds the holder and does not interrupt.
func (g *graph) remind(s *Step, host *node, when string) {
	b := g.add(&node{id: s.ID + "_reminder", tag: "boundaryEvent", name: "提醒", host: host.id, w: circle, h: circle,
		attrs: []attr{{"cancelActivity", "false"}, {"attachedToRef", host.id}},
		body:  "<bpmn:timerEventDefinition id=\"" + s.ID + "_timer\"><bpmn:timeDuration xsi:type=\"bpmn:tFormalExpression\">" + when + "</bpmn:timeDuration></bpmn:timerEventDefinition>"},
		host.x+24, host.y+host.h)
	done := g.add(&node{id: s.ID + "_reminded", tag: "endEvent", w: circle, h: circle}, host.x+90, host.y+host.h+32)
	bx, by := b.x+b.w/2, b.y+b.h
	g.link(end{from: b.id}, done, [][2]float64{{bx, by}, {bx, done.y + done.h/2}, {done.x, done.y + done.h/2}})
}

// finish draws what follows from the decision: granted, sent back, refused.
func (g *graph) finish(ends []end, x, axis float64) {
	d := g.p.Decide.ID
	split := g.add(&node{id: d + "_result", tag: "exclusiveGateway", name: "决定结果", w: gate, h: gate}, x, axis)
	g.connect(ends, split)
	outcome := d + "_outcome == "
	for _, way := range []struct {
		name, cond, impl, done string
		dy                     float64
	}{{"准予", outcome + `"approve"`, "issue", "已办结", -50}, {"不予", "", "refuse", "不予办理", 50}} {
		y := axis + way.dy
		n := g.add(&node{id: way.impl, tag: "serviceTask", name: map[string]string{"issue": "制发结果", "refuse": "制发不予决定"}[way.impl], w: taskW, h: taskH,
			attrs: []attr{{"implementation", way.impl}}}, x+gate+gapX, y)
		g.connect([]end{{from: split.id, name: way.name, cond: way.cond, otherwise: way.cond == "", x: x + gate + gapX, y: y, turn: x + gate/2}}, n)
		e := g.add(&node{id: "end_" + way.impl, tag: "endEvent", name: way.done, w: circle, h: circle}, n.x+n.w+gapX, y)
		g.connect([]end{g.leave(n)}, e)
		g.bottom = max(g.bottom, n.y+n.h+gapY)
	}
	if to := g.p.Decide.Back; to != "" {
		g.backs = append(g.backs, back{end{from: split.id, name: "退回", cond: outcome + `"return"`, x: x + gate/2, y: axis, turn: x + gate/2}, to})
	}
}

// goBack draws a way back under everything else.
func (g *graph) goBack(b back) {
	to, from := g.byID["to_"+b.to], g.byID[b.e.from]
	if to == nil {
		return // a step that is not there, which Check reports
	}
	g.bottom += backLane
	y := g.bottom
	x := to.x + to.w/2
	points := [][2]float64{{b.e.x, b.e.y}, {b.e.x + 14, b.e.y}, {b.e.x + 14, y}}
	if b.e.turn != 0 { // straight from a gateway
		points = [][2]float64{{from.x + from.w/2, from.y + from.h}, {from.x + from.w/2, y}}
	}
	g.link(b.e, to, append(points, [2]float64{x, y}, [2]float64{x, to.y + to.h}))
}
