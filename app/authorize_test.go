package app_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/platform/sdjwt"
	"tongban/test/node"
)

// authServer is what a wallet reads of the authorization server (RFC 8414).
type authServer struct {
	Issuer    string   `json:"issuer"`
	Authorize string   `json:"authorization_endpoint"`
	Push      string   `json:"pushed_authorization_request_endpoint"`
	Must      bool     `json:"require_pushed_authorization_requests"`
	Token     string   `json:"token_endpoint"`
	Grants    []string `json:"grant_types_supported"`
	Methods   []string `json:"code_challenge_methods_supported"`
	Iss       bool     `json:"authorization_response_iss_parameter_supported"`
}

const walletAddress = "https://wallet.example/callback"

func s256(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

// A wallet that knows nothing but the standards asks for a certificate type; the
// resident signs in, chooses and agrees; the wallet gets a credential that is
// bound to its key. Whatever else is tried is refused.
func TestWallet_authorizationCode(t *testing.T) {
	n := node.Open(t, node.Options{})
	c := n.Granted(node.Resident)
	papers, err := n.Certificates.OfCase(n.As(node.Clerk), c.Region, string(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	kind, paper := "", ""
	for _, p := range papers {
		if p.Kind == "certificate" {
			kind, paper = p.Type, p.Region+"/"+p.ID
		}
	}
	var server authServer
	decode(t, page(n, http.MethodGet, "/.well-known/oauth-authorization-server", ""), &server)
	if !server.Must || !server.Iss || server.Methods[0] != "S256" || server.Grants[0] != "authorization_code" || server.Issuer != n.BaseURL {
		t.Fatalf("%+v", server)
	}
	session := n.SignIn(node.Resident)
	details, _ := json.Marshal([]map[string]string{{"type": "openid_credential", "credential_configuration_id": kind}})
	for _, how := range []url.Values{{"scope": {kind}}, {"authorization_details": {string(details)}}} {
		verifier := strings.Repeat("v", 42) + "1"
		request := url.Values{"response_type": {"code"}, "client_id": {"https://wallet.example"}, "redirect_uri": {walletAddress}, "state": {"s-1"}, "code_challenge": {s256(verifier)}, "code_challenge_method": {"S256"}}
		for k, v := range how {
			request[k] = v
		}
		pushed := push(t, n, server, request, http.StatusCreated)
		at := pathOf(t, server.Authorize) + "?" + url.Values{"client_id": {"https://wallet.example"}, "request_uri": {pushed}}.Encode()
		if a := page(n, http.MethodGet, at, ""); a.status != http.StatusSeeOther {
			t.Errorf("nobody is signed in: %d", a.status)
		}
		a := page(n, http.MethodGet, at, session)
		if a.status != http.StatusOK || !strings.Contains(a.body, "wallet.example") || !strings.Contains(a.body, paper) {
			t.Fatalf("%d %s", a.status, a.body)
		}
		form := url.Values{"client_id": {"https://wallet.example"}, "request_uri": {pushed}, "act": {"agree"}}
		if a := posting(n, pathOf(t, server.Authorize), form, session); a.status != http.StatusUnprocessableEntity {
			t.Errorf("nothing chosen: %d", a.status)
		}
		form.Set("act", "deny")
		if a := posting(n, pathOf(t, server.Authorize), form, session); !strings.HasPrefix(a.location, walletAddress) || !strings.Contains(a.location, "access_denied") || !strings.Contains(a.location, "iss=") {
			t.Errorf("denied: %s", a.location)
		}
		form.Set("act", "agree")
		form.Set("paper", paper)
		if a := posting(n, pathOf(t, server.Authorize), form, n.SignIn("陈虚构")); a.status == http.StatusSeeOther && strings.Contains(a.location, "code=") {
			t.Error("somebody else gives it away")
		}
		a = posting(n, pathOf(t, server.Authorize), form, session)
		back, err := url.Parse(a.location)
		if err != nil || !strings.HasPrefix(a.location, walletAddress) || back.Query().Get("iss") != server.Issuer || back.Query().Get("state") != "s-1" {
			t.Fatalf("%d %s %s", a.status, a.location, a.body)
		}
		redeem(t, n, server, back.Query().Get("code"), verifier, kind, how.Has("authorization_details"))
	}
}

// posting sends a form of a page.
func posting(n *node.Node, path string, form url.Values, session string) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", formType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: node.Cookie, Value: session})
	return ask(n, r)
}

// redeem turns a code into a credential.
func redeem(t *testing.T, n *node.Node, server authServer, code, verifier, kind string, details bool) {
	t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "client_id": {"https://wallet.example"}, "redirect_uri": {walletAddress}, "code_verifier": {verifier}}
	var token struct {
		Access  string `json:"access_token"`
		Type    string `json:"token_type"`
		Scope   string `json:"scope"`
		Details []struct {
			Configuration string   `json:"credential_configuration_id"`
			Identifiers   []string `json:"credential_identifiers"`
		} `json:"authorization_details"`
	}
	decode(t, send(n, pathOf(t, server.Token), formType, form.Encode(), ""), &token)
	if details != (len(token.Details) == 1) || token.Type != "Bearer" {
		t.Fatalf("%+v", token)
	}
	var nonce struct {
		Nonce string `json:"c_nonce"`
	}
	decode(t, send(n, "/openid4vci/nonce", formType, "", ""), &nonce)
	mine, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: mine}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	claims, _ := json.Marshal(map[string]any{"aud": n.BaseURL, "nonce": nonce.Nonce, "iat": n.Time.Now().Unix()})
	proof, err := signer.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	compact, _ := proof.CompactSerialize()
	ask := map[string]any{"credential_configuration_id": kind, "proofs": map[string]any{"jwt": []string{compact}}}
	if details {
		delete(ask, "credential_configuration_id")
		ask["credential_identifier"] = token.Details[0].Identifiers[0]
	}
	body, _ := json.Marshal(ask)
	var got struct {
		Credentials []struct {
			Credential string `json:"credential"`
		} `json:"credentials"`
	}
	decode(t, send(n, "/openid4vci/credential", "application/json", string(body), token.Access), &got)
	r, err := sdjwt.Verify(got.Credentials[0].Credential, sdjwt.Check{Key: func(sdjwt.Header) (crypto.PublicKey, error) { return n.Keys.Node().Token().Public(), nil }, Types: []string{"dc+sd-jwt"}, Now: n.Time.Now()})
	if err != nil || r.Holder == nil || r.Issue != server.Issuer {
		t.Errorf("%+v, %v", r, err)
	}
	if a := send(n, pathOf(t, server.Token), formType, form.Encode(), ""); a.status != http.StatusBadRequest || !strings.Contains(a.body, "invalid_grant") {
		t.Errorf("the code twice: %d %s", a.status, a.body)
	}
}

