package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Text gets shorter for whoever accepts it; everything else stays as it is.
func TestCompress(t *testing.T) {
	long := strings.Repeat("您想办什么事？", 500)
	serve := func(kind, accept string, status int) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			if status != http.StatusNoContent {
				io.WriteString(w, long)
			}
		})).ServeHTTP(w, r)
		return w
	}
	w := serve("text/html; charset=utf-8", "gzip, br", http.StatusUnprocessableEntity)
	if w.Code != http.StatusUnprocessableEntity || w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > len(long)/10 || w.Header().Get("Vary") == "" {
		t.Errorf("status %d, %v, %d bytes", w.Code, w.Header(), w.Body.Len())
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != long {
		t.Errorf("%d bytes came out again: %v", len(body), err)
	}
	for _, c := range []struct {
		kind, accept string
		status       int
	}{{"text/html", "", 200}, {"application/pdf", "gzip", 200}, {"text/html", "gzip", 204}} {
		if w := serve(c.kind, c.accept, c.status); w.Header().Get("Content-Encoding") != "" || c.status == 200 && w.Body.String() != long {
			t.Errorf("%+v: %v", c, w.Header())
		}
	}
}
