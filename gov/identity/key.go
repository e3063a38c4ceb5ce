package identity

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// keyBytes is the length of the key for look-up hashes.
const keyBytes = 32

// LoadKey reads the node's key for look-up hashes, or makes it on the first
// start. It belongs into every backup: without it nobody can be found by number
// and every session, token and link is void.
func LoadKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < keyBytes {
		return nil, ErrKeyTooShort.Because(fmt.Errorf("%s holds no key", file))
	}
	return key, nil
}

// makeKey writes a fresh key beside its place and moves it there, so that a
// crash leaves a whole key or none.
func makeKey(file string) ([]byte, error) {
	key := make([]byte, keyBytes)
	rand.Read(key)
	tmp, err := os.CreateTemp(filepath.Dir(file), "key-") // readable by its owner only
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(key) + "\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Link(tmp.Name(), file) // unlike a rename it fails when another process was first
	}
	if errors.Is(err, os.ErrExist) {
		return LoadKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return key, errors.Join(dir.Sync(), dir.Close())
}
