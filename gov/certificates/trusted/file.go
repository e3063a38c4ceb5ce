package trusted

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/lookalike"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// What node files and lists call themselves.
const (
	FileType   = "node+jws"
	fileFormat = "tongban-node-v1"
	ListType   = "nodes+jws"
	listFormat = "tongban-nodes-v1"
)

// ErrFile refuses what is no node file; its detail "why" says what is wrong:
// form, type, key, signature, name, region, site.
var ErrFile = fault.Invalid("certificates.nodes.file")

// About is what a node says of itself.
type About struct {
	Name   string             `json:"name"`
	Region string             `json:"region"`
	Site   string             `json:"site"`
	Trust  certificates.Trust `json:"trust"`
}

// File is a node file that was read: signed by a key that is in it, which says
// that it is whole, and nothing about whose it is.
type File struct {
	About
	IssuedAt    time.Time
	KeyID       string
	Fingerprint string
	Text        string
}

// signedFile is what is signed. The part that the fingerprint stands for keeps
// its spelling: another release may have written more into it than is read here.
type signedFile struct {
	Format   string          `json:"format"`
	IssuedAt time.Time       `json:"issued_at"`
	Node     json.RawMessage `json:"node"`
}

// MakeFile signs a node file with the key of the data.
func MakeFile(a About, key sign.KeyHolder, at time.Time) (File, error) {
	node, err := json.Marshal(a)
	if err != nil {
		return File{}, err
	}
	body, err := json.Marshal(signedFile{fileFormat, at.UTC().Truncate(time.Second), node})
	if err != nil {
		return File{}, err
	}
	t, err := jws.Sign(body, key, FileType)
	if err != nil {
		return File{}, err
	}
	return ReadFile([]byte(t.Compact()))
}

// ReadFile reads a node file and checks that it is whole.
func ReadFile(b []byte) (File, error) {
	t, err := jws.Parse(b)
	if err != nil {
		return File{}, ErrFile.With("why", "form").Because(err)
	}
	var s signedFile
	var f File
	if t.Type != FileType || json.Unmarshal(t.Payload, &s) != nil || s.Format != fileFormat || json.Unmarshal(s.Node, &f.About) != nil {
		return File{}, ErrFile.With("why", "type")
	}
	raw, err := json.Marshal(f.Trust)
	if err == nil {
		_, err = certificates.ParseTrust(raw)
	}
	if err != nil {
		return File{}, ErrFile.With("why", "key").Because(err)
	}
	if err := signedBy(t, f.Trust, s.IssuedAt); err != nil {
		return File{}, ErrFile.With("why", "signature").Because(err)
	}
	f.IssuedAt, f.KeyID, f.Fingerprint, f.Text = s.IssuedAt, t.KeyID, fingerprint(s.Node), t.Compact()
	return f, f.check()
}

// signedBy checks a token by the keys with which a node itself signs data: not
// those of its offices, none that others have, and one that has ended only for
// what was signed before.
func signedBy(t *jws.Token, trust certificates.Trust, at time.Time) error {
	for _, k := range trust.Keys {
		if k.ID != t.KeyID || k.Algorithm != sign.Ed25519 || k.Issuer != "" || k.Office != "" {
			continue
		}
		if k.State == ring.Revoked || k.State == ring.Retired && at.After(k.Until) {
			return fmt.Errorf("key %s has ended", t.KeyID)
		}
		return t.Verify(ed25519.PublicKey(k.Public))
	}
	return fmt.Errorf("key %s is not one of the node's", t.KeyID)
}

// fingerprint is 160 bits of SHA-256: nobody finds a second file with it.
func fingerprint(node []byte) string {
	sum := sha256.Sum256(node)
	return hex.EncodeToString(sum[:20])
}

// ShowFingerprint writes a fingerprint in groups of four, for reading aloud.
func ShowFingerprint(s string) string {
	var groups []string
	for ; len(s) > 4; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.ToUpper(strings.Join(append(groups, s), " "))
}

// CleanFingerprint takes out what people write between the characters.
func CleanFingerprint(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r = r - '！' + '!'
			fallthrough
		case r < 128:
			if r >= 'A' && r <= 'F' {
				r += 'a' - 'A'
			}
			if strings.ContainsRune("0123456789abcdef", r) {
				return r
			}
			if r == ' ' || r == '-' || r == ':' || r == '\n' || r == '\t' {
				return -1
			}
		case r == '\u3000':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
}

// check looks at what a node says of itself.
func (f File) check() error {
	if n := len([]rune(strings.TrimSpace(f.Name))); n == 0 || n > 100 || lookalike.Odd(f.Name) != "" {
		return ErrFile.With("why", "name")
	}
	if len(f.Region) != 6 || strings.Trim(f.Region, "0123456789") != "" {
		return ErrFile.With("why", "region")
	}
	if _, err := siteOf(f.Site); err != nil {
		return ErrFile.With("why", "site").Because(err)
	}
	return nil
}

// siteOf is the address of a node's server in its one spelling: https, a host
// in ASCII, nothing behind it. Without TLS only this machine is asked.
func siteOf(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", err
	}
	host := u.Hostname()
	local := host == "localhost"
	if a, err := netip.ParseAddr(host); err == nil {
		local = a.IsLoopback()
	}
	switch {
	case u.Scheme != "https" && !(u.Scheme == "http" && local):
		return "", fmt.Errorf("%q is not reached by https", s)
	case host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return "", fmt.Errorf("%q is more than scheme and host", s)
	case strings.ContainsFunc(host, func(r rune) bool { return r >= 128 || r <= ' ' }):
		return "", fmt.Errorf("%q has other letters than ASCII", host)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// host is the part of a site that people read.
func host(site string) string {
	if u, err := url.Parse(site); err == nil {
		return u.Hostname()
	}
	return site
}

// nodeID names the node at a site, here and in every list.
func nodeID(site string) string {
	s, err := siteOf(site)
	if err != nil {
		s = site
	}
	sum := sha256.Sum256([]byte(s))
	return "nod_" + hex.EncodeToString(sum[:8])
}
