package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"tongban/gov/design"
	"tongban/platform/fault"
	"tongban/platform/web"
	"tongban/ui"
)

// modeler is the editor that experts know from other systems; PROVENANCE.md
// there says what comes from where.
//
//go:embed modeler/*.js modeler/*.gz modeler/*.css modeler/*.woff2
var modeler embed.FS

var modelerTypes = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}

// modelerFile answers GET /design/modeler/{file}. What lies packed is sent as it
// lies to whoever unpacks it: the editor is four times as long otherwise.
func modelerFile(w http.ResponseWriter, r *http.Request) error {
	name := path.Base(r.PathValue("file"))
	var f io.ReadCloser
	f, err := modeler.Open(path.Join("modeler", name))
	if err != nil {
		if f, err = modeler.Open(path.Join("modeler", name+".gz")); err != nil {
			return fault.NotFound("web.no_page")
		}
		w.Header().Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
		} else if f, err = gzip.NewReader(f); err != nil {
			return err
		}
	}
	defer f.Close()
	w.Header().Set("Content-Type", modelerTypes[path.Ext(name)])
	w.Header().Set("Cache-Control", "private, max-age=86400")
	_, err = io.Copy(w, f)
	return err
}

// expertPolicy lets the editor place its parts: it sets style attributes.
const expertPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// expertView is the editor over the file.
type expertView struct {
	D        design.Draft
	A        design.Surroundings
	Problems []design.Problem
	Notes    []design.Problem
	Form     []ui.Problem
	Element  elementView
}

// GET /design/{region}/{item}/expert
func (h pages) expert(w http.ResponseWriter, r *http.Request) error {
	d, a, err := h.Open(r.Context(), r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return err
	}
	return h.showExpert(w, r, http.StatusOK, expertView{D: d, A: a, Element: h.element(d, a, d.File, r.URL.Query().Get("element"))})
}

func (h pages) showExpert(w http.ResponseWriter, r *http.Request, status int, v expertView) error {
	w.Header().Set("Content-Security-Policy", expertPolicy)
	v.Problems, v.Notes = h.Check(v.D, v.A), h.Notes(v.D)
	p := h.page(r.Context(), v.A, "expert", v.Form)
	return ui.Render(w, r, status, p, expertPage(v))
}

// GET /design/{region}/{item}/flow.bpmn
func (h pages) file(w http.ResponseWriter, r *http.Request) error {
	d, _, err := h.Open(r.Context(), r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="flow.bpmn"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(d.File)
	return err
}

// POST /design/{region}/{item}/file
func (h pages) saveFile(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, item := r.Context(), r.PathValue("region"), r.PathValue("item")
	before, _, err := h.Open(ctx, region, item)
	if err != nil {
		return err
	}
	raw := drawn(r, before.File)
	if up, _, err := r.FormFile("upload"); err == nil {
		defer up.Close()
		if sent, err := io.ReadAll(up); err == nil && len(sent) > 0 {
			raw = sent
		}
	}
	_, err = h.SaveFile(ctx, region, item, version(r), bytes.NewReader(raw))
	if f := fault.Of(err); err != nil && slices.Contains([]string{"design.file", "design.too_large", "design.stale"}, f.Code) {
		v := expertView{Form: []ui.Problem{{Field: "file", Text: web.Words(ctx, f)}}}
		if v.D, v.A, err = h.Open(ctx, region, item); err != nil {
			return err
		}
		v.D.File = raw // what was sent is not lost
		status := http.StatusUnprocessableEntity
		if f.Code == "design.stale" { // saving again puts it over what the other person did
			status = http.StatusConflict
		}
		return h.showExpert(w, r, status, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path.Join("/design", region, item, "expert"))
}
