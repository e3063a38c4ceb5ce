package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Thing is an item that a mandate may be bound to.
type Thing struct {
	Key  string // identity.ItemKey
	Name string
	Note string // the office in charge
}

// Things knows items by name; the catalogue does.
type Things interface {
	// Find searches items by words, a few of them.
	Find(ctx context.Context, text string) ([]Thing, error)
	// Name names an item, "" when there is none.
	Name(ctx context.Context, key string) string
}

// mandatesView is who acts for whom: what the reader may do for companies, and
// whom the companies that the reader represents have sent.
type mandatesView struct {
	Caller   auth.Principal
	Mine     []identity.Mandate
	Given    []given
	Form     mandateForm
	Found    []ui.Option // that the search found
	Picked   []ui.Option // that were chosen before
	Names    map[string]string
	Now      time.Time
	Done     string
	Problems []ui.Problem
}

// given are the agents of one company.
type given struct {
	Org  identity.Org
	List []identity.Mandate
}

// mandateForm is the form for a new mandate as it was filled.
type mandateForm struct {
	Org, Name, Number string
	Acts              []string
	Reach             string   // every, some
	Scope             []string // "item:KEY", "office:CODE"
	Find, Until       string
}

// mandates answers GET /my/mandates.
func (h pages) mandates(w http.ResponseWriter, r *http.Request) error {
	return h.showMandates(w, r, http.StatusOK, mandatesView{Form: mandateForm{Acts: identity.MandateActs, Reach: "every"}, Done: r.URL.Query().Get("done")})
}

func (h pages) showMandates(w http.ResponseWriter, r *http.Request, status int, v mandatesView) (err error) {
	ctx := r.Context()
	v.Caller, v.Now, v.Names = auth.From(ctx), h.Now(), map[string]string{}
	if v.Mine, err = h.MyMandates(ctx); err != nil {
		return err
	}
	represented, err := h.Represented(ctx)
	if err != nil {
		return err
	}
	all := v.Mine
	for _, o := range represented {
		list, err := h.MandatesFor(ctx, o.Code)
		if err != nil {
			return err
		}
		v.Given = append(v.Given, given{o, list})
		all = append(slices.Clone(all), list...)
	}
	for _, m := range all {
		for _, k := range m.Scope.Items {
			h.nameItem(ctx, v.Names, k)
		}
		for _, code := range m.Scope.Offices {
			h.nameOffice(ctx, v.Names, code)
		}
	}
	v.Picked = h.options(ctx, v.Names, v.Form.Scope)
	page := ui.Page{Title: i18n.T(ctx, "identity.mandates.title"), Lead: i18n.T(ctx, "identity.mandates.lead"), Active: "mine", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "identity.mandates.back"), Href: "/my"}}}
	return ui.Render(w, r, status, page, mandatesPage(v))
}

func (h pages) nameItem(ctx context.Context, names map[string]string, key string) {
	if names["item:"+key] != "" {
		return
	}
	names["item:"+key] = key
	if h.d.Things != nil {
		if name := h.d.Things.Name(ctx, key); name != "" {
			names["item:"+key] = name
		}
	}
}

func (h pages) nameOffice(ctx context.Context, names map[string]string, code string) {
	if names["office:"+code] != "" {
		return
	}
	names["office:"+code] = code
	if o, err := h.Org(ctx, code); err == nil {
		names["office:"+code] = i18n.Pick(ctx, o.Name, o.NameEn)
	}
}

// options name what was chosen.
func (h pages) options(ctx context.Context, names map[string]string, chosen []string) []ui.Option {
	var out []ui.Option
	for _, c := range chosen {
		kind, key, _ := strings.Cut(c, ":")
		switch kind {
		case "item":
			h.nameItem(ctx, names, key)
		case "office":
			h.nameOffice(ctx, names, key)
		default:
			continue
		}
		out = append(out, ui.Option{Value: c, Text: names[c], Hint: i18n.T(ctx, "identity.mandates.kind_"+kind)})
	}
	return out
}

// maxFound bounds what one search shows of offices and of items.
const maxFound = 8

