package trusted

import (
	"context"
	"embed"
	"net/http"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/trusted"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

// Strings are the words of these pages and of the faults of the trust list.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Nodes *trusted.Service
	Types *kinds.Service
}

type pages struct {
	*trusted.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Nodes, d}
	return []web.Route{
		{Pattern: "GET " + trusted.FilePath, Do: h.ownFile, May: authz.Anyone},
		{Pattern: "GET " + trusted.ListPath, Do: h.published, May: authz.Anyone},
		{Pattern: "GET /nodes", Do: h.list, May: authz.Anyone},
		{Pattern: "GET /nodes/new", Do: h.enter, May: trusted.MayPropose},
		{Pattern: "POST /nodes/new", Do: h.propose, May: trusted.MayPropose},
		{Pattern: "POST /nodes/refresh", Do: h.refresh, May: authz.SignedIn},
		{Pattern: "GET /nodes/{id}", Do: h.node, May: authz.Anyone},
		{Pattern: "POST /nodes/{id}/state", Do: h.state, May: authz.SignedIn},
		{Pattern: "POST /nodes/{id}/keys", Do: h.keys, May: authz.SignedIn},
		{Pattern: "POST /nodes/{id}/{version}/decision", Do: h.decide, May: trusted.MayApprove},
		{Pattern: "GET /my/foreign", Do: h.mine, May: certificates.MayHold},
		{Pattern: "POST /my/foreign", Do: h.takeIn, May: certificates.MayHold},
	}
}

// errForm refuses a body that is no form.
var errForm = fault.Invalid("certificates.form")

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "nodes."+key, pairs...)
}

// ownFile answers GET /.well-known/tongban-node.jws.
func (h pages) ownFile(w http.ResponseWriter, _ *http.Request) error {
	f, err := h.Own()
	if err != nil {
		return err
	}
	return text(w, "tongban-node.jws", f.Text)
}

// published answers GET /.well-known/tongban-nodes.jws.
func (h pages) published(w http.ResponseWriter, r *http.Request) error {
	l, err := h.Published(r.Context())
	if err != nil {
		return err
	}
	return text(w, "tongban-nodes.jws", l)
}

func text(w http.ResponseWriter, name, body string) error {
	w.Header().Set("Content-Type", "application/jose")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	_, err := w.Write([]byte(body))
	return err
}
