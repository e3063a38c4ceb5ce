package web

import (
	"net/http"

	"tongban/gov/identity"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// endingView asks once more before something ends that cannot be brought back,
// and says what follows.
type endingView struct {
	Lead   string
	Then   []string // what follows
	Button string
	Action string // where the answer is sent
	Back   string
}

// confirmed tells whether the sender saw the question: the form of that page says so.
func confirmed(r *http.Request) bool { return r.PostForm.Get("confirmed") == "yes" }

func (h pages) showEnding(w http.ResponseWriter, r *http.Request, title string, v endingView) error {
	ctx := r.Context()
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: title, Face: ui.Workbench, Active: "people",
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "identity.people.title"), Href: "/admin/people"}}}, endingPage(v))
}

// askEndPost answers GET /admin/people/{account}/posts/{id}/end.
func (h pages) askEndPost(w http.ResponseWriter, r *http.Request) error {
	ctx, account := r.Context(), r.PathValue("account")
	a, posts, err := h.OfficerPosts(ctx, account)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if p.ID != r.PathValue("id") {
			continue
		}
		place := p.OrgName
		if p.Org == "" {
			place = i18n.T(ctx, "identity.account.whole")
		}
		back := "/admin/people/" + account
		return h.showEnding(w, r, i18n.T(ctx, "identity.ending.post", "name", a.Name), endingView{
			Lead:   i18n.T(ctx, "identity.ending.post_lead", "role", i18n.T(ctx, "identity.role."+p.Role), "org", place),
			Then:   []string{i18n.T(ctx, "identity.ending.post_now"), i18n.T(ctx, "identity.ending.work"), i18n.T(ctx, "identity.ending.record"), i18n.T(ctx, "identity.ending.post_again")},
			Button: i18n.T(ctx, "identity.ending.post_button"), Action: back + "/posts/" + p.ID + "/end", Back: back})
	}
	return identity.ErrNoPost
}

// endPost answers POST /admin/people/{account}/posts/{id}/end.
func (h pages) endPost(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	if !confirmed(r) {
		return h.askEndPost(w, r)
	}
	if err := h.EndPost(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/admin/people/"+r.PathValue("account"))
}

// askClose answers GET /admin/people/{account}/close.
func (h pages) askClose(w http.ResponseWriter, r *http.Request) error {
	ctx, account := r.Context(), r.PathValue("account")
	a, posts, err := h.OfficerPosts(ctx, account)
	if err != nil {
		return err
	}
	if a.Login == "" {
		return identity.ErrNoAccount
	}
	return h.showEnding(w, r, i18n.T(ctx, "identity.ending.close", "name", a.Name), endingView{
		Lead:   i18n.T(ctx, "identity.ending.close_lead", "login", a.Login, "n", len(posts)),
		Then:   []string{i18n.T(ctx, "identity.ending.close_now"), i18n.T(ctx, "identity.ending.work"), i18n.T(ctx, "identity.ending.record"), i18n.T(ctx, "identity.ending.close_again")},
		Button: i18n.T(ctx, "identity.officer.close_button", "name", a.Name), Action: "/admin/people/" + account + "/close", Back: "/admin/people/" + account})
}

// closeOfficer answers POST /admin/people/{account}/close.
func (h pages) closeOfficer(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	if !confirmed(r) {
		return h.askClose(w, r)
	}
	if err := h.CloseOfficer(r.Context(), r.PathValue("account")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/admin/people")
}
