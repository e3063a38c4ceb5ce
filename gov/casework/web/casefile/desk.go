package casefile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/offers"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Purposes under which a case is opened; they stay on record in Chinese, as
// the applicant reads them.
const (
	ForAcceptance = "受理审查"
	ForNumbers    = "查看完整号码："
)

// Desk is a place where cases are shown and accepted: the hall window or the
// workbench. Both use the same handlers under their own paths and permissions.
type Desk struct {
	Services
	Files   *files.Store
	Face    ui.Face
	Active  string // navigation entry of the case page
	Root    string // "/counter" or "/work"
	Purpose string // stated when the address names none; "" asks for one
	Home    func(ctx context.Context) ui.Link
	Done    func(c casework.Case, act string) string // where an act on acceptance (accept, refuse_acceptance, ask) leads
}

// noticeLead is the first paragraph of the notice, as it will be printed.
func noticeLead(v View, a Asking) string {
	until, err := UntilDay(a.Until)
	if err != nil || until == 0 {
		until = v.Answer.First
	}
	return fmt.Sprintf("您的“%s”申请需要补正以下内容，共%d项。请于%s前全部备齐，一次提交；补正期间不计入受理期限。", v.File.ItemName, len(a.Chosen()), offers.Date(until.End()))
}

func caseID(r *http.Request) (string, casework.CaseID) {
	return r.PathValue("region"), casework.CaseID(r.PathValue("id"))
}

// Path is the address of a case at this desk.
func (d Desk) Path(region string, id casework.CaseID) string {
	return d.Root + "/cases/" + region + "/" + string(id)
}

// View opens a case at this desk.
func (d Desk) View(ctx context.Context, region string, id casework.CaseID, purpose string) (View, error) {
	v, err := Load(ctx, d.Services, region, id, purpose)
	v.Base, v.FileBase = d.Path(region, id), d.Root+"/files/"+region+"/"+string(id)
	v.Unmask = v.Base + "/unmask"
	return v, err
}

// Show answers GET …/cases/{region}/{id}. Somebody who has no work to do on
// the case says first what for.
func (d Desk) Show(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	purpose := strings.TrimSpace(r.URL.Query().Get("purpose"))
	if purpose == "" {
		purpose = d.Purpose
	}
	if purpose == "" {
		clock, err := d.Casework.ClockOf(r.Context(), region, id)
		if err != nil {
			return err
		}
		if clock.Accept == nil || !May(r.Context(), casework.MayAccept, region) {
			return d.askPurpose(w, r, http.StatusOK, "")
		}
		purpose = ForAcceptance
	}
	v, err := d.View(r.Context(), region, id, purpose)
	if err != nil {
		return err
	}
	return d.render(w, r, http.StatusOK, v, v.Asking(r.Context(), nil), v.NotAccepting(d.Casework.Rules, casework.Refusal{}))
}

func (d Desk) askPurpose(w http.ResponseWriter, r *http.Request, status int, problem string) error {
	region, id := caseID(r)
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(r.Context(), "casefile.purpose.title"), Face: d.Face, Active: d.Active, Back: d.Home(r.Context())}, purposePage(d.Path(region, id), problem))
}

// Unmask answers POST …/cases/{region}/{id}/unmask: the case with its numbers
// in full, for a stated reason that the applicant sees.
func (d Desk) Unmask(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	if err := Form(w, r); err != nil {
		return err
	}
	why := strings.TrimSpace(r.PostForm.Get("reason"))
	if why == "" {
		return casework.ErrNeedPurpose
	}
	v, err := d.View(r.Context(), region, id, ForNumbers+why)
	if err != nil {
		return err
	}
	v.Full = true
	return d.render(w, r, http.StatusOK, v, v.Asking(r.Context(), nil), v.NotAccepting(d.Casework.Rules, casework.Refusal{}))
}

func (d Desk) render(w http.ResponseWriter, r *http.Request, status int, v View, a Asking, ref Refusing) error {
	ctx := r.Context()
	problems := append(append([]ui.Problem{}, ref.Problems...), a.Problems...)
	return ui.Render(w, r, status, ui.Page{Title: v.File.ItemName, Eyebrow: i18n.T(ctx, "casefile.eyebrow", "number", casework.ShowNumber(v.File.Number), "office", v.File.OrgName), Face: d.Face, Active: d.Active,
		Back: d.Home(ctx), Problems: append(problems, v.Sent.Problems...)}, casePage(v, a, ref, v.MayAccept(ctx), v.Lanes(ctx, d.Casework)))
}

