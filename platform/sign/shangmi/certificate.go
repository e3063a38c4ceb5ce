package shangmi

import (
	"bytes"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Certificate is an X.509 certificate of an SM2 key.
type Certificate struct {
	Raw                 []byte
	Serial              *big.Int
	Issuer, Subject     []byte // names in DER
	Name, Organization  string // of the subject
	NotBefore, NotAfter time.Time
	Public              *PublicKey

	signed, signature []byte
}

// Template is what a new certificate says.
type Template struct {
	Name, Organization  string
	NotBefore, NotAfter time.Time
	Authority           bool // it may issue others
}

// Issue makes the certificate of a key. Without an issuer it is signed by the
// key that it is for, which issuerKey then is.
func Issue(t Template, pub *PublicKey, issuer *Certificate, issuerKey Signer) (*Certificate, error) {
	subject, err := name(t)
	if err != nil {
		return nil, err
	}
	by := subject
	if issuer != nil {
		by = issuer.Subject
	}
	serial := make([]byte, 16)
	rand.Read(serial) // never fails (crypto/rand)
	serial[0] &= 0x7F
	serial[15] |= 1
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		b.AddASN1BigInt(new(big.Int).SetBytes(serial))
		addSignatureAlgorithm(b)
		b.AddBytes(by)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addTime(b, t.NotBefore)
			addTime(b, t.NotAfter)
		})
		b.AddBytes(subject)
		b.AddBytes(pub.PKIX())
		b.AddASN1(cbasn1.Tag(3).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { addExtensions(b, t.Authority) })
		})
	})
	signed, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	signature, err := issuerKey.Sign(signed)
	if err != nil {
		return nil, err
	}
	var whole cryptobyte.Builder
	whole.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		addSignatureAlgorithm(b)
		b.AddASN1BitString(signature)
	})
	der, err := whole.Bytes()
	if err != nil {
		return nil, err
	}
	return ParseCertificate(der)
}

// Signer signs whole messages with an SM2 key, wherever that lies.
type Signer interface {
	Sign(message []byte) ([]byte, error)
}

func name(t Template) ([]byte, error) {
	n := pkix.Name{CommonName: t.Name}
	if t.Organization != "" {
		n.Organization = []string{t.Organization}
	}
	return asn1.Marshal(n.ToRDNSequence())
}

func addSignatureAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(OIDSM2SM3) })
}

// addTime writes a time as X.509 wants it: with two digits of the year up to 2049.
func addTime(b *cryptobyte.Builder, t time.Time) {
	if t = t.UTC(); t.Year() < 2050 {
		b.AddASN1UTCTime(t)
		return
	}
	b.AddASN1GeneralizedTime(t)
}

func addExtensions(b *cryptobyte.Builder, authority bool) {
	extension := func(oid asn1.ObjectIdentifier, value []byte) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1Boolean(true)
			b.AddASN1OctetString(value)
		})
	}
	constraints, usage := []byte{0x30, 0}, []byte{3, 2, 6, 0xC0} // no authority; digital signature, content commitment
	if authority {
		constraints, usage = []byte{0x30, 6, 1, 1, 0xFF, 2, 1, 0}, []byte{3, 2, 1, 6} // no further ones below it; certificates and lists
	}
	extension(asn1.ObjectIdentifier{2, 5, 29, 19}, constraints)
	extension(asn1.ObjectIdentifier{2, 5, 29, 15}, usage)
}

// ParseCertificate reads a certificate of an SM2 key, signed with SM2 over SM3.
func ParseCertificate(der []byte) (*Certificate, error) {
	c := &Certificate{Raw: bytes.Clone(der), Serial: new(big.Int)}
	in := cryptobyte.String(c.Raw)
	var whole, signed, tbs cryptobyte.String
	if !in.ReadASN1(&whole, cbasn1.SEQUENCE) || !in.Empty() || !whole.ReadASN1Element(&signed, cbasn1.SEQUENCE) ||
		!readSignatureAlgorithm(&whole) || !whole.ReadASN1BitStringAsBytes(&c.signature) || !whole.Empty() {
		return nil, errDamaged
	}
	c.signed = signed
	if !signed.ReadASN1(&tbs, cbasn1.SEQUENCE) || !c.readSigned(tbs) {
		return nil, errDamaged
	}
	return c, nil
}

// readSigned reads what is signed. What follows the key (extensions) is
// covered by the signature and decides nothing here, because only a trusted
// root may issue (SignedBy).
func (c *Certificate) readSigned(tbs cryptobyte.String) bool {
	var issuer, validity, subject, key cryptobyte.String
	if !tbs.SkipASN1(cbasn1.Tag(0).ContextSpecific().Constructed()) || !tbs.ReadASN1Integer(c.Serial) || !readSignatureAlgorithm(&tbs) ||
		!tbs.ReadASN1Element(&issuer, cbasn1.SEQUENCE) || !tbs.ReadASN1(&validity, cbasn1.SEQUENCE) ||
		!readTime(&validity, &c.NotBefore) || !readTime(&validity, &c.NotAfter) || !validity.Empty() ||
		!tbs.ReadASN1Element(&subject, cbasn1.SEQUENCE) || !tbs.ReadASN1Element(&key, cbasn1.SEQUENCE) {
		return false
	}
	c.Issuer, c.Subject = issuer, subject
	var rdn pkix.RDNSequence
	if rest, err := asn1.Unmarshal(subject, &rdn); err != nil || len(rest) > 0 {
		return false
	}
	var n pkix.Name
	n.FillFromRDNSequence(&rdn)
	c.Name = n.CommonName
	if len(n.Organization) > 0 {
		c.Organization = n.Organization[0]
	}
	var err error
	c.Public, err = ParsePKIX(key)
	return err == nil
}

func readSignatureAlgorithm(in *cryptobyte.String) bool {
	var algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(OIDSM2SM3) {
		return false
	}
	return algorithm.Empty() || algorithm.SkipASN1(cbasn1.NULL) && algorithm.Empty() // some write parameters
}

func readTime(in *cryptobyte.String, t *time.Time) bool {
	if in.PeekASN1Tag(cbasn1.UTCTime) {
		return in.ReadASN1UTCTime(t)
	}
	return in.ReadASN1GeneralizedTime(t)
}

// SignedBy tells whether issuer, whom the caller trusts to issue, signed the
// certificate.
func (c *Certificate) SignedBy(issuer *Certificate) bool {
	return bytes.Equal(c.Issuer, issuer.Subject) && issuer.Public.Verify(c.signed, c.signature)
}

// ValidAt tells whether the certificate was valid at a time.
func (c *Certificate) ValidAt(t time.Time) bool {
	return !t.Before(c.NotBefore) && !t.After(c.NotAfter)
}
