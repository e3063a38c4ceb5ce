package applicant

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/certificates"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// caseView is the applicant's case.
type caseView struct {
	casework.File
	Lines    []casework.Entry
	Papers   []certificates.Found
	Readings []casework.Reading
	Handouts []casework.LitHandout
	Done     string          // what the reader has just done
	Whole    *bundles.Bundle // the one thing that it is a part of
}

func (v caseView) path() string { return casePath(v.Region, v.ID) }

// ownCase opens one of the caller's own cases. An officer who may read it has
// pages of his own, which ask for the purpose.
func (h pages) ownCase(r *http.Request) (casework.File, error) {
	f, err := h.Casework.Open(r.Context(), r.PathValue("region"), casework.CaseID(r.PathValue("id")), "")
	if err == nil && !f.Mine {
		err = casework.ErrNoCase
	}
	return f, err
}

// showCase answers GET /cases/{region}/{id}.
func (h pages) showCase(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if id := casework.CaseID(r.PathValue("id")); bundles.Is(id) {
		return web.Redirect(w, r, casePath(r.PathValue("region"), id))
	}
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	v := caseView{File: f, Done: r.URL.Query().Get("done")}
	if v.Lines, err = h.Casework.Timeline(ctx, f.Region, f.ID); err != nil {
		return err
	}
	if v.Papers, err = h.Certificates.OfCase(ctx, f.Region, string(f.ID)); err != nil {
		return err
	}
	v.Papers = h.fetchable(ctx, v.Papers)
	if v.Handouts, err = h.Casework.Handouts.OfCase(ctx, f.Region, f.ID); err != nil {
		return err
	}
	if v.Readings, err = h.Casework.ReadersOf(ctx, f.Region, f.ID, "", 200); err != nil {
		return err
	}
	if v.Whole, err = h.wholeOf(ctx, f.Case); err != nil {
		return err
	}
	o, err := h.Casework.Offer(ctx, f.Region, f.Item, f.ItemVersion)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: itemName(ctx, o), Eyebrow: words(ctx, "case.number", "number", casework.ShowNumber(f.Number)), Active: "mine", Back: ui.Link{Href: "/my", Text: words(ctx, "my.title")},
		Actions: ui.Button(ui.ButtonProps{Text: words(ctx, "case.guide_then"), Href: "/items/" + f.Region + "/" + f.Item + "?version=" + strconv.Itoa(f.ItemVersion), Kind: ui.Quiet})}, casePage(v))
}

// flow answers GET /cases/{region}/{id}/flow.svg: the same picture, to be
// enlarged. It may load and run nothing.
func (h pages) flow(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := h.Casework.DrawFlow(r.Context(), &picture, f.Region, f.ID, ui.NamesFor(r.Context())); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	picture.WriteTo(w) // whoever closed the connection needs no picture
	return nil
}

// clock answers GET /cases/{region}/{id}/clock: how the dates were found.
func (h pages) clock(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "clock.title"), Eyebrow: words(ctx, "case.number", "number", casework.ShowNumber(f.Number)), Lead: words(ctx, "clock.lead"), Active: "mine",
		Back: ui.Link{Href: casePath(f.Region, f.ID), Text: f.ItemName}}, clockPage(f.Clock))
}

// withdrawView is the page that asks why.
type withdrawView struct {
	casework.File
	Reason   string
	Problems []ui.Problem
}

// withdraw answers GET /cases/{region}/{id}/withdraw.
func (h pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	if !f.State.Open() {
		return web.Redirect(w, r, casePath(f.Region, f.ID))
	}
	return h.showWithdraw(w, r, http.StatusOK, withdrawView{File: f})
}

func (h pages) showWithdraw(w http.ResponseWriter, r *http.Request, status int, v withdrawView) error {
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "withdraw.title"), Eyebrow: v.ItemName, Active: "mine", Back: ui.Link{Href: casePath(v.Region, v.ID), Text: v.ItemName}, Problems: v.Problems}, withdrawPage(v))
}

// withdrawPost answers POST /cases/{region}/{id}/withdraw.
func (h pages) withdrawPost(w http.ResponseWriter, r *http.Request) error {
	if err := post(w, r); err != nil {
		return err
	}
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	if f.State == casework.Withdrawn {
		return web.Redirect(w, r, casePath(f.Region, f.ID)+"?done=withdrawn")
	}
	why := r.PostForm.Get("reason")
	_, err = h.Casework.Withdraw(r.Context(), f.Region, f.ID, why)
	if field := reasonProblem(r.Context(), err); field != nil {
		return h.showWithdraw(w, r, http.StatusUnprocessableEntity, withdrawView{File: f, Reason: why, Problems: field})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, casePath(f.Region, f.ID)+"?done=withdrawn")
}

// caseFile answers GET /cases/{region}/{id}/files/{hash}.
func (h pages) caseFile(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	list := attachments(f.Application)
	for _, s := range f.Supplements {
		for _, it := range s.Items {
			list = append(list, it.Files...)
		}
	}
	return h.file(w, r, list)
}

// openRequest is the request for supplements that waits for an answer.
func openRequest(f casework.File) (casework.Supplement, bool) {
	for _, s := range f.Supplements {
		if s.AnsweredAt.IsZero() && f.State == casework.Supplemented {
			return s, true
		}
	}
	return casework.Supplement{}, false
}

// toFollow lists the materials that were promised for later.
func toFollow(f casework.File) []materialDue {
	var out []materialDue
	for _, m := range f.Materials {
		if f.Application.Materials[m.ID].Mode == casework.ToFollow {
			out = append(out, materialDue{m})
		}
	}
	return out
}

// status is where the case stands, in a word.
func status(ctx context.Context, c casework.Case) ui.Status {
	s := ui.Status{Text: i18n.T(ctx, "casework.state."+string(c.State))}
	switch c.State {
	case casework.Decided:
		s.Text = i18n.T(ctx, "casework.outcome."+string(c.Outcome))
		s.Tone = ui.OK
		if c.Outcome == casework.Refused {
			s.Tone, s.Shape = ui.Bad, "cross"
		}
	case casework.Supplemented:
		s.Tone = ui.Warn
	case casework.NotAccepted:
		s.Tone, s.Shape = ui.Bad, "cross"
	case casework.Withdrawn:
		s.Tone = ui.Plain
	}
	if c.Paused && c.State.Open() && c.State != casework.Supplemented {
		s.Text, s.Tone, s.Shape = i18n.T(ctx, "casework.state.paused"), ui.Warn, "pause"
	}
	return s
}

// clockProps is the clock that runs.
func (v caseView) clockProps(ctx context.Context) (ui.ClockProps, bool) {
	c := casefile.ClockCard(ctx, v.File, v.path()+"/clock")
	return c, c.Accept.Amount+c.Promise.Amount+c.Legal.Amount > 0
}
