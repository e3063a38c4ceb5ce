package holding

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// giveView asks for whom, what for and until when.
type giveView struct {
	Held     holding.Held
	Offices  []ui.Option
	Office   string
	Other    string
	Purpose  string
	Until    string
	Key      string
	Problems []ui.Problem
}

// give answers GET …/give.
func (h pages) give(w http.ResponseWriter, r *http.Request) error {
	return h.showGive(w, r, http.StatusOK, giveView{Until: dayOf(h.Clock.Now().AddDate(0, 0, holding.DefaultDays)), Key: newKey()})
}

func (h pages) showGive(w http.ResponseWriter, r *http.Request, status int, v giveView) (err error) {
	ctx := r.Context()
	if v.Held, err = h.Held(ctx, r.PathValue("region"), r.PathValue("id")); err != nil {
		return err
	}
	list, err := h.Offices(ctx, v.Held.Region)
	if err != nil {
		return err
	}
	v.Offices = []ui.Option{{Text: t(ctx, "give.choose")}}
	for _, o := range list {
		v.Offices = append(v.Offices, ui.Option{Value: o.Code, Text: i18n.Pick(ctx, o.Name, o.NameEn)})
	}
	p := mine(ctx, t(ctx, "give.title", "title", v.Held.Title), crumb(v.Held))
	p.Lead, p.Problems = t(ctx, "give.lead"), v.Problems
	return ui.Render(w, r, status, p, givePage(v))
}

// givePost answers POST …/give.
func (h pages) givePost(w http.ResponseWriter, r *http.Request) error {
	ctx, f, err := form(w, r)
	if err != nil {
		return err
	}
	v := giveView{Office: f.Get("office"), Other: f.Get("other"), Purpose: f.Get("purpose"), Until: f.Get("until"), Key: f.Get("key")}
	g := holding.Gift{Office: v.Office, OfficeName: strings.TrimSpace(v.Other), Purpose: v.Purpose, Until: endOf(v.Until)}
	c, err := h.Give(ctx, r.PathValue("region"), r.PathValue("id"), g)
	var wrong holding.Problems
	if errors.As(err, &wrong) {
		v.Problems = ui.ProblemsOf(ctx, wrong)
		return h.showGive(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, copyPath(c.Region, c.ID))
}

// copyStatus is what a copy is worth, as far as the list of copies knows.
func (h pages) copyStatus(ctx context.Context, c holding.Copy) ui.Status {
	switch {
	case !c.EndedAt.IsZero() && c.EndedName == "":
		return ui.Status{Text: t(ctx, "copy.case_over"), Tone: ui.Plain}
	case !c.EndedAt.IsZero():
		return ui.Status{Text: t(ctx, "copy.ended"), Tone: ui.Plain}
	case h.Clock.Now().After(c.Until):
		return ui.Status{Text: t(ctx, "copy.over"), Tone: ui.Plain}
	}
	if c.Standing != "" && c.Standing != certificates.Valid {
		return dead(ctx, c.Standing)
	}
	return ui.Status{Text: t(ctx, "copy.live"), Tone: ui.OK}
}

// dead says of what hangs on a certificate that this one does not count now.
func dead(ctx context.Context, s certificates.Status) ui.Status {
	st := statusOf(ctx, s)
	st.Text = t(ctx, "hangs", "status", st.Text)
	return st
}

// copyRows list copies: to whom, what for, until when.
func (h pages) copyRows(ctx context.Context, list []holding.Copy) (out []ui.TaskRow) {
	for _, c := range list {
		out = append(out, ui.TaskRow{Title: t(ctx, "copy.row", "title", c.Title, "office", c.OfficeName), Href: copyPath(c.Region, c.ID),
			Note: t(ctx, "copy.note", "purpose", c.Purpose, "date", i18n.Date(ctx, c.Until), "given", i18n.Date(ctx, c.GivenAt)), Status: h.copyStatus(ctx, c)})
	}
	return out
}

// copies answers GET /my/copies.
func (h pages) copies(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := h.Copies(ctx)
	if err != nil {
		return err
	}
	p := mine(ctx, t(ctx, "copies.title"))
	p.Lead = t(ctx, "copies.lead")
	return ui.Render(w, r, http.StatusOK, p, copiesPage(h.copyRows(ctx, list)))
}

// copyView is one copy with its code.
type copyView struct {
	holding.Copy
	h      pages
	Check  string
	Report certificates.Report
	Key    string
}

// copy answers GET /my/copies/{region}/{id} and, with .pdf, the file.
func (h pages) copy(w http.ResponseWriter, r *http.Request) error {
	ctx, region := r.Context(), r.PathValue("region")
	paper, pdf := strings.CutSuffix(r.PathValue("file"), ".pdf")
	if pdf {
		return h.copyFile(w, r, region, paper)
	}
	c, err := h.Copy(ctx, region, paper)
	if err != nil {
		return err
	}
	f, err := h.Held(ctx, region, c.Paper)
	v := copyView{Copy: c, h: h, Check: h.BaseURL + "/verify/" + c.Code, Key: newKey()}
	crumbs := []ui.Link{{Text: t(ctx, "copies.title"), Href: "/my/copies"}}
	if err == nil {
		v.Report.Status, v.Copy.Standing = f.Status, f.Status
	}
	p := mine(ctx, t(ctx, "copy.title", "title", c.Title), crumbs...)
	p.Eyebrow = c.Number
	return ui.Render(w, r, http.StatusOK, p, copyPage(v))
}

func (h pages) copyFile(w http.ResponseWriter, r *http.Request, region, paper string) error {
	f, err := h.CopyFile(r.Context(), region, paper)
	if err != nil {
		return err
	}
	return h.d.Files.Serve(w, r, f.Ref, f.Name)
}

// copyEnd answers POST /my/copies/{region}/{id}/end.
func (h pages) copyEnd(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := form(w, r)
	if err != nil {
		return err
	}
	c, err := h.EndCopy(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, copyPath(c.Region, c.ID))
}

// rows are for whom a copy is, what for and until when.
func (v copyView) rows(ctx context.Context) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: t(ctx, "copy.for"), Value: v.OfficeName}, {Key: t(ctx, "copy.purpose"), Value: v.Purpose}}
	if v.Matter != "" {
		row := ui.SummaryRow{Key: t(ctx, "copy.matter"), Value: v.Matter}
		if v.h.d.CasePath != nil && v.Case != "" {
			row.Change = ui.Link{Text: t(ctx, "copy.case"), Href: v.h.d.CasePath(v.CaseRegion, v.Case)}
		}
		rows = append(rows, row)
	}
	rows = append(rows, ui.SummaryRow{Key: t(ctx, "copy.until"), Value: i18n.DateTime(ctx, v.Until)}, ui.SummaryRow{Key: t(ctx, "copy.given"), Value: t(ctx, "copy.given_by", "at", i18n.DateTime(ctx, v.GivenAt), "name", v.GivenName)})
	switch {
	case !v.EndedAt.IsZero() && v.EndedName == "":
		rows = append(rows, ui.SummaryRow{Key: t(ctx, "copy.case_over"), Value: i18n.DateTime(ctx, v.EndedAt)})
	case !v.EndedAt.IsZero():
		rows = append(rows, ui.SummaryRow{Key: t(ctx, "copy.ended"), Value: t(ctx, "copy.given_by", "at", i18n.DateTime(ctx, v.EndedAt), "name", v.EndedName)})
	}
	return rows
}

