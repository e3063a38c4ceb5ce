package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
	"tongban/platform/sign/shangmi"
)

// Purpose is what data signatures of papers are made for (sign.SignFor), so
// that no signature made for anything else passes for one.
const Purpose = "paper"

// trustFormat names the file of public keys.
const trustFormat = "tongban-trust-v1"

// Trust is what a stranger needs to check papers without asking: the root of
// the certificates in PDF files and the public keys of the data inside. It
// holds no secret. Whoever uses it has to have got it from the office itself.
type Trust struct {
	Format string     `json:"format"`
	Site   string     `json:"site,omitempty"` // where to ask for the status
	Roots  []string   `json:"roots"`          // certificates, PEM
	Keys   []TrustKey `json:"keys"`

	At         time.Time     `json:"as_of,omitzero"`       // when the list was made
	Holders    *ring.Holders `json:"holders,omitempty"`    // who together may replace a lost key
	Statements []ring.Signed `json:"statements,omitempty"` // what was said about the keys, for following from an older list
}

// TrustKey is the public key of a data signature, of signed forms of papers, or
// of tokens in wallets. A key whose algorithm is not known here is kept and
// never used.
type TrustKey struct {
	ID        string `json:"id"`
	Algorithm string `json:"algorithm"`        // Ed25519, TokenKey, or sign.SM2
	Public    []byte `json:"public"`           // of Ed25519 32 bytes, of others the SubjectPublicKeyInfo
	Issuer    string `json:"issuer,omitempty"` // of tokens in wallets: the issuer that they name
	Use       string `json:"use,omitempty"`    // UsePaper: it signs forms of papers

	Role       string    `json:"role,omitempty"`        // ring.Data and so on; lists of older releases do not say
	Office     string    `json:"office,omitempty"`      // it signs papers of this office alone
	OfficeName string    `json:"office_name,omitempty"` // in its certificates
	From       time.Time `json:"from,omitzero"`
	Until      time.Time `json:"until,omitzero"`  // it ended; or, of a revoked key, since when others may have it
	State      string    `json:"state,omitempty"` // ring.InForce, ring.Retired or ring.Revoked
	Reason     string    `json:"reason,omitempty"`
	Next       string    `json:"next,omitempty"` // id of its successor
}

// UsePaper marks keys other than Ed25519 that sign forms of papers.
const UsePaper = "paper"

// TokenKey is the algorithm of keys that sign tokens in wallets.
const TokenKey = sign.ECDSAP256

// ErrTrust refuses a file that is no list of public keys.
var ErrTrust = fault.Invalid("certificates.trust")

// TrustOf gives the public half of a node's keys.
func TrustOf(s *sign.Signer, site string) Trust {
	t := Trust{Format: trustFormat, Site: site, Roots: []string{string(s.RootPEM())},
		Keys: []TrustKey{{ID: s.KeyID(), Algorithm: sign.Ed25519, Public: s.PublicKey()}}}
	if k := s.Token(); k != nil && site != "" {
		if der, err := x509.MarshalPKIXPublicKey(k.Public()); err == nil {
			t.Keys = append(t.Keys, TrustKey{ID: sign.KeyID(k.Public()), Algorithm: TokenKey, Public: der, Issuer: strings.TrimRight(site, "/")})
		}
	}
	for _, k := range []sign.KeyHolder{s.Paper(), s.SM2()} {
		if k == nil {
			continue
		}
		if der, err := sign.MarshalPublic(k.Public()); err == nil {
			t.Keys = append(t.Keys, TrustKey{ID: sign.KeyID(k.Public()), Algorithm: k.Algorithm(), Public: der, Use: UsePaper})
		}
	}
	if root := s.SealRootPEM(); root != nil {
		t.Roots = append(t.Roots, string(root))
	}
	return t
}

// ParseTrust reads what JSON wrote.
func ParseTrust(b []byte) (Trust, error) {
	var t Trust
	if len(b) > maxTrust {
		return t, ErrTrust.Because(fmt.Errorf("%d bytes", len(b)))
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return t, ErrTrust.Because(err)
	}
	if t.Format != trustFormat || len(t.Roots)+len(t.Keys) == 0 {
		return t, ErrTrust.Because(fmt.Errorf("format %q", t.Format))
	}
	seen := map[string][]byte{}
	for _, k := range t.Keys {
		if !k.sound() {
			return t, ErrTrust.Because(fmt.Errorf("key %s", k.ID))
		}
		if other, there := seen[k.ID]; there && !bytes.Equal(other, k.Public) {
			return t, ErrTrust.Because(fmt.Errorf("two keys have the id %s", k.ID))
		}
		seen[k.ID] = k.Public
	}
	for _, r := range t.Roots {
		if p, _ := pem.Decode([]byte(r)); p == nil || p.Type != "CERTIFICATE" {
			return t, ErrTrust.Because(fmt.Errorf("root certificate"))
		}
	}
	return t, nil
}

