package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What reaches no operation is a problem as RFC 9457 has it, too.
func TestAPI_turnsAwayWithAProblem(t *testing.T) {
	api := NewAPI("test", "0", slog.New(slog.DiscardHandler))
	for path, want := range map[string]struct {
		kind, code string
		status     int
	}{
		"/api/v1/drafts": {"application/x-www-form-urlencoded", "api.form_body", http.StatusUnsupportedMediaType},
		"/api/v1/cases":  {"text/plain", "api.form_body", http.StatusUnsupportedMediaType},
		"/api/v1/none":   {"application/json", "api.no_operation", http.StatusNotFound},
	} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("a=1"))
		r.Header.Set("Content-Type", want.kind)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code != want.status || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), `"code":"`+want.code+`"`) || !strings.Contains(w.Body.String(), `"detail":"`) {
			t.Errorf("%s: %d %s %s", path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
	}
}
