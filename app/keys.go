package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tongban/platform/sign"
)

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

// nodeSecret returns the secret under which identifiers are looked up, made on
// the first start. It must be kept with the database: without it nobody is found.
func nodeSecret(dir string) ([]byte, error) {
	path := filepath.Join(dir, "node.secret")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, 32)
		rand.Read(key)
		if err := os.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600); err != nil {
			return nil, err
		}
		return key, nil
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s is damaged: restore it from a backup", path)
	}
	return key, nil
}
