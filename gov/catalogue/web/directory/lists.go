package directory

import (
	"context"
	"io"
	"net/http"
	"strings"

	"tongban/gov/catalogue/lists"
	"tongban/platform/i18n"
	"tongban/ui"
)

// GET /lists
func (h pages) lists(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := h.Lists.All(ctx)
	if err != nil {
		return err
	}
	var tiles []ui.TileProps
	for _, l := range all {
		tiles = append(tiles, ui.TileProps{Text: i18n.Pick(ctx, l.Zh, l.En), Note: i18n.Pick(ctx, l.LeadZh, l.LeadEn), Href: "/lists/" + l.ID, Icon: "file"})
	}
	tiles = append(tiles, ui.TileProps{Text: words(ctx, "title"), Note: words(ctx, "lead"), Href: "/directory", Icon: "file"})
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "lists"), Lead: words(ctx, "lists.lead"), Active: "do", Crumbs: home(ctx)}, ui.Tiles(tiles))
}

func home(ctx context.Context, more ...ui.Link) []ui.Link {
	return append([]ui.Link{{Text: i18n.T(ctx, "catalogue.home"), Href: "/"}}, more...)
}

// listView is one page of a list.
type listView struct {
	lists.Page
	Path, Region, Org, Type string
	Download, Book, Older   string
	Cols                    []ui.Col
	Table                   []ui.Row
	Note                    string
}

func query(r *http.Request) lists.Query {
	q := r.URL.Query()
	return lists.Query{Region: strings.TrimSpace(q.Get("region")), Org: strings.TrimSpace(q.Get("department")), Type: q.Get("type"), After: q.Get("after"), Limit: 50}
}

// GET /lists/{id}
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), query(r)
	p, err := h.Lists.Page(ctx, r.PathValue("id"), q)
	if err != nil {
		return err
	}
	path := "/lists/" + p.List.ID
	v := listView{Page: p, Path: path, Region: q.Region, Org: q.Org, Type: q.Type,
		Download: address(path+"/csv", "region", q.Region, "department", q.Org, "type", q.Type),
		Book:     address(path+"/xlsx", "region", q.Region, "department", q.Org, "type", q.Type)}
	if p.Next != "" {
		v.Older = address(path, "region", q.Region, "department", q.Org, "type", q.Type, "after", p.Next)
	}
	if q.After == "" {
		v.Note = words(ctx, "n", "n", p.Total)
	}
	for _, c := range p.Columns {
		v.Cols = append(v.Cols, ui.Col{Title: i18n.Pick(ctx, c.Zh, c.En), NoWrap: c.Key == "legal_limit" || c.Key == "promise_limit"})
	}
	for _, row := range p.Rows {
		v.Table = append(v.Table, h.row(ctx, p, row))
	}
	l := p.List
	page := ui.Page{Title: i18n.Pick(ctx, l.Zh, l.En), Lead: i18n.Pick(ctx, l.LeadZh, l.LeadEn), Active: "do", Crumbs: home(ctx, ui.Link{Text: words(ctx, "lists"), Href: "/lists"})}
	return ui.Render(w, r, http.StatusOK, page, listPage(v))
}

func (h pages) row(ctx context.Context, p lists.Page, row lists.Row) ui.Row {
	var out ui.Row
	for i, t := range row.Cells {
		cell := ui.Cell{Text: t.In(ctx), Lang: chinese(ctx, t.En)}
		if t.Zh == t.En && i18n.Of(ctx) == i18n.English && p.Columns[i].Key != "code" {
			cell.Lang = string(i18n.Chinese)
		}
		switch {
		case t.Empty():
			cell = ui.Cell{Part: notSaid()}
		case p.Columns[i].Key == "name":
			cell.Link = ui.Link{Text: cell.Text, Href: "/items/" + row.Region + "/" + row.Code}
			cell.Part, cell.Text = named(cell.Link, cell.Lang), ""
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}

// GET /lists/{id}/csv
func (h pages) download(w http.ResponseWriter, r *http.Request) error {
	return h.file(w, r, "csv", "text/csv; charset=utf-8", h.Lists.CSV)
}

// GET /lists/{id}/xlsx
func (h pages) workbook(w http.ResponseWriter, r *http.Request) error {
	return h.file(w, r, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", h.Lists.XLSX)
}

func (h pages) file(w http.ResponseWriter, r *http.Request, ending, kind string, write func(context.Context, string, lists.Query, io.Writer) error) error {
	l, err := h.Lists.Of(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	q := query(r)
	if err := h.Catalogue.Region(r.Context(), "region", q.Region); err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+l.ID+"."+ending+`"`)
	return write(r.Context(), l.ID, q, w)
}
