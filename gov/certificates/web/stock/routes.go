package stock

import (
	"context"
	"embed"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages and of the faults of the stock.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Stock  *stock.Service
	Types  *kinds.Service
	Files  *files.Store
	Clock  clock.Clock
	Region string // where what is handed in here is kept
}

type pages struct {
	*stock.Service
	d Deps
}

// Routes is the route table of the pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Stock, d}
	const run = "/stock/{region}/{id}"
	return []web.Route{
		{Pattern: "GET /stock", Do: h.list, May: stock.MaySee},
		{Pattern: "POST /stock", Do: h.begin, May: stock.MayTakeIn},
		{Pattern: "GET /stock/sample.csv", Do: h.example, May: stock.MaySee},
		{Pattern: "GET " + run, Do: h.run, May: stock.MaySee},
		{Pattern: "POST " + run + "/act", Do: h.act, May: stock.MaySee},
		{Pattern: "GET " + run + "/mapping", Do: h.mapping, May: stock.MayTakeIn},
		{Pattern: "POST " + run + "/mapping", Do: h.setMapping, May: stock.MayTakeIn},
		{Pattern: "GET " + run + "/mapping.json", Do: h.mappingFile, May: stock.MayTakeIn},
		{Pattern: "GET " + run + "/findings.csv", Do: h.findings, May: stock.MaySee},
		{Pattern: "GET " + run + "/doubts", Do: h.doubts, May: stock.MaySee},
		{Pattern: "POST " + run + "/doubts/{line}", Do: h.settle, May: stock.MayTakeIn},
		{Pattern: "GET " + run + "/scans/{line}", Do: h.scan, May: stock.MaySee},
	}
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "certificates.stock."+key, pairs...)
}

func runPath(r stock.Run) string {
	return "/stock/" + url.PathEscape(r.Region) + "/" + url.PathEscape(r.ID)
}

// errForm refuses a body that is no form.
var errForm = fault.Invalid("certificates.stock.form")

// maxForm bounds a form without files.
const maxForm = 1 << 20

func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

// listView is the page of all runs.
type listView struct {
	Runs     []stock.Run
	Types    []kinds.Type // that the reader may take certificates in of
	Form     url.Values
	Problems []ui.Problem
}

// GET /stock
func (h pages) list(w http.ResponseWriter, r *http.Request) error {
	return h.showList(w, r, http.StatusOK, listView{Form: r.URL.Query()})
}

func (h pages) showList(w http.ResponseWriter, r *http.Request, status int, v listView) (err error) {
	ctx := r.Context()
	if v.Runs, err = h.Runs(ctx, 100); err != nil {
		return err
	}
	list, err := h.d.Types.List(ctx, "")
	if err != nil {
		return err
	}
	for i := range v.Runs {
		if at := slices.IndexFunc(list, func(t kinds.Type) bool { return t.Code == v.Runs[i].Type }); at >= 0 {
			v.Runs[i].TypeName = i18n.Pick(ctx, v.Runs[i].TypeName, list[at].Name.En)
		}
	}
	for _, t := range list {
		if authz.Require(ctx, stock.MayTakeIn, authz.Object{Region: h.d.Region, Orgs: []string{t.Authority}}) == nil {
			v.Types = append(v.Types, t)
		}
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead", "days", int(h.Kept().Hours()/24)), Face: ui.Workbench, Active: "stock", Problems: v.Problems}, listPage(v))
}

// POST /stock
func (h pages) begin(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, 2*stock.MaxUpload+maxForm)
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return errForm.Because(err)
	}
	defer r.MultipartForm.RemoveAll()
	refuse := func(field string, err error) error {
		text := words(ctx, "no_file")
		if err != nil {
			text = web.Words(ctx, fault.Of(err))
		}
		return h.showList(w, r, http.StatusUnprocessableEntity, listView{Form: r.PostForm, Problems: []ui.Problem{{Field: field, Text: text}}})
	}
	in := stock.Intake{Region: h.d.Region, Type: r.PostForm.Get("type"), Issuer: r.PostForm.Get("issuer"), IssuerName: r.PostForm.Get("issuer_name"), Grade: r.PostForm.Get("grade")}
	file, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return refuse("file", nil)
	}
	defer file.Close()
	in.File, in.FileName = file, baseName(head.Filename)
	if scans, head, err := r.FormFile("scans"); err == nil && head.Size > 0 {
		defer scans.Close()
		in.Annexes, in.AnnexName = scans, baseName(head.Filename)
	}
	run, err := h.Begin(ctx, in)
	if f := fault.Of(err); err != nil && (f.Kind == fault.KindInvalid || f.Kind == fault.KindNotFound) {
		return refuse(fieldOf(f), err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, runPath(run)+"/mapping")
}

// fieldOf is the control that a refusal is about.
func fieldOf(f *fault.Fault) string {
	switch f.Code {
	case stock.ErrGrade.Code:
		return "grade"
	case stock.ErrIssuer.Code, stock.ErrNotIssuer.Code:
		return "issuer"
	case stock.ErrIssuerName.Code:
		return "issuer_name"
	case stock.ErrAnnexes.Code:
		return "scans"
	case kinds.ErrNoType.Code:
		return "type"
	}
	return "file"
}

// baseName is the name of an upload without folders.
func baseName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120])
	}
	return s
}

// GET /stock/sample.csv
func (h pages) example(w http.ResponseWriter, r *http.Request) error {
	t, err := h.d.Types.InForce(r.Context(), r.URL.Query().Get("type"))
	if err != nil {
		return err
	}
	download(w, "text/csv; charset=utf-8", t.Key+"-sample.csv")
	_, err = w.Write(stock.Example(t, t.By.Zh, h.d.Clock.Now()))
	return err
}

// GET /stock/{region}/{id}/findings.csv
func (h pages) findings(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	run, err := h.Run(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	download(w, "text/csv; charset=utf-8", run.FileName+"-findings.csv")
	return h.WriteFindings(ctx, run.Region, run.ID, i18n.Of(ctx) == i18n.English, w)
}

// GET /stock/{region}/{id}/scans/{line}
func (h pages) scan(w http.ResponseWriter, r *http.Request) error {
	line, err := strconv.Atoi(r.PathValue("line"))
	if err != nil {
		return stock.ErrNoRecord
	}
	ref, err := h.Scan(r.Context(), r.PathValue("region"), r.PathValue("id"), line)
	if err != nil {
		return err
	}
	return h.d.Files.Preview(w, r, ref, "scan-"+strconv.Itoa(line))
}

func download(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("X-Content-Type-Options", "nosniff")
}
