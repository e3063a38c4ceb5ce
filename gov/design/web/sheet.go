package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/decisions"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/gov/design/sheets"
	"tongban/platform/dmn"
	"tongban/platform/dmn/table"
	"tongban/platform/fault"
	"tongban/platform/web"
	"tongban/ui"
)

// sheetView is the editor of one decision table.
type sheetView struct {
	D        design.Draft
	A        design.Surroundings
	T        table.Table
	Problems []sheets.Problem
	Analysis *dmn.Analysis // nil while cells do not work
	Form     []ui.Problem
	Row      int        // whose first cell has the focus; -1: none
	Asked    url.Values // the sample that is tried
	Tried    *decisions.Ruling
	Clash    []clash
	Force    bool // the form was refused because somebody else changed the same; sent again, it wins
}

func (v sheetView) path() string {
	return draftPath(v.D.Region, v.D.Item) + "/tables/" + url.PathEscape(v.T.ID)
}

// GET /design/{region}/{item}/tables/{decision}
func (h pages) sheet(w http.ResponseWriter, r *http.Request) error {
	v := sheetView{Row: -1, Asked: r.URL.Query()}
	var err error
	if v.D, v.A, err = h.Open(r.Context(), r.PathValue("region"), r.PathValue("item")); err != nil {
		return err
	}
	if n, err := strconv.Atoi(v.Asked.Get("row")); err == nil {
		v.Row = n
	}
	if v.T, err = v.D.Sheet(r.PathValue("decision")); err != nil {
		return err
	}
	return h.showSheet(w, r, http.StatusOK, v)
}

func (h pages) showSheet(w http.ResponseWriter, r *http.Request, status int, v sheetView) error {
	ctx := r.Context()
	if v.Problems = sheets.Check(v.T, v.D.Known(v.A)); len(v.Problems) == 0 {
		v.Analysis = v.D.Analyse(v.T.ID)
	}
	if v.Asked.Has("try") {
		answers := map[string]any{}
		for _, c := range v.T.Columns[table.In] {
			answers[c.Of] = v.Asked.Get("i." + c.Of)
		}
		if ruling, err := v.D.Decisions().Decide(v.T.ID, answers, h.Clock.Now()); err == nil {
			v.Tried = &ruling
		}
	}
	page := Frame(ctx, &v.A.Offer.Item, "tables", v.Form)
	page.Crumbs = append(page.Crumbs, ui.Link{Text: words(ctx, "tab.tables"), Href: draftPath(v.D.Region, v.D.Item) + "/tables"})
	page.Title = cmp.Or(v.T.Name, v.T.ID)
	return ui.Render(w, r, status, page, sheetPage(v))
}

