package ui

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/platform/fault"
)

// failing answers a request with the page for a fault.
func failing(t *testing.T, r *http.Request, f *fault.Fault) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	WithPreferences(bundle(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ErrorPage(w, r.WithContext(WithShell(r.Context(), Shell{Site: "示例", SignIn: "/sign-in"})), f, "7F3A22")
	})).ServeHTTP(w, r)
	return w
}

func TestErrorPage_everyKind(t *testing.T) {
	kinds := []fault.Kind{fault.KindInvalid, fault.KindUnauthenticated, fault.KindForbidden, fault.KindNotFound, fault.KindConflict, fault.KindTooMany, fault.KindUnavailable, fault.KindInternal}
	for _, k := range kinds {
		for _, lang := range []string{"zh-Hans", "en"} {
			f := (&fault.Fault{Kind: k, Code: "sample.unknown"}).Because(errors.New("SELECT secret FROM inside"))
			w := failing(t, httptest.NewRequest("GET", "/cases/1?lang="+lang, nil), f)
			html := w.Body.String()
			if w.Code < 400 || strings.Contains(html, "⟦") || strings.Contains(html, "secret") || strings.Count(html, "<h1>") != 1 || !strings.Contains(html, "7F3A22") {
				t.Errorf("%s in %s: %d\n%s", k, lang, w.Code, html)
			}
		}
	}
}

func TestErrorPage_namesPermissionAndSignIn(t *testing.T) {
	html := failing(t, httptest.NewRequest("GET", "/x", nil), fault.Forbidden("authz.forbidden").With("permission", "casework.decide")).Body.String()
	if !strings.Contains(html, "casework.decide") {
		t.Error("nobody learns which permission is needed")
	}
	html = failing(t, httptest.NewRequest("GET", "/my/cases?open=1", nil), fault.Unauthenticated("authz.sign_in")).Body.String()
	if !strings.Contains(html, `/sign-in?next=%2Fmy%2Fcases%3Fopen%3D1`) {
		t.Error("signing in does not lead back")
	}
}

// Where the fault's own words name the permission, the page does not again.
func TestErrorPage_namesPermissionOnce(t *testing.T) {
	b := bundle(t)
	if err := b.Add(fstest.MapFS{"strings/zh-Hans.json": {Data: []byte(`{"fault.sample.forbidden": "需要的权限：{permission}"}`)},
		"strings/en.json": {Data: []byte(`{"fault.sample.forbidden": "needs {permission}"}`)}}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	WithPreferences(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ErrorPage(w, r.WithContext(WithShell(r.Context(), Shell{Site: "示例"})), fault.Forbidden("sample.forbidden").With("permission", "casework.decide"), "7F3A22")
	})).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if n := strings.Count(w.Body.String(), "casework.decide"); n != 1 {
		t.Errorf("the permission is named %d times:\n%s", n, w.Body)
	}
}

func post(path string, v url.Values) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	return r
}

func TestErrorPage_keepsWhatWasEntered(t *testing.T) {
	entered := url.Values{"reason": {`因为"店面"要改 <b>一下</b>`}, "case": {"1"}}
	html := failing(t, post("/cases/1/decide?x=1", entered), fault.Internal("db.gone")).Body.String()
	for _, want := range []string{`action="/cases/1/decide?x=1"`, `name="reason" value="因为&#34;店面&#34;要改 &lt;b&gt;一下&lt;/b&gt;"`, `name="case" value="1"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in\n%s", want, html)
		}
	}
	html = failing(t, post("/cases/1/decide", entered), fault.Conflict("casework.already_decided")).Body.String()
	if strings.Contains(html, `action="/cases/1/decide"`) || !strings.Contains(html, "店面") {
		t.Error("a stale decision can be sent again, or its words are lost")
	}
	html = failing(t, post("/sign-in", url.Values{"login": {"13800000000"}, "password": {"correct horse battery"}}), fault.Unavailable("db.gone")).Body.String()
	if strings.Contains(html, "correct horse") {
		t.Error("a password came back in a page")
	}
}