// Accept answers POST …/cases/{region}/{id}/accept (受理).
func (d Desk) Accept(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	if err := Form(w, r); err != nil {
		return err
	}
	c, err := d.Casework.Accept(r.Context(), region, id, Version(r))
	if err != nil {
		return d.conflict(w, r, err)
	}
	return web.Redirect(w, r, d.Done(c, "accept"))
}

// Refuse answers POST …/cases/{region}/{id}/refuse (不予受理).
func (d Desk) Refuse(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	if err := Form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	said := SentRefusal(r)
	c, err := d.Casework.RefuseAcceptance(ctx, region, id, Version(r), said)
	if err == nil {
		return web.Redirect(w, r, d.Done(c, "refuse_acceptance"))
	}
	problems := Problems(ctx, err, nil)
	if problems == nil {
		return d.conflict(w, r, err)
	}
	v, err := d.View(ctx, region, id, ForAcceptance)
	if err != nil {
		return err
	}
	ref := v.NotAccepting(d.Casework.Rules, said)
	ref.Open, ref.Problems = true, placed(problems)
	return d.render(w, r, http.StatusUnprocessableEntity, v, v.Asking(ctx, nil), ref)
}

// Ask answers POST …/cases/{region}/{id}/ask: a preview first, then the
// request is sent, once.
func (d Desk) Ask(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	if err := Form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	v, err := d.View(ctx, region, id, ForAcceptance)
	if err != nil {
		return err
	}
	if v.File.State != casework.Submitted {
		return d.conflict(w, r, casework.ErrWrongState.With("state", string(v.File.State)))
	}
	a := v.Asking(ctx, r.PostForm)
	if r.PostForm.Get("act") == "edit" {
		return d.render(w, r, http.StatusOK, v, a, v.NotAccepting(d.Casework.Rules, casework.Refusal{}))
	}
	if !a.Check(ctx) {
		return d.render(w, r, http.StatusUnprocessableEntity, v, a, v.NotAccepting(d.Casework.Rules, casework.Refusal{}))
	}
	if r.PostForm.Get("act") != "send" {
		return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "casefile.preview.title"), Eyebrow: casework.ShowNumber(v.File.Number), Face: d.Face, Active: d.Active}, previewPage(v, a))
	}
	until, _ := UntilDay(a.Until) // Check has read it
	if _, err = d.Casework.AskUntil(ctx, region, id, Version(r), a.Items(), a.Exception, until); err == nil {
		return web.Redirect(w, r, d.Done(v.File.Case, "ask"))
	}
	if p := Problems(ctx, err, map[string]string{casework.ErrNothingAsked.Code: "ask." + a.first()}); p != nil {
		a.place(p)
		return d.render(w, r, http.StatusUnprocessableEntity, v, a, v.NotAccepting(d.Casework.Rules, casework.Refusal{}))
	}
	return d.conflict(w, r, err)
}

func (d Desk) conflict(w http.ResponseWriter, r *http.Request, err error) error {
	region, id := caseID(r)
	ctx := r.Context()
	return Conflict(w, r, d.Services, d.Face, region, id, []ui.Link{{Text: i18n.T(ctx, "casefile.conflict.look"), Href: d.Path(region, id)}, d.Home(ctx)}, err)
}

// Clock answers GET …/cases/{region}/{id}/clock: how the due dates were found.
func (d Desk) Clock(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	ctx := r.Context()
	c, err := d.Casework.ClockOf(ctx, region, id)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "casefile.clock.derivation"), Lead: i18n.T(ctx, "casefile.clock.lead"), Face: d.Face, Active: d.Active,
		Back: ui.Link{Href: d.Path(region, id), Text: i18n.T(ctx, "casefile.back_case")}}, ui.Derivations(c.Derivations()))
}

// Flow answers GET …/cases/{region}/{id}/flow.svg.
func (d Desk) Flow(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	var buf strings.Builder
	if err := d.Casework.DrawFlow(r.Context(), &buf, region, id, ui.NamesFor(r.Context())); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(buf.String())) // a reader who has gone needs no answer
	return nil
}

// maxForm bounds the body of a form without files, in bytes.
const maxForm = 512 << 10

var errForm = fault.Invalid("casefile.form")

// Form reads a posted form of bounded size.
func Form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

// Version is the version that the sender of a form saw.
func Version(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || n < 1 {
		return -1 // matches none: whoever sends a form says what it was made from
	}
	return n
}

// With adds values to a path.
func With(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Refused tells whether an error says that somebody may not, so that a list can
// leave a line out.
func Refused(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && (f.Kind == fault.KindForbidden || f.Kind == fault.KindNotFound)
}
