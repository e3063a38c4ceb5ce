package web

import (
	"errors"
	"net/http"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// registerView is the registration form as it was filled; the password is
// never sent back.
type registerView struct {
	Name, Number, Phone string
	Next                string
	Problems            []ui.Problem
}

// register answers GET /register.
func (h pages) register(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if auth.From(r.Context()).SignedIn() {
		return web.Redirect(w, r, h.after(r, next))
	}
	return h.showRegister(w, r, http.StatusOK, registerView{Next: localPath(next)})
}

func (h pages) showRegister(w http.ResponseWriter, r *http.Request, status int, v registerView) error {
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(r.Context(), "identity.register.title"), Lead: i18n.T(r.Context(), "identity.register.lead"),
		Face: ui.Bare, Problems: v.Problems}, registerPage(v))
}

// registerPost answers POST /register.
func (h pages) registerPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := registerView{Name: f.Get("name"), Number: f.Get("number"), Phone: f.Get("phone"), Next: localPath(f.Get("next"))}
	secret, err := h.Register(ctx, identity.Registration{Name: v.Name, Number: v.Number, Phone: v.Phone, Password: f.Get("password")}, h.caller(r))
	if err == nil {
		return h.enter(w, r, secret, v.Next)
	}
	v.Problems = problemsOf(ctx, err)
	for _, known := range []error{identity.ErrRegistered, identity.ErrFactsDiffer, identity.ErrLocked} {
		if errors.Is(err, known) {
			v.Problems = []ui.Problem{{Field: "number", Text: web.Words(ctx, fault.Of(err))}}
		}
	}
	if v.Problems == nil {
		return err
	}
	return h.showRegister(w, r, http.StatusUnprocessableEntity, v)
}
