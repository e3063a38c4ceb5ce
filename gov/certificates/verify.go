package certificates

import (
	"bytes"
	"crypto/x509"
	"errors"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/credential"
	"tongban/gov/certificates/grades"
	"tongban/gov/certificates/keys"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/ofd"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
	"tongban/platform/sign/shangmi"
)

// Why a file is refused, besides the reasons of package sign. Codes are stable.
var (
	// ErrNoData: signed by us, but not one of our papers.
	ErrNoData = fault.Invalid("certificates.no_data")
	// ErrDataSignature: the signature is not over the data inside.
	ErrDataSignature = fault.Invalid("certificates.data_signature")
	// ErrPagesDiffer: the pages do not say what the signed data say.
	ErrPagesDiffer = fault.Invalid("certificates.pages_differ")
	// ErrNotRecorded: the signatures are good, but the record has no such paper.
	ErrNotRecorded = fault.Invalid("certificates.not_recorded")
	// ErrRecordDiffers: the record of this paper has other data than the file.
	ErrRecordDiffers = fault.Invalid("certificates.record_differs")
)

// Report is the result of checking a paper. Its JSON form is what the command
// and the API answer.
type Report struct {
	OK      bool   `json:"ok"`               // the paper can be relied on: genuine and in force
	Reason  string `json:"reason,omitempty"` // code of the first thing that is wrong
	Words   string `json:"words,omitempty"`  // the reason in the language that was asked for, where somebody was asked
	Genuine bool   `json:"genuine"`          // issued as it is, whatever became of it

	Form      string `json:"form,omitempty"`      // which form of a paper the file is: pdf, ofd, jws, data, qr, wallet
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

	// Of a code or from a wallet: what it says besides, and how many fields had no
	// room in it.
	Says    []Said `json:"says,omitempty"`
	LeftOut int    `json:"left_out,omitempty"`
	Bound   bool   `json:"bound,omitempty"` // of a credential: the wallet that it was given to signed what is shown

	// Set only when the data inside are genuine.
	Paper   *Summary  `json:"paper,omitempty"`
	Status  Status    `json:"status,omitempty"`
	Because string    `json:"status_reason,omitempty"` // why it is not in force, as the office said
	Basis   string    `json:"status_basis,omitempty"`  // the clause
	Since   time.Time `json:"status_since,omitzero"`

	SigningOffice string `json:"signing_office,omitempty"` // whose key signed the data, when the office has its own

	witness bool // only the record can tell that it was signed before others had the key

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
	IssuedAt     time.Time `json:"issued_at"` // as GrantedOn
	ValidFrom    time.Time `json:"valid_from,omitzero"`
	ValidUntil   time.Time `json:"valid_until,omitzero"`
	Identifier   string    `json:"identifier,omitempty"` // GB/T 36904
	Version      int       `json:"version,omitempty"`

	Grade  grades.Grade `json:"grade,omitempty"`   // of certificates: how far they can be relied on
	CopyOf *CopyOf      `json:"copy_of,omitempty"` // of a copy: for whom and what for it is good
}

// Summary is what anybody may learn who has the code or the file.
func (p Paper) Summary() *Summary {
	m := p.Masked()
	return &Summary{Region: m.Region, Type: m.Type, Kind: m.Kind, Code: m.Code, Number: m.Number, Title: m.Title, Issuer: m.Issuer, IssuerName: m.IssuerName,
		HolderName: m.HolderName, HolderNumber: m.HolderNumber, ItemName: m.ItemName, IssuedAt: m.GrantedOn(), ValidFrom: m.ValidFrom, ValidUntil: m.ValidUntil,
		Identifier: m.Identifier, Version: m.Version, Grade: m.trust(), CopyOf: m.CopyOf}
}

// Verifier checks papers against a list of public keys, without a network or a
// database. It is safe for use by several goroutines.
type Verifier struct {
	trust Trust
	files *sign.Verifier
	seals []*shangmi.Certificate // roots of SM2
	index keys.Index
}

// NewVerifier makes a Verifier.
func NewVerifier(t Trust) *Verifier {
	pool := x509.NewCertPool()
	for _, r := range t.Roots {
		pool.AppendCertsFromPEM([]byte(r))
	}
	return &Verifier{t, sign.NewVerifier(pool), sign.SealRoots(t.Roots...), keys.IndexOf(t)}
}

// VerifyFile checks one file; now decides whether the paper has expired.
func VerifyFile(file []byte, t Trust, now time.Time) Report { return NewVerifier(t).File(file, now) }

// File checks the signature of the file, the signature of the data inside it,
// and that the pages say what the data say. What became of the paper after its
// issue is not in the file: Online is false and a revocation is not known.
func (v *Verifier) File(file []byte, now time.Time) Report { return v.file(file, now).Report }

// checkedFile is a Report with the paper inside, when its data are genuine.
type checkedFile struct {
	Report
	paper  *Paper
	inside envelope
	digest []byte // of the data that a code was made from
	held   *credential.Credential
}

// waits keeps in mind that the record has the last word, and tells whether err
// says nothing more than that.
func (r *Report) waits(err error) bool {
	if errors.Is(err, ErrWitness) {
		r.witness = true
		return true
	}
	return err == nil
}

