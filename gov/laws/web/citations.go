package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"

	"tongban/gov/laws"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/web"
	"tongban/ui"
)

// citationsView is the list of citations that need a look.
type citationsView struct {
	region   string
	query    laws.CitationQuery
	counts   []laws.Count
	list     []laws.Finding
	next     string
	path     string
	problems []ui.Problem
	at       string // the citation whose note was refused
}

// perList is how many citations one page shows.
const perList = 50

// regionOf is the widest region for which the reader may look at citations.
func (h pages) regionOf(ctx context.Context) string {
	best := ""
	for _, g := range auth.From(ctx).Grants {
		if authz.Require(ctx, laws.MayReviewLaws, authz.Object{Region: g.Region}) == nil && (best == "" || g.Region < best) {
			best = g.Region
		}
	}
	if best == "" {
		best = h.d.Region
	}
	return best
}

func (h pages) query(r *http.Request) laws.CitationQuery {
	q := r.URL.Query()
	return laws.CitationQuery{Region: h.regionOf(r.Context()), Kind: q.Get("finding"), Org: q.Get("department"), Law: laws.Key(q.Get("law")), Open: q.Get("all") == "", After: q.Get("after"), Limit: perList}
}

// GET /laws/citations
func (h pages) citations(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("format") == "csv" {
		return h.table(w, r)
	}
	return h.showCitations(w, r, http.StatusOK, citationsView{query: h.query(r)})
}

func (h pages) showCitations(w http.ResponseWriter, r *http.Request, status int, v citationsView) (err error) {
	ctx := r.Context()
	v.region = v.query.Region
	if v.counts, err = h.Counts(ctx, v.region); err != nil {
		return err
	}
	if v.list, v.next, err = h.Citations(ctx, v.query); err != nil {
		return err
	}
	v.path = "/laws/citations?" + v.address("").Encode()
	page := ui.Page{Title: words(ctx, "review.title"), Lead: words(ctx, "review.lead"), Face: ui.Design, Active: "citations", Problems: v.problems}
	return ui.Render(w, r, status, page, citationsPage(v))
}

// address is the query of the page, at another place of the list.
func (v citationsView) address(after string) url.Values {
	out := url.Values{}
	for k, s := range map[string]string{"finding": v.query.Kind, "department": v.query.Org, "law": v.query.Law, "after": after} {
		if s != "" {
			out.Set(k, s)
		}
	}
	if !v.query.Open {
		out.Set("all", "1")
	}
	return out
}

func (v citationsView) tabs(ctx context.Context) []ui.Link {
	n := map[string]laws.Count{}
	all := 0
	for _, c := range v.counts {
		n[c.Kind] = c
		if c.Kind != "" {
			all += c.Citations
		}
	}
	link := func(kind, text string) ui.Link {
		x := v
		x.query.Kind = kind
		return ui.Link{Text: text, Href: "/laws/citations?" + x.address("").Encode(), Current: v.query.Kind == kind}
	}
	out := []ui.Link{link("", words(ctx, "review.all", "n", all))}
	for _, k := range laws.Findings {
		if n[k].Citations > 0 {
			out = append(out, link(k, words(ctx, "review.kind", "kind", words(ctx, "short."+k), "n", n[k].Citations)))
		}
	}
	return out
}

func (v citationsView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, f := range v.list {
		out = append(out, ui.Row{Cells: []ui.Cell{
			{Part: itemOf(f)},
			{Part: cited(f)}, {Part: wrong(f)}, {Text: words(ctx, "place."+f.Place)}, {Part: reviewed(v, f)}}})
	}
	return out
}

// table writes the whole list: GET /laws/citations?format=csv
func (h pages) table(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := h.query(r)
	q.Limit, q.After = 1000, ""
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="citations.csv"`)
	_, _ = w.Write([]byte("\ufeff")) // spreadsheets take it for UTF-8 then; a reader who is gone needs nothing
	out := csv.NewWriter(w)
	_ = out.Write([]string{"region", "item_code", "item_version", "item_name", "department", "place", "citation", "finding", "law_version", "detail", "reviewed_by", "note"})
	for {
		list, next, err := h.Citations(ctx, q)
		if err != nil {
			return err
		}
		for _, f := range list {
			_ = out.Write([]string{f.Region, f.Code, strconv.Itoa(f.Version), f.ItemName, f.OrgName, f.Place, f.Written, f.Kind, f.LawVersion, f.Detail, f.ReviewedBy, f.Note})
		}
		if next == "" {
			break
		}
		q.After = next
	}
	out.Flush()
	return out.Error()
}

// POST /laws/citations/{region}/{code}/{number}
func (h pages) review(w http.ResponseWriter, r *http.Request) error {
	if err := read(w, r); err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return laws.ErrNoCitation
	}
	err = h.Review(r.Context(), r.PathValue("region"), r.PathValue("code"), number, r.PostForm.Get("note"))
	if f := fault.Of(err); err != nil && f.Code == laws.ErrNote.Code {
		at := fieldOf(r.PathValue("code"), number)
		return h.showCitations(w, r, http.StatusUnprocessableEntity, citationsView{query: h.query(r), at: at, problems: []ui.Problem{{Field: at, Text: web.Words(r.Context(), f)}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/laws/citations?"+r.URL.RawQuery)
}

func fieldOf(code string, number int) string { return "note-" + code + "-" + strconv.Itoa(number) }
