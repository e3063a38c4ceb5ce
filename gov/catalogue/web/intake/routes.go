package intake

import (
	"context"
	"embed"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/outlet"
	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages and of the faults of imports and
// exports.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Intake *intake.Service
	Outlet *outlet.Service
	Clock  clock.Clock
	Region string // of the node: files are imported into it
}

type pages struct {
	*intake.Service
	d Deps
}

// Routes is the route table of the pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Intake, d}
	const run = "/imports/{region}/{id}"
	in, out := catalogue.MayImportItems, catalogue.MayExportItems
	return []web.Route{
		{Pattern: "GET /imports", Do: h.list, May: in},
		{Pattern: "POST /imports", Do: h.begin, May: in},
		{Pattern: "GET " + run, Do: h.run, May: in},
		{Pattern: "GET " + run + "/mapping", Do: h.mapping, May: in},
		{Pattern: "POST " + run + "/mapping", Do: h.setMapping, May: in},
		{Pattern: "GET " + run + "/mapping.json", Do: h.mappingFile, May: in},
		{Pattern: "POST " + run + "/start", Do: h.start, May: in},
		{Pattern: "GET " + run + "/problems.csv", Do: h.problems, May: in},
		{Pattern: "GET /exports", Do: h.exports, May: out},
		{Pattern: "GET /exports/file", Do: h.export, May: out},
		{Pattern: "GET /items/{region}/{code}/linked-data", Do: h.linkedData, May: catalogue.MayReadCatalogue},
		{Pattern: "GET /robots.txt", Do: h.robots, May: catalogue.MayReadCatalogue},
		{Pattern: "GET /sitemap.xml", Do: h.siteMap, May: catalogue.MayReadCatalogue},
		{Pattern: "GET /sitemap/{number}", Do: h.siteMapPart, May: catalogue.MayReadCatalogue},
	}
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "catalogue.intake."+key, pairs...)
}

func runPath(r intake.Run) string {
	return "/imports/" + url.PathEscape(r.Region) + "/" + url.PathEscape(r.ID)
}

// errForm refuses a body that is no form.
var errForm = fault.Invalid("catalogue.intake.form")

// maxForm bounds the form of a mapping: a thousand columns.
const maxForm = 1 << 20

func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

// listView is the page of all imports.
type listView struct {
	Runs     []intake.Run
	Problems []ui.Problem
}

// GET /imports
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	return h.showList(w, r, http.StatusOK, listView{})
}

func (h pages) showList(w http.ResponseWriter, r *http.Request, status int, v listView) (err error) {
	ctx := r.Context()
	if v.Runs, err = h.Runs(ctx, h.d.Region, 100); err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead", "days", int(h.Kept().Hours()/24)), Face: ui.Design, Active: "imports", Problems: v.Problems}, listPage(v))
}

// POST /imports
func (h pages) begin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, intake.MaxUpload+1<<20)
	parts, err := r.MultipartReader()
	if err != nil {
		return errForm.Because(err)
	}
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return h.showList(w, r, http.StatusUnprocessableEntity, listView{Problems: []ui.Problem{{Field: "file", Text: words(ctx, "no_file")}}})
		}
		if err != nil {
			return errForm.Because(err)
		}
		if p.FormName() != "file" || p.FileName() == "" {
			continue
		}
		run, err := h.Begin(ctx, h.d.Region, baseName(p.FileName()), p)
		if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
			return h.showList(w, r, http.StatusUnprocessableEntity, listView{Problems: []ui.Problem{{Field: "file", Text: web.Words(ctx, f)}}})
		}
		if err != nil {
			return err
		}
		return web.Redirect(w, r, runPath(run)+"/mapping")
	}
}

// baseName is the name of an upload without folders.
func baseName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120])
	}
	return s
}

// POST /imports/{region}/{id}/start
func (h pages) start(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	region, id := r.PathValue("region"), r.PathValue("id")
	if err := h.Start(r.Context(), region, id, r.PostForm.Get("way") != "real"); err != nil {
		return err
	}
	return web.Redirect(w, r, runPath(intake.Run{Region: region, ID: id}))
}

// GET /imports/{region}/{id}/problems.csv
func (h pages) problems(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	download(w, "text/csv; charset=utf-8", run.FileName+"-problems.csv")
	return h.WriteProblems(ctx, run.Region, run.ID, i18n.Of(ctx) == i18n.English, w)
}

// GET /imports/{region}/{id}/mapping.json
func (h pages) mappingFile(w http.ResponseWriter, r *http.Request) error {
	run, err := h.Run(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	download(w, "application/json", run.FileName+"-mapping.json")
	_, err = w.Write(run.Mapping.Write())
	return err
}

func download(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
}
