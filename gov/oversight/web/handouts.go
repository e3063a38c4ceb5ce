package web

import (
	"net/http"

	"tongban/gov/casework"
	"tongban/platform/i18n"
	"tongban/ui"
)

// handoutsView is what should have been handed out by now, or soon.
type handoutsView struct{ List []casework.LitHandout }

// GET /oversight/handouts
func (h pages) handouts(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	var v handoutsView
	if v.List, err = h.LateHandouts(ctx); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "oversight.handouts"), Lead: i18n.T(ctx, "oversight.handouts_lead"), Face: ui.Supervision, Active: "late_handouts"}, handoutsPage(v))
}
