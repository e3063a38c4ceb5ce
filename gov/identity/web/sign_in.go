package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// signInView is what the sign-in page shows.
type signInView struct {
	Login    string
	Next     string // local path, "" for none
	Ended    bool   // the last session ended because nobody used it
	Problems []ui.Problem
}

// signIn answers GET /sign-in.
func (h pages) signIn(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if auth.From(r.Context()).SignedIn() {
		return web.Redirect(w, r, h.after(r, q.Get("next")))
	}
	return h.showSignIn(w, r, http.StatusOK, signInView{Next: localPath(q.Get("next")), Ended: q.Get("ended") == "idle"})
}

func (h pages) showSignIn(w http.ResponseWriter, r *http.Request, status int, v signInView) error {
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(r.Context(), "identity.sign_in.title"), Face: ui.Bare, Problems: v.Problems}, signInPage(v))
}

// signInPost answers POST /sign-in.
func (h pages) signInPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := signInView{Login: f.Get("login"), Next: localPath(f.Get("next"))}
	var found identity.Problems
	if v.Login == "" {
		found = append(found, identity.Problem{Field: "login", Code: "identity.sign_in.login_empty"})
	}
	if f.Get("password") == "" {
		found = append(found, identity.Problem{Field: "password", Code: "identity.sign_in.password_empty"})
	}
	if len(found) == 0 {
		secret, err := h.SignIn(ctx, v.Login, f.Get("password"), h.caller(r))
		if err == nil {
			return h.enter(w, r, secret, v.Next)
		}
		if !errors.Is(err, identity.ErrCredentials) && !errors.Is(err, identity.ErrLocked) {
			return err
		}
		v.Problems = []ui.Problem{{Field: "login", Text: web.Words(ctx, fault.Of(err))}}
	} else {
		v.Problems = ui.ProblemsOf(ctx, found)
	}
	return h.showSignIn(w, r, http.StatusUnprocessableEntity, v)
}

// enter gives the browser its session, ends the one it had, and goes on.
func (h pages) enter(w http.ResponseWriter, r *http.Request, secret, next string) error {
	if auth.From(r.Context()).SignedIn() {
		if err := h.SignOut(r.Context()); err != nil && !errors.Is(err, identity.ErrNoSession) {
			return err
		}
	}
	h.d.setCookie(w, r, secret)
	p, err := h.Authenticate(r.Context(), secret)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, h.after(r.WithContext(auth.With(r.Context(), p)), next))
}

// linkView is what the page of a one-time link shows.
type linkView struct {
	Name   string // whose link it is
	Secret string
	Next   string
	Fault  string // why the link does not work, "" when it does
}

// link answers GET /sign-in/link/{secret}. It only asks: programs that look at
// links in messages must not use them up.
func (h pages) link(w http.ResponseWriter, r *http.Request) error {
	v := linkView{Secret: r.PathValue("secret"), Next: localPath(r.URL.Query().Get("next"))}
	a, err := h.LinkOwner(r.Context(), v.Secret)
	if err != nil {
		return h.showBadLink(w, r, v, err)
	}
	v.Name = a.Name
	return h.showLink(w, r, http.StatusOK, v)
}

func (h pages) showLink(w http.ResponseWriter, r *http.Request, status int, v linkView) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a secret
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(r.Context(), "identity.link.title"), Face: ui.Bare}, linkPage(v))
}

// showBadLink explains a link that does not work, without its secret.
func (h pages) showBadLink(w http.ResponseWriter, r *http.Request, v linkView, err error) error {
	if !errors.Is(err, identity.ErrLink) && !errors.Is(err, identity.ErrLinkUsed) && !errors.Is(err, identity.ErrLinkExpired) && !errors.Is(err, identity.ErrNoAccount) {
		return err
	}
	f := fault.Of(err)
	v.Secret, v.Fault = "", web.Words(r.Context(), f)
	return h.showLink(w, r, web.Status(f.Kind), v)
}

// linkPost answers POST /sign-in/link/{secret}: it uses the link up.
func (h pages) linkPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	v := linkView{Secret: r.PathValue("secret"), Next: localPath(r.PostForm.Get("next"))}
	secret, err := h.SignInByLink(r.Context(), v.Secret, h.caller(r))
	if err != nil {
		return h.showBadLink(w, r, v, err)
	}
	return h.enter(w, r, secret, v.Next)
}

// signOut answers POST /sign-out.
func (h pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if auth.From(r.Context()).SignedIn() {
		if err := h.SignOut(r.Context()); err != nil && !errors.Is(err, identity.ErrNoSession) {
			return err
		}
	}
	h.d.setCookie(w, r, "")
	return web.Redirect(w, r, "/")
}

// withNext adds the step to come back to.
func withNext(path, next string) string {
	if next == "" {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

// problemsOf returns what to show at the fields, or nil when err is about
// something else.
func problemsOf(ctx context.Context, err error) []ui.Problem {
	var fields identity.Problems
	if !errors.As(err, &fields) {
		return nil
	}
	return ui.ProblemsOf(ctx, fields)
}
