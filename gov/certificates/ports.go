package certificates

// Signer signs the data of papers. The key may live in a file, a token or a
// remote service.
type Signer interface {
	KeyID() string
	Sign(message []byte) []byte
}

// Checker verifies data signatures, of present and of former keys.
type Checker interface {
	Check(keyID string, message, signature []byte) bool
}
