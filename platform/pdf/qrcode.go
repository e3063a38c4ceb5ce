package pdf

import (
	"fmt"

	"rsc.io/qr"
)

// QR draws text as a QR code of the given size in millimetres, quiet zone
// included, with a caption below. Cameras read it from 20 mm upwards.
func (d *Doc) QR(text, caption string, mm float64, align Align) {
	size := mm * MM
	const height = 9 * 1.5
	d.room(size + 2*height)
	x := marginSide
	switch align {
	case Center:
		x += (textWidth - size) / 2
	case Right:
		x += textWidth - size
	}
	d.qrAt(text, x, d.y-size, size)
	d.y -= size
	if caption != "" {
		n := d.root.add("Caption")
		for _, l := range breakLines(d.glyphs, caption, 9, max(size, 48*MM), 0) {
			p := d.mark(n)
			w := d.glyphs.width(l, 9)
			at := min(max(x+(size-w)/2, marginSide), pageWidth-marginSide-w)
			p.text(at, d.y-baseline(9, height), l, ink{size: 9, color: Grey})
			d.y -= height
		}
	}
	d.y -= 6
}

// qrAt draws a code with its lower left corner at x, y. Neighbouring dark
// modules of a row become one rectangle.
func (d *Doc) qrAt(text string, x, y, size float64) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		d.fail(fmt.Errorf("pdf: QR code: %w", err))
		return
	}
	n := d.root.add("Figure")
	n.alt = text
	p := d.mark(n)
	const quiet = 4
	module := size / float64(code.Size+2*quiet)
	p.fillRect(x, y, size, size, Color{1, 1, 1})
	p.fillColor(Black)
	for row := range code.Size {
		for from := 0; from < code.Size; from++ {
			if !code.Black(from, row) {
				continue
			}
			to := from
			for to < code.Size && code.Black(to, row) {
				to++
			}
			p.op("re", x+float64(quiet+from)*module, y+size-float64(quiet+row+1)*module, float64(to-from)*module, module)
			from = to
		}
	}
	p.op("f")
}
