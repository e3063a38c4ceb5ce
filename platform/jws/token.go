package jws

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"tongban/platform/fault"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
)

// MaxSize bounds a token, in bytes.
const MaxSize = 4 << 20

// The algorithms, as headers name them.
const (
	EdDSA = "EdDSA"
	ES256 = "ES256"
	SM2   = shangmi.Algorithm
)

// Why a token is refused. Codes are stable.
var (
	// ErrSyntax: not a token, or not in the one spelling.
	ErrSyntax = fault.Invalid("jws.syntax")
	// ErrAlgorithm: signed, or said to be signed, with something that the key is not for.
	ErrAlgorithm = fault.Invalid("jws.algorithm")
	// ErrSignature: the signature is not over these bytes.
	ErrSignature = fault.Invalid("jws.signature")
	// ErrTooLarge: longer than MaxSize.
	ErrTooLarge = fault.Invalid("jws.too_large")
)

// Token is a signed token. Payload is what somebody wrote until Verify says
// that it was signed.
type Token struct {
	Algorithm, KeyID, Type string
	Payload                []byte

	protected, signature string // base64url
}

var encoding = base64.RawURLEncoding.Strict()

// named gives the name of each suite in headers.
var named = map[string]string{sign.Ed25519: EdDSA, sign.ECDSAP256: ES256, sign.SM2: SM2}

// header is the protected header, in the order in which it is written.
type header struct {
	Algorithm string `json:"alg"`
	KeyID     string `json:"kid,omitempty"`
	Type      string `json:"typ,omitempty"`
}

// Sign makes a token; typ says what it is for.
func Sign(payload []byte, key sign.KeyHolder, typ string) (*Token, error) {
	t := &Token{Algorithm: named[key.Algorithm()], KeyID: sign.KeyID(key.Public()), Type: typ, Payload: payload}
	if t.Algorithm == "" {
		return nil, ErrAlgorithm.With("algorithm", key.Algorithm())
	}
	h, err := json.Marshal(header{t.Algorithm, t.KeyID, t.Type})
	if err != nil {
		return nil, err
	}
	t.protected = encoding.EncodeToString(h)
	sig, err := key.Sign(t.input())
	if err != nil {
		return nil, fmt.Errorf("sign token: %w", err)
	}
	if t.Algorithm != EdDSA {
		if sig, err = shangmi.Raw(sig); err != nil { // both curves have 32 bytes
			return nil, err
		}
	}
	t.signature = encoding.EncodeToString(sig)
	return t, nil
}

// input is what is signed.
func (t *Token) input() []byte {
	b := make([]byte, 0, len(t.protected)+1+encoding.EncodedLen(len(t.Payload)))
	b = append(append(b, t.protected...), '.')
	return encoding.AppendEncode(b, t.Payload)
}

// Compact is the token in one line.
func (t *Token) Compact() string { return string(t.input()) + "." + t.signature }

// JSON is the token in the flattened JSON serialization (RFC 7515 §7.2.2).
func (t *Token) JSON() []byte {
	b, err := json.Marshal(struct {
		Payload   string `json:"payload"`
		Protected string `json:"protected"`
		Signature string `json:"signature"`
	}{encoding.EncodeToString(t.Payload), t.protected, t.signature})
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// Looks tells whether b could be a token, for choosing a reader.
func Looks(b []byte) bool {
	b = bytes.TrimSpace(b)
	return bytes.HasPrefix(b, []byte("eyJ")) || bytes.HasPrefix(b, []byte("{")) && bytes.Contains(b, []byte(`"payload"`))
}

// Parse reads a token, compact or JSON. Its signature is not checked yet.
func Parse(b []byte) (*Token, error) {
	if len(b) > MaxSize {
		return nil, ErrTooLarge
	}
	b = bytes.TrimSpace(b)
	var payload string
	t := &Token{}
	if bytes.HasPrefix(b, []byte("{")) {
		if err := exactly(b, map[string]*string{"payload": &payload, "protected": &t.protected, "signature": &t.signature}, true); err != nil {
			return nil, err
		}
	} else {
		parts := bytes.Split(b, []byte("."))
		if len(parts) != 3 {
			return nil, ErrSyntax
		}
		t.protected, payload, t.signature = string(parts[0]), string(parts[1]), string(parts[2])
	}
	head, err := decode(t.protected)
	if err == nil {
		err = exactly(head, map[string]*string{"alg": &t.Algorithm, "kid": &t.KeyID, "typ": &t.Type}, false)
	}
	if err != nil {
		return nil, err
	}
	if t.Algorithm == "" {
		return nil, ErrSyntax
	}
	if t.Payload, err = decode(payload); err != nil {
		return nil, err
	}
	_, err = decode(t.signature)
	return t, err
}

// decode reads base64url in its one spelling.
func decode(s string) ([]byte, error) {
	for i := range len(s) {
		if s[i] == '\r' || s[i] == '\n' { // the decoder skips them
			return nil, ErrSyntax
		}
	}
	b, err := encoding.DecodeString(s)
	if err != nil {
		return nil, ErrSyntax.Because(err)
	}
	return b, nil
}

// exactly reads a JSON object of texts: no member twice, none that is not
// asked for, names in their exact spelling; with all, none missing.
func exactly(b []byte, into map[string]*string, all bool) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ErrSyntax
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return ErrSyntax.Because(err)
		}
		key, _ := name.(string)
		value, err := d.Token()
		text, isText := value.(string)
		if err != nil || into[key] == nil || seen[key] || !isText {
			return ErrSyntax.With("member", key)
		}
		seen[key], *into[key] = true, text
	}
	if t, err := d.Token(); err != nil || t != json.Delim('}') || d.More() || int(d.InputOffset()) != len(b) || all && len(seen) != len(into) {
		return ErrSyntax
	}
	return nil
}

// Verify checks the signature with a key, which decides the algorithm:
// ed25519.PublicKey, *ecdsa.PublicKey (P-256) or *shangmi.PublicKey.
func (t *Token) Verify(pub crypto.PublicKey) error {
	sig, err := decode(t.signature)
	if err != nil {
		return err
	}
	want, ok := "", false
	switch k := pub.(type) {
	case ed25519.PublicKey:
		want, ok = EdDSA, t.Algorithm == EdDSA && len(k) == ed25519.PublicKeySize && ed25519.Verify(k, t.input(), sig)
	case *ecdsa.PublicKey:
		if want = ES256; t.Algorithm == ES256 && k.Curve == elliptic.P256() {
			sum := sha256.Sum256(t.input())
			der, err := shangmi.DER(sig)
			ok = err == nil && ecdsa.VerifyASN1(k, sum[:], der)
		}
	case *shangmi.PublicKey:
		if want = SM2; t.Algorithm == SM2 {
			der, err := shangmi.DER(sig)
			ok = err == nil && k.Verify(t.input(), der)
		}
	}
	switch {
	case want == "" || t.Algorithm != want:
		return ErrAlgorithm.With("algorithm", t.Algorithm)
	case !ok:
		return ErrSignature
	}
	return nil
}
