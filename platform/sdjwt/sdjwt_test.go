package sdjwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.yaml.in/yaml/v3"

	"tongban/platform/sdjwt"
)

var now = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// soft is a key in memory.
type soft struct{ key crypto.Signer }

func (s soft) Public() crypto.PublicKey { return s.key.Public() }

func (s soft) Algorithm() string {
	if _, ok := s.key.(ed25519.PrivateKey); ok {
		return "Ed25519"
	}
	return "ECDSA-P256-SHA256"
}

func (s soft) Sign(m []byte) ([]byte, error) {
	if s.Algorithm() == "Ed25519" {
		return s.key.Sign(rand.Reader, m, crypto.Hash(0))
	}
	sum := sha256.Sum256(m)
	return s.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

func newKeys(t testing.TB) []soft {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return []soft{{ed}, {ec}}
}

func trusting(k soft) func(sdjwt.Header) (crypto.PublicKey, error) {
	return func(sdjwt.Header) (crypto.PublicKey, error) { return k.Public(), nil }
}

// marked reads claims of the specification's examples, in which !sd marks what
// can be withheld.
func marked(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.DocumentNode:
		return marked(n.Content[0])
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			k := n.Content[i]
			v, err := hidden(n.Content[i+1], false)
			if err != nil {
				return nil, err
			}
			if k.Tag == "!sd" {
				v = sdjwt.Hidden{Value: v}
			}
			out[k.Value] = v
		}
		return out, nil
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			v, err := hidden(c, true)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	var v any
	plain := *n
	if plain.Tag == "!sd" {
		plain.Tag = ""
	}
	err := plain.Decode(&v)
	if at, ok := v.(time.Time); ok { // the examples mean the text
		v = at.Format("2006-01-02")
	}
	return v, err
}

func hidden(n *yaml.Node, element bool) (any, error) {
	v, err := marked(n)
	if element && n.Tag == "!sd" {
		v = sdjwt.Hidden{Value: v}
	}
	return v, err
}

// plain is what everybody who sees everything reads.
func plain(v any) any {
	switch v := v.(type) {
	case sdjwt.Hidden:
		return plain(v.Value)
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = plain(x)
		}
		return out
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, plain(x))
		}
		return out
	}
	return v
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Every example of the specification: issued, shown whole, shown bare, shown
// one value at a time, with both algorithms.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	ran := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Claims yaml.Node `yaml:"user_claims"`
			Decoys bool      `yaml:"add_decoy_claims"`
		}
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if doc.Claims.IsZero() {
			continue // settings of the generator
		}
		v, err := marked(&doc.Claims)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		claims := v.(map[string]any)
		if strings.HasSuffix(file, "slide_deck.yml") {
			delete(claims, "cnf") // its key is cut short with dots, to fit on a slide
		}
		ran++
		for _, key := range newKeys(t) {
			example(t, file, claims, key, doc.Decoys)
		}
	}
	if ran < 15 {
		t.Errorf("only %d examples ran", ran)
	}
}

