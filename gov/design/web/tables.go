package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/decisions"
	"tongban/gov/design"
	"tongban/platform/dmn"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// tablesView shows the decision tables of a draft.
type tablesView struct {
	D        design.Draft
	A        design.Surroundings
	Problems []design.Problem // those of the tables
	Form     []ui.Problem
}

// GET /design/{region}/{item}/tables
func (h pages) tables(w http.ResponseWriter, r *http.Request) error {
	d, a, err := h.Open(r.Context(), r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return err
	}
	return h.showTables(w, r, http.StatusOK, tablesView{D: d, A: a})
}

func (h pages) showTables(w http.ResponseWriter, r *http.Request, status int, v tablesView) error {
	for _, p := range h.Check(v.D, v.A) {
		if strings.HasPrefix(p.Code, "tables.") {
			v.Problems = append(v.Problems, p)
		}
	}
	return ui.Render(w, r, status, h.page(r.Context(), v.A, "tables", v.Form), tablesPage(v))
}

// GET /design/{region}/{item}/decisions.dmn
func (h pages) tablesFile(w http.ResponseWriter, r *http.Request) error {
	d, _, err := h.Open(r.Context(), r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return err
	}
	if len(d.Tables) == 0 {
		return design.ErrNoTables
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="decisions.dmn"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(d.Tables)
	return err
}

// POST /design/{region}/{item}/tables
func (h pages) saveTables(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, item := r.Context(), r.PathValue("region"), r.PathValue("item")
	raw := []byte(r.PostForm.Get("tables"))
	if up, _, err := r.FormFile("upload"); err == nil {
		defer up.Close()
		if sent, err := io.ReadAll(up); err == nil && len(sent) > 0 {
			raw = sent
		}
	}
	_, err := h.SaveTables(ctx, region, item, version(r), bytes.NewReader(raw))
	if f := fault.Of(err); err != nil && slices.Contains([]string{"design.tables", "design.too_large"}, f.Code) {
		v := tablesView{Form: []ui.Problem{{Field: "tables", Text: web.Words(ctx, f)}}}
		if v.D, v.A, err = h.Open(ctx, region, item); err != nil {
			return err
		}
		v.D.Tables = raw // what was sent is not lost
		return h.showTables(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path.Join("/design", region, item, "tables"))
}

// sheet shows a decision table; ok is false when the model cannot be read.
func (v tablesView) sheet(id string) (dmn.Sheet, bool) {
	m := v.D.Decisions()
	if m == nil {
		return dmn.Sheet{}, false
	}
	return m.Sheet(id)
}

// columns are the titles of a decision table: number, inputs, outputs, notes.
func columns(ctx context.Context, s dmn.Sheet) []ui.Col {
	cols := []ui.Col{{Title: words(ctx, "decision_rules")}}
	for _, c := range slices.Concat(s.Inputs, s.Outputs, s.Notes) {
		cols = append(cols, ui.Col{Title: c})
	}
	return cols
}

func sheetRows(s dmn.Sheet) []ui.Row {
	var rows []ui.Row
	for i, r := range s.Rules {
		cells := []ui.Cell{{Text: strconv.Itoa(i + 1)}}
		for _, text := range slices.Concat(r.When, r.Then) {
			cells = append(cells, ui.Cell{Part: cell(text)})
		}
		for n := range s.Notes {
			text := ""
			if n < len(r.Notes) {
				text = r.Notes[n]
			}
			cells = append(cells, ui.Cell{Text: text, Lang: "zh-Hans"})
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	return rows
}

// knownRows lists what the tables may look at by name, with the words for it.
func (v tablesView) knownRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, s := range v.A.Subjects {
		var values []string
		for _, o := range s.Options {
			values = append(values, o.ID)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Part: cell(s.ID)}, {Text: name(ctx, s.Choice)}, {Text: strings.Join(values, " ")}}})
	}
	return rows
}

// result is what a table gave, or that it gave nothing.
func result(ctx context.Context, r decisions.Ruling) string {
	if r.Value == nil {
		return words(ctx, "ruling_none")
	}
	return fmt.Sprint(r.Value)
}

// why tells in words which rule gave it.
func why(ctx context.Context, r decisions.Ruling) string { return i18n.Pick(ctx, r.Zh, r.En) }
