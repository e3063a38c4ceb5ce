package shangmi

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"hash"
	"os"
	"path/filepath"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The worked examples of the standards, each of which the library must give.
func TestVectors_standards(t *testing.T) {
	var v struct {
		SM3 []struct {
			Msg    string `json:"msg_utf8"`
			Digest string
		}
		SM4 []struct {
			Key, Plain, Cipher string
			Rounds             int
		} `json:"sm4_ecb"`
		Sign struct {
			D, X, Y, ZA, E, R, S string
			Msg                  string `json:"msg_utf8"`
		} `json:"sm2_sign"`
		Encrypt struct {
			Msg    string `json:"msg_utf8"`
			Cipher string
		} `json:"sm2_encrypt"`
	}
	readJSON(t, "testdata/gb.json", &v)
	n := 0
	for _, c := range v.SM3 {
		n++
		if got := hex.EncodeToString(Sum([]byte(c.Msg))); got != c.Digest {
			t.Errorf("SM3 of %q: %s", c.Msg, got)
		}
	}
	for _, c := range v.SM4 {
		n++
		block, err := sm4.NewCipher(unhex(t, c.Key))
		if err != nil {
			t.Fatal(err)
		}
		b := unhex(t, c.Plain)
		for range c.Rounds {
			block.Encrypt(b, b)
		}
		if hex.EncodeToString(b) != c.Cipher {
			t.Errorf("SM4, %d rounds: %x", c.Rounds, b)
		}
	}
	k, err := newPrivate(unhex(t, v.Sign.D))
	if err != nil || hex.EncodeToString(k.Verifier().Point()) != "04"+v.Sign.X+v.Sign.Y {
		t.Fatalf("SM2 key: %v", err)
	}
	za, err := sm2.CalculateZA(k.Verifier().k, identity)
	if err != nil || hex.EncodeToString(za) != v.Sign.ZA || hex.EncodeToString(Sum(za, []byte(v.Sign.Msg))) != v.Sign.E {
		t.Errorf("SM2 digest: %x %v", za, err)
	}
	der, err := DER(append(unhex(t, v.Sign.R), unhex(t, v.Sign.S)...))
	if err != nil || !k.Verifier().Verify([]byte(v.Sign.Msg), der) {
		t.Errorf("SM2 signature: %v", err)
	}
	plain, err := sm2.Decrypt(k.k, unhex(t, v.Encrypt.Cipher))
	if err != nil || string(plain) != v.Encrypt.Msg {
		t.Errorf("SM2 encryption: %q %v", plain, err)
	}
	if n += 3; n < 7 {
		t.Errorf("only %d vectors", n)
	}
	t.Logf("%d vectors of the standards hold", n)
}

// VectorsVariable names the folder with test vectors of others.
const VectorsVariable = "TONGBAN_TEST_VECTORS"

type wycheproof struct {
	Groups []struct {
		IVSize, TagSize int
		Tests           []struct {
			ID                               int `json:"tcId"`
			Comment, Result                  string
			Key, IV, AAD, Msg, CT, Tag, Note string
		}
	} `json:"testGroups"`
}

func vectors(t *testing.T, name string) (v wycheproof) {
	t.Helper()
	dir := os.Getenv(VectorsVariable)
	if dir == "" {
		t.Skip("SKIPPED: " + VectorsVariable + " is not set, so " + name + " is not run")
	}
	readJSON(t, filepath.Join(dir, name), &v)
	return v
}

func TestVectors_hmacSM3(t *testing.T) {
	n := 0
	for _, g := range vectors(t, "wycheproof_hmac_sm3_test.json").Groups {
		for _, c := range g.Tests {
			n++
			mac := hmac.New(func() hash.Hash { return sm3.New() }, unhex(t, c.Key))
			mac.Write(unhex(t, c.Msg))
			if ok := bytes.Equal(mac.Sum(nil)[:g.TagSize/8], unhex(t, c.Tag)); ok != (c.Result == "valid") {
				t.Errorf("%d (%s): %t, want %s", c.ID, c.Comment, ok, c.Result)
			}
		}
	}
	t.Logf("%d vectors", n)
}

func TestVectors_sm4GCM(t *testing.T) {
	n, skipped := 0, 0
	for _, g := range vectors(t, "wycheproof_sm4_gcm_test.json").Groups {
		for _, c := range g.Tests {
			n++
			block, err := sm4.NewCipher(unhex(t, c.Key))
			if err != nil {
				t.Fatal(err)
			}
			if g.IVSize == 0 || g.TagSize != 128 {
				skipped++
				t.Logf("SKIPPED: %d: initialization vector of %d bits, tag of %d bits", c.ID, g.IVSize, g.TagSize)
				continue
			}
			aead, err := cipher.NewGCMWithNonceSize(block, g.IVSize/8)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := aead.Open(nil, unhex(t, c.IV), append(unhex(t, c.CT), unhex(t, c.Tag)...), unhex(t, c.AAD))
			if ok := err == nil && bytes.Equal(plain, unhex(t, c.Msg)); ok != (c.Result == "valid") {
				t.Errorf("%d (%s): %t, want %s", c.ID, c.Comment, ok, c.Result)
			}
		}
	}
	t.Logf("%d vectors, %d of them skipped", n, skipped)
}
