package jws

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/platform/clock"
	"tongban/platform/sign"
)

var payload = []byte(`{"ZZMC":"示例许可证","CZZT":"示例·𠮷𪚥䶮"}`)

func keys(t testing.TB) []sign.KeyHolder {
	t.Helper()
	s, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", Clock: clock.NewFake(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))})
	if err != nil {
		t.Fatal(err)
	}
	return []sign.KeyHolder{s.Data(), s.Paper(), s.SM2()}
}

func made(t testing.TB, k sign.KeyHolder) *Token {
	t.Helper()
	token, err := Sign(payload, k, "paper+jws")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSign_roundTrip(t *testing.T) {
	all := keys(t)
	for i, k := range all {
		token := made(t, k)
		for _, form := range [][]byte{[]byte(token.Compact()), token.JSON(), append(token.JSON(), '\n')} {
			got, err := Parse(form)
			if err != nil {
				t.Fatal(err)
			}
			if err := got.Verify(k.Public()); err != nil || !bytes.Equal(got.Payload, payload) || got.Type != "paper+jws" || got.KeyID != sign.KeyID(k.Public()) {
				t.Errorf("%s: %v %+v", token.Algorithm, err, got)
			}
			if err := got.Verify(all[(i+1)%3].Public()); !errors.Is(err, ErrAlgorithm) {
				t.Errorf("%s checked with the key of another algorithm: %v", token.Algorithm, err)
			}
		}
		other := keys(t)[i]
		if err := token.Verify(other.Public()); !errors.Is(err, ErrSignature) {
			t.Errorf("%s checked with somebody else's key: %v", token.Algorithm, err)
		}
	}
}

// Somebody else's library reads our tokens.
func TestSign_goJose(t *testing.T) {
	for _, k := range keys(t)[:2] {
		token := made(t, k)
		for _, form := range []string{token.Compact(), string(token.JSON())} {
			theirs, err := jose.ParseSigned(form, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
			if err != nil {
				t.Fatal(err)
			}
			got, err := theirs.Verify(k.Public())
			if err != nil || !bytes.Equal(got, payload) {
				t.Errorf("%s: %v", token.Algorithm, err)
			}
		}
	}
}

func TestParse_everyBitCounts(t *testing.T) {
	for _, k := range keys(t) {
		token := made(t, k)
		for _, form := range [][]byte{[]byte(token.Compact()), token.JSON()} {
			for i := range form {
				for bit := range 8 {
					bad := bytes.Clone(form)
					bad[i] ^= 1 << bit
					if got, err := Parse(bad); err == nil && got.Verify(k.Public()) == nil {
						t.Fatalf("%s: byte %d, bit %d may be changed:\n%s", token.Algorithm, i, bit, bad)
					}
				}
			}
			for n := range len(form) {
				if got, err := Parse(form[:n]); err == nil && got.Verify(k.Public()) == nil {
					t.Fatalf("%s: the first %d bytes alone are accepted", token.Algorithm, n)
				}
			}
		}
	}
}

// handmade is a token with a header of somebody else's choice.
func handmade(head string, signature []byte) string {
	return encoding.EncodeToString([]byte(head)) + "." + encoding.EncodeToString(payload) + "." + encoding.EncodeToString(signature)
}

func TestVerify_confusedAlgorithms(t *testing.T) {
	all := keys(t)
	for _, k := range all {
		pub, err := sign.MarshalPublic(k.Public())
		if err != nil {
			t.Fatal(err)
		}
		secrets := [][]byte{pub}
		if raw, ok := k.Public().(ed25519.PublicKey); ok {
			secrets = append(secrets, raw)
		}
		for _, alg := range []string{"none", "None", "HS256", "RS256", "ES384", "EdDSA", "ES256", SM2} {
			for _, secret := range secrets {
				input := handmade(`{"alg":"`+alg+`"}`, nil)
				mac := hmac.New(sha256.New, secret)
				mac.Write([]byte(strings.TrimSuffix(input, ".")))
				for _, sig := range [][]byte{nil, mac.Sum(nil), append(mac.Sum(nil), mac.Sum(nil)...), make([]byte, 64)} {
					token, err := Parse([]byte(strings.TrimSuffix(input, ".") + "." + encoding.EncodeToString(sig)))
					if err != nil {
						t.Fatal(err)
					}
					want := error(ErrAlgorithm)
					if alg == named[k.Algorithm()] {
						want = ErrSignature
					}
					if err := token.Verify(k.Public()); !errors.Is(err, want) {
						t.Errorf("%s with a key of %s: %v", alg, k.Algorithm(), err)
					}
				}
			}
		}
	}
	if err := made(t, all[0]).Verify(crypto.PublicKey("text")); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("a key of no kind: %v", err)
	}
}

func TestParse_refuses(t *testing.T) {
	good := made(t, keys(t)[0])
	flat := string(good.JSON())
	for what, bad := range map[string]string{
		"nothing":            "",
		"two parts":          "eyJhbGciOiJub25lIn0.e30",
		"padding":            good.Compact() + "=",
		"line break":         strings.Replace(good.Compact(), ".", ".\n", 1),
		"member twice":       strings.Replace(flat, "{", `{"payload":"e30",`, 1),
		"unprotected header": strings.Replace(flat, "{", `{"header":{"alg":"none"},`, 1),
		"other spelling":     strings.Replace(flat, `"payload"`, `"Payload"`, 1),
		"two signatures":     `{"payload":"e30","signatures":[]}`,
		"something behind":   flat + "{}",
		"deep":               strings.Repeat(`{"a":`, 100000),
		"crit":               handmade(`{"alg":"EdDSA","crit":["b64"],"b64":false}`, nil),
		"algorithm twice":    handmade(`{"alg":"EdDSA","alg":"none"}`, nil),
		"no algorithm":       handmade(`{"kid":"x"}`, nil),
		"number":             handmade(`{"alg":1}`, nil),
	} {
		if _, err := Parse([]byte(bad)); !errors.Is(err, ErrSyntax) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Parse(bytes.Repeat([]byte("a"), MaxSize+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	k := keys(f)[0]
	token := made(f, k)
	f.Add([]byte(token.Compact()))
	f.Add(token.JSON())
	f.Add([]byte(`{"payload":"e30","protected":"e30","signature":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Parse(b)
		if err != nil {
			return
		}
		if got.Verify(k.Public()) == nil && !bytes.Equal(got.Payload, payload) {
			t.Errorf("accepted something that was never signed: %s", got.Payload)
		}
	})
}
