package draw

import (
	"math"
	"slices"
	"sort"
)

// Sizes of the automatic layout, in picture units.
const (
	taskWidth    = 128.0
	taskHeight   = 76.0
	eventSize    = 36.0
	gatewaySize  = 44.0
	columnGap    = 44.0
	rowGap       = 30.0
	channelWidth = 12.0
	subPadding   = 26.0
)

// cell is one place in the grid: an element, or a bend of a long flow.
type cell struct {
	el   *Node
	rank int
	box  Rect
	up   []*cell // neighbours in the rank before
	down []*cell
	bias float64 // boundary events pull what follows them downwards
	pos  float64
}

// link is one flow of the grid with the bends it passes.
type link struct {
	f    *Edge
	path []*cell
	back bool
}

// grid lays out one scope from left to right: ranks by the longest way from
// the start, bends for flows that skip ranks, order by the mean of the
// neighbours, flows at right angles in channels between the ranks, and flows
// that go back below everything.
type grid struct {
	d     *Places
	cells []*cell
	of    map[*Node]*cell
	ranks [][]*cell
	links []*link
	x     []float64 // left edge of each rank
	width []float64
	lanes []map[string]float64 // channels right of each rank, by key
	box   Rect
}

// Layout finds places for a chart that has none, from left to right.
func Layout(p *Chart) *Places {
	d := NewPlaces()
	kids := map[*Node][]*Node{}
	for _, el := range p.Nodes {
		kids[el.Parent] = append(kids[el.Parent], el)
	}
	layoutScope(d, kids, nil)
	return d
}

// layoutScope places the elements of one scope around the origin and gives the
// box they need.
func layoutScope(d *Places, kids map[*Node][]*Node, scope *Node) Rect {
	g := &grid{d: d, of: map[*Node]*cell{}}
	for _, el := range kids[scope] {
		if el.Kind == Boundary {
			continue
		}
		c := &cell{el: el, box: Rect{0, 0, eventSize, eventSize}}
		switch {
		case el.Kind.frame():
			in := layoutScope(d, kids, el)
			c.box = Rect{0, 0, even(math.Max(in.w+2*subPadding, taskWidth)), even(math.Max(in.h+2*subPadding+14, taskHeight))}
		case el.Kind.Gateway():
			c.box = Rect{0, 0, gatewaySize, gatewaySize}
		case el.Kind.box():
			c.box = Rect{0, 0, taskWidth, taskHeight}
		}
		g.cells = append(g.cells, c)
		g.of[el] = c
	}
	g.connect()
	g.rank()
	g.bends()
	g.order()
	g.columns()
	g.rows()
	g.place(kids)
	g.routes()
	return g.box
}

// even rounds up to an even number, so that middles lie on whole units.
func even(v float64) float64 { return 2 * math.Ceil(v/2) }

// source is the cell a flow starts at; flows of boundary events start at the
// activity.
func (g *grid) source(f *Edge) *cell {
	if f.From.Host != nil {
		return g.of[f.From.Host]
	}
	return g.of[f.From]
}

func (g *grid) connect() {
	for _, c := range g.cells {
		for _, f := range c.el.Out {
			g.links = append(g.links, &link{f: f})
		}
		for _, b := range c.el.Boundaries {
			for _, f := range b.Out {
				g.links = append(g.links, &link{f: f})
			}
		}
	}
}

// rank marks flows that go back (found by depth-first search from the start)
// and gives every cell the length of the longest way to it.
func (g *grid) rank() {
	from := map[*cell][]*link{}
	for _, l := range g.links {
		from[g.source(l.f)] = append(from[g.source(l.f)], l)
	}
	state := map[*cell]int{}
	var order []*cell
	var visit func(c *cell)
	visit = func(c *cell) {
		state[c] = 1
		for _, l := range from[c] {
			switch t := g.of[l.f.To]; state[t] {
			case 0:
				visit(t)
			case 1:
				l.back = true
			}
		}
		state[c] = 2
		order = append(order, c)
	}
	for _, start := range []bool{true, false} {
		for _, c := range g.cells {
			if state[c] == 0 && (!start || c.el.Kind == Start) {
				visit(c)
			}
		}
	}
	slices.Reverse(order)
	for _, c := range order {
		for _, l := range from[c] {
			if t := g.of[l.f.To]; !l.back && t != c {
				t.rank = max(t.rank, c.rank+1)
			}
		}
	}
}

// bends adds a cell in every rank that a flow passes over.
func (g *grid) bends() {
	for _, l := range g.links {
		a, b := g.source(l.f), g.of[l.f.To]
		if l.back || a == b {
			l.back = true
			continue
		}
		bias := 0.0
		if l.f.From.Host != nil {
			bias = 0.6
		}
		l.path = []*cell{a}
		for r := a.rank + 1; r < b.rank; r++ {
			c := &cell{rank: r, box: Rect{0, 0, 0, 8}, bias: bias}
			g.cells = append(g.cells, c)
			l.path = append(l.path, c)
		}
		l.path = append(l.path, b)
		if b.bias == 0 && len(l.f.To.In) == 1 {
			b.bias = bias
		}
		for i := 1; i < len(l.path); i++ {
			l.path[i-1].down = append(l.path[i-1].down, l.path[i])
			l.path[i].up = append(l.path[i].up, l.path[i-1])
		}
	}
	for _, c := range g.cells {
		for len(g.ranks) <= c.rank {
			g.ranks = append(g.ranks, nil)
		}
		g.ranks[c.rank] = append(g.ranks[c.rank], c)
	}
}

