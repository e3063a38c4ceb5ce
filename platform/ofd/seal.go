package ofd

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"tongban/platform/sign/shangmi"
)

// maker names who makes seals here, in their header.
const maker = "TONGBAN"

// sesVersion is the version of GB/T 38540.
const sesVersion = 4

// oidVouch names the extension that held what vouches for the pages with another
// key, before it became a file of the package; it is read for ever. Its name is
// 2.25 and the number of the UUID 3f5e0f2a-9c71-4d8e-8a41-d6b7e25c9013.
var oidVouch = []byte{0x69, 0xfe, 0xde, 0x87, 0xca, 0xd3, 0xc7, 0x8a, 0xb6, 0x9d, 0x8a, 0xa0, 0xf5, 0xd6, 0xfe, 0x92, 0xf2, 0xa0, 0x13}

var tagExtensions = cbasn1.Tag(0).ContextSpecific().Constructed()

// picture is how a seal looks.
type picture struct {
	format        string
	data          []byte
	width, height int // millimetres
}

// sealInfo describes the seal: whose it is, who may press it, how it looks.
func sealInfo(s Seal, p picture) ([]byte, error) {
	var b cryptobyte.Builder
	ia5 := func(b *cryptobyte.Builder, text string) {
		b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
	}
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			ia5(b, "ES")
			b.AddASN1Int64(sesVersion)
			ia5(b, maker)
		})
		ia5(b, s.ID)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1) // of an organisation
			b.AddASN1(cbasn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s.Name)) })
			b.AddASN1Int64(1) // certificates follow, not digests of them
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(s.Certificate.Raw) })
			b.AddASN1GeneralizedTime(s.Certificate.NotBefore.UTC())
			b.AddASN1GeneralizedTime(s.Certificate.NotBefore.UTC())
			b.AddASN1GeneralizedTime(s.Certificate.NotAfter.UTC())
		})
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			ia5(b, p.format)
			b.AddASN1OctetString(p.data)
			b.AddASN1Int64(int64(p.width))
			b.AddASN1Int64(int64(p.height))
		})
	})
	return b.Bytes()
}

// signedBy closes a structure: certificate, algorithm, signature over it.
func signedBy(s Seal, signed []byte) ([]byte, error) {
	signature, err := s.Key.Sign(signed)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(signed)
		b.AddASN1OctetString(s.Certificate.Raw)
		b.AddASN1ObjectIdentifier(shangmi.OIDSM2SM3)
		b.AddASN1BitString(signature)
	})
	return b.Bytes()
}

// press makes the SES_Signature over a digest.
func press(s Seal, p picture, digest []byte, property string) ([]byte, error) {
	info, err := sealInfo(s, p)
	if err != nil {
		return nil, err
	}
	seal, err := signedBy(s, info)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(sesVersion)
		b.AddBytes(seal)
		b.AddASN1GeneralizedTime(s.At.UTC())
		b.AddASN1BitString(digest)
		b.AddASN1(cbasn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(property)) })
	})
	signed, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return signedBy(s, signed)
}

// pressed is a SES_Signature taken apart.
type pressed struct {
	signer, maker       *shangmi.Certificate
	at                  time.Time
	digest              []byte
	property            string
	name, id            string // of the seal
	holders             [][]byte
	vouch               []byte
	signed, info        []byte
	signature, sealMark []byte
}

var errSES = errors.New("not a SES_Signature of version 4")

// readPressed reads a SES_Signature (GB/T 38540, version 4).
func readPressed(der []byte) (*pressed, error) {
	p := &pressed{}
	in := cryptobyte.String(der)
	var whole, tbs cryptobyte.String
	if !in.ReadASN1(&whole, cbasn1.SEQUENCE) || !in.Empty() {
		return nil, errSES
	}
	var err error
	if p.signed, p.signer, p.signature, err = readSigned(&whole); err != nil {
		return nil, err
	}
	element := cryptobyte.String(p.signed)
	var version int64
	var property, seal cryptobyte.String
	if !element.ReadASN1(&tbs, cbasn1.SEQUENCE) || !tbs.ReadASN1Integer(&version) || version != sesVersion ||
		!tbs.ReadASN1(&seal, cbasn1.SEQUENCE) || !tbs.ReadASN1GeneralizedTime(&p.at) ||
		!tbs.ReadASN1BitStringAsBytes(&p.digest) || !tbs.ReadASN1(&property, cbasn1.IA5String) {
		return nil, errSES
	}
	p.property = string(property)
	if !tbs.Empty() && !p.readExtensions(&tbs) {
		return nil, errSES
	}
	if p.info, p.maker, p.sealMark, err = readSigned(&seal); err != nil {
		return nil, err
	}
	return p, p.readInfo()
}

// readSigned reads what signedBy closes.
func readSigned(in *cryptobyte.String) (signed []byte, by *shangmi.Certificate, signature []byte, err error) {
	var element, raw cryptobyte.String
	var algorithm asn1.ObjectIdentifier
	if !in.ReadASN1Element(&element, cbasn1.SEQUENCE) || !in.ReadASN1(&raw, cbasn1.OCTET_STRING) ||
		!in.ReadASN1ObjectIdentifier(&algorithm) || !algorithm.Equal(shangmi.OIDSM2SM3) ||
		!in.ReadASN1BitStringAsBytes(&signature) || !in.Empty() {
		return nil, nil, nil, errSES
	}
	by, err = shangmi.ParseCertificate(raw)
	return element, by, signature, err
}

func (p *pressed) readExtensions(tbs *cryptobyte.String) bool {
	var explicit, list cryptobyte.String
	if !tbs.ReadASN1(&explicit, tagExtensions) || !tbs.Empty() || !explicit.ReadASN1(&list, cbasn1.SEQUENCE) || !explicit.Empty() {
		return false
	}
	for !list.Empty() {
		var one, oid, value cryptobyte.String
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1(&oid, cbasn1.OBJECT_IDENTIFIER) ||
			!one.SkipOptionalASN1(cbasn1.BOOLEAN) || !one.ReadASN1(&value, cbasn1.OCTET_STRING) || !one.Empty() {
			return false
		}
		if bytes.Equal(oid, oidVouch) {
			p.vouch = value
		}
	}
	return true
}

// readInfo reads the description of the seal; what follows its picture is
// covered by signatures and not used.
func (p *pressed) readInfo() error {
	element := cryptobyte.String(p.info)
	var info, header, id, property, name, certificates cryptobyte.String
	var kind, listType int64
	if !element.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1(&header, cbasn1.SEQUENCE) || !info.ReadASN1(&id, cbasn1.IA5String) ||
		!info.ReadASN1(&property, cbasn1.SEQUENCE) || !property.ReadASN1Integer(&kind) || !property.ReadASN1(&name, cbasn1.UTF8String) ||
		!property.ReadASN1Integer(&listType) || listType != 1 || !property.ReadASN1(&certificates, cbasn1.SEQUENCE) {
		return errSES
	}
	p.id, p.name = string(id), string(name)
	for !certificates.Empty() {
		var c cryptobyte.String
		if !certificates.ReadASN1(&c, cbasn1.OCTET_STRING) {
			return errSES
		}
		p.holders = append(p.holders, c)
	}
	return nil
}

// holds tells whether the seal was given to who signs.
func (p *pressed) holds() bool {
	for _, h := range p.holders {
		if bytes.Equal(h, p.signer.Raw) {
			return true
		}
	}
	return false
}
