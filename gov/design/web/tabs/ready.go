package tabs

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/gov/design/ready"
	designweb "tongban/gov/design/web"
	"tongban/platform/fault"
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
	First   bool // nothing was published yet
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
	v.First = v.d.Base == 0
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
