package draw

import "math"

// element draws one element with its name, symbol and state.
func (w *pen) element(el *Node) {
	b, state := w.d.Shapes[el.ID], w.state(el.ID)
	c := colours(state)
	w.f(`<g class="bpmn-%s is-%s" data-id="%s"><title>%s</title>`, el.Kind, word(state), text(el.ID), text(w.spoken(el, state)))
	switch {
	case el.Kind.frame():
		w.sub(el, b, c)
	case el.Kind.Gateway():
		w.gateway(el, b, c)
	case el.Kind.box():
		w.task(el, b, c)
	default:
		w.event(el, b, c)
	}
	if state == StateDone || state == StateActive {
		w.badge(el, b, state)
	}
	w.f("</g>\n")
}

// spoken is the name of an element for those who hear the picture.
func (w *pen) spoken(el *Node, state string) string {
	s := w.called(el.Name)
	if s == "" {
		s = el.ID
	}
	if word := w.o.Words[state]; word != "" {
		return s + " · " + word
	}
	return s
}

// badge shows the state without relying on colour: a tick or a dot.
func (w *pen) badge(el *Node, b Rect, state string) {
	x, y := b.x+b.w-2, b.y+2
	if el.Kind.Gateway() || el.Kind.round() {
		if state == StateDone { // small shapes would be covered by ticks
			return
		}
		x, y = b.x+b.w*0.86, b.y+b.h*0.14
	}
	c := colours(state)
	w.f(`<circle cx="%s" cy="%s" r="8" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`, num(x), num(y), c.line)
	if state == StateDone {
		w.f(`<path d="M%s %s l2.6 2.8 l4.6 -5.4" fill="none" stroke="#ffffff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`, num(x-3.6), num(y+0.4))
	} else {
		w.f(`<circle cx="%s" cy="%s" r="3" fill="#ffffff"/>`, num(x), num(y))
	}
}

func (w *pen) box(b Rect, c palette, radius float64) {
	w.f(`<rect x="%s" y="%s" width="%s" height="%s" rx="%s" fill="%s" stroke="%s" stroke-width="%s"/>`,
		num(b.x), num(b.y), num(b.w), num(b.h), num(radius), c.fill, c.line, c.width)
}

func (w *pen) task(el *Node, b Rect, c palette) {
	if el.Kind == Call {
		c.width = "3.5"
	}
	w.box(b, c, 9)
	w.symbol(el.Kind, b.x+7, b.y+7, c)
	room := b.h - 24 // below the symbol, above the mark
	if el.Repeat != Once {
		room -= 12
	}
	lines := wrapText(w.called(el.Name), b.w-20, 13, max(1, int(room/17)))
	y := b.cy() - float64(len(lines)-1)*8.5 + 5
	if len(lines) > 2 {
		y += 7
	}
	w.lines(lines, b.cx(), y, "middle", c.text, 13)
	w.repeat(el, b, c)
}

// repeat draws the mark of activities that are done several times.
func (w *pen) repeat(el *Node, b Rect, c palette) {
	x, y := b.cx()-6, b.y+b.h-14
	if len(el.Boundaries) > 0 { // they may sit in the middle
		x = b.x + 10
	}
	switch el.Repeat {
	case InTurn:
		w.f(`<path d="M%s %s h12 m-12 4.5 h12 m-12 4.5 h12" stroke="%s" stroke-width="1.8"/>`, num(x), num(y+0.5), c.line)
	case Together:
		w.f(`<path d="M%s %s v10 m5 -10 v10 m5 -10 v10" stroke="%s" stroke-width="1.8"/>`, num(x+1), num(y), c.line)
	case Again:
		w.f(`<path d="M%s %s a4.5 4.5 0 1 0 5 1.5 m-5 -1.5 l-3 -1 m3 1 l-1 3" fill="none" stroke="%s" stroke-width="1.5"/>`, num(x+5), num(y+1), c.line)
	}
}

