package credential

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/platform/fault"
	"tongban/platform/sdjwt"
)

// Type is what tokens call themselves (header typ).
const Type = "dc+sd-jwt"

// ErrNone refuses a token that is signed and is no certificate.
var ErrNone = fault.Invalid("certificates.credential.none")

// Credential is what a token says after its signature was found good.
type Credential struct {
	Site     string // of the issuer, as it names itself
	KeyID    string
	Kind     string // code of the certificate type
	Title    string
	Office   string // name and unified code of the issuing office
	Code     string
	IssuedAt time.Time
	Until    time.Time // zero: no end

	// Shown or withheld by the holder; "" is withheld.
	Number, Identifier, Holder, HolderNumber string
	Grade                                    string      // trust grade as signed
	Shown                                    [][2]string // other values by their keys, in the order of the keys
	Withheld                                 int         // digests without a value; decoys count

	Bound bool // the key of the wallet signed what is shown; for whom is not checked here

	List  string // address of the status list; "" without one
	Place int64  // in it
}

// Looks tells whether b could be a token from a wallet, for choosing a reader.
func Looks(b []byte) bool {
	b = bytes.TrimSpace(b)
	head, _, found := bytes.Cut(b, []byte("~"))
	return found && bytes.HasPrefix(head, []byte("eyJ")) && bytes.Count(head, []byte(".")) == 2
}

// Key is the id of the key that a token claims to be signed with, and when it
// claims to have been issued. Nothing is checked: it tells whom to ask.
func Key(b []byte) (id string, issued time.Time) {
	head, rest, _ := strings.Cut(strings.TrimSpace(string(b)), ".")
	body, _, _ := strings.Cut(rest, ".")
	var h struct {
		KeyID string `json:"kid"`
	}
	var c struct {
		At int64 `json:"iat"`
	}
	for part, into := range map[string]any{head: &h, body: &c} {
		if raw, err := base64.RawURLEncoding.DecodeString(part); err == nil {
			_ = json.Unmarshal(raw, into) // what cannot be read names no key
		}
	}
	return h.KeyID, time.Unix(c.At, 0)
}

// Keys finds the key of an issuer by its site and the id of the key.
type Keys func(site, keyID string) (crypto.PublicKey, error)

// Open checks a token: the signature, that everything shown was signed, and the
// proof of the wallet when one is there. Whether it is still in force, and for
// whom it is shown, is the caller's to judge.
func Open(b []byte, keys Keys) (Credential, error) {
	r, err := sdjwt.Verify(strings.TrimSpace(string(b)), sdjwt.Check{Types: []string{Type}, Loose: true,
		Key: func(h sdjwt.Header) (crypto.PublicKey, error) { return keys(h.Issue, h.KeyID) }})
	if err != nil {
		return Credential{KeyID: r.KeyID, Site: r.Issue}, err
	}
	c, err := Read(r)
	c.Bound = err == nil && r.Proved
	return c, err
}

// ours are the claims that Read gives names of their own, besides those of the
// standard.
var ours = []string{"iss", "vct", "iat", "exp", "nbf", "cnf", "status", "type_name", "issuing_authority", "issuing_authority_code", "certificate_number", "identifier", "holder_name", "holder_number", GradeClaim}

// GradeClaim names the trust grade of a certificate that was on paper before.
const GradeClaim = "trust_grade"

// Read names what a token says whose signature was checked before.
func Read(r sdjwt.Result) (Credential, error) {
	text := func(name string) string { s, _ := r.Claims[name].(string); return s }
	c := Credential{Site: r.Issue, KeyID: r.KeyID, Title: text("type_name"), Office: text("issuing_authority"), Code: text("issuing_authority_code"),
		Number: text("certificate_number"), Identifier: text("identifier"), Holder: text("holder_name"), HolderNumber: text("holder_number"), Grade: text(GradeClaim), Withheld: r.Withheld}
	_, c.Kind, _ = strings.Cut(text("vct"), "/certificate-types/")
	if c.Title == "" || c.Office == "" || c.Kind == "" || c.Site == "" || !r.Dated {
		return c, ErrNone
	}
	c.IssuedAt, c.Until = r.IssuedAt, r.Until
	for name, v := range r.Claims {
		if !slices.Contains(ours, name) {
			c.Shown = append(c.Shown, [2]string{name, fmt.Sprint(v)})
		}
	}
	slices.SortFunc(c.Shown, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return c, c.place(r.Claims["status"])
}

// place reads where the status list is. One without it is refused: nobody could
// say that it was revoked.
func (c *Credential) place(status any) error {
	m, _ := status.(map[string]any)
	at, _ := m["status_list"].(map[string]any)
	c.List, _ = at["uri"].(string)
	n, _ := at["idx"].(json.Number)
	var err error
	if c.Place, err = n.Int64(); err != nil || c.Place < 0 || c.List == "" {
		return ErrNone.Because(errors.Join(errors.New("no place in a status list"), err))
	}
	return nil
}

// listPath leads from a site to its status lists.
const listPath = "/openid4vci/status/"

// ListAt is the address of a status list.
func ListAt(site, region string, list int64) string {
	return fmt.Sprintf("%s%s%s/%d", strings.TrimRight(site, "/"), listPath, region, list)
}

// Listed gives region and number of the status list, when it is one of the
// issuer's own.
func (c Credential) Listed() (region string, list int64, ok bool) {
	rest, ok := strings.CutPrefix(c.List, strings.TrimRight(c.Site, "/")+listPath)
	region, number, found := strings.Cut(rest, "/")
	_, err := fmt.Sscanf(number, "%d", &list)
	return region, list, ok && found && err == nil && c.List == ListAt(c.Site, region, list)
}
