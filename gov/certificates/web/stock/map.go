package stock

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// mapView is the page on which the columns of a file are mapped.
type mapView struct {
	Run      stock.Run
	Type     kinds.Type
	Sample   stock.Sample
	Preview  []stock.Preview
	Saved    []stock.Map
	Problems []ui.Problem
}

// GET /stock/{region}/{id}/mapping
func (h pages) mapping(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	if name := r.URL.Query().Get("use"); name != "" {
		saved, err := h.Maps(ctx, run)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(saved, func(m stock.Map) bool { return m.Name == name }); i >= 0 {
			run.Map = saved[i]
		}
	}
	return h.showMapping(w, r, http.StatusOK, mapView{Run: run})
}

func (h pages) showMapping(w http.ResponseWriter, r *http.Request, status int, v mapView) (err error) {
	ctx := r.Context()
	if v.Sample, v.Preview, err = h.Samples(ctx, v.Run); err != nil {
		return err
	}
	if v.Saved, err = h.Maps(ctx, v.Run); err != nil {
		return err
	}
	if v.Type, err = h.d.Types.InForce(ctx, v.Run.Type); err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "mapping"), Lead: words(ctx, "mapping_lead"), Eyebrow: v.Run.FileName, Face: ui.Workbench, Active: "stock", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: "/stock"}, {Text: v.Run.FileName, Href: runPath(v.Run)}}}, mapPage(v))
}

// POST /stock/{region}/{id}/mapping
func (h pages) setMapping(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	t, err := h.d.Types.InForce(ctx, run.Type)
	if err != nil {
		return err
	}
	m := stock.Map{Name: r.PostForm.Get("name"), Table: r.PostForm.Get("table"), Columns: map[string]string{}, Fixed: map[string]string{}}
	for _, x := range stock.Targets(t) {
		m.Columns[x.Key], m.Fixed[x.Key] = r.PostForm.Get("col."+x.Key), r.PostForm.Get("fix."+x.Key)
	}
	run.Map = m
	if _, err = h.SetMapping(ctx, run.Region, run.ID, m); err == nil && r.PostForm.Get("then") == "try" {
		_, err = h.Start(ctx, run.Region, run.ID, true)
	}
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
		field := "name"
		if f.Code == stock.ErrMissing.Code {
			field = "col." + m.Missing(t)[0].Key
		}
		return h.showMapping(w, r, http.StatusUnprocessableEntity, mapView{Run: run, Problems: []ui.Problem{{Field: field, Text: web.Words(ctx, f)}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, runPath(run))
}

// GET /stock/{region}/{id}/mapping.json
func (h pages) mappingFile(w http.ResponseWriter, r *http.Request) error {
	run, err := h.Run(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	download(w, "application/json", run.FileName+"-mapping.json")
	_, err = w.Write(run.Map.Write())
	return err
}

func (v mapView) savedOptions() []ui.Option {
	var out []ui.Option
	for _, m := range v.Saved {
		out = append(out, ui.Option{Value: m.Name, Text: m.Name})
	}
	return out
}

func (v mapView) tableOptions() []ui.Option {
	var out []ui.Option
	for _, t := range v.Sample.Tables {
		out = append(out, ui.Option{Value: t, Text: t})
	}
	return out
}

// targetRows are what a certificate of the type needs, with the column that has it.
func (v mapView) targetRows(ctx context.Context) []ui.Row {
	options := []ui.Option{{Value: "", Text: words(ctx, "no_column")}}
	for _, h := range v.Sample.Header {
		if h != "" {
			options = append(options, ui.Option{Value: h, Text: h})
		}
	}
	var out []ui.Row
	for _, x := range stock.Targets(v.Type) {
		label := i18n.Pick(ctx, x.Label.Zh, x.Label.En)
		column := ui.Field(ui.FieldProps{Name: "col." + x.Key, Label: words(ctx, "column_of", "what", label), HideLab: true, Plain: true, Type: ui.Select, Options: options, Value: v.Run.Map.Columns[x.Key], Error: ui.ErrorFor(v.Problems, "col."+x.Key)})
		fixed := ui.Field(ui.FieldProps{Name: "fix." + x.Key, Label: words(ctx, "fixed_of", "what", label), HideLab: true, Plain: true, Value: v.Run.Map.Fixed[x.Key], Width: "m"})
		need := words(ctx, "optional")
		if x.Required {
			need = words(ctx, "required")
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: label}, {Text: need}, {Part: column}, {Part: fixed}, {Text: v.first(x.Key), Lang: "zh-Hans"}}})
	}
	return out
}

// unused are the columns of the file from which nothing is taken.
func (v mapView) unused(ctx context.Context) string {
	var out []string
	taken := slices.Collect(maps.Values(v.Run.Map.Columns))
	for _, h := range v.Sample.Header {
		if h != "" && !slices.Contains(taken, h) && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return strings.Join(out, i18n.Pick(ctx, "、", ", "))
}

// first is the first value of a column.
func (v mapView) first(target string) string {
	i := slices.Index(v.Sample.Header, v.Run.Map.Columns[target])
	for _, r := range v.Sample.Rows {
		if i >= 0 && i < len(r.Cells) && strings.TrimSpace(r.Cells[i]) != "" {
			if s := []rune(strings.TrimSpace(r.Cells[i])); len(s) > 40 {
				return string(s[:40]) + "…"
			}
			return strings.TrimSpace(r.Cells[i])
		}
	}
	return "—"
}

// previewRows are the first rows as they would be read.
func (v mapView) previewRows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, p := range v.Preview[:min(len(v.Preview), 8)] {
		var bad []string
		for _, f := range p.Findings {
			bad = append(bad, i18n.Pick(ctx, f.Text.Zh, f.Text.En))
		}
		if len(bad) == 0 {
			bad = []string{words(ctx, "sound")}
		}
		term := ""
		if !p.Granted.IsZero() {
			term = i18n.Date(ctx, p.Granted)
		}
		if !p.Until.IsZero() {
			term += " – " + i18n.Date(ctx, p.Until)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(p.Line)}, {Text: p.Number, Lang: "zh-Hans"}, {Text: p.HolderName, Lang: "zh-Hans"}, {Text: term}, {Text: strings.Join(bad, " ")}}})
	}
	return out
}

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}
