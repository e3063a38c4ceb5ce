package sign

import (
	"bytes"
	"crypto/x509"
	"errors"
	"strings"
	"sync"
	"time"

	"tongban/platform/pdf/syntax"
)

// PDFReport says what is known about a signed file. On refusal the fields that
// were read before the refusal are filled, for a person who looks into it;
// only a nil error means that they are true.
type PDFReport struct {
	Signer        string // common name in the certificate
	Organization  string // in the certificate
	Issuer        string // common name of the certificate's issuer
	Name          string // what the signature says about itself, as below
	Reason        string
	Location      string
	At            time.Time // the time the signer states
	WholeDocument bool      // the signature covers every byte of the file
	Signatures    int       // how many the file has; the last one is judged
	Certificate   *x509.Certificate
	Digest        []byte // of the bytes that are signed
	Vouch         []byte // what PDFSignature.Vouch returned, not checked here; nil without
}

// VerifyPDF checks the last signature of a file. The error is nil or a
// *fault.Fault with one of the codes in refusal.go.
func VerifyPDF(b []byte, roots *x509.CertPool) (PDFReport, error) {
	return NewVerifier(roots).PDF(b)
}

// Verifier checks many files against the same roots and remembers certificates
// it has followed to one of them. It is safe for use by several goroutines.
type Verifier struct {
	roots *x509.CertPool

	mu     sync.Mutex
	chains map[[32]byte][]*x509.Certificate
}

// NewVerifier makes a Verifier. The pool MUST NOT be changed afterwards.
func NewVerifier(roots *x509.CertPool) *Verifier {
	return &Verifier{roots: roots, chains: map[[32]byte][]*x509.Certificate{}}
}

// maxChains bounds what a Verifier remembers.
const maxChains = 1000

// PDF checks the last signature of a file.
func (v *Verifier) PDF(b []byte) (PDFReport, error) {
	var r PDFReport
	if len(b) > maxPDF {
		return r, ErrTooLarge
	}
	f, err := syntax.Open(b)
	if err != nil {
		return r, unreadable(b, err)
	}
	all, err := findSignatures(f)
	if err != nil {
		return r, unreadable(b, err)
	}
	r.Signatures = len(all)
	if len(all) == 0 {
		return r, unsigned(b)
	}
	last := all[0]
	for _, s := range all[1:] {
		if s.end() > last.end() {
			last = s
		}
	}
	r.Name, r.Reason, r.Location = readText(last.dict.Get("Name")), readText(last.dict.Get("Reason")), readText(last.dict.Get("Location"))
	var dated bool
	r.At, dated = readDate(last.dict.Get("M"))
	der, err := coverage(b, last)
	if err != nil {
		return r, err
	}
	r.WholeDocument = true
	if err := v.judge(b, last, der, &r); err != nil {
		return r, err
	}
	if !dated {
		return r, ErrUnsupported.With("part", "time")
	}
	return r, nil
}

// unsigned finds the reason for a readable file without a signature field.
func unsigned(b []byte) error {
	switch {
	case !ends(b): // an update began and does not end
		return ErrTruncated
	case looksSigned(b): // a signature is in the file, but out of reach
		return ErrTampered.With("part", "form")
	}
	return ErrNotSigned
}

// ends tells whether the file ends as files end.
func ends(b []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(b, "\r\n\t \x00"), []byte("%%EOF"))
}

// unreadable finds the reason for a file that cannot be read: its end is
// missing, or it was signed once, or it never was a PDF.
func unreadable(b []byte, err error) error {
	if !bytes.HasPrefix(b, []byte("%PDF-")) && !looksSigned(b) {
		return ErrNotPDF.Because(err)
	}
	if !ends(b) {
		return ErrTruncated.Because(err)
	}
	if errors.Is(err, syntax.ErrUnsupported) {
		return ErrUnsupported.Because(err)
	}
	if looksSigned(b) {
		return ErrTampered.Because(err)
	}
	return ErrNotPDF.Because(err)
}

