package directory

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/platform/i18n"
	"tongban/ui"
)

// hallsView is the halls of one division with the ways up and down.
type hallsView struct {
	region string
	list   []halls.Hall
	more   int
	up     []ui.Link
	down   []ui.TileProps

	places   map[string]halls.Spot
	mayPlace bool
}

// maxHalls is how many halls a page shows.
const maxHalls = 100

// GET /halls
func (h pages) halls(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := hallsView{region: strings.TrimSpace(r.URL.Query().Get("region"))}
	if v.region == "" {
		v.region = h.Top
	}
	var err error
	if v.list, err = h.Halls.In(ctx, v.region); err != nil {
		return err
	}
	if len(v.list) > maxHalls {
		v.more, v.list = len(v.list)-maxHalls, v.list[:maxHalls]
	}
	if v.places, err = h.Halls.Places(ctx, v.region); err != nil {
		return err
	}
	v.mayPlace = mayPlace(ctx, v.region)
	above, err := h.Catalogue.Ancestors(ctx, v.region)
	if err != nil && v.region != h.Top {
		return err
	}
	for _, d := range above {
		if d.Code != v.region {
			v.up = append(v.up, ui.Link{Text: d.Name, Href: "/halls?region=" + d.Code})
		}
	}
	found, err := h.Catalogue.Search(ctx, catalogue.Query{Region: v.region, Limit: 1})
	if err != nil {
		return err
	}
	for _, f := range found.Facets.Regions {
		if f.Value != v.region && !slices.ContainsFunc(above, func(d catalogue.Division) bool { return d.Code == f.Value }) { // their items apply here too
			v.down = append(v.down, ui.TileProps{Text: h.Catalogue.RegionName(ctx, f.Value), Note: words(ctx, "halls.items", "n", f.Count), Href: "/halls?region=" + f.Value, Icon: "place"})
		}
	}
	mayAsk(w)
	name := h.Catalogue.RegionName(ctx, v.region)
	page := ui.Page{Title: words(ctx, "halls.title", "place", name), Lead: words(ctx, "halls.lead"), Active: "do", Crumbs: home(ctx)}
	return ui.Render(w, r, http.StatusOK, page, hallsPage(v))
}

// hallName is the window, or the first office there when guides give none.
func hallName(ctx context.Context, x halls.Hall) string {
	if !x.Name.Empty() {
		return x.Name.In(ctx)
	}
	return i18n.Pick(ctx, x.Offices[0].Name, x.Offices[0].NameEn)
}

func (v hallsView) rows(ctx context.Context, x halls.Hall) []ui.SummaryRow {
	said := func(t string) string {
		if t == "" {
			return words(ctx, "not_said")
		}
		return t
	}
	rows := []ui.SummaryRow{{Key: words(ctx, "halls.address"), Value: x.Address.In(ctx), Lang: chinese(ctx, x.Address.En)}, {Key: words(ctx, "halls.hours"), Value: said(x.Hours.In(ctx))}, {Key: words(ctx, "halls.phone"), Value: said(x.Phone)}}
	if p, ok := x.Where(v.places); ok {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "near.lies"), Value: lies(ctx, p)})
	}
	return append(rows, ui.SummaryRow{Key: words(ctx, "halls.what", "n", x.Items), Part: hallOffices(v.offices(ctx, x), len(x.Offices))})
}

// maxHallOffices is how many offices of a hall are named.
const maxHallOffices = 5

func (v hallsView) offices(ctx context.Context, x halls.Hall) []ui.Link {
	var out []ui.Link
	for _, o := range x.Offices[:min(len(x.Offices), maxHallOffices)] {
		out = append(out, ui.Link{Text: i18n.Pick(ctx, o.Name, o.NameEn), Href: address("/items", "region", v.region, "department", o.Code)})
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }
