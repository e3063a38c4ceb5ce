package web

import (
	"net/http"

	"tongban/gov/oversight"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

type parkedView struct{ M oversight.Machine }

// GET /oversight/parked
func (h pages) parked(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	m, err := h.Machine(ctx)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "oversight.machine"), Lead: i18n.T(ctx, "oversight.machine_lead"), Face: ui.Supervision, Active: "parked"}, parkedPage(parkedView{m}))
}

// POST /oversight/parked/{region}/{id}/retry
func (h pages) retry(w http.ResponseWriter, r *http.Request) error {
	if err := h.Retry(r.Context(), r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/oversight/parked")
}