// push hands a request in and gives its name.
func push(t *testing.T, n *node.Node, server authServer, request url.Values, want int) string {
	t.Helper()
	a := send(n, pathOf(t, server.Push), formType, request.Encode(), "")
	if a.status != want {
		t.Fatalf("%v: %d %s", request, a.status, a.body)
	}
	var out struct {
		URI string `json:"request_uri"`
	}
	if want == http.StatusCreated {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatal(err)
		}
	}
	return out.URI
}

// What the specification forbids is refused by name, and nobody is sent to an
// address that was not asked for.
func TestWallet_authorizationRefusals(t *testing.T) {
	n := node.Open(t, node.Options{})
	types, err := n.Types.List(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	kind, verifier := types[0].Code, strings.Repeat("v", 43)
	good := func() url.Values {
		return url.Values{"response_type": {"code"}, "client_id": {"w"}, "redirect_uri": {walletAddress}, "scope": {kind}, "code_challenge": {s256(verifier)}, "code_challenge_method": {"S256"}}
	}
	for what, c := range map[string]struct {
		key, value, want string
	}{
		"no client": {"client_id", "", "invalid_request"}, "a script": {"redirect_uri", "javascript:alert(1)", "invalid_request"}, "plain http": {"redirect_uri", "http://wallet.example/x", "invalid_request"},
		"data": {"redirect_uri", "data:text/html,x", "invalid_request"}, "with a fragment": {"redirect_uri", "https://wallet.example/#x", "invalid_request"}, "with a user": {"redirect_uri", "https://a@wallet.example/", "invalid_request"},
		"implicit": {"response_type", "token", "unsupported_response_type"}, "plain challenge": {"code_challenge_method", "plain", "invalid_request"}, "no challenge": {"code_challenge", "", "invalid_request"},
		"short challenge": {"code_challenge", "abc", "invalid_request"}, "another type": {"scope", "nothing", "invalid_scope"}, "two types": {"scope", kind + " " + kind, "invalid_scope"},
		"no JSON": {"authorization_details", "{", "invalid_authorization_details"}, "nested": {"request_uri", "urn:x", "invalid_request"}, "far too long": {"state", strings.Repeat("x", 2000), "invalid_request"},
	} {
		f := good()
		f.Set(c.key, c.value)
		if a := send(n, "/openid4vci/par", formType, f.Encode(), ""); a.status != http.StatusBadRequest || !strings.Contains(a.body, `"`+c.want+`"`) {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	session := n.SignIn(node.Resident)
	uri := push(t, n, authServer{Push: "/openid4vci/par"}, good(), http.StatusCreated)
	last := uri[:len(uri)-1] + map[bool]string{true: "B", false: "A"}[uri[len(uri)-1] == 'A']
	for what, q := range map[string]url.Values{"another client": {"client_id": {"x"}, "request_uri": {uri}}, "changed": {"client_id": {"w"}, "request_uri": {last}}, "not pushed": {"client_id": {"w"}, "redirect_uri": {walletAddress}}} {
		if a := page(n, http.MethodGet, "/openid4vci/authorize?"+q.Encode(), session); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest || a.location != "" {
			t.Errorf("%s: %d %s", what, a.status, a.location)
		}
	}
	n.Time.Advance(6 * time.Minute)
	if a := page(n, http.MethodGet, "/openid4vci/authorize?"+url.Values{"client_id": {"w"}, "request_uri": {uri}}.Encode(), n.SignIn(node.Resident)); a.status == http.StatusOK {
		t.Errorf("too late: %d", a.status)
	}
}
