package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/gov/laws"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct {
	Laws   *laws.Service
	Region string // whose laws, with those of the country
	// Known refuses the code of a division that does not exist, by its parameter.
	Known func(ctx context.Context, parameter, code string) error
}

// Register adds the operations.
func Register(a *web.API, d Deps) {
	op := func(id, method, path, summary string, o web.Operation) web.Operation {
		o.ID, o.Method, o.Path, o.Summary, o.Tag = id, method, path, summary, "laws"
		return o
	}
	read := web.Operation{May: laws.MayReadLaws}
	web.Register(a, op("search-laws", http.MethodGet, "/api/v1/laws", "Laws by title and articles by their words, or the clause that a citation means", read), d.search)
	web.Register(a, op("get-law", http.MethodGet, "/api/v1/laws/{law}", "The text of a law, article by article", read), d.law)
	web.Register(a, op("get-article", http.MethodGet, "/api/v1/laws/{law}/articles/{article}", "One article of a law", read), d.article)
	web.Register(a, op("resolve-citations", http.MethodGet, "/api/v1/citations/resolution", "What the citations in a text mean, and what is wrong with them", read), d.resolve)
	web.Register(a, op("list-citations", http.MethodGet, "/api/v1/citations", "What items cite, with what disagrees with the laws in force", web.Operation{May: laws.MayReviewLaws}), d.citations)
	web.Register(a, op("review-citation", http.MethodPut, "/api/v1/citations/{region}/{code}/{number}/review", "Note that a citation was looked at and stands", web.Operation{May: laws.MayReviewLaws}), d.review)
}

type lawVersion struct {
	Region    string   `json:"region" doc:"000000 for the whole country"`
	Law       string   `json:"law" doc:"Short title; the address of the law"`
	Title     string   `json:"title"`
	Category  string   `json:"category"`
	Date      string   `json:"date" doc:"Adopted or amended on; empty when the source does not say"`
	Effective string   `json:"effective" doc:"In force from"`
	Articles  int      `json:"articles"`
	Versions  []string `json:"versions,omitempty" doc:"Dates of all texts that are kept, the newest first"`
}

func shown(v laws.Version, versions []string) lawVersion {
	return lawVersion{v.Region, v.Law, v.Title, v.Category, v.Date, v.Effective, v.Articles, versions}
}

type searchLawsInput struct {
	Q        string `query:"q" maxLength:"200" doc:"Words, or a citation; empty lists the laws"`
	Category string `query:"category" maxLength:"30"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"20" doc:"Articles"`
}

type lawHit struct {
	Law     string `json:"law"`
	Version string `json:"version"`
	Article string `json:"article"`
	Words   string `json:"words"`
}

type searchLawsOutput struct {
	Body struct {
		Laws     []lawVersion    `json:"laws"`
		Articles []lawHit        `json:"articles"`
		More     bool            `json:"more"`
		Clause   *citationAnswer `json:"clause,omitempty"`
	}
}

