package pages

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"tongban/gov/certificates/layout"
	"tongban/platform/i18n"
	"tongban/platform/pdf"
)

// Keys of fields that the layouts know. A paper may have any others; they
// stand in the table of particulars.
const (
	FieldMaterials = "materials" // of a receipt: what was handed in, separated by ；
	FieldItem      = "item"      // of a supplement notice: item1, item2 … one thing to mend each
	FieldReason    = "reason"    // of a refusal: why
	FieldClause    = "clause"    // of a refusal: which clause was not met
	FieldEvidence  = "evidence"  // of a refusal: what was found
	FieldPass      = "pass"      // of a refusal: how to pass next time
	FieldRemedy    = "remedy"    // of a refusal: remedy1, remedy2 … where to turn, until when
)

// listSeparator separates the entries of a field that is a list.
const listSeparator = "；"

// Kinds that have a layout of their own; all others are sentences and a table.
const (
	Receipt     = "receipt"
	Supplement  = "supplement"
	Refusal     = "refusal"
	Certificate = "certificate"
)

// Paper is what a paper says, whatever its kind. HolderNumber is as it is shown.
type Paper struct {
	Kind     string
	Template layout.Template // of a certificate; empty where it is not at hand
	layout.Content
}

// Sheet is a notice being set.
type Sheet struct {
	*pdf.Doc
	p Paper
}

// NewSheet begins the pages of a notice.
func NewSheet(p Paper) *Sheet {
	d := pdf.New(pdf.Meta{Title: p.Title, Author: p.Issuer, Subject: p.Item + " " + p.Number, Lang: "zh-Hans", Created: p.Issued.In(i18n.Zone)})
	d.Footer(p.Number + "　查验码 " + p.Code)
	return &Sheet{d, p}
}

// Draw sets a notice on pages. The same paper gives the same bytes.
func Draw(p Paper) *pdf.Doc {
	s := NewSheet(p)
	s.head()
	switch p.Kind {
	case Receipt:
		s.receipt()
	case Supplement:
		s.supplement()
	case Refusal:
		s.refusal()
	default:
		s.paragraphs(p.Sentences)
		s.particulars(nil)
	}
	s.Foot()
	return s.Doc
}

// Copy sets a copy of a certificate: what it is good for in a box, the
// photograph, the particulars, and grade and purpose slanting across every page.
func Copy(p Paper, only string) *pdf.Doc {
	s := NewSheet(p)
	s.Text(p.Issuer, pdf.Style{Size: 17, Lead: 1.5, Align: pdf.Center, Bold: true, Color: pdf.Red, After: 2})
	s.Rule()
	s.Title(p.Title)
	s.Subtitle(p.Number)
	s.Callout(only, pdf.Color{R: 0.97, G: 0.95, B: 0.90})
	rows := []pdf.Row{{Key: "持证主体", Value: p.Holder + "（" + p.HolderNumber + "）"}}
	for _, f := range p.Fields {
		if picture, ok := p.Photos[f.Key]; ok {
			s.Photograph(picture, 26, 37, f.Label)
		} else if f.Value != "" {
			rows = append(rows, pdf.Row{Key: f.Label, Value: f.Value})
		}
	}
	s.KeyValues(rows)
	s.Foot()
	s.Watermark(p.Watermark)
	return s.Doc
}

// head: the office in red, the title, the number, and who is addressed.
func (s *Sheet) head() {
	s.Text(s.p.Issuer, pdf.Style{Size: 19, Lead: 1.5, Align: pdf.Center, Bold: true, Color: pdf.Red, After: 2})
	s.Rule()
	s.Title(s.p.Title)
	s.Subtitle(s.p.Number)
	s.Text(s.p.Holder+"：", pdf.Style{Size: 12.5, After: 2})
}

func (s *Sheet) paragraphs(texts []string) {
	for _, t := range texts {
		s.Paragraph(t)
	}
}

// particulars is the table of who and what, and of the fields that no other
// part of the layout shows.
func (s *Sheet) particulars(elsewhere func(layout.Datum) bool) {
	who := s.p.Holder
	if n := s.p.HolderNumber; n != "" {
		who += "（" + n + "）"
	}
	rows := []pdf.Row{{Key: "申请人", Value: who}, {Key: "事项名称", Value: s.p.Item}}
	for _, f := range s.p.Fields {
		if elsewhere == nil || !elsewhere(f) {
			rows = append(rows, pdf.Row{Key: f.Label, Value: f.Value})
		}
	}
	filled := rows[:0]
	for _, r := range rows {
		if r.Value != "" {
			filled = append(filled, r)
		}
	}
	s.Space(4)
	s.KeyValues(filled)
}

// receipt lists what was handed in.
func (s *Sheet) receipt() {
	s.paragraphs(s.p.Sentences)
	s.particulars(s.p.listed)
	for _, f := range s.p.Fields {
		if !s.p.listed(f) {
			continue
		}
		var rows [][]string
		for i, m := range strings.Split(f.Value, listSeparator) {
			rows = append(rows, []string{fmt.Sprint(i + 1), m})
		}
		s.Grid([]pdf.Column{{Head: "序号", Wide: 1, Align: pdf.Center}, {Head: f.Label, Wide: 9}}, rows)
	}
}

// supplement lists everything that is to be mended, at once.
//
// Law: 行政许可法 art. 32 ¶1(4): all supplements are told at one time.
func (s *Sheet) supplement() {
	s.paragraphs(s.p.Sentences)
	s.particulars(s.p.headed)
	var rows [][]string
	for _, f := range s.p.Fields {
		if s.p.headed(f) {
			rows = append(rows, []string{fmt.Sprint(len(rows) + 1), s.p.label(f), f.Value})
		}
	}
	if len(rows) > 0 {
		s.Heading(fmt.Sprintf("需要补正的内容（共%d项）", len(rows)))
		s.Grid([]pdf.Column{{Head: "序号", Wide: 1, Align: pdf.Center}, {Head: "材料或者事项", Wide: 3}, {Head: "需要补正什么，怎么补", Wide: 6.5}}, rows)
	}
}

