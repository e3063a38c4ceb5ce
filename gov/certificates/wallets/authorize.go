package wallets

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
)

// What the authorization code flow refuses, in the words of OAuth 2.0.
var (
	// ErrClient: nothing says who asks, or the address that the answer goes to is
	// not one that an answer may go to. Whoever gets this is not sent anywhere.
	ErrClient = fault.Invalid("certificates.wallets.invalid_client")
	// ErrRequest: not a request of this flow: response type, PKCE, or too much.
	ErrRequest = fault.Invalid("certificates.wallets.invalid_authorization_request")
	// ErrRequestURI: not made here, changed, or too old.
	ErrRequestURI = fault.Invalid("certificates.wallets.invalid_request_uri")
	// ErrResponseType: another flow than that of codes.
	ErrResponseType = fault.Invalid("certificates.wallets.unsupported_response_type")
	// ErrDetails: authorization_details that cannot be read or met (RFC 9396 §5).
	ErrDetails = fault.Invalid("certificates.wallets.invalid_authorization_details")
	// ErrScope: no certificate type of that name.
	ErrScope = fault.Invalid("certificates.wallets.invalid_scope")
)

const (
	authorizationCode = "authorization_code"
	requestURNPrefix  = "urn:ietf:params:oauth:request_uri:"
	pushedLife        = 5 * time.Minute
	codeLife          = time.Minute
	maxParameter      = 1000
)

// Authorization is what a wallet asks of the holder: to be given one
// certificate of a type.
type Authorization struct {
	Client    string `json:"c"`
	Redirect  string `json:"r"`
	State     string `json:"s,omitempty"`
	Challenge string `json:"h"` // of PKCE, S256
	Type      string `json:"t"` // code of the certificate type
	Details   bool   `json:"d,omitempty"`
	Until     int64  `json:"u"` // seconds

	uri string
}

// Wallet is who asks, as far as it can be known: the host of a site, or the
// name of an app's scheme. Nobody vouches for it.
func (a Authorization) Wallet() string {
	if u, err := url.Parse(a.Redirect); err == nil && u.Host != "" {
		return u.Host
	}
	scheme, _, _ := strings.Cut(a.Redirect, ":")
	return scheme
}

// Origin is where the answer goes, as policies of browsers write it.
func (a Authorization) Origin() string {
	if u, err := url.Parse(a.Redirect); err == nil && u.Host != "" && !strings.ContainsAny(u.Host, " ;,'\"") {
		return u.Scheme + "://" + u.Host
	}
	return a.Wallet() + ":"
}

// URI names the request, for the form on the page.
func (a Authorization) URI() string { return a.uri }

// Push takes in a request (RFC 9126) and names it. Nothing is kept: the name
// carries the request under a seal of ours.
func (s *Service) Push(ctx context.Context, f url.Values) (uri string, life time.Duration, err error) {
	a := Authorization{Client: f.Get("client_id"), Redirect: f.Get("redirect_uri"), State: f.Get("state"), Challenge: f.Get("code_challenge"), Until: s.Clock.Now().Add(pushedLife).Unix()}
	for _, values := range f {
		if len(values) != 1 || len(values[0]) > maxParameter {
			return "", 0, ErrRequest
		}
	}
	if a.Client == "" || !redirectable(a.Redirect) {
		return "", 0, ErrClient
	}
	if kind := f.Get("response_type"); kind != "" && kind != "code" {
		return "", 0, ErrResponseType
	}
	raw, err := base64.RawURLEncoding.DecodeString(a.Challenge)
	if f.Get("response_type") != "code" || f.Get("code_challenge_method") != "S256" || err != nil || len(raw) != sha256.Size || f.Has("request_uri") {
		return "", 0, ErrRequest
	}
	if a.Type, a.Details, err = wanted(f); err != nil {
		return "", 0, err
	}
	if _, err := s.Types.InForce(ctx, a.Type); err != nil {
		if a.Details {
			return "", 0, ErrDetails.With("configuration", a.Type).Because(err)
		}
		return "", 0, ErrScope.Because(err)
	}
	body, err := json.Marshal(a)
	if err != nil {
		return "", 0, err
	}
	return requestURNPrefix + base64.RawURLEncoding.EncodeToString(append(s.sealedAs("request", body), body...)), pushedLife, nil
}

