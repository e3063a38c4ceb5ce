package score

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"tongban/gov/catalogue/quality"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/web"
	"tongban/ui"
)

// gatesView is the gates of the reader's regions, and the form of a proposal.
type gatesView struct {
	list         []quality.Threshold
	now          int
	region       string
	reader       string
	set, approve bool
	gate, reason string
	problems     []ui.Problem
}

// GET /quality/gates
func (h pages) gates(w http.ResponseWriter, r *http.Request) error {
	return h.showGates(w, r, http.StatusOK, gatesView{})
}

func (h pages) showGates(w http.ResponseWriter, r *http.Request, status int, v gatesView) (err error) {
	ctx := r.Context()
	if v.region == "" {
		v.region = h.regionOf(ctx)
	}
	if v.list, err = h.Thresholds(ctx, h.regionOf(ctx)); err != nil {
		return err
	}
	if v.now, err = h.GateOf(ctx, v.region); err != nil {
		return err
	}
	p := auth.From(ctx)
	v.reader, v.set, v.approve = p.ID, authz.Allows(p, quality.MaySetGate), authz.Allows(p, quality.MayApproveGate)
	page := h.page(ctx)
	page.Problems = v.problems
	return ui.Render(w, r, status, page, gatesPage(v))
}

// gateFaults are those that belong to a field of the form.
var gateFaults = map[string]string{"catalogue.gate_range": "gate", "catalogue.gate_same": "gate", "catalogue.gate_waiting": "gate", "catalogue.waiver_reason": "reason"}

// POST /quality/gates
func (h pages) proposeGate(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	v := gatesView{region: r.PostForm.Get("region"), gate: r.PostForm.Get("gate"), reason: r.PostForm.Get("reason")}
	gate, err := strconv.Atoi(v.gate)
	if err != nil {
		gate = -1
	}
	_, err = h.ProposeGate(r.Context(), v.region, gate, v.reason)
	if f := fault.Of(err); err != nil && gateFaults[f.Code] != "" {
		v.problems = []ui.Problem{{Field: gateFaults[f.Code], Text: web.Words(r.Context(), f)}}
		return h.showGates(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/quality/gates")
}

// POST /quality/gates/{region}/{number}
func (h pages) decideGate(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	number, _ := strconv.Atoi(r.PathValue("number"))
	name := "note-" + r.PathValue("region") + "-" + r.PathValue("number")
	_, err := h.DecideGate(r.Context(), r.PathValue("region"), number, r.PostForm.Get("do") == "approve", r.PostForm.Get(name))
	if f := fault.Of(err); errors.Is(err, quality.ErrReason) {
		return h.showGates(w, r, http.StatusUnprocessableEntity, gatesView{problems: []ui.Problem{{Field: name, Text: web.Words(r.Context(), f)}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/quality/gates")
}

func (v gatesView) rows(ctx context.Context) []ui.Row {
	var out []ui.Row
	for _, t := range v.list {
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: t.Region}, {Text: strconv.Itoa(t.Gate)}, {Text: words(ctx, "waiver.by", "name", t.By, "reason", t.Reason)}, {Part: gateDecision(v, t)}}})
	}
	return out
}