// receivedView is a copy as the office reads it.
type receivedView struct {
	holding.Received
	h pages
}

// received answers GET /copies/{region}/{id} and, with .pdf, the file, for the
// office that a copy was made for.
func (h pages) received(w http.ResponseWriter, r *http.Request) error {
	ctx, region := r.Context(), r.PathValue("region")
	paper, pdf := strings.CutSuffix(r.PathValue("file"), ".pdf")
	if pdf {
		return h.copyFile(w, r, region, paper)
	}
	x, err := h.ReadCopy(ctx, region, paper)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: t(ctx, "copy.title", "title", x.Title), Eyebrow: x.Number, Lead: t(ctx, "received.lead"), Face: ui.Workbench}, receivedPage(receivedView{x, h}))
}

// status is what the certificate is worth at this moment.
func (v receivedView) status(ctx context.Context) ui.Status { return statusOf(ctx, v.Received.Status) }

func (v receivedView) rows(ctx context.Context) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: t(ctx, "copy.purpose"), Value: v.Purpose}, {Key: t(ctx, "copy.matter"), Value: v.Matter}, {Key: t(ctx, "copy.until"), Value: i18n.Date(ctx, v.Until)},
		{Key: i18n.T(ctx, "certificates.fact.issued"), Value: i18n.Date(ctx, v.IssuedAt)}, {Key: i18n.T(ctx, "certificates.fact.until"), Value: until(ctx, v.Ends)}}
	for _, f := range v.Fields {
		rows = append(rows, v.h.field(ctx, f, v.HolderName))
	}
	return append(rows, ui.SummaryRow{Key: i18n.T(ctx, "certificates.fact.as_of"), Value: i18n.DateTime(ctx, v.AsOf)})
}