func example(t *testing.T, file string, claims map[string]any, key soft, decoys bool) {
	t.Helper()
	o := sdjwt.Options{Key: key, KeyID: "k1", Type: "dc+sd-jwt"}
	if decoys {
		o.Decoys = 2
	}
	token, err := sdjwt.Issue(claims, o)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	check := sdjwt.Check{Key: trusting(key), Now: now, Types: []string{"dc+sd-jwt"}}
	whole, err := sdjwt.Verify(token, check)
	if err != nil || asJSON(whole.Claims) != asJSON(plain(claims)) {
		t.Errorf("%s: whole %s, want %s, %v", file, asJSON(whole.Claims), asJSON(plain(claims)), err)
	}
	parsed, err := sdjwt.Parse(token)
	if err != nil {
		t.Fatal(err)
	}
	names := parsed.Names()
	bare, err := parsed.Present(func([]string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	nothing, err := bare.Verify(check)
	if err != nil || len(names) > 0 && nothing.Withheld == 0 {
		t.Errorf("%s: bare: %v", file, err)
	}
	for _, n := range names { // one at a time, with what it lies in
		one, err := parsed.Present(func(path []string) bool { return len(path) <= len(n) && slices.Equal(path, n[:len(path)]) })
		if err != nil {
			t.Fatal(err)
		}
		r, err := one.Verify(check)
		if err != nil {
			t.Errorf("%s: only %v: %v", file, n, err)
		}
		if reflect.DeepEqual(r.Claims, nothing.Claims) {
			t.Errorf("%s: %v shows nothing", file, n)
		}
	}
}

// The digest of the specification's own example (RFC 9901 §4.2.3), through the
// front door: a payload signed by hand that names it.
func TestDigest_ofTheSpecification(t *testing.T) {
	key := newKeys(t)[0]
	jws, err := sdjwt.Sign(map[string]any{"_sd": []string{"X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"}}, key, "", "dc+sd-jwt")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sdjwt.Verify(jws+"~WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0~", sdjwt.Check{Key: trusting(key), Now: now})
	if err != nil || r.Claims["family_name"] != "Möbius" {
		t.Errorf("%v, %v", r.Claims, err)
	}
}

func TestBinding(t *testing.T) {
	for _, issuer := range newKeys(t) {
		for i, holder := range newKeys(t) {
			token, err := sdjwt.Issue(sdjwt.Claims{"iss": "https://zwfw.tongban.example", "exp": now.Add(time.Hour).Unix(), "name": sdjwt.Hidden{Value: "示例"}, "number": sdjwt.Hidden{Value: "1"},
				"cnf": map[string]any{"jwk": jose.JSONWebKey{Key: holder.Public()}}}, sdjwt.Options{Key: issuer, Type: "dc+sd-jwt"})
			if err != nil {
				t.Fatal(err)
			}
			parsed, _ := sdjwt.Parse(token)
			shown, err := parsed.Present(func(path []string) bool { return path[0] == "name" })
			if err != nil {
				t.Fatal(err)
			}
			bound, err := shown.Bind(holder, sdjwt.Binding{Audience: "https://verifier.example", Nonce: "n-1", At: now})
			if err != nil {
				t.Fatal(err)
			}
			good := sdjwt.Check{Key: trusting(issuer), Now: now, Bound: true, Audience: "https://verifier.example", Nonce: "n-1"}
			r, err := sdjwt.Verify(bound.String(), good)
			if err != nil || r.Claims["name"] != "示例" || r.Claims["number"] != nil || r.Withheld != 1 {
				t.Fatalf("%d: %+v, %v", i, r, err)
			}
			other := newKeys(t)[0]
			forged, _ := shown.Bind(other, sdjwt.Binding{Audience: "https://verifier.example", Nonce: "n-1", At: now})
			for name, c := range map[string]struct {
				token string
				check func(*sdjwt.Check)
				want  error
			}{
				"another verifier": {bound.String(), func(c *sdjwt.Check) { c.Audience = "https://other.example" }, sdjwt.ErrBinding},
				"another occasion": {bound.String(), func(c *sdjwt.Check) { c.Nonce = "n-2" }, sdjwt.ErrBinding},
				"too late":         {bound.String(), func(c *sdjwt.Check) { c.Now = now.Add(10 * time.Minute) }, sdjwt.ErrBinding},
				"too early":        {bound.String(), func(c *sdjwt.Check) { c.Now = now.Add(-10 * time.Minute) }, sdjwt.ErrBinding},
				"expired":          {bound.String(), func(c *sdjwt.Check) { c.Now = now.Add(2 * time.Hour) }, sdjwt.ErrTime},
				"no proof":         {shown.String(), func(c *sdjwt.Check) {}, sdjwt.ErrBinding},
				"somebody else's":  {forged.String(), func(c *sdjwt.Check) {}, sdjwt.ErrBinding},
				"less after proof": {strings.Join(slices.Delete(strings.Split(bound.String(), "~"), 1, 2), "~"), func(c *sdjwt.Check) {}, sdjwt.ErrBinding},
				"more after proof": {more(bound.String(), token), func(c *sdjwt.Check) {}, sdjwt.ErrBinding},
				"the wrong issuer": {bound.String(), func(c *sdjwt.Check) { c.Key = trusting(other) }, sdjwt.ErrSignature},
				"no issuer known":  {bound.String(), func(c *sdjwt.Check) { c.Key = func(sdjwt.Header) (crypto.PublicKey, error) { return nil, nil } }, sdjwt.ErrKey},
				"another kind":     {bound.String(), func(c *sdjwt.Check) { c.Types = []string{"vc+sd-jwt"} }, sdjwt.ErrMalformed},
				"unsigned":         {unsigned(bound.String()), func(c *sdjwt.Check) {}, sdjwt.ErrMalformed},
				"not a token":      {"hello", func(c *sdjwt.Check) {}, sdjwt.ErrMalformed},
				"too long":         {strings.Repeat("a", 2<<20), func(c *sdjwt.Check) {}, sdjwt.ErrMalformed},
			} {
				check := good
				c.check(&check)
				if _, err := sdjwt.Verify(c.token, check); !errors.Is(err, c.want) {
					t.Errorf("%s: %v, want %v", name, err, c.want)
				}
			}
		}
	}
}

// more puts a disclosure of the whole token before the proof.
func more(bound, whole string) string {
	parts, all := strings.Split(bound, "~"), strings.Split(whole, "~")
	for _, d := range all[1:] {
		if d != "" && !slices.Contains(parts, d) {
			return strings.Join(slices.Insert(parts, 1, d), "~")
		}
	}
	return bound
}

// unsigned says that nobody signed it.
func unsigned(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	body, rest, _ := strings.Cut(rest, ".")
	_, tail, _ := strings.Cut(rest, "~")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"dc+sd-jwt"}`)) + "." + body + ".~" + tail
}

// Changing any one character, dropping or doubling any part is found or
// changes nothing that a verifier reads.
func TestTampered(t *testing.T) {
	key := newKeys(t)[0]
	token, err := sdjwt.Issue(sdjwt.Claims{"iss": "x", "a": sdjwt.Hidden{Value: "1"}, "list": []any{sdjwt.Hidden{Value: "2"}, "3"}}, sdjwt.Options{Key: key, Type: "dc+sd-jwt"})
	if err != nil {
		t.Fatal(err)
	}
	check := sdjwt.Check{Key: trusting(key), Now: now}
	want, err := sdjwt.Verify(token, check)
	if err != nil {
		t.Fatal(err)
	}
	for i := range token {
		for _, c := range []byte{'A', 'b', '~', '.'} {
			if token[i] == c {
				continue
			}
			r, err := sdjwt.Verify(token[:i]+string(c)+token[i+1:], check)
			if err == nil && asJSON(r.Claims) != asJSON(want.Claims) && r.Withheld == want.Withheld {
				t.Fatalf("byte %d: %s", i, asJSON(r.Claims))
			}
		}
	}
	parts := strings.Split(token, "~")
	double := strings.Join(slices.Insert(slices.Clone(parts), 1, parts[1]), "~")
	foreign := parts[0] + "~" + base64.RawURLEncoding.EncodeToString([]byte(`["salt","admin",true]`)) + "~"
	for name, s := range map[string]string{"twice": double, "not signed": foreign} {
		if _, err := sdjwt.Verify(s, check); !errors.Is(err, sdjwt.ErrDisclosure) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	key := newKeys(f)[0]
	token, err := sdjwt.Issue(sdjwt.Claims{"a": sdjwt.Hidden{Value: map[string]any{"b": sdjwt.Hidden{Value: 1}}}, "l": []any{sdjwt.Hidden{Value: 2}}}, sdjwt.Options{Key: key, Type: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(token + "e30.e30.e30")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := sdjwt.Parse(s)
		if err != nil {
			return
		}
		p.Names()
		if r, err := p.Verify(sdjwt.Check{Key: trusting(key), Now: now}); err == nil && r.Claims == nil {
			t.Error("good, and says nothing")
		}
		if p.String() != s {
			t.Errorf("%q is written %q", s, p.String())
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for i, key := range newKeys(b) {
		b.Run(fmt.Sprint(i), func(b *testing.B) {
			token, _ := sdjwt.Issue(sdjwt.Claims{"iss": "x", "a": sdjwt.Hidden{Value: "1"}, "b": sdjwt.Hidden{Value: "2"}}, sdjwt.Options{Key: key, Type: "dc+sd-jwt"})
			for b.Loop() {
				if _, err := sdjwt.Verify(token, sdjwt.Check{Key: trusting(key), Now: now}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
