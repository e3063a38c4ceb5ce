package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates"
	"tongban/gov/certificates/wallets"
	certificatesweb "tongban/gov/certificates/web"
	"tongban/platform/auth"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/sign"
	"tongban/platform/web"
	"tongban/ui"
)

const (
	walletSite = "https://zwfw.tongban.example"
	walletType = "114499019000000222103" // health certificate
)

// walletSide is a site with its doors for wallets, and a wallet.
type walletSide struct {
	*site
	s     *wallets.Service
	paper certificates.Paper
	key   *ecdsa.PrivateKey
}

func newWalletSide(t *testing.T) *walletSide {
	t.Helper()
	x := &walletSide{site: newSite(t, dbtest.SQLite(t, tables))}
	signer, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", Clock: x.clock})
	if err == nil {
		err = x.types.Seed(t.Context(), region)
	}
	if err == nil {
		x.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	x.s = wallets.New(wallets.Deps{DB: x.d, Clock: x.clock, Papers: x.site.s, Types: x.types, Key: signer.Token(), KeyID: sign.KeyID(signer.Token().Public()), Secret: []byte("of this test"), BaseURL: walletSite,
		Trust: func() certificates.Trust { return x.trust }})
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, f.Code, web.Status(f.Kind))
	})
	pages.Add(certificatesweb.Routes(certificatesweb.Deps{Certificates: x.site.s, Types: x.types, TypeRegion: region, Wallets: x.s})...)
	x.handler = ui.WithPreferences(words(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(auth.With(r.Context(), callers[r.Header.Get("Test-Caller")])))
	}))
	p := certificate()
	p.Type, p.Title = walletType, "健康证明"
	p.Fields = []certificates.Field{{Key: "name", Label: "姓名", Value: name}, {Key: "hospital", Label: "体检机构", Value: "示例区虚构医院"}, {Key: "examined", Label: "体检日期", Value: "2026-11-20"}}
	x.paper = x.issue(p)
	return x
}

// offered is the code of a fresh offer, and the number on the screen.
func (x *walletSide) offered() (code, pin string) {
	x.t.Helper()
	body := x.post("holder", "/papers/"+x.paper.Region+"/"+x.paper.ID+"/wallet").Body.String()
	link := regexp.MustCompile(`code%3D([^"&]+)`).FindStringSubmatch(body)
	digits := regexp.MustCompile(`>(\d{6})<`).FindStringSubmatch(body)
	if link == nil || digits == nil {
		x.t.Fatalf("no offer in %.300s", body)
	}
	code, err := url.QueryUnescape(link[1])
	if err != nil {
		x.t.Fatal(err)
	}
	return code, digits[1]
}

// proof is what the wallet signs to show that it has its key.
func (x *walletSide) proof(claims map[string]any) string {
	x.t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: x.key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("openid4vci-proof+jwt"))
	if err != nil {
		x.t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		x.t.Fatal(err)
	}
	signed, err := s.Sign(body)
	if err != nil {
		x.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		x.t.Fatal(err)
	}
	return text
}

// good is a proof that counts.
func (x *walletSide) good() string {
	return x.proof(map[string]any{"aud": walletSite, "nonce": x.s.Nonce(), "iat": x.clock.Now().Unix()})
}

// credential asks for a credential.
func (x *walletSide) credential(token string, body map[string]any) *httptest.ResponseRecorder {
	x.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		x.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/openid4vci/credential", strings.NewReader(string(raw)))
	if token != "" {
		r.Header.Set("Authorization", "bearer "+token)
	}
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, r)
	return w
}

// ascii is what the standards allow in words for programs (RFC 6749 §5.2).
var ascii = regexp.MustCompile(`^[\x20-\x21\x23-\x5b\x5d-\x7e]+$`)

// refused wants a refusal by the name that the standards have for it.
func (x *walletSide) refused(what string, w *httptest.ResponseRecorder, status int, name string) {
	x.t.Helper()
	var out map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != status || out["error"] != name || !ascii.MatchString(out["error_description"]) || w.Header().Get("Cache-Control") != "no-store" {
		x.t.Errorf("%s: %d %s, want %d %s, %v", what, w.Code, w.Body, status, name, err)
	}
}

// answered is the body of an answer.
func (x *walletSide) answered(what string, w *httptest.ResponseRecorder) map[string]any {
	x.t.Helper()
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		x.t.Fatalf("%s: %d %s, %v", what, w.Code, w.Body, err)
	}
	return out
}

