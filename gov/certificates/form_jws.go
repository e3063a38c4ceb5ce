package certificates

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"tongban/gov/certificates/keys"
	"tongban/gov/certificates/members"
	"tongban/gov/certificates/metadata"
	"tongban/gov/certificates/promised"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/sign"
)

// The forms of a paper. Each carries the same signed data.
const (
	FormPDF  = "pdf"
	FormOFD  = "ofd"
	FormJWS  = "jws"
	FormData = "data" // the signed data alone
)

// JWSType is what tokens of papers call themselves (header typ).
const JWSType = "paper+jws"

// ErrAlgorithm asks for a signature that this node cannot make.
var ErrAlgorithm = fault.Invalid("certificates.algorithm")

// claims is what the token of a paper says: who issued it, the metadata under
// the names of GB/T 36903, and the signed data themselves.
type claims struct {
	Issuer    string          `json:"iss"`
	ID        string          `json:"jti"` // identifier of GB/T 36904, or the code
	IssuedAt  int64           `json:"iat"`
	NotBefore int64           `json:"nbf,omitempty"`
	Expires   int64           `json:"exp,omitempty"`
	Metadata  members.Ordered `json:"metadata"`
	Paper     envelope        `json:"paper"`
}

func claimsOf(p Paper, site string, m []metadata.Entry, e envelope) claims {
	c := claims{Issuer: strings.TrimRight(site, "/"), ID: p.Identifier, IssuedAt: p.IssuedAt.Unix(), Metadata: m, Paper: e}
	if c.ID == "" {
		c.ID = p.Code
	}
	if !p.ValidFrom.IsZero() {
		c.NotBefore = p.ValidFrom.Unix()
	}
	if !p.ValidUntil.IsZero() {
		c.Expires = p.ValidUntil.Unix()
	}
	return c
}

// Form is a paper in a form that is made when asked for and not kept.
type Form struct {
	Found
	Name string // for whoever downloads it
	Type string // media type
	Data []byte
}

// Disposition is the header Content-Disposition of a form: plain is its name
// for receivers that know only ASCII.
func (f Form) Disposition(plain string) string {
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + url.PathEscape(f.Name)
}

// Token gives a paper as a signed token to its holder or to an office that
// handles its case. The algorithm is jws.EdDSA, jws.ES256 or jws.SM2; asJSON
// chooses the flattened JSON serialization.
func (s *Service) Token(ctx context.Context, region, paper, algorithm string, asJSON bool) (Form, error) {
	return s.TokenFor(ctx, region, paper, algorithm, asJSON, metadata.Newest)
}

// TokenFor is Token for a receiver that knows metadata up to a version only.
func (s *Service) TokenFor(ctx context.Context, region, paper, algorithm string, asJSON bool, version int) (Form, error) {
	f, err := s.Read(ctx, region, paper)
	if err != nil {
		return Form{}, err
	}
	key, err := s.formKey(f.Issuer, algorithm)
	if err != nil {
		return Form{}, err
	}
	t, err := s.token(ctx, f, key, version)
	if err != nil {
		return Form{}, err
	}
	out := Form{Found: f, Name: f.Title + " " + f.Number + ".jws", Type: "application/jose", Data: []byte(t.Compact())}
	if asJSON {
		out.Name, out.Type, out.Data = out.Name+".json", "application/jose+json", t.JSON()
	}
	return out, nil
}

// formKey is the key of an office for an algorithm.
func (s *Service) formKey(office, algorithm string) (sign.KeyHolder, error) {
	k, err := s.keys(office)
	if err != nil {
		return nil, err
	}
	if k.Forms == nil {
		return nil, ErrNoRendering
	}
	var key sign.KeyHolder
	switch algorithm {
	case "", jws.EdDSA:
		key = k.Forms.Data()
	case jws.ES256:
		key = k.Forms.Paper()
	case jws.SM2:
		key = k.Forms.SM2()
	}
	if key == nil {
		return nil, ErrAlgorithm.With("algorithm", algorithm)
	}
	return key, nil
}

// token signs the metadata of a paper together with its data.
func (s *Service) token(ctx context.Context, f Found, key sign.KeyHolder, version int) (*jws.Token, error) {
	e, err := f.envelope()
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx, f)
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(claimsOf(f.Paper, s.BaseURL, f.described().Entries(version, names), e))
	if err != nil {
		return nil, err
	}
	t, err := jws.Sign(payload, key, JWSType)
	if err == nil {
		err = promised.Token([]byte(t.Compact()), key.Public(), JWSType, payload)
	}
	if err != nil {
		return nil, ErrDiffers.Because(err)
	}
	return t, nil
}

func (s *Service) names(ctx context.Context, f Found) (map[string]string, error) {
	if s.Kinds == nil || f.Type == "" {
		return nil, nil
	}
	return s.Kinds.Names(ctx, s.DB, f.Type)
}

// envelope is the signed data of a paper as they are kept.
func (f Found) envelope() (envelope, error) {
	signature, err := base64.StdEncoding.DecodeString(f.record.signature)
	if err != nil {
		return envelope{}, ErrTampered.With("paper", f.ID)
	}
	return envelope{Format: envelopeFormat, Key: f.KeyID, Signature: signature, Data: f.record.data}, nil
}

