package applicant

import (
	"context"
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// startView is what the first page of an application shows.
type startView struct {
	Offer     *catalogue.Offer
	Caller    auth.Principal
	Companies []identity.Org
	Drafts    []casework.Draft  // of this item, not submitted
	Situation map[string]string // answers given on the guide
	Accept    calendar.Limit
	Once      string
	Problems  []ui.Problem
	Unsure    bool // the item asks for a surer identity than the caller's
	Level     int
}

// apply answers GET /apply/{region}/{code}.
func (h pages) apply(w http.ResponseWriter, r *http.Request) error {
	return h.showStart(w, r, http.StatusOK, r.URL.Query().Get)
}

// showStart shows the first page, with the answers that the guide had.
func (h pages) showStart(w http.ResponseWriter, r *http.Request, status int, get func(string) string, problems ...ui.Problem) error {
	ctx := r.Context()
	o, err := h.Catalogue.Offer(ctx, r.PathValue("region"), r.PathValue("code"))
	if err != nil {
		return err
	}
	if err := catalogue.Offered(o); err != nil {
		return err
	}
	v := startView{Offer: o, Caller: auth.From(ctx), Once: id.Secret(10), Situation: guided(o, get), Problems: problems}
	if v.Accept, err = h.accept(ctx, o); err != nil {
		return err
	}
	if v.Drafts, err = h.draftsOf(r, o); err != nil {
		return err
	}
	if v.Companies, err = h.Identity.OrgsOf(ctx, v.Caller.Person); err != nil {
		return err
	}
	if v.Level, err = h.level(ctx); err != nil {
		return err
	}
	v.Unsure = v.Level < o.IdentityLevel()
	return ui.Render(w, r, status, ui.Page{Problems: problems, Title: words(ctx, "start.title", "item", itemName(ctx, o)), Active: "do", Back: ui.Link{Href: "/items/" + o.Region + "/" + o.Code, Text: words(ctx, "start.guide")}}, startPage(v))
}

// level is how sure it is who the caller is.
func (h pages) level(ctx context.Context) (int, error) {
	p, err := h.Identity.Person(ctx, h.Identity.Region(), auth.From(ctx).Person)
	return p.Level, err
}

// accept is how soon an application for the item is accepted or sent back.
func (h pages) accept(ctx context.Context, o *catalogue.Offer) (calendar.Limit, error) {
	if !o.Correction.Known() {
		rules, err := h.Casework.RulesIn(ctx, o.Region)
		return rules.Acceptance, err
	}
	units := map[catalogue.Unit]calendar.Unit{catalogue.Workdays: calendar.WorkingDays, catalogue.Days: calendar.CalendarDays, catalogue.Hours: calendar.Hours}
	return calendar.Limit{Amount: o.Correction.Amount, Unit: units[o.Correction.Unit], Citation: o.Correction.Citation.Zh}, nil
}

// guided reads answers that were given before signing in: s.QUESTION=OPTION.
func guided(o *catalogue.Offer, get func(string) string) map[string]string {
	out := map[string]string{}
	if o.Situations == nil {
		return out
	}
	for _, q := range o.Situations.Questions {
		if a, ok := q.Option(get("s." + q.ID)); ok {
			out[q.ID] = a.ID
		}
	}
	return out
}

// draftsOf lists the caller's open drafts of an item.
func (h pages) draftsOf(r *http.Request, o *catalogue.Offer) ([]casework.Draft, error) {
	all, err := h.Casework.MyDrafts(r.Context())
	var out []casework.Draft
	for _, d := range all {
		if d.Region == o.Region && d.Item == o.Code {
			out = append(out, d)
		}
	}
	return out, err
}

// applyPost answers POST /apply/{region}/{code}: it makes the draft and leads
// to the first thing that is not known yet.
func (h pages) applyPost(w http.ResponseWriter, r *http.Request) error {
	if err := post(w, r); err != nil {
		return err
	}
	companies, err := h.Identity.OrgsOf(r.Context(), auth.From(r.Context()).Person)
	if err != nil {
		return err
	}
	if len(companies) > 0 && r.PostForm.Get("for") == "" {
		return h.showStart(w, r, http.StatusUnprocessableEntity, r.PostForm.Get, ui.Problem{Field: "for", Text: words(r.Context(), "start.for_whom")})
	}
	r, err = h.switchTo(r, r.PostForm)
	if err != nil {
		return err
	}
	ctx := r.Context()
	o, err := h.Catalogue.Offer(ctx, r.PathValue("region"), r.PathValue("code"))
	if err != nil {
		return err
	}
	if r.PostForm.Get("fresh") == "" { // pressed twice, or begun on another device meanwhile
		drafts, err := h.draftsOf(r, o)
		if err != nil {
			return err
		}
		if len(drafts) > 0 {
			return web.Redirect(w, r, draftPath(drafts[0].Region, drafts[0].ID)+"/continue")
		}
	}
	if k := r.PostForm.Get("once"); k != "" {
		ctx = once.With(ctx, k)
	}
	d, err := h.Casework.Start(ctx, casework.Start{Region: o.Region, Item: o.Code, Situation: guided(o, r.PostForm.Get)})
	if err != nil {
		return err
	}
	k, err := h.desk(r, d)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, k.next(-1, false))
}

// switchTo changes for whom the caller acts when the form chose somebody else,
// so that one press does both.
func (h pages) switchTo(r *http.Request, form map[string][]string) (*http.Request, error) {
	p := auth.From(r.Context())
	chosen, given := form["for"]
	if !given || len(chosen) == 0 || chosen[0] == p.For || chosen[0] == "self" && p.For == "" {
		return r, nil
	}
	org := strings.TrimPrefix(chosen[0], "self")
	if err := h.Identity.ActFor(r.Context(), org); err != nil {
		return r, err
	}
	p.For, p.ForName = org, ""
	if org != "" {
		o, err := h.Identity.Org(r.Context(), org)
		if err != nil {
			return r, err
		}
		p.ForName = o.Name
	}
	return r.WithContext(auth.With(r.Context(), p)), nil
}

// discard answers POST /drafts/{region}/{id}/discard.
func (h pages) discard(w http.ResponseWriter, r *http.Request) error {
	if err := post(w, r); err != nil {
		return err
	}
	if err := h.Casework.Discard(r.Context(), r.PathValue("region"), casework.DraftID(r.PathValue("id"))); err != nil {
		return err
	}
	return web.Redirect(w, r, "/my?done=discarded")
}