// order sorts every rank by the mean position of the neighbours, forth and back.
func (g *grid) order() {
	for _, rank := range g.ranks {
		for i, c := range rank {
			c.pos = float64(i)
		}
	}
	for sweep := range 8 {
		for i := range g.ranks {
			r, forth := i, sweep%2 == 0
			if !forth {
				r = len(g.ranks) - 1 - i
			}
			rank := g.ranks[r]
			want := make(map[*cell]float64, len(rank))
			for _, c := range rank {
				side := c.up
				if !forth {
					side = c.down
				}
				want[c] = c.pos
				if len(side) > 0 {
					want[c] = c.bias
					for _, n := range side {
						want[c] += (n.pos + childIndex(n, c, forth)) / float64(len(side))
					}
				}
			}
			sort.SliceStable(rank, func(a, b int) bool { return want[rank[a]] < want[rank[b]] })
			for j, c := range rank {
				c.pos = float64(j)
			}
		}
	}
}

// childIndex keeps the branches of a fork in the order they were drawn in.
func childIndex(n, c *cell, forth bool) float64 {
	if !forth {
		return 0
	}
	return 0.01 * float64(slices.Index(n.down, c))
}

// channelKey says which flows may share one vertical line: those that part
// from one element, or else those that meet in one.
func channelKey(l *link, i int) string {
	a, b := l.path[i], l.path[i+1]
	if a.el != nil && l.f.From.Host == nil && len(l.f.From.Out) > 1 {
		return "s" + a.el.ID
	}
	if b.el != nil && len(b.el.In) > 1 {
		return "t" + b.el.ID
	}
	return "f" + l.f.ID
}

// columns gives every rank its left edge, leaving room for the channels.
func (g *grid) columns() {
	g.width = make([]float64, len(g.ranks))
	g.x = make([]float64, len(g.ranks)+1)
	g.lanes = make([]map[string]float64, len(g.ranks))
	for _, c := range g.cells {
		g.width[c.rank] = math.Max(g.width[c.rank], c.box.w)
	}
	keys := make([][]string, len(g.ranks))
	for _, l := range g.links {
		for i := 0; i+1 < len(l.path); i++ {
			r := l.path[i].rank
			if k := channelKey(l, i); !slices.Contains(keys[r], k) {
				keys[r] = append(keys[r], k)
			}
		}
	}
	x := 0.0
	for r := range g.ranks {
		g.x[r] = x
		sort.SliceStable(keys[r], func(a, b int) bool { return keys[r][a][0] == 's' && keys[r][b][0] != 's' })
		g.lanes[r] = map[string]float64{}
		n := len(keys[r])
		for i, k := range keys[r] {
			g.lanes[r][k] = x + g.width[r] + columnGap/2 + float64(i)*channelWidth
		}
		x += g.width[r] + columnGap + float64(max(0, n-1))*channelWidth
		if g.labelled(r) {
			x += 36
		}
	}
	g.x[len(g.ranks)] = x
}

// labelled reports whether a flow with a name leaves an element of the rank.
func (g *grid) labelled(rank int) bool {
	for _, c := range g.ranks[rank] {
		if c.el != nil && slices.ContainsFunc(c.el.Out, func(f *Edge) bool { return f.Name != "" }) {
			return true
		}
	}
	return false
}

// room is how much height a cell takes, with its name and boundary events.
func room(c *cell) (above, below float64) {
	above, below = c.box.h/2, c.box.h/2
	if c.el == nil {
		return
	}
	switch {
	case c.el.Kind.Gateway():
		above += 20
	case len(c.el.Boundaries) > 0:
		below += eventSize/2 + 22
	case c.el.Kind.round():
		below += 22
	}
	return
}

// rows finds heights: every cell is drawn towards its neighbours and pushed
// away from those above and below it.
func (g *grid) rows() {
	for _, rank := range g.ranks {
		y := 0.0
		for _, c := range rank {
			a, b := room(c)
			c.pos = y + a
			y += a + b + rowGap
		}
	}
	for pass := range 25 {
		for i := range g.ranks {
			r := i
			if pass%2 == 1 {
				r = len(g.ranks) - 1 - i
			}
			g.settle(g.ranks[r], pass)
		}
	}
}

