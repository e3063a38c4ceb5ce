package web

import (
	"net/http"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/platform/search"
	"tongban/ui"
)

// letterGroup is the offices whose names begin with one letter of pinyin.
type letterGroup struct {
	letter string
	list   []catalogue.Department
}

// departmentsPage is the list of offices, or those that a text names.
type departmentsPage struct {
	region, text string
	all          string // path of the list without the text
	groups       []letterGroup
	places       []ui.TileProps
}

// named are the offices whose name holds a text, or the initials of its pinyin:
// gat finds 广东省公安厅.
func named(list []catalogue.Department, text string) []catalogue.Department {
	text = search.Fold(strings.ToValidUTF8(text, ""))
	if text == "" {
		return list
	}
	var out []catalogue.Department
	for _, d := range list {
		if strings.Contains(search.Fold(d.Name), text) || strings.Contains(strings.ToLower(d.NameEn), text) || strings.Contains(d.Initials, text) {
			out = append(out, d)
		}
	}
	return out
}

// GET /departments
func (h *pages) departments(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	region := r.URL.Query().Get("region")
	all, err := h.Departments(ctx, region)
	if err != nil {
		return err
	}
	p := departmentsPage{region: region, text: strings.TrimSpace(r.URL.Query().Get("q")), all: departmentsPath(region)}
	list := named(all, p.text)
	if list, p.places, err = h.fewDepartments(r, region, list); err != nil {
		return err
	}
	items := 0
	for _, d := range list {
		letter := "#"
		if d.Initials != "" {
			letter = strings.ToUpper(d.Initials[:1])
		}
		if len(p.groups) == 0 || p.groups[len(p.groups)-1].letter != letter {
			p.groups = append(p.groups, letterGroup{letter: letter})
		}
		g := &p.groups[len(p.groups)-1]
		g.list = append(g.list, d)
		items += d.Items
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "catalogue.departments.title"), Face: ui.Portal, Active: active,
		Lead:   i18n.T(ctx, "catalogue.departments.lead", "n", len(list), "items", items),
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "catalogue.home"), Href: "/"}}}, departmentsBody(p))
}

// maxDepartments is how many offices one page lists. A province has tens of
// thousands; then the page shows those of the place itself and leads to the
// places below it.
const maxDepartments = 600

func (h *pages) fewDepartments(r *http.Request, region string, all []catalogue.Department) ([]catalogue.Department, []ui.TileProps, error) {
	if len(all) <= maxDepartments {
		return all, nil, nil
	}
	ctx := r.Context()
	res, err := h.Search(ctx, catalogue.Query{Region: region, Limit: 1})
	if err != nil {
		return nil, nil, err
	}
	var places []ui.TileProps
	top := region
	for _, f := range res.Facets.Regions {
		if region == "" && (top == "" || len(strings.TrimRight(f.Value, "0")) < len(strings.TrimRight(top, "0"))) {
			top = f.Value // the place that all the others lie in
		}
		if f.Value != region {
			places = append(places, ui.TileProps{Text: h.RegionName(ctx, f.Value), Icon: "place", Note: i18n.T(ctx, "catalogue.items.n", "n", f.Count), Href: departmentsPath(f.Value)})
		}
	}
	var list []catalogue.Department
	for _, d := range all {
		if d.Region == top || d.Region == region {
			list = append(list, d)
		}
	}
	return list[:min(len(list), maxDepartments)], places, nil
}
