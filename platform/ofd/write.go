package ofd

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"tongban/platform/pdf"
)

const (
	namespace = `xmlns:ofd="http://www.ofdspec.org/2016"`
	prologue  = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	mm        = 25.4 / 72 // one point in millimetres
)

// Entry is one entry of the metadata (CustomDatas).
type Entry struct{ Name, Value string }

// Attachment is a file that travels inside.
type Attachment struct {
	Name, Format string
	Data         []byte
}

// Document is what is written.
type Document struct {
	*pdf.Drawing
	Entries     []Entry
	Attachments []Attachment
}

// Write makes an OFD file, not signed.
func Write(d Document) ([]byte, error) {
	parts, err := build(d)
	if err != nil {
		return nil, err
	}
	return pack(parts)
}

// builder numbers everything in a document.
type builder struct {
	id    int
	fonts map[int]int // by face
	chars map[int][]rune
	drawn map[int]map[rune]int // glyphs by face

	pictures []*pdf.Picture
	numbers  map[*pdf.Picture]int
}

func (b *builder) next() int { b.id++; return b.id }

func build(d Document) ([]part, error) {
	b := &builder{fonts: map[int]int{}, chars: map[int][]rune{}, drawn: map[int]map[rune]int{}, numbers: map[*pdf.Picture]int{}}
	b.collect(d.Drawing)
	resources, fonts, err := b.resources()
	if err != nil {
		return nil, err
	}
	var pages []part
	var list strings.Builder
	for i, objects := range d.Pages {
		name := fmt.Sprintf("Pages/Page_%d/Content.xml", i)
		fmt.Fprintf(&list, `<ofd:Page ID="%d" BaseLoc="%s"/>`, b.next(), name)
		wide, high := d.Size(i)
		area := ""
		if _, other := d.Sizes[i]; other {
			area = fmt.Sprintf("<ofd:Area><ofd:PhysicalBox>0 0 %s %s</ofd:PhysicalBox></ofd:Area>", num(wide*mm), num(high*mm))
		}
		pages = append(pages, part{"Doc_0/" + name, b.page(objects, area, high)})
	}
	attached, files := attachments(d)
	after := ""
	if attached != nil {
		after = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
	}
	document := fmt.Sprintf(prologue+`<ofd:Document %s><ofd:CommonData><ofd:MaxUnitID>%d</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 %s %s</ofd:PhysicalBox></ofd:PageArea>`+
		`<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>%s</ofd:Pages>%s</ofd:Document>`, namespace, b.id, num(d.Width*mm), num(d.Height*mm), list.String(), after)
	parts := []part{{"OFD.xml", entrance(d, "")}, {"Doc_0/Document.xml", []byte(document)}, {"Doc_0/PublicRes.xml", resources}}
	parts = append(append(parts, fonts...), pages...)
	if attached != nil {
		parts = append(append(parts, part{"Doc_0/Attachs/Attachments.xml", attached}), files...)
	}
	return parts, nil
}

// entrance is OFD.xml; signatures names the list of signatures.
func entrance(d Document, signatures string) []byte {
	id := sha256.New()
	fmt.Fprintf(id, "%s\n%s\n%s\n", d.Meta.Title, d.Meta.Subject, d.Meta.Created.UTC().Format(time.RFC3339Nano))
	for _, a := range d.Attachments {
		id.Write(a.Data)
	}
	var s strings.Builder
	s.WriteString(prologue + `<ofd:OFD ` + namespace + ` Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>`)
	item := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&s, "<ofd:%s>%s</ofd:%s>", name, escape(value), name)
		}
	}
	item("DocID", hex.EncodeToString(id.Sum(nil)[:16]))
	item("Title", d.Meta.Title)
	item("Author", d.Meta.Author)
	item("Subject", d.Meta.Subject)
	item("CreationDate", d.Meta.Created.Format(time.DateOnly))
	item("Creator", "Tongban")
	if len(d.Entries) > 0 {
		s.WriteString("<ofd:CustomDatas>")
		for _, e := range d.Entries {
			fmt.Fprintf(&s, `<ofd:CustomData Name="%s">%s</ofd:CustomData>`, escape(e.Name), escape(e.Value))
		}
		s.WriteString("</ofd:CustomDatas>")
	}
	s.WriteString("</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>")
	item("Signatures", signatures)
	s.WriteString("</ofd:DocBody></ofd:OFD>")
	return []byte(s.String())
}

