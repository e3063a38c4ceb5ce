package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// peopleView is the list of officers.
type peopleView struct {
	Text, Next  string
	Officers    []identity.Account
	MayOpen     bool
	Login, Name string // the form for a new account as it was filled
	Problems    []ui.Problem
}

func (v peopleView) nextURL() string {
	return "/admin/people?" + url.Values{"q": {v.Text}, "after": {v.Next}}.Encode()
}

// people answers GET /admin/people.
func (h pages) people(w http.ResponseWriter, r *http.Request) error {
	return h.showPeople(w, r, http.StatusOK, peopleView{Text: r.URL.Query().Get("q")}, r.URL.Query().Get("after"))
}

func (h pages) showPeople(w http.ResponseWriter, r *http.Request, status int, v peopleView, after string) (err error) {
	ctx := r.Context()
	if v.Officers, v.Next, err = h.FindOfficers(ctx, v.Text, after); err != nil {
		return err
	}
	v.MayOpen = authz.Allows(auth.From(ctx), identity.MayOpenAccounts)
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(ctx, "identity.people.title"), Face: ui.Workbench, Active: "people", Problems: v.Problems}, peoplePage(v))
}

// openOfficer answers POST /admin/people. The answer shows the one-time link,
// which is kept nowhere.
func (h pages) openOfficer(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	v := peopleView{Login: r.PostForm.Get("login"), Name: r.PostForm.Get("name")}
	a, secret, err := h.OpenOfficer(r.Context(), v.Login, v.Name)
	if err == nil {
		return h.showOfficer(w, r, http.StatusCreated, officerView{Link: secret}, a.ID)
	}
	v.Problems = problemsOf(r.Context(), err)
	if errors.Is(err, identity.ErrLoginTaken) {
		v.Problems = []ui.Problem{{Field: "login", Text: web.Words(r.Context(), fault.Of(err))}}
	}
	if v.Problems == nil {
		return err
	}
	return h.showPeople(w, r, http.StatusUnprocessableEntity, v, "")
}

// officerView is one officer with his posts.
type officerView struct {
	Account            identity.Account
	Posts              []identity.Post
	MorePosts          int
	MayAssign, MayOpen bool
	Role, Reach, Org   string // the form for a new post as it was filled
	Link               string // secret of a one-time link that was just made; shown once
	Site               string // scheme and host, for the link
	Problems           []ui.Problem
}

func (v officerView) path() string { return "/admin/people/" + v.Account.ID }

func (v officerView) linkURL() string { return v.Site + "/sign-in/link/" + v.Link }

// officer answers GET /admin/people/{account}.
func (h pages) officer(w http.ResponseWriter, r *http.Request) error {
	return h.showOfficer(w, r, http.StatusOK, officerView{}, r.PathValue("account"))
}

func (h pages) showOfficer(w http.ResponseWriter, r *http.Request, status int, v officerView, account string) (err error) {
	ctx := r.Context()
	if v.Account, v.Posts, err = h.OfficerPosts(ctx, account); err != nil {
		return err
	}
	if v.Account.Login == "" {
		return identity.ErrNoAccount // residents' accounts are nobody's business here
	}
	if n := len(v.Posts); n > maxPosts {
		v.Posts, v.MorePosts = v.Posts[n-maxPosts:], n-maxPosts // the newest, so that a new one is seen
	}
	p := auth.From(ctx)
	v.MayAssign = authz.Allows(p, identity.MayAssignPosts) && p.ID != account
	v.MayOpen = authz.Allows(p, identity.MayOpenAccounts)
	v.Site = h.site(r)
	return ui.Render(w, r, status, ui.Page{Title: v.Account.Name, Face: ui.Workbench, Active: "people", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "identity.people.title"), Href: "/admin/people"}}}, officerPage(v))
}

// site is the scheme and host under which the reader sees these pages.
func (h pages) site(r *http.Request) string {
	if h.d.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// assignPost answers POST /admin/people/{account}/posts.
func (h pages) assignPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, account := r.Context(), r.PathValue("account")
	v := officerView{Role: r.PostForm.Get("role"), Reach: r.PostForm.Get("reach"), Org: strings.TrimSpace(r.PostForm.Get("org"))}
	every := v.Reach == "all"
	post := identity.Post{Account: account, Role: v.Role, Region: h.Region(), Subtree: every, Every: every, Title: i18n.T(ctx, "identity.role."+v.Role)}
	if v.Reach == "one" {
		o, err := h.Org(ctx, v.Org)
		if err != nil {
			v.Problems = []ui.Problem{{Field: "org", Text: i18n.T(ctx, "identity.no_such_org")}}
			return h.showOfficer(w, r, http.StatusUnprocessableEntity, v, account)
		}
		post.Region, post.Org = o.Region, o.Code
	}
	_, err := h.AssignPost(ctx, post)
	if err == nil {
		return web.Redirect(w, r, "/admin/people/"+account)
	}
	v.Problems = problemsOf(ctx, err)
	for _, known := range []error{identity.ErrSeparate, identity.ErrRole, identity.ErrOwnPost} {
		if errors.Is(err, known) {
			v.Problems = []ui.Problem{{Field: "role", Text: roleWords(r, fault.Of(err))}}
		}
	}
	if v.Problems == nil {
		return err
	}
	return h.showOfficer(w, r, http.StatusUnprocessableEntity, v, account)
}

// roleWords is web.Words with the names of roles in the reader's language.
func roleWords(r *http.Request, f *fault.Fault) string {
	for _, k := range []string{"role", "held"} {
		if role, ok := f.Details[k].(string); ok && f.Code == identity.ErrSeparate.Code {
			f = f.With(k, i18n.T(r.Context(), "identity.role."+role))
		}
	}
	return web.Words(r.Context(), f)
}

func lockedAt(r *http.Request, field string, err error) []ui.Problem {
	return []ui.Problem{{Field: field, Text: web.Words(r.Context(), fault.Of(err))}}
}

// invite answers POST /admin/people/{account}/link; the page that follows
// shows the link once.
func (h pages) invite(w http.ResponseWriter, r *http.Request) error {
	secret, err := h.InviteOfficer(r.Context(), r.PathValue("account"))
	if err != nil {
		return err
	}
	return h.showOfficer(w, r, http.StatusCreated, officerView{Link: secret}, r.PathValue("account"))
}
