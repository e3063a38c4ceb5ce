package app_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"tongban/platform/sdjwt"
	"tongban/test/node"
)

// device is a wallet on somebody's phone.
type device struct{ key *ecdsa.PrivateKey }

func (d device) Algorithm() string        { return "ECDSA-P256-SHA256" }
func (d device) Public() crypto.PublicKey { return d.key.Public() }
func (d device) Sign(m []byte) ([]byte, error) {
	sum := sha256.Sum256(m)
	return d.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// send posts as a wallet does: no cookies, no browser.
func send(n *node.Node, path, kind, body, token string) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return ask(n, r)
}

const formType = "application/x-www-form-urlencoded"

// A resident fetches a certificate with a wallet that knows nothing but the
// standards, and shows two particulars of it at the counter.
func TestWallet_fromCaseToCounter(t *testing.T) { walletToCounter(t, node.Options{}) }

func walletToCounter(t *testing.T, o node.Options) *node.Node {
	n := node.Open(t, o)
	c := n.Granted(node.Resident)
	papers, err := n.Certificates.OfCase(n.As(node.Clerk), c.Region, string(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	paper := ""
	for _, p := range papers {
		if p.Kind == "certificate" {
			paper = p.ID
		}
	}
	session := n.SignIn(node.Resident)
	if a := page(n, http.MethodGet, "/papers/"+c.Region+"/"+paper, session); !strings.Contains(a.body, "放进数字钱包") {
		t.Fatalf("the holder is not offered a wallet: %d", a.status)
	}
	a := page(n, http.MethodPost, "/papers/"+c.Region+"/"+paper+"/wallet", session)
	uri, _ := url.Parse(html.UnescapeString(found(t, a.body, `href="(openid-credential-offer:[^"]*)"`)))
	number := found(t, a.body, `class="code">([0-9]{6})<`)
	at, _ := url.Parse(uri.Query().Get("credential_offer_uri"))

	var offer struct {
		Issuer         string   `json:"credential_issuer"`
		Configurations []string `json:"credential_configuration_ids"`
		Grants         map[string]struct {
			Code string `json:"pre-authorized_code"`
		} `json:"grants"`
	}
	decode(t, page(n, http.MethodGet, at.RequestURI(), ""), &offer)
	var issuer struct {
		Credential     string                     `json:"credential_endpoint"`
		Nonce          string                     `json:"nonce_endpoint"`
		Configurations map[string]json.RawMessage `json:"credential_configurations_supported"`
	}
	decode(t, page(n, http.MethodGet, "/.well-known/openid-credential-issuer", ""), &issuer)
	var server struct {
		Token string `json:"token_endpoint"`
	}
	decode(t, page(n, http.MethodGet, "/.well-known/oauth-authorization-server", ""), &server)
	if issuer.Configurations[offer.Configurations[0]] == nil {
		t.Fatalf("%s is offered and not described", offer.Configurations[0])
	}
	const grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
	local := func(address string) string { return strings.TrimPrefix(address, offer.Issuer) }
	wrong := send(n, local(server.Token), formType, url.Values{"grant_type": {grant}, "pre-authorized_code": {offer.Grants[grant].Code}, "tx_code": {"x"}}.Encode(), "")
	if wrong.status != 400 || !strings.Contains(wrong.body, `"invalid_grant"`) {
		t.Errorf("a wrong number: %d %s", wrong.status, wrong.body)
	}
	var token struct {
		Access string `json:"access_token"`
	}
	decode(t, send(n, local(server.Token), formType, url.Values{"grant_type": {grant}, "pre-authorized_code": {offer.Grants[grant].Code}, "tx_code": {number}}.Encode(), ""), &token)
	var nonce struct {
		Nonce string `json:"c_nonce"`
	}
	decode(t, send(n, local(issuer.Nonce), "application/json", "", ""), &nonce)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"credential_configuration_id": offer.Configurations[0], "proofs": map[string]any{"jwt": []string{proof(t, key, offer.Issuer, nonce.Nonce, n.Time.Now().Unix())}}})
	if a := send(n, local(issuer.Credential), "application/json", string(body), "nothing"); a.status != 401 || !strings.Contains(a.body, "invalid_token") {
		t.Errorf("without a token: %d %s", a.status, a.body)
	}
	var got struct {
		Credentials []struct {
			Credential string `json:"credential"`
		} `json:"credentials"`
	}
	decode(t, send(n, local(issuer.Credential), "application/json", string(body), token.Access), &got)

	// The counter asks for two particulars, of which not every certificate has the second.
	clerk := n.SignIn(node.Clerk)
	if a := page(n, http.MethodGet, "/verify/ask?type="+offer.Configurations[0], clerk); a.status != 200 || !strings.Contains(a.body, "经营场所") {
		t.Fatalf("the counter's form: %d", a.status)
	}
	r := httptest.NewRequest(http.MethodPost, "/verify/ask", strings.NewReader(url.Values{"type": {offer.Configurations[0]}, "claim": {"operator_name", "seats"}, "purpose": {"餐饮店年度检查"}}.Encode()))
	r.Header.Set("Content-Type", formType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: node.Cookie, Value: clerk})
	a = ask(n, r)
	result := found(t, a.body, `href="(/verify/ask/[^"]*)"`)
	asked, err := url.Parse(html.UnescapeString(found(t, a.body, `href="(openid4vp:[^"]*)"`)))
	if err != nil {
		t.Fatal(err)
	}
	request := asked.Query()
	parsed, err := sdjwt.Parse(got.Credentials[0].Credential)
	if err != nil {
		t.Fatal(err)
	}
	part, err := parsed.Present(func(path []string) bool { return path[0] == "operator_name" })
	if err != nil {
		t.Fatal(err)
	}
	bound, err := part.Bind(device{key}, sdjwt.Binding{Audience: request.Get("client_id"), Nonce: request.Get("nonce"), At: n.Time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	vp, _ := json.Marshal(map[string][]string{"certificate": {bound.String()}})
	if a := send(n, local(request.Get("response_uri")), formType, url.Values{"state": {request.Get("state")}, "vp_token": {string(vp)}}.Encode(), ""); a.status != 200 {
		t.Fatalf("shown: %d %s", a.status, a.body)
	}
	a = page(n, http.MethodGet, result, clerk)
	if !strings.Contains(a.body, "真实，现在有效") || !strings.Contains(a.body, "虚构小馆") || !strings.Contains(a.body, "对方没有给") {
		t.Errorf("the counter sees %d %.200s", a.status, a.body)
	}
	if a := page(n, http.MethodGet, result, session); a.status != 403 {
		t.Errorf("the resident opens the counter's page: %d", a.status)
	}
	return n
}

func decode(t *testing.T, a answer, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil || a.status != 200 {
		t.Fatalf("status %d %.300s: %v", a.status, a.body, err)
	}
}

func found(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in %.400s", pattern, body)
	}
	return m[1]
}

func proof(t *testing.T, key *ecdsa.PrivateKey, audience, nonce string, at int64) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]any{"aud": audience, "nonce": nonce, "iat": at})
	jws, err := s.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := jws.CompactSerialize()
	return out
}
