package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/web"
)

type addressKey struct{}

// Address is the network address of the request, as Tokens noted it.
func Address(ctx context.Context) string {
	s, _ := ctx.Value(addressKey{}).(string)
	return s
}

// Tokens makes the owner of the bearer token the caller. A request without a
// token stays anonymous; one with a token that does not work is refused here,
// so that nobody takes an anonymous answer for his own.
func Tokens(s *identity.Service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), addressKey{}, web.Address(r))
		if header := r.Header.Get("Authorization"); header != "" {
			scheme, token, _ := strings.Cut(header, " ")
			if !strings.EqualFold(scheme, "Bearer") {
				token = ""
			}
			p, err := s.AuthenticateToken(ctx, strings.TrimSpace(token))
			if err != nil {
				refuse(ctx, w, fault.Of(err))
				return
			}
			ctx = auth.With(ctx, p)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// refuse answers in the same form as the operations do.
func refuse(ctx context.Context, w http.ResponseWriter, f *fault.Fault) {
	status := web.Status(f.Kind)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(web.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: f.Code, Detail: web.Words(ctx, f)})
}
