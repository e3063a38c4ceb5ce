package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// itemsPage is the list of items with its filters.
type itemsPage struct {
	query    catalogue.Query
	res      catalogue.Results
	hits     []ui.HitProps
	nearest  []ui.HitProps
	filters  []ui.FieldProps
	chosen   []ui.Link // filters in force, each link takes one away
	facets   []facetGroup
	first    string    // path of the first page, "" on it
	next     string    // path of the next page, "" on the last
	notes    []string  // how the words were understood
	wider    []ui.Link // what one restriction less would find
	hotline  string
	clear    string
	filtered bool
}

// facetGroup is a few further restrictions of one kind.
type facetGroup struct {
	title string
	links []ui.Link
}

// GET /items
func (h *pages) items(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	values := r.URL.Query()
	q := queryOf(values)
	if path := h.numbered(q.Text); path != "" {
		http.Redirect(w, r, path, http.StatusSeeOther)
		return nil
	}
	res, err := h.Search(ctx, q)
	status, problems := http.StatusOK, []ui.Problem(nil)
	if errors.Is(err, catalogue.ErrNoRegion) {
		status = http.StatusUnprocessableEntity
		problems = []ui.Problem{{Field: "region", Text: i18n.T(ctx, "catalogue.items.no_region", "code", fault.Of(err).Details["code"])}}
		values.Del("region")
		q.Region = ""
		res, err = h.Search(ctx, q)
	}
	if fault.IsKind(err, fault.KindInvalid) && !errors.Is(err, catalogue.ErrCursor) { // an address that somebody cut short
		q.Text = strings.ToValidUTF8(q.Text, "")
		res, err = h.Search(ctx, q)
	}
	if err != nil {
		return err
	}
	if res.Understood.Number && res.Total == 1 && len(res.Items) == 1 { // a whole code is its item
		http.Redirect(w, r, itemPath(res.Items[0].Region, res.Items[0].Code), http.StatusSeeOther)
		return nil
	}
	if c, bad := codes.Parse(strings.ToUpper(strings.TrimSpace(q.Text))); bad == nil && c.Kind == codes.Basic && res.Total == 0 {
		if _, err := h.Base(ctx, c.BasicCode()); err == nil { // nothing implements it here, but the directory has it
			http.Redirect(w, r, "/directory/"+c.BasicCode(), http.StatusSeeOther)
			return nil
		}
	}
	p := itemsPage{query: q, res: res, hits: h.hits(ctx, res.Items), nearest: h.hits(ctx, res.Nearest), hotline: h.d.Hotline}
	p.wider = wider(ctx, values, res.Wider)
	p.filters = h.filters(ctx, q, res.Facets)
	for i := range p.filters {
		p.filters[i].Error = ui.ErrorFor(problems, p.filters[i].Name)
	}
	p.chosen = h.chosen(ctx, values, q, res.Facets)
	p.filtered = len(p.chosen) > 0
	if res.Next != "" {
		p.next = with(values, "after", res.Next)
	}
	if q.After != "" {
		p.first = with(values, "after", "")
	}
	p.facets = facetGroups(values, p.filters, i18n.T(ctx, "catalogue.filter.count", "name", "", "n", 0))
	p.notes = h.notes(ctx, q.Text, res)
	title := i18n.T(ctx, "catalogue.items.title")
	if q.Text != "" {
		title = i18n.T(ctx, "catalogue.items.title.q", "q", q.Text)
	}
	return ui.Render(w, r, status, ui.Page{Title: title, Problems: problems, Face: ui.Portal, Active: active,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "catalogue.home"), Href: "/"}}}, itemsBody(p))
}

func queryOf(v url.Values) catalogue.Query {
	text := []rune(strings.TrimSpace(v.Get("q")))
	q := catalogue.Query{Text: string(text[:min(len(text), 200)]), Region: v.Get("region"), Org: v.Get("department"), Theme: v.Get("theme"), Audience: v.Get("audience"),
		Type: v.Get("type"), Event: v.Get("event"), Same: v.Get("same"), After: v.Get("after"), Once: v.Get("same") == ""}
	if n, err := strconv.Atoi(v.Get("visits")); err == nil && n >= 0 && n < 10 {
		q.Visits = &n
	}
	q.Depth, q.Level = digit(v.Get("depth"), 4), digit(v.Get("level"), 5)
	if o := v.Get("online"); o == "yes" || o == "no" {
		yes := o == "yes"
		q.Online = &yes
	}
	return q
}

