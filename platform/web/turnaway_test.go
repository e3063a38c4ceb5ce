package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"tongban/platform/authz"
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

// A path that is there for other methods names them.
func TestAPI_namesTheMethodsOfAPath(t *testing.T) {
	api := NewAPI("test", "0", slog.New(slog.DiscardHandler))
	Register(api, Operation{ID: "get-thing", Method: http.MethodGet, Path: "/api/v1/things/{id}", May: authz.Anyone}, nothing)
	Register(api, Operation{ID: "put-thing", Method: http.MethodPut, Path: "/api/v1/things/{id}", May: authz.Anyone}, nothing)
	for path, want := range map[string]struct {
		status      int
		allow, code string
	}{
		"/api/v1/things/7": {http.StatusMethodNotAllowed, "GET, HEAD, PUT", "api.no_method"},
		"/api/v1/things":   {http.StatusNotFound, "", "api.no_operation"},
	} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest(http.MethodDelete, path, nil))
		if w.Code != want.status || w.Header().Get("Allow") != want.allow || !strings.Contains(w.Body.String(), `"code":"`+want.code+`"`) {
			t.Errorf("%s: %d %q %s", path, w.Code, w.Header().Get("Allow"), w.Body)
		}
	}
}

func nothing(context.Context, *struct {
	ID string `path:"id"`
}) (*struct{}, error) {
	return nil, nil
}

// The description of a command says what its key does; what changes nothing, or
// argues that its repeat does no harm, takes none.
func TestAPI_describesTheKey(t *testing.T) {
	api := NewAPI("test", "0", slog.New(slog.DiscardHandler))
	Register(api, Operation{ID: "a", Method: http.MethodGet, Path: "/api/v1/things/{id}", May: authz.Anyone}, nothing)
	Register(api, Operation{ID: "b", Method: http.MethodPost, Path: "/api/v1/things/{id}", May: authz.Anyone}, nothing)
	Register(api, Operation{ID: "c", Method: http.MethodDelete, Path: "/api/v1/things/{id}", May: authz.Anyone, Repeat: "gone is gone"}, nothing)
	path := api.huma.OpenAPI().Paths["/api/v1/things/{id}"]
	for _, c := range []struct {
		op   *huma.Operation
		want bool
	}{{path.Get, false}, {path.Post, true}, {path.Delete, false}} {
		var key bool
		for _, p := range c.op.Parameters {
			key = key || p.Name == "Idempotency-Key" && p.In == "header" && strings.Contains(p.Description, "once.key_reused")
		}
		if key != c.want || (c.op.Responses["409"] != nil) != c.want || c.op.Responses["default"] == nil {
			t.Errorf("%s: %v, want %v; %v", c.op.OperationID, key, c.want, c.op.Responses)
		}
	}
}

// A field's error names what is wrong in a member of its own.
func TestAPI_codesOfFields(t *testing.T) {
	p := NewAPI("test", "0", slog.New(slog.DiscardHandler)).problem(t.Context(), oneField{})
	if len(p.Errors) != 1 || p.Errors[0].Code != "things.empty" || p.Errors[0].Value != nil || p.Errors[0].Location != "body.name" || p.Status != http.StatusUnprocessableEntity {
		t.Errorf("%+v", p.Errors[0])
	}
}

type oneField struct{}

func (oneField) Error() string                                { return "a field" }
func (oneField) Each(f func(field, code string, pairs []any)) { f("name", "fault.things.empty", nil) }