// redirectable tells whether an answer may go to an address: a site by https,
// an app on this device by loopback or by a scheme of its own (RFC 8252 §7).
// Schemes that browsers run or show are none of an app's own.
func redirectable(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Fragment != "" || strings.Contains(s, "#") || u.User != nil {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Host != ""
	case "http":
		a, err := netip.ParseAddr(u.Hostname())
		return err == nil && a.IsLoopback()
	}
	own := []string{"openid-credential-offer", "openid4vp", "haip"}
	return strings.Contains(u.Scheme, ".") || slices.Contains(own, u.Scheme)
}

// wanted reads what is asked for: a scope, or authorization_details (RFC 9396).
func wanted(f url.Values) (typ string, details bool, err error) {
	if raw := f.Get("authorization_details"); raw != "" {
		typ, err = detailed(raw)
		return typ, true, err
	}
	scopes := slices.DeleteFunc(strings.Fields(f.Get("scope")), func(s string) bool { return s == "openid" })
	if len(scopes) != 1 {
		return "", false, ErrScope
	}
	return scopes[0], false, nil
}

// detailed reads authorization_details about one credential (RFC 9396,
// OpenID4VCI 1.0 §5.1.1).
func detailed(raw string) (typ string, err error) {
	var list []struct {
		Type          string   `json:"type"`
		Configuration string   `json:"credential_configuration_id"`
		Locations     []string `json:"locations"`
	}
	if err := json.Unmarshal([]byte(raw), &list); err != nil || len(list) != 1 || list[0].Type != "openid_credential" || list[0].Configuration == "" {
		return "", ErrDetails.Because(err)
	}
	return list[0].Configuration, nil
}

// sealedAs is a seal for one use, so that no seal passes for another.
func (s *Service) sealedAs(use string, raw []byte) []byte {
	m := hmac.New(sha256.New, s.Secret)
	m.Write([]byte("wallets " + use + "\n"))
	m.Write(raw)
	return m.Sum(nil)
}

// Pushed opens a request that was pushed, for the client that pushed it.
func (s *Service) Pushed(client, uri string) (Authorization, error) {
	var a Authorization
	text, ok := strings.CutPrefix(uri, requestURNPrefix)
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if !ok || err != nil || len(raw) <= sha256.Size || !hmac.Equal(raw[:sha256.Size], s.sealedAs("request", raw[sha256.Size:])) || json.Unmarshal(raw[sha256.Size:], &a) != nil {
		return Authorization{}, ErrRequestURI
	}
	if a.Client != client || s.Clock.Now().Unix() > a.Until {
		return Authorization{}, ErrRequestURI
	}
	a.uri = uri
	return a, nil
}

// Candidates are the caller's certificates that a request may be about.
func (s *Service) Candidates(ctx context.Context, a Authorization) ([]certificates.Found, error) {
	mine, err := s.Papers.Mine(ctx, 200)
	return slices.DeleteFunc(mine, func(f certificates.Found) bool {
		return f.Kind != certificates.Certificate || f.Type != a.Type || f.Status != certificates.Valid
	}), err
}

