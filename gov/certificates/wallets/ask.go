package wallets

import (
	"context"
	"crypto"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/credential"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/sdjwt"
)

// Wanted is what a verifier wants to see of a certificate of one type.
type Wanted struct {
	Type   string   `json:"type"`
	Claims []string `json:"claims"`
	// Optional are those of the claims that not every certificate of the type has:
	// they may be missing. Ask finds them.
	Optional []string `json:"optional,omitempty"`
}

// must tells whether a claim has to be shown. Where none of them has to, all have
// to: an empty answer answers nothing.
func (w Wanted) must(claim string) bool {
	return len(w.Optional) == len(w.Claims) || !slices.Contains(w.Optional, claim)
}

// Request is what a verifier asks a wallet for.
type Request struct {
	Region, ID, Purpose string
	Wanted              Wanted
	Expires, AnsweredAt time.Time
	Shown               *Shown // what was shown; nil as long as nothing was
	URI                 string // openid4vp://…, for the QR code; only from Ask

	asker, nonce, state string
}

// Shown is what a wallet showed, after everything was checked.
type Shown struct {
	Issuer   string            `json:"issuer"`
	Name     string            `json:"name"`   // of the type
	Status   string            `json:"status"` // of the certificate; "unknown" when its issuer could not be asked; Declined
	Claims   map[string]string `json:"claims"`
	Withheld int               `json:"withheld"`
}

// Good tells whether the certificate counts.
func (s Shown) Good() bool { return s.Status == string(certificates.Valid) }

// maxClaims bounds what one request asks for.
const maxClaims = 50

// Ask makes a request for somebody present. The purpose is shown to the holder
// and kept.
//
// Law: 个人信息保护法 art. 6, 17: as little as the purpose needs; the purpose is told.
func (s *Service) Ask(ctx context.Context, region string, w Wanted, purpose string) (Request, error) {
	if err := authz.Require(ctx, MayAsk, authz.Object{Region: region}); err != nil {
		return Request{}, err
	}
	purpose = strings.TrimSpace(purpose)
	t, err := s.Types.InForce(ctx, w.Type)
	if err != nil {
		return Request{}, err
	}
	known, optional := []string{"holder_name", "holder_number", "certificate_number", "identifier"}, []string{"identifier"}
	for _, f := range t.Fields {
		if known = append(known, f.Key); !f.Required {
			optional = append(optional, f.Key)
		}
	}
	w.Claims = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(w.Claims))), func(c string) bool { return c == "" })
	if purpose == "" || len([]rune(purpose)) > 200 || len(w.Claims) == 0 || len(w.Claims) > maxClaims ||
		slices.ContainsFunc(w.Claims, func(c string) bool { return !slices.Contains(known, c) }) {
		return Request{}, ErrWanted
	}
	w.Optional = nil
	for _, c := range w.Claims {
		if slices.Contains(optional, c) {
			w.Optional = append(w.Optional, c)
		}
	}
	state := id.Secret(20)
	q := Request{Region: region, ID: id.New("ask"), Purpose: purpose, Wanted: w, Expires: s.Clock.Now().Add(requestLife), asker: auth.From(ctx).ID, nonce: id.Secret(16), state: hash(state)}
	if q.URI, err = s.requestURI(q, state); err != nil {
		return Request{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.ask "+w.Type, func() (string, error) {
			insertRequest(tx, q)
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.presentation.asked", Object: q.ID, At: s.Clock.Now(),
				Details: map[string]any{"type": w.Type, "claims": w.Claims, "purpose": purpose}})
			return q.ID, nil
		})
		return err
	})
	return q, err
}

// responseURI is where a wallet sends what it shows.
func (s *Service) responseURI(q Request) string {
	return s.BaseURL + "/openid4vp/" + q.Region + "/" + q.ID
}

// client names the verifier to wallets (OpenID4VP 1.0 §5.9.3): the address that
// the answer goes to, so that nobody else can collect it.
func (s *Service) client(q Request) string { return "redirect_uri:" + s.responseURI(q) }

