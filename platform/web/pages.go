package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// Pages routes HTML pages.
type Pages struct {
	Log  *slog.Logger
	Fail func(w http.ResponseWriter, r *http.Request, f *fault.Fault, request string) // shows the error page

	mux    *http.ServeMux
	routes []Route
}

// NewPages returns a router without routes.
func NewPages(log *slog.Logger, fail func(http.ResponseWriter, *http.Request, *fault.Fault, string)) *Pages {
	p := &Pages{Log: log, Fail: fail, mux: http.NewServeMux()}
	p.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p.fail(w, r, fault.NotFound("web.no_page"))
	})
	return p
}

// Add registers a route table. A row without a permission is a programming
// error and panics.
func (p *Pages) Add(routes ...Route) {
	for _, rt := range routes {
		if rt.May.Name == "" {
			panic("web: no permission on " + rt.Pattern)
		}
		p.routes = append(p.routes, rt)
		p.mux.HandleFunc(rt.Pattern, func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, rt) })
	}
}

// Routes returns every row that was added; tests walk it.
func (p *Pages) Routes() []Route { return p.routes }

func (p *Pages) serve(w http.ResponseWriter, r *http.Request, rt Route) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			p.fail(w, r, fault.Internal("web.panic").Because(fmt.Errorf("%v\n%s", v, debug.Stack())))
		}
	}()
	if err := authz.Door(r.Context(), rt.May); err != nil {
		p.fail(w, r, fault.Of(err))
		return
	}
	if err := rt.Do(w, r); err != nil {
		if errors.Is(err, ErrTooSlow) {
			err = ErrTooSlow.Because(err) // whatever the page makes of half a form
		}
		p.fail(w, r, fault.Of(err))
	}
}

func (p *Pages) fail(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	logFault(p.Log, r, f)
	p.Fail(w, r, f, RequestID(r.Context()))
}

func logFault(log *slog.Logger, r *http.Request, f *fault.Fault) {
	level := slog.LevelInfo
	if f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		level = slog.LevelError
	}
	log.Log(r.Context(), level, "refused", "request", RequestID(r.Context()), "path", r.URL.Path, "code", f.Code, "error", f.Error())
}

// ServeHTTP implements http.Handler. Cross-origin posts are refused by the
// browser's own statement of origin, so no token is needed in forms.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.fail(w, r, fault.Forbidden("web.cross_origin"))
	}))
	guard.Handler(p.mux).ServeHTTP(w, r)
}

// Status is the HTTP status of a kind of fault.
func Status(k fault.Kind) int {
	switch k {
	case fault.KindInvalid:
		return http.StatusUnprocessableEntity
	case fault.KindUnauthenticated:
		return http.StatusUnauthorized
	case fault.KindForbidden:
		return http.StatusForbidden
	case fault.KindNotFound:
		return http.StatusNotFound
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindTooMany:
		return http.StatusTooManyRequests
	case fault.KindUnavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

type requestKey struct{}

// RequestID names the request in logs and on error pages.
func RequestID(ctx context.Context) string {
	s, _ := ctx.Value(requestKey{}).(string)
	return s
}

// Trace gives every request an id and writes one access line for it.
func Trace(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := clock.Start()
		request := id.Secret(5)
		w.Header().Set("X-Request-Id", request)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "same-origin")
		w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
		w.Header().Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if Secure(r) { // who came by https comes by https again
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), requestKey{}, request)))
		log.Debug("request", "request", request, "method", r.Method, "path", r.URL.Path, "status", rec.status, "ms", clock.Elapsed(start).Milliseconds())
	})
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) { r.status = status; r.ResponseWriter.WriteHeader(status) }

// Unwrap lets http.ResponseController reach the real writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
