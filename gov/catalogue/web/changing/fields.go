package changing

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// fieldsView is the elements of a region.
type fieldsView struct {
	Region   Region
	Regions  []Region
	Own      []standard.Field
	Shipped  []standard.Field
	New      standard.Field
	Problems []ui.Problem
}

// GET /catalogue/fields
func (h pages) fields(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := fieldsView{Region: h.region(q.Get("region")), New: standard.Field{Public: true}}
	return h.showFields(w, r, http.StatusOK, v, q.Get("key"))
}

func (h pages) showFields(w http.ResponseWriter, r *http.Request, status int, v fieldsView, key string) error {
	ctx := r.Context()
	list, err := h.Catalogue.Fields(ctx, v.Region.Code)
	if err != nil {
		return err
	}
	v.Regions = h.Regions
	for _, f := range list {
		if f.Region == "" {
			v.Shipped = append(v.Shipped, f)
			continue
		}
		if v.Own = append(v.Own, f); f.Key == key && f.Region == v.Region.Code {
			v.New = f
		}
	}
	page := ui.Page{Title: words(ctx, "fields"), Lead: words(ctx, "fields.lead"), Face: ui.Design, Active: "fields", Problems: v.Problems}
	return ui.Render(w, r, status, page, fieldsPage(v))
}

func (v fieldsView) tabs(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, r := range v.Regions {
		out = append(out, ui.Link{Text: i18n.Pick(ctx, r.Zh, r.En), Href: "/catalogue/fields?region=" + r.Code, Current: r.Code == v.Region.Code})
	}
	return out
}

// regionName is a region as the tabs call it.
func (v fieldsView) regionName(ctx context.Context, code string) string {
	for _, r := range v.Regions {
		if r.Code == code {
			return i18n.Pick(ctx, r.Zh, r.En)
		}
	}
	return code
}

func (v fieldsView) rows(ctx context.Context, list []standard.Field, own bool) []ui.Row {
	var out []ui.Row
	for _, f := range list {
		name := ui.Cell{Text: i18n.Pick(ctx, f.Zh, f.En)}
		if own && f.Region == v.Region.Code {
			name = ui.Cell{Part: link("/catalogue/fields?region="+f.Region+"&key="+f.Key, i18n.Pick(ctx, f.Zh, f.En))}
		}
		state := f.Source
		if own {
			state = words(ctx, "of_region", "region", v.regionName(ctx, f.Region))
		}
		if f.Retired {
			state = words(ctx, "retired")
		}
		row := ui.Row{Cells: []ui.Cell{name, {Text: f.Key}, {Text: words(ctx, "kind_of."+string(f.Kind))}}}
		for _, l := range standard.Levels {
			row.Cells = append(row.Cells, ui.Cell{Text: words(ctx, "rule."+string(f.Rule(l)))})
		}
		row.Cells = append(row.Cells, ui.Cell{Text: state})
		out = append(out, row)
	}
	return out
}

func (v fieldsView) field(ctx context.Context, name, value string, f ui.FieldProps) ui.FieldProps {
	f.Name, f.Label, f.Value, f.Error = name, words(ctx, "define."+name), value, ui.ErrorFor(v.Problems, name)
	return f
}

func options(ctx context.Context, prefix string, list []string) []ui.Option {
	var out []ui.Option
	for _, v := range list {
		out = append(out, ui.Option{Value: v, Text: words(ctx, prefix+v)})
	}
	return out
}

func kindList() (out []string) {
	for _, k := range standard.Kinds {
		out = append(out, string(k))
	}
	return out
}

func listOptions(ctx context.Context) []ui.Option {
	out := []ui.Option{{Text: words(ctx, "nothing")}}
	for _, l := range codes.Lists() {
		out = append(out, ui.Option{Value: l.ID, Text: i18n.Pick(ctx, l.Zh, l.En)})
	}
	return out
}

// POST /catalogue/fields
func (h pages) define(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	region := h.region(f.Get("region"))
	d := standard.Field{Region: region.Code, Key: strings.TrimSpace(f.Get("key")), Zh: strings.TrimSpace(f.Get("zh")), En: strings.TrimSpace(f.Get("en")), Kind: standard.Kind(f.Get("kind")),
		List: f.Get("list"), Group: f.Get("group"), Public: slices.Contains(f["flags"], "public"), Required: slices.Contains(f["flags"], "required"), Tiered: slices.Contains(f["flags"], "tiered"),
		Retired: slices.Contains(f["flags"], "retired"), Exchange: strings.TrimSpace(f.Get("exchange")), Levels: map[standard.Level]standard.Rule{}}
	d.Max, _ = strconv.Atoi(f.Get("max"))
	d.Version, _ = strconv.Atoi(f.Get("version"))
	for _, l := range standard.Levels {
		d.Levels[l] = standard.Rule(f.Get("level." + string(l)))
	}
	err := h.Catalogue.DefineField(ctx, d)
	if bad := problems(ctx, err, ""); bad != nil {
		return h.showFields(w, r, http.StatusUnprocessableEntity, fieldsView{Region: region, New: d, Problems: bad}, "")
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/catalogue/fields?region="+region.Code+"#own")
}

func flagsOf(f standard.Field) (out []string) {
	for name, on := range map[string]bool{"public": f.Public, "required": f.Required, "tiered": f.Tiered, "retired": f.Retired} {
		if on {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func maxText(f standard.Field) string {
	if f.Max == 0 {
		return ""
	}
	return strconv.Itoa(f.Max)
}
