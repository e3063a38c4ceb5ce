package pdf

import "errors"

// ErrTooLong says that a certificate's particulars do not fit on its page.
var ErrTooLong = errors.New("pdf: the particulars do not fit on one page")

// Certificate is a certificate that fills one page: frame, title, particulars,
// issuer with stamp, and a code for checking it.
type Certificate struct {
	Issuer   string // above the title
	Title    string
	Number   string // below the title, as it shall be printed
	Preamble string // what is certified, in a sentence; may be empty
	Rows     []Row
	SignOff  []string // issuer and date, lower right
	Stamp    *Stamp
	Code     string // content of the QR code, lower left; none when empty
	Caption  string // below the code: how to check
	Note     string // small print at the foot
	Copy     string // a purpose note printed slanting across the page; none when empty
	Tight    bool   // closer lines, for many particulars
}

// Certificate sets a certificate on a page of its own, without header and
// footer. What does not fit on the page is ErrTooLong from Bytes.
func (d *Doc) Certificate(c Certificate) {
	d.newPage()
	d.page().plain = true
	page := len(d.pages)
	d.certificateFrame()
	if c.Copy != "" {
		d.across(c.Copy)
	}
	const inner = 30 * MM
	width := pageWidth - 2*inner
	d.y = pageHeight - 38*MM
	if c.Issuer != "" {
		d.flow(d.root.add("P"), c.Issuer, inner, width, Style{Size: 14, Align: Center, Color: Grey}.filled())
		d.y -= 4
	}
	d.flow(d.root.add("H1"), c.Title, inner, width, Style{Size: titleSize(d, c.Title, width), Lead: 1.4, Align: Center, Bold: true, Color: Red})
	if c.Number != "" {
		d.flow(d.root.add("P"), c.Number, inner, width, Style{Size: 11.5, Align: Center}.filled())
	}
	d.y -= 16
	if c.Preamble != "" {
		st := Style{Size: 13, Lead: 1.8, Align: Justify}
		if c.Tight {
			st.Size, st.Lead = 12, 1.6
		}
		if d.chinese() {
			st.Indent = 2
		}
		d.flow(d.root.add("P"), c.Preamble, inner, width, st)
		d.y -= 10
	}
	if c.Tight {
		d.keyValues(c.Rows, inner, width, 11, 5)
	} else {
		d.keyValues(c.Rows, inner, width, 12, 8)
	}
	if len(d.pages) != page || d.y < 84*MM {
		d.fail(ErrTooLong)
		return
	}
	d.certificateFoot(c, inner, width)
}

// titleSize is the largest size at which the title stays on one line, within
// reason.
func titleSize(d *Doc, title string, width float64) float64 {
	if w := d.glyphs.width(title, 1); w > 0 {
		return max(20, min(34, width/w))
	}
	return 34
}

func (d *Doc) certificateFrame() {
	p := d.mark(nil)
	outer, gap := 12*MM, 2*MM
	p.frame(outer, outer, pageWidth-2*outer, pageHeight-2*outer, 2.4, Red)
	in := outer + gap
	p.frame(in, in, pageWidth-2*in, pageHeight-2*in, 0.7, Gold)
	arm := 9 * MM
	for _, s := range [][2]float64{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		// A small angle in every corner.
		x, y := pageWidth/2-s[0]*(pageWidth/2-in-gap), pageHeight/2-s[1]*(pageHeight/2-in-gap)
		p.line(x, y, x+s[0]*arm, y, 0.7, Gold)
		p.line(x, y, x, y+s[1]*arm, 0.7, Gold)
	}
}

// certificateFoot sets code, issuer, stamp and small print at fixed places.
func (d *Doc) certificateFoot(c Certificate, x, width float64) {
	if c.Code != "" {
		size := 34 * MM
		d.qrAt(c.Code, x, 44*MM, size)
		const small = 8.5
		captions := breakLines(d.glyphs, c.Caption, small, 52*MM, 0)
		d.lines(d.root.add("Caption"), captions, x+size/2, 43*MM, small, small*1.4, Grey)
	}
	const size, height = 13.0, 13 * 1.8
	middle := x + width - 32*MM
	if c.Stamp != nil {
		d.stampAt(*c.Stamp, middle, 62*MM) // below the letters, so that they stay readable
	}
	d.lines(d.root.add("P"), c.SignOff, middle, 62*MM+height*float64(len(c.SignOff))/2, size, height, Black)
	if c.Note != "" {
		const small = 8.5
		notes := breakLines(d.glyphs, c.Note, small, width, 0)
		d.lines(d.root.add("P"), notes, pageWidth/2, 28*MM, small, small*1.4, Grey)
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

// across prints a purpose note in pale letters along the diagonal.
func (d *Doc) across(s string) {
	p := d.mark(d.root.add("P"))
	const angle = 0.9
	size := min(30, 640/max(1, d.glyphs.width(s, 1)))
	w := d.glyphs.width(s, size)
	p.rotated(pageWidth/2-w/2*0.6216, pageHeight/2-w/2*0.7833, angle, s, ink{size: size, color: Color{0.80, 0.80, 0.82}})
}