// answerTo is where the holder's browser is sent, with who answers (RFC 9207).
func (s *Service) answerTo(a Authorization, values url.Values) string {
	values.Set("iss", s.BaseURL)
	if a.State != "" {
		values.Set("state", a.State)
	}
	u, err := url.Parse(a.Redirect)
	if err != nil {
		return s.BaseURL
	}
	q := u.Query()
	for k, v := range values {
		q[k] = v
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Deny tells the wallet that the holder does not want to.
func (s *Service) Deny(a Authorization) string {
	return s.answerTo(a, url.Values{"error": {"access_denied"}})
}

// Consent gives the wallet a code for one certificate of the caller's own, and
// tells where to send the browser with it.
func (s *Service) Consent(ctx context.Context, a Authorization, region, paper string) (string, error) {
	f, err := s.Papers.Paper(ctx, region, paper)
	if err != nil {
		return "", err
	}
	switch {
	case !s.Papers.Holds(ctx, f) || f.Kind != certificates.Certificate || f.Type != a.Type:
		return "", ErrNotYours
	case f.Status != certificates.Valid:
		return "", ErrNotInForce
	}
	code, offerID := region+"."+id.Secret(20), id.New("off")
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.authorize "+paper, func() (string, error) {
			insertOffer(tx, offer{region: region, id: offerID, paper: paper, holder: auth.From(ctx).Person, code: hash(code), pin: bound(offerID, a.Client, a.Redirect, a.Challenge, a.Details), state: "authorized",
				expires: s.Clock.Now().Add(codeLife)})
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.authorized", Object: paper, At: s.Clock.Now(), Details: map[string]any{"number": f.Number, "wallet": a.Wallet()}})
			return offerID, nil
		})
		return err
	})
	if err != nil {
		return "", err
	}
	return s.answerTo(a, url.Values{"code": {code}}), nil
}

// bound ties a code to the request that it was given for.
func bound(offerID, client, redirect, challenge string, details bool) string {
	mark := "scope"
	if details {
		mark = "details"
	}
	return hash(strings.Join([]string{offerID, client, redirect, challenge, mark}, "\n"))
}

// Granted is an access token with what it is for.
type Granted struct {
	Token      string
	Life       time.Duration
	Type       string
	Identifier string // of the credential, where authorization_details asked for it; else ""
}

// identifierPrefix opens credential identifiers.
const identifierPrefix = "certificate-"

// ConfigurationOf is the configuration that a credential identifier stands for.
func ConfigurationOf(identifier string) string {
	c, ok := strings.CutPrefix(identifier, identifierPrefix)
	if !ok {
		return ""
	}
	return c
}

// RedeemCode gives an access token for an authorization code, to whoever knows
// the verifier of its challenge. A code is spent by the first try, right or
// wrong; a second try ends the token as well (RFC 6749 §4.1.2).
func (s *Service) RedeemCode(ctx context.Context, code, client, redirect, verifier string) (Granted, error) {
	region, _, ok := strings.Cut(code, ".")
	if !ok || len(verifier) < 43 || len(verifier) > 128 {
		return Granted{}, ErrGrant
	}
	ctx = auth.System(ctx, "wallets")
	sum := sha256.Sum256([]byte(verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	out := Granted{Token: region + "." + id.Secret(20), Life: tokenLife}
	refused := false
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		refused = false
		o, err := offerByCode(ctx, tx, region, hash(code))
		if err != nil || o.state == "open" || o.state == "spent" || o.state == "authorized" && s.Clock.Now().After(o.expires) {
			return ErrGrant.Because(err)
		}
		was := o.state
		scope := subtle.ConstantTimeCompare([]byte(o.pin), []byte(bound(o.id, client, redirect, challenge, false)))
		details := subtle.ConstantTimeCompare([]byte(o.pin), []byte(bound(o.id, client, redirect, challenge, true)))
		if was != "authorized" || scope+details != 1 {
			refused, o.state = true, "spent"
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.code_refused", Object: o.paper, At: s.Clock.Now()})
			return move(ctx, tx, o, was)
		}
		f, err := s.Papers.PaperTx(ctx, tx, region, o.paper)
		if err != nil {
			return err
		}
		if out.Type = f.Type; details == 1 {
			out.Identifier = identifierPrefix + f.Type
		}
		o.state, o.token, o.expires = "redeemed", hash(out.Token), s.Clock.Now().Add(tokenLife)
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.redeemed", Object: o.paper, At: s.Clock.Now()})
		return move(ctx, tx, o, "authorized")
	})
	if refused && err == nil {
		err = ErrGrant
	}
	if err != nil {
		return Granted{}, err
	}
	return out, nil
}
