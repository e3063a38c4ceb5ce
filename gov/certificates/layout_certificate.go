package certificates

import (
	"errors"
	"strings"

	"tongban/platform/pdf"
)

const (
	certificateCaption = "扫码核验\n查验码 "
	certificateNote    = "本证照为电子证照，与纸质证照具有同等法律效力；以文件内的电子签名和网上查验结果为准。"
	annexTitle         = "附页"
	annexRow           = "其余登记事项"
)

// drawCertificate fills one page. What does not fit moves to an annex, so that
// every certificate that was issued can be drawn.
func drawCertificate(p Paper, base string) (drawing, error) {
	rows := p.certificateRows()
	for kept := len(rows); kept >= 0; kept-- {
		d, err := certificate(p, base, rows, kept, true)
		if !errors.Is(err, pdf.ErrTooLong) {
			return d, err
		}
	}
	return certificate(p, base, rows, 0, false)
}

// certificate draws the first rows on the certificate itself and the rest on
// an annex; withText puts the sentences on the certificate too.
func certificate(p Paper, base string, rows []pdf.Row, kept int, withText bool) (drawing, error) {
	s := newSheet(p, base)
	c := pdf.Certificate{Issuer: p.IssuerName, Title: p.Title, Number: p.Number, Rows: rows[:kept],
		SignOff: []string{p.IssuerName, day(p.IssuedAt)}, Stamp: &pdf.Stamp{Name: p.IssuerName},
		Code: s.url, Caption: certificateCaption + ShowCode(p.Code), Note: certificateNote}
	if withText {
		c.Preamble = strings.Join(p.Text, "\n　　")
	}
	if kept < len(rows) {
		c.Rows = append(append([]pdf.Row(nil), c.Rows...), pdf.Row{Key: annexRow, Value: "见附页"})
	}
	s.Certificate(c)
	if kept == len(rows) && withText {
		return s.finished()
	}
	s.PageBreak()
	s.Title(p.Title + "（" + annexTitle + "）")
	s.Subtitle(p.Number)
	if !withText {
		s.paragraphs(p.Text)
	}
	s.KeyValues(rows[kept:])
	return s.finished()
}

// certificateRows are the fields, and whose and until when where no field says
// it.
func (p Paper) certificateRows() []pdf.Row {
	var rows []pdf.Row
	said := func(what string) bool {
		for _, f := range p.Fields {
			if strings.Contains(f.Value, what) {
				return true
			}
		}
		return false
	}
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
		rows = append(rows, pdf.Row{Key: f.Label, Value: f.Value})
	}
	if !p.ValidUntil.IsZero() && !said(day(p.ValidUntil)) {
		rows = append(rows, pdf.Row{Key: "有效期至", Value: day(p.ValidUntil)})
	}
	return rows
}
