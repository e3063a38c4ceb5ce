package draw

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"unicode"
)

// Element states that the picture knows how to show. Any other state becomes a
// class "is-…" too and is drawn like StateIdle.
const (
	StateIdle   = "idle"   // not reached
	StateActive = "active" // a token stands here
	StateDone   = "done"   // a token has passed

	StateSkipped = "skipped" // no token came here, and none can come any more
)

// Options say what a picture shows beside the model.
type Options struct {
	ID     string            // prefix of ids inside the picture, unique on the page; "" = "bpmn"
	Title  string            // accessible name; "" = name of the chart
	Desc   string            // accessible description, such as "3 of 8 steps are done"
	States map[string]string // state by id of element or flow
	Words  map[string]string // state → word in the reader's language, for the names of elements

	Names func(string) string // name of the model → name in the reader's language; nil keeps those of the model
}

// palette is colours by presentation attributes, which any style sheet overrides.
// All pairs of line and ground have a contrast of at least 4.5 to 1.
type palette struct{ line, fill, text, width string }

var palettes = map[string]palette{
	StateIdle:   {"#5a6675", "#ffffff", "#1f2933", "1.5"},
	StateActive: {"#0b57a4", "#e3effb", "#0a2f57", "2.75"},
	StateDone:   {"#24693d", "#eaf5ed", "#173d26", "1.5"},

	StateSkipped: {"#5a6675", "#f0f1f3", "#4b5560", "1"},
}

func colours(state string) palette {
	if c, ok := palettes[state]; ok {
		return c
	}
	return palettes[StateIdle]
}

// pen writes SVG; errors come out at the end.
type pen struct {
	w *bufio.Writer
	d *Places
	o Options
	p *Chart
}

// called is how the reader's language calls something of the model.
func (w *pen) called(s string) string {
	if w.o.Names == nil || s == "" {
		return s
	}
	return w.o.Names(s)
}

func (w *pen) f(format string, a ...any) { fmt.Fprintf(w.w, format, a...) }

// num writes a coordinate without needless digits.
func num(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", math.Round(v*10)/10), "0"), ".")
}

// text escapes for content and attributes, dropping what XML cannot hold.
func text(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xFFFE || r == 0xFFFF || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s))
}

func (w *pen) state(id string) string {
	if s := w.o.States[id]; s != "" {
		return s
	}
	return StateIdle
}

// word makes a state fit for a class name.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s)
}

// SVG draws a chart where its places say, or laid out from left to right when
// there are none. The picture has no script, no style and no
// reference outside; elements carry the classes "bpmn-userTask is-done" and so
// on, and data-id with the id of the model. more are drawn below it, each under
// its name: what the first one calls.
func SVG(out io.Writer, p *Chart, o Options, more ...*Chart) error {
	if o.ID == "" {
		o.ID = "bpmn"
	}
	o.ID = word(o.ID)
	if o.Title == "" {
		if o.Title = p.Name; o.Names != nil {
			o.Title = o.Names(p.Name)
		}
	}
	w := &pen{w: bufio.NewWriter(out), d: p.Places, o: o, p: p}
	if w.d == nil {
		w.d = Layout(p)
	}
	e := w.d.extent(p)
	below := w.below(e, more)
	if n := len(below); n > 0 {
		e = below[n-1].all
	}
	w.f(`<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" aria-labelledby="%s-title %s-desc" viewBox="%s %s %s %s" width="%s" height="%s" font-family="system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif" font-size="13">`,
		o.ID, o.ID, num(e.x-margin), num(e.y-margin), num(e.w+2*margin), num(e.h+2*margin), num(e.w+2*margin), num(e.h+2*margin))
	w.f("\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n<defs>", o.ID, text(o.Title), o.ID, text(o.Desc))
	for _, s := range []string{StateIdle, StateDone} {
		w.f(`<marker id="%s-tip-%s" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 1 L9.5 5 L0 9 Z" fill="%s"/></marker>`, o.ID, s, colours(s).line)
	}
	w.f("</defs>\n")
	w.chart()
	for _, b := range below {
		w.p, w.d = b.p, b.d
		w.f(`<g class="bpmn-called" transform="translate(%s %s)">`, num(b.dx), num(b.dy))
		w.f(`<text x="%s" y="%s" font-weight="600" fill="#1f2933">%s</text>`, num(b.at.x), num(b.at.y), text(w.called(b.p.Name)))
		w.chart()
		w.f("</g>\n")
	}
	w.f("</svg>\n")
	return w.w.Flush()
}

// margin is the room around a picture, and between pictures; heading is the room
// for a name above one.
const margin, heading = 16, 30

// placed is a chart below the first one.
type placed struct {
	p      *Chart
	d      *Places
	dx, dy float64
	at     Point // of its name
	all    Rect  // of everything down to it
}

