package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"tongban/platform/exif"
	"tongban/platform/pdf/foreign"
)

// Bounds on pictures that somebody sends, in pixels: of all, of those whose rows
// are made anew one by one, and of those that have to be drawn anew in memory,
// which takes up to eight bytes a pixel.
const (
	maxScan   = 200_000_000
	maxRows   = 48_000_000
	maxRedraw = 16_000_000
)

// NewScan looks at a JPEG or PNG that somebody sent: of any size and kind, as
// telephones and scanners make them. Its pixels stay as they are; what is
// transparent is shown on white.
func NewScan(b []byte) (Picture, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > maxScan/c.Height {
		return Picture{}, ErrPicture
	}
	if format == "png" {
		return newPNG(b, c)
	}
	p := Picture{JPEG: b, Wide: c.Width, High: c.Height, turn: exif.Turn(b)}
	switch c.ColorModel {
	case color.GrayModel:
		p.dict = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
	case color.CMYKModel: // printers disagree about which end is black; the decoder knows
		again, err := redrawn(b, c, jpeg.Decode)
		again.turn = p.turn
		return again, err
	default:
		p.dict = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
	}
	return p, nil
}

// redrawn is a picture whose pixels are decoded and packed anew.
func redrawn(b []byte, c image.Config, decode func(io.Reader) (image.Image, error)) (Picture, error) {
	if c.Width*c.Height > maxRedraw {
		return Picture{}, ErrPicture
	}
	img, err := decode(bytes.NewReader(b))
	if err != nil {
		return Picture{}, ErrPicture
	}
	out := newFlat(c.Width)
	for y := range c.Height {
		for x := range c.Width {
			r, g, b, a := img.At(x, y).RGBA() // multiplied with a already
			white := 0xFFFF - a
			out.row[x*3], out.row[x*3+1], out.row[x*3+2] = byte((r+white)>>8), byte((g+white)>>8), byte((b+white)>>8)
		}
		out.end()
	}
	return out.picture(c)
}

// flat packs a picture of three bytes a pixel row by row, each as its difference to
// the one above.
type flat struct {
	row, above, diff []byte
	packed           bytes.Buffer
	z                *zlib.Writer
}

func newFlat(wide int) *flat {
	f := &flat{row: make([]byte, wide*3), above: make([]byte, wide*3), diff: make([]byte, 1+wide*3)}
	f.z, _ = zlib.NewWriterLevel(&f.packed, zlib.BestSpeed) // fails for levels that do not exist
	return f
}

func (f *flat) end() {
	f.diff[0] = 2 // the filter Up of PNG
	for i, v := range f.row {
		f.diff[1+i] = v - f.above[i]
	}
	f.z.Write(f.diff) // a bytes.Buffer takes everything
	f.row, f.above = f.above, f.row
}

func (f *flat) picture(c image.Config) (Picture, error) {
	err := f.z.Close()
	return Picture{Wide: c.Width, High: c.Height, data: f.packed.Bytes(), dict: rowsDict("/DeviceRGB", 3, 8, c.Width)}, err
}

// rowsDict says how the rows of a PNG are packed.
func rowsDict(space string, colors, depth, wide int) string {
	return fmt.Sprintf("/ColorSpace %s /BitsPerComponent %d /Filter /FlateDecode /DecodeParms <</Predictor 15 /Colors %d /BitsPerComponent %d /Columns %d>>",
		space, depth, colors, depth, wide)
}

// newPNG takes the packed rows of a PNG over as they are, which pages unpack the
// same way; only what a page cannot hold is made anew.
func newPNG(b []byte, c image.Config) (Picture, error) {
	head, palette, rows, ok := chunks(b)
	if !ok {
		return Picture{}, ErrPicture
	}
	depth, kind, interlaced := int(head[8]), head[9], head[12] != 0
	if interlaced {
		return redrawn(b, c, png.Decode)
	}
	colors, space := 1, "/DeviceGray"
	switch kind {
	case 2:
		colors, space = 3, "/DeviceRGB"
	case 3:
		space = fmt.Sprintf("[/Indexed /DeviceRGB %d <%x>]", len(palette)/3-1, palette)
	case 4, 6:
		return onWhite(rows, c, depth/8, int(kind)-2)
	}
	return Picture{Wide: c.Width, High: c.Height, data: rows, dict: rowsDict(space, colors, depth, c.Width)}, nil
}

// chunks gives the parts of a PNG that pages need (ISO 15948, 5.3): its head, its
// palette, and its packed rows in one piece.
func chunks(b []byte) (head, palette, rows []byte, ok bool) {
	const signature, frame = 8, 12 // bytes
	for b = b[min(signature, len(b)):]; len(b) >= frame; {
		n := int(binary.BigEndian.Uint32(b))
		if n > len(b)-frame {
			break // cut off: what there is of it is shown
		}
		switch data := b[8 : 8+n]; string(b[4:8]) {
		case "IHDR":
			head = data
		case "PLTE":
			palette = data
		case "IDAT":
			if rows == nil {
				rows = make([]byte, 0, len(b))
			}
			rows = append(rows, data...)
		}
		b = b[frame+n:]
	}
	ok = len(head) == 13 && len(rows) > 0 && (head[9] != 3 || len(palette) >= 3 && len(palette)%3 == 0 && len(palette) <= 768)
	return head, palette, rows, ok
}

// onWhite puts the rows of a picture with transparency on white, row by row: 2
// samples a pixel are grey and how much it covers, 4 are colour and that; each of
// one byte or two, of which the first is kept.
func onWhite(rows []byte, c image.Config, depth, samples int) (Picture, error) {
	z, err := zlib.NewReader(bytes.NewReader(rows))
	if err != nil || c.Width*c.Height > maxRows {
		return Picture{}, ErrPicture
	}
	step := depth * samples
	line, above := make([]byte, 1+c.Width*step), make([]byte, 1+c.Width*step)
	out := newFlat(c.Width)
	for range c.Height {
		if _, err := io.ReadFull(z, line); err != nil || !foreign.Unfilter(line[0], line[1:], above[1:], step) {
			return Picture{}, ErrPicture
		}
		for i := range c.Width {
			pixel := line[1+i*step:]
			covers := int(pixel[(samples-1)*depth])
			for k := range 3 {
				sample := int(pixel[min(k, samples-2)*depth])
				out.row[i*3+k] = byte((sample*covers + 255*(255-covers)) / 255)
			}
		}
		out.end()
		line, above = above, line
	}
	return out.picture(c)
}

// upright is the size of a picture in pixels as its reader sees it.
func (p Picture) upright() (wide, high float64) {
	if p.turn > 4 {
		return float64(p.High), float64(p.Wide)
	}
	return float64(p.Wide), float64(p.High)
}

// matrix puts a picture upright into a box of this size at the origin.
func (p Picture) matrix(w, h float64) [6]float64 {
	switch p.turn {
	case 2:
		return [6]float64{-w, 0, 0, h, w, 0}
	case 3:
		return [6]float64{-w, 0, 0, -h, w, h}
	case 4:
		return [6]float64{w, 0, 0, -h, 0, h}
	case 5:
		return [6]float64{0, -h, -w, 0, w, h}
	case 6:
		return [6]float64{0, -h, w, 0, 0, h}
	case 7:
		return [6]float64{0, h, w, 0, 0, 0}
	case 8:
		return [6]float64{0, h, -w, 0, w, 0}
	}
	return [6]float64{w, 0, 0, h, 0, 0}
}

// MarkScan makes a page of a picture that somebody sent, as large as A4 allows,
// and prints a note across it (Mark). What is no picture that can be read gives
// ErrPicture.
func MarkScan(picture []byte, m Meta, note string) ([]byte, error) {
	p, err := NewScan(picture)
	if err != nil {
		return nil, err
	}
	wide, high := p.upright()
	scale := pageHeight / MM / max(wide, high)
	d := New(m)
	d.Sheet(wide*scale, high*scale)
	d.PutPicture(Box{0, 0, wide * scale, high * scale}, p, m.Title)
	file, err := d.Bytes()
	if err != nil {
		return nil, err
	}
	return Mark(file, note)
}
