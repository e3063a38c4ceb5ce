package app

import "tongban/platform/sign"

// papers adapts the node's data key to what certificates need.
type papers struct{ s *sign.Signer }

// purpose keeps the signatures of papers apart from everything else that the
// key might sign.
const purpose = "paper"

// KeyID names the key.
func (p papers) KeyID() string { return p.s.KeyID() }

// Sign signs the data of a paper.
func (p papers) Sign(message []byte) ([]byte, error) {
	sig, err := p.s.SignFor(purpose, message)
	return sig.Bytes, err
}

// Check verifies the data of a paper.
func (p papers) Check(keyID string, message, signature []byte) bool {
	return sign.VerifyFor(p.s.PublicKey(), purpose, message, sign.Signature{KeyID: keyID, Bytes: signature})
}
