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

	data []byte // of a scan that is no JPEG, packed as dict says
	dict string // colours, bits and packing, as pages want them
	turn int    // of a scan: how the camera was held, see package exif
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
	space := "/DeviceRGB"
	switch c.ColorModel {
	case color.GrayModel:
		space = "/DeviceGray"
	case color.YCbCrModel, color.RGBAModel:
	default:
		return Picture{}, ErrPicture
	}
	return Picture{JPEG: b, Wide: c.Width, High: c.Height, dict: "/ColorSpace " + space + " /BitsPerComponent 8 /Filter /DCTDecode"}, nil
}

// PutPicture draws a photograph as large as its box allows, in its middle. alt
// is what is said of it.
func (d *Doc) PutPicture(b Box, picture Picture, alt string) {
	n := d.root.add("Figure")
	n.alt = alt
	p := d.mark(n)
	wide, high := picture.upright()
	scale := min(b.Wide*MM/wide, b.High*MM/high)
	w, h := wide*scale, high*scale
	m := picture.matrix(w, h)
	p.op("q")
	p.op("cm", m[0], m[1], m[2], m[3], (b.X+b.Wide/2)*MM-w/2+m[4], p.high-(b.Y+b.High/2)*MM-h/2+m[5])
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
		data := p.data
		if data == nil {
			data = p.JPEG
		}
		n := w.raw(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d %s", p.Wide, p.High, p.dict), data)
		fmt.Fprintf(&names, "/P%d %d 0 R ", i, n)
	}
	return " /XObject <<" + strings.TrimSpace(names.String()) + ">>"
}