func (g *grid) settle(rank []*cell, pass int) {
	want := make([]float64, len(rank))
	for i, c := range rank {
		side := c.up
		if pass%2 == 1 {
			side = c.down
		}
		want[i] = c.pos
		if len(side) == 0 {
			continue
		}
		sum := 0.0
		for _, n := range side {
			sum += n.pos
			if c.bias > 0 && pass%2 == 0 && n.el != nil { // below the event it follows
				_, b := room(n)
				sum += b
			}
		}
		want[i] = sum / float64(len(side))
	}
	// Push down, then share the surplus so that a group stays centred.
	for i := 0; i < len(rank); {
		j := i + 1
		y := []float64{want[i]}
		for ; j < len(rank); j++ {
			_, b := room(rank[j-1])
			a, _ := room(rank[j])
			least := y[len(y)-1] + b + a + rowGap
			if want[j] >= least {
				break
			}
			y = append(y, least)
		}
		shift := 0.0
		for k := i; k < j; k++ {
			shift += (want[k] - y[k-i]) / float64(j-i)
		}
		for k := i; k < j; k++ {
			rank[k].pos = y[k-i] + shift
		}
		i = j
	}
	for i := 1; i < len(rank); i++ { // groups must not overlap either
		_, b := room(rank[i-1])
		a, _ := room(rank[i])
		rank[i].pos = math.Max(rank[i].pos, rank[i-1].pos+b+a+rowGap)
	}
}

// place writes boxes, moving what is inside sub-processes along with them.
func (g *grid) place(kids map[*Node][]*Node) {
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, c := range g.cells {
		a, b := room(c)
		top, bottom = math.Min(top, c.pos-a), math.Max(bottom, c.pos+b)
	}
	if len(g.cells) == 0 {
		return
	}
	g.box = Rect{0, 0, g.x[len(g.ranks)] - columnGap, bottom - top}
	for _, c := range g.cells {
		c.pos = math.Round(c.pos - top)
		c.box.x = math.Round(g.x[c.rank] + (g.width[c.rank]-c.box.w)/2)
		c.box.y = math.Round(c.pos - c.box.h/2)
		c.pos = c.box.cy()
		if c.el == nil {
			continue
		}
		g.d.Shapes[c.el.ID] = c.box
		n := float64(len(c.el.Boundaries))
		for i, b := range c.el.Boundaries {
			x := c.box.x + c.box.w*(float64(i)+1)/(n+1) - eventSize/2
			g.d.Shapes[b.ID] = Rect{math.Round(x), c.box.y + c.box.h - eventSize/2, eventSize, eventSize}
		}
		if c.el.Kind.frame() {
			g.d.move(kids, c.el, c.box.x+subPadding, c.box.y+subPadding+14)
		}
	}
}

// move shifts everything inside a sub-process.
func (d *Places) move(kids map[*Node][]*Node, scope *Node, dx, dy float64) {
	for _, el := range kids[scope] {
		box := d.Shapes[el.ID]
		box.x, box.y = box.x+dx, box.y+dy
		d.Shapes[el.ID] = box
		for _, f := range el.Out {
			line := d.Lines[f.ID]
			for i := range line {
				line[i].x, line[i].y = line[i].x+dx, line[i].y+dy
			}
		}
		d.move(kids, el, dx, dy)
	}
}

// routes draws the flows.
func (g *grid) routes() {
	low := g.box.h + 14
	for _, l := range g.links {
		from, to := g.d.Shapes[l.f.From.ID], g.d.Shapes[l.f.To.ID]
		if l.back {
			g.d.Lines[l.f.ID] = []Point{{foot(l.f.From, from), from.y + from.h}, {foot(l.f.From, from), low}, {foot(l.f.To, to), low}, {foot(l.f.To, to), to.y + to.h}}
			g.box.h = low + 2
			low += channelWidth
			continue
		}
		var line []Point
		if l.f.From.Host != nil {
			line = g.leaveBoundary(l, from)
		} else {
			line = []Point{{from.x + from.w, from.cy()}}
		}
		for i := 0; i+1 < len(l.path); i++ {
			a, b := line[len(line)-1], l.path[i+1]
			if math.Abs(a.y-b.pos) > 0.5 {
				x := g.lanes[l.path[i].rank][channelKey(l, i)]
				line = append(line, Point{x, a.y}, Point{x, b.pos})
			}
			if b.el == nil && i+2 < len(l.path) {
				line = append(line, Point{b.box.x, b.pos})
			}
		}
		line = append(line, Point{to.x, to.cy()})
		g.d.Lines[l.f.ID] = straighten(line)
	}
}

// foot is where a flow that goes back touches the lower side, clear of events
// that sit there.
func foot(n *Node, box Rect) float64 {
	if len(n.Boundaries) > 0 {
		return box.x + 16
	}
	return box.cx()
}

// leaveBoundary goes down from the event, and past the activity it sits on.
func (g *grid) leaveBoundary(l *link, ev Rect) []Point {
	next := l.path[1].pos
	y := ev.y + ev.h + 14
	if next > y {
		y = next
	}
	return []Point{{ev.cx(), ev.y + ev.h}, {ev.cx(), y}}
}

// straighten leaves out points in the middle of a straight line.
func straighten(line []Point) []Point {
	out := line[:1]
	for i := 1; i < len(line); i++ {
		if i+1 < len(line) {
			a, b, c := out[len(out)-1], line[i], line[i+1]
			if a.x == b.x && b.x == c.x || a.y == b.y && b.y == c.y {
				continue
			}
		}
		out = append(out, line[i])
	}
	return out
}
