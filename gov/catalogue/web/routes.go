package web

import (
	"context"
	"embed"
	"net/url"
	"sync"

	"tongban/gov/catalogue"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages and of the catalogue's faults.
//
//go:embed strings
var Strings embed.FS

// Continued is something that the reader began and can go on with, on the
// start page: a draft, a supplement that is asked for, a case under way.
type Continued struct {
	Title  string
	Href   string
	Text   string
	Status ui.Status
}

// Deps is what the pages need.
type Deps struct {
	Catalogue *catalogue.Service
	Continue  func(ctx context.Context) ([]Continued, error) // what the reader can go on with; nil: nothing
	Hotline   string                                         // "12345" when empty
	Number    func(text string) string                       // where a number of a case leads, "" for what is none; nil: there are none

	// Cited reads the clauses that a text names, for what lies in a region. nil: none
	// is known, and citations are only printed.
	Cited func(ctx context.Context, region, text, quoted string) ([]Cited, error)
}

// Cited is a clause of a law with its words.
type Cited struct {
	Written string   // 《行政许可法》第三十二条第一款
	Href    string   // its place in the law; "" when the law is not kept
	Lines   []string // its words in the text in force; none when no article is named
	Version string   // 2019-04-23: which text that is
	Same    bool     // the words quoted are these
}

type pages struct {
	*catalogue.Service
	d     Deps
	flows sync.Map // pictures of flows by what they are drawn from
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	if d.Hotline == "" {
		d.Hotline = "12345"
	}
	h := &pages{Service: d.Catalogue, d: d}
	may := catalogue.MayReadCatalogue
	return []web.Route{
		{Pattern: "GET /{$}", Do: h.home, May: may},
		{Pattern: "GET /items", Do: h.items, May: may},
		{Pattern: "GET /departments", Do: h.departments, May: may},
		{Pattern: "GET /browse", Do: h.browse, May: may},
		{Pattern: "GET /synonyms", Do: h.synonyms, May: catalogue.MayKeepSynonyms},
		{Pattern: "POST /synonyms", Do: h.synonymsPost, May: catalogue.MayKeepSynonyms},
		{Pattern: "GET /items/{region}/{code}", Do: h.guide, May: may},
		{Pattern: "GET /items/{region}/{code}/situations", Do: h.situations, May: may},
		{Pattern: "GET /items/{region}/{code}/flow.svg", Do: h.flow, May: may},
	}
}

// active is the entry of the navigation that these pages belong to.
const active = "do"

func itemPath(region, code string) string {
	return "/items/" + url.PathEscape(region) + "/" + url.PathEscape(code)
}

func applyPath(region, code string) string {
	return "/apply/" + url.PathEscape(region) + "/" + url.PathEscape(code)
}

// itemsPath is a list of items with one restriction.
func itemsPath(name, value string) string { return "/items?" + name + "=" + url.QueryEscape(value) }

func departmentsPath(region string) string {
	if region == "" {
		return "/departments"
	}
	return "/departments?region=" + url.QueryEscape(region)
}

// keep leaves only some parameters of an address.
func keep(v url.Values, names ...string) url.Values {
	out := url.Values{}
	for _, n := range names {
		if s := v.Get(n); s != "" {
			out.Set(n, s)
		}
	}
	return out
}