// SignedData gives the signed data of a paper alone: what travels inside every
// form.
func (s *Service) SignedData(ctx context.Context, region, paper string) (Form, error) {
	f, err := s.Read(ctx, region, paper)
	if err != nil {
		return Form{}, err
	}
	e, err := f.envelope()
	if err != nil {
		return Form{}, err
	}
	b, err := json.Marshal(e)
	return Form{Found: f, Name: f.Title + " " + f.Number + ".json", Type: envelopeType, Data: b}, err
}

// looksData tells whether b could be the signed data alone.
func looksData(b []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(b), []byte(`{"format":"`))
}

// maxData bounds signed data that are brought as a file, in bytes.
const maxData = 4 << 20

// dataFile checks the signed data alone.
func (v *Verifier) dataFile(b []byte, c *checkedFile) {
	c.Form = FormData
	var e envelope
	if err := only(b, &e); err != nil || e.Format != envelopeFormat {
		c.refuse(jws.ErrSyntax.Because(err)) // nothing says yet that it was signed
		return
	}
	p, key, err := v.inside(e, "")
	c.KeyID, c.DataSignatureOK = key, c.waits(err)
	if !c.DataSignatureOK {
		c.refuse(err)
		return
	}
	c.SigningOffice = v.officeOf(key)
	c.FileSignatureOK, c.WholeDocument, c.PagesMatch, c.Algorithm = true, true, true, sign.Ed25519
	c.paper, c.inside, c.SignedAt = p, e, p.IssuedAt
}

var errSpelling = errors.New("not in the spelling in which it is written")

// only reads JSON that must be written exactly as this program writes it.
func only[T any](b []byte, into *T) error {
	if len(b) > maxData {
		return jws.ErrTooLarge
	}
	if err := json.Unmarshal(b, into); err != nil {
		return err
	}
	again, err := json.Marshal(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(bytes.TrimSpace(b), again) {
		return errSpelling
	}
	return nil
}

// token checks a signed token: by a key that may sign forms of papers, over
// metadata that say what the signed data inside say.
func (v *Verifier) token(b []byte, c *checkedFile) {
	c.Form = FormJWS
	t, err := jws.Parse(b)
	if err != nil {
		c.refuse(err)
		return
	}
	c.KeyID, c.Algorithm = t.KeyID, t.Algorithm
	pub, ok := v.trust.FormKey(t.KeyID)
	switch {
	case !signedWith[t.Algorithm]:
		c.refuse(jws.ErrAlgorithm.With("algorithm", t.Algorithm))
		return
	case !ok:
		var said claims
		_ = json.Unmarshal(t.Payload, &said)
		c.refuse(v.trust.Unknown(keys.IssuedAt(said.Paper.Data)))
		return
	}
	if err := t.Verify(pub); err != nil {
		c.refuse(err)
		return
	}
	c.FileSignatureOK, c.WholeDocument = true, true
	var said claims
	if err := only(t.Payload, &said); err != nil || t.Type != JWSType || said.Paper.Format != envelopeFormat {
		c.refuse(ErrNoData.Because(fmt.Errorf("type %q: %w", t.Type, errors.Join(err, errNoData))))
		return
	}
	voucher := ""
	if t.Algorithm == jws.EdDSA { // the key for data says so itself
		voucher = t.KeyID
	}
	p, _, err := v.tokenInside(said.Paper, voucher, t.KeyID)
	if !c.waits(err) {
		c.refuse(err)
		return
	}
	c.SigningOffice = v.officeOf(said.Paper.Key)
	c.DataSignatureOK, c.paper, c.inside = true, p, said.Paper
	want, err := json.Marshal(claimsOf(*p, said.Issuer, said.Metadata, said.Paper))
	verdict := p.described().Compare(said.Metadata)
	if c.PagesMatch = err == nil && bytes.Equal(want, t.Payload) && verdict == metadata.Same; !c.PagesMatch {
		c.refuse(map[bool]error{false: ErrMetadataDiffer, true: ErrMetadataNewer}[verdict == metadata.Newer])
	}
	c.SignedAt = p.IssuedAt
}

// tokenInside checks the data inside a token, whose signature counts whatever
// vouches for it, and the key of the token itself.
func (v *Verifier) tokenInside(e envelope, voucher, key string) (*Paper, string, error) {
	p, id, err := v.inside(e, "")
	if errors.Is(err, ErrWitness) && v.voucherGood(voucher) {
		err = nil
	}
	if err == nil {
		err = v.index.Stands(key, p.Issuer, p.IssuedAt)
	}
	return p, id, err
}

// signedWith are the algorithms that tokens of papers may have.
var signedWith = map[string]bool{jws.EdDSA: true, jws.ES256: true, jws.SM2: true}

// ErrMetadataDiffer: the metadata do not say what the signed data say.
var ErrMetadataDiffer = fault.Invalid("certificates.metadata_differ")

// ErrMetadataNewer: they say the same, and something more that this program does
// not know and so cannot compare.
var ErrMetadataNewer = fault.Invalid("certificates.metadata_newer")
