package intake

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/intake/mapping"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// mapView is the page on which columns and codes of a file are mapped.
type mapView struct {
	Run      intake.Run
	Samples  []mapping.Sample
	Why      map[string][]mapping.Guess
	Saved    []intake.Saved
	Problems []ui.Problem
}

// GET /imports/{region}/{id}/mapping
func (h pages) mapping(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	if name := r.URL.Query().Get("use"); name != "" {
		if run.Mapping, err = h.Mapping(ctx, run.Region, name); err != nil {
			return err
		}
	}
	return h.showMapping(w, r, http.StatusOK, mapView{Run: run})
}

func (h pages) showMapping(w http.ResponseWriter, r *http.Request, status int, v mapView) (err error) {
	ctx := r.Context()
	if v.Samples, v.Why, err = h.Samples(ctx, v.Run); err != nil {
		return err
	}
	if v.Saved, err = h.Mappings(ctx, v.Run.Region); err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "mapping"), Lead: words(ctx, "mapping_lead"), Eyebrow: v.Run.FileName, Face: ui.Design, Active: "imports", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: "/imports"}, {Text: v.Run.FileName, Href: runPath(v.Run)}}}, mapPage(v))
}

// POST /imports/{region}/{id}/mapping
func (h pages) setMapping(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	samples, _, err := h.Samples(ctx, run)
	if err != nil {
		return err
	}
	run.Mapping = read(r.PostForm, samples, run)
	if err = h.SetMapping(ctx, run.Region, run.ID, run.Mapping); err == nil && r.PostForm.Get("name") != "" {
		err = h.SaveMapping(ctx, run.Region, run.Mapping)
	}
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
		return h.showMapping(w, r, http.StatusUnprocessableEntity, mapView{Run: run, Problems: []ui.Problem{{Field: "name", Text: web.Words(ctx, f)}}})
	}
	if err != nil {
		return err
	}
	if r.PostForm.Get("then") == "try" {
		if err := h.Start(ctx, run.Region, run.ID, true); err != nil {
			return err
		}
	}
	return web.Redirect(w, r, runPath(run))
}

// Names of the form's controls: the role of a table by its number, the field of
// a column by table and column, the meaning of a value by list and value.
func roleName(table int) string        { return "role." + strconv.Itoa(table) }
func columnName(table, col int) string { return "col." + strconv.Itoa(table) + "." + strconv.Itoa(col) }
func codeName(list, value string) string {
	return "code." + list + "." + url.QueryEscape(value)
}

// read makes a mapping of the form; what it does not speak of stays.
func read(f url.Values, samples []mapping.Sample, run intake.Run) mapping.Mapping {
	m := run.Mapping
	m.Name = strings.TrimSpace(f.Get("name"))
	if v := mapping.Format(f.Get("format")); slices.Contains(mapping.Formats, v) {
		m.Format = v
	}
	m.Codes = maps.Clone(m.Codes)
	if m.Codes == nil {
		m.Codes = map[string]map[string]string{}
	}
	for key := range f {
		rest, ok := strings.CutPrefix(key, "code.")
		list, value, ok2 := strings.Cut(rest, ".")
		met, err := url.QueryUnescape(value)
		if v := f.Get(key); ok && ok2 && err == nil {
			m.Codes[list] = maps.Clone(m.Codes[list])
			if m.Codes[list] == nil {
				m.Codes[list] = map[string]string{}
			}
			if m.Codes[list][met] = v; v == "" {
				delete(m.Codes[list], met)
			}
		}
	}
	if m.Format != mapping.Sheet {
		return m
	}
	m.Tables, m.Columns = map[string]mapping.Role{}, map[mapping.Role]map[string]string{}
	for t, s := range samples {
		role := mapping.Role(f.Get(roleName(t)))
		if role == "" {
			role = run.Mapping.RoleOf(s.Name)
		}
		m.Tables[s.Name] = role
		for c, column := range s.Header {
			if v := f.Get(columnName(t, c)); v != "" && role != mapping.Nothing {
				if m.Columns[role] == nil {
					m.Columns[role] = map[string]string{}
				}
				m.Columns[role][column] = v
			}
		}
	}
	return m
}

// tableView is one table of the file with its mapping.
type tableView struct {
	Number int
	Sample mapping.Sample
	Role   mapping.Role
}

func (v mapView) tables() []tableView {
	var out []tableView
	for i, s := range v.Samples {
		out = append(out, tableView{i, s, v.Run.Mapping.RoleOf(s.Name)})
	}
	return out
}

func formats(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, f := range mapping.Formats {
		out = append(out, ui.Option{Value: string(f), Text: words(ctx, "format."+string(f))})
	}
	return out
}

func roles(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, r := range []mapping.Role{mapping.Item, mapping.Material, mapping.Fee, mapping.Question, mapping.Extra, mapping.Nothing} {
		key := string(r)
		if r == mapping.Nothing {
			key = "nothing"
		}
		out = append(out, ui.Option{Value: string(r), Text: words(ctx, "role."+key)})
	}
	return out
}

func targets(ctx context.Context, role mapping.Role) []ui.Option {
	out := []ui.Option{{Value: mapping.LeaveOut, Text: words(ctx, "leave_column")}}
	for _, t := range mapping.Targets(role) {
		out = append(out, ui.Option{Value: t.Key, Text: i18n.Pick(ctx, t.Zh, t.En)})
	}
	return out
}

// columnRows are the columns of a table with what they hold and what they mean.
func (v mapView) columnRows(ctx context.Context, t tableView) []ui.Row {
	var out []ui.Row
	options := targets(ctx, t.Role)
	for c, column := range t.Sample.Header {
		value := v.Run.Mapping.Columns[t.Role][column]
		if value == "" {
			value = mapping.LeaveOut
		}
		control := ui.Field(ui.FieldProps{Name: columnName(t.Number, c), Label: words(ctx, "meaning_of", "column", column), HideLab: true, Plain: true, Type: ui.Select, Options: options, Value: value})
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: column, Lang: "zh-Hans"}, {Text: strings.Join(examples(t.Sample, c), " ｜ "), Lang: "zh-Hans"}, {Part: control}, {Text: v.why(ctx, t, column)}}})
	}
	return out
}

func (v mapView) why(ctx context.Context, t tableView, column string) string {
	for _, g := range v.Why[t.Sample.Name] {
		if g.Column == column && g.Why != mapping.ByNone && v.Run.Mapping.Columns[t.Role][column] == g.Key {
			return words(ctx, "why."+string(g.Why))
		}
	}
	return "—"
}

// examples are a few different values of a column.
func examples(s mapping.Sample, c int) []string {
	var out []string
	for _, r := range s.Rows {
		if c < len(r.Cells) && len(out) < 3 {
			if v := fields.Cut(strings.TrimSpace(strings.ReplaceAll(r.Cells[c], "\n", " "))); v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// lists are the code lists that the file uses, by key.
func (v mapView) lists() []string {
	met := v.met()
	return slices.Sorted(maps.Keys(met))
}

// met are the values of code lists in the first rows, and those that a run met.
func (v mapView) met() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	add := func(list, value string) {
		if out[list] == nil {
			out[list] = map[string]bool{}
		}
		if len(out[list]) < 200 {
			out[list][value] = true
		}
	}
	m := mapping.Default(v.Run.Mapping.Format).Overlay(v.Run.Mapping)
	for i, s := range v.Samples {
		plan := m.Compile(i, s.Name, s.Header)
		for _, row := range s.Rows {
			part, _ := plan.Read(row, s.Header)
			for _, o := range part.Open {
				add(o.List, o.Value)
			}
		}
	}
	for list, values := range v.Run.Report.Undecided {
		for value := range values {
			add(list, value)
		}
	}
	for list, values := range v.Run.Mapping.Codes {
		for value := range values {
			if _, standard := fields.Guess(list, value); !standard {
				add(list, value)
			}
		}
	}
	return out
}

func (v mapView) codeRows(ctx context.Context, list string) []ui.Row {
	var out []ui.Row
	options := []ui.Option{{Value: "", Text: words(ctx, "undecided")}}
	for _, o := range fields.Values(list) {
		text := i18n.Pick(ctx, o.Zh, o.En)
		if o.Code != o.Zh {
			text = o.Code + " " + text
		}
		options = append(options, ui.Option{Value: o.Code, Text: text})
	}
	options = append(options, ui.Option{Value: mapping.LeaveOut, Text: words(ctx, "leave_value")}, ui.Option{Value: mapping.Refuse, Text: words(ctx, "refuse_value")})
	for _, value := range slices.Sorted(maps.Keys(v.met()[list])) {
		control := ui.Field(ui.FieldProps{Name: codeName(list, value), Label: words(ctx, "meaning_of", "column", value), HideLab: true, Plain: true, Type: ui.Select, Options: options, Value: v.Run.Mapping.Codes[list][value]})
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: value, Lang: "zh-Hans"}, {Part: control}}})
	}
	return out
}

// preview are the first rows as they would be read.
func (v mapView) preview(ctx context.Context, t tableView) []ui.Row {
	m := mapping.Default(v.Run.Mapping.Format).Overlay(v.Run.Mapping)
	plan := m.Compile(t.Number, t.Sample.Name, t.Sample.Header)
	var out []ui.Row
	for _, row := range t.Sample.Rows[:min(len(t.Sample.Rows), 8)] {
		part, problems := plan.Read(row, t.Sample.Header)
		var said, bad []string
		for i, index := range part.Fields {
			f := &fields.All[index]
			if v := part.Values[i]; v != "" && len(said) < 8 {
				said = append(said, i18n.Pick(ctx, f.Zh, f.En)+i18n.Pick(ctx, "：", ": ")+fields.Cut(inWords(ctx, f, v)))
			}
		}
		for _, p := range problems {
			bad = append(bad, i18n.Pick(ctx, p.String(), p.English()))
		}
		if len(bad) == 0 {
			bad = []string{words(ctx, "sound")}
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: strconv.Itoa(row.Line)}, {Text: strings.Join(said, i18n.Pick(ctx, "；", "; "))}, {Text: strings.Join(bad, " ")}}})
	}
	return out
}

func inWords(ctx context.Context, f *fields.Field, v string) string {
	if o, ok := fields.ValueOf(f.List, v); ok {
		return i18n.Pick(ctx, o.Zh, o.En)
	}
	return strings.ReplaceAll(v, "\n", " ")
}
