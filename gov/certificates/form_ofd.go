package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tongban/gov/certificates/metadata"
	"tongban/gov/certificates/promised"
	"tongban/platform/i18n"
	"tongban/platform/ofd"
	"tongban/platform/sign"
)

// OFD gives a paper as an OFD file with an electronic seal to its holder or to
// an office that handles its case. Its pages are those of the PDF. It is not
// kept: as long as the keys are the same it is drawn to the same bytes.
func (s *Service) OFD(ctx context.Context, region, paper string) (Form, error) {
	f, err := s.Read(ctx, region, paper)
	if err != nil {
		return Form{}, err
	}
	b, err := s.sealed(ctx, f)
	return Form{Found: f, Name: f.Title + " " + f.Number + ".ofd", Type: "application/ofd", Data: b}, err
}

// sealed draws the paper, reads it back and compares, puts metadata and signed
// data inside and presses the seal.
func (s *Service) sealed(ctx context.Context, f Found) ([]byte, error) {
	keys, err := s.keys(f.Issuer)
	if err != nil {
		return nil, err
	}
	if keys.Forms == nil || keys.Forms.SM2() == nil {
		return nil, ErrNoRendering
	}
	d, l, err := s.drawn(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("draw paper %s: %w", f.ID, err)
	}
	if err := compare(d.file, f.Paper, l); err != nil {
		return nil, fmt.Errorf("compare paper %s: %w", f.ID, err)
	}
	drawing, err := d.doc.Drawing()
	if err != nil {
		return nil, fmt.Errorf("draw paper %s: %w", f.ID, err)
	}
	e, err := f.envelope()
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx, f)
	if err != nil {
		return nil, err
	}
	doc := ofd.Document{Drawing: drawing, Attachments: []ofd.Attachment{{Name: envelopeName, Format: "JSON", Data: data}}}
	for _, m := range f.described().Entries(metadata.Newest, names) {
		doc.Entries = append(doc.Entries, ofd.Entry(m))
	}
	leaf, root := keys.Forms.SealCertificates()
	at := f.IssuedAt
	if at.Before(leaf.NotBefore) { // the key is younger than the paper
		at = leaf.NotBefore
	}
	b, err := ofd.Sign(doc, ofd.Seal{ID: f.Issuer, Name: f.IssuerName, Key: keys.Forms.SM2(), Certificate: leaf, At: at.In(i18n.Zone), Box: &d.stamp, Vouch: keys.vouch})
	if err != nil {
		return nil, err
	}
	inside := promised.Enclosed{Name: envelopeName, Data: data, Check: s.checker().Check, Message: rendering}
	if err := promised.OFD(b, root, inside, doc.Entries, f.sheet("", l), l.photos); err != nil {
		return nil, ErrDiffers.Because(err)
	}
	return b, nil
}

// ofd checks an OFD file: its seal by a trusted certificate, over every byte;
// what the key of the data says of the whole; the data inside.
func (v *Verifier) ofd(b []byte, c *checkedFile) {
	c.Form = FormOFD
	r, err := ofd.Verify(b, v.seals)
	c.WholeDocument = r.WholeDocument
	if r.Certificate != nil {
		c.SignedBy, c.Organization, c.SignedAt, c.Algorithm = r.Signer, r.Organization, r.At, sign.SM2
	}
	if err != nil {
		c.refuse(err)
		return
	}
	c.FileSignatureOK = true
	if r.Vouch == nil {
		c.refuse(ErrPagesDiffer) // nobody but the seal says that pages and data belong together
		return
	}
	e, err := enclosedOFD(b)
	if err != nil {
		c.refuse(ErrNoData.Because(err))
		return
	}
	voucher, err := v.vouched(r.Vouch, r.Digest, e)
	if err != nil {
		c.refuse(err)
		return
	}
	p, key, err := v.inside(e, "")
	c.KeyID, c.DataSignatureOK = key, c.waits(err)
	if err == nil || errors.Is(err, ErrWitness) {
		err = v.index.Stands(voucher, p.Issuer, p.IssuedAt)
	}
	if err == nil {
		err = v.fileKey(sign.KeyID(r.Certificate.Public), p.Issuer, r.At)
	}
	if !c.waits(err) {
		c.refuse(err)
		return
	}
	c.witness = c.witness && !v.voucherGood(voucher)
	c.SigningOffice = v.officeOf(key)
	c.PagesMatch, c.paper, c.inside = true, p, e
}

func enclosedOFD(b []byte) (e envelope, err error) {
	file, err := ofd.Open(b)
	if err != nil {
		return e, err
	}
	data, err := file.Attachment(envelopeName)
	if err != nil {
		return e, err
	}
	if err := only(data, &e); err != nil || e.Format != envelopeFormat {
		return e, errNoData
	}
	return e, nil
}
