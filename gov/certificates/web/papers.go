package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// listed is how many papers a person's list shows.
const listed = 100

// myPapersView is one's own papers, certificates apart from the rest.
type myPapersView struct {
	Certificates, Others []certificates.Found
	More                 bool // there may be older ones
}

// myPapers answers GET /my/papers.
func (h pages) myPapers(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	found, err := h.Mine(ctx, listed)
	if err != nil {
		return err
	}
	v := myPapersView{More: len(found) == listed}
	for _, f := range found {
		if f.Kind == certificates.Certificate {
			v.Certificates = append(v.Certificates, f)
		} else {
			v.Others = append(v.Others, f)
		}
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "certificates.mine.title"), Lead: i18n.T(ctx, "certificates.mine.lead"), Face: ui.Portal, Active: "mine"}, myPapersPage(v))
}

// cardTitle names a paper in the list; one that is not what was signed has no
// name.
func cardTitle(ctx context.Context, f certificates.Found) string {
	if f.Status == certificates.Damaged {
		return i18n.T(ctx, "certificates.mine.damaged")
	}
	return f.Title
}

// named tells a screen reader which paper a button of the list is about.
func named(f certificates.Found) templ.Attributes {
	return templ.Attributes{"aria-describedby": "p-" + f.ID}
}

// paperView is one paper with what the reader may do.
type paperView struct {
	certificates.Found
	Check     string // address of the public page
	CasePath  string
	MayRevoke bool
}

// paper answers GET /papers/{region}/{id} with the page, and
// GET /papers/{region}/{id}.pdf with the file.
func (h pages) paper(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, wantsFile := idOf(r.PathValue("file"))
	if wantsFile {
		f, err := h.File(ctx, r.PathValue("region"), id)
		if err != nil {
			return err
		}
		return h.Files.Serve(w, r, f.Ref, f.Name)
	}
	f, err := h.Read(ctx, r.PathValue("region"), id)
	if err != nil {
		return err
	}
	v := paperView{Found: f, Check: h.BaseURL + checkPath(f.Code), MayRevoke: h.MayRevoke(ctx, f)}
	if h.d.CasePath != nil && f.Case != "" {
		v.CasePath = h.d.CasePath(f.Region, f.Case)
	}
	return ui.Render(w, r, http.StatusOK, h.paperFrame(ctx, f, f.Title), paperPage(v))
}

// paperFrame is the frame for the holder, or for the officer.
func (h pages) paperFrame(ctx context.Context, f certificates.Found, title string) ui.Page {
	p := ui.Page{Title: title, Eyebrow: f.Number, Face: ui.Portal, Active: "mine", Crumbs: []ui.Link{{Text: i18n.T(ctx, "certificates.mine.title"), Href: "/my/papers"}}}
	if auth.From(ctx).Kind == auth.KindOfficer && !h.Holds(ctx, f) {
		p.Face, p.Active, p.Crumbs = ui.Workbench, "", nil
	}
	return p
}

// rows are the particulars of a paper in the reader's language.
func (v paperView) rows(ctx context.Context) []ui.SummaryRow {
	t := func(key string) string { return i18n.T(ctx, "certificates.fact."+key) }
	rows := []ui.SummaryRow{{Key: t("holder"), Value: v.HolderName}, {Key: t("holder_number"), Value: v.HolderNumber},
		{Key: t("issuer"), Value: v.IssuerName}, {Key: t("issued"), Value: i18n.Date(ctx, v.IssuedAt)}, {Key: t("until"), Value: until(ctx, v.Paper.Summary())}}
	for _, f := range v.Fields {
		rows = append(rows, ui.SummaryRow{Key: i18n.Pick(ctx, f.Label, f.LabelEn), Value: f.Value})
	}
	return rows
}

// revokeView is the form that takes a paper's force away.
type revokeView struct {
	certificates.Found
	Reason, Basis string
	Problems      []ui.Problem
}

// revoke answers GET /papers/{region}/{id}/revoke.
func (h pages) revoke(w http.ResponseWriter, r *http.Request) error {
	f, err := h.revocable(r)
	if err != nil {
		return err
	}
	return h.showRevoke(w, r, http.StatusOK, revokeView{Found: f})
}

// revocable finds the paper if the caller may revoke it.
func (h pages) revocable(r *http.Request) (certificates.Found, error) {
	f, err := h.Paper(r.Context(), r.PathValue("region"), r.PathValue("id"))
	switch {
	case err != nil:
		return f, err
	case f.Status == certificates.Revoked:
		return f, certificates.ErrAlreadyRevoked
	case !h.MayRevoke(r.Context(), f):
		return f, certificates.ErrNotIssuer
	}
	return f, nil
}

func (h pages) showRevoke(w http.ResponseWriter, r *http.Request, status int, v revokeView) error {
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(ctx, "certificates.revoke.title", "title", v.Title), Eyebrow: v.Number, Lead: i18n.T(ctx, "certificates.revoke.lead"),
		Face: ui.Workbench, Back: ui.Link{Href: paperPath(v.Found.Paper)}, Problems: v.Problems}, revokePage(v))
}

// revokePost answers POST /papers/{region}/{id}/revoke.
func (h pages) revokePost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	why := certificates.Revocation{Reason: r.PostForm.Get("reason"), Basis: r.PostForm.Get("basis")}
	f, err := h.revocable(r)
	if err != nil {
		return err
	}
	err = h.Revoke(r.Context(), f.Region, f.ID, why)
	for field, known := range map[string]error{"reason": certificates.ErrNeedReason, "basis": certificates.ErrNeedBasis} {
		if errors.Is(err, known) {
			return h.showRevoke(w, r, http.StatusUnprocessableEntity, revokeView{Found: f, Reason: why.Reason, Basis: why.Basis,
				Problems: []ui.Problem{{Field: field, Text: web.Words(r.Context(), fault.Of(err))}}})
		}
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, paperPath(f.Paper))
}
