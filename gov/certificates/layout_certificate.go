package certificates

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/identifier"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/promised"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/pdf"
	"tongban/platform/sign"
)

// The refusals of drawing certificates.
var (
	// ErrTemplate: the template that a certificate was issued with is not there, or
	// is not what it was then.
	ErrTemplate = fault.Internal("certificates.template_differs")
	// ErrPhoto refuses to issue a certificate whose photograph is not kept, or is
	// no JPEG that pages can hold; its detail "field" names it.
	ErrPhoto = fault.Invalid("certificates.photo")
)

// look is how a certificate is drawn.
type look struct {
	template layout.Template
	photos   map[string]pdf.Picture
	claims   []layout.Claim
}

// drawCertificate draws a certificate by its template.
func drawCertificate(p Paper, base string, l look) (drawing, error) {
	return finished(l.template.Draw(p.content(base, l)).Doc)
}

// drawn sets a paper on pages: a certificate by the template that it was issued
// with, with a code that proves it without a network.
func (s *Service) drawn(ctx context.Context, f Found) (drawing, look, error) {
	if f.Kind != Certificate {
		var l look
		var err error
		if f.Kind == Copy {
			if l.photos, err = s.photos(f.Paper, photoKeys(f.Fields)); err != nil {
				return drawing{}, l, err
			}
		}
		d, err := drawn(f.Paper, s.BaseURL, l.photos)
		return d, l, err
	}
	l, err := s.lookOf(ctx, s.DB, f.Paper)
	if err != nil {
		return drawing{}, l, err
	}
	if l.claims, err = s.claimsFor(f, l); err != nil {
		return drawing{}, l, err
	}
	d, err := drawCertificate(f.Paper, s.BaseURL, l)
	return d, l, err
}

// lookOf finds the template of a certificate, as it was signed with it, and its
// photographs.
func (s *Service) lookOf(ctx context.Context, r db.Reader, p Paper) (look, error) {
	l := look{template: layout.Standard(p.Type)}
	if p.Template == "" {
		return l, nil
	}
	if s.Templates == nil {
		return l, ErrTemplate
	}
	version, _, _ := strings.Cut(p.Template, "-")
	n, err := strconv.Atoi(version)
	if err != nil {
		return l, ErrTemplate
	}
	if l.template, err = s.Templates.Version(ctx, r, p.Type, n); err != nil {
		return l, ErrTemplate.Because(err)
	}
	if l.template.Mark(n) != p.Template {
		return l, ErrTemplate
	}
	l.photos, err = s.photos(p, l.template.PhotoKeys())
	return l, err
}

// photos reads the photographs that pages show.
func (s *Service) photos(p Paper, keys []string) (map[string]pdf.Picture, error) {
	out := map[string]pdf.Picture{}
	for _, f := range p.Fields {
		if f.Value == "" || !slices.Contains(keys, f.Key) {
			continue
		}
		if s.Files == nil {
			return nil, ErrNoRendering
		}
		b, err := s.Bytes(files.Ref{Hash: f.Value})
		if err != nil {
			return nil, ErrPhoto.With("field", f.Label).Because(err)
		}
		picture, err := pdf.NewPicture(b)
		if err != nil {
			return nil, ErrPhoto.With("field", f.Label).Because(err)
		}
		out[f.Key] = picture
	}
	return out, nil
}

// photoRE is the digest of a kept photograph, as a field of a certificate has it.
var photoRE = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Photo tells whether a field is a photograph: its value is a digest.
func (f Field) Photo() bool { return photoRE.MatchString(f.Value) }

