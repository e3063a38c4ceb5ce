package web

import (
	"errors"
	"net/http"

	"tongban/gov/oversight"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

type parkedView struct {
	M          oversight.Machine
	MayDiscard bool
	Open       string // id of the fact whose dropping was refused
	Reason     string
	Problems   []ui.Problem
}

// reasonField is the control in which the reason for dropping a fact stands.
func reasonField(id string) string { return "reason." + id }

// GET /oversight/parked
func (h pages) parked(w http.ResponseWriter, r *http.Request) error {
	return h.showParked(w, r, http.StatusOK, parkedView{})
}

func (h pages) showParked(w http.ResponseWriter, r *http.Request, status int, v parkedView) (err error) {
	ctx := r.Context()
	if v.M, err = h.Machine(ctx); err != nil {
		return err
	}
	v.MayDiscard = authz.Allows(auth.From(ctx), oversight.MayDiscard)
	return ui.Render(w, r, status, ui.Page{Problems: v.Problems, Title: i18n.T(ctx, "oversight.machine"), Lead: i18n.T(ctx, "oversight.machine_lead"), Face: ui.Supervision, Active: "parked"}, parkedPage(v))
}

// POST /oversight/parked/{region}/{id}/retry
func (h pages) retry(w http.ResponseWriter, r *http.Request) error {
	if err := h.Retry(r.Context(), r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/oversight/parked")
}

// maxForm bounds the body of the form that drops a fact, in bytes.
const maxForm = 64 << 10

// POST /oversight/parked/{region}/{id}/discard
func (h pages) discard(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return oversight.ErrNeedReason.Because(err)
	}
	ctx, id := r.Context(), r.PathValue("id")
	reason := r.PostForm.Get(reasonField(id))
	err := h.Discard(ctx, r.PathValue("region"), id, reason)
	if errors.Is(err, oversight.ErrNeedReason) {
		return h.showParked(w, r, http.StatusUnprocessableEntity, parkedView{Open: id, Reason: reason,
			Problems: []ui.Problem{{Field: reasonField(id), Text: web.Words(ctx, fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/oversight/parked")
}
