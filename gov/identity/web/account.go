package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// accountView is what the account page shows.
type accountView struct {
	Caller      auth.Principal
	Account     identity.Account
	Person      identity.Person // zero when the account stands for nobody in particular
	Number      string          // masked
	Phone       string          // masked
	Posts       []identity.Post // at most maxPosts
	MorePosts   int
	Companies   []identity.Org
	Sessions    []identity.Session
	Tokens      []identity.Token
	TokenName   string // as entered, when it was refused
	NewToken    string // the secret of the token that was just made; shown once
	NewTokenFor string
	Problems    []ui.Problem
}

// maxPosts bounds the list of posts; some sample officers hold hundreds.
const maxPosts = 30

// account answers GET /account.
func (h pages) account(w http.ResponseWriter, r *http.Request) error {
	return h.showAccount(w, r, http.StatusOK, accountView{})
}

func (h pages) showAccount(w http.ResponseWriter, r *http.Request, status int, v accountView) (err error) {
	ctx := r.Context()
	v.Caller = auth.From(ctx)
	if v.Account, v.Posts, err = h.OfficerPosts(ctx, v.Caller.ID); err != nil {
		return err
	}
	if n := len(v.Posts); n > maxPosts {
		v.Posts, v.MorePosts = v.Posts[:maxPosts], n-maxPosts
	}
	if v.Caller.Person != "" {
		if v.Person, err = h.Me(ctx); err != nil {
			return err
		}
		v.Number = number.Resident(v.Person.Number).Masked()
		if len(v.Person.Phone) == 11 {
			v.Phone = number.Phone(v.Person.Phone).Masked()
		}
	}
	if v.Companies, err = h.OrgsOf(ctx, v.Caller.Person); err != nil {
		return err
	}
	if v.Sessions, err = h.Sessions(ctx); err != nil {
		return err
	}
	if v.Tokens, err = h.Tokens(ctx); err != nil {
		return err
	}
	face := ui.Portal
	if v.Caller.Kind == auth.KindOfficer {
		face = ui.Workbench
	}
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(ctx, "identity.account.title"), Face: face, Active: "account", Problems: v.Problems}, accountPage(v))
}

// actFor answers POST /account/act-for.
func (h pages) actFor(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	if err := h.ActFor(r.Context(), r.PostForm.Get("org")); err != nil {
		return err
	}
	next := localPath(r.PostForm.Get("next"))
	if next == "" {
		next = "/account"
	}
	return web.Redirect(w, r, next)
}

// endSession answers POST /account/sessions/{id}/end.
func (h pages) endSession(w http.ResponseWriter, r *http.Request) error {
	if err := h.EndSession(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	if r.PathValue("id") == auth.From(r.Context()).Session {
		h.d.setCookie(w, r, "")
		return web.Redirect(w, r, "/")
	}
	return web.Redirect(w, r, "/account#sessions")
}

// endOthers answers POST /account/sessions/end-others.
func (h pages) endOthers(w http.ResponseWriter, r *http.Request) error {
	if err := h.EndOtherSessions(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/account#sessions")
}

// newToken answers POST /account/tokens. The answer is the page itself and not
// a redirect, because the secret is shown once and kept nowhere.
func (h pages) newToken(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	v := accountView{TokenName: r.PostForm.Get("name")}
	days, err := strconv.Atoi(r.PostForm.Get("days"))
	if err != nil || days < 0 || days > 3650 {
		days = 3650 // more than any limit: the service says what the limit is
	}
	t, secret, err := h.NewToken(r.Context(), v.TokenName, time.Duration(days)*24*time.Hour)
	if err != nil {
		if v.Problems = problemsOf(r.Context(), err); v.Problems == nil {
			return err
		}
		return h.showAccount(w, r, http.StatusUnprocessableEntity, v)
	}
	v.NewToken, v.NewTokenFor, v.TokenName = secret, t.Name, ""
	return h.showAccount(w, r, http.StatusCreated, v)
}

// revokeToken answers POST /account/tokens/{id}/revoke.
func (h pages) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := h.RevokeToken(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/account#tokens")
}

// passwordView is what the page for a new password shows.
type passwordView struct {
	HasOld   bool
	Problems []ui.Problem
}

// password answers GET /account/password.
func (h pages) password(w http.ResponseWriter, r *http.Request) error {
	return h.showPassword(w, r, http.StatusOK, nil)
}

func (h pages) showPassword(w http.ResponseWriter, r *http.Request, status int, problems []ui.Problem) error {
	a, _, err := h.OfficerPosts(r.Context(), auth.From(r.Context()).ID)
	if err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(r.Context(), "identity.password.title"), Face: ui.Bare, Problems: problems},
		passwordPage(passwordView{HasOld: a.HasPassword(), Problems: problems}))
}

// passwordPost answers POST /account/password.
func (h pages) passwordPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	err := h.ChangePassword(r.Context(), r.PostForm.Get("old"), r.PostForm.Get("password"), h.caller(r))
	if err == nil {
		return web.Redirect(w, r, "/account")
	}
	problems := problemsOf(r.Context(), err)
	if errors.Is(err, identity.ErrLocked) {
		problems = lockedAt(r, "old", err)
	}
	if problems == nil {
		return err
	}
	return h.showPassword(w, r, http.StatusUnprocessableEntity, problems)
}