// TestWallet_refusals: wallets are refused in the words of the standards
// (OpenID4VCI 1.0 §6.3, §8.3.1; RFC 6749 §5.2; RFC 9126 §2.3).
func TestWallet_refusals(t *testing.T) {
	x := newWalletSide(t)
	code, pin := x.offered()
	const token, par = "/openid4vci/token", "/openid4vci/par"
	details := `[{"type":"openid_credential","credential_configuration_id":"` + walletType + `"}]`
	push := func(more ...string) *httptest.ResponseRecorder {
		return x.post("", par, append([]string{"response_type", "code", "client_id", "w", "redirect_uri", "https://wallet.example/cb", "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method", "S256", "scope", walletType}, more...)...)
	}
	for what, c := range map[string]struct {
		w    *httptest.ResponseRecorder
		name string
	}{
		"nothing":               {x.post("", token), "invalid_request"},
		"another grant":         {x.post("", token, "grant_type", "password"), "unsupported_grant_type"},
		"no code":               {x.post("", token, "grant_type", wallets.PreAuthorized, "tx_code", pin), "invalid_request"},
		"no number":             {x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code), "invalid_request"},
		"another code":          {x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code+"x", "tx_code", pin), "invalid_grant"},
		"the code twice":        {x.do("", http.MethodPost, token, "application/x-www-form-urlencoded", []byte("grant_type="+wallets.PreAuthorized+"&tx_code="+pin+"&tx_code="+pin)), "invalid_request"},
		"details of no type":    {x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code, "tx_code", pin, "authorization_details", strings.Replace(details, walletType, "x", 1)), "invalid_authorization_details"},
		"no verifier":           {x.post("", token, "grant_type", "authorization_code", "code", code, "client_id", "w", "redirect_uri", "https://wallet.example/cb"), "invalid_request"},
		"pushed, token":         {push("response_type", "token"), "unsupported_response_type"},
		"pushed, no flow":       {push("response_type", ""), "invalid_request"},
		"pushed, plain":         {push("code_challenge_method", "plain"), "invalid_request"},
		"pushed, nowhere":       {push("redirect_uri", "javascript:alert(1)"), "invalid_request"},
		"pushed, another scope": {push("scope", "x"), "invalid_scope"},
		"pushed, details":       {push("authorization_details", "[]"), "invalid_authorization_details"},
		"pushed, no such type":  {push("authorization_details", strings.Replace(details, walletType, "x", 1)), "invalid_authorization_details"},
	} {
		x.refused(what, c.w, http.StatusBadRequest, c.name)
	}
	got := x.answered("token", x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code, "tx_code", pin, "authorization_details", details))
	access, _ := got["access_token"].(string)
	list, _ := got["authorization_details"].([]any)
	if access == "" || len(list) != 1 {
		t.Fatalf("%v", got)
	}
	identifier := list[0].(map[string]any)["credential_identifiers"].([]any)[0].(string)
	x.refused("the code again", x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code, "tx_code", pin), http.StatusBadRequest, "invalid_grant")
	one := func(proof string) map[string]any { return map[string]any{"jwt": []string{proof}} }
	for what, c := range map[string]struct {
		body map[string]any
		name string
	}{
		"neither":            {map[string]any{"proofs": one(x.good())}, "invalid_credential_request"},
		"both":               {map[string]any{"credential_configuration_id": walletType, "credential_identifier": identifier, "proofs": one(x.good())}, "invalid_credential_request"},
		"too much":           {map[string]any{"credential_configuration_id": walletType, "more": strings.Repeat("x", 70<<10)}, "invalid_credential_request"},
		"another type":       {map[string]any{"credential_configuration_id": "x", "proofs": one(x.good())}, "unknown_credential_configuration"},
		"another identifier": {map[string]any{"credential_identifier": "x", "proofs": one(x.good())}, "unknown_credential_identifier"},
		"encrypted":          {map[string]any{"credential_identifier": identifier, "proofs": one(x.good()), "credential_response_encryption": map[string]any{"enc": "A128GCM"}}, "invalid_encryption_parameters"},
		"no proof":           {map[string]any{"credential_identifier": identifier}, "invalid_proof"},
		"for another":        {map[string]any{"credential_identifier": identifier, "proofs": one(x.proof(map[string]any{"aud": "https://other.example", "nonce": x.s.Nonce(), "iat": x.clock.Now().Unix()}))}, "invalid_proof"},
		"no nonce":           {map[string]any{"credential_identifier": identifier, "proofs": one(x.proof(map[string]any{"aud": walletSite, "iat": x.clock.Now().Unix()}))}, "invalid_proof"},
		"another nonce":      {map[string]any{"credential_identifier": identifier, "proofs": one(x.proof(map[string]any{"aud": walletSite, "nonce": "x", "iat": x.clock.Now().Unix()}))}, "invalid_nonce"},
	} {
		x.refused(what, x.credential(access, c.body), http.StatusBadRequest, c.name)
	}
	right := map[string]any{"credential_identifier": identifier, "proofs": one(x.good())}
	for token, header := range map[string]string{"": "Bearer", region + ".x": `Bearer error="invalid_token"`} {
		w := x.credential(token, right)
		x.refused("token "+token, w, http.StatusUnauthorized, "invalid_token")
		if h := w.Header().Get("WWW-Authenticate"); h != header {
			t.Errorf("token %q: %q", token, h)
		}
	}
	x.answered("credential", x.credential(access, right))
	x.refused("the token again", x.credential(access, right), http.StatusUnauthorized, "invalid_token")
	// What lives five minutes: the nonce, then the token.
	nonce := x.s.Nonce()
	x.clock.Advance(4 * time.Minute)
	code, pin = x.offered()
	access, _ = x.answered("token", x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code, "tx_code", pin))["access_token"].(string)
	x.clock.Advance(time.Minute)
	stale := x.proof(map[string]any{"aud": walletSite, "nonce": nonce, "iat": x.clock.Now().Unix()})
	x.refused("an old nonce", x.credential(access, map[string]any{"credential_configuration_id": walletType, "proofs": one(stale)}), http.StatusBadRequest, "invalid_nonce")
	x.clock.Advance(4*time.Minute + time.Second)
	x.refused("an old token", x.credential(access, map[string]any{"credential_configuration_id": walletType, "proofs": one(x.good())}), http.StatusUnauthorized, "invalid_token")
	code, pin = x.offered()
	access, _ = x.answered("token", x.post("", token, "grant_type", wallets.PreAuthorized, "pre-authorized_code", code, "tx_code", pin))["access_token"].(string)
	if _, err := x.site.s.Act(auth.With(t.Context(), callers["officer"]), region, x.paper.ID, certificates.Order{Act: certificates.Suspend, Reason: "查实", Basis: "法"}); err != nil {
		t.Fatal(err)
	}
	x.refused("suspended meanwhile", x.credential(access, map[string]any{"credential_configuration_id": walletType, "proofs": one(x.good())}), http.StatusBadRequest, "credential_request_denied")
}

