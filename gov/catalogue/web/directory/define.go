package directory

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/lists"
	"tongban/gov/catalogue/standard"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// defineView is the lists with what was proposed, and the form of a proposal.
type defineView struct {
	Region   string // whose list the form is about
	Lists    []lists.List
	Versions []lists.Definition
	Edit     lists.Definition // the form
	Fresh    bool             // it makes a new list
	Fields   []standard.Field
	Sent     bool
	Problems []ui.Problem
}

// GET /list-definitions
func (h pages) definitions(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := defineView{Region: cmp.Or(q.Get("region"), h.Top), Sent: q.Get("sent") != "", Fresh: true}
	if id := q.Get("list"); id != "" {
		l, err := h.Lists.Of(ctx, id)
		if err != nil {
			return err
		}
		v.Region, v.Fresh = cmp.Or(l.Region, h.Top), false
		v.Edit.List = l
	}
	return h.showDefinitions(w, r, http.StatusOK, v)
}

func (h pages) showDefinitions(w http.ResponseWriter, r *http.Request, status int, v defineView) (err error) {
	ctx := r.Context()
	if err := h.Catalogue.Region(ctx, "region", v.Region); err != nil {
		return err
	}
	if v.Lists, err = h.Lists.All(ctx); err != nil {
		return err
	}
	if v.Versions, err = h.Lists.Definitions(ctx, false); err != nil {
		return err
	}
	if v.Fields, err = h.Lists.Fields(ctx, v.Region); err != nil {
		return err
	}
	page := ui.Page{Title: words(ctx, "define"), Lead: words(ctx, "define.lead"), Face: ui.Design, Active: "lists", Problems: v.Problems}
	return ui.Render(w, r, status, page, definePage(v))
}

// POST /list-definitions
func (h pages) propose(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	d := lists.Definition{List: lists.List{ID: f.Get("id"), Region: f.Get("region"), Zh: f.Get("zh"), En: f.Get("en"), LeadZh: f.Get("lead_zh"), LeadEn: f.Get("lead_en"),
		Types: f["types"], Shares: slices.Contains(f["flags"], "shares"), Retired: slices.Contains(f["flags"], "retired"), Columns: strings.Fields(f.Get("columns"))}, Reason: f.Get("reason")}
	if n, err := strconv.Atoi(f.Get("visits")); err == nil {
		d.Visits = &n
	}
	_, err := h.Lists.Propose(ctx, d)
	v := defineView{Region: d.Region, Edit: d, Fresh: f.Get("fresh") != "", Problems: problemsOf(ctx, err)}
	if v.Problems != nil {
		return h.showDefinitions(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/list-definitions?sent=1&region="+d.Region)
}

// problemsOf shows at the form what is wrong with it.
func problemsOf(ctx context.Context, err error) []ui.Problem {
	var bad standard.Problems
	if errors.As(err, &bad) {
		return ui.ProblemsOf(ctx, bad)
	}
	if f := fault.Of(err); err != nil && slices.Contains([]string{"lists.waiting", "lists.elsewhere", "lists.no_change"}, f.Code) {
		return []ui.Problem{{Field: "id", Text: web.Words(ctx, f)}}
	}
	return nil
}

// maxForm bounds a form, in bytes.
const maxForm = 64 << 10

var errForm = fault.Invalid("lists.form")

func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

// POST /list-definitions/{id}/{number}/withdrawal
func (h pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	number, _ := strconv.Atoi(r.PathValue("number"))
	if _, err := h.Lists.Withdraw(r.Context(), r.PathValue("id"), number); err != nil {
		return err
	}
	return web.Redirect(w, r, "/list-definitions")
}

// proposalsView is what waits for another person.
type proposalsView struct {
	Waiting []lists.Definition
	Now     map[string]lists.List
	Fields  map[string][]standard.Field
	Done    string
}

// GET /list-definitions/proposals
func (h pages) proposals(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	v := proposalsView{Now: map[string]lists.List{}, Fields: map[string][]standard.Field{}, Done: r.URL.Query().Get("done")}
	if v.Waiting, err = h.Lists.Definitions(ctx, true); err != nil {
		return err
	}
	now, err := h.Lists.All(ctx)
	if err != nil {
		return err
	}
	for _, l := range now {
		v.Now[l.ID] = l
	}
	for _, d := range v.Waiting {
		if v.Fields[d.ID], err = h.Lists.Fields(ctx, d.Region); err != nil {
			return err
		}
	}
	page := ui.Page{Title: words(ctx, "proposals"), Lead: words(ctx, "proposals.lead"), Face: ui.Supervision, Active: "lists"}
	return ui.Render(w, r, http.StatusOK, page, proposalsPage(v))
}

// POST /list-definitions/{id}/{number}
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	number, _ := strconv.Atoi(r.PathValue("number"))
	do, said := h.Lists.Approve, "approved"
	if r.PostForm.Get("act") == "reject" {
		do, said = h.Lists.Reject, "rejected"
	}
	if _, err := do(r.Context(), r.PathValue("id"), number, r.PostForm.Get("note")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/list-definitions/proposals?done="+said)
}

// said are the parts of a definition in words.
func said(ctx context.Context, l lists.List, fields []standard.Field) []ui.SummaryRow {
	var columns, types []string
	for _, c := range l.Heads(fields) {
		columns = append(columns, i18n.Pick(ctx, c.Zh, c.En))
	}
	for _, t := range l.TypeNames() {
		types = append(types, t.In(ctx))
	}
	comma := words(ctx, "comma")
	rows := []ui.SummaryRow{{Key: words(ctx, "define.zh"), Value: l.Zh, Lang: string(i18n.Chinese)}, {Key: words(ctx, "define.en"), Value: l.En}, {Key: words(ctx, "define.lead_zh"), Value: l.LeadZh, Lang: string(i18n.Chinese)},
		{Key: words(ctx, "define.lead_en"), Value: l.LeadEn}, {Key: words(ctx, "define.types"), Value: cmp.Or(strings.Join(types, comma), words(ctx, "all_types"))}, {Key: words(ctx, "define.columns"), Value: strings.Join(columns, comma)}}
	if l.Visits != nil {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "define.visits"), Value: strconv.Itoa(*l.Visits)})
	}
	if l.Shares {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "define.flags"), Value: words(ctx, "define.shares")})
	}
	if l.Retired {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "define.flags"), Value: words(ctx, "define.retired")})
	}
	return rows
}

