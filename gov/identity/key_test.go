package identity

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestLoadKey_sameOnEveryStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "identity.key")
	first, err := LoadKey(file)
	if err != nil || len(first) != keyBytes {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	second, err := LoadKey(file)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("another key on the second start (%v)", err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("readable by others: %v", info.Mode())
	}
	if err := os.WriteFile(file, []byte("abcd"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = LoadKey(file)
	wantErr(t, "damaged key", err, ErrKeyTooShort)
	_, err = New(Deps{Key: []byte("short")})
	wantErr(t, "short key", err, ErrKeyTooShort)
}
