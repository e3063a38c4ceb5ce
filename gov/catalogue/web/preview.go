package web

import (
	"net/http"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/pictures"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Preview shows an offer as everybody will see its guide once it is published,
// without ways to apply. The picture of its flow is asked for one level up from
// the preview, as picture.svg.
func Preview(d Deps) func(w http.ResponseWriter, r *http.Request, o *catalogue.Offer) error {
	h := &pages{Service: d.Catalogue, d: d}
	return func(w http.ResponseWriter, r *http.Request, o *catalogue.Offer) error {
		ctx := h.withCited(r.Context(), o.Region)
		p := h.guidePage(ctx, o)
		p.apply = ""
		if len(o.Flow) > 0 {
			if drawn, err := pictures.Draw(pictures.OfOffer(o), i18n.Of(ctx)); err == nil { // a flow in the making may not be one yet
				p.flow, p.flowPath = drawn, "../picture.svg"
			}
		}
		p.sections = sections(ctx, p)
		return ui.Render(w, r.WithContext(ctx), http.StatusOK, h.guideFrame(ctx, o, p), guideBody(p))
	}
}