// collect finds which characters each face draws.
func (b *builder) collect(d *pdf.Drawing) {
	seen := map[[2]int]bool{}
	for _, page := range d.Pages {
		for _, o := range page {
			if p := o.Picture; p != nil && !slices.Contains(b.pictures, p) {
				b.pictures = append(b.pictures, p)
			}
			if o.Run == nil {
				continue
			}
			for _, c := range o.Run.Chars {
				if k := [2]int{o.Run.Face, int(c.Rune)}; !seen[k] {
					seen[k] = true
					b.chars[o.Run.Face] = append(b.chars[o.Run.Face], c.Rune)
				}
			}
		}
	}
}

// resources lists the fonts and gives their files.
func (b *builder) resources() ([]byte, []part, error) {
	var s strings.Builder
	var files []part
	s.WriteString(prologue + `<ofd:Res ` + namespace + ` BaseLoc="Res">`)
	faces := make([]int, 0, len(b.chars))
	for face := range b.chars {
		faces = append(faces, face)
	}
	slices.Sort(faces)
	if len(faces) > 0 {
		s.WriteString("<ofd:Fonts>")
	}
	for _, face := range faces {
		data, drawn, err := pdf.FontFile(face, b.chars[face])
		if err != nil {
			return nil, nil, err
		}
		b.drawn[face] = drawn
		b.fonts[face] = b.next()
		name := pdf.FontName(face)
		file := name + ".ttf" // some readers know a font by the name of its file
		fmt.Fprintf(&s, `<ofd:Font ID="%d" FontName="%s" FamilyName="%s"><ofd:FontFile>%s</ofd:FontFile></ofd:Font>`, b.fonts[face], name, name, file)
		files = append(files, part{"Doc_0/Res/" + file, data})
	}
	if len(faces) > 0 {
		s.WriteString("</ofd:Fonts>")
	}
	if len(b.pictures) > 0 {
		s.WriteString("<ofd:MultiMedias>")
		for i, p := range b.pictures {
			b.numbers[p] = b.next()
			file := fmt.Sprintf("photo_%d.jpg", i+1)
			fmt.Fprintf(&s, `<ofd:MultiMedia ID="%d" Type="Image" Format="JPEG"><ofd:MediaFile>%s</ofd:MediaFile></ofd:MultiMedia>`, b.numbers[p], file)
			files = append(files, part{"Doc_0/Res/" + file, p.JPEG})
		}
		s.WriteString("</ofd:MultiMedias>")
	}
	s.WriteString("</ofd:Res>")
	return []byte(s.String()), files, nil
}

func attachments(d Document) (list []byte, files []part) {
	if len(d.Attachments) == 0 {
		return nil, nil
	}
	var s strings.Builder
	s.WriteString(prologue + `<ofd:Attachments ` + namespace + `>`)
	for i, a := range d.Attachments {
		fmt.Fprintf(&s, `<ofd:Attachment ID="f%d" Name="%s" Format="%s" Size="%s" Visible="true"><ofd:FileLoc>%s</ofd:FileLoc></ofd:Attachment>`,
			i+1, escape(a.Name), escape(a.Format), num(float64(len(a.Data))/1024), escape(a.Name))
		files = append(files, part{"Doc_0/Attachs/" + a.Name, a.Data})
	}
	s.WriteString("</ofd:Attachments>")
	return []byte(s.String()), files
}