// POST /design/{region}/{item}/new-table
func (h pages) addSheet(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, item := r.Context(), r.PathValue("region"), r.PathValue("item")
	title, wrong := strings.TrimSpace(r.PostForm.Get("name")), ""
	var id string
	var err error
	if title == "" {
		wrong = words(ctx, "problem.table_name")
	} else if id, _, err = h.AddTable(ctx, region, item, version(r), title, r.PostForm["looks"]); errors.Is(err, design.ErrTableNamed) {
		wrong = web.Words(ctx, fault.Of(err))
	}
	if wrong != "" {
		v := tablesView{Form: []ui.Problem{{Field: "name", Text: wrong}}}
		if v.D, v.A, err = h.Open(ctx, region, item); err != nil {
			return err
		}
		return h.showTables(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, draftPath(region, item)+"/tables/"+url.PathEscape(id)+"?row=0")
}

// POST /design/{region}/{item}/tables/{decision}
func (h pages) saveSheet(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, item, id := r.Context(), r.PathValue("region"), r.PathValue("item"), r.PathValue("decision")
	act := strings.Split(r.PostForm.Get("act"), ".")
	if act[0] == "delete" {
		if _, err := h.RemoveTable(ctx, region, item, version(r), id); err != nil {
			return err
		}
		return web.Redirect(w, r, draftPath(region, item)+"/tables")
	}
	d, a, err := h.Open(ctx, region, item)
	if err != nil {
		return err
	}
	var gaps []dmn.Gap
	if found := d.Analyse(id); found != nil {
		gaps = found.Gaps
	}
	to := ""
	seen := seenIn(r.PostForm)
	_, typed, conflicts, err := h.EditTable(ctx, region, item, version(r), id, design.TableEdit{Force: r.PostForm.Get("force") != "", Rests: rests(act),
		Enter: func(t *table.Table) error {
			enter(r.PostForm, t, seen)
			return nil
		},
		Act: func(t *table.Table) error {
			ok := true
			if to, ok = apply(t, seen.now(t, act), r.PostForm.Get("look"), a, gaps); !ok {
				return design.ErrNoTable
			}
			return nil
		}})
	f := fault.Of(err)
	if err != nil && (errors.Is(err, design.ErrBoth) || f.Code == design.ErrStale.Code) {
		v := sheetView{Row: -1, T: typed, Force: true, Form: []ui.Problem{{Field: "rules", Text: web.Words(ctx, f)}}}
		return h.sheetClash(w, r, v, conflicts)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, draftPath(region, item)+"/tables/"+url.PathEscape(id)+to)
}

// sheetClash shows the table with what was entered, and what somebody else changed
// of the same.
func (h pages) sheetClash(w http.ResponseWriter, r *http.Request, v sheetView, conflicts []parts.Conflict) error {
	ctx := r.Context()
	var err error
	if v.D, v.A, err = h.Open(ctx, r.PathValue("region"), r.PathValue("item")); err != nil {
		return err
	}
	if v.T.ID == "" { // the table is gone
		v.T.ID = r.PathValue("decision")
	}
	for _, c := range conflicts {
		v.Clash = append(v.Clash, clash{v.place(ctx, c.Path), textOr(ctx, c.Mine), textOr(ctx, c.Theirs), c.Name, c.At})
	}
	return h.showSheet(w, r, http.StatusConflict, v)
}

func textOr(ctx context.Context, v any) string {
	if s, ok := v.(string); ok && s != "" {
		return s
	}
	return words(ctx, "value_none")
}

// place says where a value of the table stands, by its path in sheets.Values.
func (v sheetView) place(ctx context.Context, path string) string {
	at := strings.Split(path, "/")[2:] // tables/DECISION/…
	title := func(key string) string {
		part, key, _ := strings.Cut(key, ".")
		p, _ := strconv.Atoi(part) // written by Values
		if i := sheets.Column(&v.T, table.Part(p), key); i >= 0 {
			return v.title(ctx, table.Part(p), i)
		}
		return key
	}
	switch {
	case len(at) == 3 && at[0] == "rules":
		return words(ctx, "sheet_cell", "rule", sheets.Rule(&v.T, at[1])+1, "column", title(at[2]))
	case len(at) == 3 && at[0] == "columns":
		return words(ctx, "sheet_columns") + words(ctx, "colon") + title(at[1])
	case at[0] == "policy":
		return words(ctx, "sheet_policy")
	}
	return words(ctx, "sheet_name")
}

// seen are the rules and columns that a form was made of, by their names in the
// file: meanwhile others may stand there.
type seen struct {
	rules   []string
	columns [3][]string
}

func seenIn(f url.Values) seen {
	s := seen{rules: f["rule"]}
	for p := range s.columns {
		s.columns[p] = f[fmt.Sprintf("column%d", p)]
	}
	return s
}

// rule is where the i-th rule of the form stands now; -1 when it is gone. Forms
// that name no rules mean those that stand there.
func (s seen) rule(t *table.Table, i int) int {
	switch {
	case len(s.rules) == 0 && i < len(t.Rules):
		return i
	case i < 0 || i >= len(s.rules):
		return -1
	}
	return sheets.Rule(t, s.rules[i])
}

func (s seen) column(t *table.Table, p table.Part, i int) int {
	list := s.columns[p]
	switch {
	case len(list) == 0 && i < len(t.Columns[p]):
		return i
	case i < 0 || i >= len(list):
		return -1
	}
	return sheets.Column(t, p, list[i])
}

// now turns the places in what a button says, such as up.3, into those of today.
func (s seen) now(t *table.Table, act []string) []string {
	number := func(i int) int {
		if i < len(act) {
			if n, err := strconv.Atoi(act[i]); err == nil {
				return n
			}
		}
		return -1
	}
	switch act[0] {
	case "up", "down", "remove":
		return []string{act[0], strconv.Itoa(s.rule(t, number(1)))}
	case "rule": // behind the one before, or at the end
		n := number(1)
		if before := s.rule(t, n-1); n > 0 && before >= 0 {
			n = before + 1
		}
		return []string{act[0], strconv.Itoa(n)}
	case "left", "right", "drop":
		if p := number(1); p >= 0 && p <= int(table.Note) {
			return []string{act[0], act[1], strconv.Itoa(s.column(t, table.Part(p), number(2)))}
		}
	}
	return act
}

// rests are the values that an act rests on: when somebody changed them since,
// people look again.
func rests(act []string) []string {
	switch act[0] {
	case "up", "down":
		return []string{"order"}
	case "left", "right", "drop":
		return []string{"column_order"}
	case "gap":
		return []string{"order", "rules"}
	}
	return nil
}

// columnKey and cellKey name the fields of the editor.
func columnKey(p table.Part, i int, field string) string {
	return fmt.Sprintf("k%d.%d.%s", p, i, field)
}
func cellKey(row int, p table.Part, i int) string { return fmt.Sprintf("r%d.%d.%d", row, p, i) }

// enter writes what was entered into the table; fields that the form does not
// have stay.
func enter(f url.Values, t *table.Table, s seen) {
	take := func(key string, to *string) {
		if f.Has(key) {
			*to = strings.TrimSpace(f.Get(key))
		}
	}
	if title := strings.TrimSpace(f.Get("name")); title != "" {
		t.Name = title
	}
	if p := dmn.HitPolicy(f.Get("policy")); slices.Contains(table.Policies, p) {
		t.Policy = p
	}
	for p := range t.Columns {
		for n := range max(len(s.columns[p]), len(t.Columns[p])) {
			i := s.column(t, table.Part(p), n)
			if i < 0 {
				continue
			}
			c := &t.Columns[p][i]
			key := func(field string) string { return columnKey(table.Part(p), n, field) }
			take(key("label"), &c.Label)
			take(key("of"), &c.Of)
			take(key("type"), &c.Type)
			take(key("default"), &c.Default)
			if f.Has(key("values")) {
				c.Values = sheets.TidyValues(f.Get(key("values")), *c)
			}
		}
	}
	enterCells(f, t, s)
}

func enterCells(f url.Values, t *table.Table, s seen) {
	var inputs []string
	for _, c := range t.Columns[table.In] {
		inputs = append(inputs, c.Of)
	}
	for n := range max(len(s.rules), len(t.Rules)) {
		r := s.rule(t, n)
		if r < 0 {
			continue
		}
		for p := range t.Columns {
			for m := range max(len(s.columns[p]), len(t.Columns[p])) {
				i := s.column(t, table.Part(p), m)
				if key := cellKey(n, table.Part(p), m); i >= 0 && f.Has(key) {
					t.Rules[r].Cells[p][i].Text = sheets.Tidy(f.Get(key), table.Part(p), t.Columns[p][i], inputs)
				}
			}
		}
	}
}

// apply does what a button of the editor says, such as rule.up.3, and tells
// where to go on. Everything that was entered is kept besides.
func apply(t *table.Table, act []string, look string, a design.Surroundings, gaps []dmn.Gap) (to string, ok bool) {
	number := func(i int) int {
		if i >= len(act) {
			return -1
		}
		n, err := strconv.Atoi(act[i])
		if err != nil {
			return -1
		}
		return n
	}
	focus := func(row int) string { return fmt.Sprintf("?row=%d#rule-%d", row, row+1) }
	n := number(1)
	switch act[0] {
	case "", "save":
		return "", true
	case "rule": // a new rule at a place
		if n < 0 || n > len(t.Rules) {
			return "", false
		}
		t.Rules = slices.Insert(t.Rules, n, t.NewRule())
		return focus(n), true
	case "up":
		return focus(n - 1), t.MoveRule(n, -1)
	case "down":
		return focus(n + 1), t.MoveRule(n, 1)
	case "remove":
		return "#rules", t.RemoveRule(n)
	case "gap":
		if n < 0 || n >= len(gaps) {
			return "", false
		}
		t.Rules = append(t.Rules, forGap(t, gaps[n]))
		return focus(len(t.Rules) - 1), true
	case "column":
		if n < 0 || n > int(table.Note) {
			return "", false
		}
		p := table.Part(n)
		return fmt.Sprintf("#column-%d-%d", n, len(t.Columns[p])), t.Insert(p, len(t.Columns[p]), a.NewColumn(t, p, look))
	case "left", "right", "drop":
		if n < 0 || n > int(table.Note) {
			return "", false
		}
		switch act[0] {
		case "left":
			ok = t.Move(table.Part(n), number(2), -1)
		case "right":
			ok = t.Move(table.Part(n), number(2), 1)
		default:
			ok = t.Remove(table.Part(n), number(2))
		}
		return "#columns", ok
	}
	return "", false
}

// forGap is a rule for values that no rule takes yet.
func forGap(t *table.Table, g dmn.Gap) table.Rule {
	r := t.NewRule()
	for _, w := range g.When {
		for i, c := range t.Columns[table.In] {
			if c.Title() == w.Name {
				r.Cells[table.In][i].Text = w.Text
			}
		}
	}
	return r
}

// at lists what is wrong at one cell, or at a column when row is -1.
func (v sheetView) at(ctx context.Context, p table.Part, row, col int) string {
	for _, x := range v.Problems {
		if x.Part == p && x.Row == row && x.Col == col {
			return words(ctx, "problem.sheet."+x.Code, x.Pairs...)
		}
	}
	return ""
}

// hit tells whether a rule decided the sample.
func (v sheetView) hit(row int) bool { return v.Tried != nil && slices.Contains(v.Tried.Rules, row+1) }

// subject is the answer that a column looks at.
func (v sheetView) subject(c table.Column) (design.Subject, bool) {
	i := slices.IndexFunc(v.A.Subjects, func(s design.Subject) bool { return s.ID == c.Of })
	if i < 0 {
		return design.Subject{}, false
	}
	return v.A.Subjects[i], true
}

// title is what a column is called in the reader's language.
func (v sheetView) title(ctx context.Context, p table.Part, i int) string {
	c := v.T.Columns[p][i]
	if s, ok := v.subject(c); ok && p == table.In && (c.Label == "" || c.Label == s.Zh) {
		return name(ctx, s.Choice)
	}
	return cmp.Or(c.Title(), words(ctx, "sheet_part."+strconv.Itoa(int(p))))
}

// options are the values that can be offered for the cells of a column.
func (v sheetView) options(ctx context.Context, c table.Column) []ui.Option {
	var out []ui.Option
	switch s, ok := v.subject(c); {
	case c.Type == "boolean":
		return []ui.Option{{Value: "true", Text: words(ctx, "yes")}, {Value: "false", Text: words(ctx, "no")}}
	case ok && c.Type == "string":
		for _, o := range s.Options {
			out = append(out, ui.Option{Value: strconv.Quote(o.ID), Text: name(ctx, o)})
		}
	}
	if len(out) == 0 && c.Type == "string" {
		for _, text := range strings.Split(c.Values, ", ") {
			if plain, err := strconv.Unquote(text); err == nil {
				out = append(out, ui.Option{Value: text, Text: plain})
			}
		}
	}
	return out
}

// gloss says a cell in words where it says codes; "" where it is plain.
func (v sheetView) gloss(ctx context.Context, c table.Column, text string) string {
	if text == "-" {
		return words(ctx, "sheet_any")
	}
	s, ok := v.subject(c)
	out := text
	switch {
	case c.Type == "boolean":
		out = map[string]string{"true": words(ctx, "yes"), "false": words(ctx, "no")}[text]
	case ok:
		for _, o := range s.Options {
			out = strings.ReplaceAll(out, strconv.Quote(o.ID), name(ctx, o))
		}
	}
	if out == text && c.Type == "number" {
		out = inWords(ctx, text)
	}
	if out == text {
		return ""
	}
	return out
}

// inWords says one range or comparison of numbers as people say it.
func inWords(ctx context.Context, text string) string {
	if m := span.FindStringSubmatch(text); m != nil {
		key := "sheet_from." + map[string]string{"[": "in", "(": "out", "]": "out"}[m[1]] + "_" + map[string]string{"]": "in", ")": "out", "[": "out"}[m[4]]
		return words(ctx, key, "low", m[2], "high", m[3])
	}
	if m := comparison.FindStringSubmatch(text); m != nil {
		return words(ctx, "sheet_than."+map[string]string{"<": "less", "<=": "most", ">": "more", ">=": "least"}[m[1]], "n", m[2])
	}
	return text
}

var (
	span       = regexp.MustCompile(`^([\[\](])(-?[0-9.]*[0-9])\.\.(-?[0-9.]+)([\])\[])$`)
	comparison = regexp.MustCompile(`^(<=|>=|<|>)\s*(-?[0-9.]+)$`)
)

// say tells for which values, in the reader's words.
func (v sheetView) say(ctx context.Context, when []dmn.Condition) string {
	var parts []string
	for _, w := range when {
		text, title := w.Text, w.Name
		for i, c := range v.T.Columns[table.In] {
			if c.Title() == w.Name {
				title, text = v.title(ctx, table.In, i), cmp.Or(v.gloss(ctx, c, w.Text), w.Text)
			}
		}
		parts = append(parts, words(ctx, "sheet_when", "name", title, "text", text))
	}
	if len(parts) == 0 {
		return words(ctx, "sheet_anything")
	}
	return strings.Join(parts, words(ctx, "and"))
}

// lookOptions are the answers that a new column can look at.
func lookOptions(ctx context.Context, a design.Surroundings, none bool) []ui.Option {
	var out []ui.Option
	if none {
		out = append(out, ui.Option{Text: words(ctx, "sheet_expression")})
	}
	for _, c := range a.Columns() {
		text := words(ctx, "sheet_value."+c.Of)
		for _, s := range a.Subjects {
			if s.ID == c.Of {
				text = name(ctx, s.Choice)
			}
		}
		out = append(out, ui.Option{Value: c.Of, Text: text})
	}
	return out
}

func policyOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, p := range table.Policies {
		out = append(out, ui.Option{Value: string(p), Text: words(ctx, "policy."+strings.ReplaceAll(strings.ToLower(string(p)), " ", "_"), "letter", p.Letter())})
	}
	return out
}

