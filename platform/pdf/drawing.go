package pdf

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Drawing is a finished document as shapes and lines of text, for writing it
// in another format of fixed pages. Lengths are points, the origin of a page
// is its lower left corner.
type Drawing struct {
	Meta          Meta
	Width, Height float64
	Pages         [][]Object
	Sizes         map[int][2]float64 // width and height of pages that have others
}

// Size is how wide and high a page is.
func (d *Drawing) Size(page int) (wide, high float64) {
	if s, ok := d.Sizes[page]; ok {
		return s[0], s[1]
	}
	return d.Width, d.Height
}

// Object is one thing on a page: a path, a line of text or a picture.
type Object struct {
	Path         []Segment
	Run          *Run
	Picture      *Picture
	At           [4]float64 // of a picture: left, bottom, width, height
	Fill, Stroke *Color
	Thick        float64 // of the stroke
}

// Segment is a part of a path: M (move), L (line), B (curve with two control
// points) or C (close), with its points.
type Segment struct {
	Op     byte
	Points []float64
}

// Run is a line of text in one font.
type Run struct {
	Face   int // for FontName and FontFile
	Size   float64
	Matrix [6]float64
	Chars  []Char
	Width  float64 // in text space
}

// Char is a character of a run and where it begins, in text space.
type Char struct {
	Rune rune
	At   float64
}

// FontName is the name of a face.
func FontName(face int) string { return faces[face].name }

// FontFile is a font that draws the given characters with a face, with the map
// from characters to glyphs, and which glyph of the font draws which character.
// Characters that the face lacks are left out.
func FontFile(face int, chars []rune) (file []byte, drawnBy map[rune]int, err error) {
	font, err := faces[face].load()
	if err != nil {
		return nil, nil, err
	}
	drawnBy = map[rune]int{}
	var glyphs []uint16
	var found []rune
	for _, r := range chars {
		if g, ok := font.Glyph(r); ok {
			glyphs, found = append(glyphs, g), append(found, r)
			drawnBy[r] = len(glyphs) // glyph 0 is the sign for what is missing
		}
	}
	file, err = font.SubsetFor(glyphs, found, faces[face].name)
	return file, drawnBy, err
}

// Drawing finishes the document as shapes instead of a file.
func (d *Doc) Drawing() (*Drawing, error) {
	if d.err != nil {
		return nil, d.err
	}
	d.page()
	out := &Drawing{Meta: d.meta, Width: d.pages[0].wide, Height: d.pages[0].high, Sizes: map[int][2]float64{}}
	for i, p := range d.pages {
		if p.wide != out.Width || p.high != out.Height {
			out.Sizes[i] = [2]float64{p.wide, p.high}
		}
		running := d.running(i+1, len(d.pages))
		if err := d.glyphs.problem(); err != nil {
			return nil, err
		}
		t := tracer{glyphs: d.glyphs, pictures: d.pictures}
		for line := range strings.Lines(string(p.ops) + string(running)) {
			if err := t.line(strings.TrimSuffix(line, "\n")); err != nil {
				return nil, err
			}
		}
		out.Pages = append(out.Pages, t.out)
	}
	return out, nil
}

// tracer turns the operators that canvas writes back into shapes.
type tracer struct {
	glyphs       *glyphTable
	pictures     []Picture
	spot         [4]float64 // of the next picture
	out          []Object
	path         []Segment
	fill, stroke Color
	thick        float64
	// of text
	mode, spacing, size, at float64
	face                    int
	matrix                  [6]float64
}

// line takes one operator.
func (t *tracer) line(s string) error {
	fields := strings.Fields(s)
	if len(fields) == 0 || strings.HasSuffix(s, "BDC") || strings.HasSuffix(s, "BMC") || s == "EMC" || s == "ET" {
		return nil
	}
	name := fields[len(fields)-1]
	if name == "Tj" {
		return t.show(strings.Trim(fields[0], "<>"))
	}
	if name == "Do" {
		n, err := strconv.Atoi(strings.TrimPrefix(fields[0], "/P"))
		if err != nil || n >= len(t.pictures) {
			return fmt.Errorf("pdf: trace %q", s)
		}
		t.out = append(t.out, Object{Picture: &t.pictures[n], At: t.spot})
		return nil
	}
	if name == "Tf" {
		t.face = int(fields[0][2] - '0') // fewer than ten faces
		fields = fields[1:]
	}
	args := make([]float64, 0, 6)
	for _, f := range fields[:len(fields)-1] {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return fmt.Errorf("pdf: trace %q: %w", s, err)
		}
		args = append(args, v)
	}
	return t.operator(name, args)
}

