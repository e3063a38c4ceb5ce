package web

import (
	"net/http"

	"tongban/gov/catalogue"
	"tongban/ui"
)

// Preview shows an offer as everybody will see its guide once it is published,
// without ways to apply.
func Preview(d Deps) func(w http.ResponseWriter, r *http.Request, o *catalogue.Offer) error {
	h := &pages{Service: d.Catalogue, d: d}
	return func(w http.ResponseWriter, r *http.Request, o *catalogue.Offer) error {
		ctx := h.withCited(r.Context(), o.Region)
		p := h.guidePage(ctx, o)
		p.apply = ""
		p.sections = sections(ctx, p)
		return ui.Render(w, r.WithContext(ctx), http.StatusOK, h.guideFrame(ctx, o, p), guideBody(p))
	}
}
