package keys

import "tongban/platform/sign"

// NodeKeys signs and checks the data of papers with the keys of this node.
type NodeKeys struct {
	Signer *sign.Signer
	Former Trust // keys that the node had before
}

// KeyID names the key for data.
func (k NodeKeys) KeyID() string { return k.Signer.KeyID() }

// Sign signs the data of a paper.
func (k NodeKeys) Sign(message []byte) ([]byte, error) {
	s, err := k.Signer.SignFor(Purpose, message)
	return s.Bytes, err
}

// Check tells whether a present or a former key signed the data of a paper.
func (k NodeKeys) Check(keyID string, message, signature []byte) bool {
	if keyID == k.Signer.KeyID() {
		return sign.VerifyFor(k.Signer.PublicKey(), Purpose, message, sign.Signature{KeyID: keyID, Bytes: signature})
	}
	return k.Former.Check(keyID, message, signature)
}
