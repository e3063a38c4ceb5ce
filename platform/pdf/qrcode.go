package pdf

import (
	"errors"
	"fmt"

	"rsc.io/qr/coding"
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

func (d *Doc) qrAt(text string, x, y, size float64) { d.codeAt(Code{Text: text}, x, y, size) }

// Code is the content of a QR code. Upper follows Text and may hold digits,
// capitals and $*+-./: only, which take less room; only Text is said to screen
// readers.
type Code struct{ Text, Upper string }

// modules is the smallest code that holds the content: with a quarter of it
// redundant, or, when Upper is there, with less so that more fits.
func (c Code) modules() (*coding.Code, error) {
	level := coding.M
	segments := []coding.Encoding{coding.String(c.Text)}
	if c.Upper != "" {
		level, segments = coding.L, append(segments, coding.Alpha(c.Upper))
	}
	for _, s := range segments {
		if err := s.Check(); err != nil {
			return nil, err
		}
	}
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		bits := 0
		for _, s := range segments {
			bits += s.Bits(v)
		}
		if bits > v.DataBytes(level)*8 {
			continue
		}
		plan, err := coding.NewPlan(v, level, 0)
		if err != nil {
			return nil, err
		}
		return plan.Encode(segments...)
	}
	return nil, errCode
}

var errCode = errors.New("text too long for a code")

// Modules is how many modules a side of the code has, without its quiet zone;
// 0 when no code holds it.
func (c Code) Modules() int {
	code, err := c.modules()
	if err != nil {
		return 0
	}
	return code.Size
}

// codeAt draws a code with its lower left corner at x, y. Neighbouring dark
// modules of a row become one rectangle.
func (d *Doc) codeAt(c Code, x, y, size float64) {
	code, err := c.modules()
	if err != nil {
		d.fail(fmt.Errorf("pdf: QR code: %w", err))
		return
	}
	n := d.root.add("Figure")
	n.alt = c.Text
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
