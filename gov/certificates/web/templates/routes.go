package templates

import (
	"context"
	"embed"
	"net/http"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/templates"
	"tongban/platform/authz"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages.
//
//go:embed strings
var Strings embed.FS

//go:embed drag.js
var dragJS []byte

// Deps is what the pages need.
type Deps struct {
	Templates *templates.Service
	Types     *kinds.Service
	Region    string // whose templates are kept here
}

type pages Deps

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages(d)
	return []web.Route{
		{Pattern: "GET /certificate-templates/files/drag.js", Do: h.script, May: authz.SignedIn},
		{Pattern: "GET /certificate-types/{code}/template", Do: h.show, May: authz.SignedIn},
		{Pattern: "GET /certificate-types/{code}/template/{version}/sample.pdf", Do: h.sample, May: authz.SignedIn},
		{Pattern: "GET /certificate-types/{code}/template/edit", Do: h.edit, May: templates.MayDesign},
		{Pattern: "POST /certificate-types/{code}/template/edit", Do: h.propose, May: templates.MayDesign},
		{Pattern: "POST /certificate-types/{code}/template/sample.pdf", Do: h.draft, May: templates.MayDesign},
		{Pattern: "POST /certificate-types/{code}/template/{version}/decision", Do: h.decide, May: templates.MayPublish},
	}
}

func (h pages) script(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(dragJS)
	return err
}

func (h pages) mayDesign(ctx context.Context) bool {
	return authz.Require(ctx, templates.MayDesign, authz.Object{Region: h.Region}) == nil
}

func (h pages) mayPublish(ctx context.Context) bool {
	return authz.Require(ctx, templates.MayPublish, authz.Object{Region: h.Region}) == nil
}

func (h pages) face(ctx context.Context) ui.Face {
	if h.mayDesign(ctx) {
		return ui.Design
	}
	return ui.Supervision
}