// symbol tells the kinds of tasks apart.
func (w *pen) symbol(k Kind, x, y float64, c palette) {
	w.f(`<g transform="translate(%s %s)" fill="none" stroke="%s" stroke-width="1.3" stroke-linejoin="round" stroke-linecap="round">`, num(x), num(y), c.line)
	switch k {
	case User:
		w.f(`<circle cx="7" cy="4" r="3"/><path d="M1 14 v-1.5 a4 4 0 0 1 4 -4 h4 a4 4 0 0 1 4 4 V14 Z"/>`)
	case Service:
		w.f(`<circle cx="7" cy="7" r="4.2"/><circle cx="7" cy="7" r="1.6"/><path d="M7 0.8 v2 M7 11.2 v2 M0.8 7 h2 M11.2 7 h2 M2.6 2.6 l1.4 1.4 M10 10 l1.4 1.4 M2.6 11.4 l1.4 -1.4 M10 4 l1.4 -1.4"/>`)
	case Script:
		w.f(`<path d="M2 1 h8 l2 2 v10 h-10 Z M4.5 5 h5 M4.5 7.5 h5 M4.5 10 h3"/>`)
	case Business:
		w.f(`<path d="M1 2 h12 v10 h-12 Z M1 5.2 h12 M5 5.2 v6.8 M1 8.6 h12"/>`)
	case Receive:
		w.f(`<path d="M1 3 h12 v9 h-12 Z l6 4.5 l6 -4.5"/>`)
	case Send:
		w.f(`<path d="M1 3 h12 l-6 4.5 Z M1 5 l6 4.5 l6 -4.5 v7 h-12 Z" fill="%s"/>`, c.line)
	case Manual:
		w.f(`<path d="M1.5 12 V6.5 L6 2.5 a1.2 1.2 0 0 1 1.7 1.7 L6.5 5.5 h5.7 a1.1 1.1 0 0 1 0 2.2 h0.3 a1.1 1.1 0 0 1 -0.6 2.2 a1.1 1.1 0 0 1 -1 2.1 Z"/>`)
	}
	w.f("</g>")
}

func (w *pen) sub(el *Node, b Rect, c palette) {
	if el.Kind == EventSub {
		w.f(`<rect x="%s" y="%s" width="%s" height="%s" rx="10" fill="%s" stroke="%s" stroke-width="%s" stroke-dasharray="2 3"/>`,
			num(b.x), num(b.y), num(b.w), num(b.h), c.fill, c.line, c.width)
	} else {
		w.box(b, c, 10)
	}
	w.repeat(el, b, c)
	if w.d.Closed[el.ID] {
		lines := wrapText(w.called(el.Name), b.w-16, 13, 3)
		w.lines(lines, b.cx(), b.cy()-float64(len(lines)-1)*8.5, "middle", c.text, 13)
		w.f(`<path d="M%s %s h12 v12 h-12 Z m6 2.5 v7 m-3.5 -3.5 h7" fill="none" stroke="%s"/>`, num(b.cx()-6), num(b.y+b.h-14), c.line)
		return
	}
	w.lines(wrapText(w.called(el.Name), b.w-24, 13, 1), b.x+12, b.y+20, "start", c.text, 13)
}

func (w *pen) gateway(el *Node, b Rect, c palette) {
	x, y, rx, ry := b.cx(), b.cy(), b.w/2, b.h/2
	w.f(`<path d="M%s %s L%s %s L%s %s L%s %s Z" fill="%s" stroke="%s" stroke-width="%s" stroke-linejoin="round"/>`,
		num(x), num(b.y), num(b.x+b.w), num(y), num(x), num(b.y+b.h), num(b.x), num(y), c.fill, c.line, c.width)
	switch el.Kind {
	case Exclusive:
		w.f(`<path d="M%s %s L%s %s M%s %s L%s %s"`, num(x-rx*.28), num(y-ry*.32), num(x+rx*.28), num(y+ry*.32), num(x+rx*.28), num(y-ry*.32), num(x-rx*.28), num(y+ry*.32))
	case Parallel:
		w.f(`<path d="M%s %s V%s M%s %s H%s"`, num(x), num(y-ry*.45), num(y+ry*.45), num(x-rx*.45), num(y), num(x+rx*.45))
	case ByEvent:
		w.f(`<circle cx="%s" cy="%s" r="%s" fill="none" stroke="%s"/><path d="%s" fill="none" stroke="%s" stroke-width="1.3"/>`, num(x), num(y), num(rx*.58), c.line, pentagon(x, y, rx*.38), c.line)
		w.name(el, b, w.d.Labels[el.ID], true)
		return
	case Complex:
		w.f(`<path d="M%s %s V%s M%s %s H%s M%s %s l%s %s M%s %s l%s %s"`, num(x), num(y-ry*.45), num(y+ry*.45), num(x-rx*.45), num(y), num(x+rx*.45),
			num(x-rx*.3), num(y-ry*.3), num(rx*.6), num(ry*.6), num(x-rx*.3), num(y+ry*.3), num(rx*.6), num(-ry*.6))
	default:
		w.f(`<circle cx="%s" cy="%s" r="%s"`, num(x), num(y), num(rx*.45))
	}
	w.f(` fill="none" stroke="%s" stroke-width="3" stroke-linecap="round"/>`, c.line)
	w.name(el, b, w.d.Labels[el.ID], true)
}

// name writes the name of a small shape where the file wants it, else above
// gateways and below events.
func (w *pen) name(el *Node, b, label Rect, above bool) {
	if el.Name == "" {
		return
	}
	if label != (Rect{}) {
		w.label(wrapText(w.called(el.Name), math.Max(label.w, 80), 12, 3), label.cx(), label.y+11, "middle")
		return
	}
	if el.Kind == Boundary { // beside the flow that leaves downwards
		w.label(wrapText(w.called(el.Name), 84, 12, 1), b.x+b.w-2, b.y+b.h+9, "start")
		return
	}
	lines := wrapText(w.called(el.Name), 108, 12, 2)
	y := b.y + b.h + 15
	if above {
		y = b.y - 7 - float64(len(lines)-1)*15
	}
	w.label(lines, b.cx(), y, "middle")
}

