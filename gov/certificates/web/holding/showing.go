package holding

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

func showCode(code string) string { return certificates.ShowCode(code) }

// showPost answers POST …/show: the certificate comes onto the screen.
func (h pages) showPost(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	x, err := h.Start(ctx, r.PathValue("region"), r.PathValue("id"), f.Get("purpose"))
	var wrong holding.Problems
	if errors.As(err, &wrong) {
		return h.showCertificate(w, r, http.StatusUnprocessableEntity, certificateView{Problems: ui.ProblemsOf(ctx, wrong), Purpose: f.Get("purpose")})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, showingPath(x))
}

// showingView is the screen that is held out.
type showingView struct {
	holding.Code
	Now time.Time
	Key string
	h   pages
}

// portraits are the photographs of the certificate: whoever looks compares them
// with who holds it out.
func (v showingView) portraits(ctx context.Context) (out []templ.Component) {
	for _, f := range v.Held.Fields {
		if f.Photo() {
			out = append(out, v.h.portrait(ctx, f, v.Held.HolderName))
		}
	}
	return out
}

// showing answers GET /my/showings/{region}/{id}: the page renews itself when the
// minute is over; without scripts a link does.
func (h pages) showing(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := h.Code(ctx, r.PathValue("region"), r.PathValue("id"))
	if errors.Is(err, holding.ErrShowingOver) {
		return ui.Render(w, r, http.StatusConflict, ui.Page{Title: t(ctx, "show.over"), Lead: t(ctx, "show.over_text"), Face: ui.Bare}, overPage())
	}
	if err != nil {
		return err
	}
	now := h.Clock.Now()
	w.Header().Set("Cache-Control", "no-store")
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: c.Held.Title, Eyebrow: c.Held.IssuerName, Face: ui.Bare, Refresh: max(time.Second, c.Expires.Sub(now)+time.Second)}, showingPage(showingView{c, now, newKey(), h}))
}

// left is how many seconds the code is still good.
func (v showingView) left() int { return int(v.Expires.Sub(v.Now).Seconds()) }

// showingEnd answers POST /my/showings/{region}/{id}/end.
func (h pages) showingEnd(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := form(w, r)
	if err != nil {
		return err
	}
	x, err := h.Stop(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, certificatePath(x.Region, x.Paper))
}

// lookView asks for the digits, or shows what they lead to.
type lookView struct {
	Digits   string
	Problems []ui.Problem
	Looked   holding.Looked
}

// look answers GET /shown: the digits are typed.
func (h pages) look(w http.ResponseWriter, r *http.Request) error {
	if q := r.URL.Query(); q.Has("digits") {
		typed := q.Get("digits")
		if d := holding.CleanDigits(typed); d != "" {
			return web.Redirect(w, r, "/shown/"+d)
		}
		return h.showLook(w, r, http.StatusUnprocessableEntity, lookView{Digits: typed, Problems: []ui.Problem{{Field: "digits", Text: t(r.Context(), "look.no_digits")}}})
	}
	return h.showLook(w, r, http.StatusOK, lookView{})
}

func (h pages) showLook(w http.ResponseWriter, r *http.Request, status int, v lookView) error {
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: t(ctx, "look.title"), Lead: t(ctx, "look.lead"), Face: ui.Portal, Active: "verify", Problems: v.Problems,
		Crumbs: []ui.Link{{Text: i18n.T(ctx, "certificates.verify.title"), Href: "/verify"}}}, lookPage(v))
}

// looked answers GET /shown/{digits}, where the QR code on the screen leads.
func (h pages) looked(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	x, err := h.Look(ctx, r.PathValue("digits"), web.Sender(r))
	if f := fault.Of(err); err != nil && (f.Kind == fault.KindNotFound || f.Kind == fault.KindConflict) {
		return h.showLook(w, r, web.Status(f.Kind), lookView{Problems: []ui.Problem{{Field: "digits", Text: web.Words(ctx, f)}}})
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	status := statusOf(ctx, x.Status)
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "certificates.result.title", "status", status.Text), Face: ui.Portal, Active: "verify",
		Crumbs: []ui.Link{{Text: t(ctx, "look.title"), Href: "/shown"}}}, lookedPage(lookView{Looked: x}))
}

// rows are what somebody sees who scans a screen.
func (v lookView) rows(ctx context.Context) []ui.SummaryRow {
	p := v.Looked.Paper
	f := func(key string) string { return i18n.T(ctx, "certificates.fact."+key) }
	rows := []ui.SummaryRow{{Key: f("title"), Value: p.Title}, {Key: f("holder"), Value: p.HolderName}, {Key: f("holder_number"), Value: p.HolderNumber}, {Key: f("issuer"), Value: p.IssuerName},
		{Key: f("issued"), Value: i18n.Date(ctx, p.IssuedAt)}, {Key: f("until"), Value: until(ctx, p.ValidUntil)}}
	if p.Grade != "" {
		rows = append(rows, ui.SummaryRow{Key: f("grade"), Value: f("grade." + string(p.Grade))})
	}
	if v.Looked.By != "" {
		rows = append(rows, ui.SummaryRow{Key: t(ctx, "look.by"), Value: t(ctx, "look.by."+string(v.Looked.Relation), "name", v.Looked.By)})
	}
	if v.Looked.Showing.Purpose != "" {
		rows = append(rows, ui.SummaryRow{Key: t(ctx, "copy.purpose"), Value: v.Looked.Showing.Purpose})
	}
	if v.Looked.Because != "" {
		rows = append(rows, ui.SummaryRow{Key: f("because"), Value: v.Looked.Because})
	}
	return append(rows, ui.SummaryRow{Key: f("as_of"), Value: i18n.DateTime(ctx, v.Looked.CheckedAt)})
}
