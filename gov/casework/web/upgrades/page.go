package upgrades

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/upgrades"
	"tongban/gov/catalogue"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of the page.
//
//go:embed strings
var Strings embed.FS

type pages struct{ desk upgrades.Desk }

// Routes is the route table of the page.
func Routes(desk upgrades.Desk) []web.Route {
	h := pages{desk}
	const item = "/running/{region}/{item}"
	return []web.Route{
		{Pattern: "GET " + item, Do: h.show, May: upgrades.MayUpgrade},
		{Pattern: "POST " + item, Do: h.run, May: upgrades.MayUpgrade},
	}
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("upgrades.form")

// maxForm bounds the forms of the page, in bytes.
const maxForm = 256 << 10

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "upgrades."+key, pairs...)
}

// view is the page: versions, the plan of one order, and what an order did.
type view struct {
	Region, Item string
	Offer        *catalogue.Offer
	Counts       []upgrades.Count
	Plan         upgrades.Plan
	Planned      bool
	Result       upgrades.Result
	Ran          bool
	Reason       string
	Problems     []ui.Problem
}

func (v view) path() string {
	return "/running/" + url.PathEscape(v.Region) + "/" + url.PathEscape(v.Item)
}

// order reads which cases are to move where.
func order(r *http.Request, values url.Values) upgrades.Order {
	o := upgrades.Order{Region: r.PathValue("region"), Item: r.PathValue("item"), Mapping: map[string]string{},
		After: casework.CaseID(values.Get("after")), Reason: strings.TrimSpace(values.Get("reason"))}
	o.From, _ = strconv.Atoi(values.Get("from")) // what is no number is 0, which is no version
	o.To, _ = strconv.Atoi(values.Get("to"))
	for k := range values {
		if el, ok := strings.CutPrefix(k, "map."); ok && values.Get(k) != "" {
			o.Mapping[el] = values.Get(k)
		}
	}
	return o
}

// GET /running/{region}/{item}
func (h pages) show(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, view{}, order(r, r.URL.Query()))
}

func (h pages) render(w http.ResponseWriter, r *http.Request, status int, v view, o upgrades.Order) (err error) {
	ctx := r.Context()
	v.Region, v.Item, v.Reason = o.Region, o.Item, o.Reason
	if v.Offer, err = h.desk.Item(ctx, o.Region, o.Item); err != nil {
		return err
	}
	if v.Counts, err = h.desk.Versions(ctx, o.Region, o.Item); err != nil {
		return err
	}
	if o.To == 0 {
		o.To = v.Offer.Version
	}
	if v.Planned = o.From > 0 && o.From != o.To; v.Planned {
		if v.Plan, err = h.desk.Plan(ctx, o); err != nil {
			return err
		}
	}
	title := i18n.Pick(ctx, v.Offer.FullName(), v.Offer.NameEn)
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Face: ui.Design, Active: "design", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: words(ctx, "designs"), Href: "/design"}, {Text: title, Href: "/design/" + url.PathEscape(o.Region) + "/" + url.PathEscape(o.Item)}}}, runningPage(v))
}

// POST /running/{region}/{item}
func (h pages) run(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, o := r.Context(), order(r, r.PostForm)
	result, err := h.desk.Run(ctx, o)
	if errors.Is(err, casework.ErrNeedReason) {
		return h.render(w, r, http.StatusUnprocessableEntity, view{Problems: []ui.Problem{{Field: "reason", Text: words(ctx, "problem.reason")}}}, o)
	}
	if err != nil {
		return err
	}
	o.After = result.Next
	return h.render(w, r, http.StatusOK, view{Ran: true, Result: result}, o)
}

// versionRows are the versions with their cases.
func (v view) versionRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, c := range v.Counts {
		row := ui.Row{Cells: []ui.Cell{{Text: words(ctx, "version_n", "n", c.Version)}, {Text: strconv.Itoa(c.Cases)}, {}}}
		if c.Version != v.Offer.Version && c.Cases > 0 {
			row.Cells[2] = ui.Cell{Link: ui.Link{Text: words(ctx, "look", "version", v.Offer.Version), Href: v.path() + "?from=" + strconv.Itoa(c.Version) + "&to=" + strconv.Itoa(v.Offer.Version) + "#plan"}}
		}
		rows = append(rows, row)
	}
	return rows
}

// caseRows are the cases of the plan with what becomes of them.
func (v view) caseRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, c := range v.Plan.Cases {
		status := ui.Status{Text: words(ctx, "fits"), Tone: ui.OK}
		if !c.Fits {
			status = ui.Status{Text: words(ctx, "stays"), Tone: ui.Warn}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: c.Number}, {Part: ui.Tag(status)}, {Part: becomes(c)}}})
	}
	return rows
}

// stepText says what becomes of one place.
func stepText(ctx context.Context, s upgrades.Step) string {
	what := s.Element
	if what == "" {
		what = s.To
	}
	return words(ctx, "step."+string(s.Outcome), "what", words(ctx, "what."+s.What), "element", what, "to", s.To, "reason", s.Reason)
}

// problem says in words why a case cannot move at all.
func problem(ctx context.Context, err error) string { return web.Words(ctx, fault.Of(err)) }

func (v view) doneRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, d := range v.Result.Done {
		status := ui.Status{Text: words(ctx, "moved"), Tone: ui.OK}
		why := ""
		if d.Err != nil {
			status, why = ui.Status{Text: words(ctx, "stays"), Tone: ui.Warn}, problem(ctx, d.Err)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: d.Number}, {Part: ui.Tag(status)}, {Text: why}}})
	}
	return rows
}

func (v view) choices(ctx context.Context, w upgrades.Want) []ui.Option {
	out := []ui.Option{{Text: words(ctx, "no_place")}}
	for _, c := range w.Choices {
		out = append(out, ui.Option{Value: c.Element, Text: c.Name})
	}
	return out
}

func (v view) versionOptions(ctx context.Context, withCases bool) []ui.Option {
	var out []ui.Option
	for n := v.Offer.Version; n > 0; n-- {
		i := -1
		for k, c := range v.Counts {
			if c.Version == n && c.Cases > 0 {
				i = k
			}
		}
		if withCases && i < 0 {
			continue
		}
		out = append(out, ui.Option{Value: strconv.Itoa(n), Text: words(ctx, "version_n", "n", n)})
	}
	return out
}
