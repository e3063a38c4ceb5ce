package shangmi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Algorithm names signatures of SM2 over SM3.
const Algorithm = "SM2-SM3"

// Object identifiers (GB/T 33560).
var (
	OIDSM3     = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401}
	OIDSM2SM3  = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}
	oidCurve   = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}
	oidECKey   = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	errDamaged = errors.New("shangmi: damaged encoding")
)

// identity is the distinguishing identifier of who signs, when nothing else
// was agreed (GB/T 35276 §10).
var identity = []byte("1234567812345678")

const fieldSize = 32 // bytes of a coordinate or a scalar

// PrivateKey signs. It is safe for use by several goroutines.
type PrivateKey struct{ k *sm2.PrivateKey }

// PublicKey checks signatures.
type PublicKey struct{ k *ecdsa.PublicKey }

// Generate makes a key.
func Generate() (*PrivateKey, error) {
	k, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{k}, nil
}

// newPrivate makes the key of a scalar.
func newPrivate(d []byte) (*PrivateKey, error) {
	n := new(big.Int).SetBytes(d)
	last := new(big.Int).Sub(sm2.P256().Params().N, big.NewInt(1))
	if len(d) != fieldSize || n.Sign() <= 0 || n.Cmp(last) >= 0 { // d of N-1 has no inverse of 1+d
		return nil, errDamaged
	}
	k := new(sm2.PrivateKey)
	k.Curve, k.D = sm2.P256(), n
	k.X, k.Y = k.Curve.ScalarBaseMult(d)
	return &PrivateKey{k}, nil
}

// nothing is a source without randomness: the nonce then comes from key and
// message alone, through SHA-512 and AES in counter mode.
type nothing struct{}

func (nothing) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Sign signs a message; the signature is DER.
func (k *PrivateKey) Sign(message []byte) ([]byte, error) {
	return k.k.SignWithSM2(nothing{}, identity, message)
}

// Verifier is the public half.
func (k *PrivateKey) Verifier() *PublicKey { return &PublicKey{&k.k.PublicKey} }

// Verify tells whether sig, in DER, is a signature over message.
func (p *PublicKey) Verify(message, sig []byte) bool {
	return sm2.VerifyASN1WithSM2(p.k, identity, message, sig)
}

// Equal tells whether both are the same key.
func (p *PublicKey) Equal(q *PublicKey) bool { return p.k.Equal(q.k) }

// Point is the uncompressed point: 4, x, y.
func (p *PublicKey) Point() []byte {
	b := make([]byte, 1+2*fieldSize)
	b[0] = 4
	p.k.X.FillBytes(b[1 : 1+fieldSize])
	p.k.Y.FillBytes(b[1+fieldSize:])
	return b
}

// ParsePoint reads what Point wrote. Points that are not on the curve are
// refused.
func ParsePoint(b []byte) (*PublicKey, error) {
	if len(b) != 1+2*fieldSize || b[0] != 4 {
		return nil, errDamaged
	}
	c := sm2.P256()
	x, y := new(big.Int).SetBytes(b[1:1+fieldSize]), new(big.Int).SetBytes(b[1+fieldSize:])
	if x.Cmp(c.Params().P) >= 0 || y.Cmp(c.Params().P) >= 0 || !c.IsOnCurve(x, y) {
		return nil, errDamaged
	}
	return &PublicKey{&ecdsa.PublicKey{Curve: c, X: x, Y: y}}, nil
}