// requestURI is the request as a wallet reads it (OpenID4VP 1.0 §5, §6).
func (s *Service) requestURI(q Request, state string) (string, error) {
	claims, all, needed := []any{}, []string{}, []string{}
	for i, c := range q.Wanted.Claims {
		id := strconv.Itoa(i)
		if all = append(all, id); q.Wanted.must(c) {
			needed = append(needed, id)
		}
		claims = append(claims, map[string]any{"id": id, "path": []string{c}})
	}
	if len(needed) == len(all) { // no choice, no names
		for _, c := range claims {
			delete(c.(map[string]any), "id")
		}
	}
	one := map[string]any{"id": "certificate", "format": CredentialType, "meta": map[string]any{"vct_values": []string{s.vct(q.Wanted.Type)}}, "claims": claims}
	if len(needed) < len(all) { // §6.4.1: the first set that the wallet can meet
		one["claim_sets"] = [][]string{all, needed}
	}
	query, err := json.Marshal(map[string]any{"credentials": []any{one}})
	if err != nil {
		return "", err
	}
	const meta = `{"vp_formats_supported":{"dc+sd-jwt":{"sd-jwt_alg_values":["ES256"],"kb-jwt_alg_values":["ES256","EdDSA"]}}}`
	uri := "openid4vp://?" + plain.Replace(url.Values{"response_type": {"vp_token"}, "response_mode": {"direct_post"}, "client_id": {s.client(q)}, "response_uri": {s.responseURI(q)},
		"nonce": {q.nonce}, "state": {state}, "dcql_query": {string(query)}, "client_metadata": {meta}}.Encode())
	if len(uri) > maxRequest {
		return "", ErrMany
	}
	return uri, nil
}

// plain takes back what need not be escaped in a query (RFC 3986 §3.4): the code
// on the screen is smaller.
var plain = strings.NewReplacer("%3A", ":", "%2C", ",", "%2F", "/")

// maxRequest is what a code holds at most, in bytes (version 40, low redundancy:
// 2,953).
const maxRequest = 2900

// Answer takes what a wallet shows, checks everything, and keeps it for whoever
// asked.
func (s *Service) Answer(ctx context.Context, region, requestID, state, vpToken string) error {
	ctx = auth.System(ctx, "wallets")
	q, err := s.waiting(ctx, region, requestID, state)
	if err != nil {
		return err
	}
	shown, err := s.check(ctx, q, vpToken)
	if err != nil {
		return err
	}
	return s.keep(ctx, q, shown)
}

// Declined is the status of a request that a wallet answered with an error: its
// holder does not want to, or it has no such certificate (OpenID4VP 1.0 §8.5).
const Declined = "declined"

// Decline takes the error with which a wallet answers.
func (s *Service) Decline(ctx context.Context, region, requestID, state string) error {
	ctx = auth.System(ctx, "wallets")
	q, err := s.waiting(ctx, region, requestID, state)
	if err != nil {
		return err
	}
	return s.keep(ctx, q, Shown{Status: Declined})
}

// waiting is the request that a wallet answers, as long as it may be answered.
func (s *Service) waiting(ctx context.Context, region, requestID, state string) (Request, error) {
	q, err := requestByID(ctx, s.DB, region, requestID)
	switch {
	case fault.IsKind(err, fault.KindNotFound) || err == nil && subtle.ConstantTimeCompare([]byte(q.state), []byte(hash(state))) != 1:
		return q, ErrNoRequest
	case err != nil:
		return q, err
	case !q.AnsweredAt.IsZero():
		return q, ErrAnswered
	case s.Clock.Now().After(q.Expires):
		return q, ErrLate
	}
	return q, nil
}

// keep keeps what a wallet answered, once.
func (s *Service) keep(ctx context.Context, q Request, shown Shown) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: q.Region, Action: "certificates.presentation.answered", Object: q.ID, At: s.Clock.Now(),
			Details: map[string]any{"type": q.Wanted.Type, "status": shown.Status}})
		if err := answer(ctx, tx, q, shown, s.Clock.Now()); err != nil {
			return ErrAnswered.Because(err)
		}
		return nil
	})
}