func (w *pen) event(el *Node, b Rect, c palette) {
	x, y, r := b.cx(), b.cy(), math.Min(b.w, b.h)/2
	width, dash := c.width, ""
	if el.Kind == End {
		width = "3.5"
	}
	if el.Dashed {
		dash = ` stroke-dasharray="4 2.5"`
	}
	w.f(`<circle cx="%s" cy="%s" r="%s" fill="%s" stroke="%s" stroke-width="%s"%s/>`, num(x), num(y), num(r), c.fill, c.line, width, dash)
	if el.Kind == Catch || el.Kind == Boundary || el.Kind == Throw {
		w.f(`<circle cx="%s" cy="%s" r="%s" fill="none" stroke="%s" stroke-width="1.2"%s/>`, num(x), num(y), num(r-3.5), c.line, dash)
	}
	w.sign(el, x, y, r, c)
	w.name(el, b, w.d.Labels[el.ID], false)
}

// sign draws the symbol inside an event, filled when the event throws.
func (w *pen) sign(el *Node, x, y, r float64, c palette) {
	fill := "none"
	if el.Kind == Throw || el.Kind == End {
		fill = c.line
	}
	q := r * .5
	path := ""
	at := func(dx, dy float64) string { return num(x+dx*q) + " " + num(y+dy*q) }
	switch el.Symbol {
	case Blank:
		return
	case Disc:
		w.f(`<circle cx="%s" cy="%s" r="%s" fill="%s"/>`, num(x), num(y), num(r*.55), c.line)
		return
	case Clock:
		q = r * .55
		w.f(`<g fill="none" stroke="%s" stroke-width="1.3" stroke-linecap="round"><circle cx="%s" cy="%s" r="%s"/><path d="M%s %s V%s l%s %s"/></g>`,
			c.line, num(x), num(y), num(q), num(x), num(y-q*.7), num(y), num(q*.5), num(q*.35))
		return
	case Envelope:
		path = "M" + at(-1, -.65) + " L" + at(1, -.65) + " L" + at(1, .65) + " L" + at(-1, .65) + " Z"
		if fill == "none" {
			path += " L" + at(0, .1) + " L" + at(1, -.65)
		}
	case Triangle:
		path = "M" + at(0, -1) + " L" + at(1, .7) + " L" + at(-1, .7) + " Z"
	case Bolt:
		path = "M" + at(-.9, .8) + " L" + at(-.35, -.6) + " L" + at(.3, .2) + " L" + at(.9, -.8) + " L" + at(.35, .7) + " L" + at(-.3, -.1) + " Z"
	case Upward:
		path = "M" + at(0, -1) + " L" + at(.75, .85) + " L" + at(0, .15) + " L" + at(-.75, .85) + " Z"
	case Lines:
		path = "M" + at(-.8, -1) + " L" + at(.8, -1) + " L" + at(.8, 1) + " L" + at(-.8, 1) + " Z M" + at(-.5, -.5) + " L" + at(.5, -.5) + " M" + at(-.5, 0) + " L" + at(.5, 0) + " M" + at(-.5, .5) + " L" + at(.5, .5)
	case Arrow:
		path = "M" + at(-1, -.4) + " L" + at(.2, -.4) + " L" + at(.2, -.9) + " L" + at(1, 0) + " L" + at(.2, .9) + " L" + at(.2, .4) + " L" + at(-1, .4) + " Z"
	case Rewind:
		path = "M" + at(0, -.8) + " L" + at(0, .8) + " L" + at(-1, 0) + " Z M" + at(1, -.8) + " L" + at(1, .8) + " L" + at(0, 0) + " Z"
	case Cross:
		path = "M" + at(-.7, -.7) + " L" + at(.7, .7) + " M" + at(.7, -.7) + " L" + at(-.7, .7)
	case Pentagon:
		path = pentagon(x, y, r*.55)
	}
	w.f(`<path d="%s" fill="%s" stroke="%s" stroke-width="1.3" stroke-linejoin="round"/>`, path, fill, c.line)
	if el.Symbol == Envelope && fill != "none" {
		w.f(`<path d="M%s L%s L%s" fill="none" stroke="#ffffff" stroke-width="1.3"/>`, at(-1, -.65), at(0, .1), at(1, -.65))
	}
}

func pentagon(x, y, r float64) string {
	s := ""
	for i := range 5 {
		a := -math.Pi/2 + float64(i)*2*math.Pi/5
		cmd := " L"
		if i == 0 {
			cmd = "M"
		}
		s += cmd + num(x+r*math.Cos(a)) + " " + num(y+r*math.Sin(a))
	}
	return s + " Z"
}
