package certificates

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/ofd"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
)

// Why a file is refused, besides the reasons of package sign. Codes are stable.
var (
	// ErrNoData: signed by us, but not one of our papers.
	ErrNoData = fault.Invalid("certificates.no_data")
	// ErrUnknownKey: the data inside are signed with a key that is not trusted.
	ErrUnknownKey = fault.Invalid("certificates.unknown_key")
	// ErrDataSignature: the signature is not over the data inside.
	ErrDataSignature = fault.Invalid("certificates.data_signature")
	// ErrPagesDiffer: the pages do not say what the signed data say.
	ErrPagesDiffer = fault.Invalid("certificates.pages_differ")
	// ErrNotRecorded: genuine, but the record asked knows no such paper.
	ErrNotRecorded = fault.Invalid("certificates.not_recorded")
	// ErrRecordDiffers: the record of this paper has other data than the file.
	ErrRecordDiffers = fault.Invalid("certificates.record_differs")
)

// Report is the result of checking a paper. Its JSON form is what the command
// and the API answer.
type Report struct {
	OK      bool   `json:"ok"`               // the paper can be relied on: genuine and in force
	Reason  string `json:"reason,omitempty"` // code of the first thing that is wrong
	Genuine bool   `json:"genuine"`          // issued as it is, whatever became of it

	Form      string `json:"form,omitempty"`      // which form of a paper the file is: pdf, ofd, jws, data, qr
	Algorithm string `json:"algorithm,omitempty"` // of the signature of the file

	// What was checked, one by one.
	FileSignatureOK bool `json:"file_signature_ok"` // of the file, by a trusted certificate or key
	WholeDocument   bool `json:"whole_document"`    // it covers every byte of the file
	DataSignatureOK bool `json:"data_signature_ok"` // of the data inside, by a trusted key
	PagesMatch      bool `json:"pages_match"`       // the pages, or the metadata, say what the data say
	Online          bool `json:"online"`            // the issuer's record was asked; without it a revocation is not known

	SignedBy     string    `json:"signed_by,omitempty"` // name in the certificate
	Organization string    `json:"organization,omitempty"`
	SignedAt     time.Time `json:"signed_at,omitzero"`
	KeyID        string    `json:"key_id,omitempty"`
	CheckedAt    time.Time `json:"checked_at"`

	// Of a code: what it says besides, and how many fields had no room in it.
	Says    []Said `json:"says,omitempty"`
	LeftOut int    `json:"left_out,omitempty"`

	// Set only when the data inside are genuine.
	Paper   *Summary  `json:"paper,omitempty"`
	Status  Status    `json:"status,omitempty"`
	Because string    `json:"status_reason,omitempty"` // why it is not in force, as the office said
	Basis   string    `json:"status_basis,omitempty"`  // the clause
	Since   time.Time `json:"status_since,omitzero"`

	Recognised *Recognised    `json:"recognised,omitempty"` // set when another installation issued it
	AsOf       time.Time      `json:"as_of,omitzero"`       // when that installation stated the status
	Warnings   []PaperWarning `json:"warnings,omitempty"`
	// Disputed tells whoever may know that the holder objects to an entry and has
	// no answer yet.
	Disputed bool `json:"disputed,omitempty"`
}

// Summary is a paper as strangers see it.
type Summary struct {
	Region       string    `json:"region,omitempty"`
	Type         string    `json:"type,omitempty"` // code of the certificate type
	Kind         Kind      `json:"kind"`
	Code         string    `json:"code"`
	Number       string    `json:"number"`
	Title        string    `json:"title"`
	Issuer       string    `json:"issuer"`
	IssuerName   string    `json:"issuer_name"`
	HolderName   string    `json:"holder_name"`   // masked, unless an organisation
	HolderNumber string    `json:"holder_number"` // masked, unless an organisation
	ItemName     string    `json:"item_name"`
	IssuedAt     time.Time `json:"issued_at"`
	ValidFrom    time.Time `json:"valid_from,omitzero"`
	ValidUntil   time.Time `json:"valid_until,omitzero"`
	Identifier   string    `json:"identifier,omitempty"` // GB/T 36904
	Version      int       `json:"version,omitempty"`
	CopyOf       *CopyOf   `json:"copy_of,omitempty"` // of a copy: for whom and what for it is good
}

// Summary is what anybody may learn who has the code or the file.
func (p Paper) Summary() *Summary {
	m := p.Masked()
	return &Summary{Region: m.Region, Type: m.Type, Kind: m.Kind, Code: m.Code, Number: m.Number, Title: m.Title, Issuer: m.Issuer, IssuerName: m.IssuerName,
		HolderName: m.HolderName, HolderNumber: m.HolderNumber, ItemName: m.ItemName, IssuedAt: m.IssuedAt, ValidFrom: m.ValidFrom, ValidUntil: m.ValidUntil,
		Identifier: m.Identifier, Version: m.Version, CopyOf: m.CopyOf}
}

// Verifier checks papers against a list of public keys, without a network or a
// database. It is safe for use by several goroutines.
type Verifier struct {
	trust Trust
	files *sign.Verifier
	seals []*shangmi.Certificate // roots of SM2
}

