package web

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages and of the faults of design.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Design    *design.Service
	Catalogue *catalogue.Service
	Regions   []string // that the node keeps items of
}

type pages struct {
	*design.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Design, d}
	const item = "/design/{region}/{item}"
	may := design.MayDesign
	return []web.Route{
		{Pattern: "GET /design", Do: h.drafts, May: may},
		{Pattern: "GET " + item, Do: h.editor, May: may},
		{Pattern: "POST " + item + "/begin", Do: h.begin, May: may},
		{Pattern: "POST " + item + "/steps", Do: h.addStep, May: may},
		{Pattern: "POST " + item + "/steps/{step}", Do: h.saveStep, May: may},
		{Pattern: "POST " + item + "/steps/{step}/{act}", Do: h.actStep, May: may},
		{Pattern: "POST " + item + "/flows", Do: h.flows, May: may},
		{Pattern: "GET " + item + "/picture.svg", Do: h.picture, May: authz.SignedIn}, // also who reviews it
		{Pattern: "GET " + item + "/trial", Do: h.trial, May: may},
		{Pattern: "GET " + item + "/trial.svg", Do: h.trialPicture, May: may},
		{Pattern: "GET " + item + "/changes", Do: h.changes, May: may},
		{Pattern: "GET " + item + "/expert", Do: h.expert, May: may},
		{Pattern: "POST " + item + "/expert/element", Do: h.elementPost, May: may},
		{Pattern: "GET " + item + "/flow.bpmn", Do: h.file, May: may},
		{Pattern: "POST " + item + "/file", Do: h.saveFile, May: may},
		{Pattern: "GET " + item + "/tables", Do: h.tables, May: may},
		{Pattern: "POST " + item + "/tables", Do: h.saveTables, May: may},
		{Pattern: "POST " + item + "/new-table", Do: h.addSheet, May: may},
		{Pattern: "GET " + item + "/tables/{decision}", Do: h.sheet, May: may},
		{Pattern: "POST " + item + "/tables/{decision}", Do: h.saveSheet, May: may},
		{Pattern: "GET " + item + "/decisions.dmn", Do: h.tablesFile, May: may},
		{Pattern: "POST " + item + "/rebase", Do: h.rebase, May: may},
		{Pattern: "POST " + item + "/discard", Do: h.discard, May: may},
		{Pattern: "GET /design/modeler/{file}", Do: modelerFile, May: may},
	}
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("design.form")

// maxForm bounds the forms of these pages, in bytes: a file of 1 MB, escaped.
const maxForm = 4 << 20

func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	var err error
	if r.Header.Get("Content-Type") != "" && len(r.Header.Get("Content-Type")) > 9 && r.Header.Get("Content-Type")[:9] == "multipart" {
		err = r.ParseMultipartForm(maxForm)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return errForm.Because(err)
	}
	return nil
}

// version is the state of the draft that the reader saw; -1, which no draft
// has, when the form does not say.
func version(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil {
		return -1
	}
	return n
}

func draftPath(region, item string) string {
	return "/design/" + url.PathEscape(region) + "/" + url.PathEscape(item)
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "design."+key, pairs...)
}

// name is an entry of a list in the reader's language.
func name(ctx context.Context, c design.Choice) string { return i18n.Pick(ctx, c.Zh, c.En) }

// Edited is the key of the words that say whose draft it is, over which version.
func Edited(base int) string {
	if base == 0 {
		return "edited_first"
	}
	return "edited"
}

// draftsView is the start page: drafts, and items to open.
type draftsView struct {
	Text   string
	Drafts []draftRow
	Hits   []catalogue.Hit
}

type draftRow struct {
	design.Draft
	Name string
}

// GET /design
func (h pages) drafts(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := draftsView{Text: r.URL.Query().Get("q")}
	for _, region := range h.d.Regions {
		list, err := h.Drafts(ctx, region, 50)
		if fault.IsKind(err, fault.KindForbidden) {
			continue // not this designer's region
		}
		if err != nil {
			return err
		}
		for _, d := range list {
			row := draftRow{d, d.Item}
			if it, err := h.d.Catalogue.Item(ctx, d.Region, d.Item); err == nil {
				row.Name = i18n.Pick(ctx, it.FullName(), it.NameEn)
			}
			v.Drafts = append(v.Drafts, row)
		}
	}
	if v.Text != "" {
		found, err := h.d.Catalogue.Search(ctx, catalogue.Query{Text: v.Text, Limit: 20})
		if err != nil {
			return err
		}
		for _, hit := range found.Items {
			if authz.Require(ctx, design.MayDesign, authz.Object{Region: hit.Region, Orgs: []string{hit.Org}}) == nil {
				v.Hits = append(v.Hits, hit)
			}
		}
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Face: ui.Design, Active: "design"}, draftsPage(v))
}