// find searches offices and items by words.
func (h pages) find(ctx context.Context, text string, but []string) ([]ui.Option, error) {
	var out []ui.Option
	add := func(value, name, hint string) {
		if !slices.Contains(but, value) {
			out = append(out, ui.Option{Value: value, Text: name, Hint: hint})
		}
	}
	offices, err := h.DepartmentsBelow(ctx, h.Region())
	if err != nil {
		return nil, err
	}
	n := 0
	for _, o := range offices {
		if n < maxFound && (strings.Contains(o.Name, text) || strings.Contains(strings.ToLower(o.NameEn), strings.ToLower(text))) {
			add("office:"+o.Code, i18n.Pick(ctx, o.Name, o.NameEn), i18n.T(ctx, "identity.mandates.kind_office"))
			n++
		}
	}
	if h.d.Things == nil {
		return out, nil
	}
	things, err := h.d.Things.Find(ctx, text)
	for _, t := range things {
		add("item:"+t.Key, t.Name, t.Note)
	}
	return out, err
}

// mandatesPost answers POST /my/mandates: a search for what the mandate
// reaches, or the mandate itself.
func (h pages) mandatesPost(w http.ResponseWriter, r *http.Request) (err error) {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	v := mandatesView{Form: mandateForm{Org: f.Get("org"), Name: strings.TrimSpace(f.Get("name")), Number: strings.TrimSpace(f.Get("number")), Acts: f["acts"], Reach: f.Get("reach"),
		Scope: f["scope"], Find: strings.TrimSpace(f.Get("find")), Until: f.Get("until")}}
	if f.Get("act") == "find" {
		v.Form.Reach = "some"
		if v.Form.Find == "" {
			v.Problems = []ui.Problem{{Field: "find", Text: i18n.T(ctx, "identity.mandates.find_empty")}}
			return h.showMandates(w, r, http.StatusUnprocessableEntity, v)
		}
		if v.Found, err = h.find(ctx, v.Form.Find, v.Form.Scope); err != nil {
			return err
		}
		if len(v.Found) == 0 {
			v.Problems = []ui.Problem{{Field: "find", Text: i18n.T(ctx, "identity.mandates.find_none", "text", v.Form.Find)}}
		}
		return h.showMandates(w, r, http.StatusOK, v)
	}
	g, problems := v.Form.grant(ctx)
	if problems == nil {
		if _, err = h.GrantMandate(ctx, g); err == nil {
			return web.Redirect(w, r, "/my/mandates?done=given#given")
		}
		if problems = problemsOf(ctx, err); problems == nil {
			return err
		}
	}
	v.Problems = problems
	return h.showMandates(w, r, http.StatusUnprocessableEntity, v)
}

// grant reads the form.
func (f mandateForm) grant(ctx context.Context) (identity.Grant, []ui.Problem) {
	g := identity.Grant{Org: f.Org, Name: f.Name, Number: f.Number, Scope: identity.Scope{Acts: f.Acts}}
	var problems []ui.Problem
	if f.Reach == "some" {
		for _, s := range f.Scope {
			switch kind, key, _ := strings.Cut(s, ":"); kind {
			case "item":
				g.Scope.Items = append(g.Scope.Items, key)
			case "office":
				g.Scope.Offices = append(g.Scope.Offices, key)
			}
		}
		if g.Scope.EveryItem() {
			problems = append(problems, ui.Problem{Field: "find", Text: i18n.T(ctx, "identity.mandates.scope_empty")})
		}
	} else if f.Reach != "every" {
		problems = append(problems, ui.Problem{Field: "reach", Text: i18n.T(ctx, "identity.mandates.reach_empty")})
	}
	if day, err := time.ParseInLocation(time.DateOnly, f.Until, i18n.Zone); err == nil {
		g.Until = day.AddDate(0, 0, 1) // to the end of that day
	}
	return g, problems
}

