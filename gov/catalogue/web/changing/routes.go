package changing

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/quality"
	"tongban/gov/catalogue/standard"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages, of the faults of changes, and of the
// problems of base items and elements.
//
//go:embed strings
var Strings embed.FS

// Region is a region by code and name.
type Region struct{ Code, Zh, En string }

// Deps is what the pages need.
type Deps struct {
	Changes   *changes.Service
	Catalogue *catalogue.Service
	Regions   []Region         // whose catalogue is kept here, the province first
	Quality   *quality.Service // scores drafts; nil: nobody does
}

type pages struct{ Deps }

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d}
	const one = "/catalogue/changes/{region}/{number}"
	draft, review, approve := catalogue.MayDraftChanges, catalogue.MayReviewChanges, catalogue.MayApproveChanges
	return []web.Route{
		{Pattern: "GET /catalogue/changes", Do: h.list, May: review},
		{Pattern: "GET /catalogue/drafts", Do: h.list, May: draft},
		{Pattern: "POST /catalogue/changes", Do: h.begin, May: draft},
		{Pattern: "GET " + one, Do: h.show, May: review},
		{Pattern: "GET " + one + "/draft", Do: h.show, May: draft},
		{Pattern: "POST " + one + "/edit", Do: h.edit, May: draft},
		{Pattern: "POST " + one + "/add", Do: h.edit, May: draft},
		{Pattern: "POST " + one + "/submit", Do: h.act, May: draft},
		{Pattern: "POST " + one + "/withdraw", Do: h.act, May: draft},
		{Pattern: "POST " + one + "/review", Do: h.act, May: review},
		{Pattern: "POST " + one + "/approve", Do: h.act, May: approve},
		{Pattern: "POST " + one + "/return", Do: h.act, May: review},
		{Pattern: "GET /catalogue/fields", Do: h.fields, May: catalogue.MayDefineFields},
		{Pattern: "POST /catalogue/fields", Do: h.define, May: catalogue.MayDefineFields},
	}
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("changing.form")

// maxForm bounds the forms, in bytes.
const maxForm = 512 << 10

func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "changing."+key, pairs...)
}

func (h pages) region(code string) Region {
	for _, r := range h.Regions {
		if r.Code == code {
			return r
		}
	}
	return h.Regions[0]
}

func may(ctx context.Context, p authz.Permission, region string) bool {
	return authz.Require(ctx, p, authz.Object{Region: region}) == nil
}

// path is where a change is read: drafters and deciders have their own door.
func path(ctx context.Context, c changes.Change) string {
	p := "/catalogue/changes/" + url.PathEscape(c.Region) + "/" + strconv.Itoa(c.Number)
	if !may(ctx, catalogue.MayReviewChanges, c.Region) {
		p += "/draft"
	}
	return p
}

func listPath(ctx context.Context, region string) string {
	p := "/catalogue/changes"
	if !may(ctx, catalogue.MayReviewChanges, region) {
		p = "/catalogue/drafts"
	}
	return p + "?region=" + url.QueryEscape(region)
}

func face(ctx context.Context, region string) ui.Face {
	if may(ctx, catalogue.MayReviewChanges, region) && !may(ctx, catalogue.MayDraftChanges, region) {
		return ui.Supervision
	}
	return ui.Design
}

// problems turns what a service refuses into words at the fields, in the
// language of the reader.
func problems(ctx context.Context, err error, prefix string) []ui.Problem {
	var bad standard.Problems
	if !errors.As(err, &bad) {
		return nil
	}
	var out []ui.Problem
	for _, p := range bad {
		out = append(out, ui.Problem{Field: prefix + p.Field, Text: problemText(ctx, p)})
	}
	return out
}

func problemText(ctx context.Context, p standard.Problem) string {
	with := p.With
	for i := 0; i+1 < len(with); i += 2 {
		if with[i] == "name_en" && i18n.Of(ctx) == i18n.English {
			with = append(append([]any{}, with...), "name", with[i+1])
		}
	}
	return i18n.T(ctx, "standard.problem."+p.Key, with...)
}

// kindName is a kind of change in words.
func kindName(ctx context.Context, c changes.Change) string {
	return words(ctx, "kind."+string(c.Kind)) + " · " + words(ctx, "level."+string(c.Level))
}

// title names a change by what it is about.
func title(c changes.Change, names map[string]string) string {
	name := ""
	if len(c.Bases) > 0 {
		name = c.Bases[0].Name
	}
	if len(c.Items) > 0 {
		name = names[c.Items[0].Base]
		if v := c.Items[0].Values["variant"]; len(v) > 0 && name != "" {
			name += "（" + v[0] + "）"
		}
	} else if len(c.Targets) > 0 {
		name = cmp.Or(name, names[baseOf(c.Targets[0].Code)])
	}
	codes := c.Codes()
	if len(codes) > 0 {
		name = cmp.Or(name, codes[0])
	}
	return name
}

// baseOf is the basic code in the code of an item.
func baseOf(code string) string {
	if c, err := codes.Parse(code); err == nil {
		return c.BasicCode()
	}
	return ""
}

// names are the names of the base items that changes are about.
func (h pages) names(ctx context.Context, list []changes.Change) map[string]string {
	out := map[string]string{}
	look := func(code string) {
		if _, known := out[code]; known || code == "" {
			return
		}
		b, _ := h.Catalogue.Base(ctx, code) // without one the code stands alone
		out[code] = b.Name
	}
	for _, c := range list {
		for _, d := range c.Items {
			look(d.Base)
		}
		for _, t := range c.Targets {
			look(baseOf(t.Code))
		}
	}
	return out
}
