package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"tongban/gov/laws"
	"tongban/ui"
)

// categories in the order in which they are offered.
var categories = []string{"宪法", "宪法相关法", "民法典", "民法商法", "行政法", "经济法", "社会法", "诉讼与非诉讼程序法", "行政法规", "部门规章"}

// listView is the search of laws.
type listView struct {
	query    string
	category string
	tabs     []ui.Link
	laws     []laws.Law
	hits     []laws.Hit
	clause   *laws.Resolved
	more     bool
	total    int
}

// shown bounds the laws and the hits of one page.
const shown = 60

// GET /laws
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{query: r.URL.Query().Get("q"), category: r.URL.Query().Get("category")}
	all, err := h.Service.Laws(ctx, h.d.Region, "")
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, l := range all {
		count[l.Category]++
	}
	v.tabs = tabs(ctx, v.category, count, len(all))
	if v.query != "" {
		found, err := h.Search(ctx, laws.Query{Region: h.d.Region, Text: v.query, Category: v.category, Limit: shown})
		if err != nil {
			return err
		}
		v.laws, v.hits, v.clause, v.more = found.Laws, found.Hits, found.Clause, found.More
		v.laws = v.laws[:min(len(v.laws), shown)]
	} else if v.laws, err = h.Service.Laws(ctx, h.d.Region, cmp.Or(v.category, "行政法")); err != nil {
		return err
	}
	v.total = len(all)
	page := ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead", "n", len(all)), Crumbs: []ui.Link{{Text: words(ctx, "home"), Href: "/"}}}
	return ui.Render(w, r, http.StatusOK, page, listPage(v))
}

// tabs are the categories that hold something; without a search the first page
// shows administrative law.
func tabs(ctx context.Context, current string, count map[string]int, all int) []ui.Link {
	known := slices.Clone(categories)
	for c := range count {
		if !slices.Contains(known, c) {
			known = append(known, c)
		}
	}
	slices.Sort(known[len(categories):])
	var out []ui.Link
	for _, c := range known {
		if count[c] > 0 {
			out = append(out, ui.Link{Text: words(ctx, "category", "name", c, "n", count[c]), Href: "/laws?category=" + c, Current: c == cmp.Or(current, "行政法")})
		}
	}
	return out
}

func (v listView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, l := range v.laws {
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: l.Title, Href: Path(l.Law, "", 0, 0)}, Lang: "zh-Hans"}, {Text: date(ctx, l.Date)}, {Text: date(ctx, l.Effective)},
			{Text: words(ctx, "count", "n", l.Articles)}}})
	}
	return out
}

func (v listView) cols(ctx context.Context) []ui.Col {
	return []ui.Col{{Title: words(ctx, "col.title")}, {Title: words(ctx, "col.date"), NoWrap: true}, {Title: words(ctx, "col.effective"), NoWrap: true}, {Title: words(ctx, "col.articles"), End: true}}
}
