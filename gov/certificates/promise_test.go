package certificates

import (
	"bytes"
	"crypto/x509"
	"errors"
	"testing"

	"tongban/platform/jws"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
)

// bentSeal signs files of PDF and changes them on the way.
type bentSeal struct {
	Sealer
	before, after func([]byte) []byte
}

func (s bentSeal) SignPDF(pdf []byte, o sign.PDFSignature) ([]byte, error) {
	if s.before != nil {
		pdf = s.before(pdf)
	}
	b, err := s.Sealer.SignPDF(pdf, o)
	if s.after != nil {
		b = s.after(b)
	}
	return b, err
}

func (s bentSeal) Certificate() *x509.Certificate { return s.Sealer.Certificate() }

// bentKey signs something else than it is told, once from turns on.
type bentKey struct {
	sign.KeyHolder
	turns *int
}

func (k bentKey) Sign(m []byte) ([]byte, error) {
	if *k.turns--; *k.turns < 0 {
		m = append(bytes.Clone(m), '.')
	}
	return k.KeyHolder.Sign(m)
}

// bentForms has keys that are not those that they say they are.
type bentForms struct {
	FormKeys
	turns int
}

func (f *bentForms) Data() sign.KeyHolder  { return bentKey{f.FormKeys.Data(), &f.turns} }
func (f *bentForms) Paper() sign.KeyHolder { return bentKey{f.FormKeys.Paper(), &f.turns} }
func (f *bentForms) SM2() sign.KeyHolder   { return bentKey{f.FormKeys.SM2(), &f.turns} }
func (f *bentForms) SealCertificates() (leaf, root *shangmi.Certificate) {
	return f.FormKeys.SealCertificates()
}

// bentSigner signs data wrongly.
type bentSigner struct{ Signer }

func (s bentSigner) Sign(m []byte) ([]byte, error) {
	return s.Signer.Sign(append(bytes.Clone(m), '.'))
}

// What goes wrong between the record and the bytes is found before anybody gets
// them, in every form; nothing wrong is kept.
func TestHandedOut_asPromised(t *testing.T) {
	w := newWorld(t, dbtestSQLite(t))
	p, other := w.issue(licence()), w.issue(everyKind()[0])
	elsewhere := w.file(other)
	ctx := system()
	file := func() error { _, err := w.s.File(ctx, p.Region, p.ID); return err }
	ofd := func() error { _, err := w.s.OFD(ctx, p.Region, p.ID); return err }
	token := func(algorithm string) func() error {
		return func() error { _, err := w.s.Token(ctx, p.Region, p.ID, algorithm, false); return err }
	}
	flip := func(at func([]byte) int) func([]byte) []byte {
		return func(b []byte) []byte { b = bytes.Clone(b); b[at(b)] ^= 1; return b }
	}
	renamed := p
	renamed.Number = "餐综字〔2026〕9号"
	d, err := drawn(renamed, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.s.Paper(ctx, p.Region, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.envelope()
	if err != nil {
		t.Fatal(err)
	}
	otherPages, err := enclose(d.file, e, p.IssuedAt)
	if err != nil {
		t.Fatal(err)
	}
	good := w.s.Deps
	for what, c := range map[string]struct {
		bend func()
		make func() error
	}{
		"PDF: a byte of the signature": {func() {
			w.s.Seal = bentSeal{Sealer: good.Seal, after: flip(func(b []byte) int { return bytes.Index(b, []byte("/Contents <")) + 500 })}
		}, file},
		"PDF: a byte of the pages": {func() {
			w.s.Seal = bentSeal{Sealer: good.Seal, after: flip(func(b []byte) int { return bytes.Index(b, []byte("stream")) + 40 })}
		}, file},
		"PDF: a byte more": {func() {
			w.s.Seal = bentSeal{Sealer: good.Seal, after: func(b []byte) []byte { return append(b, '\n') }}
		}, file},
		"PDF: cut off":                     {func() { w.s.Seal = bentSeal{Sealer: good.Seal, after: func(b []byte) []byte { return b[:len(b)/2] }} }, file},
		"PDF: of another paper":            {func() { w.s.Seal = bentSeal{Sealer: good.Seal, after: func([]byte) []byte { return elsewhere }} }, file},
		"PDF: other pages, signed":         {func() { w.s.Seal = bentSeal{Sealer: good.Seal, before: func([]byte) []byte { return otherPages }} }, file},
		"PDF: no data inside, signed":      {func() { w.s.Seal = bentSeal{Sealer: good.Seal, before: func([]byte) []byte { return d.file }} }, file},
		"PDF: the data key signs wrongly":  {func() { w.s.Signer = bentSigner{good.Signer} }, file},
		"OFD: the seal is wrong":           {func() { w.s.Forms = &bentForms{FormKeys: good.Forms} }, ofd},
		"OFD: the signature is wrong":      {func() { w.s.Forms = &bentForms{FormKeys: good.Forms, turns: 1} }, ofd},
		"OFD: the data key signs wrongly":  {func() { w.s.Signer = bentSigner{good.Signer} }, ofd},
		"EdDSA: the key signs wrongly":     {func() { w.s.Forms = &bentForms{FormKeys: good.Forms} }, token(jws.EdDSA)},
		"ES256: the key signs wrongly":     {func() { w.s.Forms = &bentForms{FormKeys: good.Forms} }, token(jws.ES256)},
		"SM2: the key signs wrongly":       {func() { w.s.Forms = &bentForms{FormKeys: good.Forms} }, token(jws.SM2)},
		"the code: the key signs wrongly":  {func() { w.s.Signer = bentSigner{good.Signer} }, func() error { _, err := w.s.Codes(f); return err }},
		"OFD: nothing is wrong (control)":  {func() {}, ofd},
		"JWS: nothing is wrong (control)":  {func() {}, token(jws.ES256)},
		"code: nothing is wrong (control)": {func() {}, func() error { _, err := w.s.Codes(f); return err }},
	} {
		w.s.Deps = good
		c.bend()
		err := c.make()
		if control := what[len(what)-1] == ')'; control && err != nil || !control && !errors.Is(err, ErrDiffers) {
			t.Errorf("%s: %v", what, err)
		}
		if f, err := w.s.Paper(ctx, p.Region, p.ID); err != nil || f.record.fileHash != "" {
			t.Fatalf("%s: a wrong file is kept: %v", what, err)
		}
	}
	w.s.Deps = good
	if r := VerifyFile(w.file(p), w.trust, start); !r.OK {
		t.Errorf("%+v", r)
	}
}
