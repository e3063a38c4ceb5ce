package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"tongban/app"
	"tongban/gov/identity"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/test/node"
)

var behind = web.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}

// forwarded asks through a proxy on this machine, for somebody at from.
func forwarded(n *node.Node, r *http.Request, from string) *http.Response {
	r.RemoteAddr = "127.0.0.1:999"
	r.Header.Set("X-Forwarded-For", from)
	r.Header.Set("X-Forwarded-Proto", "https")
	w := httptest.NewRecorder()
	n.Site.ServeHTTP(w, r)
	return w.Result()
}

func wrongPassword(i int) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"login": {fmt.Sprintf("nobody%d", i)}, "password": {"wrong password"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

// Behind a proxy that is trusted one visitor's wrong passwords stop that
// visitor and nobody else; one that is not trusted speaks for itself only.
func TestProxies_visitorsAreToldApart(t *testing.T) {
	n := node.Open(t, node.Options{Set: func(o *app.Options) { o.Proxies = behind }})
	locked := i18n.T(i18n.With(t.Context(), n.Site.Words, i18n.Chinese), "fault."+identity.ErrLocked.Code)
	locked, _, _ = strings.Cut(locked, "{")
	stopped := func(i int, from string) bool {
		body, _ := io.ReadAll(forwarded(n, wrongPassword(i), from).Body)
		return strings.Contains(string(body), locked)
	}
	for i := range 60 {
		stopped(i, "192.0.2.1")
	}
	if !stopped(99, "192.0.2.1") {
		t.Fatal("60 wrong passwords stop nobody")
	}
	if stopped(99, "192.0.2.1, 203.0.113.7") {
		t.Error("another visitor is stopped too")
	}
	if !stopped(99, "203.0.113.9, 192.0.2.1") {
		t.Error("a header of one's own makes somebody else of one")
	}
}

// Cookies stay on https when the proxy says that the reader uses it.
func TestProxies_secureCookies(t *testing.T) {
	n := node.Open(t, node.Options{Set: func(o *app.Options) { o.Proxies = behind }})
	ask := func(r *http.Request) *http.Cookie {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		for _, c := range forwarded(n, r, "192.0.2.1").Cookies() {
			if strings.HasPrefix(c.Name, "ui_") {
				return c
			}
		}
		return nil
	}
	if c := ask(httptest.NewRequest(http.MethodPost, "/preferences", strings.NewReader("lang=en"))); c == nil || !c.Secure {
		t.Errorf("cookie %v", c)
	}
	session := n.SignIn(node.Clerk)
	for name, want := range map[string]int{"__Host-tongban": http.StatusOK, "tongban": http.StatusSeeOther} {
		r := httptest.NewRequest(http.MethodGet, "/account", nil)
		r.AddCookie(&http.Cookie{Name: name, Value: session})
		if s := forwarded(n, r, "192.0.2.1").StatusCode; s != want {
			t.Errorf("by https with the cookie %s: status %d", name, s)
		}
	}
}

// What is counted is for this machine, or for whoever has the token.
func TestMetrics_whoMayRead(t *testing.T) {
	open := node.Open(t, node.Options{})
	guarded := node.Open(t, node.Options{Set: func(o *app.Options) { o.MetricsToken = "a-long-secret-of-the-watchers" }})
	for name, c := range map[string]struct {
		n             *node.Node
		peer, host    string
		header, value string
		status        int
	}{
		"this machine":         {open, "127.0.0.1:5", "127.0.0.1:8080", "", "", http.StatusOK},
		"another machine":      {open, "192.0.2.1:5", "127.0.0.1:8080", "", "", http.StatusForbidden},
		"through a proxy":      {open, "127.0.0.1:5", "zwfw.example.cn", "", "", http.StatusForbidden},
		"a proxy that says so": {open, "127.0.0.1:5", "127.0.0.1:8080", "X-Forwarded-For", "192.0.2.1", http.StatusForbidden},
		"with the token":       {guarded, "192.0.2.1:5", "node:8080", "Authorization", "Bearer a-long-secret-of-the-watchers", http.StatusOK},
		"with another":         {guarded, "192.0.2.1:5", "node:8080", "Authorization", "Bearer a-long-secret-of-the-watcher", http.StatusUnauthorized},
		"without it":           {guarded, "127.0.0.1:5", "127.0.0.1:8080", "", "", http.StatusUnauthorized},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr, r.Host = c.peer, c.host
		if c.header != "" {
			r.Header.Set(c.header, c.value)
		}
		w := httptest.NewRecorder()
		c.n.Site.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Body)
		if w.Code != c.status || strings.Contains(string(body), "tongban_") != (c.status == http.StatusOK) {
			t.Errorf("%s: status %d, %d bytes", name, w.Code, len(body))
		}
	}
}

// Every kind of answer tells browsers what it may not be used for.
func TestHeaders_everyDoor(t *testing.T) {
	n := node.Open(t, node.Options{Set: func(o *app.Options) { o.Proxies = behind }})
	always := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Permissions-Policy": "camera=()", "Strict-Transport-Security": "max-age="}
	for path, more := range map[string]map[string]string{
		"/":               {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "private"},
		"/no-such-page":   {"Content-Security-Policy": "frame-ancestors 'self'"},
		"/sign-in":        {"Content-Security-Policy": "form-action 'self'", "Cache-Control": "private"},
		"/api/v1/items":   {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"},
		"/api/v1/cases":   {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"},
		"/static/app.css": {"Content-Type": "text/css"},
		"/healthz":        {"Cache-Control": "no-store"},
	} {
		got := forwarded(n, httptest.NewRequest(http.MethodGet, path, nil), "192.0.2.1").Header
		for _, want := range []map[string]string{always, more} {
			for name, value := range want {
				if !strings.Contains(got.Get(name), value) {
					t.Errorf("%s: %s is %q, want %q in it", path, name, got.Get(name), value)
				}
			}
		}
		if strings.Contains(got.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: %s", path, got.Get("Content-Security-Policy"))
		}
	}
	plain := httptest.NewRecorder()
	n.Site.ServeHTTP(plain, httptest.NewRequest(http.MethodGet, "/", nil))
	if plain.Header().Get("Strict-Transport-Security") != "" {
		t.Error("who came without https is told to use it")
	}
}
