package pdf

import (
	"math"
	"strings"
)

// Stamp is a round stamp drawn as lines: a name along the upper arc and a line
// across the middle. It is a picture for people; what proves the paper is the
// signature in the file.
type Stamp struct {
	Name  string  // along the arc
	Below string  // across, below the middle
	MM    float64 // diameter in millimetres; 42
}

func (s Stamp) radius() float64 {
	if s.MM == 0 {
		return 21 * MM
	}
	return s.MM / 2 * MM
}

// stampAt presses the stamp with its middle at x, y.
func (d *Doc) stampAt(s Stamp, x, y float64) {
	n := d.root.add("Figure")
	n.alt = strings.TrimSpace(s.Name + " " + s.Below)
	n.spoken = n.alt
	p := d.mark(n)
	r := s.radius()
	d.stamp = &StampBox{Page: len(d.pages) - 1, Rect: [4]float64{x - r, y - r, x + r, y + r}}
	p.circle(x, y, r-1.2, 2.2, Red)
	p.star(x, y, r*0.27, Red)
	d.arc(p, s.Name, x, y, r)
	if s.Below != "" {
		size := min(r*0.2, 1.25*r/max(1, d.glyphs.width(s.Below, 1)))
		p.text(x-d.glyphs.width(s.Below, size)/2, y-r*0.62, s.Below, ink{size: size, color: Red})
	}
}

// arc sets the name along the upper part of the circle, characters upright on
// their radius, narrowed when there are many.
func (d *Doc) arc(p *page, name string, x, y, r float64) {
	runes := []rune(name)
	if len(runes) == 0 {
		return
	}
	size := r * 0.30
	base := r - 5 - size*0.92 // radius of the baseline
	span := min(1.5*math.Pi, float64(len(runes))*size*1.25/base)
	step := span / float64(len(runes))
	wide := min(1, step*(base+size*0.4)*0.92/size)
	for i, c := range runes {
		middle := math.Pi/2 + span/2 - step*(float64(i)+0.5)
		w := d.glyphs.width(string(c), size) * wide
		sin, cos := math.Sincos(middle)
		turn := middle - math.Pi/2
		ts, tc := math.Sincos(turn)
		p.stretched(x+base*cos-tc*w/2, y+base*sin-ts*w/2, turn, wide, string(c), ink{size: size, color: Red})
	}
}

// star fills a five-pointed star.
func (c *canvas) star(x, y, r float64, k Color) {
	c.fillColor(k)
	for i := range 10 {
		l := r
		if i%2 == 1 {
			l = r * 0.382
		}
		sin, cos := math.Sincos(math.Pi/2 + float64(i)*math.Pi/5)
		op := "l"
		if i == 0 {
			op = "m"
		}
		c.op(op, x+l*cos, y+l*sin)
	}
	c.op("f")
}
