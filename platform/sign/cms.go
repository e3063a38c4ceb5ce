package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers of CMS (RFC 5652) and of the ESS attribute (RFC 5035).
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

// oidVouch names the attribute that holds what PDFSignature.Vouch returned:
// 2.25 and the number of the UUID 7c1d6a52-93e4-4b0f-8d2e-5a61c0f3b947.
var oidVouch = []byte{0x69, 0x81, 0xf8, 0x9d, 0xb5, 0x94, 0xd2, 0xbe, 0xa2, 0xac, 0x9f, 0x8d, 0x97, 0x96, 0xcc, 0x9c, 0x87, 0xce, 0xf2, 0x47}

var (
	tagContext0 = cbasn1.Tag(0).ContextSpecific().Constructed()
	tagContext1 = cbasn1.Tag(1).ContextSpecific().Constructed()
	tagSet      = cbasn1.SET
)

// buildCMS makes a detached CMS signature over a digest. The certificates are
// the signer's and its issuer's.
//
// Because: general CMS libraries write the current time into the signature;
// the baseline for PDF forbids that attribute, and the time is the caller's.
func buildCMS(digest, vouch []byte, leaf, root *x509.Certificate, key KeyHolder) ([]byte, error) {
	s, err := suiteNamed(key.Algorithm())
	if err != nil {
		return nil, err
	}
	attributes, err := signedAttributes(digest, leaf)
	if err != nil {
		return nil, err
	}
	signature, err := key.Sign(asSet(attributes))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(tagContext0, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(tagSet, func(b *cryptobyte.Builder) { addAlgorithm(b, s.digest) })
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
				b.AddASN1(tagContext0, func(b *cryptobyte.Builder) {
					// DER sorts the members of a set.
					first, second := leaf.Raw, root.Raw
					if bytes.Compare(first, second) > 0 {
						first, second = second, first
					}
					b.AddBytes(first)
					b.AddBytes(second)
				})
				b.AddASN1(tagSet, func(b *cryptobyte.Builder) { addSigner(b, s, leaf, attributes, signature, vouch) })
			})
		})
	})
	return b.Bytes()
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

func addSigner(b *cryptobyte.Builder, s suite, leaf *x509.Certificate, attributes, signature, vouch []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(leaf.RawIssuer)
			b.AddASN1BigInt(leaf.SerialNumber)
		})
		addAlgorithm(b, s.digest)
		b.AddASN1(tagContext0, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		addAlgorithm(b, s.signature)
		b.AddASN1OctetString(signature)
		if vouch != nil {
			b.AddASN1(tagContext1, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(oidVouch) })
					b.AddASN1(tagSet, func(b *cryptobyte.Builder) { b.AddASN1OctetString(vouch) })
				})
			})
		}
	})
}

// signedAttributes gives the attributes one after the other, sorted as DER
// wants, without a tag round them.
func signedAttributes(digest []byte, leaf *x509.Certificate) ([]byte, error) {
	attribute := func(oid asn1.ObjectIdentifier, value func(b *cryptobyte.Builder)) ([]byte, error) {
		var b cryptobyte.Builder
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid)
			b.AddASN1(tagSet, value)
		})
		return b.Bytes()
	}
	sum := sha256.Sum256(leaf.Raw)
	parts := make([][]byte, 3)
	var errs [3]error
	parts[0], errs[0] = attribute(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData) })
	parts[1], errs[1] = attribute(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) })
	parts[2], errs[2] = attribute(oidSigningCertV2, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // certs
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2; SHA-256 is the default
					b.AddASN1OctetString(sum[:])
				})
			})
		})
	})
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	// Shorter encodings sort first because the length stands before the content.
	return bytes.Join(parts, nil), nil
}

// asSet puts the tag SET OF round attributes: that is what is signed.
func asSet(attributes []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tagSet, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	out, _ := b.Bytes() // cannot fail: no content can be too long for the length
	return out
}

// parsedCMS is a CMS signature taken apart.
type parsedCMS struct {
	suite        suite
	certificates [][]byte
	issuer       []byte // of the signer's certificate
	serial       *big.Int
	attributes   []byte // without the tag round them
	signature    []byte
	digest       []byte
	certHash     []byte // SHA-256 of the signer's certificate, from the ESS attribute
	vouch        []byte // what another key says of the digest; nil without
}

// IsPDFAttributes tells whether a message is what a signature in a PDF file
// signs: the attributes with the digest of the file.
func IsPDFAttributes(message []byte) bool {
	in := cryptobyte.String(message)
	var attributes cryptobyte.String
	if !in.ReadASN1(&attributes, tagSet) || !in.Empty() {
		return false
	}
	p := &parsedCMS{attributes: attributes}
	return p.parseAttributes() == nil
}

var errCMS = errors.New("signature is not strict CMS")

