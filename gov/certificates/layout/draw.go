package layout

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/platform/i18n"
	"tongban/platform/pdf"
)

// Datum is one field of a certificate.
type Datum struct{ Key, Label, Value string }

// Content is what a certificate says.
type Content struct {
	Title, Number, Issuer, Item, Holder, HolderNumber, Identifier string

	HolderWord string  // what the number of the holder is called
	Code       string  // for checking, as it is shown
	Link       string  // where the code leads
	Claims     []Claim // what stands in the code behind the link: the first that has room

	Issued, From, Until time.Time
	Fields              []Datum
	Sentences           []string
	Photos              map[string]pdf.Picture // by key of the field
	Watermark           string                 // across every page; "" is none
}

// Claim is something for the code of a certificate.
type Claim struct {
	Letters string // such as pdf.Code.Upper takes
	Says    string // the words that {check} stands for
}

// Drawn is a certificate on pages.
type Drawn struct {
	Doc   *pdf.Doc
	Over  []int // parts whose content moved to the annex, by place in the template
	Annex bool
	Claim Claim // the one that the code holds; empty: the link alone
}

// Day writes a date the way official papers do; no date is 长期.
func Day(t time.Time) string {
	if t.IsZero() {
		return "长期"
	}
	t = t.In(i18n.Zone)
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// Words of the annex and of the note beside the code.
const (
	annexTitle = "附页"
	annexOf    = "证照编号："
	annexRow   = "其余登记事项"
	inAnnex    = "见附页"
	// SaysAll, SaysMain and SaysDigest tell what the code is good for.
	SaysAll    = "二维码内含签名数据，断网也能核验"
	SaysMain   = "二维码内含主要事项的签名数据，断网也能核验"
	SaysDigest = "数据较多，二维码内只有查验码和摘要，请联网核验"
)

// smallest is the side of a module of a printed code, in millimetres: four dots
// of a printer with 300 to the inch.
const smallest = 0.33

// drawing is a certificate in the making.
type drawing struct {
	*pdf.Doc
	t       Template
	c       Content
	out     Drawn
	code    pdf.Code
	end     float64 // lower edge of the part before
	rest    []pdf.Row
	told    bool // the sentences stand on the page
	replace *strings.Replacer
}

// Draw sets a certificate on pages. The same template and content give the same
// bytes.
func (t Template) Draw(c Content) Drawn {
	d := pdf.New(pdf.Meta{Title: c.Title, Author: c.Issuer, Subject: c.Item + " " + c.Number, Lang: "zh-Hans", Created: c.Issued.In(i18n.Zone)})
	d.Footer(c.Number + "　查验码 " + c.Code)
	x := &drawing{Doc: d, t: t, c: c, out: Drawn{Doc: d}, told: len(c.Sentences) == 0}
	x.chooseCode()
	x.replace = replacer(c, x.out.Claim.Says)
	d.Sheet(t.Page.Wide, t.Page.High)
	rows := t.unplaced(c, t.placed())
	for i, p := range t.Parts {
		x.part(i, p, rows)
	}
	if !slices.ContainsFunc(t.Parts, func(p Part) bool { return p.Sort == Rows }) {
		x.rest = append(x.rest, rows...)
	}
	x.annex()
	if c.Watermark != "" {
		d.Watermark(c.Watermark)
	}
	return x.out
}

// chooseCode takes the signed claims if a printer can draw them in the place
// that the template has.
func (x *drawing) chooseCode() {
	x.code = pdf.Code{Text: x.c.Link}
	for _, p := range x.t.Parts {
		if p.Sort != Code {
			continue
		}
		for _, claim := range x.c.Claims {
			full := pdf.Code{Text: x.c.Link + "#", Upper: claim.Letters}
			if n := full.Modules(); n > 0 && min(p.Wide, p.High)/float64(n+8) >= smallest {
				x.code, x.out.Claim = full, claim
				return
			}
		}
	}
}

func (x *drawing) part(i int, p Part, rows []pdf.Row) {
	b := p.box()
	if bottom := b.Y + b.High; p.After && x.end > 0 && x.end+3 < bottom {
		b.Y = x.end + 3
		b.High = bottom - b.Y
	}
	x.end = p.Y + p.High
	switch p.Sort {
	case Text:
		x.text(i, b, x.replace.Replace(p.Text), p.style())
	case Date:
		x.text(i, b, Day(x.c.date(p.Field)), p.style())
	case Field:
		x.field(i, b, p)
	case Sentences:
		x.sentences(i, b, p.style())
	case Rows:
		x.rows(i, b, p, rows)
	case Photo:
		x.photo(b, p)
	case Seal:
		x.PutStamp(b, x.c.Issuer)
	case Code:
		x.PutQR(b, x.code)
	case Frame:
		x.PutFrame(b, thick(p), p.style().Color, p.Twice)
	case Line:
		x.PutLine(b, thick(p), p.style().Color)
	}
}

func thick(p Part) float64 {
	if p.Size == 0 {
		return 1
	}
	return p.Size
}

// text draws words as large as they fit; words that fit at no size are drawn
// all the same, and reported.
func (x *drawing) text(i int, b pdf.Box, s string, st pdf.Style) {
	if s == "" {
		return
	}
	size, ok := x.Fits(b, s, st)
	if !ok {
		x.over(i)
	}
	st.Size = size
	x.end = b.Y + x.PutText(b, s, st)
}

func (x *drawing) over(i int) { x.out.Over = append(x.out.Over, i) }

// field draws a value, with its label before it if there is room for one.
func (x *drawing) field(i int, b pdf.Box, p Part) {
	d, ok := x.c.datum(p.Field)
	if !ok || d.Value == "" {
		return
	}
	value, st := b, p.style()
	if p.Label > 0 {
		value.X, value.Wide = b.X+p.Label, b.Wide-p.Label
	}
	size, fits := x.Fits(value, d.Value, st)
	text := d.Value
	if !fits {
		x.over(i)
		x.rest, text, size = append(x.rest, pdf.Row{Key: d.Label, Value: d.Value}), inAnnex, st.Size
	}
	if p.Label > 0 {
		label := st
		label.Color, label.Align, label.Bold = pdf.Grey, pdf.Left, false
		room := pdf.Box{X: b.X, Y: b.Y, Wide: p.Label, High: b.High}
		label.Size, _ = x.Fits(room, d.Label, label)
		x.PutText(room, d.Label, label)
	}
	st.Size = size
	x.end = b.Y + x.PutText(value, text, st)
}

func (x *drawing) sentences(i int, b pdf.Box, st pdf.Style) {
	if len(x.c.Sentences) == 0 {
		x.end = b.Y
		return
	}
	s := strings.Join(x.c.Sentences, "\n　　")
	size, ok := x.Fits(b, s, st)
	if !ok {
		x.over(i)
		x.end = b.Y
		return
	}
	st.Size, x.told = size, true
	x.end = b.Y + x.PutText(b, s, st)
}

// photo draws a photograph, or an empty frame where there is none.
func (x *drawing) photo(b pdf.Box, p Part) {
	picture, ok := x.c.Photos[p.Field]
	if !ok {
		x.PutFrame(b, 0.5, pdf.Line, false)
		return
	}
	label := "照片"
	if d, ok := x.c.datum(p.Field); ok {
		label = d.Label
	}
	x.PutPicture(b, picture, label)
}

// rows draws particulars, more closely when it must; those without room go to
// the annex.
func (x *drawing) rows(i int, b pdf.Box, p Part, rows []pdf.Row) {
	size := p.style().Size
	var st pdf.Rows
	fit := 0
	for _, st = range []pdf.Rows{{Size: size, Pad: size * 0.66}, {Size: size - 1, Pad: 5}, {Size: size * 0.8, Pad: 3}} {
		if fit = x.RowsFit(b, rows, st); fit == len(rows) {
			break
		}
	}
	if fit < len(rows) {
		x.over(i)
		note := pdf.Row{Key: annexRow, Value: inAnnex}
		for fit > 0 && x.RowsFit(b, append(slices.Clone(rows[:fit]), note), st) <= fit {
			fit--
		}
		x.rest = append(x.rest, rows[fit:]...)
		rows = append(slices.Clone(rows[:fit]), note)
	}
	x.end = b.Y + x.PutRows(b, rows, st)
}

// annex draws what had no room.
func (x *drawing) annex() {
	if len(x.rest) == 0 && x.told {
		return
	}
	x.out.Annex = true
	x.PageBreak()
	x.Title(x.c.Title + "（" + annexTitle + "）")
	x.Subtitle(annexOf + x.c.Number)
	if !x.told {
		for _, s := range x.c.Sentences {
			x.Paragraph(s)
		}
	}
	if len(x.rest) > 0 {
		x.KeyValues(x.rest)
	}
}
