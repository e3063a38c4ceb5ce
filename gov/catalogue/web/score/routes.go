package score

import (
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/catalogue/quality"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of the pages and of the faults of quality.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Quality *quality.Service
	Region  string // of the node
}

type pages struct {
	*quality.Service
	d Deps
}

// Routes is the route table of the pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Quality, d}
	return []web.Route{
		{Pattern: "GET /quality", Do: h.list, May: quality.MaySeeScores},
		{Pattern: "GET /quality/departments", Do: h.departments, May: quality.MaySeeScores},
		{Pattern: "GET /quality/rules", Do: h.rules, May: quality.MaySeeScores},
		{Pattern: "GET /quality/waivers", Do: h.waivers, May: quality.MaySeeScores},
		{Pattern: "POST /quality/waivers/{region}/{code}/{hash}", Do: h.decide, May: quality.MayWaive},
		{Pattern: "GET /quality/gates", Do: h.gates, May: quality.MaySeeScores},
		{Pattern: "POST /quality/gates", Do: h.proposeGate, May: quality.MaySetGate},
		{Pattern: "POST /quality/gates/{region}/{number}", Do: h.decideGate, May: quality.MayApproveGate},
		{Pattern: "GET /quality/items/{region}/{code}", Do: h.item, May: quality.MaySeeScores},
	}
}

// errForm refuses a body that is no form.
var errForm = fault.Invalid("catalogue.quality_form")

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "quality."+key, pairs...)
}

// face is where the reader works: who designs items, or who supervises them.
func face(ctx context.Context) ui.Face {
	if authz.Allows(auth.From(ctx), quality.MayWaive) {
		return ui.Supervision
	}
	return ui.Design
}

// regionOf is the widest region whose scores the reader may see.
func (h pages) regionOf(ctx context.Context) string {
	best := ""
	for _, g := range auth.From(ctx).Grants {
		if authz.Require(ctx, quality.MaySeeScores, authz.Object{Region: g.Region}) == nil && (best == "" || g.Region < best) {
			best = g.Region
		}
	}
	if best == "" {
		best = h.d.Region
	}
	return best
}

func tabs(ctx context.Context, current string) []ui.Link {
	var out []ui.Link
	for _, t := range []struct{ key, href string }{{"items", "/quality"}, {"departments", "/quality/departments"}, {"waivers", "/quality/waivers"}, {"gates", "/quality/gates"}, {"rules", "/quality/rules"}} {
		out = append(out, ui.Link{Text: words(ctx, "tab."+t.key), Href: t.href, Current: t.key == current})
	}
	return out
}

func (h pages) page(ctx context.Context) ui.Page {
	gate, err := h.GateOf(ctx, h.regionOf(ctx))
	if err != nil { // the page itself says so when it reads
		gate = h.Rules.Gate
	}
	return ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead", "gate", gate), Face: face(ctx), Active: "quality"}
}

// listView is a list of items by score.
type listView struct {
	rules *quality.Rules
	list  []quality.Scored
	older string
	csv   string
}

// perPage is how many items one page shows.
const perPage = 50

// GET /quality
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if q.Get("format") == "csv" {
		return h.table(w, r)
	}
	query := quality.Query{Region: h.regionOf(ctx), Org: q.Get("department"), After: q.Get("after"), Limit: perPage}
	list, next, err := h.List(ctx, query)
	if err != nil {
		return err
	}
	v := listView{rules: h.Rules, list: list, csv: "/quality?format=csv&department=" + url.QueryEscape(query.Org)}
	if next != "" {
		v.older = "/quality?department=" + url.QueryEscape(query.Org) + "&after=" + url.QueryEscape(next)
	}
	return ui.Render(w, r, http.StatusOK, h.page(ctx), listPage(v))
}

func (v listView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, s := range v.list {
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: s.Name, Href: "/quality/items/" + s.Region + "/" + s.Code}, Lang: "zh-Hans"}, {Part: ui.Tag(tag(ctx, s.Score, s.Blocked && s.Package))},
			{Text: top(ctx, v.rules, s.Findings)}, {Text: s.OrgName, Lang: "zh-Hans"}}})
	}
	return out
}

// tag is a score as number, word and colour.
func tag(ctx context.Context, score int, blocked bool) ui.Status {
	switch {
	case blocked:
		return ui.Status{Text: words(ctx, "score.blocked", "n", score), Tone: ui.Bad}
	case score < 70:
		return ui.Status{Text: words(ctx, "score", "n", score), Tone: ui.Bad}
	case score < 85:
		return ui.Status{Text: words(ctx, "score", "n", score), Tone: ui.Warn}
	}
	return ui.Status{Text: words(ctx, "score", "n", score), Tone: ui.OK}
}

// top names the two findings that weigh most.
func top(ctx context.Context, rules *quality.Rules, list []quality.Finding) string {
	var names []string
	for _, f := range list[:min(2, len(list))] {
		if rule, ok := rules.Of(f.Rule); ok {
			names = append(names, rule.Name.In(ctx))
		}
	}
	text := strings.Join(names, words(ctx, "comma"))
	if n := len(list) - len(names); n > 0 {
		text = words(ctx, "and_more", "list", text, "n", n)
	}
	return text
}

