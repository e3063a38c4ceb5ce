package sign

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// PassphraseName is the file beside the folder keys that holds the passphrase
// which a program made for itself.
const PassphraseName = "passphrase"

// OwnPassphrase is the passphrase in dir/passphrase, for the keys in dir/keys;
// "" when there is none. With create, a folder that has no key yet gets one of
// 32 random bytes, which is on the disk before this returns. Keys that exist
// never get one: nothing would be sealed by it.
func OwnPassphrase(dir string, create bool) (string, error) {
	path := filepath.Join(dir, PassphraseName)
	// The keys are looked at first: another process that is starting has its
	// passphrase in place before its first key.
	keys, err := Files{Dir: filepath.Join(dir, "keys")}.Names()
	if err == nil && create && len(keys) == 0 {
		err = makePassphrase(path)
	}
	if err != nil {
		return "", err
	}
	b, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	if first = strings.TrimRight(first, "\r"); first == "" {
		return "", fmt.Errorf("%s is empty: %w", path, ErrKeySealed) // and not a reason to store keys in the clear
	}
	return first, nil
}

func makePassphrase(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	secret := make([]byte, drawnBytes)
	rand.Read(secret) // never fails (crypto/rand)
	err := writeOnce(path, []byte(drawnMark+base64.RawURLEncoding.EncodeToString(secret)+"\n"), 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // somebody put it there, or made it at the same moment
	}
	return err
}

// What a program draws is marked: 256 random bits need no stretching against
// whoever guesses.
const (
	drawnMark  = "drawn-"
	drawnBytes = 32
)

// drawn tells whether a passphrase was made by makePassphrase.
func drawn(passphrase string) bool {
	text, marked := strings.CutPrefix(passphrase, drawnMark)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return marked && err == nil && len(raw) == drawnBytes
}

// Locked are the sealed keys in the folder that the passphrase does not open;
// without a passphrase all that are sealed.
func (f Files) Locked() (out []string) {
	names, _ := f.Names()
	for _, name := range names {
		b, err := readPrivate(filepath.Join(f.Dir, name+".key"))
		if err != nil {
			continue // refused where it is opened
		}
		if _, err = unseal(b, name, f.Passphrase); errors.Is(err, ErrKeySealed) {
			out = append(out, name)
		}
	}
	return out
}