// settle ends a check: what only the record can tell is refused without it.
func (r *Report) settle() {
	if r.witness && (r.Reason == "" || r.Reason == ErrExpired.Code) {
		r.Genuine, r.OK, r.Reason = false, false, ErrWitness.Code
	}
}

// file is File with what is inside.
func (v *Verifier) file(b []byte, now time.Time) checkedFile {
	c := checkedFile{Report: Report{CheckedAt: now}}
	switch {
	case codes.Looks(b):
		v.scanned(b, &c)
	case looksData(b):
		v.dataFile(b, &c)
	case credential.Looks(b):
		v.wallet(b, &c)
	case jws.Looks(b):
		v.token(b, &c)
	case ofd.Looks(b):
		v.ofd(b, &c)
	default:
		c.Report, c.paper, c.inside = v.pdf(b, now)
		c.Form = FormPDF
		c.settle()
		return c
	}
	c.judge(now)
	c.settle()
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

// pdf checks a PDF file; the paper and its signed data are there when these are
// genuine.
func (v *Verifier) pdf(b []byte, now time.Time) (Report, *Paper, envelope) {
	r := Report{CheckedAt: now, Form: FormPDF}
	pdf, err := v.files.PDF(b)
	r.FileSignatureOK, r.WholeDocument = err == nil, err == nil && pdf.WholeDocument
	if err != nil {
		r.Reason = fault.Of(err).Code
	}
	if pdf.Certificate != nil {
		r.SignedBy, r.Organization, r.SignedAt = pdf.Signer, pdf.Organization, pdf.At
	}
	e, err := enclosed(b)
	if err != nil {
		r.refuse(ErrNoData.Because(err))
		return r, nil, envelope{}
	}
	voucher := ""
	if r.FileSignatureOK && pdf.Vouch != nil {
		if voucher, err = v.vouched(pdf.Vouch, pdf.Digest, e); err != nil {
			r.refuse(err)
			return r, nil, envelope{}
		}
	}
	vouched := voucher != ""
	p, key, err := v.inside(e, voucher)
	r.KeyID, r.DataSignatureOK = key, r.waits(err)
	if !r.DataSignatureOK {
		r.refuse(err)
		return r, nil, envelope{}
	}
	r.Paper, r.SigningOffice = p.Summary(), v.officeOf(key)
	if !r.FileSignatureOK {
		return r, p, e
	}
	if err := v.fileKey(sign.KeyID(pdf.Certificate.PublicKey), p.Issuer, pdf.At); !r.waits(err) {
		r.refuse(err)
		return r, p, e
	}
	r.witness = r.witness && !v.voucherGood(voucher)
	if !vouched && compare(b, *p, look{}) != nil {
		r.refuse(ErrPagesDiffer)
		return r, p, e
	}
	r.PagesMatch, r.Genuine = true, true
	if r.Status = p.StatusAt(now); r.Status == Expired {
		r.refuse(ErrExpired)
	}
	r.OK = r.Reason == ""
	return r, p, e
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
func (v *Verifier) vouched(vouch, digest []byte, e envelope) (key string, err error) {
	id, sig, _ := bytes.Cut(vouch, []byte(":"))
	switch key = string(id); {
	case !v.knows(key):
		return "", v.trust.Unknown(keys.IssuedAt(e.Data))
	case !v.trust.Check(key, rendering(digest), sig):
		return "", sign.ErrTampered.With("part", "signature")
	}
	return key, nil
}

func (v *Verifier) knows(key string) bool { _, ok := v.index.Key(key); return ok }

// key is the key with an id; zero without one.
func (v *Verifier) key(id string) TrustKey { k, _ := v.index.Key(id); return k }

// officeOf names the office that a key is of; "" is the node.
func (v *Verifier) officeOf(id string) string { return v.key(id).OfficeName }

// voucherGood tells whether a key that nobody else has vouches for the whole
// file: the node makes files of papers of its record alone.
func (v *Verifier) voucherGood(key string) bool {
	return key != "" && v.key(key).State != ring.Revoked
}

// fileKey judges the key of a certificate in a file, when the list has it; a
// certificate of a trusted root is enough otherwise.
func (v *Verifier) fileKey(id, office string, at time.Time) error {
	if !v.knows(id) {
		return nil
	}
	return v.index.Stands(id, office, at)
}

// inside checks the signed data that a form carries. voucher is the key that
// vouches for the whole form, the data included; "" is none. ErrWitness comes
// with the paper.
func (v *Verifier) inside(e envelope, voucher string) (*Paper, string, error) {
	vouched := voucher != ""
	switch {
	case !v.knows(e.Key):
		return nil, e.Key, v.trust.Unknown(keys.IssuedAt(e.Data))
	case !vouched && !v.trust.Check(e.Key, message(e.Data), e.Signature):
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
	err = v.index.Stands(e.Key, p.Issuer, p.IssuedAt)
	if vouched && (err == nil || errors.Is(err, ErrWitness)) {
		err = v.index.Stands(voucher, p.Issuer, p.IssuedAt)
	}
	if err != nil && !errors.Is(err, ErrWitness) {
		return nil, e.Key, err
	}
	return &p, e.Key, err
}