// TestWallet_readable: what anybody may read is read from other sites too, and
// names every claim that credentials have.
func TestWallet_readable(t *testing.T) {
	x := newWalletSide(t)
	for _, path := range []string{"/.well-known/openid-credential-issuer", "/.well-known/oauth-authorization-server", "/.well-known/jwt-vc-issuer"} {
		w := x.get("", path)
		if x.answered(path, w); w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: not for other sites", path)
		}
	}
	var m struct {
		Configurations map[string]struct {
			Metadata struct {
				Claims []struct {
					Path []string `json:"path"`
				} `json:"claims"`
			} `json:"credential_metadata"`
		} `json:"credential_configurations_supported"`
	}
	if err := json.Unmarshal(x.get("", "/.well-known/openid-credential-issuer").Body.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, c := range m.Configurations[walletType].Metadata.Claims {
		said += " " + strings.Join(c.Path, ".")
	}
	for _, want := range []string{" holder_name", " holder_number", " certificate_number", " identifier", " hospital"} {
		if !strings.Contains(said, want) {
			t.Errorf("no claim %s in %q", want, said)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/certificate-types/"+walletType, nil)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, r)
	if m := x.answered("type", w); m["vct"] != walletSite+"/certificate-types/"+walletType || !strings.Contains(w.Body.String(), `{"path":["hospital"],"sd":"always"}`) || !strings.Contains(w.Body.String(), `{"path":["issuing_authority"],"sd":"never"}`) {
		t.Errorf("the type: %s", w.Body)
	}
	code, pin := x.offered()
	access, _ := x.answered("token", x.post("", "/openid4vci/token", "grant_type", wallets.PreAuthorized, "pre-authorized_code", code, "tx_code", pin))["access_token"].(string)
	x.answered("credential", x.credential(access, map[string]any{"credential_configuration_id": walletType, "proofs": map[string]any{"jwt": []string{x.good()}}}))
	if w := x.get("", "/openid4vci/status/"+region+"/1"); w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Content-Type") != "application/statuslist+jwt" {
		t.Errorf("the status list: %d %v", w.Code, w.Header())
	}
}

// TestWallet_declines: a wallet that answers with an error is heard, once, and
// whoever asked reads it.
func TestWallet_declines(t *testing.T) {
	x := newWalletSide(t)
	callers := auth.With(t.Context(), auth.Principal{ID: "acc_clerk", Kind: auth.KindOfficer, Grants: []auth.Grant{{Permissions: []string{wallets.MayAsk.Name}, Region: region}}})
	q, err := x.s.Ask(callers, region, wallets.Wanted{Type: walletType, Claims: []string{"name"}}, "查验")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(q.URI)
	if err != nil {
		t.Fatal(err)
	}
	path, state := "/openid4vp/"+region+"/"+q.ID, u.Query().Get("state")
	x.refused("another state", x.post("", path, "error", "access_denied", "state", "x"), http.StatusBadRequest, "invalid_request")
	x.answered("declined", x.post("", path, "error", "access_denied", "state", state))
	x.refused("declined twice", x.post("", path, "error", "access_denied", "state", state), http.StatusBadRequest, "invalid_request")
	got, err := x.s.Result(callers, region, q.ID)
	if err != nil || got.Shown == nil || got.Shown.Status != wallets.Declined || got.Shown.Good() {
		t.Errorf("%+v, %v", got.Shown, err)
	}
}
