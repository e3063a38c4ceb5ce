package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"hash"

	"tongban/platform/sign/shangmi"
)

// KeyHolder keeps one private key and signs with it, wherever the key is: in
// a file, a hardware module or another machine. Implementations MUST be safe
// for use by several goroutines.
type KeyHolder interface {
	// Algorithm names the suite: Ed25519, ECDSAP256 or SM2.
	Algorithm() string
	// Public is the public half.
	Public() crypto.PublicKey
	// Sign signs the whole message; hashing is the algorithm's own business.
	Sign(message []byte) ([]byte, error)
}

// The algorithms that exist today.
const (
	Ed25519   = "Ed25519"
	ECDSAP256 = "ECDSA-P256-SHA256"
	SM2       = shangmi.Algorithm
)

// suite says how an algorithm is written in CMS and checked.
type suite struct {
	name      string
	digest    asn1.ObjectIdentifier
	signature asn1.ObjectIdentifier
	hash      func() hash.Hash
	fits      func(pub crypto.PublicKey) bool
	verify    func(pub crypto.PublicKey, message, sig []byte) bool
}

// suites are the algorithms that a signature inside a PDF may use.
var suites = []suite{{
	name:      ECDSAP256,
	digest:    asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1},
	signature: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2},
	hash:      sha256.New,
	fits: func(pub crypto.PublicKey) bool {
		k, ok := pub.(*ecdsa.PublicKey)
		return ok && k.Curve == elliptic.P256()
	},
	verify: func(pub crypto.PublicKey, message, sig []byte) bool {
		k, ok := pub.(*ecdsa.PublicKey)
		sum := sha256.Sum256(message)
		return ok && ecdsa.VerifyASN1(k, sum[:], sig)
	},
}}

func suiteNamed(name string) (suite, error) {
	for _, s := range suites {
		if s.name == name {
			return s, nil
		}
	}
	return suite{}, ErrUnsupported.With("algorithm", name)
}

func suiteOf(digest, signature asn1.ObjectIdentifier) (suite, error) {
	for _, s := range suites {
		if s.digest.Equal(digest) && s.signature.Equal(signature) {
			return s, nil
		}
	}
	return suite{}, ErrUnsupported.With("algorithm", digest.String()+" "+signature.String())
}

// software is a KeyHolder whose key lies in memory.
type software struct {
	algorithm string
	key       crypto.Signer
}

func newSoftware(key crypto.Signer) (software, error) {
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return software{Ed25519, k}, nil
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return software{ECDSAP256, k}, nil
		}
	}
	return software{}, ErrKeyDamaged.Because(fmt.Errorf("unexpected key type %T", key))
}

func (s software) Algorithm() string        { return s.algorithm }
func (s software) Public() crypto.PublicKey { return s.key.Public() }

// Sign is deterministic: no source of randomness is handed to the algorithms.
func (s software) Sign(message []byte) ([]byte, error) {
	if s.algorithm == Ed25519 {
		return s.key.Sign(nil, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return s.key.Sign(nil, sum[:], crypto.SHA256)
}

// spki opens the SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4); the key follows.
const spki = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"

// KeyID names a public key: the first 16 hexadecimal digits of the SHA-256 of
// its SubjectPublicKeyInfo. It is for people and logs; equality of ids is not
// a check.
func KeyID(pub crypto.PublicKey) string {
	var der []byte
	if key, ok := pub.(ed25519.PublicKey); ok && len(key) == ed25519.PublicKeySize {
		der = append(append(make([]byte, 0, 64), spki...), key...) // every check of a signature asks
	} else if key, ok := pub.(*shangmi.PublicKey); ok {
		der = key.PKIX()
	} else {
		var err error
		if der, err = x509.MarshalPKIXPublicKey(pub); err != nil {
			return ""
		}
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:8])
}

// ParsePublic reads the SubjectPublicKeyInfo of a key of one of the algorithms.
func ParsePublic(algorithm string, der []byte) (crypto.PublicKey, error) {
	if algorithm == SM2 {
		pub, err := shangmi.ParsePKIX(der)
		if err != nil {
			return nil, ErrKeyDamaged.Because(err)
		}
		return pub, nil
	}
	pub, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, ErrKeyDamaged.Because(err)
	}
	switch k := pub.(type) {
	case ed25519.PublicKey:
		if algorithm == Ed25519 {
			return k, nil
		}
	case *ecdsa.PublicKey:
		if algorithm == ECDSAP256 && k.Curve == elliptic.P256() {
			return k, nil
		}
	}
	return nil, ErrUnsupported.With("algorithm", algorithm)
}

// MarshalPublic writes the SubjectPublicKeyInfo of a key.
func MarshalPublic(pub crypto.PublicKey) ([]byte, error) {
	if key, ok := pub.(*shangmi.PublicKey); ok {
		return key.PKIX(), nil
	}
	return x509.MarshalPKIXPublicKey(pub)
}
