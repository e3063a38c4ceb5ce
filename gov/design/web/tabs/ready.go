package tabs

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/catalogue/packages"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/gov/design/ready"
	designweb "tongban/gov/design/web"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// readyView is everything to look at before publishing.
type readyView struct {
	view
	Flow    int // problems of the flow
	Gate    error
	Check   ready.Report
	Diff    []parts.Difference
	Replay  *design.Replay
	Asked   bool
	Purpose string
}

// GET /design/{region}/{item}/ready
func (h pages) ready(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, tab{ID: "ready"})
	if err != nil {
		return err
	}
	return h.showReady(w, r, http.StatusOK, readyView{view: v, Asked: r.URL.Query().Get("asked") != ""})
}

func (h pages) showReady(w http.ResponseWriter, r *http.Request, status int, v readyView) error {
	if err := h.look(r.Context(), &v); err != nil {
		return err
	}
	return ui.Render(w, r, status, designweb.Frame(r.Context(), item(v.a), "ready", v.problems), readyPage(v))
}

// look checks, scores and compares a draft.
func (h pages) look(ctx context.Context, v *readyView) error {
	v.faults, v.Flow = h.Faults(ctx, v.d, v.a), len(h.Check(v.d, v.a))
	var err error
	if v.report, err = h.Score(ctx, v.d, v.a); err != nil {
		if v.report == nil {
			return err
		}
		v.Gate = err
	}
	if v.gate, err = h.Service.Gate(ctx, v.d.Region); err != nil {
		return err
	}
	p := v.d.Next(v.a)
	v.Check = ready.Look(p, v.d.Offer(v.a))
	v.Diff, err = h.Differences(ctx, v.d, v.a)
	return err
}

// POST /design/{region}/{item}/ready/pass
func (h pages) askToPass(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	v, err := h.open(r, tab{ID: "ready"})
	if err != nil {
		return err
	}
	if err := h.AskToPass(r.Context(), v.d, v.a, r.PostForm.Get("reason")); err != nil {
		return err
	}
	return web.Redirect(w, r, v.path()+"/ready?asked=yes")
}

func parse(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

// POST /design/{region}/{item}/ready/replay
func (h pages) replay(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	v, err := h.open(r, tab{ID: "ready"})
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.PostForm.Get("n")) // none: the fewest
	out := readyView{view: v, Purpose: r.PostForm.Get("purpose")}
	out.Replay, err = h.Replay(r.Context(), v.d, v.a, n, out.Purpose)
	if errors.Is(err, design.ErrPurpose) {
		out.view = v.with("purpose", web.Words(r.Context(), fault.Of(err)))
		return h.showReady(w, r, http.StatusUnprocessableEntity, out)
	}
	if err != nil {
		return err
	}
	return h.showReady(w, r, http.StatusOK, out)
}

// with is the view with one problem of its form.
func (v view) with(field, text string) view {
	v.problems = []ui.Problem{{Field: field, Text: text}}
	return v
}

// GET /design/{region}/{item}/package.zip
func (h pages) export(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, tab{})
	if err != nil {
		return err
	}
	name, raw, err := h.Export(v.d, v.a)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(raw)
	return err
}

// importView is the page that takes in a package.
type importView struct {
	problems []ui.Problem
	Version  int            // of the draft that it would go over
	Typed    url.Values     // for a new item
	Offices  []identity.Org // of the division at hand
}

// home is the division that somebody designs for.
func home(ctx context.Context) string {
	for _, g := range auth.From(ctx).Grants {
		if g.Has(design.MayDesign.Name) {
			return g.Region
		}
	}
	return ""
}

// GET /design/import
func (h pages) importForm(w http.ResponseWriter, r *http.Request) error {
	return h.showImport(w, r, http.StatusOK, importView{})
}

func (h pages) showImport(w http.ResponseWriter, r *http.Request, status int, v importView) error {
	ctx := r.Context()
	if v.Typed == nil {
		v.Typed = url.Values{"region": {home(ctx)}}
	}
	var err error
	if v.Offices, err = h.Orgs.Departments(ctx, v.Typed.Get("region")); err != nil {
		return err
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "import_page"), Lead: words(ctx, "import_lead"), Face: ui.Design, Active: "design",
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "design.title"), Href: "/design"}}, Problems: v.problems}, importPage(v))
}

// POST /design/import
func (h pages) importFile(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, packages.MaxZip+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return packages.ErrLarge.With("max", packages.MaxZip>>20).Because(err)
	}
	defer r.MultipartForm.RemoveAll()               //nolint:errcheck // temporary files of this request
	n, _ := strconv.Atoi(r.PostForm.Get("version")) // none: over nothing
	d, err := h.takeIn(r.Context(), r.MultipartForm, n)
	if err != nil {
		f := fault.Of(err)
		v := importView{problems: []ui.Problem{{Field: "file", Text: web.Words(r.Context(), f)}}}
		if errors.Is(err, design.ErrExists) {
			v.Version, _ = f.Details["version"].(int)
		}
		if f.Kind == fault.KindInvalid || errors.Is(err, design.ErrExists) {
			return h.showImport(w, r, web.Status(f.Kind), v)
		}
		return err
	}
	return web.Redirect(w, r, designweb.Path(d.Region, d.Item)+"/ready")
}

func (h pages) takeIn(ctx context.Context, form *multipart.Form, version int) (design.Draft, error) {
	list := form.File["file"]
	if len(list) == 0 {
		return design.Draft{}, packages.ErrFiles.With("file", "ZIP")
	}
	f, err := list[0].Open()
	if err != nil {
		return design.Draft{}, packages.ErrFiles.With("file", "ZIP").Because(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, packages.MaxZip+1))
	if err != nil {
		return design.Draft{}, packages.ErrFiles.With("file", "ZIP").Because(err)
	}
	files, err := packages.FromZip(raw)
	if err != nil {
		return design.Draft{}, err
	}
	p, err := packages.Read(files)
	if err != nil {
		return design.Draft{}, err
	}
	return h.Import(ctx, p, version)
}

// POST /design/new
func (h pages) begin(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	get := func(k string) string { return strings.TrimSpace(r.PostForm.Get(k)) }
	start, to := h.Start, "elements"
	if get("joint") != "" {
		start, to = h.StartJoint, jointTab.ID
	}
	d, err := start(r.Context(), design.NewItem{Region: get("region"), Code: strings.ToUpper(get("code")), Org: strings.ToUpper(get("org")), Name: get("name"), NameEn: get("name_en")})
	if errors.Is(err, design.ErrNewItem) {
		return h.showImport(w, r, http.StatusUnprocessableEntity, importView{Typed: r.PostForm, problems: []ui.Problem{{Field: "code", Text: web.Words(r.Context(), fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, designweb.Path(d.Region, d.Item)+"/"+to)
}
