package web

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"tongban/gov/laws"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

// Strings are the words of the pages and of the faults of laws.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Laws   *laws.Service
	Region string // whose laws, with those of the country
}

type pages struct {
	*laws.Service
	d Deps
}

// Routes is the route table of the pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Laws, d}
	return []web.Route{
		{Pattern: "GET /laws", Do: h.list, May: laws.MayReadLaws},
		{Pattern: "GET /laws/{law}", Do: h.show, May: laws.MayReadLaws},
		{Pattern: "GET /laws/citations", Do: h.citations, May: laws.MayReviewLaws},
		{Pattern: "POST /laws/citations/{region}/{code}/{number}", Do: h.review, May: laws.MayReviewLaws},
	}
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("laws.form")

// maxForm bounds the forms, in bytes.
const maxForm = 64 << 10

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "laws."+key, pairs...)
}

// Path is the page of a law, at an article when one is named.
func Path(key, version string, article, suffix int) string {
	q := url.Values{}
	if version != "" {
		q.Set("version", version)
	}
	anchor := ""
	if article > 0 {
		n := strconv.Itoa(article)
		if suffix > 0 {
			n += "-" + strconv.Itoa(suffix)
		}
		q.Set("article", n)
		anchor = "#art-" + n
	}
	path := "/laws/" + url.PathEscape(key)
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path + anchor
}

// read takes the form of a request.
func read(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}