// check checks the one credential that a wallet sends.
func (s *Service) check(ctx context.Context, q Request, vpToken string) (Shown, error) {
	var tokens map[string][]string
	if err := json.Unmarshal([]byte(vpToken), &tokens); err != nil || len(tokens["certificate"]) != 1 {
		return Shown{}, ErrShown.With("why", "form").Because(err)
	}
	r, err := sdjwt.Verify(tokens["certificate"][0], sdjwt.Check{Key: func(h sdjwt.Header) (crypto.PublicKey, error) { return s.issuerKey(ctx, h) }, Types: []string{CredentialType}, Now: s.Clock.Now(), Bound: true, Audience: s.client(q), Nonce: q.nonce})
	if err != nil {
		return Shown{}, ErrShown.With("why", fault.Of(err).Code).Because(err)
	}
	if kind, _ := r.Claims["vct"].(string); kind != s.vct(q.Wanted.Type) && !strings.HasSuffix(kind, "/certificate-types/"+q.Wanted.Type) {
		return Shown{}, ErrShown.With("why", "type")
	}
	out := Shown{Claims: map[string]string{}, Withheld: r.Withheld}
	out.Issuer, _ = r.Claims["issuing_authority"].(string)
	out.Name, _ = r.Claims["type_name"].(string)
	for _, c := range q.Wanted.Claims {
		if v, ok := r.Claims[c]; ok {
			out.Claims[c] = fmt.Sprint(v)
		} else if q.Wanted.must(c) {
			return Shown{}, ErrIncomplete.With("claim", c)
		}
	}
	out.Status, err = s.statusOf(ctx, r)
	return out, err
}

// issuerKey finds the key of whoever issued a credential: this node's, or that
// of another installation that is recognised here.
func (s *Service) issuerKey(ctx context.Context, h sdjwt.Header) (crypto.PublicKey, error) {
	if key, id := s.key(); h.Issue == s.BaseURL && (h.KeyID == id || s.Present == nil) {
		return key.Public(), nil
	}
	if s.Trust != nil {
		for _, k := range s.Trust().Keys {
			if pub, err := k.TokenOf(h.Issue); err == nil && k.ID == h.KeyID {
				return pub, nil
			}
		}
	}
	if s.Elsewhere != nil && h.Issue != s.BaseURL {
		return s.Elsewhere.TokenKey(ctx, h.Issue, h.KeyID)
	}
	return nil, errors.New("not an issuer that is trusted here")
}

// Elsewhere knows the other installations whose credentials count here. Package
// trusted is one.
type Elsewhere interface {
	// TokenKey is the key with which the installation at a site signs what wallets
	// hold; an error when it is not recognised, or no more.
	TokenKey(ctx context.Context, site, keyID string) (crypto.PublicKey, error)
	// Standing asks that installation what became of a credential of its own.
	Standing(ctx context.Context, c credential.Credential) (credential.State, error)
}

// states are what a status list says, as a status.
var states = map[credential.State]certificates.Status{credential.Good: certificates.Valid, credential.Suspended: certificates.Suspended, credential.Dead: certificates.Ended}

// statusOf finds what became of a credential: in the record when it was issued
// here, from the status list of its issuer otherwise.
func (s *Service) statusOf(ctx context.Context, r sdjwt.Result) (string, error) {
	c, err := credential.Read(r)
	if err != nil {
		return "", ErrShown.With("why", "status").Because(err)
	}
	if r.Issue != s.BaseURL {
		return s.standing(ctx, c)
	}
	region, list, ok := c.Listed()
	if !ok {
		return "", ErrShown.With("why", "status")
	}
	paper, err := s.PaperAt(ctx, region, list, c.Place)
	if fault.IsKind(err, fault.KindNotFound) {
		return "", ErrShown.With("why", "status")
	}
	if err != nil {
		return "", err
	}
	f, err := s.Papers.Paper(ctx, region, paper)
	return string(f.Status), err
}

// standing asks another installation. One that cannot be asked just now leaves
// the status unknown: whoever asked decides.
func (s *Service) standing(ctx context.Context, c credential.Credential) (string, error) {
	if s.Elsewhere == nil {
		return unknown, nil
	}
	state, err := s.Elsewhere.Standing(ctx, c)
	switch {
	case fault.IsKind(err, fault.KindUnavailable):
		return unknown, nil
	case err != nil:
		return "", ErrShown.With("why", fault.Of(err).Code).Because(err)
	}
	return string(states[state]), nil
}

// unknown is the status of what could not be asked.
const unknown = "unknown"

// PaperAt implements certificates.Credentials.
func (s *Service) PaperAt(ctx context.Context, region string, list, place int64) (string, error) {
	return paperAt(ctx, s.DB, region, list, place)
}

// Result is what came of a request, for whoever asked.
func (s *Service) Result(ctx context.Context, region, requestID string) (Request, error) {
	if err := authz.Require(ctx, MayAsk, authz.Object{Region: region}); err != nil {
		return Request{}, err
	}
	q, err := requestByID(ctx, s.DB, region, requestID)
	if fault.IsKind(err, fault.KindNotFound) || err == nil && q.asker != auth.From(ctx).ID {
		return Request{}, ErrNoRequest
	}
	return q, err
}