// rows are the lists as they count.
func (v defineView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, l := range v.Lists {
		name := i18n.Pick(ctx, l.Zh, l.En)
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: words(ctx, "define.change", "name", name), Href: "/list-definitions?list=" + l.ID + "#edit"}}, {Text: l.ID}, {Text: cmp.Or(l.Region, words(ctx, "define.shipped"))},
			{Link: ui.Link{Text: words(ctx, "define.see", "name", name), Href: "/lists/" + l.ID}}}})
	}
	return out
}

// history is what was proposed, the newest first.
func (v defineView) history(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, d := range v.Versions {
		row := ui.Row{Cells: []ui.Cell{{Text: i18n.Pick(ctx, d.Zh, d.En)}, {Text: strconv.Itoa(d.Number)}, {Text: words(ctx, "define.state."+string(d.State))},
			{Text: d.By + " · " + i18n.Date(ctx, d.At)}, {Text: d.Reason}, {Text: cmp.Or(d.Note, d.DecidedBy)}}}
		if d.State == lists.Proposed {
			row.Cells[5] = ui.Cell{Part: withdrawForm(d)}
		}
		out = append(out, row)
	}
	return out
}

// field is a field of the form.
func (v defineView) field(ctx context.Context, name, value string, f ui.FieldProps) ui.FieldProps {
	f.Name, f.Label, f.Value, f.Error = name, words(ctx, "define."+name), value, ui.ErrorFor(v.Problems, name)
	return f
}

// columns explains which keys there are.
func (v defineView) columns(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, c := range lists.Choices(v.Fields) {
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: c.Key}, {Text: i18n.Pick(ctx, c.Zh, c.En)}}})
	}
	return out
}

func (v defineView) flags() (out []string) {
	if v.Edit.Shares {
		out = append(out, "shares")
	}
	if v.Edit.Retired {
		out = append(out, "retired")
	}
	return out
}

func (v defineView) visits() string {
	if v.Edit.Visits == nil {
		return ""
	}
	return strconv.Itoa(*v.Edit.Visits)
}

func kinds(ctx context.Context) (out []ui.Option) {
	l, _ := codes.Of(codes.TypeList)
	for _, e := range l.Entries {
		out = append(out, ui.Option{Value: e.Code, Text: i18n.Pick(ctx, e.Zh, e.En)})
	}
	return out
}