func typeOptions(ctx context.Context, kind string) []ui.Option {
	out := append([]ui.Option{{Text: words(ctx, "sheet_type.any")}}, keyed(ctx, "sheet_type.", sheets.Types)...)
	if kind != "" && !slices.Contains(sheets.Types, kind) {
		out = append(out, ui.Option{Value: kind, Text: kind})
	}
	return out
}

// lines shows allowed values one a line.
func lines(values string) string { return strings.ReplaceAll(values, ", ", "\n") }

// sample asks for one input of the sample that is tried.
func (v sheetView) sample(ctx context.Context, i int) ui.FieldProps {
	c := v.T.Columns[table.In][i]
	f := ui.FieldProps{Name: "i." + c.Of, Label: v.title(ctx, table.In, i), Type: ui.Text, Value: v.Asked.Get("i." + c.Of), Plain: true, Width: "m"}
	if list := v.options(ctx, c); len(list) > 0 {
		f.Type, f.Options = ui.Select, []ui.Option{{Text: words(ctx, "sheet_unanswered")}}
		for _, o := range list {
			if plain, err := strconv.Unquote(o.Value); err == nil {
				o.Value = plain
			}
			f.Options = append(f.Options, o)
		}
	}
	return f
}

// sound tells whether the table has exactly one answer for everything.
func (v sheetView) sound() bool {
	for _, g := range v.Analysis.Gaps {
		if !g.Fractions {
			return false
		}
	}
	return len(v.Analysis.Unreachable) == 0 && !slices.ContainsFunc(v.Analysis.Overlaps, func(o dmn.Overlap) bool { return o.Conflict })
}

// kind says what values a column has.
func (v sheetView) kind(ctx context.Context, p table.Part, i int) string {
	c := v.T.Columns[p][i]
	switch {
	case p == table.Note:
		return words(ctx, "sheet_part.2")
	case c.Type == "":
		return words(ctx, "sheet_type.any")
	case slices.Contains(sheets.Types, c.Type):
		return words(ctx, "sheet_type."+c.Type)
	}
	return c.Type
}

func numbers(list []int) string {
	var out []string
	for _, n := range list {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}
