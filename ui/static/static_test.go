package static_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/ui/static"
)

func get(path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w
}

// The budgets: a phone on a weak network loads this before anything shows.
func TestSizes(t *testing.T) {
	for name, limit := range map[string]int{"app.css": 12 << 10, "app.js": 5 << 10} {
		n := len(static.Get(name).Gzip)
		t.Logf("%s: %d bytes, %d compressed, at most %d", name, len(static.Get(name).Body), n, limit)
		if n > limit {
			t.Errorf("%s is %d bytes compressed, more than %d", name, n, limit)
		}
	}
}

func TestHandler_cachesForEverAndCompresses(t *testing.T) {
	w := get(static.URL("app.css"), "Accept-Encoding", "gzip, br")
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || string(plain) != get(static.URL("app.css")).Body.String() {
		t.Errorf("the compressed sheet is another one: %v", err)
	}
	if w := get("/static/app.css"); w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("the plain address may be kept: %v", w.Header())
	}
	if w := get(static.URL("app.css"), "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("asked again: %d", w.Code)
	}
	if w := get("/static/../doc.go"); w.Code != http.StatusNotFound {
		t.Errorf("a stranger's path: %d", w.Code)
	}
}

func TestMinify(t *testing.T) {
	tests := map[string]string{
		"a { color : red ; }\n b{}":               "a{color :red}b{}",
		"/* x */ a  >  b , c { margin: 0 1px }":   "a>b,c{margin:0 1px}",
		`a::before { content: " /* no */ " }`:     `a::before{content:" /* no */ "}`,
		"a :is(b) { width: calc(1px + 2px) }":     "a :is(b){width:calc(1px + 2px)}",
		"@media (min-width: 1px) and (x) { a{} }": "@media (min-width:1px) and (x){a{}}",
	}
	for in, want := range tests {
		if got := static.Minify(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	css := string(static.Get("app.css").Body)
	if strings.Contains(css, "@theme") || strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("the sheet was not put together right")
	}
	for _, theme := range []string{"(prefers-color-scheme:dark)", "[data-theme=dark]", "(prefers-contrast:more)", "[data-theme=hc]"} {
		if !strings.Contains(css, theme) {
			t.Errorf("no %s", theme)
		}
	}
}