// part is one of the four parts of a refusal.
type part struct {
	head string
	keys []string
}

// refusalParts: result, which clause and why, how to pass, remedies.
//
// Law: 行政许可法 art. 38 ¶2: reasons, and the right to reconsideration or litigation.
var refusalParts = []part{
	{"决定", nil},
	{"依据和理由", []string{FieldClause, FieldReason, FieldEvidence}},
	{"怎样可以通过", []string{FieldPass}},
	{"救济途径和期限", []string{FieldRemedy}},
}

// ordinals number the parts of a refusal.
var ordinals = []string{"一、", "二、", "三、", "四、"}

// refusal sets the first text as the decision, texts that give the reason with
// the reasons, and the rest with the remedies.
func (s *Sheet) refusal() {
	s.particulars(func(f layout.Datum) bool { return s.p.headed(f) || s.p.inText(f) })
	n := 0
	for i, part := range refusalParts {
		texts := s.p.refusalTexts(i)
		for _, f := range s.p.Fields {
			if !s.p.inText(f) && part.has(f.Key) {
				texts = append(texts, f.Value)
			}
		}
		if len(texts) == 0 {
			continue
		}
		last := i == len(refusalParts)-1
		head := pdf.Style{Size: 13, Bold: true, After: 2, Tag: "H2", Keep: 60}
		if last && len(texts) == 1 {
			head.Keep = keepWithFoot(texts[0]) + 30
		}
		s.Space(8)
		s.Text(ordinals[n]+part.head, head)
		for j, t := range texts {
			st := pdf.Style{Align: pdf.Justify, Indent: 2, After: 4}
			if last && j == len(texts)-1 {
				st.Keep = keepWithFoot(t) // so that the stamp never stands on a page alone
			}
			s.Text(t, st)
		}
		n++
	}
}

// keepWithFoot is the room that a paragraph and the foot of the paper take, in
// points.
func keepWithFoot(text string) float64 {
	const perLine, lineHeight = 36, 12 * 1.7
	return float64(utf8.RuneCountInString(text)/perLine+1)*lineHeight + footKeep
}

func (p part) has(key string) bool {
	for _, k := range p.keys {
		if key == k || numbered(key, k) {
			return true
		}
	}
	return false
}

// refusalTexts gives the paragraphs that belong to a part.
func (p Paper) refusalTexts(part int) []string {
	var out []string
	for i, t := range p.Sentences {
		at := 3
		switch {
		case i == 0:
			at = 0
		case strings.HasPrefix(t, "理由：") || strings.HasPrefix(t, "依据：") || p.holds(t):
			at = 1
		}
		if at == part {
			out = append(out, t)
		}
	}
	return out
}

// holds tells whether a paragraph repeats the reason.
func (p Paper) holds(text string) bool {
	for _, f := range p.Fields {
		if (f.Key == FieldReason || f.Key == FieldClause) && strings.Contains(text, f.Value) {
			return true
		}
	}
	return false
}

// numbered tells whether key is one of key1, key2 …
func numbered(key, of string) bool {
	rest, ok := strings.CutPrefix(key, of)
	return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// listed fields get a numbered table of their own.
func (p Paper) listed(f layout.Datum) bool {
	return p.Kind == Receipt && f.Key == FieldMaterials
}

// headed fields stand in a part of their own instead of the table.
func (p Paper) headed(f layout.Datum) bool {
	switch p.Kind {
	case Supplement:
		return numbered(f.Key, FieldItem)
	case Refusal:
		for _, part := range refusalParts {
			if part.has(f.Key) {
				return true
			}
		}
	}
	return false
}

// inText fields are said by a paragraph already.
func (p Paper) inText(f layout.Datum) bool {
	if p.Kind != Refusal || !p.headed(f) {
		return false
	}
	for _, t := range p.Sentences {
		if strings.Contains(t, f.Value) {
			return true
		}
	}
	return false
}

// label is what stands before a field's value: "第1项 身份证明" is numbered by
// the table itself.
func (p Paper) label(f layout.Datum) string {
	if p.Kind == Supplement && numbered(f.Key, FieldItem) {
		if first, rest, ok := strings.Cut(f.Label, " "); ok && strings.HasPrefix(first, "第") && strings.HasSuffix(first, "项") {
			return rest
		}
	}
	return f.Label
}

const howToCheck = "扫码，或者在查验页面输入查验码，可以核对本文书的真伪和效力。"

// Foot sets office, date and stamp on the right, the code beside them. They stay
// together on one page.
func (s *Sheet) Foot() {
	s.Text(howToCheck, pdf.Style{Size: 9.5, Lead: 1.6, Color: pdf.Grey, Keep: footKeep})
	s.SignOff(&pdf.Stamp{Name: s.p.Issuer, MM: stampSize}, s.p.Issuer, layout.Day(s.p.Issued))
	s.Space(-footHeight)
	s.QR(s.p.Link, "查验码 "+s.p.Code, 29, pdf.Left)
}

// stampSize is the diameter of the stamp on notices, in millimetres.
const stampSize = 38

const (
	// footKeep is the room that the foot takes, in points.
	footKeep = stampSize*pdf.MM + 24
	// footHeight is what SignOff takes below its first line, in points.
	footHeight = stampSize*pdf.MM + 4
)
