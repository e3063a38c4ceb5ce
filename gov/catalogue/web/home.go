package web

import (
	"cmp"
	"net/http"
	"slices"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// homePage is what the start page shows.
type homePage struct {
	hero      ui.HeroProps
	continued []Continued
	oneThing  []ui.TileProps
	person    []ui.TileProps
	org       []ui.TileProps
	offices   []ui.TileProps
	items     int
	online    int
	orgs      int
}

// GET /
func (h *pages) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := h.Search(ctx, catalogue.Query{Limit: 1})
	if err != nil {
		return err
	}
	forOrgs, err := h.Search(ctx, catalogue.Query{Limit: 1, Audience: catalogue.ForOrgs})
	if err != nil {
		return err
	}
	forPeople, err := h.Search(ctx, catalogue.Query{Limit: 1, Audience: catalogue.ForPersons})
	if err != nil {
		return err
	}
	p := homePage{items: all.Total, online: all.Facets.Online, orgs: len(all.Facets.Orgs)}
	p.person = themeTiles(r, personThemes, forPeople.Facets.Themes, catalogue.ForPersons)
	p.org = themeTiles(r, orgThemes, forOrgs.Facets.Themes, catalogue.ForOrgs)
	for _, f := range all.Facets.Orgs[:min(len(all.Facets.Orgs), 8)] {
		p.offices = append(p.offices, ui.TileProps{Text: i18n.Pick(ctx, f.Name, f.NameEn), Href: itemsPath("department", f.Value), Icon: "office", Note: i18n.T(ctx, "catalogue.items.n", "n", f.Count)})
	}
	if p.oneThing, err = h.oneThings(r); err != nil {
		return err
	}
	if h.d.Continue != nil {
		if p.continued, err = h.d.Continue(ctx); err != nil {
			return err
		}
	}
	title := i18n.T(ctx, "catalogue.home.title")
	p.hero = ui.HeroProps{Title: title, Lead: i18n.T(ctx, "catalogue.home.common"), Common: h.common(r),
		Search: ui.SearchProps{Action: "/items", Label: i18n.T(ctx, "catalogue.search.label"), Place: i18n.T(ctx, "catalogue.search.place"), Big: true}}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: title, NoHeading: true, Face: ui.Portal, Active: active, Description: i18n.T(ctx, "catalogue.home.description", "n", p.items)}, homeBody(p))
}

// commonWords are tried as common searches; those that find nothing here do
// not show.
var commonWords = []struct{ zh, en string }{{"居住证", "Residence permit"}, {"开饭店", "Open a restaurant"}, {"助学金", "Study grant"}, {"公证", "Notary"}, {"法律援助", "Legal aid"},
	{"教师资格", "Teacher qualification"}, {"社会保障卡", "Social security card"}, {"护照", "Passport"}}

const maxCommon = 6

func (h *pages) common(r *http.Request) []ui.Link {
	var out []ui.Link
	for _, w := range commonWords {
		res, err := h.Search(r.Context(), catalogue.Query{Text: w.zh, Limit: 1})
		if err == nil && res.Total > 0 && len(out) < maxCommon {
			out = append(out, ui.Link{Text: i18n.Pick(r.Context(), w.zh, w.en), Href: itemsPath("q", w.zh)})
		}
	}
	return out
}

// maxOneThings is how many of them the start page shows.
const maxOneThings = 12

// oneThings are the packages in which several offices take part: those that
// join several items come first, then those that several offices decide.
func (h *pages) oneThings(r *http.Request) ([]ui.TileProps, error) {
	ctx := r.Context()
	res, err := h.Search(ctx, catalogue.Query{Packages: true, Limit: 100})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(res.Items, func(a, b catalogue.Hit) int { return cmp.Compare(min(b.Parts, 1), min(a.Parts, 1)) })
	res.Items = slices.DeleteFunc(res.Items, func(it catalogue.Hit) bool { return it.Parts == 0 && it.Partners == 0 })
	var out []ui.TileProps
	for _, it := range res.Items[:min(len(res.Items), maxOneThings)] {
		out = append(out, ui.TileProps{Text: i18n.Pick(ctx, it.Name, it.NameEn), Note: it.Summary.In(ctx), Href: itemPath(it.Region, it.Code), Icon: packageIcon(it)})
	}
	return out, nil
}

// packageIcon is the icon of the first theme that has one.
func packageIcon(it catalogue.Hit) string {
	for _, name := range it.Themes {
		if icon := themeIcon(name); icon != "list" {
			return icon
		}
	}
	return "do"
}

// themeIcon is the icon of a theme, that of a list for one without.
func themeIcon(name string) string {
	for _, list := range [][]theme{orgThemes, personThemes, otherThemes} {
		for _, t := range list {
			if t.zh == name && t.icon != "" {
				return t.icon
			}
		}
	}
	return "list"
}

const maxThemes = 12

func themeTiles(r *http.Request, list []theme, facets []catalogue.Facet, audience string) []ui.TileProps {
	counts := map[string]int{}
	for _, f := range facets {
		counts[f.Value] = f.Count
	}
	var out []ui.TileProps
	for _, t := range list {
		if n := counts[t.zh]; n > 0 && len(out) < maxThemes {
			out = append(out, ui.TileProps{Text: short(official(r.Context(), t.zh)), Icon: t.icon, Note: i18n.T(r.Context(), "catalogue.items.n", "n", n), Href: itemsPath("theme", t.zh) + "&audience=" + audience})
		}
	}
	return out
}
