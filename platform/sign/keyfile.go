package sign

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// sealedKey is the file format of a private key under a passphrase.
type sealedKey struct {
	Format string `json:"format"`
	Time   uint32 `json:"argon2id_time"`
	Memory uint32 `json:"argon2id_memory_kib"`
	Lanes  uint8  `json:"argon2id_lanes"`
	Salt   []byte `json:"salt"`
	Nonce  []byte `json:"nonce"`
	Sealed []byte `json:"sealed"`
}

const (
	sealedFormat = "tongban-sealed-key-v1"
	plainType    = "PRIVATE KEY"
	// The second recommended option of RFC 9106 §4: 64 MiB, three passes.
	argonTime, argonMemory, argonLanes = 3, 64 << 10, 4
	// Of a passphrase that was drawn: a millisecond at every start.
	drawnTime, drawnMemory, drawnLanes = 1, 64, 1
)

// seal writes a private key, PKCS #8, for the file named name. Without a
// passphrase it is that, as PEM.
func seal(der []byte, name, passphrase string) ([]byte, error) {
	if passphrase == "" {
		return pem.EncodeToMemory(&pem.Block{Type: plainType, Bytes: der}), nil
	}
	k := sealedKey{Format: sealedFormat, Time: argonTime, Memory: argonMemory, Lanes: argonLanes,
		Salt: saltFor(passphrase), Nonce: make([]byte, 12)}
	if drawn(passphrase) {
		k.Time, k.Memory, k.Lanes = drawnTime, drawnMemory, drawnLanes
	}
	rand.Read(k.Nonce) // never fails (crypto/rand)
	aead, err := k.aead(passphrase)
	if err != nil {
		return nil, err
	}
	k.Sealed = aead.Seal(nil, k.Nonce, der, []byte(sealedFormat+" "+name))
	return json.MarshalIndent(k, "", "  ")
}

// derived remembers what passphrases were stretched to: an office more must
// not cost a tenth of a second and 64 MiB more. What it holds opens the keys,
// which lie in the same memory.
var derived struct {
	sync.Mutex
	secrets map[[32]byte][]byte
	salts   map[[32]byte][]byte // the salt that new keys of a passphrase get
}

// maxDerived bounds how many of them are remembered.
const maxDerived = 64

// saltFor is one salt for all keys that a process seals with a passphrase:
// every key has a nonce of its own.
func saltFor(passphrase string) []byte {
	id := sha256.Sum256([]byte(passphrase))
	derived.Lock()
	defer derived.Unlock()
	if derived.salts == nil || len(derived.salts) >= maxDerived {
		derived.salts = map[[32]byte][]byte{}
	}
	if derived.salts[id] == nil {
		salt := make([]byte, 16)
		rand.Read(salt) // never fails (crypto/rand)
		derived.salts[id] = salt
	}
	return derived.salts[id]
}

// derive stretches a passphrase (Argon2id).
func (k sealedKey) derive(passphrase string) []byte {
	id := sha256.Sum256(fmt.Appendf(nil, "%d %d %d %x %s", k.Time, k.Memory, k.Lanes, k.Salt, passphrase))
	derived.Lock()
	secret := derived.secrets[id]
	derived.Unlock()
	if secret != nil {
		return secret
	}
	secret = argon2.IDKey([]byte(passphrase), k.Salt, k.Time, k.Memory, k.Lanes, 32)
	if k.Memory == argonMemory {
		debug.FreeOSMemory() // the 64 MiB are not needed again
	}
	derived.Lock()
	defer derived.Unlock()
	if derived.secrets == nil || len(derived.secrets) >= maxDerived {
		derived.secrets = map[[32]byte][]byte{}
	}
	derived.secrets[id] = secret
	return secret
}

func (k sealedKey) aead(passphrase string) (cipher.AEAD, error) {
	if k.Format != sealedFormat || k.Time < 1 || k.Time > 16 || k.Memory > 1<<20 || k.Lanes < 1 || len(k.Nonce) != 12 {
		return nil, ErrKeyDamaged.Because(errors.New("unknown format of sealed key"))
	}
	secret := k.derive(passphrase)
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Unsealed are the private keys in a folder that nothing seals: whoever copies
// their files can sign. For telling the operator.
func Unsealed(dir string) (out []string) {
	list, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	for _, path := range list {
		b, err := os.ReadFile(path)
		if p, _ := pem.Decode(b); err == nil && p != nil && p.Type == plainType {
			out = append(out, strings.TrimSuffix(filepath.Base(path), ".key"))
		}
	}
	return out
}

// unseal reads what seal wrote. The name is part of what is sealed, so one
// key's file cannot be put in the place of another's.
func unseal(b []byte, name, passphrase string) ([]byte, error) {
	if p, _ := pem.Decode(b); p != nil && p.Type == plainType {
		return p.Bytes, nil
	}
	var k sealedKey
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, ErrKeyDamaged.With("key", name).Because(err)
	}
	if passphrase == "" {
		return nil, ErrKeySealed.With("key", name)
	}
	aead, err := k.aead(passphrase)
	if err != nil {
		return nil, err
	}
	der, err := aead.Open(nil, k.Nonce, k.Sealed, []byte(sealedFormat+" "+name))
	if err != nil {
		return nil, ErrKeySealed.With("key", name).Because(err)
	}
	return der, nil
}

// keyBytes reads the private key dir/name.key as PKCS #8, or makes it with
// create; without create a missing one is ErrNoKey.
func keyBytes(dir, name, passphrase string, create func() ([]byte, error)) ([]byte, error) {
	path := filepath.Join(dir, name+".key")
	b, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		if create == nil {
			return nil, ErrNoKey.With("key", name).Because(err)
		}
		der, err := create()
		if err != nil {
			return nil, fmt.Errorf("make key %s: %w", name, err)
		}
		b, err := seal(der, name, passphrase)
		if err != nil {
			return nil, err
		}
		err = writeOnce(path, b, 0o600)
		if err == nil {
			return der, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	if b == nil { // somebody else made the file at the same moment, or the first read failed
		if b, err = readPrivate(path); err != nil {
			return nil, err
		}
	}
	return unseal(b, name, passphrase)
}

func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, ErrKeyOpen.With("file", path)
	}
	return os.ReadFile(path)
}

// writeOnce puts a complete, flushed file in place, or fails with
// fs.ErrExist when there is one already.
func writeOnce(path string, b []byte, mode fs.FileMode) error {
	tmp, err := writeTemporary(path, b, mode)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	err = os.Link(tmp, path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
		err = writeExclusive(path, b, mode)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeExclusive(path string, b []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// replace puts a complete, flushed file in place of whatever is there.
func replace(path string, b []byte, mode fs.FileMode) error {
	tmp, err := writeTemporary(path, b, mode)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeTemporary(path string, b []byte, mode fs.FileMode) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// ReplaceFile puts a complete, flushed file in place of whatever is there.
func ReplaceFile(path string, b []byte, mode fs.FileMode) error { return replace(path, b, mode) }
