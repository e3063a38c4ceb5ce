package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"image/jpeg"
	"strings"
)

// Picture is a photograph. Its bytes stand in the file as they are, so that
// their digest can be checked there.
type Picture struct {
	JPEG       []byte
	Wide, High int // pixels
	space      string
}

// ErrPicture refuses what is no photograph that pages can hold: baseline or
// progressive JPEG in grey or colour of at most 4,000 pixels a side.
var ErrPicture = errors.New("pdf: not a JPEG that pages can hold")

const maxSide = 4000

// NewPicture looks at the bytes of a JPEG.
func NewPicture(b []byte) (Picture, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide {
		return Picture{}, ErrPicture
	}
	p := Picture{b, c.Width, c.Height, "/DeviceRGB"}
	switch c.ColorModel {
	case color.GrayModel:
		p.space = "/DeviceGray"
	case color.YCbCrModel, color.RGBAModel:
	default:
		return Picture{}, ErrPicture
	}
	return p, nil
}

// PutPicture draws a photograph as large as its box allows, in its middle. alt
// is what is said of it.
func (d *Doc) PutPicture(b Box, picture Picture, alt string) {
	n := d.root.add("Figure")
	n.alt = alt
	p := d.mark(n)
	scale := min(b.Wide*MM/float64(picture.Wide), b.High*MM/float64(picture.High))
	w, h := float64(picture.Wide)*scale, float64(picture.High)*scale
	p.op("q")
	p.op("cm", w, 0, 0, h, (b.X+b.Wide/2)*MM-w/2, p.high-(b.Y+b.High/2)*MM-h/2)
	p.ops = fmt.Appendf(p.ops, "/P%d Do\n", len(d.pictures))
	p.op("Q")
	d.pictures = append(d.pictures, picture)
}

// Photograph sets a photograph at the left margin, below what stands there, as
// large as it is wide and high at most, in millimetres.
func (d *Doc) Photograph(picture Picture, wide, high float64, alt string) {
	d.room((high + 4) * MM)
	wide = min(wide, high*float64(picture.Wide)/float64(picture.High))
	d.PutPicture(Box{X: marginSide / MM, Y: (pageHeight - d.y) / MM, Wide: wide, High: high}, picture, alt)
	d.y -= (high + 4) * MM
}

// writePictures adds photographs and gives their entry in the resources.
func (w *writer) writePictures(list []Picture) string {
	if len(list) == 0 {
		return ""
	}
	var names strings.Builder
	for i, p := range list {
		n := w.raw(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent 8 /Filter /DCTDecode", p.Wide, p.High, p.space), p.JPEG)
		fmt.Fprintf(&names, "/P%d %d 0 R ", i, n)
	}
	return " /XObject <<" + strings.TrimSpace(names.String()) + ">>"
}
