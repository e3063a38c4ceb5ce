package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/gov/laws"
	"tongban/platform/i18n"
	"tongban/ui"
)

// showView is one page of a law.
type showView struct {
	version  laws.Version
	inForce  laws.Version
	text     laws.Text
	part     []laws.Article // those of this page
	contents []ui.Link      // headings with their place
	versions []ui.Link
	pages    []ui.Link
	first    bool
}

// perPage is how many articles one page holds, so that the longest law stays
// readable over a slow line.
const perPage = 120

// GET /laws/{law}
func (h pages) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := r.URL.Query()
	law := r.PathValue("law")
	version, text, err := h.VersionOf(ctx, h.d.Region, law, q.Get("version"))
	if err != nil {
		return err
	}
	known, err := h.Law(ctx, h.d.Region, law)
	if err != nil {
		return err
	}
	v := showView{version: version, inForce: known.Version, text: text}
	page := pageOf(text, q.Get("article"), q.Get("page"))
	v.first = page == 0
	v.part = text.Articles[min(page*perPage, len(text.Articles)):min((page+1)*perPage, len(text.Articles))]
	v.contents = contents(version, text, known.Date)
	v.pages = pageLinks(version, text, page, known.Date)
	for _, d := range known.Versions {
		if len(known.Versions) > 1 {
			v.versions = append(v.versions, ui.Link{Text: date(ctx, d), Href: Path(version.Law, d, 0, 0), Current: d == version.Date})
		}
	}
	title := ui.Page{Title: version.Title, Eyebrow: version.Category, Lead: lead(ctx, version),
		Crumbs: []ui.Link{{Text: words(ctx, "home"), Href: "/"}, {Text: words(ctx, "title"), Href: "/laws"}}}
	return ui.Render(w, r, http.StatusOK, title, showPage(v))
}

func lead(ctx context.Context, v laws.Version) string {
	if v.Date == "" {
		return words(ctx, "lead.undated", "n", v.Articles)
	}
	return words(ctx, "lead.law", "date", date(ctx, v.Date), "effective", date(ctx, v.Effective), "n", v.Articles)
}

// pageOf finds the page of an article, or the one that is asked for.
func pageOf(t laws.Text, article, page string) int {
	for i, a := range t.Articles {
		if article != "" && a.Anchor() == "art-"+article {
			return i / perPage
		}
	}
	n, err := strconv.Atoi(page)
	if err != nil || n < 1 || (n-1)*perPage >= len(t.Articles) {
		return 0
	}
	return n - 1
}

// named is the version for an address: none for the one in force.
func named(v laws.Version, inForce string) string {
	if v.Date == inForce {
		return ""
	}
	return v.Date
}

// contents are the headings of a law, each leading to its first article.
func contents(v laws.Version, t laws.Text, inForce string) []ui.Link {
	var out []ui.Link
	for _, a := range t.Articles {
		if len(a.Heading) > 0 {
			out = append(out, ui.Link{Text: strings.Join(a.Heading, " · "), Href: Path(v.Law, named(v, inForce), a.Number, a.Suffix)})
		}
	}
	return out
}

func pageLinks(v laws.Version, t laws.Text, current int, inForce string) []ui.Link {
	var out []ui.Link
	if len(t.Articles) <= perPage {
		return nil
	}
	for i := 0; i*perPage < len(t.Articles); i++ {
		first, last := t.Articles[i*perPage], t.Articles[min((i+1)*perPage, len(t.Articles))-1]
		out = append(out, ui.Link{Text: first.Label + "—" + last.Label, Href: Path(v.Law, named(v, inForce), first.Number, first.Suffix), Current: i == current})
	}
	return out
}

func date(ctx context.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return words(ctx, "undated")
	}
	return i18n.Date(ctx, t)
}

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

func articleOf(anchor string) int {
	n, _, _ := strings.Cut(strings.TrimPrefix(anchor, "art-"), "-")
	i, _ := strconv.Atoi(n) // anchors are made by us
	return i
}

func suffixOf(anchor string) int {
	_, n, _ := strings.Cut(strings.TrimPrefix(anchor, "art-"), "-")
	i, _ := strconv.Atoi(n) // none: 0
	return i
}