// NewVerifier makes a Verifier.
func NewVerifier(t Trust) *Verifier {
	pool := x509.NewCertPool()
	for _, r := range t.Roots {
		pool.AppendCertsFromPEM([]byte(r))
	}
	return &Verifier{t, sign.NewVerifier(pool), sign.SealRoots(t.Roots...)}
}

// VerifyFile checks one file; now decides whether the paper has expired.
func VerifyFile(file []byte, t Trust, now time.Time) Report { return NewVerifier(t).File(file, now) }

// File checks the signature of the file, the signature of the data inside it,
// and that the pages say what the data say. What became of the paper after its
// issue is not in the file: Online is false and a revocation is not known.
func (v *Verifier) File(file []byte, now time.Time) Report {
	return v.file(file, now).Report
}

// checkedFile is a Report with the paper inside, when its data are genuine.
type checkedFile struct {
	Report
	paper  *Paper
	inside envelope
	digest []byte // of the data that a code was made from
}

// file is File with what is inside.
func (v *Verifier) file(b []byte, now time.Time) checkedFile {
	c := checkedFile{Report: Report{CheckedAt: now}}
	switch {
	case codes.Looks(b):
		v.scanned(b, &c)
	case looksData(b):
		v.dataFile(b, &c)
	case jws.Looks(b):
		v.token(b, &c)
	case ofd.Looks(b):
		v.ofd(b, &c)
	default:
		c.Report, c.paper = v.pdf(b, now)
		c.Form = FormPDF
		if c.paper != nil {
			c.inside, _ = enclosed(b) // it was read before, or there were no paper
		}
		return c
	}
	c.judge(now)
	return c
}

// judge says what a genuine form is worth now.
func (c *checkedFile) judge(now time.Time) {
	if c.paper == nil {
		return
	}
	c.Paper = c.paper.Summary()
	if c.Reason != "" {
		return
	}
	c.Genuine = true
	if c.Status = c.paper.StatusAt(now); c.Status == Expired {
		c.refuse(ErrExpired)
	}
	c.OK = c.Reason == ""
}

// pdf checks a PDF file.
func (v *Verifier) pdf(b []byte, now time.Time) (Report, *Paper) {
	r := Report{CheckedAt: now, Form: FormPDF}
	pdf, err := v.files.PDF(b)
	r.FileSignatureOK, r.WholeDocument = err == nil, err == nil && pdf.WholeDocument
	if err != nil {
		r.Reason = fault.Of(err).Code
	}
	if pdf.Certificate != nil {
		r.SignedBy, r.Organization, r.SignedAt = pdf.Signer, pdf.Organization, pdf.At
	}
	vouched := false
	if r.FileSignatureOK && pdf.Vouch != nil {
		if err := v.vouched(pdf.Vouch, pdf.Digest); err != nil {
			r.refuse(err)
			return r, nil
		}
		vouched = true
	}
	p, key, err := v.data(b, vouched)
	r.KeyID, r.DataSignatureOK = key, err == nil
	r.refuse(err)
	if err != nil {
		return r, nil
	}
	r.Paper = p.Summary()
	if !r.FileSignatureOK {
		return r, p
	}
	if !vouched && compare(b, *p, nil) != nil {
		r.refuse(ErrPagesDiffer)
		return r, p
	}
	r.PagesMatch, r.Genuine = true, true
	if r.Status = p.StatusAt(now); r.Status == Expired {
		r.refuse(ErrExpired)
	}
	r.OK = r.Reason == ""
	return r, p
}

// refuse keeps the first reason.
func (r *Report) refuse(err error) {
	if err != nil && r.Reason == "" {
		r.Reason = fault.Of(err).Code
	}
	if err != nil {
		r.OK = false
	}
}

// vouched checks what the key of the data says of the whole file: that the
// pages and the data inside were drawn and checked together.
func (v *Verifier) vouched(vouch, digest []byte) error {
	key, sig, _ := bytes.Cut(vouch, []byte(":"))
	switch {
	case !v.knows(string(key)):
		return ErrUnknownKey
	case !v.trust.Check(string(key), rendering(digest), sig):
		return sign.ErrTampered.With("part", "signature")
	}
	return nil
}

func (v *Verifier) knows(key string) bool {
	return slices.ContainsFunc(v.trust.Keys, func(k TrustKey) bool { return k.ID == key })
}

// data reads the paper inside a PDF file and checks its signature, unless the same
// list of keys vouches for the whole file, the paper in it included.
func (v *Verifier) data(b []byte, vouched bool) (*Paper, string, error) {
	e, err := enclosed(b)
	if err != nil {
		return nil, "", ErrNoData.Because(err)
	}
	return v.inside(e, vouched)
}

// inside checks the signed data that a form carries.
func (v *Verifier) inside(e envelope, vouched bool) (*Paper, string, error) {
	switch {
	case !v.knows(e.Key):
		return nil, e.Key, ErrUnknownKey
	case !vouched && !v.trust.Check(e.Key, message([]byte(e.Data)), e.Signature):
		return nil, e.Key, ErrDataSignature
	}
	read := record.paper
	if vouched {
		read = record.cover
	}
	p, err := read(record{data: e.Data})
	if err != nil {
		return nil, e.Key, ErrNoData.Because(err)
	}
	if p.Code == "" || p.ID == "" {
		return nil, e.Key, ErrNoData.Because(errors.New("no code"))
	}
	return &p, e.Key, nil
}
