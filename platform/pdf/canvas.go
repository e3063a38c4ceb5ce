package pdf

import (
	"math"
	"strconv"
)

// Color is a colour in red, green and blue, each 0 to 1.
type Color struct{ R, G, B float64 }

// The colours of official papers. Texts keep a contrast of at least 4.5:1.
var (
	Black  = Color{0, 0, 0}
	Grey   = Color{0.35, 0.35, 0.35}
	Line   = Color{0.60, 0.60, 0.60}
	Shade  = Color{0.95, 0.95, 0.96}
	Red    = Color{0.75, 0.08, 0.10}
	Amber  = Color{1.00, 0.96, 0.85}
	Green  = Color{0.91, 0.97, 0.92}
	Blue   = Color{0.91, 0.95, 0.99}
	Gold   = Color{0.66, 0.50, 0.20}
	Pale   = Color{0.80, 0.80, 0.82} // of notes that run across a page
	noTint = Color{-1, -1, -1}
)

// MM is one millimetre in points.
const MM = 72 / 25.4

// canvas collects the drawing operators of one page. The origin is the lower
// left corner, the unit is the point.
type canvas struct {
	ops    []byte
	glyphs *glyphTable
}

func (c *canvas) num(v float64) {
	v = math.Round(v*1000) / 1000
	if v == 0 {
		v = 0 // no "-0"
	}
	c.ops = strconv.AppendFloat(c.ops, v, 'f', -1, 64)
	c.ops = append(c.ops, ' ')
}

func (c *canvas) op(name string, args ...float64) {
	for _, a := range args {
		c.num(a)
	}
	c.ops = append(c.ops, name...)
	c.ops = append(c.ops, '\n')
}

func (c *canvas) fillColor(k Color)   { c.op("rg", k.R, k.G, k.B) }
func (c *canvas) strokeColor(k Color) { c.op("RG", k.R, k.G, k.B) }

func (c *canvas) fillRect(x, y, w, h float64, k Color) {
	c.fillColor(k)
	c.op("re", x, y, w, h)
	c.op("f")
}

func (c *canvas) frame(x, y, w, h, thick float64, k Color) {
	c.strokeColor(k)
	c.op("w", thick)
	c.op("re", x, y, w, h)
	c.op("S")
}

func (c *canvas) line(x1, y1, x2, y2, thick float64, k Color) {
	c.strokeColor(k)
	c.op("w", thick)
	c.op("m", x1, y1)
	c.op("l", x2, y2)
	c.op("S")
}

// circle strokes a circle made of four Bézier arcs.
func (c *canvas) circle(x, y, r, thick float64, k Color) {
	const kappa = 0.5522847498
	d := kappa * r
	c.strokeColor(k)
	c.op("w", thick)
	c.op("m", x+r, y)
	c.op("c", x+r, y+d, x+d, y+r, x, y+r)
	c.op("c", x-d, y+r, x-r, y+d, x-r, y)
	c.op("c", x-r, y-d, x-d, y-r, x, y-r)
	c.op("c", x+d, y-r, x+r, y-d, x+r, y)
	c.op("s")
}

// ink is how a line of text is set.
type ink struct {
	size    float64 // points
	color   Color
	bold    bool
	spacing float64 // added after every character, points
	edge    bool    // the outlines of the characters only, broad
}

// text sets one line with its baseline starting at x, y.
func (c *canvas) text(x, y float64, s string, k ink) {
	c.textMatrix([6]float64{1, 0, 0, 1, x, y}, s, k)
}

// rotated sets a line that runs at the angle (radians, counter-clockwise).
func (c *canvas) rotated(x, y, angle float64, s string, k ink) {
	sin, cos := math.Sincos(angle)
	c.textMatrix([6]float64{cos, sin, -sin, cos, x, y}, s, k)
}

// stretched sets a line whose characters are narrowed or widened.
func (c *canvas) stretched(x, y, angle, wide float64, s string, k ink) {
	sin, cos := math.Sincos(angle)
	c.textMatrix([6]float64{cos * wide, sin * wide, -sin, cos, x, y}, s, k)
}

func (c *canvas) textMatrix(m [6]float64, s string, k ink) {
	glyphs := c.glyphs.shape(s)
	if len(glyphs) == 0 {
		return
	}
	c.op("BT")
	c.fillColor(k.color)
	switch {
	case k.edge:
		c.strokeColor(k.color)
		c.op("w", k.size*0.09)
		c.op("Tr", 1)
	case k.bold:
		// A bold of our own: the outline is drawn round the filled glyph.
		c.strokeColor(k.color)
		c.op("w", k.size*0.028)
		c.op("Tr", 2)
	default:
		c.op("Tr", 0)
	}
	c.op("Tc", k.spacing)
	c.op("Tm", m[0], m[1], m[2], m[3], m[4], m[5])
	current := -1
	for i, g := range glyphs {
		if g.face != current {
			if current >= 0 {
				c.ops = append(c.ops, "> Tj\n"...)
			}
			current = g.face
			c.ops = append(c.ops, "/F"...)
			c.ops = strconv.AppendInt(c.ops, int64(current), 10)
			c.ops = append(c.ops, ' ')
			c.op("Tf", k.size)
			c.ops = append(c.ops, '<')
		}
		const hex = "0123456789abcdef"
		c.ops = append(c.ops, hex[g.code>>12], hex[g.code>>8&15], hex[g.code>>4&15], hex[g.code&15])
		if i == len(glyphs)-1 {
			c.ops = append(c.ops, "> Tj\n"...)
		}
	}
	c.op("ET")
}
