package sign

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"testing"
)

// The short way to the id of a key gives what the long one gives.
func TestKeyID_isOfTheSubjectPublicKeyInfo(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		pub := openTest(t, t.TempDir(), name, today).PublicKey()
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(der)
		if got, want := KeyID(pub), hex.EncodeToString(sum[:8]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
