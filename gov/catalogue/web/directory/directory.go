package directory

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/ui"
)

// filters are the questions of a list.
func filters(ctx context.Context, v listView) []ui.FieldProps {
	out := []ui.FieldProps{{Name: "region", Label: words(ctx, "region"), Hint: words(ctx, "region.hint"), Value: v.Region, Width: "s"}, {Name: "department", Label: words(ctx, "department"), Value: v.Org, Width: "m"}}
	if len(v.List.Types) != 1 {
		out = append(out, ui.FieldProps{Name: "type", Label: words(ctx, "type"), Type: ui.Select, Value: v.Type, Options: typeOptions(ctx, v.List.Types)})
	}
	return out
}

// directoryView is a directory of base items.
type directoryView struct {
	Region, Text, Type string
	Bases              []standard.Base
	Older              string
}

const basesOnPage = 50

// GET /directory
func (h pages) directory(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := directoryView{Region: cmp.Or(strings.TrimSpace(q.Get("region")), h.Region), Text: q.Get("q"), Type: q.Get("type")}
	if err := h.Catalogue.Region(ctx, "region", v.Region); err != nil {
		return err
	}
	var err error
	if v.Bases, err = h.Catalogue.Bases(ctx, v.Region, v.Text, v.Type, q.Get("after"), basesOnPage+1); err != nil {
		return err
	}
	if len(v.Bases) > basesOnPage {
		v.Bases = v.Bases[:basesOnPage]
		v.Older = address("/directory", "region", v.Region, "q", v.Text, "type", v.Type, "after", v.Bases[basesOnPage-1].Code)
	}
	page := ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Active: "do", Crumbs: home(ctx, ui.Link{Text: words(ctx, "lists"), Href: "/lists"})}
	return ui.Render(w, r, http.StatusOK, page, directoryPage(v))
}

func (v directoryView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, b := range v.Bases {
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: b.Code}, {Part: baseName(b)}, {Text: b.TypeName().In(ctx)}, {Text: strconv.Itoa(b.Version)}, {Text: state(ctx, b.State)}}})
	}
	return out
}

// state is a state in words.
func state(ctx context.Context, s content.State) string {
	return words(ctx, "state."+cmp.Or(string(s), "in_force"))
}

// baseView is one base item.
type baseView struct {
	standard.Base
	Versions []standard.Base
	Rows     []ui.SummaryRow
	Basis    []content.Clause
	Items    []catalogue.Implementing
	Tiers    *tierTable
}

// GET /directory/{code}
func (h pages) base(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	list, err := h.Catalogue.BaseVersions(ctx, code)
	if err != nil {
		return err
	}
	v := baseView{Base: list[0], Versions: list}
	if n, _ := strconv.Atoi(r.URL.Query().Get("version")); n > 0 {
		i := slices.IndexFunc(list, func(b standard.Base) bool { return b.Version == n })
		if i < 0 {
			return catalogue.ErrNoBase.With("code", code)
		}
		v.Base = list[i]
	}
	if v.Items, err = h.Catalogue.Implementing(ctx, code, 100); err != nil {
		return err
	}
	fields, err := h.Catalogue.Fields(ctx, v.Region)
	if err != nil {
		return err
	}
	v.Rows = h.baseRows(ctx, v.Base, fields)
	v.Tiers = tiersOf(ctx, v.Base, fields)
	page := ui.Page{Title: i18n.Pick(ctx, v.Name, v.NameEn), Eyebrow: v.TypeName().In(ctx) + " · " + v.Code, Active: "do", Crumbs: home(ctx, ui.Link{Text: words(ctx, "title"), Href: "/directory"})}
	return ui.Render(w, r, http.StatusOK, page, basePage(v))
}

func (h pages) baseRows(ctx context.Context, b standard.Base, fields []standard.Field) []ui.SummaryRow {
	rows := []ui.SummaryRow{
		{Key: words(ctx, "state_name"), Value: state(ctx, b.State)},
		{Key: words(ctx, "version"), Value: words(ctx, "version.value", "n", b.Version, "date", i18n.Date(ctx, b.Effective))},
		{Key: words(ctx, "directory_of"), Value: h.Catalogue.RegionName(ctx, b.Region)},
	}
	levels, _ := codes.Of(codes.LevelList)
	var names []string
	for _, l := range b.Levels {
		e, _ := levels.Entry(l)
		names = append(names, i18n.Pick(ctx, e.Zh, e.En))
	}
	rows = append(rows, ui.SummaryRow{Key: words(ctx, "levels"), Value: cmp.Or(strings.Join(names, words(ctx, "comma")), words(ctx, "not_said"))})
	for _, f := range fields {
		if v := b.Fields[f.Key]; len(v) > 0 {
			var parts []string
			for _, w := range f.Words(v) {
				parts = append(parts, w.In(ctx))
			}
			rows = append(rows, ui.SummaryRow{Key: i18n.Pick(ctx, f.Zh, f.En), Value: strings.Join(parts, words(ctx, "comma"))})
		}
	}
	return rows
}

// links are base items before, after and above this one.
func (v baseView) links(ctx context.Context) []ui.Link {
	var out []ui.Link
	add := func(key string, list ...string) {
		for _, c := range list {
			if c != "" {
				out = append(out, ui.Link{Text: words(ctx, key, "code", c), Href: "/directory/" + c})
			}
		}
	}
	add("parent", v.Parent)
	add("predecessor", v.Predecessors...)
	add("successor", v.Successors...)
	return out
}

// tierTable compares the tiers of a base item, element by element.
type tierTable struct {
	Cols []ui.Col
	Rows []ui.Row
}

func tiersOf(ctx context.Context, b standard.Base, fields []standard.Field) *tierTable {
	if len(b.Tiers) == 0 {
		return nil
	}
	tiers := slices.Clone(b.Tiers)
	slices.SortFunc(tiers, func(a, b standard.Tier) int { return a.Rank - b.Rank })
	t := &tierTable{Cols: []ui.Col{{Title: words(ctx, "element")}}}
	for _, x := range tiers {
		t.Cols = append(t.Cols, ui.Col{Title: x.Name.In(ctx)})
	}
	for _, f := range fields {
		row, any := ui.Row{Cells: []ui.Cell{{Text: i18n.Pick(ctx, f.Zh, f.En)}}}, false
		for _, x := range tiers {
			var parts []string
			for _, w := range f.Words(x.Values[f.Key]) {
				parts = append(parts, w.In(ctx))
			}
			any = any || len(parts) > 0
			row.Cells = append(row.Cells, ui.Cell{Text: cmp.Or(strings.Join(parts, words(ctx, "comma")), words(ctx, "own_choice"))})
		}
		if any {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// changed names the elements in which a version differs from the one before.
func changed(ctx context.Context, was, now standard.Base) string {
	var names []string
	for _, d := range was.Differences(&now) {
		names = append(names, elementName(ctx, d.Key))
	}
	return strings.Join(names, words(ctx, "comma"))
}

// elementName is an element of base items in words.
func elementName(ctx context.Context, key string) string {
	for _, f := range standard.Shipped() {
		if f.Key == key {
			return i18n.Pick(ctx, f.Zh, f.En)
		}
	}
	switch key {
	case "parent", "levels", "state", "predecessors", "successors", "tiers":
		return words(ctx, "element."+key)
	}
	return key
}
