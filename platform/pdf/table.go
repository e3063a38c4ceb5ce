package pdf

// Row is one line of a list of particulars.
type Row struct{ Key, Value string }

// Column is one column of a grid.
type Column struct {
	Head  string
	Wide  float64 // share of the width, any unit
	Align Align
}

// cell is a cell broken into lines.
type cell struct {
	lines []string
	align Align
	bold  bool
	node  *node
	tint  Color
}

// grid draws rows of cells with frames, over page ends.
type grid struct {
	doc    *Doc
	x      float64
	widths []float64
	size   float64
	node   *node
	head   []cell // repeated at the head of every page
	light  bool   // only lines below the rows
	pad    float64
}

const (
	cellPad  = 5.0 // at the sides, and above and below in framed tables
	cellLead = 1.5
)

// KeyValues sets particulars as a framed table of names and values.
func (d *Doc) KeyValues(rows []Row) {
	d.keyValues(rows, marginSide, textWidth, 11, 0)
	d.y -= 8
}

// keyValues sets names and values; with airy above 0 without frames and with so
// much room above and below.
func (d *Doc) keyValues(rows []Row, x, width, size, airy float64) {
	key := 0.0
	for _, r := range rows {
		key = max(key, d.glyphs.width(r.Key, size))
	}
	key = min(key+2*cellPad+2, width*0.34)
	g := &grid{doc: d, x: x, widths: []float64{key, width - key}, size: size, node: d.root.add("Table"), light: airy > 0, pad: cellPad}
	if g.light {
		g.pad = airy
	}
	d.page()
	for _, r := range rows {
		tr := g.node.add("TR")
		g.row([]cell{g.cell(tr, "TH", r.Key, 0, Left), g.cell(tr, "TD", r.Value, 1, Left)})
	}
}

// Grid sets a table with a head that is repeated on every page. A row shorter
// than the columns leaves the rest empty.
func (d *Doc) Grid(columns []Column, rows [][]string) {
	total := 0.0
	for _, c := range columns {
		total += c.Wide
	}
	g := &grid{doc: d, x: marginSide, size: 10.5, node: d.root.add("Table"), pad: cellPad}
	for _, c := range columns {
		g.widths = append(g.widths, textWidth*c.Wide/total)
	}
	tr := g.node.add("TR")
	for i, c := range columns {
		h := g.cell(tr, "TH", c.Head, i, Center)
		h.node.scope = "Column"
		g.head = append(g.head, h)
	}
	d.room(120)
	g.drawHead(true)
	for _, r := range rows {
		tr := g.node.add("TR")
		cells := make([]cell, len(columns))
		for i, c := range columns {
			s := ""
			if i < len(r) {
				s = r[i]
			}
			cells[i] = g.cell(tr, "TD", s, i, c.Align)
		}
		g.row(cells)
	}
	d.y -= 8
}

func (g *grid) cell(tr *node, tag, s string, column int, align Align) cell {
	c := cell{align: align, node: tr.add(tag), tint: noTint}
	c.lines = breakLines(g.doc.glyphs, s, g.size, g.widths[column]-2*cellPad, 0)
	if tag == "TH" {
		c.node.scope = "Row"
		c.bold = !g.light
		if !g.light {
			c.tint = Shade
		}
	}
	return c
}

// drawHead draws the head row; repeats are decoration for a screen reader.
func (g *grid) drawHead(first bool) {
	if len(g.head) == 0 {
		return
	}
	cells := append([]cell(nil), g.head...)
	if !first {
		for i := range cells {
			cells[i].node = nil
		}
	}
	g.slice(cells, tallest(cells))
}

func tallest(cells []cell) int {
	n := 1
	for _, c := range cells {
		n = max(n, len(c.lines))
	}
	return n
}

// row draws a row, and goes on with it on the next page where it must.
func (g *grid) row(cells []cell) {
	height := g.size * cellLead
	for {
		all := tallest(cells)
		free := int((g.doc.y - marginBottom - 2*g.pad) / height)
		if free < all && free < 3 {
			g.doc.newPage()
			g.drawHead(false)
			free = max(1, int((g.doc.y-marginBottom-2*g.pad)/height))
		}
		if all <= free {
			g.slice(cells, all)
			return
		}
		rest := make([]cell, len(cells))
		for i, c := range cells {
			n := min(free, len(c.lines))
			rest[i] = c
			rest[i].lines = c.lines[n:]
			cells[i].lines = c.lines[:n]
		}
		g.slice(cells, free)
		cells = rest
	}
}

// slice draws so many lines of all cells of a row side by side.
func (g *grid) slice(cells []cell, lines int) {
	d := g.doc
	height := g.size * cellLead
	h := float64(lines)*height + 2*g.pad
	p := d.mark(nil)
	x := g.x
	for i, c := range cells {
		if c.tint != noTint {
			p.fillRect(x, d.y-h, g.widths[i], h, c.tint)
		}
		if !g.light {
			p.frame(x, d.y-h, g.widths[i], h, 0.6, Line)
		}
		x += g.widths[i]
	}
	if g.light {
		p.line(g.x, d.y-h, x, d.y-h, 0.4, Line)
	}
	x = g.x
	for i, c := range cells {
		y := d.y - g.pad
		for _, l := range c.lines {
			if l != "" {
				p = d.mark(c.node)
				d.setLine(p, l, x+cellPad, y-baseline(g.size, height), g.widths[i]-2*cellPad,
					Style{Size: g.size, Align: c.align, Bold: c.bold}, true)
			}
			y -= height
		}
		x += g.widths[i]
	}
	d.y -= h
}
