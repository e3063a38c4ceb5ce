// Package reuse is the page on which supervisors see what applicants were not
// asked for, by region and item.
package reuse

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"time"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/reuse"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of this page.
//
//go:embed strings
var Strings embed.FS

// Region is a region by name.
type Region struct{ Code, Zh, En string }

// Deps is what the page needs.
type Deps struct {
	Reuse   *reuse.Service
	Regions []Region
}

// Routes is the route table.
func Routes(d Deps) []web.Route {
	return []web.Route{{Pattern: "GET /oversight/reuse", Do: d.share, May: desk.MaySupervise}}
}

// shareView is the share with what it was narrowed to.
type shareView struct {
	reuse.Share
	Regions  []Region
	From, To string
}

// span is the time that was asked for; the last thirty days when none was.
func (d Deps) span(r *http.Request) (from, to time.Time) {
	day := func(name string) (time.Time, bool) {
		at, err := time.ParseInLocation(time.DateOnly, r.URL.Query().Get(name), i18n.Zone)
		return at, err == nil
	}
	now := d.Reuse.Clock.Now().In(i18n.Zone)
	from, to = now.AddDate(0, 0, -30), now.Add(time.Second)
	if at, ok := day("from"); ok {
		from = at
	}
	if at, ok := day("to"); ok {
		to = at.AddDate(0, 0, 1)
	}
	return from, to
}

// share answers GET /oversight/reuse.
func (d Deps) share(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	from, to := d.span(r)
	region := r.URL.Query().Get("region")
	if region == "" && len(d.Regions) > 0 {
		region = d.Regions[len(d.Regions)-1].Code
	}
	v := shareView{Regions: d.Regions, From: from.Format(time.DateOnly), To: to.Add(-time.Second).In(i18n.Zone).Format(time.DateOnly)}
	if v.Share, err = d.Reuse.Of(ctx, region, from, to); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "reuse.title"), Lead: i18n.T(ctx, "reuse.lead"), Face: ui.Supervision, Active: "reuse"}, sharePage(v))
}

func (v shareView) fields(ctx context.Context) []ui.FieldProps {
	var regions []ui.Option
	for _, r := range v.Regions {
		regions = append(regions, ui.Option{Value: r.Code, Text: i18n.Pick(ctx, r.Zh, r.En)})
	}
	return []ui.FieldProps{{Name: "region", Label: i18n.T(ctx, "reuse.region"), Type: ui.Select, Options: regions, Value: v.Region}, {Name: "from", Label: i18n.T(ctx, "reuse.from"), Type: ui.Date, Value: v.From}, {Name: "to", Label: i18n.T(ctx, "reuse.to"), Type: ui.Date, Value: v.To}}
}

// of writes a share as a count of counts, never as a bare percentage.
func of(ctx context.Context, c reuse.Count) string {
	if c.Materials == 0 {
		return "0"
	}
	return i18n.T(ctx, "reuse.of", "n", c.Spared(), "all", c.Materials, "percent", fmt.Sprintf("%.0f", 100*float64(c.Spared())/float64(c.Materials)))
}

func table(ctx context.Context, v shareView) ui.TableProps {
	p := ui.TableProps{Caption: i18n.T(ctx, "reuse.items"), Empty: i18n.T(ctx, "reuse.none"), Cols: []ui.Col{{Title: i18n.T(ctx, "reuse.item")}, {Title: i18n.T(ctx, "reuse.cases"), End: true}, {Title: i18n.T(ctx, "reuse.spared"), NoWrap: true}}}
	for _, w := range reuse.Ways {
		p.Cols = append(p.Cols, ui.Col{Title: i18n.T(ctx, "reuse.way."+string(w)), End: true})
	}
	for _, c := range v.Items {
		cells := []ui.Cell{{Text: c.ItemName}, {Text: fmt.Sprint(c.Cases)}, {Text: of(ctx, c)}}
		for _, w := range reuse.Ways {
			cells = append(cells, ui.Cell{Text: fmt.Sprint(c.Ways[w])})
		}
		p.Rows = append(p.Rows, ui.Row{Cells: cells})
	}
	return p
}