func (t *tracer) operator(name string, a []float64) error {
	switch name {
	case "rg":
		t.fill = Color{a[0], a[1], a[2]}
	case "RG":
		t.stroke = Color{a[0], a[1], a[2]}
	case "w":
		t.thick = a[0]
	case "m":
		t.path = append(t.path, Segment{'M', a})
	case "l":
		t.path = append(t.path, Segment{'L', a})
	case "c":
		t.path = append(t.path, Segment{'B', a})
	case "re":
		x, y, w, h := a[0], a[1], a[2], a[3]
		t.path = append(t.path, Segment{'M', []float64{x, y}}, Segment{'L', []float64{x + w, y}}, Segment{'L', []float64{x + w, y + h}},
			Segment{'L', []float64{x, y + h}}, Segment{'C', nil})
	case "f", "S", "s":
		t.finish(name)
	case "q", "Q": // round pictures only
	case "cm":
		t.spot = [4]float64{a[4], a[5], a[0], a[3]}
	case "BT":
		t.at = 0
	case "Tr":
		t.mode = a[0]
	case "Tc":
		t.spacing = a[0]
	case "Tm":
		t.matrix = [6]float64(a)
	case "Tf":
		t.size = a[0]
	default:
		return fmt.Errorf("pdf: trace: operator %q", name)
	}
	return nil
}

// finish ends a path as the operator says.
func (t *tracer) finish(name string) {
	o := Object{Path: t.path}
	if name == "s" {
		o.Path = append(o.Path, Segment{'C', nil})
	}
	if name == "f" {
		o.Fill = &Color{t.fill.R, t.fill.G, t.fill.B}
	} else {
		o.Stroke, o.Thick = &Color{t.stroke.R, t.stroke.G, t.stroke.B}, t.thick
	}
	t.out, t.path = append(t.out, o), nil
}

// show takes a line of text, each character by its code in the font.
func (t *tracer) show(codes string) error {
	raw, err := hex.DecodeString(codes)
	if err != nil {
		return fmt.Errorf("pdf: trace: %w", err)
	}
	u := t.glyphs.used[t.face]
	start := t.at
	r := &Run{Face: t.face, Size: t.size, Matrix: t.matrix}
	for i := 0; i+1 < len(raw); i += 2 {
		n := int(raw[i])<<8 | int(raw[i+1]) - 1
		r.Chars = append(r.Chars, Char{u.keys[n].char, t.at - start})
		t.at += float64(u.widths[n])/1000*t.size + t.spacing
	}
	r.Width = t.at - start
	r.Matrix[4] += start * t.matrix[0]
	r.Matrix[5] += start * t.matrix[1]
	o := Object{Run: r, Fill: &Color{t.fill.R, t.fill.G, t.fill.B}}
	if t.mode == 2 {
		o.Stroke, o.Thick = &Color{t.stroke.R, t.stroke.G, t.stroke.B}, t.thick
	}
	t.out = append(t.out, o)
	return nil
}

// Crop is what of a page lies inside a box and has a colour, as a page of its
// own: a stamp, for instance.
func (d *Drawing) Crop(page int, rect [4]float64, k Color) *Drawing {
	out := &Drawing{Meta: d.Meta, Width: rect[2] - rect[0], Height: rect[3] - rect[1], Pages: [][]Object{nil}}
	inside := func(x, y float64) bool { return x >= rect[0] && x <= rect[2] && y >= rect[1] && y <= rect[3] }
	for _, o := range d.Pages[page] {
		if o.Picture != nil {
			continue
		}
		colour := o.Fill
		if colour == nil {
			colour = o.Stroke
		}
		if colour == nil || *colour != k {
			continue
		}
		if o.Run != nil {
			r := *o.Run
			if !inside(r.Matrix[4], r.Matrix[5]) {
				continue
			}
			r.Matrix[4] -= rect[0]
			r.Matrix[5] -= rect[1]
			o.Run = &r
		} else if o.Path = moved(o.Path, rect, inside); o.Path == nil {
			continue
		}
		out.Pages[0] = append(out.Pages[0], o)
	}
	return out
}

// moved is a path with the corner of the box as its origin; nil when a point of
// it lies outside.
func moved(path []Segment, rect [4]float64, inside func(x, y float64) bool) []Segment {
	out := make([]Segment, len(path))
	for i, s := range path {
		out[i].Op = s.Op
		for j := 0; j+1 < len(s.Points); j += 2 {
			if !inside(s.Points[j], s.Points[j+1]) {
				return nil
			}
			out[i].Points = append(out[i].Points, s.Points[j]-rect[0], s.Points[j+1]-rect[1])
		}
	}
	return out
}
