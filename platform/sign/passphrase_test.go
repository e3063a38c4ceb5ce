package sign

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestOwnPassphrase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(dir, PassphraseName)
	if p, err := OwnPassphrase(dir, false); p != "" || err != nil {
		t.Errorf("%q %v: nobody asked to make one", p, err)
	}
	var all sync.Map
	var starts sync.WaitGroup
	for range 8 {
		starts.Go(func() {
			p, err := OwnPassphrase(dir, true)
			if err != nil {
				t.Error(err)
			}
			all.Store(p, true)
		})
	}
	starts.Wait()
	p, err := OwnPassphrase(dir, false)
	raw, bad := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(p, drawnMark))
	all.Delete(p)
	all.Range(func(other, _ any) bool { t.Errorf("one start took %q, another %q", p, other); return true })
	if err != nil || bad != nil || len(raw) != 32 {
		t.Errorf("%q: %v %v", p, err, bad)
	}
	left, _ := os.ReadDir(dir)
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 || len(left) != 1 {
		t.Errorf("%v %v %v", st.Mode(), left, err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := OwnPassphrase(dir, true); !errors.Is(err, ErrKeyOpen) {
		t.Errorf("others may read it: %v", err)
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if p, err := OwnPassphrase(dir, true); p != "" || !errors.Is(err, ErrKeySealed) {
		t.Errorf("an empty file: %q %v; keys would be stored in the clear", p, err)
	}
}

// What was drawn needs no stretching; what somebody thought of does, also when it
// looks like it.
func TestSeal_stretchesWhatSomebodyThoughtOf(t *testing.T) {
	dir := t.TempDir()
	own, err := OwnPassphrase(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	for passphrase, want := range map[string]uint32{own: drawnMemory, own[:len(own)-1]: argonMemory, own + "A": argonMemory, strings.TrimPrefix(own, drawnMark): argonMemory, drawnMark + "虚构": argonMemory} {
		b, err := seal([]byte("key"), "node.data", passphrase)
		var k sealedKey
		if err := errors.Join(err, json.Unmarshal(b, &k)); err != nil || k.Memory != want {
			t.Errorf("%q: %d KiB, %v", passphrase, k.Memory, err)
		}
		if got, err := unseal(b, "node.data", passphrase); err != nil || string(got) != "key" {
			t.Errorf("%q: %q %v", passphrase, got, err)
		}
		if _, err := unseal(b, "node.data", passphrase+"x"); !errors.Is(err, ErrKeySealed) {
			t.Errorf("another passphrase: %v", err)
		}
	}
}

func TestOwnPassphrase_keysInTheClear(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := (Files{Dir: filepath.Join(dir, "keys")}).Key("node.data", Ed25519, true); err != nil {
		t.Fatal(err)
	}
	if p, err := OwnPassphrase(dir, true); p != "" || err != nil {
		t.Errorf("%q %v", p, err)
	}
}