// Sum is the SM3 of the parts, one after the other.
func Sum(parts ...[]byte) []byte {
	h := sm3.New()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// Raw turns a DER signature into r and s of 32 bytes each, as tokens have it.
func Raw(der []byte) ([]byte, error) {
	var inner cryptobyte.String
	r, s := new(big.Int), new(big.Int)
	in := cryptobyte.String(der)
	if !in.ReadASN1(&inner, cbasn1.SEQUENCE) || !in.Empty() || !inner.ReadASN1Integer(r) || !inner.ReadASN1Integer(s) || !inner.Empty() ||
		r.Sign() < 0 || s.Sign() < 0 || r.BitLen() > 8*fieldSize || s.BitLen() > 8*fieldSize {
		return nil, errDamaged
	}
	b := make([]byte, 2*fieldSize)
	r.FillBytes(b[:fieldSize])
	s.FillBytes(b[fieldSize:])
	return b, nil
}

// DER turns r and s into a DER signature.
func DER(raw []byte) ([]byte, error) {
	if len(raw) != 2*fieldSize {
		return nil, errDamaged
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(raw[:fieldSize]))
		b.AddASN1BigInt(new(big.Int).SetBytes(raw[fieldSize:]))
	})
	return b.Bytes()
}

func addKeyAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidECKey)
		b.AddASN1ObjectIdentifier(oidCurve)
	})
}

func readKeyAlgorithm(in *cryptobyte.String) bool {
	var algorithm cryptobyte.String
	var key, curve asn1.ObjectIdentifier
	return in.ReadASN1(&algorithm, cbasn1.SEQUENCE) && algorithm.ReadASN1ObjectIdentifier(&key) && algorithm.ReadASN1ObjectIdentifier(&curve) &&
		algorithm.Empty() && key.Equal(oidECKey) && curve.Equal(oidCurve)
}

// PKIX is the SubjectPublicKeyInfo of the key.
func (p *PublicKey) PKIX() []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addKeyAlgorithm(b)
		b.AddASN1BitString(p.Point())
	})
	return b.BytesOrPanic() // lengths are fixed
}

// ParsePKIX reads what PKIX wrote.
func ParsePKIX(der []byte) (*PublicKey, error) {
	in := cryptobyte.String(der)
	var inner cryptobyte.String
	var point []byte
	if !in.ReadASN1(&inner, cbasn1.SEQUENCE) || !in.Empty() || !readKeyAlgorithm(&inner) ||
		!inner.ReadASN1BitStringAsBytes(&point) || !inner.Empty() {
		return nil, errDamaged
	}
	return ParsePoint(point)
}

var tagPublic = cbasn1.Tag(1).ContextSpecific().Constructed()

// PKCS8 writes the private key (RFC 5958 with RFC 5915 inside).
func (k *PrivateKey) PKCS8() []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		addKeyAlgorithm(b)
		b.AddASN1(cbasn1.OCTET_STRING, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1OctetString(k.k.D.FillBytes(make([]byte, fieldSize)))
				b.AddASN1(tagPublic, func(b *cryptobyte.Builder) { b.AddASN1BitString(k.Verifier().Point()) })
			})
		})
	})
	return b.BytesOrPanic()
}

// ParsePKCS8 reads what PKCS8 wrote.
func ParsePKCS8(der []byte) (*PrivateKey, error) {
	in := cryptobyte.String(der)
	var outer, octets, inner, explicit cryptobyte.String
	var version, one int64
	var scalar cryptobyte.String
	var point []byte
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !in.Empty() || !outer.ReadASN1Integer(&version) || version != 0 || !readKeyAlgorithm(&outer) ||
		!outer.ReadASN1(&octets, cbasn1.OCTET_STRING) || !outer.Empty() ||
		!octets.ReadASN1(&inner, cbasn1.SEQUENCE) || !inner.ReadASN1Integer(&one) || one != 1 ||
		!inner.ReadASN1(&scalar, cbasn1.OCTET_STRING) ||
		!inner.ReadASN1(&explicit, tagPublic) || !explicit.ReadASN1BitStringAsBytes(&point) {
		return nil, errDamaged
	}
	k, err := newPrivate(scalar)
	if err != nil || !bytes.Equal(k.Verifier().Point(), point) {
		return nil, errDamaged
	}
	return k, nil
}
