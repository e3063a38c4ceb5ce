package pdf

import (
	"fmt"
	"strings"
	"time"
)

// Meta describes a document for its reader, for archives and for search.
type Meta struct {
	Title   string
	Author  string // who issues the paper
	Subject string
	Lang    string    // BCP 47, for instance "zh-Hans" or "en"
	Created time.Time // printed nowhere; kept in the metadata. MUST be given
}

// Geometry of the page: A4, upright, in points.
const (
	pageWidth    = 210 * MM
	pageHeight   = 297 * MM
	marginSide   = 24 * MM
	marginTop    = 25 * MM
	marginBottom = 24 * MM
	textWidth    = pageWidth - 2*marginSide
)

// Doc is a document in the making. Blocks are added from top to bottom; pages
// begin by themselves. A Doc belongs to one goroutine.
type Doc struct {
	meta   Meta
	glyphs *glyphTable
	pages  []*page
	y      float64 // upper edge of the free room on the last page
	root   *node
	stamp  *StampBox

	pictures []Picture
	header   string
	footer   string
	err      error
}

type page struct {
	canvas
	marks []*node // by marked-content number
	open  bool
	on    *node // whose content is open; nil with open set: decoration
	plain bool  // without header and footer: a sheet
	wide  float64
	high  float64
}

// StampBox is where a stamp was pressed, in points from the lower left corner:
// the place to which a signature can be tied.
type StampBox struct {
	Page int        // from 0
	Rect [4]float64 // left, bottom, right, top
}

// StampBox gives the place of the last stamp; ok is false when there is none.
func (d *Doc) StampBox() (box StampBox, ok bool) {
	if d.stamp == nil {
		return StampBox{}, false
	}
	return *d.stamp, true
}

// New begins a document.
func New(m Meta) *Doc {
	return &Doc{meta: m, glyphs: newGlyphTable(), root: &node{tag: "Document"}}
}

// Header sets the line that stands at the head of every page but sheets.
func (d *Doc) Header(s string) { d.header = s }

// Footer sets the line at the foot of every page, left of the page number.
func (d *Doc) Footer(s string) { d.footer = s }

// chinese decides on the habits of the language: indents, page numbers.
func (d *Doc) chinese() bool {
	return d.meta.Lang == "" || strings.HasPrefix(strings.ToLower(d.meta.Lang), "zh")
}

func (d *Doc) page() *page {
	if len(d.pages) == 0 {
		d.newPage()
	}
	return d.pages[len(d.pages)-1]
}

func (d *Doc) newPage() {
	if n := len(d.pages); n > 0 {
		d.pages[n-1].closeMark()
	}
	d.pages = append(d.pages, &page{canvas: canvas{glyphs: d.glyphs}, wide: pageWidth, high: pageHeight})
	d.y = pageHeight - marginTop
}

// PageBreak begins a new page.
func (d *Doc) PageBreak() { d.newPage() }

// room makes sure that h points are free below the current position.
func (d *Doc) room(h float64) *page {
	p := d.page()
	if d.y-h < marginBottom && d.y < pageHeight-marginTop-1 {
		d.newPage()
		p = d.page()
	}
	return p
}

// Space leaves h points free; at the head of a page it does nothing.
func (d *Doc) Space(h float64) {
	d.page()
	if d.y >= pageHeight-marginTop-1 {
		return
	}
	d.y -= h
}

// fail remembers the first problem; Bytes reports it.
func (d *Doc) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// running draws header and footer of page i of n into a canvas of their own.
func (d *Doc) running(i, n int) []byte {
	if d.pages[i-1].plain {
		return nil
	}
	c := canvas{glyphs: d.glyphs}
	c.ops = append(c.ops, "/Artifact <</Type /Pagination>> BDC\n"...)
	k := ink{size: 9, color: Grey}
	top, foot := pageHeight-15*MM, 13*MM
	if d.header != "" {
		c.text(marginSide, top, fit(d.glyphs, d.header, k.size, textWidth), k)
		c.line(marginSide, top-5, pageWidth-marginSide, top-5, 0.5, Line)
	}
	number := fmt.Sprintf("第 %d 页 共 %d 页", i, n)
	if !d.chinese() {
		number = fmt.Sprintf("Page %d of %d", i, n)
	}
	w := d.glyphs.width(number, k.size)
	if d.footer == "" {
		c.text((pageWidth-w)/2, foot, number, k)
	} else {
		c.line(marginSide, foot+13, pageWidth-marginSide, foot+13, 0.5, Line)
		c.text(marginSide, foot, fit(d.glyphs, d.footer, k.size, textWidth-w-12), k)
		c.text(pageWidth-marginSide-w, foot, number, k)
	}
	c.ops = append(c.ops, "EMC\n"...)
	return c.ops
}

// fit shortens s with an ellipsis until it is no wider than width.
func fit(t *glyphTable, s string, size, width float64) string {
	if t.width(s, size) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && t.width(string(runes)+"…", size) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
