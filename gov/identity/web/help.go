package web

import (
	"errors"
	"net/http"

	"tongban/gov/identity"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// helpView is the counter's form for somebody without a way in.
type helpView struct {
	Name, Number, Phone string
	For, Link           string // whose link was just made, and where it leads
	Problems            []ui.Problem
}

// help answers GET /counter/accounts.
func (h pages) help(w http.ResponseWriter, r *http.Request) error {
	return h.showHelp(w, r, http.StatusOK, helpView{})
}

func (h pages) showHelp(w http.ResponseWriter, r *http.Request, status int, v helpView) error {
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(r.Context(), "identity.help.title"), Lead: i18n.T(r.Context(), "identity.help.lead"),
		Face: ui.Counter, Active: "accounts", Problems: v.Problems}, helpPage(v))
}

// helpPost answers POST /counter/accounts. The answer shows the link, which is
// kept nowhere.
func (h pages) helpPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := helpView{Name: f.Get("name"), Number: f.Get("number"), Phone: f.Get("phone")}
	a, secret, err := h.HelpResident(ctx, identity.Person{Name: v.Name, Number: v.Number, Phone: v.Phone})
	if err == nil {
		return h.showHelp(w, r, http.StatusCreated, helpView{For: a.Name, Link: h.site(r) + "/sign-in/link/" + secret})
	}
	v.Problems = problemsOf(ctx, err)
	if errors.Is(err, identity.ErrNameDiffers) || errors.Is(err, identity.ErrOfficerAccount) {
		v.Problems = []ui.Problem{{Field: "name", Text: web.Words(ctx, fault.Of(err))}}
	}
	if v.Problems == nil {
		return err
	}
	return h.showHelp(w, r, http.StatusUnprocessableEntity, v)
}
