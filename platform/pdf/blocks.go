package pdf

// Align says where the lines of a block stand.
type Align int

// Left is the default; Justify stretches full lines to both margins.
const (
	Left Align = iota
	Center
	Right
	Justify
)

// Style says how a block of text looks. Zero fields take the everyday value.
type Style struct {
	Size   float64 // points; 12
	Lead   float64 // distance of lines as a multiple of Size; 1.7
	Align  Align
	Indent float64 // of the first line, in characters
	Bold   bool
	Color  Color   // black
	After  float64 // room below, points
	Tag    string  // what a screen reader announces: P, H1, H2 …; P
	Keep   float64 // points that must be free below, else the block moves to a new page
}

func (s Style) filled() Style {
	if s.Size == 0 {
		s.Size = 12
	}
	if s.Lead == 0 {
		s.Lead = 1.7
	}
	if s.Tag == "" {
		s.Tag = "P"
	}
	return s
}

// baseline is how far below the top of a line of the given height its
// characters stand.
func baseline(size, height float64) float64 { return (height-size)/2 + 0.88*size }

// Title sets the name of the paper.
func (d *Doc) Title(s string) {
	d.Text(s, Style{Size: 22, Lead: 1.45, Align: Center, Bold: true, After: 6, Tag: "H1"})
}

// Subtitle sets a line below the title, such as a number or an issuer.
func (d *Doc) Subtitle(s string) {
	d.Text(s, Style{Size: 11, Lead: 1.6, Align: Center, Color: Grey, After: 12})
}

// Heading sets the head of a section and keeps it with what follows.
func (d *Doc) Heading(s string) {
	d.Space(8)
	d.Text(s, Style{Size: 13, Lead: 1.7, Bold: true, After: 2, Tag: "H2", Keep: 60})
}

// Paragraph sets running text; Chinese text begins two characters in.
func (d *Doc) Paragraph(s string) {
	st := Style{Align: Justify, After: 4}
	if d.chinese() {
		st.Indent = 2
	} else {
		st.Size, st.Lead, st.Align = 11, 1.55, Left
	}
	d.Text(s, st)
}

// Text sets a block of text in any style.
func (d *Doc) Text(s string, st Style) {
	st = st.filled()
	n := d.root.add(st.Tag)
	d.flow(n, s, marginSide, textWidth, st)
	d.y -= st.After
}

// flow sets text in a column, over as many pages as it needs.
func (d *Doc) flow(n *node, s string, x, width float64, st Style) {
	height := st.Size * st.Lead
	indent := st.Indent * st.Size
	lines := breakLines(d.glyphs, s, st.Size, width, indent)
	ends := paragraphEnds(lines, s)
	for i, line := range lines {
		keep := height
		if i == 0 {
			keep += st.Keep
		}
		d.room(keep)
		p := d.mark(n)
		at := x
		if i == 0 {
			at += indent
		}
		d.setLine(p, line, at, d.y-baseline(st.Size, height), width-(at-x), st, ends[i])
		d.y -= height
	}
}

// setLine draws one line. last says that its paragraph ends with it, so that
// it is not stretched.
func (d *Doc) setLine(p *page, line string, x, y, width float64, st Style, last bool) {
	k := ink{size: st.Size, color: st.Color, bold: st.Bold}
	slack := width - d.glyphs.width(line, st.Size)
	switch st.Align {
	case Center:
		x += slack / 2
	case Right:
		x += slack
	case Justify:
		gaps := len(d.glyphs.shape(line)) - 1
		if !last && gaps > 0 && slack > 0 && slack < 3*st.Size {
			k.spacing = slack / float64(gaps)
		}
	}
	p.text(x, y, line, k)
}

// paragraphEnds tells for every line whether a line end of the text, or the
// end of the text, follows it.
func paragraphEnds(lines []string, s string) []bool {
	ends := make([]bool, len(lines))
	at := 0
	for i, line := range lines {
		for at < len(s) && (s[at] == ' ' || s[at] == '\t') && (line == "" || s[at] != line[0]) {
			at++
		}
		at += len(line)
		for at < len(s) && (s[at] == ' ' || s[at] == '\t' || s[at] == '\r') {
			at++
		}
		ends[i] = at >= len(s) || s[at] == '\n'
		if at < len(s) && s[at] == '\n' {
			at++
		}
	}
	return ends
}

// SignOff sets lines at the right end, such as office and date. With a stamp,
// the stamp is pressed over them.
func (d *Doc) SignOff(stamp *Stamp, lines ...string) {
	const size, height = 12.0, 12 * 1.9
	need := height * float64(len(lines))
	if stamp != nil {
		need = max(need, 2*stamp.radius())
	}
	d.Space(18)
	d.room(need)
	widest := 0.0
	for _, l := range lines {
		widest = max(widest, d.glyphs.width(l, size))
	}
	middle := pageWidth - marginSide - max(widest/2, 20*MM)
	top := d.y
	if stamp != nil {
		d.stampAt(*stamp, middle, top-need/2)
	}
	d.lines(d.root.add("P"), lines, middle, top-(need-height*float64(len(lines)))/2, size, height, Black)
	d.y = top - need - 6
}

// Rule draws a line from margin to margin.
func (d *Doc) Rule() {
	d.room(12)
	p := d.mark(nil)
	p.line(marginSide, d.y-6, pageWidth-marginSide, d.y-6, 0.6, Line)
	d.y -= 12
}

// Callout sets text on a tinted ground, for what must not be overlooked.
func (d *Doc) Callout(s string, tint Color) {
	st := Style{Size: 11, Lead: 1.6}.filled()
	const pad = 8
	height := st.Size * st.Lead
	lines := breakLines(d.glyphs, s, st.Size, textWidth-2*pad-4, 0)
	n := d.root.add("P")
	d.Space(4)
	for len(lines) > 0 {
		d.room(height + 2*pad)
		fits := max(1, min(len(lines), int((d.y-marginBottom-2*pad)/height)))
		box := float64(fits)*height + 2*pad
		p := d.mark(nil)
		p.fillRect(marginSide, d.y-box, textWidth, box, tint)
		p.fillRect(marginSide, d.y-box, 3, box, Grey)
		p = d.mark(n)
		y := d.y - pad
		for _, l := range lines[:fits] {
			p.text(marginSide+pad+4, y-baseline(st.Size, height), l, ink{size: st.Size})
			y -= height
		}
		lines = lines[fits:]
		d.y -= box + 8
	}
}

// lines sets lines around a vertical middle, from y downwards, whatever the
// margins of the page.
func (d *Doc) lines(n *node, lines []string, middle, y, size, height float64, k Color) {
	p := d.mark(n)
	for _, l := range lines {
		p.text(middle-d.glyphs.width(l, size)/2, y-baseline(size, height), l, ink{size: size, color: k})
		y -= height
	}
}