func (d Deps) search(ctx context.Context, in *searchLawsInput) (*searchLawsOutput, error) {
	out := &searchLawsOutput{}
	out.Body.Laws, out.Body.Articles = []lawVersion{}, []lawHit{}
	if strings.TrimSpace(in.Q) == "" {
		list, err := d.Laws.Laws(ctx, d.Region, in.Category)
		for _, l := range list {
			out.Body.Laws = append(out.Body.Laws, shown(l.Version, l.Versions))
		}
		return out, err
	}
	found, err := d.Laws.Search(ctx, laws.Query{Region: d.Region, Text: in.Q, Category: in.Category, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	for _, l := range found.Laws {
		out.Body.Laws = append(out.Body.Laws, shown(l.Version, l.Versions))
	}
	for _, h := range found.Hits {
		out.Body.Articles = append(out.Body.Articles, lawHit{h.Version.Law, h.Version.Date, strings.TrimPrefix(h.Anchor, "art-"), h.Before + h.Match + h.After})
	}
	out.Body.More = found.More
	if found.Clause != nil {
		a := answer(*found.Clause)
		out.Body.Clause = &a
	}
	return out, nil
}

type lawInput struct {
	Law     string `path:"law" maxLength:"200" doc:"Short or full title"`
	Version string `query:"version" pattern:"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$" doc:"Date of the text; empty is the one in force"`
}

type lawArticle struct {
	Article string   `json:"article" doc:"32, or 120-2 for 第一百二十条之二"`
	Label   string   `json:"label"`
	Heading []string `json:"heading,omitempty" doc:"Headings that begin here, the outermost first"`
	Text    string   `json:"text"`
}

type lawOutput struct {
	Body struct {
		lawVersion
		History  []string     `json:"history"`
		Source   string       `json:"source"`
		Preamble []string     `json:"preamble,omitempty"`
		Text     []lawArticle `json:"text"`
	}
}

func articleOf(a laws.Article) lawArticle {
	return lawArticle{strings.TrimPrefix(a.Anchor(), "art-"), a.Label, a.Heading, a.String()}
}

func (d Deps) law(ctx context.Context, in *lawInput) (*lawOutput, error) {
	v, t, err := d.Laws.VersionOf(ctx, d.Region, in.Law, in.Version)
	if err != nil {
		return nil, err
	}
	l, err := d.Laws.Law(ctx, d.Region, in.Law)
	if err != nil {
		return nil, err
	}
	out := &lawOutput{}
	out.Body.lawVersion, out.Body.History, out.Body.Source, out.Body.Preamble = shown(v, l.Versions), v.History, v.Source, t.Preamble
	for _, a := range t.Articles {
		out.Body.Text = append(out.Body.Text, articleOf(a))
	}
	return out, nil
}

type articleInput struct {
	lawInput
	Article string `path:"article" pattern:"^[0-9]{1,4}(-[0-9]{1,3})?$"`
}

type articleOutput struct {
	Body struct {
		Law     lawVersion `json:"law"`
		Article lawArticle `json:"article"`
	}
}

func (d Deps) article(ctx context.Context, in *articleInput) (*articleOutput, error) {
	v, t, err := d.Laws.VersionOf(ctx, d.Region, in.Law, in.Version)
	if err != nil {
		return nil, err
	}
	n, s, _ := strings.Cut(in.Article, "-")
	number, _ := strconv.Atoi(n) // the pattern lets nothing else pass
	suffix, _ := strconv.Atoi(s)
	a, ok := t.Article(number, suffix)
	if !ok {
		return nil, laws.ErrNoArticle
	}
	out := &articleOutput{}
	out.Body.Law, out.Body.Article = shown(v, nil), articleOf(a)
	return out, nil
}

type citationAnswer struct {
	laws.Citation
	Law     *lawVersion `json:"law,omitempty"`
	Text    string      `json:"text,omitempty" doc:"The words that are meant"`
	Finding string      `json:"finding,omitempty" enum:"no_law,no_article,no_paragraph,older_version,newer_cited,other_words,changed_since"`
}

func answer(r laws.Resolved) citationAnswer {
	out := citationAnswer{Citation: r.Citation, Text: r.Part, Finding: r.Finding}
	if r.Finding != laws.NoLaw {
		v := shown(r.Law, nil)
		out.Law = &v
	}
	return out
}

type resolveInput struct {
	Text string `query:"text" required:"true" maxLength:"4000"`
}

type resolveOutput struct {
	Body struct {
		Citations []citationAnswer `json:"citations"`
	}
}

func (d Deps) resolve(ctx context.Context, in *resolveInput) (*resolveOutput, error) {
	list, err := d.Laws.Read(ctx, d.Region, in.Text)
	out := &resolveOutput{}
	out.Body.Citations = []citationAnswer{}
	for _, r := range list {
		out.Body.Citations = append(out.Body.Citations, answer(r))
	}
	return out, err
}

type citationsInput struct {
	Region     string `query:"region" pattern:"^([0-9]{6})?$" doc:"With those below it; empty is the region of the node"`
	Finding    string `query:"finding" enum:"no_law,no_article,no_paragraph,older_version,newer_cited,other_words,changed_since,"`
	Department string `query:"department" maxLength:"18"`
	Law        string `query:"law" maxLength:"200" doc:"Every item that cites this law, with and without findings"`
	Reviewed   bool   `query:"reviewed" doc:"With those that somebody has looked at"`
	After      string `query:"after" maxLength:"100"`
	Limit      int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type itemCitation struct {
	Region     string     `json:"region"`
	Code       string     `json:"code"`
	Number     int        `json:"number"`
	Version    int        `json:"version" doc:"Of the item"`
	ItemName   string     `json:"item_name"`
	Department string     `json:"department"`
	Place      string     `json:"place" enum:"basis,condition,limit,fee,material,pause,result,penalty"`
	Citation   string     `json:"citation"`
	Law        string     `json:"law"`
	LawVersion string     `json:"law_version,omitempty"`
	Finding    string     `json:"finding,omitempty"`
	Detail     string     `json:"detail,omitempty"`
	ReviewedBy string     `json:"reviewed_by,omitempty"`
	ReviewedAt *time.Time `json:"reviewed_at,omitempty"`
	Note       string     `json:"note,omitempty"`
}

type citationsOutput struct {
	Body struct {
		Citations []itemCitation `json:"citations"`
		Next      string         `json:"next,omitempty"`
	}
}

func (d Deps) citations(ctx context.Context, in *citationsInput) (*citationsOutput, error) {
	if in.Region != "" {
		if err := d.Known(ctx, "region", in.Region); err != nil {
			return nil, err
		}
	}
	q := laws.CitationQuery{Region: cmp.Or(in.Region, d.Region), Kind: in.Finding, Org: in.Department, Open: !in.Reviewed, After: in.After, Limit: in.Limit}
	if in.Law != "" {
		q.Law = laws.Key(in.Law)
	}
	list, next, err := d.Laws.Citations(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &citationsOutput{}
	out.Body.Citations, out.Body.Next = []itemCitation{}, next
	for _, f := range list {
		c := itemCitation{Region: f.Region, Code: f.Code, Number: f.Number, Version: f.Version, ItemName: f.ItemName, Department: f.Org, Place: f.Place, Citation: f.Written, Law: f.Law,
			LawVersion: f.LawVersion, Finding: f.Kind, Detail: f.Detail, ReviewedBy: f.ReviewedBy, Note: f.Note}
		if !f.ReviewedAt.IsZero() {
			c.ReviewedAt = &f.ReviewedAt
		}
		out.Body.Citations = append(out.Body.Citations, c)
	}
	return out, nil
}

type reviewInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	Code   string `path:"code" maxLength:"40"`
	Number int    `path:"number" minimum:"1"`
	Body   struct {
		Note string `json:"note" minLength:"1" maxLength:"500"`
	}
}

type reviewOutput struct {
	Body struct {
		Reviewed bool `json:"reviewed"`
	}
}

func (d Deps) review(ctx context.Context, in *reviewInput) (*reviewOutput, error) {
	out := &reviewOutput{}
	out.Body.Reviewed = true
	return out, d.Laws.Review(ctx, in.Region, in.Code, in.Number, in.Body.Note)
}
