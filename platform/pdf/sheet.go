package pdf

import "math"

// Box is a place on a sheet, in millimetres from its upper left corner.
type Box struct{ X, Y, Wide, High float64 }

// Sheet begins a page of its own size, in millimetres, without header and
// footer. What stands on it is put at its place; nothing there begins a page by
// itself.
func (d *Doc) Sheet(wide, high float64) {
	d.newPage()
	p := d.page()
	p.plain, p.wide, p.high = true, wide*MM, high*MM
}

// least is how far Fits makes letters smaller, as a share of what is wanted:
// large ones bear more. step is how finely it tries, in points.
func least(size float64) float64 {
	if size >= 24 {
		return 0.5
	}
	return 0.6
}

const step = 0.5

// Fits tells at which size a text fits into a box: the one of the style, or a
// smaller one down to six tenths of it, of headings half.
func (d *Doc) Fits(b Box, s string, st Style) (size float64, ok bool) {
	st = st.filled()
	for size := st.Size; size >= st.Size*least(st.Size); size -= step {
		lines := breakLines(d.glyphs, s, size, b.Wide*MM, st.Indent*size)
		if float64(len(lines))*size*st.Lead <= b.High*MM+0.01 && d.widest(lines, size) <= b.Wide*MM+0.01 {
			return size, true
		}
	}
	return st.Size * least(st.Size), false
}

func (d *Doc) widest(lines []string, size float64) (w float64) {
	for _, l := range lines {
		w = max(w, d.glyphs.width(l, size))
	}
	return w
}

// PutText sets a text from the upper edge of a box downwards and returns how
// high it is, in millimetres. Whether it fits is for Fits to say.
func (d *Doc) PutText(b Box, s string, st Style) float64 {
	st = st.filled()
	p := d.mark(d.root.add(st.Tag))
	height := st.Size * st.Lead
	indent := st.Indent * st.Size
	lines := breakLines(d.glyphs, s, st.Size, b.Wide*MM, indent)
	ends := paragraphEnds(lines, s)
	x, y := b.X*MM, p.high-b.Y*MM
	for i, line := range lines {
		at := x
		if i == 0 {
			at += indent
		}
		d.setLine(p, line, at, y-baseline(st.Size, height), b.Wide*MM-(at-x), st, ends[i])
		y -= height
	}
	return float64(len(lines)) * height / MM
}

// Rows is how particulars are set on a sheet.
type Rows struct {
	Size float64 // points
	Pad  float64 // points above and below every row
}

// tall is how high a row is, in points.
func (d *Doc) tall(g *grid, r Row) float64 {
	n := max(len(breakLines(d.glyphs, r.Key, g.size, g.widths[0]-2*cellPad, 0)), len(breakLines(d.glyphs, r.Value, g.size, g.widths[1]-2*cellPad, 0)), 1)
	return float64(n)*g.size*cellLead + 2*g.pad
}

func (d *Doc) rowGrid(b Box, rows []Row, st Rows) *grid {
	key := 0.0
	for _, r := range rows {
		key = max(key, d.glyphs.width(r.Key, st.Size))
	}
	key = min(key+2*cellPad+2, b.Wide*MM*0.34)
	return &grid{doc: d, x: b.X * MM, widths: []float64{key, b.Wide*MM - key}, size: st.Size, light: true, pad: st.Pad}
}

// RowsFit tells how many of the rows, from the first, fit into a box.
func (d *Doc) RowsFit(b Box, rows []Row, st Rows) int {
	g, room := d.rowGrid(b, rows, st), b.High*MM+0.01
	for i, r := range rows {
		if room -= d.tall(g, r); room < 0 {
			return i
		}
	}
	return len(rows)
}

