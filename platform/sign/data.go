package sign

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
)

// Signature is a detached signature over bytes.
type Signature struct {
	KeyID string // which key, for looking it up
	Bytes []byte
}

// String writes the signature as "ed25519:KEYID:BASE64URL".
func (s Signature) String() string {
	return "ed25519:" + s.KeyID + ":" + base64.RawURLEncoding.EncodeToString(s.Bytes)
}

// ParseSignature reads what String wrote, in that one spelling only.
func ParseSignature(text string) (Signature, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 || parts[0] != "ed25519" {
		return Signature{}, ErrUnsupported.With("signature", "format")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(b) != ed25519.SignatureSize || strings.ContainsAny(parts[2], "\r\n") {
		return Signature{}, ErrTampered
	}
	return Signature{KeyID: parts[1], Bytes: b}, nil
}

// framed is what is really signed: the purpose, then the message. The leading
// zero byte keeps it apart from the text of a note, which can contain none;
// the zero byte behind the purpose keeps purposes apart from each other.
func framed(purpose string, message []byte) []byte {
	b := make([]byte, 0, len(frame)+len(purpose)+1+len(message))
	b = append(b, frame...)
	b = append(b, purpose...)
	b = append(b, 0)
	return append(b, message...)
}

const frame = "\x00tongban-data-v1\x00"

// FramedPurpose reads the purpose of what SignFor signs; false is that a
// message is nothing of that kind.
func FramedPurpose(message []byte) (string, bool) {
	rest, ok := bytes.CutPrefix(message, []byte(frame))
	if !ok {
		return "", false
	}
	purpose, _, ok := bytes.Cut(rest, []byte{0})
	return string(purpose), ok
}

// Sign signs a message of no particular purpose.
func (s *Signer) Sign(message []byte) (Signature, error) { return s.SignFor("", message) }

// SignFor signs a message for a purpose, such as "exchange.receipt". A
// signature for one purpose is no signature for another.
func (s *Signer) SignFor(purpose string, message []byte) (Signature, error) {
	if strings.ContainsRune(purpose, 0) {
		return Signature{}, ErrName.With("purpose", purpose)
	}
	b, err := s.data.Sign(framed(purpose, message))
	return Signature{KeyID: s.KeyID(), Bytes: b}, err
}

// Verify tells whether sig is a signature of pub over message.
func Verify(pub ed25519.PublicKey, message []byte, sig Signature) bool {
	return VerifyFor(pub, "", message, sig)
}

// VerifyFor tells whether sig is a signature of pub over message for purpose.
func VerifyFor(pub ed25519.PublicKey, purpose string, message []byte, sig Signature) bool {
	return len(pub) == ed25519.PublicKeySize && !strings.ContainsRune(purpose, 0) && sig.KeyID == KeyID(pub) &&
		ed25519.Verify(pub, framed(purpose, message), sig.Bytes)
}
