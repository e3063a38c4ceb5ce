package counter

import (
	"context"
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// personView is who is there and what there is to do.
type personView struct {
	Person    identity.Person
	Companies []identity.Org
	For       string // code of the company, "" for oneself
	Drafts    []casework.Draft
	Waiting   []casework.Case // supplements are awaited
	Cases     []casework.Case
	Query     string
	Hits      catalogue.Results
	Recent    []recentItem
	NoDraft   bool
	Collect   []casework.LitHandout // what the person can collect
}

type recentItem struct{ Region, Code, Name, Org string }

// GET /counter/people/{person}
func (h pages) person(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	p, err := h.present(r)
	if err != nil {
		return err
	}
	if p.ID == "" {
		return web.Redirect(w, r, "/counter?lapsed=1")
	}
	v := personView{Person: p, Query: strings.TrimSpace(q.Get("q")), NoDraft: q.Get("nodraft") != ""}
	if v.Companies, err = h.Identity.OrgsOf(ctx, p.ID); err != nil {
		return err
	}
	for _, c := range v.Companies {
		if c.Code == q.Get("for") {
			v.For = c.Code
		}
	}
	if err := h.matters(ctx, &v); err != nil {
		return err
	}
	if v.Query != "" {
		if v.Hits, err = h.Catalogue.Search(ctx, catalogue.Query{Text: v.Query, Region: home(ctx), Limit: 10}); err != nil {
			return err
		}
	} else if v.Recent, err = h.recent(ctx); err != nil {
		return err
	}
	page := ui.Page{Title: i18n.T(ctx, "counter.person.title", "name", p.Name), Active: "counter", Keys: []ui.Key{nextPerson(ctx)}}
	return render(w, r, http.StatusOK, page, personPage(v))
}

// present is the person whose document was shown at this window; a zero person
// when none was, or too long ago.
func (h pages) present(r *http.Request) (identity.Person, error) {
	n := shown(r)
	if n == "" {
		return identity.Person{}, nil
	}
	p, err := h.Identity.Person(r.Context(), h.Identity.Region(), r.PathValue("person"))
	if err != nil || p.Number != n {
		return identity.Person{}, err
	}
	return p, nil
}

// matters are what the person has begun already: drafts, and cases, those that
// wait for the person first.
func (h pages) matters(ctx context.Context, v *personView) (err error) {
	if v.Drafts, err = h.Casework.DraftsOf(ctx, v.Person.ID); err != nil {
		return err
	}
	if authz.Door(ctx, casework.MayHandOut) == nil {
		if v.Collect, err = h.Casework.Handouts.For(ctx, v.Person.ID); err != nil {
			return err
		}
	}
	list, err := h.Casework.CasesOf(ctx, v.Person.ID)
	for _, c := range list.Cases {
		if c.State == casework.Supplemented {
			v.Waiting = append(v.Waiting, c)
		} else if len(v.Cases) < 8 {
			v.Cases = append(v.Cases, c)
		}
	}
	return err
}

// home is the region of the counter.
func home(ctx context.Context) string {
	for _, g := range auth.From(ctx).Grants {
		if g.Has(casework.MayIntake.Name) {
			return g.Region
		}
	}
	return ""
}

// recent are the items that this clerk took in last, each once.
func (h pages) recent(ctx context.Context) ([]recentItem, error) {
	cases, err := h.Casework.CounterCases(ctx, "", 40)
	if err != nil {
		return nil, err
	}
	drafts, err := h.Casework.CounterDrafts(ctx)
	if err != nil {
		return nil, err
	}
	var out []recentItem
	seen := map[string]bool{}
	add := func(i recentItem) {
		if k := i.Region + i.Code; !seen[k] && len(out) < 8 {
			seen[k] = true
			out = append(out, i)
		}
	}
	for _, d := range drafts {
		add(recentItem{d.Region, d.Item, d.ItemName, d.OrgName})
	}
	for _, c := range cases.Cases {
		add(recentItem{c.Region, c.Item, c.ItemName, c.OrgName})
	}
	return out, nil
}

// POST /counter/people/{person}/start
func (h pages) start(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	p, err := h.present(r)
	if err != nil {
		return err
	}
	if p.ID == "" {
		return web.Redirect(w, r, "/counter?lapsed=1")
	}
	region, item, _ := strings.Cut(r.PostForm.Get("item"), "/")
	d, err := h.Casework.Start(r.Context(), casework.Start{Region: region, Item: item, Company: r.PostForm.Get("for"), Person: p.ID, Shown: p.Number})
	if err != nil {
		return err
	}
	return web.Redirect(w, r, draftHref(d))
}

// POST /counter/people/{person}/continue goes on with a draft that was begun elsewhere.
func (h pages) goOn(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	p, err := h.present(r)
	if err != nil {
		return err
	}
	if p.ID == "" {
		return web.Redirect(w, r, "/counter?lapsed=1")
	}
	region, id, _ := strings.Cut(r.PostForm.Get("draft"), "/")
	d, err := h.Casework.Identify(r.Context(), region, casework.DraftID(id), p.Number)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, draftHref(d))
}

func draftHref(d casework.Draft) string { return "/counter/drafts/" + d.Region + "/" + string(d.ID) }

func (v personView) path() string { return "/counter/people/" + v.Person.ID }

func (v personView) forWhom(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Text: i18n.T(ctx, "counter.person.self", "name", v.Person.Name)}}
	for _, c := range v.Companies {
		out = append(out, ui.Option{Value: c.Code, Text: c.Name})
	}
	return out
}

// lasting writes how long an item takes, for the list of items.
func lasting(ctx context.Context, l catalogue.Limit) string {
	if !l.Known() {
		return ""
	}
	return i18n.T(ctx, "counter.limit."+string(l.Unit), "n", l.Amount)
}
