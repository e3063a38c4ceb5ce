package certificates

import (
	"errors"
	"slices"
	"strings"

	"tongban/platform/pdf"
)

const (
	certificateCaption = "扫码核验\n查验码 "
	certificateNote    = "本证照为电子证照，与纸质证照具有同等法律效力；以文件内的电子签名和网上查验结果为准。"
	annexTitle         = "附页"
	annexRow           = "其余登记事项"
)

// face says what of a certificate stands on its first page.
type face struct {
	rows  int  // the first rows
	text  bool // the sentences
	tight bool // closer lines
}

// drawCertificate fills one page, more closely when it must. What still does
// not fit moves to an annex, so that every certificate that was issued can be
// drawn.
func drawCertificate(p Paper, base string) (drawing, error) {
	rows := p.certificateRows()
	tries := []face{{len(rows), true, false}, {len(rows), true, true}, {len(rows), false, true}}
	for kept := len(rows) - 1; kept >= 0; kept-- {
		tries = append(tries, face{kept, false, true})
	}
	var d drawing
	err := pdf.ErrTooLong
	for _, f := range tries {
		if d, err = certificate(p, base, rows, f); !errors.Is(err, pdf.ErrTooLong) {
			break
		}
	}
	return d, err
}

// certificate draws one page and, for what is not on it, an annex.
func certificate(p Paper, base string, rows []pdf.Row, f face) (drawing, error) {
	s := newSheet(p, base)
	c := pdf.Certificate{Issuer: p.IssuerName, Title: p.Title, Number: p.Number, Rows: rows[:f.rows], Tight: f.tight,
		SignOff: []string{p.IssuerName, day(p.IssuedAt)}, Stamp: &pdf.Stamp{Name: p.IssuerName},
		Code: s.url, Caption: certificateCaption + ShowCode(p.Code), Note: certificateNote}
	if f.text {
		c.Preamble = strings.Join(p.Text, "\n　　")
	}
	if f.rows < len(rows) {
		c.Rows = append(append([]pdf.Row(nil), c.Rows...), pdf.Row{Key: annexRow, Value: "见附页"})
	}
	s.Certificate(c)
	if f.rows == len(rows) && (f.text || len(p.Text) == 0) {
		return s.finished()
	}
	s.PageBreak()
	s.Title(p.Title + "（" + annexTitle + "）")
	s.Subtitle(p.Number)
	if !f.text {
		s.paragraphs(p.Text)
	}
	if f.rows < len(rows) {
		s.KeyValues(rows[f.rows:])
	}
	return s.finished()
}

// signedOff fields are said at the foot of a certificate, where office and
// date stand by themselves.
func (p Paper) signedOff(f Field) bool {
	return p.Kind == Certificate && (f.Value == p.IssuerName || f.Value == day(p.IssuedAt))
}

// certificateRows are the fields, and whose and until when where no field says
// it.
func (p Paper) certificateRows() []pdf.Row {
	said := func(what string) bool {
		return slices.ContainsFunc(p.Fields, func(f Field) bool { return strings.Contains(f.Value, what) })
	}
	var rows []pdf.Row
	if !said(p.HolderName) {
		rows = append(rows, pdf.Row{Key: "持证主体", Value: p.HolderName})
	}
	if p.HolderNumber != "" && !said(p.HolderNumber) {
		key := "证件号码"
		if isOrganisation(p.HolderNumber) {
			key = "统一社会信用代码"
		}
		rows = append(rows, pdf.Row{Key: key, Value: p.HolderNumber})
	}
	for _, f := range p.Fields {
		if !p.signedOff(f) {
			rows = append(rows, pdf.Row{Key: f.Label, Value: f.Value})
		}
	}
	if !p.ValidUntil.IsZero() && !said(day(p.ValidUntil)) {
		rows = append(rows, pdf.Row{Key: "有效期至", Value: day(p.ValidUntil)})
	}
	return rows
}
