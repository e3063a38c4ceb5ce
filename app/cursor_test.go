package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/gov/identity"
	"tongban/platform/web"
	"tongban/test/node"
)

// garbage are places in lists that nobody was given.
var garbage = []string{"garbage", "case_", "a.b", "case_00000000000000000000000000.", "0.task_x", "0.", "zzzz.task_00000000000000000000000000x", "' OR 1=1", "aud_1"}

// listing finds the operations that page: those whose description names after.
func listing(t *testing.T, n *node.Node) []web.Operation { return taking(t, n, "after") }

// taking finds the operations that have a parameter in the query.
func taking(t *testing.T, n *node.Node, name string) []web.Operation {
	t.Helper()
	w := httptest.NewRecorder()
	n.Site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/openapi.json", nil))
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	var out []web.Operation
	for _, op := range n.Site.API.Operations() {
		for _, p := range doc.Paths[op.Path][strings.ToLower(op.Method)].Parameters {
			if p.Name == name && p.In == "query" {
				out = append(out, op)
			}
		}
	}
	return out
}

// A place in a list that was not given out is refused by name, in every list of
// the API.
func TestAPI_everyListRefusesAStrangePlace(t *testing.T) {
	n := node.Open(t, node.Options{})
	ops := listing(t, n)
	if len(ops) < 3 {
		t.Fatalf("only %d lists", len(ops))
	}
	for _, op := range ops {
		for _, after := range garbage {
			status, body := http.StatusForbidden, ""
			for _, who := range actors { // whoever may come in
				r := httptest.NewRequest(op.Method, filled(op.Path), nil)
				r.URL.RawQuery = "region=" + node.Top + "&after=" + strings.NewReplacer(" ", "%20", "'", "%27", "=", "%3D").Replace(after)
				if who != "" {
					r.Header.Set("Authorization", "Bearer "+n.Token(who))
				}
				if a := ask(n, r); a.status != http.StatusForbidden && a.status != http.StatusUnauthorized {
					status, body = a.status, a.body
					break
				}
			}
			var p web.Problem
			if json.Unmarshal([]byte(body), &p); status != http.StatusUnprocessableEntity || len(p.Errors) != 1 || p.Errors[0].Location != "query.after" || p.Errors[0].Message == "" {
				t.Errorf("%s after=%s: %d %s", op.ID, after, status, body)
			}
		}
	}
}

// Pages say so too, rather than showing the beginning again.
// A division that does not exist is refused by the name of its parameter, in
// every list that is narrowed to one; an empty list would say that it has none.
func TestAPI_everyListRefusesAnUnknownRegion(t *testing.T) {
	n := node.Open(t, node.Options{})
	ops := taking(t, n, "region")
	if len(ops) < 4 {
		t.Fatalf("only %d lists", len(ops))
	}
	for _, op := range ops {
		more := ""
		if op.Path == "/api/v1/material-share" {
			more = "&from=2026-09-01&to=2026-09-30"
		}
		for _, code := range []string{"999999", "440199"} {
			status, body := http.StatusForbidden, ""
			for _, who := range actors {
				r := httptest.NewRequest(op.Method, filled(op.Path)+"?region="+code+more, nil)
				if who != "" {
					r.Header.Set("Authorization", "Bearer "+n.Token(who))
				}
				if a := ask(n, r); a.status != http.StatusForbidden && a.status != http.StatusUnauthorized {
					status, body = a.status, a.body
				}
			}
			if status != http.StatusUnprocessableEntity || !strings.Contains(body, `"query.region"`) || !strings.Contains(body, code) {
				t.Errorf("%s %s: %d %s", op.Method, op.Path, status, body)
			}
		}
		for _, who := range []string{"示例监察员", node.Clerk} {
			r := httptest.NewRequest(op.Method, filled(op.Path)+"?region="+node.District+more, nil)
			r.Header.Set("Authorization", "Bearer "+n.Token(who))
			if a := ask(n, r); a.status == http.StatusUnprocessableEntity {
				t.Errorf("%s %s: the district is unknown: %s", op.Method, op.Path, a.body)
			}
		}
	}
}

func TestAPI_draftInAnUnknownRegion(t *testing.T) {
	n := node.Open(t, node.Options{})
	r := httptest.NewRequest(http.MethodPost, "/api/v1/drafts", strings.NewReader(`{"region":"999999","item":"`+node.Restaurant+`"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+n.Token(node.Resident))
	if a := ask(n, r); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `"body.region"`) || !strings.Contains(a.body, "999999") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestPages_unknownRegion(t *testing.T) {
	n := node.Open(t, node.Options{})
	for _, path := range []string{"/oversight/cards?region=999999"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: node.Cookie, Value: n.SignIn("示例监察员")})
		if a := ask(n, r); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "999999") {
			t.Errorf("%s: %d %.300s", path, a.status, a.body)
		}
	}
}

func TestPages_strangePlace(t *testing.T) {
	n := node.Open(t, node.Options{})
	for path, who := range map[string]string{"/my": node.Resident, "/work": node.Examiner, "/counter/cases": node.Clerk, "/counter/acceptance": node.Clerk, "/items": "",
		"/oversight/cards": actors[identity.RoleSupervisor], "/oversight/record": actors[identity.RoleAuditor]} {
		for _, after := range []string{"garbage", "0.x"} {
			a := page(n, http.MethodGet, path+"?after="+after, signIn(n, who))
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "从第一页重新开始") {
				t.Errorf("%s?after=%s: status %d", path, after, a.status)
			}
		}
	}
}