// maxTrust bounds a list, in bytes.
const maxTrust = 64 << 20

// sound tells whether a key is what it says it is.
func (k TrustKey) sound() bool {
	if !slices.Contains([]string{ring.InForce, ring.Retired, ring.Revoked}, k.State) || k.State != ring.InForce && k.Until.IsZero() {
		return false
	}
	switch k.Algorithm {
	case sign.Ed25519, TokenKey, sign.SM2:
		pub, err := k.key()
		return err == nil && sign.KeyID(pub) == k.ID && (k.Algorithm != TokenKey || k.Issuer != "" || k.Use == UsePaper)
	}
	return k.ID != ""
}

func (k TrustKey) key() (crypto.PublicKey, error) {
	if k.Algorithm == sign.Ed25519 {
		if len(k.Public) != ed25519.PublicKeySize {
			return nil, ErrTrust
		}
		return ed25519.PublicKey(k.Public), nil
	}
	return sign.ParsePublic(k.Algorithm, k.Public)
}

// FormKey finds the key that may have signed a form of a paper.
func (t Trust) FormKey(id string) (crypto.PublicKey, bool) {
	for _, k := range t.Keys {
		if k.ID == id && (k.Algorithm == sign.Ed25519 || k.Use == UsePaper) {
			pub, err := k.key()
			return pub, err == nil
		}
	}
	return nil, false
}

// jwk is a public key as libraries for signed tokens read it (RFC 7517).
type jwk struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	Y         string `json:"y,omitempty"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
}

// JWKS is the set of the keys that may sign tokens of papers. Keys of SM2 have
// the private names "SM2" of the curve and jws.SM2 of the algorithm.
func (t Trust) JWKS() []byte {
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, k := range t.Keys {
		pub, ok := t.FormKey(k.ID)
		if !ok || k.Issuer != "" {
			continue
		}
		j := jwk{ID: k.ID, Use: "sig"}
		coordinates := func(point []byte) {
			j.Type, j.X, j.Y = "EC", base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:])
		}
		switch p := pub.(type) {
		case ed25519.PublicKey:
			j.Type, j.Curve, j.Algorithm, j.X = "OKP", "Ed25519", jws.EdDSA, base64.RawURLEncoding.EncodeToString(p)
		case *ecdsa.PublicKey:
			point, err := p.Bytes()
			if err != nil {
				continue
			}
			j.Curve, j.Algorithm = "P-256", jws.ES256
			coordinates(point)
		case *shangmi.PublicKey:
			j.Curve, j.Algorithm = "SM2", jws.SM2
			coordinates(p.Point())
		}
		set.Keys = append(set.Keys, j)
	}
	b, err := json.Marshal(set)
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// JSON is the file as it is published.
func (t Trust) JSON() []byte {
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		panic(err) // strings and bytes always marshal
	}
	return append(b, '\n')
}

// With adds what the other list has more: papers signed with former keys stay
// good.
func (t Trust) With(more Trust) Trust {
	t.Roots, t.Keys = slices.Clone(t.Roots), slices.Clone(t.Keys)
	for _, r := range more.Roots {
		if !slices.Contains(t.Roots, r) {
			t.Roots = append(t.Roots, r)
		}
	}
	for _, k := range more.Keys {
		if !slices.ContainsFunc(t.Keys, func(o TrustKey) bool { return o.ID == k.ID && o.Issuer == k.Issuer }) {
			t.Keys = append(t.Keys, k)
		}
	}
	return t
}

// Check tells whether a key of the list signed the data of a paper.
func (t Trust) Check(keyID string, message, signature []byte) bool {
	for _, k := range t.Keys {
		if k.ID == keyID && k.Algorithm == sign.Ed25519 {
			return sign.VerifyFor(k.Public, Purpose, message, sign.Signature{KeyID: keyID, Bytes: signature})
		}
	}
	return false
}

// Keep writes the list to a file together with the keys that the file had
// before, and returns both: so a node that got new keys still knows its old
// papers.
func (t Trust) Keep(path string) (Trust, error) {
	old, err := os.ReadFile(path)
	if err == nil {
		before, err := ParseTrust(old)
		if err != nil {
			return t, fmt.Errorf("%s: %w", path, err)
		}
		t = t.With(before)
	} else if !os.IsNotExist(err) {
		return t, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".trust-*")
	if err != nil {
		return t, err
	}
	defer os.Remove(tmp.Name()) // gone already when it was renamed
	_, err = tmp.Write(t.JSON())
	for _, step := range []func() error{func() error { return tmp.Chmod(0o644) }, tmp.Sync, tmp.Close} {
		if e := step(); err == nil {
			err = e
		}
	}
	if err != nil {
		return t, err
	}
	return t, os.Rename(tmp.Name(), path)
}
