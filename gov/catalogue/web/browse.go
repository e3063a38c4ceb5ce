package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// browsePage shows every way into the list of items.
type browsePage struct {
	region   string
	name     string
	up       string // path of the place above, "" at the top
	events   []ui.TileProps
	business []ui.TileProps
	themes   []ui.TileProps
	places   []ui.TileProps
	levels   []ui.TileProps
	types    []ui.TileProps
	offices  []ui.TileProps
	more     int // offices that are not shown
}

// maxOffices is how many offices the page shows; all are on /departments.
const maxOffices = 12

// browse answers GET /browse: by life event and business event, theme, place,
// level, kind and office; ?region= looks from one place.
func (h *pages) browse(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	region := r.URL.Query().Get("region")
	all, err := h.Search(ctx, catalogue.Query{Region: region, Limit: 1})
	if err != nil {
		return err
	}
	p := browsePage{region: region, more: max(len(all.Facets.Orgs)-maxOffices, 0) + all.Facets.MoreOrgs}
	tile := func(name, value, text string, n int, icon string) ui.TileProps {
		v := r.URL.Query()
		return ui.TileProps{Text: text, Icon: icon, Note: i18n.T(ctx, "catalogue.items.n", "n", n), Href: with(keep(v, "region"), name, value)}
	}
	business := map[string]bool{} // what organisations do is a business event, whoever else may
	for _, audience := range []string{catalogue.ForOrgs, catalogue.ForPersons} {
		some, err := h.Search(ctx, catalogue.Query{Region: region, Limit: 1, Audience: audience})
		if err != nil {
			return err
		}
		for _, e := range some.Facets.Events {
			t := tile("event", e.Value, i18n.Pick(ctx, e.Name, e.NameEn), e.Count, "do")
			if audience == catalogue.ForOrgs {
				business[e.Value] = true
				p.business = append(p.business, t)
			} else if !business[e.Value] {
				p.events = append(p.events, t)
			}
		}
	}
	names := themeNames(ctx, all.Facets.Themes)
	for i, f := range all.Facets.Themes {
		t := tile("theme", f.Value, names[i], f.Count, themeIcon(f.Value))
		switch {
		case slices.Contains(lifeThemes, f.Value):
			p.events = append(p.events, t)
		case slices.Contains(businessThemes, f.Value):
			p.business = append(p.business, t)
		default:
			p.themes = append(p.themes, t)
		}
	}
	for _, f := range all.Facets.Types {
		p.types = append(p.types, tile("type", f.Value, official(ctx, f.Name), f.Count, "list"))
	}
	for _, f := range all.Facets.Orgs[:min(len(all.Facets.Orgs), maxOffices)] {
		p.offices = append(p.offices, tile("department", f.Value, i18n.Pick(ctx, f.Name, f.NameEn), f.Count, "office"))
	}
	if err := h.browsePlaces(r, &p, all.Facets.Regions, tile); err != nil {
		return err
	}
	title := i18n.T(ctx, "catalogue.browse.title")
	if p.name != "" {
		title = i18n.T(ctx, "catalogue.browse.title.in", "place", p.name)
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: title, Lead: i18n.T(ctx, "catalogue.browse.lead", "n", all.Total), Face: ui.Portal, Active: active,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "catalogue.home"), Href: "/"}}}, browseBody(p))
}

// themeNames are the short names of themes; two that would have one are told apart
// by what stands in brackets.
func themeNames(ctx context.Context, themes []catalogue.Facet) []string {
	alike := map[string]int{}
	for _, f := range themes {
		alike[short(official(ctx, f.Value))]++
	}
	var out []string
	for _, f := range themes {
		name := short(official(ctx, f.Value))
		if alike[name] > 1 {
			name = official(ctx, f.Value)
		}
		out = append(out, name)
	}
	return out
}

// browsePlaces fills in the places right below the one that is looked at, the
// one above it, and the levels that have items.
func (h *pages) browsePlaces(r *http.Request, p *browsePage, regions []catalogue.Facet, tile func(name, value, text string, n int, icon string) ui.TileProps) error {
	ctx := r.Context()
	if p.region != "" {
		above, err := h.Ancestors(ctx, p.region)
		if err != nil {
			return err
		}
		p.name, p.up = h.RegionName(ctx, p.region), "/browse"
		if len(above) > 1 {
			p.up = "/browse?region=" + above[len(above)-2].Code
		}
	}
	for _, f := range regions {
		if f.Value == p.region {
			continue
		}
		t := tile("region", f.Value, h.RegionName(ctx, f.Value), f.Count, "place")
		t.Href = "/browse?region=" + f.Value
		p.places = append(p.places, t)
	}
	for level := 1; level <= 4; level++ {
		some, err := h.Search(ctx, catalogue.Query{Region: p.region, Level: level, Limit: 1})
		if err != nil {
			return err
		}
		if some.Total > 0 {
			p.levels = append(p.levels, tile("level", strconv.Itoa(level), i18n.T(ctx, "catalogue.level."+strconv.Itoa(level)), some.Total, "split"))
		}
	}
	return nil
}

// withRegion is a path for one place, or for all.
func withRegion(path, region string) string {
	if region == "" {
		return path
	}
	return path + "?region=" + region
}
