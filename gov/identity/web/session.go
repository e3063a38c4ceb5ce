package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/web"
)

// cookieName names the session cookie. The prefix makes browsers refuse one
// that was set without Secure or for another path.
func (d Deps) cookieName(r *http.Request) string {
	if d.secure(r) {
		return "__Host-tongban"
	}
	return "tongban"
}

// secure tells whether the reader is reached by https: the site always is, or a
// proxy that is trusted says so of this request.
func (d Deps) secure(r *http.Request) bool { return d.Secure || web.Secure(r) }

func (d Deps) setCookie(w http.ResponseWriter, r *http.Request, secret string) {
	c := &http.Cookie{Name: d.cookieName(r), Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: d.secure(r)}
	if secret == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c) // no expiry: hall computers are shared, it ends with the browser
}

type endedKey struct{}

// Sessions makes the owner of the session cookie the caller. A session that is
// over leaves the caller anonymous and drops the cookie; when sessions cannot
// be checked the request fails rather than going on as nobody.
func Sessions(d Deps, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie(d.cookieName(r))
		if err != nil || c.Value == "" {
			next.ServeHTTP(w, r)
			return
		}
		p, err := d.Identity.Authenticate(r.Context(), c.Value)
		ctx := r.Context()
		switch {
		case err == nil:
			ctx = auth.With(ctx, p)
		case fault.IsKind(err, fault.KindUnauthenticated):
			d.setCookie(w, r, "")
			ctx = context.WithValue(ctx, endedKey{}, fault.Of(err))
		default:
			if d.Fail == nil {
				http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
				return
			}
			d.Fail(w, r, fault.Of(err))
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// SignInURL is the sign-in page that leads back to this step afterwards: to
// the page itself, or for a post to the page that held the form.
func SignInURL(r *http.Request) string {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = "/"
		if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
			u.Scheme, u.Host, u.User = "", "", nil
			next = u.String()
		}
	}
	q := url.Values{}
	if next = localPath(next); next != "" {
		q.Set("next", next)
	}
	if f, ok := r.Context().Value(endedKey{}).(*fault.Fault); ok && f.Code == identity.ErrSessionIdle.Code {
		q.Set("ended", "idle")
	}
	if len(q) == 0 {
		return "/sign-in"
	}
	return "/sign-in?" + q.Encode()
}

// localPath returns s when it is a path of this site that may be gone to after
// signing in, otherwise "".
func localPath(s string) string {
	if len(s) > 2000 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(s, "//") {
		return ""
	}
	for _, no := range []string{"/sign-in", "/sign-out", "/register"} {
		if u.Path == no || strings.HasPrefix(u.Path, no+"/") {
			return ""
		}
	}
	return u.RequestURI()
}

// after is where to go when signed in: the step that asked for it, else home.
func (h pages) after(r *http.Request, next string) string {
	if next = localPath(next); next != "" && next != "/" {
		return next
	}
	if h.d.Home != nil {
		return h.d.Home(r)
	}
	return "/"
}

// device says in a few words what the browser is, for its owner to recognise it.
func device(agent string) string {
	pick := func(names ...string) string {
		for i := 0; i < len(names); i += 2 {
			if strings.Contains(agent, names[i]) {
				return names[i+1]
			}
		}
		return ""
	}
	browser := pick("MicroMessenger", "WeChat", "Edg", "Edge", "Firefox", "Firefox", "Chrome", "Chrome", "Safari", "Safari", "curl", "curl")
	system := pick("HarmonyOS", "HarmonyOS", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	return strings.Trim(browser+" · "+system, " ·")
}
