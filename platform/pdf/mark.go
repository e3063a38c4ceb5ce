package pdf

import (
	"fmt"
	"math"

	"tongban/platform/pdf/foreign"
)

// A note over pages that somebody else made is set in dark letters on their own
// pale outlines, both letting through what is below, so that it is seen on paper
// and on photographs. markState is how much they let through.
var (
	markEdge = ink{color: Color{1, 1, 1}, edge: true}
	markInk  = ink{color: Color{0.60, 0.05, 0.10}}
)

const markState = "<</Type /ExtGState /ca 0.42 /CA 0.4>>"

// Mark prints a note along the diagonal of every page of a file that anybody
// wrote, above what stands there. The file stays whole at the beginning of the
// result; the note is an annotation that cannot be edited (ISO 32000-1,
// 12.5.6.22), so that nothing on a page can hide it, and its text can be found and
// copied. The same file and note give the same bytes.
//
// Files that cannot be added to give an error of package foreign, a note that no
// font draws *MissingError.
func Mark(file []byte, note string) ([]byte, error) {
	f, err := foreign.Open(file)
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	glyphs, drawn := newGlyphTable(), make([][]byte, len(pages))
	for i, p := range pages {
		if i > 0 && shapeOf(p) == shapeOf(pages[i-1]) {
			continue // looks the same
		}
		drawn[i] = shapeOf(p).draw(glyphs, note)
	}
	if err := glyphs.problem(); err != nil {
		return nil, err
	}
	u := f.Update()
	w := &writer{before: u.Next() - 1}
	fonts, err := w.writeFonts(glyphs)
	if err != nil {
		return nil, err
	}
	resources := w.add("<</Font <<" + fonts + ">> /ExtGState <</G " + markState + ">>>>")
	forms, form := make([]int, len(pages)), 0
	for i, p := range pages {
		if drawn[i] != nil {
			form = w.stream(shapeOf(p).form(resources), drawn[i])
		}
		forms[i] = form
	}
	for _, o := range w.objects {
		u.Add(o)
	}
	for i, p := range pages {
		if err := u.Annotate(p, u.Add(annotation(p, forms[i], note))); err != nil {
			return nil, err
		}
	}
	return u.Bytes(), nil
}

// annotation is the note on one page: printed with it, neither moved nor edited.
func annotation(p foreign.Page, form int, note string) []byte {
	const printed, readOnly, locked, lockedContents = 1 << 2, 1 << 6, 1 << 7, 1 << 9
	return fmt.Appendf(nil, "<</Type /Annot /Subtype /Watermark /Rect [%.3f %.3f %.3f %.3f] /F %d /Contents %s /AP <</N %d 0 R>>>>",
		p.Box[0], p.Box[1], p.Box[2], p.Box[3], printed|readOnly|locked|lockedContents, textString(note), form)
}

// shape is what pages have in common that look alike to their reader: size, in
// points, and how far they are turned.
type shape struct {
	wide, high float64
	turn       int
}

func shapeOf(p foreign.Page) shape {
	round := func(v float64) float64 { return math.Round(v*100) / 100 }
	s := shape{round(p.Box[2] - p.Box[0]), round(p.Box[3] - p.Box[1]), p.Turn}
	if p.Turn == 90 || p.Turn == 270 {
		s.wide, s.high = s.high, s.wide
	}
	return s
}

// draw sets the note as the reader of the page sees it, as large as on a sheet of
// A4 that fills the same screen.
func (s shape) draw(glyphs *glyphTable, note string) []byte {
	c := canvas{glyphs: glyphs}
	c.ops = append(c.ops, "/G gs\n"...)
	unit := math.Hypot(s.wide, s.high) / math.Hypot(pageWidth, pageHeight)
	c.ops = append(c.ops, "/Span <</ActualText ()>> BDC\n"...) // the outlines are not said a second time
	c.slanting(s.wide, s.high, unit, note, markEdge)
	c.ops = append(c.ops, "EMC\n"...)
	c.slanting(s.wide, s.high, unit, note, markInk)
	return c.ops
}

// form is the head of the form that holds the note, with the turn that puts it
// upright again.
func (s shape) form(resources int) string {
	matrix := map[int]string{0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}[s.turn]
	return fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 %.2f %.2f] /Matrix [%s 0 0] /Resources %d 0 R", s.wide, s.high, matrix, resources)
}