// endMandate answers POST /my/mandates/{id}/end.
func (h pages) endMandate(w http.ResponseWriter, r *http.Request) error {
	if err := h.EndMandate(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/my/mandates?done=ended")
}

// state says how a mandate stands.
func (v mandatesView) state(ctx context.Context, m identity.Mandate) ui.Status {
	switch {
	case !m.Ended.IsZero():
		return ui.Status{Text: i18n.T(ctx, "identity.mandates.ended", "who", m.EndedBy, "date", i18n.Date(ctx, m.Ended)), Tone: ui.Plain}
	case m.Over(v.Now):
		return ui.Status{Text: i18n.T(ctx, "identity.mandates.over"), Tone: ui.Plain}
	case m.Person == "":
		return ui.Status{Text: i18n.T(ctx, "identity.mandates.waiting"), Tone: ui.Warn}
	}
	return ui.Status{Text: i18n.T(ctx, "identity.mandates.live"), Tone: ui.OK}
}

// term says until when.
func (v mandatesView) term(ctx context.Context, m identity.Mandate) string {
	if m.Until.IsZero() {
		return i18n.T(ctx, "identity.account.open_ended")
	}
	return i18n.Date(ctx, m.Until.Add(-time.Second)) // the last day that counts
}

// acts names what may be done.
func (v mandatesView) acts(ctx context.Context, m identity.Mandate) string {
	if m.Kind == identity.MandateLegal {
		return i18n.T(ctx, "identity.mandates.legal")
	}
	var out []string
	for _, a := range m.Scope.Acts {
		out = append(out, i18n.T(ctx, "identity.act."+a))
	}
	return strings.Join(out, i18n.T(ctx, "identity.mandates.and"))
}

// reach names on which items.
func (v mandatesView) reach(ctx context.Context, m identity.Mandate) string {
	if m.Kind == identity.MandateLegal || m.Scope.EveryItem() {
		return i18n.T(ctx, "identity.mandates.every")
	}
	var out []string
	for _, o := range m.Scope.Offices {
		out = append(out, i18n.T(ctx, "identity.mandates.of_office", "name", v.Names["office:"+o]))
	}
	for _, k := range m.Scope.Items {
		out = append(out, v.Names["item:"+k])
	}
	return strings.Join(out, i18n.T(ctx, "identity.mandates.and"))
}

// ends tells whether the reader may end the mandate from here.
func (v mandatesView) ends(m identity.Mandate) bool {
	return m.Kind == identity.MandateAgent && !m.Over(v.Now)
}

func (v mandatesView) mineTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "identity.mandates.mine"), HideTitle: true, Cols: mandateCols(ctx, i18n.T(ctx, "identity.mandates.company"))}
	for _, m := range v.Mine {
		var act ui.Cell
		if v.ends(m) {
			act.Part = rowAct("/my/mandates/"+m.ID+"/end", i18n.T(ctx, "identity.mandates.give_up"), i18n.T(ctx, "identity.mandates.give_up_named", "org", m.OrgName))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: m.OrgName}, {Text: v.acts(ctx, m)}, {Text: v.reach(ctx, m)}, {Text: v.term(ctx, m)}, {Part: ui.Tag(v.state(ctx, m))}, act}})
	}
	return t
}

func (v mandatesView) givenTable(ctx context.Context, g given) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "identity.mandates.given", "org", g.Org.Name), HideTitle: true, Cols: mandateCols(ctx, i18n.T(ctx, "identity.mandates.agent"))}
	for _, m := range g.List {
		var act ui.Cell
		if v.ends(m) {
			act.Part = rowAct("/my/mandates/"+m.ID+"/end", i18n.T(ctx, "identity.mandates.take_back"), i18n.T(ctx, "identity.mandates.take_back_named", "name", m.Name))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: strings.TrimSpace(m.Name + " " + m.Masked)}, {Text: v.acts(ctx, m)}, {Text: v.reach(ctx, m)}, {Text: v.term(ctx, m)}, {Part: ui.Tag(v.state(ctx, m))}, act}})
	}
	return t
}

func mandateCols(ctx context.Context, first string) []ui.Col {
	return []ui.Col{{Title: first}, {Title: i18n.T(ctx, "identity.mandates.acts")}, {Title: i18n.T(ctx, "identity.mandates.reach")}, {Title: i18n.T(ctx, "identity.mandates.until"), NoWrap: true},
		{Title: i18n.T(ctx, "identity.mandates.state"), NoWrap: true}, {Title: i18n.T(ctx, "identity.mandates.act"), Hidden: true}}
}

func actOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, a := range identity.MandateActs {
		out = append(out, ui.Option{Value: a, Text: i18n.T(ctx, "identity.act."+a), Hint: i18n.T(ctx, "identity.act."+a+"_hint")})
	}
	return out
}

func (v mandatesView) companies() []ui.Option {
	var out []ui.Option
	for _, g := range v.Given {
		out = append(out, ui.Option{Value: g.Org.Code, Text: g.Org.Name})
	}
	return out
}

// chosen are the picked and the found ones together, the picked ones ticked.
func (v mandatesView) chosen() []ui.Option { return append(slices.Clone(v.Picked), v.Found...) }