func (w *pen) below(all Rect, more []*Chart) (out []placed) {
	for _, p := range more {
		b := placed{p: p, d: p.Places}
		if b.d == nil {
			b.d = Layout(p)
		}
		e := b.d.extent(p)
		b.dx, b.dy = all.x-e.x, all.y+all.h+margin+heading-e.y
		b.at = Point{e.x, e.y - heading/2}
		all = all.union(Rect{all.x, all.y, max(e.w, 120), all.h + margin + heading + e.h})
		b.all = all
		out = append(out, b)
	}
	return out
}

// chart draws what the pen holds.
func (w *pen) chart() {
	p := w.p
	w.pools()
	for _, el := range p.Nodes { // frames of sub-processes lie behind everything inside
		if el.Kind.frame() && !w.d.hidden(el) {
			w.element(el)
		}
	}
	for _, done := range []bool{false, true} { // the way taken lies on top
		for _, f := range p.Edges {
			if !w.d.hidden(f.From) && (w.state(f.ID) == StateDone) == done {
				w.flow(f)
			}
		}
	}
	for _, boundary := range []bool{false, true} {
		for _, el := range p.Nodes {
			if !el.Kind.frame() && (el.Kind == Boundary) == boundary && !w.d.hidden(el) {
				w.element(el)
			}
		}
	}
	w.notes()
}

func (w *pen) pools() {
	for _, q := range w.d.Pools {
		w.frame("bpmn-pool", w.called(q.Text), q.Box, w.d.Upright[q.ID])
	}
	for _, l := range w.p.Lanes {
		if box, ok := w.d.Shapes[l.ID]; ok {
			w.frame("bpmn-lane", w.called(l.Text), box, w.d.Upright[l.ID])
		}
	}
}

// frame draws a pool or lane with its name written upwards along the left side,
// or at the top when it runs downwards.
func (w *pen) frame(class, name string, b Rect, upright bool) {
	w.f(`<g class="%s"><rect x="%s" y="%s" width="%s" height="%s" fill="none" stroke="#9aa5b1"/>`, class, num(b.x), num(b.y), num(b.w), num(b.h))
	if name != "" && upright {
		w.lines(wrapText(name, b.w-12, 13, 1), b.cx(), b.y+19, "middle", "#3e4c59", 13)
	} else if name != "" {
		w.f(`<text transform="translate(%s %s) rotate(-90)" text-anchor="middle" fill="#3e4c59">%s</text>`, num(b.x+19), num(b.cy()), text(name))
	}
	w.f("</g>\n")
}

func (w *pen) notes() {
	for _, n := range w.p.Notes {
		b, ok := w.d.Shapes[n.ID]
		if !ok {
			continue
		}
		w.f(`<g class="bpmn-note"><path d="M%s %s h-8 v%s h8" fill="none" stroke="#5a6675"/>`, num(b.x+8), num(b.y), num(b.h))
		w.lines(wrapText(w.called(n.Text), b.w-12, 12, 8), b.x+12, b.y+14, "start", "#3e4c59", 12)
		w.f("</g>\n")
	}
}

func (w *pen) flow(f *Edge) {
	line := w.d.route(f)
	state := w.state(f.ID)
	tip := StateIdle
	if state == StateDone {
		tip = StateDone
	}
	w.f(`<g class="bpmn-sequenceFlow is-%s" data-id="%s">`, word(state), text(f.ID))
	if f.Name != "" {
		w.f("<title>%s</title>", text(w.called(f.Name)))
	}
	width := "1.5"
	if state == StateDone {
		width = "2.25"
	}
	w.f(`<path d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linejoin="round" marker-end="url(#%s-tip-%s)"/>`, rounded(line), colours(tip).line, width, w.o.ID, tip)
	if f.Default && len(line) > 1 { // the mark of a default flow
		a, b := line[0], line[1]
		n := math.Max(1, math.Hypot(b.x-a.x, b.y-a.y))
		x, y := a.x+(b.x-a.x)/n*9, a.y+(b.y-a.y)/n*9
		w.f(`<path d="M%s %s l6 -9" stroke="%s" stroke-width="1.5"/>`, num(x-3), num(y+4.5), colours(tip).line)
	}
	if f.Name != "" {
		w.flowName(f, line)
	}
	w.f("</g>\n")
}

// flowName stands where the file puts it, or above the longest level part near
// the start of the line.
func (w *pen) flowName(f *Edge, line []Point) {
	if b, ok := w.d.Labels[f.ID]; ok {
		w.label(wrapText(w.called(f.Name), math.Max(b.w, 70), 12, 3), b.cx(), b.y+11, "middle")
		return
	}
	best, at := 0.0, line[0]
	anchor := "start"
	for i := 0; i+1 < len(line); i++ {
		a, b := line[i], line[i+1]
		if l := math.Abs(b.x - a.x); l > best+40 && a.y == b.y {
			best, at = l, Point{math.Min(a.x, b.x) + 6, a.y - 5}
		}
	}
	if best == 0 {
		at = Point{(line[0].x + line[len(line)-1].x) / 2, (line[0].y+line[len(line)-1].y)/2 - 5}
		anchor = "middle"
	}
	w.label(wrapText(w.called(f.Name), math.Max(90, best-10), 12, 1), at.x, at.y, anchor)
}