func photoKeys(fields []Field) (keys []string) {
	for _, f := range fields {
		if f.Photo() {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

// Picture gives the photograph of a field as JPEG, for whoever was given the
// paper; nil when the field is none, or it is not kept here.
func (s *Service) Picture(f Field) []byte {
	if !f.Photo() || s.Files == nil {
		return nil
	}
	b, err := s.Bytes(files.Ref{Hash: f.Value})
	if err != nil {
		return nil
	}
	return b
}

// dress gives a certificate that is about to be signed the template in force,
// and looks whether its photographs are there. It returns their hashes.
func (s *Service) dress(ctx context.Context, tx *db.Tx, p *Paper) (photos []string, err error) {
	p.Template = ""
	if p.Kind != Certificate || s.Templates == nil {
		return nil, nil
	}
	t, version, err := s.Templates.InForce(ctx, tx, p.Type)
	if err != nil || version == 0 {
		return nil, err
	}
	p.Template = t.Mark(version)
	found, err := s.photos(*p, t.PhotoKeys())
	if err != nil {
		return nil, err
	}
	for _, f := range p.Fields {
		if _, ok := found[f.Key]; ok {
			photos = append(photos, f.Value)
		}
	}
	return photos, nil
}

// Codes are what may stand behind the link in the code of a certificate, the
// fullest first: signed claims, the same without fields, and a digest alone.
func (s *Service) Codes(f Found) (out []string, err error) {
	l, err := s.lookOf(context.Background(), s.DB, f.Paper)
	if err != nil {
		return nil, err
	}
	claims, err := s.claimsFor(f, l)
	for _, c := range claims {
		out = append(out, c.Letters)
	}
	return out, err
}

// claimsFor are what the code of a certificate may hold, the fullest first.
func (s *Service) claimsFor(f Found, l look) ([]layout.Claim, error) {
	c := f.claimed()
	for _, d := range f.Fields {
		if _, photo := l.photos[d.Key]; !photo && d.Value != "" {
			c.Fields = append(c.Fields, [2]string{d.Label, d.Value})
		}
	}
	keys, err := s.keys(f.Issuer)
	if err != nil {
		return nil, err
	}
	var out []layout.Claim
	for i, c := range []codes.Claims{c, c.Bare()} {
		letters, err := c.Sign(keys.KeyID(), keys.Sign)
		if err != nil {
			return nil, errors.Join(ErrDiffers, err)
		}
		if err := promised.Code(letters, c, s.checker().Check); err != nil {
			return nil, ErrDiffers.Because(err) // what is printed must be what is promised
		}
		out = append(out, layout.Claim{Letters: letters, Says: []string{layout.SaysAll, layout.SaysMain}[i]})
	}
	return append(out, layout.Claim{Letters: codes.Digest([]byte(f.record.data)), Says: layout.SaysDigest}), nil
}

// claimed are the claims of a certificate but for its fields.
func (f Found) claimed() codes.Claims {
	c := codes.Claims{Code: f.Code, Kind: string(f.Kind), Title: f.Title, Number: f.Number, Identifier: f.Identifier, Issuer: f.Issuer, IssuerName: f.IssuerName, Holder: f.HolderName,
		HolderCode: f.HolderNumber, Grade: f.Grade, Item: f.ItemName, Issued: f.IssuedAt.Unix(), Data: codes.DataDigest([]byte(f.record.data))}
	if !f.ValidFrom.IsZero() {
		c.From = f.ValidFrom.Unix()
	}
	if !f.ValidUntil.IsZero() {
		c.Until = f.ValidUntil.Unix()
	}
	return c
}

// FormCode is the text of the code on a certificate.
const FormCode = "qr"

// ErrCodeOnly: a code with an address or a digest and nothing that is signed; the
// site that it names can tell more.
var ErrCodeOnly = fault.Invalid("certificates.code_only")

// ErrCodeDamaged: a code that is not whole, or was changed.
var ErrCodeDamaged = fault.Invalid("certificates.code_damaged")

// scanned checks what the code on a certificate says: signed claims, which are
// compared with the page by whoever holds it.
func (v *Verifier) scanned(b []byte, c *checkedFile) {
	c.Form = FormCode
	if codes.OnlyDigest(b) {
		c.refuse(ErrCodeOnly)
		return
	}
	said, key, err := codes.Open(b, func(key string, message, signature []byte) error {
		switch {
		case !v.knows(key):
			return v.trust.Unknown(codes.IssuedAt(message))
		case !v.trust.Check(key, message, signature):
			return ErrDataSignature
		}
		return nil
	})
	c.KeyID = key
	switch {
	case errors.Is(err, codes.ErrCode):
		c.refuse(ErrCodeDamaged.Because(err))
		return
	case err != nil:
		c.refuse(err)
		return
	}
	p := &Paper{Region: identifier.RegionOf(said.Issuer), Kind: Kind(said.Kind), Code: said.Code, Title: said.Title, Number: said.Number, Identifier: said.Identifier, Issuer: said.Issuer, IssuerName: said.IssuerName,
		HolderName: said.Holder, HolderNumber: said.HolderCode, ItemName: said.Item, Grade: said.Grade, IssuedAt: time.Unix(said.Issued, 0)}
	if said.From != 0 {
		p.ValidFrom = time.Unix(said.From, 0)
	}
	if said.Until != 0 {
		p.ValidUntil = time.Unix(said.Until, 0)
	}
	c.FileSignatureOK, c.WholeDocument, c.DataSignatureOK, c.Algorithm = true, true, true, sign.Ed25519
	c.paper, c.digest, c.SignedAt = p, said.Data, p.IssuedAt
	if err := v.index.Stands(key, p.Issuer, p.IssuedAt); !c.waits(err) {
		c.paper = nil
		c.refuse(err)
		return
	}
	c.SigningOffice = v.officeOf(key)
	for _, f := range said.Fields {
		c.Says = append(c.Says, Said{f[0], f[1]})
	}
	c.LeftOut = said.Left
}

// Said is one line of what the code on a certificate says: whoever holds the
// page compares.
type Said struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// same tells whether the record has the data that a file carries, or those that
// a code was made from.
func (c checkedFile) same(f Found) bool {
	r := f.record
	switch c.Form {
	case FormCode:
		return bytes.Equal(c.digest, codes.DataDigest([]byte(r.data)))
	case FormWallet:
		return c.shown(f.Paper)
	}
	return c.inside.Data == r.data && base64.StdEncoding.EncodeToString(c.inside.Signature) == r.signature
}