// narrowing are the parameters of a list, all but paging.
var narrowing = []string{"q", "department", "theme", "event", "audience", "type", "region", "level", "online", "depth", "visits", "same"}

// digit is a number from 1 to most, 0 for anything else.
func digit(s string, most int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && n <= most {
		return n
	}
	return 0
}

// with is the address of this list with one value changed; anything but
// paging begins on the first page.
func with(v url.Values, name, value string) string {
	n := url.Values{}
	for _, k := range narrowing {
		if s := v.Get(k); s != "" {
			n.Set(k, s)
		}
	}
	n.Del(name)
	if value != "" {
		n.Set(name, value)
	}
	if len(n) == 0 {
		return "/items"
	}
	return "/items?" + n.Encode()
}

// filters are the lists to choose from, each value with the number of items
// it leaves.
func (h *pages) filters(ctx context.Context, q catalogue.Query, f catalogue.Facets) []ui.FieldProps {
	field := func(name, value string, list []catalogue.Facet, word func(catalogue.Facet) string) ui.FieldProps {
		p := ui.FieldProps{Name: name, Label: i18n.T(ctx, "catalogue.filter."+name), Type: ui.Select, Value: value, Options: []ui.Option{{Text: i18n.T(ctx, "catalogue.filter.any")}}}
		known := value == ""
		for _, v := range list {
			known = known || v.Value == value
			p.Options = append(p.Options, ui.Option{Value: v.Value, Text: i18n.T(ctx, "catalogue.filter.count", "name", word(v), "n", v.Count)})
		}
		if !known {
			p.Options = append(p.Options, ui.Option{Value: value, Text: i18n.T(ctx, "catalogue.filter.count", "name", official(ctx, value), "n", 0)})
		}
		return p
	}
	name := func(v catalogue.Facet) string {
		if v.NameEn != "" {
			return i18n.Pick(ctx, v.Name, v.NameEn)
		}
		return official(ctx, v.Name)
	}
	groups := []catalogue.Facet{}
	for _, g := range []string{catalogue.ForPersons, catalogue.ForOrgs} {
		if q.Audience == g { // a group from the start page stands for itself
			groups = append(groups, catalogue.Facet{Value: g, Name: i18n.T(ctx, "catalogue.audience."+g), Count: -1})
		}
	}
	audience := field("audience", q.Audience, append(groups, f.Audiences...), name)
	for i := range audience.Options {
		if v := audience.Options[i].Value; v == catalogue.ForPersons || v == catalogue.ForOrgs {
			audience.Options[i].Text = i18n.T(ctx, "catalogue.audience."+v)
		}
	}
	online := ui.FieldProps{Name: "online", Label: i18n.T(ctx, "catalogue.filter.online"), Type: ui.Select, Value: onlineValue(q), Options: []ui.Option{{Text: i18n.T(ctx, "catalogue.filter.any")},
		{Value: "yes", Text: i18n.T(ctx, "catalogue.filter.count", "name", i18n.T(ctx, "catalogue.online.yes"), "n", f.Online)},
		{Value: "no", Text: i18n.T(ctx, "catalogue.filter.count", "name", i18n.T(ctx, "catalogue.online.no"), "n", f.Offline)}}}
	region := func(v catalogue.Facet) string { return h.RegionName(ctx, v.Value) }
	event := field("event", q.Event, f.Events, name)
	if len(f.Events) > 0 && q.Event != "" && f.Events[0].Value == q.Event {
		event.Options[1].Text = i18n.T(ctx, "catalogue.filter.count", "name", name(f.Events[0]), "n", f.Events[0].Count)
	}
	visits := field("visits", number(q.Visits), f.Visits, func(v catalogue.Facet) string { return i18n.T(ctx, "catalogue.visits.most."+v.Value) })
	out := []ui.FieldProps{audience, field("department", q.Org, f.Orgs, name), field("region", q.Region, f.Regions, region), online}
	if len(f.Depths) > 0 || q.Depth > 0 {
		out = append(out, field("depth", zeroless(q.Depth), f.Depths, func(v catalogue.Facet) string { return i18n.T(ctx, "catalogue.depth."+v.Value) }))
	}
	out = append(out, visits, field("theme", q.Theme, f.Themes, name), field("type", q.Type, f.Types, name))
	if len(f.Events) > 0 || q.Event != "" {
		out = append(out, event)
	}
	return out
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func zeroless(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func onlineValue(q catalogue.Query) string {
	switch {
	case q.Online == nil:
		return ""
	case *q.Online:
		return "yes"
	}
	return "no"
}

// chosen lists the filters in force; following a link takes that one away.
func (h *pages) chosen(ctx context.Context, v url.Values, q catalogue.Query, f catalogue.Facets) []ui.Link {
	var out []ui.Link
	add := func(name, value, text string) {
		if value != "" {
			out = append(out, ui.Link{Text: text, Href: with(v, name, "")})
		}
	}
	org := q.Org
	for _, o := range f.Orgs {
		if o.Value == q.Org {
			org = i18n.Pick(ctx, o.Name, o.NameEn)
		}
	}
	add("department", q.Org, org)
	add("theme", q.Theme, official(ctx, q.Theme))
	audience := official(ctx, q.Audience)
	if q.Audience == catalogue.ForPersons || q.Audience == catalogue.ForOrgs {
		audience = i18n.T(ctx, "catalogue.audience."+q.Audience)
	}
	add("audience", q.Audience, audience)
	add("region", q.Region, h.RegionName(ctx, q.Region))
	if q.Visits != nil {
		add("visits", "x", i18n.T(ctx, "catalogue.visits.most."+strconv.Itoa(min(*q.Visits, 2))))
	}
	if q.Depth > 0 {
		add("depth", "x", i18n.T(ctx, "catalogue.depth."+strconv.Itoa(q.Depth)))
	}
	if q.Level > 0 {
		add("level", "x", i18n.T(ctx, "catalogue.level."+strconv.Itoa(q.Level)))
	}
	event := q.Event
	for _, e := range f.Events {
		if e.Value == q.Event {
			event = i18n.Pick(ctx, e.Name, e.NameEn)
		}
	}
	add("event", q.Event, event)
	kind := q.Type
	for _, t := range f.Types {
		if t.Value == q.Type {
			kind = official(ctx, t.Name)
		}
	}
	add("type", q.Type, kind)
	add("same", q.Same, i18n.T(ctx, "catalogue.items.same"))
	if q.Online != nil {
		add("online", "x", i18n.T(ctx, "catalogue.online."+onlineValue(q)))
	}
	return out
}

// found says how many items there are, and how many different ones when that is
// less.
func found(ctx context.Context, p itemsPage) string {
	n := i18n.T(ctx, "catalogue.items.found", "n", p.res.Total)
	if p.query.Once && p.res.Services > 0 && p.res.Services < p.res.Total {
		n = i18n.T(ctx, "catalogue.items.found.services", "n", p.res.Total, "services", p.res.Services)
	}
	return n
}

// maxFacets is how many values of a kind stand beside the list; all of them
// are in the filters.
const maxFacets = 6

// facetGroups turns the filters that are not in force into links. One value
// alone restricts nothing and is left out, and so are values that end in none,
// the words for no item at all.
func facetGroups(v url.Values, filters []ui.FieldProps, none string) []facetGroup {
	var out []facetGroup
	for _, f := range filters {
		var options []ui.Option
		for _, o := range f.Options[1:] {
			if !strings.HasSuffix(o.Text, none) {
				options = append(options, o)
			}
		}
		if f.Value != "" || len(options) < 2 {
			continue
		}
		g := facetGroup{title: f.Label}
		for _, o := range options[:min(len(options), maxFacets)] {
			g.links = append(g.links, ui.Link{Text: o.Text, Href: with(v, f.Name, o.Value)})
		}
		out = append(out, g)
	}
	return out
}
