package certificates

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tongban/platform/fault"
	"tongban/platform/sign"
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
}

// TrustKey is the public key of a data signature, or of tokens in wallets.
type TrustKey struct {
	ID        string `json:"id"`
	Algorithm string `json:"algorithm"`        // Ed25519, or TokenKey
	Public    []byte `json:"public"`           // 32 bytes; of a TokenKey its SubjectPublicKeyInfo
	Issuer    string `json:"issuer,omitempty"` // of a TokenKey: the issuer named in tokens
}

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
	return t
}

// ParseTrust reads what JSON wrote.
func ParseTrust(b []byte) (Trust, error) {
	var t Trust
	if err := json.Unmarshal(b, &t); err != nil {
		return t, ErrTrust.Because(err)
	}
	if t.Format != trustFormat || len(t.Roots)+len(t.Keys) == 0 {
		return t, ErrTrust.Because(fmt.Errorf("format %q", t.Format))
	}
	for _, k := range t.Keys {
		if k.Algorithm == TokenKey {
			if pub, err := x509.ParsePKIXPublicKey(k.Public); err != nil || sign.KeyID(pub) != k.ID || k.Issuer == "" {
				return t, ErrTrust.Because(fmt.Errorf("key %s", k.ID))
			}
			continue
		}
		if k.Algorithm != sign.Ed25519 || len(k.Public) != ed25519.PublicKeySize || sign.KeyID(ed25519.PublicKey(k.Public)) != k.ID {
			return t, ErrTrust.Because(fmt.Errorf("key %s", k.ID))
		}
	}
	for _, r := range t.Roots {
		if p, _ := pem.Decode([]byte(r)); p == nil || p.Type != "CERTIFICATE" {
			return t, ErrTrust.Because(fmt.Errorf("root certificate"))
		}
	}
	return t, nil
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

// Check implements Checker.
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

// NodeKeys signs and checks the data of papers with the keys of this node.
type NodeKeys struct {
	Signer *sign.Signer
	Former Trust // keys that the node had before
}

// KeyID implements Signer.
func (k NodeKeys) KeyID() string { return k.Signer.KeyID() }

// Sign implements Signer.
func (k NodeKeys) Sign(message []byte) ([]byte, error) {
	s, err := k.Signer.SignFor(Purpose, message)
	return s.Bytes, err
}

// Check implements Checker.
func (k NodeKeys) Check(keyID string, message, signature []byte) bool {
	if keyID == k.Signer.KeyID() {
		return sign.VerifyFor(k.Signer.PublicKey(), Purpose, message, sign.Signature{KeyID: keyID, Bytes: signature})
	}
	return k.Former.Check(keyID, message, signature)
}