// num writes a number with at most three places.
func num(v float64) string {
	v = math.Round(v*1000) / 1000
	if v == 0 {
		v = 0 // no "-0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func (b *builder) page(objects []pdf.Object, area string, height float64) []byte {
	var s strings.Builder
	fmt.Fprintf(&s, prologue+`<ofd:Page %s>%s<ofd:Content><ofd:Layer ID="%d" Type="Body">`, namespace, area, b.next())
	for _, o := range objects {
		switch {
		case o.Run != nil:
			b.text(&s, o, height)
		case o.Picture != nil:
			x, y, w, h := num(o.At[0]*mm), num((height-o.At[1]-o.At[3])*mm), num(o.At[2]*mm), num(o.At[3]*mm)
			fmt.Fprintf(&s, `<ofd:ImageObject ID="%d" Boundary="%s %s %s %s" CTM="%s 0 0 %s 0 0" ResourceID="%d"/>`, b.next(), x, y, w, h, w, h, b.numbers[o.Picture])
		default:
			b.path(&s, o, height)
		}
	}
	s.WriteString("</ofd:Layer></ofd:Content></ofd:Page>")
	return []byte(s.String())
}

func color(name string, k *pdf.Color) string {
	if k == nil {
		return ""
	}
	v := func(x float64) int { return int(math.Round(x * 255)) }
	return fmt.Sprintf(`<ofd:%s Value="%d %d %d"/>`, name, v(k.R), v(k.G), v(k.B))
}

// box is the smallest one round points, with some room.
func box(points []float64, room float64) (x, y, w, h float64) {
	x, y = math.Inf(1), math.Inf(1)
	right, bottom := math.Inf(-1), math.Inf(-1)
	for i := 0; i+1 < len(points); i += 2 {
		x, right = min(x, points[i]), max(right, points[i])
		y, bottom = min(y, points[i+1]), max(bottom, points[i+1])
	}
	return x - room, y - room, right - x + 2*room, bottom - y + 2*room
}

// path writes lines and surfaces; OFD measures from the upper left corner.
func (b *builder) path(s *strings.Builder, o pdf.Object, height float64) {
	var points []float64
	for _, g := range o.Path {
		for j := 0; j+1 < len(g.Points); j += 2 {
			points = append(points, g.Points[j]*mm, (height-g.Points[j+1])*mm)
		}
	}
	x, y, w, h := box(points, o.Thick*mm)
	var data strings.Builder
	n := 0
	for i, g := range o.Path {
		if i > 0 {
			data.WriteByte(' ')
		}
		data.WriteByte(g.Op)
		for range len(g.Points) / 2 {
			data.WriteString(" " + num(points[n]-x) + " " + num(points[n+1]-y))
			n += 2
		}
	}
	fmt.Fprintf(s, `<ofd:PathObject ID="%d" Boundary="%s %s %s %s" Stroke="%t" Fill="%t" LineWidth="%s">%s%s<ofd:AbbreviatedData>%s</ofd:AbbreviatedData></ofd:PathObject>`,
		b.next(), num(x), num(y), num(w), num(h), o.Stroke != nil, o.Fill != nil, num(max(o.Thick*mm, 0.001)), color("StrokeColor", o.Stroke), color("FillColor", o.Fill), data.String())
}

// text writes one line. Text space of OFD runs downwards, so that the matrix
// has its second row and column turned.
func (b *builder) text(s *strings.Builder, o pdf.Object, height float64) {
	r := o.Run
	m := r.Matrix
	size, width := r.Size*mm, r.Width*mm
	tx, ty := m[4]*mm, (height-m[5])*mm
	rise, fall := size*0.95, size*0.3
	var corners []float64
	for _, c := range [][2]float64{{0, -rise}, {width, -rise}, {0, fall}, {width, fall}} {
		corners = append(corners, m[0]*c[0]-m[2]*c[1]+tx, -m[1]*c[0]+m[3]*c[1]+ty)
	}
	x, y, w, h := box(corners, 0.1)
	fmt.Fprintf(s, `<ofd:TextObject ID="%d" Boundary="%s %s %s %s" Font="%d" Size="%s"`, b.next(), num(x), num(y), num(w), num(h), b.fonts[r.Face], num(size))
	at := [2]float64{tx - x, ty - y}
	if m[0] != 1 || m[1] != 0 || m[2] != 0 || m[3] != 1 {
		fmt.Fprintf(s, ` CTM="%s %s %s %s %s %s"`, num(m[0]), num(-m[1]), num(-m[2]), num(m[3]), num(at[0]), num(at[1]))
		at = [2]float64{}
	}
	if o.Stroke != nil {
		fmt.Fprintf(s, ` Stroke="true" LineWidth="%s"`, num(o.Thick*mm))
	}
	var text, deltas strings.Builder
	for i, c := range r.Chars {
		text.WriteRune(c.Rune)
		if i > 0 {
			deltas.WriteString(num((c.At - r.Chars[i-1].At) * mm))
			deltas.WriteByte(' ')
		}
	}
	delta := ""
	if len(r.Chars) > 1 {
		delta = ` DeltaX="` + strings.TrimSpace(deltas.String()) + `"`
	}
	fmt.Fprintf(s, `>%s%s%s<ofd:TextCode X="%s" Y="%s"%s>%s</ofd:TextCode></ofd:TextObject>`, color("FillColor", o.Fill), color("StrokeColor", o.Stroke), b.named(r), num(at[0]), num(at[1]), delta, escape(text.String()))
}

// named says which glyphs draw the characters beyond the basic plane. Readers
// that count text in UTF-16 take such a character for two, and find neither in
// the font; glyphs that are named by number they draw.
func (b *builder) named(r *pdf.Run) string {
	var s strings.Builder
	position := 0 // in UTF-16
	for _, c := range r.Chars {
		units := utf16.RuneLen(c.Rune)
		if glyph := b.drawn[r.Face][c.Rune]; units == 2 && glyph > 0 {
			fmt.Fprintf(&s, `<ofd:CGTransform CodePosition="%d" CodeCount="2" GlyphCount="1"><ofd:Glyphs>%d</ofd:Glyphs></ofd:CGTransform>`, position, glyph)
		}
		position += units
	}
	return s.String()
}
