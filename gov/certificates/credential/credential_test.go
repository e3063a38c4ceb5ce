package credential_test

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates/credential"
	"tongban/platform/sdjwt"
)

const site = "https://zwfw.neighbour.example"

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// issuer has one key, which has the id "k".
type issuer struct{ key *ecdsa.PrivateKey }

func newIssuer(t testing.TB) issuer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{k}
}

func (i issuer) Algorithm() string        { return "ECDSA-P256-SHA256" }
func (i issuer) Public() crypto.PublicKey { return i.key.Public() }
func (i issuer) Sign(m []byte) ([]byte, error) {
	sum := sha256.Sum256(m)
	return i.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

var errUnknown = errors.New("no such key")

func (i issuer) keys(at, id string) (crypto.PublicKey, error) {
	if at != site || id != "k" {
		return nil, errUnknown
	}
	return i.Public(), nil
}

func packed(bits []byte) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(bits)
	z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

func claims() map[string]any {
	return map[string]any{"sub": credential.ListAt(site, "449901", 3), "iss": site, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "status_list": map[string]any{"bits": 2, "lst": packed([]byte{0b_10_01_00_00, 0xFF})}}
}

func signed(t testing.TB, by issuer, c map[string]any, kid, typ string) string {
	t.Helper()
	s, err := sdjwt.Sign(c, by, kid, typ)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReadList(t *testing.T) {
	by, thief := newIssuer(t), newIssuer(t)
	address := credential.ListAt(site, "449901", 3)
	good := signed(t, by, claims(), "k", credential.ListType)
	l, err := credential.ReadList(good, address, by.keys, now)
	if err != nil || !l.At.Equal(now) {
		t.Fatalf("%+v, %v", l, err)
	}
	for place, want := range map[int64]credential.State{0: credential.Good, 1: credential.Good, 2: credential.Dead, 3: credential.Suspended, 7: 3} {
		if got, err := l.Of(place); err != nil || got != want {
			t.Errorf("place %d: %d, want %d, %v", place, got, want, err)
		}
	}
	for _, place := range []int64{-1, 8, 1 << 40} {
		if got, err := l.Of(place); !errors.Is(err, credential.ErrList) || got == credential.Good {
			t.Errorf("place %d: %d, %v", place, got, err)
		}
	}
	with := func(change func(map[string]any)) string {
		c := claims()
		change(c)
		return signed(t, by, c, "k", credential.ListType)
	}
	list := func(bits int, data string) func(map[string]any) {
		return func(c map[string]any) { c["status_list"] = map[string]any{"bits": bits, "lst": data} }
	}
	for what, c := range map[string]struct {
		token string
		at    time.Time
		want  error
	}{
		"another list":        {with(func(c map[string]any) { c["sub"] = credential.ListAt(site, "449901", 4) }), now, credential.ErrList},
		"another type":        {signed(t, by, claims(), "k", "JWT"), now, credential.ErrList},
		"somebody else's":     {signed(t, thief, claims(), "k", credential.ListType), now, sdjwt.ErrSignature},
		"another key":         {signed(t, by, claims(), "x", credential.ListType), now, sdjwt.ErrKey},
		"another issuer":      {with(func(c map[string]any) { c["iss"] = "https://thief.example" }), now, sdjwt.ErrKey},
		"an old one":          {good, now.Add(2 * time.Hour), credential.ErrListTime},
		"from the future":     {good, now.Add(-time.Hour), credential.ErrListTime},
		"no time":             {with(func(c map[string]any) { delete(c, "iat") }), now, credential.ErrList},
		"three bits":          {with(list(3, packed([]byte{0}))), now, credential.ErrList},
		"not compressed":      {with(list(2, "AAAA")), now, credential.ErrList},
		"cut":                 {with(list(2, packed(make([]byte, 4096))[:12])), now, credential.ErrList},
		"a bomb":              {with(list(2, packed(make([]byte, 64<<20)))), now, credential.ErrList},
		"no token":            {"hello", now, sdjwt.ErrMalformed},
		"larger than allowed": {strings.Repeat("a", 2<<20), now, sdjwt.ErrMalformed},
	} {
		if _, err := credential.ReadList(c.token, address, by.keys, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
	for i := range good {
		b := []byte(good)
		b[i] ^= 1
		if _, err := credential.ReadList(string(b), address, by.keys, now); err == nil {
			t.Errorf("byte %d changed and nobody noticed", i)
		}
		if _, err := credential.ReadList(good[:i], address, by.keys, now); err == nil {
			t.Errorf("cut at %d and nobody noticed", i)
		}
	}
}

func TestListed(t *testing.T) {
	for list, want := range map[string]bool{
		site + "/openid4vci/status/449901/1": true, site + "/openid4vci/status/449901/01": false, site + "/openid4vci/status/449901/1?x": false, site + "/openid4vci/status/449901/": false,
		"https://thief.example/openid4vci/status/449901/1": false, site + ".thief.example/openid4vci/status/449901/1": false, "": false,
	} {
		region, n, ok := credential.Credential{Site: site, List: list}.Listed()
		if ok != want || ok && (region != "449901" || n != 1) {
			t.Errorf("%s: %s %d %v", list, region, n, ok)
		}
	}
}

func FuzzOpen(f *testing.F) {
	by := newIssuer(f)
	good, err := sdjwt.Issue(sdjwt.Claims{"iss": site, "vct": site + "/certificate-types/1", "iat": now.Unix(), "type_name": "示例证", "issuing_authority": "示例局", "holder_name": sdjwt.Hidden{Value: "示例"},
		"status": map[string]any{"status_list": map[string]any{"idx": 1, "uri": credential.ListAt(site, "449901", 1)}}}, sdjwt.Options{Key: by, KeyID: "k", Type: credential.Type})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(good))
	f.Add([]byte("eyJ.e30.x~"))
	f.Add([]byte("a.b.c~WyJhIl0~"))
	f.Fuzz(func(t *testing.T, b []byte) {
		credential.Looks(b)
		credential.Key(b)
		c, err := credential.Open(b, by.keys)
		if err == nil && (c.Title != "示例证" || c.Office != "示例局" || c.Holder != "" && c.Holder != "示例") {
			t.Errorf("accepted something that was never signed: %+v", c)
		}
	})
}

func FuzzReadList(f *testing.F) {
	by := newIssuer(f)
	address := credential.ListAt(site, "449901", 3)
	f.Add(packed([]byte{1, 2, 3}), 2, int64(5))
	f.Add("AAAA", 9, int64(-1))
	f.Add(fmt.Sprint(now), 1, int64(1))
	f.Fuzz(func(t *testing.T, data string, bits int, place int64) {
		c := claims()
		c["status_list"] = map[string]any{"bits": bits, "lst": data}
		token, err := sdjwt.Sign(c, by, "k", credential.ListType)
		if err != nil {
			t.Skip()
		}
		if l, err := credential.ReadList(token, address, by.keys, now); err == nil {
			l.Of(place)
		}
	})
}
