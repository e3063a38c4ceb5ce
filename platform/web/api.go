package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/once"
)

// API routes the JSON interface. Its description is served at
// /api/openapi.json.
type API struct {
	huma       huma.API
	mux        *http.ServeMux
	log        *slog.Logger
	operations []Operation
}

// Operation is one row of the API's route table.
type Operation struct {
	ID      string // "search-items"
	Method  string
	Path    string // "/api/v1/items/{region}/{code}"
	Summary string
	Tag     string // the capability
	May     authz.Permission
	Status  int    // of success; 0 means 200
	MaxBody int64  // bytes; 0 means 2 MiB
	Repeat  string // of a command that takes no Idempotency-Key: why a repeat of it does no harm
	handler string // the function that does it, by its full name
}

// Command tells whether the operation changes something.
func (o Operation) Command() bool { return o.Method != http.MethodGet && o.Method != http.MethodHead }

// Keyed tells whether the operation takes an Idempotency-Key.
func (o Operation) Keyed() bool { return o.Command() && o.Repeat == "" }

// Handler is the full name of the function that does the operation, as
// package runtime writes it; tests look at what it calls.
func (o Operation) Handler() string { return o.handler }

// NewAPI returns an API without operations.
func NewAPI(title, version string, log *slog.Logger) *API {
	mux := http.NewServeMux()
	cfg := huma.DefaultConfig(title, version)
	cfg.OpenAPIPath = "/api/openapi"
	cfg.DocsPath = ""
	cfg.SchemasPath = "/api/schemas"
	cfg.CreateHooks = nil // no $schema links in bodies
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	a := &API{mux: mux, log: log}
	a.huma = humago.New(mux, cfg)
	mux.HandleFunc("/api/", a.unknown)
	return a
}

// turnAway answers a request that reaches no operation.
func turnAway(w http.ResponseWriter, r *http.Request, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: i18n.T(r.Context(), "fault."+code)})
}

// Operations returns every row that was registered; tests walk it.
func (a *API) Operations() []Operation { return a.operations }

// Register adds an operation whose input and output are plain structs in
// huma's style (path, query and header tags, Body field).
func Register[I, O any](a *API, op Operation, f func(context.Context, *I) (*O, error)) {
	if op.May.Name == "" {
		panic("web: no permission on " + op.ID)
	}
	op.handler = runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	a.operations = append(a.operations, op)
	h := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, Tags: []string{op.Tag}, DefaultStatus: op.Status,
		Description: "Permission: " + op.May.Name + " — " + op.May.Why + ".", MaxBodyBytes: 2 << 20,
		BodyReadTimeout: -1} // Patience bounds it, by progress and not by the clock
	if op.MaxBody > 0 {
		h.MaxBodyBytes = op.MaxBody
	}
	if op.May != authz.Anyone {
		h.Security = []map[string][]string{{"token": {}}}
	}
	h.Middlewares = huma.Middlewares{a.door(op.May)}
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(once.During(ctx, op.ID), in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
	if op.Keyed() {
		a.describeKey(op)
	}
}

// door stops whoever lacks the permission before the body is read: a stranger
// learns nothing about what an operation expects, and uploads nothing.
func (a *API) door(may authz.Permission) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		err := authz.Door(c.Context(), may)
		if err == nil {
			next(c)
			return
		}
		p := a.problem(c.Context(), err)
		c.SetHeader("Content-Type", p.ContentType(""))
		c.SetStatus(p.Status)
		if err := json.NewEncoder(c.BodyWriter()).Encode(p); err != nil {
			a.log.Debug("api", "request", RequestID(c.Context()), "error", err) // the caller is gone
		}
	}
}

// Problem is an error as RFC 9457 has it, with our stable code.
type Problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Code   string    `json:"code"`
	Detail string    `json:"detail,omitempty"`
	Errors []*Misfit `json:"errors,omitempty"`
}

// Misfit is one place of a request that cannot be used.
type Misfit struct {
	Location string `json:"location,omitempty" doc:"body.…, path.… or query.…"`
	Message  string `json:"message" doc:"What to do, in the reader's language"`
	Code     string `json:"code,omitempty" doc:"Stable name of what is wrong"`
	Value    any    `json:"value,omitempty" doc:"What was sent, where it is known"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return schemaProblem(context.Background(), status, msg, errs)
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return schemaProblem(c.Context(), status, msg, errs)
	}
}

// FieldProblems is an error that names fields; a service returns it for input
// that cannot be used.
type FieldProblems interface {
	error
	// Each calls f with every field's path and the key and values of its text.
	Each(f func(field, code string, pairs []any))
}

func (a *API) problem(ctx context.Context, err error) *Problem {
	f := fault.Of(err)
	p := &Problem{Type: "about:blank", Title: http.StatusText(Status(f.Kind)), Status: Status(f.Kind), Code: f.Code, Detail: Words(ctx, f)}
	var fields FieldProblems
	if asFields(err, &fields) {
		p.Status, p.Title = http.StatusUnprocessableEntity, http.StatusText(http.StatusUnprocessableEntity)
		p.Code, p.Detail = "api.fields", i18n.T(ctx, "web.fields")
		fields.Each(func(field, code string, pairs []any) {
			p.Errors = append(p.Errors, &Misfit{Location: "body." + field, Message: i18n.T(ctx, code, pairs...), Code: strings.TrimPrefix(code, "fault.")})
		})
		return p
	}
	if name, ok := f.Details["parameter"].(string); ok {
		p.Errors = append(p.Errors, &Misfit{Location: "query." + name, Message: p.Detail, Code: f.Code})
	}
	if f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		a.log.Error("api", "request", RequestID(ctx), "code", f.Code, "error", err)
	}
	return p
}

// Words are the reader's words for a fault: the text of key "fault.<code>".
func Words(ctx context.Context, f *fault.Fault) string {
	pairs := make([]any, 0, 2*len(f.Details))
	for k, v := range f.Details {
		switch x := v.(type) {
		case time.Time:
			v = i18n.DateTime(ctx, x)
		case []string:
			comma := "、"
			if i18n.Of(ctx) == i18n.English {
				comma = ", "
			}
			v = strings.Join(x, comma)
		}
		if own, ok := v.(interface{ In(context.Context) string }); ok { // it has its words in each language
			v = own.In(ctx)
		}
		pairs = append(pairs, k, v)
	}
	text := i18n.T(ctx, "fault."+f.Code, pairs...)
	if strings.Contains(text, "{") { // a value is not known this time: say it without
		if plain := i18n.T(ctx, "fault."+f.Code+".plain", pairs...); !strings.HasPrefix(plain, "⟦") {
			return plain
		}
	}
	return text
}

// ServeHTTP implements http.Handler. The API takes no cookies and no form
// bodies, so a browser cannot be tricked into using it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" || kind == "text/plain" {
		turnAway(w, r, http.StatusUnsupportedMediaType, "api.form_body")
		return
	}
	w.Header().Set("Cache-Control", "no-store") // answers may hold what only this caller may see
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	ctx := r.Context()
	if k := r.Header.Get(keyHeader); k != "" {
		ctx = once.With(ctx, k)
	}
	inner := r.WithContext(ctx)
	a.mux.ServeHTTP(w, inner)
	r.Pattern = inner.Pattern // for who counts requests by route
}