// table writes the whole list: GET /quality?format=csv
func (h pages) table(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := quality.Query{Region: h.regionOf(ctx), Org: r.URL.Query().Get("department"), Limit: 1000}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="scores.csv"`)
	_, _ = w.Write([]byte("\ufeff")) // spreadsheets take it for UTF-8 then; a reader who is gone needs nothing
	out := csv.NewWriter(w)
	_ = out.Write([]string{"region", "item_code", "version", "name", "department", "score", "blocked", "rule", "finding", "where", "lost"})
	for {
		list, next, err := h.List(ctx, q)
		if err != nil {
			return err
		}
		for _, s := range list {
			row := []string{s.Region, s.Code, strconv.Itoa(s.Version), s.Name, s.OrgName, strconv.Itoa(s.Score), strconv.FormatBool(s.Blocked)}
			if len(s.Findings) == 0 {
				_ = out.Write(append(row, "", "", "", ""))
			}
			for _, f := range s.Findings {
				rule, _ := h.Rules.Of(f.Rule)
				_ = out.Write(append(row[:7:7], f.Rule, rule.Name.In(ctx), strings.Join(f.Where, " | "), strconv.FormatFloat(f.Lost, 'f', 1, 64)))
			}
		}
		if next == "" {
			break
		}
		q.After = next
	}
	out.Flush()
	return out.Error()
}

// GET /quality/departments
func (h pages) departments(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := h.Departments(ctx, h.regionOf(ctx))
	if err != nil {
		return err
	}
	var rows []ui.Row
	for _, a := range list {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: a.OrgName, Href: "/quality?department=" + url.QueryEscape(a.Org)}, Lang: "zh-Hans"},
			{Text: strconv.FormatFloat(a.Mean, 'f', 1, 64)}, {Text: strconv.Itoa(a.Items)}, {Text: strconv.Itoa(a.Blocked)}}})
	}
	return ui.Render(w, r, http.StatusOK, h.page(ctx), departmentsPage(rows))
}

// GET /quality/rules
func (h pages) rules(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var rows []ui.Row
	for _, x := range h.Rules.List {
		effect := words(ctx, "rule.counts")
		if x.Block {
			effect = words(ctx, "rule.blocks")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: x.Name.In(ctx)}, {Text: x.Fix.In(ctx)}, {Text: strconv.Itoa(x.Weight)}, {Text: effect}}})
	}
	return ui.Render(w, r, http.StatusOK, h.page(ctx), rulesPage(rows))
}

// itemView is what is wrong with one guide.
type itemView struct {
	s     quality.Scored
	rules *quality.Rules
}

// GET /quality/items/{region}/{code}
func (h pages) item(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	region := r.PathValue("region")
	if err := authz.Require(ctx, quality.MaySeeScores, authz.Object{Region: region}); err != nil {
		return err
	}
	s, err := h.Of(ctx, region, r.PathValue("code"))
	if err != nil {
		return err
	}
	page := ui.Page{Title: words(ctx, "item.title", "name", s.Name), Eyebrow: s.OrgName, Face: face(ctx), Active: "quality",
		Crumbs: []ui.Link{{Text: words(ctx, "title"), Href: "/quality"}}}
	return ui.Render(w, r, http.StatusOK, page, itemPage(itemView{s, h.Rules}))
}

func (v itemView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, f := range v.s.Findings {
		rule, ok := v.rules.Of(f.Rule)
		if !ok {
			continue
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Part: found(rule.Name, f)}, {Text: rule.Fix.In(ctx)}, {Text: strconv.FormatFloat(f.Lost, 'f', 1, 64)}}})
	}
	return out
}

// waiversView is what was asked to pass the gate.
type waiversView struct {
	list     []quality.Waiver
	rules    *quality.Rules
	reader   string
	may      bool
	problems []ui.Problem
}

// GET /quality/waivers
func (h pages) waivers(w http.ResponseWriter, r *http.Request) error {
	return h.showWaivers(w, r, http.StatusOK, nil)
}

func (h pages) showWaivers(w http.ResponseWriter, r *http.Request, status int, problems []ui.Problem) error {
	ctx := r.Context()
	list, err := h.Waivers(ctx, h.regionOf(ctx))
	if err != nil {
		return err
	}
	p := auth.From(ctx)
	page := h.page(ctx)
	page.Problems = problems
	return ui.Render(w, r, status, page, waiversPage(waiversView{list, h.Rules, p.ID, authz.Allows(p, quality.MayWaive), problems}))
}

func (v waiversView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, x := range v.list {
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: x.Name, Lang: "zh-Hans"}, {Text: strconv.Itoa(x.Score)}, {Text: top(ctx, v.rules, x.Findings)},
			{Text: words(ctx, "waiver.by", "name", x.AskedName, "reason", x.Reason)}, {Part: decision(v, x)}}})
	}
	return out
}

// POST /quality/waivers/{region}/{code}/{hash}
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	hash := r.PathValue("hash")
	err := h.Decide(r.Context(), r.PathValue("region"), r.PathValue("code"), hash, r.PostForm.Get("do") == "grant", r.PostForm.Get("note"))
	if errors.Is(err, quality.ErrReason) {
		return h.showWaivers(w, r, http.StatusUnprocessableEntity, []ui.Problem{{Field: "note-" + hash, Text: web.Words(r.Context(), fault.Of(err))}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/quality/waivers")
}
