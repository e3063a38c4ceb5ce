package ui

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

// Prefs are the reader's wishes for how pages look.
type Prefs struct {
	Theme   string    // "" follows the system; light, dark, hc
	Mode    string    // "" or elder (large print, large targets)
	Density string    // "" or compact, roomy: rows of tables in the dense faces
	Lang    i18n.Lang // zh-Hans or en
}

// choices lists what each wish may be; "" always means the default.
var choices = map[string][]string{
	"theme":   {"", "light", "dark", "hc"},
	"mode":    {"", "elder"},
	"density": {"", "compact", "roomy"},
	"lang":    {"", string(i18n.Chinese), string(i18n.English)},
}

type prefsKey struct{}
type backKey struct{}

// PrefsOf returns the reader's wishes.
func PrefsOf(ctx context.Context) Prefs {
	p, _ := ctx.Value(prefsKey{}).(Prefs)
	return p
}

// WithPreferences reads the reader's wishes from cookies into the context, the
// language included. A page can be shown once in another language with
// ?lang=en, so that an English link can be passed on.
func WithPreferences(bundle *i18n.Bundle, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := Prefs{Theme: wish(r, "theme"), Mode: wish(r, "mode"), Density: wish(r, "density"), Lang: i18n.Parse(wish(r, "lang"))}
		if q := r.URL.Query().Get("lang"); q != "" && r.Method == http.MethodGet {
			p.Lang = i18n.Parse(q)
		}
		ctx := context.WithValue(r.Context(), prefsKey{}, p)
		next.ServeHTTP(w, r.WithContext(i18n.With(ctx, bundle, p.Lang)))
	})
}

// wish reads one cookie and forgets values that are not offered.
func wish(r *http.Request, name string) string {
	c, err := r.Cookie("ui_" + name)
	if err != nil || !offered(name, c.Value) {
		return ""
	}
	return c.Value
}

func offered(name, value string) bool {
	for _, v := range choices[name] {
		if v == value {
			return true
		}
	}
	return false
}

// ErrNoSuchPreference refuses a wish that is not offered.
var ErrNoSuchPreference = fault.Invalid("ui.no_such_preference")

// Preferences answers POST /preferences: it keeps the wishes that were sent in
// cookies for a year and leads back to where the reader was.
func Preferences(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		return ErrNoSuchPreference.Because(err)
	}
	for name := range choices {
		values, sent := r.PostForm[name]
		if !sent {
			continue
		}
		v := values[len(values)-1]
		if !offered(name, v) {
			return ErrNoSuchPreference
		}
		c := &http.Cookie{Name: "ui_" + name, Value: v, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r)}
		if v == "" {
			c.MaxAge = -1
		}
		http.SetCookie(w, c)
	}
	http.Redirect(w, r, localPath(r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}

// localPath lets only paths of this site through, so that the form cannot
// send anybody elsewhere.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(s, "\\\n\r") {
		return "/"
	}
	q := u.Query()
	q.Del("lang") // an explicit wish outlives a passed-on link
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// backPath is where the reader is: the address itself, or for the answer to a
// post the page that held the form.
func backPath(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return localPath(r.URL.RequestURI())
	}
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		u.Scheme, u.Host, u.User = "", "", nil
		return localPath(u.String())
	}
	return "/"
}

func backOf(ctx context.Context) string {
	s, _ := ctx.Value(backKey{}).(string)
	if s == "" {
		return "/"
	}
	return s
}