// PutRows sets particulars with lines between them and returns how high they
// are, in millimetres.
func (d *Doc) PutRows(b Box, rows []Row, st Rows) float64 {
	g := d.rowGrid(b, rows, st)
	g.node = d.root.add("Table")
	top := d.page().high - b.Y*MM
	d.y = top
	for _, r := range rows {
		tr := g.node.add("TR")
		cells := []cell{g.cell(tr, "TH", r.Key, 0, Left), g.cell(tr, "TD", r.Value, 1, Left)}
		g.slice(cells, tallest(cells))
	}
	return (top - d.y) / MM
}

// PutStamp presses a stamp into the middle of a box.
func (d *Doc) PutStamp(b Box, name string) {
	d.stampAt(Stamp{Name: name, MM: min(b.Wide, b.High)}, (b.X+b.Wide/2)*MM, d.page().high-(b.Y+b.High/2)*MM)
}

// PutQR draws a code as large as its box, quiet zone included.
func (d *Doc) PutQR(b Box, c Code) {
	size := min(b.Wide, b.High) * MM
	d.codeAt(c, (b.X+b.Wide/2)*MM-size/2, d.page().high-(b.Y+b.High/2)*MM-size/2, size)
}

// PutFrame draws the border of a box; an ornate one is double with small angles
// in its corners.
func (d *Doc) PutFrame(b Box, thick float64, k Color, ornate bool) {
	p := d.mark(nil)
	x, y, w, h := b.X*MM, p.high-(b.Y+b.High)*MM, b.Wide*MM, b.High*MM
	p.frame(x, y, w, h, thick, k)
	if !ornate {
		return
	}
	const gap = 2 * MM
	p.frame(x+gap, y+gap, w-2*gap, h-2*gap, 0.7, Gold)
	arm := min(9*MM, w/6, h/6)
	for _, s := range [][2]float64{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		cx, cy := x+w/2-s[0]*(w/2-2*gap), y+h/2-s[1]*(h/2-2*gap)
		p.line(cx, cy, cx+s[0]*arm, cy, 0.7, Gold)
		p.line(cx, cy, cx, cy+s[1]*arm, 0.7, Gold)
	}
}

// PutLine draws a line from the upper left to the lower right corner of a box:
// level or upright when the box has no height or no width.
func (d *Doc) PutLine(b Box, thick float64, k Color) {
	p := d.mark(nil)
	p.line(b.X*MM, p.high-b.Y*MM, (b.X+b.Wide)*MM, p.high-(b.Y+b.High)*MM, thick, k)
}

// Watermark prints a note in pale letters along the diagonal of every page that
// there is so far, below what stands there: what a copy is for, or where it
// comes from. It takes at most three lines and is text like any other.
func (d *Doc) Watermark(s string) {
	all := d.pages
	for i, p := range all {
		p.closeMark()
		above := p.ops
		p.ops, d.pages = nil, all[:i+1]
		d.across(s)
		p.closeMark()
		p.ops = append(p.ops, above...)
	}
	d.pages = all
}

// across prints the note on the last page.
func (d *Doc) across(s string) {
	p := d.mark(d.root.add("P"))
	p.slanting(p.wide, p.high, 1, s, ink{color: Pale})
}

// slanting sets a note along the diagonal of a page in at most three lines. unit
// is how many points a point is: 1 on pages of papers.
func (c *canvas) slanting(wide, high, unit float64, s string, k ink) {
	angle := math.Atan2(high, wide)
	diagonal := math.Hypot(wide, high) * 0.78
	sin, cos := math.Sincos(angle)
	var lines []string
	for k.size = 30 * unit; k.size > 9*unit; k.size -= unit {
		if lines = breakLines(c.glyphs, s, k.size, diagonal, 0); len(lines) <= 2 || k.size <= 14*unit && len(lines) <= 3 {
			break
		}
	}
	for i, l := range lines {
		w := c.glyphs.width(l, k.size)
		off := (float64(len(lines)-1)/2 - float64(i)) * k.size * 1.5
		c.rotated(wide/2-w/2*cos-off*sin, high/2-w/2*sin+off*cos, angle, l, k)
	}
}
