package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tongban/gov/identity"
	"tongban/gov/identity/api"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/web"
)

type site struct {
	t     *testing.T
	s     *identity.Service
	clock *clock.Fake
	url   string
	links map[string]string
}

func onBoth(t *testing.T, f func(t *testing.T, x site)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), identity.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
		s, err := identity.New(identity.Deps{DB: d, Clock: c, Region: "440000", Key: []byte(strings.Repeat("k", 32)),
			Policy: map[string][]string{identity.RoleClerk: {identity.MayReadPerson.Name}}})
		if err != nil {
			t.Fatal(err)
		}
		links, err := s.Seed(t.Context(), identity.SeedInput{})
		if err != nil {
			t.Fatal(err)
		}
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Identity: s})
		srv := httptest.NewServer(api.Tokens(s, a))
		t.Cleanup(srv.Close)
		x := site{t, s, c, srv.URL, map[string]string{}}
		for _, l := range links {
			x.links[l.Role] = l.Secret
		}
		f(t, x)
	})
}

// call sends a request and returns status and body.
func (x site) call(method, path, token string, body any) (int, map[string]any) {
	x.t.Helper()
	var in io.Reader
	if body != nil {
		b, _ := json.Marshal(body)
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, x.url+path, in)
	if err != nil {
		x.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	out := map[string]any{}
	raw, _ := io.ReadAll(res.Body)
	if len(raw) > 0 && json.Unmarshal(raw, &out) != nil {
		x.t.Errorf("%s %s: not JSON: %s", method, path, raw)
	}
	return res.StatusCode, out
}

type m = map[string]any

func want(t *testing.T, what string, status int, body m, wantStatus int, code string) {
	t.Helper()
	if got, _ := body["code"].(string); status != wantStatus || got != code {
		t.Errorf("%s: %d %v, want %d %s", what, status, body, wantStatus, code)
	}
}

func TestTokens_exchangeUseRevoke(t *testing.T) {
	onBoth(t, func(t *testing.T, x site) {
		status, out := x.call("POST", "/api/v1/tokens", "", m{"link": x.links[identity.RoleClerk], "name": "扫描台"})
		token, _ := out["token"].(string)
		if status != 201 || token == "" {
			t.Fatalf("%d %v", status, out)
		}
		status2, again := x.call("POST", "/api/v1/tokens", "", m{"link": x.links[identity.RoleClerk]})
		want(t, "link again", status2, again, 409, "identity.link_used")

		status, me := x.call("GET", "/api/v1/me", token, nil)
		grants, _ := me["grants"].([]any)
		if status != 200 || me["name"] != "示例窗口员" || me["kind"] != "officer" || len(grants) != 1 {
			t.Fatalf("%d %v", status, me)
		}
		if g := grants[0].(m); g["role"] != "clerk" || g["region"] != "440000" || g["subtree"] != true {
			t.Errorf("grant %v", g)
		}
		status, anon := x.call("GET", "/api/v1/me", "", nil)
		want(t, "nobody", status, anon, 401, "authz.sign_in")
		status, bad := x.call("GET", "/api/v1/me", "made-up", nil)
		want(t, "made-up token", status, bad, 401, "identity.token")
		status, bad = x.call("GET", "/api/v1/organisations/"+identity.SampleHall, "made-up", nil)
		want(t, "made-up token at an open door", status, bad, 401, "identity.token")

		_, other := x.call("POST", "/api/v1/tokens", "", m{"link": x.links[identity.RoleResident]})
		status, no := x.call("DELETE", "/api/v1/tokens/"+out["id"].(string), other["token"].(string), nil)
		want(t, "somebody else's token", status, no, 404, "identity.no_token")
		if status, body := x.call("DELETE", "/api/v1/tokens/"+out["id"].(string), token, nil); status != 204 {
			t.Errorf("revoke: %d %v", status, body)
		}
		status, bad = x.call("GET", "/api/v1/me", token, nil)
		want(t, "revoked", status, bad, 401, "identity.token")
	})
}

func TestTokens_password(t *testing.T) {
	onBoth(t, func(t *testing.T, x site) {
		n := string(number.Fictional("449901", 800))
		if _, err := x.s.Register(t.Context(), identity.Registration{Name: "钱示例", Number: n, Phone: "14000000800", Password: "correct horse 8"}, identity.Caller{}); err != nil {
			t.Fatal(err)
		}
		status, out := x.call("POST", "/api/v1/tokens", "", m{"login": n, "password": "correct horse 8"})
		if status != 201 {
			t.Fatalf("%d %v", status, out)
		}
		status, me := x.call("GET", "/api/v1/me", out["token"].(string), nil)
		if status != 200 || me["kind"] != "person" || me["level"] != 2.0 {
			t.Errorf("%d %v", status, me)
		}
		status, out = x.call("POST", "/api/v1/tokens", "", m{"login": n, "password": "correct horse 8", "acting_for": identity.SampleCompany})
		want(t, "company without mandate", status, out, 403, "identity.not_mandated")
		status, out = x.call("POST", "/api/v1/tokens", "", m{"login": n})
		want(t, "no password", status, out, 422, "api.fields")
		status, out = x.call("POST", "/api/v1/tokens", "", m{"login": strings.Repeat("9", 4000), "password": "x"})
		want(t, "endless login", status, out, 422, "api.unprocessable_entity")
		status, out = x.call("POST", "/api/v1/tokens", "", m{"logn": n})
		want(t, "unknown member", status, out, 422, "api.unprocessable_entity")
		for range 5 {
			status, out = x.call("POST", "/api/v1/tokens", "", m{"login": n, "password": "wrong"})
			want(t, "wrong password", status, out, 401, "identity.credentials")
		}
		status, out = x.call("POST", "/api/v1/tokens", "", m{"login": n, "password": "correct horse 8"})
		want(t, "locked", status, out, 429, "identity.locked")
	})
}

func TestTokens_actingForCompany(t *testing.T) {
	onBoth(t, func(t *testing.T, x site) {
		status, out := x.call("POST", "/api/v1/tokens", "", m{"link": x.links["legal_representative"], "acting_for": identity.SampleCompany})
		if status != 201 || out["acting_for"] != identity.SampleCompany {
			t.Fatalf("%d %v", status, out)
		}
		if _, me := x.call("GET", "/api/v1/me", out["token"].(string), nil); me["acting_for"] != identity.SampleCompany || me["acting_for_name"] != "示例区虚构餐饮有限公司" {
			t.Errorf("%v", me)
		}
	})
}

func TestOrganisation_public(t *testing.T) {
	onBoth(t, func(t *testing.T, x site) {
		status, o := x.call("GET", "/api/v1/organisations/"+identity.SampleCompany, "", nil)
		if status != 200 || o["kind"] != "company" || o["region"] != identity.SampleDistrict {
			t.Errorf("%d %v", status, o)
		}
		status, o = x.call("GET", "/api/v1/organisations/123", "", nil)
		want(t, "unknown", status, o, 404, "identity.no_org")
	})
}
