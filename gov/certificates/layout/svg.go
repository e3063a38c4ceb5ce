package layout

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"tongban/platform/pdf"
)

// SVG draws a page of a finished drawing for a screen: the same shapes and the
// same places of every character, in the fonts that the screen has. inside is put
// over it.
func SVG(d *pdf.Drawing, page int, label, inside string) string {
	w, h := d.Size(page)
	var s strings.Builder
	role := "img"
	if inside != "" {
		role = "group" // with controls in it
	}
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="100%%" role="%s" aria-label="%s"><rect width="100%%" height="100%%" fill="#fff" stroke="#999"/>`, short(w), short(h), role, escape(label))
	for _, o := range d.Pages[page] {
		switch {
		case o.Run != nil:
			line(&s, o, h)
		case o.Picture != nil:
			fmt.Fprintf(&s, `<image x="%s" y="%s" width="%s" height="%s" href="data:image/jpeg;base64,%s"/>`, short(o.At[0]), short(h-o.At[1]-o.At[3]), short(o.At[2]), short(o.At[3]), base64.StdEncoding.EncodeToString(o.Picture.JPEG))
		default:
			shape(&s, o, h)
		}
	}
	return s.String() + inside + "</svg>"
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 32) }

func escape(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

func paint(name string, k *pdf.Color) string {
	if k == nil {
		return " " + name + `="none"`
	}
	return fmt.Sprintf(` %s="#%02x%02x%02x"`, name, int(k.R*255+0.5), int(k.G*255+0.5), int(k.B*255+0.5))
}

func shape(s *strings.Builder, o pdf.Object, h float64) {
	s.WriteString(`<path d="`)
	for _, g := range o.Path {
		s.WriteByte(map[byte]byte{'M': 'M', 'L': 'L', 'B': 'C', 'C': 'Z'}[g.Op])
		for j := 0; j+1 < len(g.Points); j += 2 {
			s.WriteString(short(g.Points[j]) + " " + short(h-g.Points[j+1]) + " ")
		}
	}
	s.WriteString(`"` + paint("fill", o.Fill) + paint("stroke", o.Stroke))
	if o.Stroke != nil {
		s.WriteString(` stroke-width="` + short(o.Thick) + `"`)
	}
	s.WriteString("/>")
}

// line writes text with the place of every character.
func line(s *strings.Builder, o pdf.Object, h float64) {
	m := o.Run.Matrix
	fmt.Fprintf(s, `<text transform="matrix(%s %s %s %s %s %s)" font-size="%s" font-family="Noto Sans SC, Source Han Sans SC, sans-serif"%s`,
		short(m[0]), short(-m[1]), short(-m[2]), short(m[3]), short(m[4]), short(h-m[5]), short(o.Run.Size), paint("fill", o.Fill))
	if o.Stroke != nil {
		s.WriteString(paint("stroke", o.Stroke) + ` stroke-width="` + short(o.Thick) + `"`)
	}
	s.WriteString(` x="`)
	var text strings.Builder
	for i, c := range o.Run.Chars {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(short(c.At))
		text.WriteRune(c.Rune)
	}
	s.WriteString(`">` + escape(text.String()) + `</text>`)
}

// Handles are the places of the parts, for moving them about on a screen.
func (t Template) Handles() string {
	var s strings.Builder
	for i, p := range t.Parts {
		if p.Sort == Frame {
			continue // it would lie over everything
		}
		fmt.Fprintf(&s, `<rect data-part="%d" x="%s" y="%s" width="%s" height="%s" fill="#0b5cad" fill-opacity="0.04" stroke="#0b5cad" stroke-width="0.6" stroke-dasharray="3 2"/>`,
			i, short(p.X*pdf.MM), short(p.Y*pdf.MM), short(max(p.Wide, 1)*pdf.MM), short(max(p.High, 1)*pdf.MM))
	}
	return s.String()
}
