package certificates

import (
	"strings"
	"time"

	"tongban/gov/certificates/grades"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/mask"
	"tongban/gov/certificates/pages"
	"tongban/platform/fault"
	"tongban/platform/pdf"
)

// Keys of fields that the layouts know. A paper may have any others; they
// stand in the table of particulars.
const (
	FieldMaterials = pages.FieldMaterials // of a receipt: what was handed in, separated by ；
	FieldItem      = pages.FieldItem      // of a supplement notice: item1, item2 … one thing to mend each
	FieldReason    = pages.FieldReason    // of a refusal: why
	FieldClause    = pages.FieldClause    // of a refusal: which clause was not met
	FieldEvidence  = pages.FieldEvidence  // of a refusal: what was found
	FieldPass      = pages.FieldPass      // of a refusal: how to pass next time
	FieldRemedy    = pages.FieldRemedy    // of a refusal: remedy1, remedy2 … where to turn, until when
)

// ErrDiffers says that the pages of a file do not say what its data say.
var ErrDiffers = fault.Internal("certificates.differs")

// day writes a date the way official papers do.
func day(t time.Time) string { return layout.Day(t) }

// drawing is a paper as a file, not yet signed, and where its stamp stands.
type drawing struct {
	file  []byte
	stamp pdf.StampBox
	doc   *pdf.Doc // for other formats of pages
}

// drawn sets the paper on pages. The same paper and base address give the same
// bytes. photos are the photographs of a copy.
func drawn(p Paper, base string, photos map[string]pdf.Picture) (drawing, error) {
	if p.Kind == Certificate {
		return drawCertificate(p, base, look{template: layout.Standard(p.Type)})
	}
	if p.Kind == Copy {
		return drawCopy(p, base, photos)
	}
	return finished(pages.Draw(p.sheet(base, look{})))
}

func finished(d *pdf.Doc) (drawing, error) {
	file, err := d.Bytes()
	box, _ := d.StampBox()
	return drawing{file, box, d}, err
}

// sheet is what a paper says, for its pages; its template, where that is at hand.
func (p Paper) sheet(base string, l look) pages.Paper {
	return pages.Paper{Kind: string(p.Kind), Template: l.template, Content: p.content(base, l)}
}

// compare reads the pages of a file back and looks for everything that the
// paper promises: what was promised is what was rendered.
func compare(file []byte, p Paper, l look) error {
	if err := pages.Compare(file, p.sheet("", l), l.photos); err != nil {
		return ErrDiffers.Because(err)
	}
	return nil
}

// shownHolderNumber is printed in full on certificates only: receipts and
// notices lie about on counters.
func (p Paper) shownHolderNumber() string {
	if p.Kind == Certificate || mask.Organisation(p.HolderNumber) {
		return p.HolderNumber
	}
	return MaskNumber(p.HolderNumber)
}

// trust is the grade of a certificate; other papers have none.
func (p Paper) trust() grades.Grade {
	if p.Kind != Certificate {
		return ""
	}
	return grades.Of(p.Grade)
}

// content is what a paper says, for its layout.
func (p Paper) content(base string, l look) layout.Content {
	c := layout.Content{Title: p.Title, Number: p.Number, Issuer: p.IssuerName, Item: p.ItemName, Holder: p.HolderName, HolderNumber: p.shownHolderNumber(), HolderWord: "证件号码",
		Identifier: p.Identifier, Code: ShowCode(p.Code), Link: strings.TrimRight(base, "/") + "/verify/" + p.Code, Claims: l.claims,
		Issued: p.GrantedOn(), From: p.ValidFrom, Until: p.ValidUntil, Sentences: p.Text, Photos: l.photos}
	if mask.Organisation(p.HolderNumber) {
		c.HolderWord = "统一社会信用代码"
	}
	if p.Kind == Certificate {
		c.Watermark = p.trust().Watermark(p.IssuerName)
	}
	if p.Kind == Copy && p.CopyOf != nil {
		c.Watermark = grades.Of(p.Grade).Given(p.IssuerName) + p.CopyOf.Watermark(p.ValidUntil)
	}
	for _, f := range p.Fields {
		if _, photo := l.photos[f.Key]; photo {
			f.Value = "" // the picture says it
		}
		c.Fields = append(c.Fields, layout.Datum{Key: f.Key, Label: f.Label, Value: f.Value})
	}
	return c
}