// label writes small text with a white border, so that lines do not cross it.
func (w *pen) label(lines []string, x, y float64, anchor string) {
	for i, s := range lines {
		w.f(`<text x="%s" y="%s" text-anchor="%s" font-size="12" fill="#3e4c59" stroke="#ffffff" stroke-width="3" paint-order="stroke">%s</text>`,
			num(x), num(y+float64(i)*15), anchor, text(s))
	}
}

// lines writes text line by line.
func (w *pen) lines(lines []string, x, y float64, anchor, fill string, size float64) {
	for i, s := range lines {
		w.f(`<text x="%s" y="%s" text-anchor="%s" fill="%s" font-size="%s">%s</text>`,
			num(x), num(y+float64(i)*(size+4)), anchor, fill, num(size), text(s))
	}
}

// rounded is the path of a line with its corners taken off.
func rounded(line []Point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%s %s", num(line[0].x), num(line[0].y))
	for i := 1; i < len(line); i++ {
		p := line[i]
		if i+1 < len(line) {
			before, after := towards(p, line[i-1], 6), towards(p, line[i+1], 6)
			fmt.Fprintf(&b, " L%s %s Q%s %s %s %s", num(before.x), num(before.y), num(p.x), num(p.y), num(after.x), num(after.y))
			continue
		}
		fmt.Fprintf(&b, " L%s %s", num(p.x), num(p.y))
	}
	return b.String()
}

// towards goes from a at most n units (and half the way) towards b.
func towards(a, b Point, n float64) Point {
	l := math.Hypot(b.x-a.x, b.y-a.y)
	if l == 0 {
		return a
	}
	n = math.Min(n, l/2)
	return Point{a.x + (b.x-a.x)/l*n, a.y + (b.y-a.y)/l*n}
}

// runeWidth estimates how wide a letter is, in ems.
func runeWidth(r rune) float64 {
	switch {
	case r >= 0x2E80 && r < 0xA4D0, r >= 0xAC00 && r < 0xD7B0, r >= 0xF900 && r < 0xFB00, r >= 0xFE30 && r < 0xFE50, r >= 0xFF00 && r < 0xFF61, r >= 0x1F300:
		return 1
	case strings.ContainsRune("iljtfrI.,:;'|!()[] ", r):
		return 0.33
	case unicode.IsUpper(r), r == 'm', r == 'w':
		return 0.72
	}
	return 0.56
}

func textWidth(s string, size float64) float64 {
	n := 0.0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n * size
}

// Marks that may not begin a line, and those that may not end one.
const (
	noBegin = "，。、；：？！）》」』】〕％…—·,.;:?!)]}%"
	noEnd   = "（《「『【〔([{"
)

// wrapText breaks text into lines: Chinese between any two characters except
// before closing and after opening marks, other scripts between words. What
// does not fit ends in an ellipsis; the whole text stands in the title.
func wrapText(s string, width, size float64, most int) []string {
	var lines []string
	line := ""
	for _, piece := range pieces(s) {
		switch {
		case piece == " " && line == "":
		case line == "" || textWidth(line+piece, size) <= width:
			line += piece
		default:
			lines = append(lines, strings.TrimRight(line, " "))
			line = strings.TrimLeft(piece, " ")
		}
		for textWidth(line, size) > width && len([]rune(line)) > 1 { // one long word
			head := fit(line, width, size)
			lines = append(lines, head)
			line = line[len(head):]
		}
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = fit(lines[most-1], width-size, size) + "…"
	}
	return lines
}

// fit is as much of a text as goes into the width, at least one letter.
func fit(s string, width, size float64) string {
	n := 0.0
	for i, r := range s {
		n += runeWidth(r) * size
		if n > width && i > 0 {
			return s[:i]
		}
	}
	return s
}

// pieces splits text where a line may break.
func pieces(s string) []string {
	var out []string
	word := ""
	flush := func() {
		if word != "" {
			out = append(out, word)
			word = ""
		}
	}
	glue := false // the piece before may not end a line
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case r == ' ':
			flush()
			out = append(out, " ")
			continue
		case strings.ContainsRune(noEnd, r):
			if !glue {
				flush()
			}
			word += string(r)
			glue = true
			continue
		case strings.ContainsRune(noBegin, r):
			if word == "" && len(out) > 0 {
				out[len(out)-1] += string(r)
			} else {
				word += string(r)
			}
			continue
		case runeWidth(r) == 1 && !glue:
			flush()
			out = append(out, string(r))
			continue
		}
		word += string(r)
		if glue = false; runeWidth(r) == 1 {
			flush()
		}
	}
	flush()
	return out
}