func looksSigned(b []byte) bool {
	return bytes.Contains(b, []byte("/ByteRange")) || bytes.Contains(b, []byte(subFilter))
}

// coverage makes sure that the byte range leaves out exactly the signature
// itself, and returns the signature.
func coverage(b []byte, s foundSignature) ([]byte, error) {
	contents := s.dict.Get("Contents")
	from, to := s.ranges[1], s.ranges[2]
	switch {
	case s.end() > len(b):
		return nil, ErrTruncated
	case s.end() < len(b):
		return nil, ErrAppended
	case s.ranges[0] != 0, from >= to, contents.Kind != syntax.String, !contents.Hex,
		contents.From != from, contents.To != to:
		return nil, ErrPartial
	}
	if f := s.dict.Get("SubFilter"); f.Kind != syntax.Name || f.Text != subFilter {
		return nil, ErrUnsupported.With("format", f.Text)
	}
	return signatureBytes(b[from+1:to-1], contents.Text)
}

// signatureBytes gives the signature after making sure of its one accepted
// spelling: lower-case hexadecimal digits, then zeros up to the end. decoded is
// what the digits mean, as the reader of the file understood them.
func signatureBytes(digits []byte, decoded string) ([]byte, error) {
	size, ok := derSize(decoded)
	if !ok || len(digits) != 2*len(decoded) || strings.Trim(decoded[size:], "\x00") != "" {
		return nil, ErrTampered.With("part", "signature")
	}
	for _, c := range digits[:2*size] {
		if c >= 'A' && c <= 'F' || c <= ' ' { // the reader of the file also took these
			return nil, ErrTampered.With("part", "signature")
		}
	}
	if len(bytes.TrimLeft(digits[2*size:], "0")) != 0 {
		return nil, ErrTampered.With("part", "signature")
	}
	return []byte(decoded[:size]), nil
}

// derSize reads how long the DER value at the beginning of b is.
func derSize(b string) (int, bool) {
	if len(b) < 4 || b[0] != 0x30 {
		return 0, false
	}
	n, head := int(b[1]), 2
	switch {
	case b[1] == 0x81:
		n, head = int(b[2]), 3
	case b[1] == 0x82:
		n, head = int(b[2])<<8|int(b[3]), 4
	case b[1] >= 0x80:
		return 0, false
	}
	return head + n, head+n <= len(b)
}

// rangeDigest hashes everything before from and from to on.
func rangeDigest(s suite, b []byte, from, to int) []byte {
	h := s.hash()
	h.Write(b[:from])
	h.Write(b[to:])
	return h.Sum(nil)
}

// judge checks the signature, then the certificate.
func (v *Verifier) judge(b []byte, s foundSignature, der []byte, r *PDFReport) error {
	p, err := parseCMS(der)
	if errors.Is(err, errCMS) {
		return ErrTampered.With("part", "signature").Because(err)
	}
	if err != nil {
		return err
	}
	chain := v.remembered(p)
	leaf, err := p.leaf(chain)
	if err != nil {
		return err
	}
	r.Certificate, r.Signer, r.Issuer = leaf, leaf.Subject.CommonName, leaf.Issuer.CommonName
	r.Organization = strings.Join(leaf.Subject.Organization, ", ")
	r.Digest, r.Vouch = p.digest, p.vouch
	if !bytes.Equal(p.digest, rangeDigest(p.suite, b, s.ranges[1], s.ranges[2])) {
		return ErrTampered.With("part", "document")
	}
	if !p.suite.fits(leaf.PublicKey) || !p.suite.verify(leaf.PublicKey, asSet(p.attributes), p.signature) {
		return ErrTampered.With("part", "signature")
	}
	if chain != nil && chain[0].Equal(leaf) && allValid(chain, r.At) {
		return nil
	}
	return v.follow(p, leaf, r.At)
}