// parseCMS reads a CMS signature strictly: distinguished encoding, one signer,
// nothing left over, nothing unsigned but what vouches for the digest.
func parseCMS(der []byte) (*parsedCMS, error) {
	p := &parsedCMS{}
	in := cryptobyte.String(der)
	var content, explicit, signed cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&content, cbasn1.SEQUENCE) || !in.Empty() ||
		!content.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidSignedData) ||
		!content.ReadASN1(&explicit, tagContext0) || !content.Empty() ||
		!explicit.ReadASN1(&signed, cbasn1.SEQUENCE) || !explicit.Empty() {
		return nil, errCMS
	}
	var version int64
	var digests, encapsulated, certificates, signers, signer cryptobyte.String
	if !signed.ReadASN1Integer(&version) || version != 1 ||
		!signed.ReadASN1(&digests, tagSet) ||
		!signed.ReadASN1(&encapsulated, cbasn1.SEQUENCE) ||
		!encapsulated.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidData) || !encapsulated.Empty() ||
		!signed.ReadASN1(&certificates, tagContext0) ||
		!signed.ReadASN1(&signers, tagSet) || !signed.Empty() ||
		!signers.ReadASN1(&signer, cbasn1.SEQUENCE) || !signers.Empty() {
		return nil, errCMS
	}
	outer, ok := readAlgorithm(&digests)
	if !ok || !digests.Empty() {
		return nil, errCMS
	}
	for !certificates.Empty() {
		var c cryptobyte.String
		if !certificates.ReadASN1Element(&c, cbasn1.SEQUENCE) {
			return nil, errCMS
		}
		p.certificates = append(p.certificates, c)
	}
	if err := p.parseSigner(signer, outer); err != nil {
		return nil, err
	}
	return p, p.parseAttributes()
}

func readAlgorithm(s *cryptobyte.String) (asn1.ObjectIdentifier, bool) {
	var algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !s.ReadASN1(&algorithm, cbasn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) {
		return nil, false
	}
	if !algorithm.Empty() { // parameters, if present, are NULL
		var null cryptobyte.String
		if !algorithm.ReadASN1(&null, cbasn1.NULL) || !null.Empty() || !algorithm.Empty() {
			return nil, false
		}
	}
	return oid, true
}

func (p *parsedCMS) parseSigner(s cryptobyte.String, outer asn1.ObjectIdentifier) error {
	var version int64
	var sid, issuer, attributes, signature cryptobyte.String
	p.serial = new(big.Int)
	if !s.ReadASN1Integer(&version) || version != 1 ||
		!s.ReadASN1(&sid, cbasn1.SEQUENCE) ||
		!sid.ReadASN1Element(&issuer, cbasn1.SEQUENCE) || !sid.ReadASN1Integer(p.serial) || !sid.Empty() {
		return errCMS
	}
	digest, ok := readAlgorithm(&s)
	if !ok || !digest.Equal(outer) || !s.ReadASN1(&attributes, tagContext0) {
		return errCMS
	}
	algorithm, ok := readAlgorithm(&s)
	if !ok || !s.ReadASN1(&signature, cbasn1.OCTET_STRING) {
		return errCMS
	}
	if s.PeekASN1Tag(tagContext1) && !p.readVouch(&s) { // such as a time stamp: bytes that this signature does not cover
		return ErrUnsupported.With("part", "unsigned attributes")
	}
	if !s.Empty() {
		return errCMS
	}
	p.issuer, p.attributes, p.signature = issuer, attributes, signature
	var err error
	p.suite, err = suiteOf(digest, algorithm)
	return err
}

// readVouch reads the one unsigned attribute that is understood, alone and not empty.
func (p *parsedCMS) readVouch(s *cryptobyte.String) bool {
	var list, attribute, oid, values cryptobyte.String
	return s.ReadASN1(&list, tagContext1) && list.ReadASN1(&attribute, cbasn1.SEQUENCE) && list.Empty() &&
		attribute.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) && bytes.Equal(oid, oidVouch) &&
		attribute.ReadASN1(&values, tagSet) && attribute.Empty() &&
		values.ReadASN1Bytes(&p.vouch, cbasn1.OCTET_STRING) && values.Empty() && len(p.vouch) > 0
}

func (p *parsedCMS) parseAttributes() error {
	in := cryptobyte.String(p.attributes)
	seen := map[string]bool{}
	for !in.Empty() {
		var attribute, values cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !in.ReadASN1(&attribute, cbasn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&oid) ||
			!attribute.ReadASN1(&values, tagSet) || !attribute.Empty() || seen[oid.String()] {
			return errCMS
		}
		seen[oid.String()] = true
		ok := true
		switch {
		case oid.Equal(oidContentType):
			var kind asn1.ObjectIdentifier
			ok = values.ReadASN1ObjectIdentifier(&kind) && kind.Equal(oidData) && values.Empty()
		case oid.Equal(oidMessageDigest):
			ok = values.ReadASN1Bytes(&p.digest, cbasn1.OCTET_STRING) && values.Empty()
		case oid.Equal(oidSigningCertV2):
			ok = p.readSigningCert(values)
		}
		if !ok {
			return errCMS
		}
	}
	if !seen[oidContentType.String()] || p.digest == nil || p.certHash == nil {
		return errCMS
	}
	return nil
}

// readSigningCert reads the hash of the signer's certificate, the first entry.
func (p *parsedCMS) readSigningCert(values cryptobyte.String) bool {
	var v2, certs, id cryptobyte.String
	if !values.ReadASN1(&v2, cbasn1.SEQUENCE) || !values.Empty() ||
		!v2.ReadASN1(&certs, cbasn1.SEQUENCE) || !certs.ReadASN1(&id, cbasn1.SEQUENCE) {
		return false
	}
	if id.PeekASN1Tag(cbasn1.SEQUENCE) {
		if hash, ok := readAlgorithm(&id); !ok || !hash.Equal(oidSHA256) {
			return false
		}
	}
	return id.ReadASN1Bytes(&p.certHash, cbasn1.OCTET_STRING)
}
