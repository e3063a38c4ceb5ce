package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/i18n"
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
	Check    string // address of the public page
	CasePath string
	Acts     []certificates.Rule // what the reader may do to it now
	Manage   bool                // the reader is an officer who acts on papers of the issuer
	Wallet   bool                // its holder may put it into a wallet
	History  []certificates.Done
	Before   string // page of the version before, when the reader may see it
	picture  func(certificates.Field) []byte
}

// paper answers GET /papers/{region}/{id} with the page, and
// GET /papers/{region}/{id}.{form} with the paper in that form.
func (h pages) paper(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, form := idOf(r.PathValue("file"))
	if form != "" {
		return h.form(w, r, id, form)
	}
	f, err := h.Read(ctx, r.PathValue("region"), id)
	if err != nil {
		return err
	}
	v := paperView{Found: f, picture: h.Picture, Check: h.BaseURL + checkPath(f.Code), Acts: h.Acts(ctx, f), Manage: h.MayManage(ctx, f) == nil}
	if f.Kind == certificates.Certificate && f.Status == certificates.Valid && h.d.Wallets != nil && h.Holds(ctx, f) {
		_, err := h.d.Types.InForce(ctx, f.Type)
		v.Wallet = err == nil
	}
	if v.History, err = h.Service.History(ctx, f); err != nil {
		return err
	}
	if old, err := h.ByCode(ctx, f.Predecessor); err == nil {
		if _, err := h.Paper(ctx, old.Region, old.ID); err == nil {
			v.Before = paperPath(old.Paper)
		}
	}
	if h.d.CasePath != nil && f.Case != "" {
		v.CasePath = h.d.CasePath(f.Region, f.Case)
	}
	return ui.Render(w, r, http.StatusOK, h.paperFrame(ctx, f, f.Title), paperPage(v))
}

// back is when a suspended paper comes back by itself; zero when it does not.
func (v paperView) back() (at time.Time) {
	if n := len(v.History); v.Status == certificates.Suspended && n > 0 {
		at = v.History[n-1].Until
	}
	return at
}

// forms are the formats besides those that have a button.
func (v paperView) forms(ctx context.Context) []ui.Link {
	path := paperPath(v.Paper)
	return []ui.Link{{Text: i18n.T(ctx, "certificates.forms.eddsa"), Href: path + ".jws"}, {Text: i18n.T(ctx, "certificates.forms.es256"), Href: path + ".jws?alg=ES256"},
		{Text: i18n.T(ctx, "certificates.forms.sm2"), Href: path + ".jws?alg=SM2-SM3"}, {Text: i18n.T(ctx, "certificates.forms.data"), Href: path + ".json"}}
}

// form sends a paper in a form.
func (h pages) form(w http.ResponseWriter, r *http.Request, id, form string) error {
	ctx, region := r.Context(), r.PathValue("region")
	var f certificates.Form
	var err error
	switch form {
	case certificates.FormJWS:
		f, err = h.Token(ctx, region, id, r.URL.Query().Get("alg"), r.URL.Query().Has("json"))
	case certificates.FormOFD:
		f, err = h.OFD(ctx, region, id)
	case "json":
		f, err = h.SignedData(ctx, region, id)
	default:
		f, err := h.File(ctx, region, id)
		if err != nil {
			return err
		}
		return h.Files.Serve(w, r, f.Ref, f.Name)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", f.Type)
	w.Header().Set("Content-Disposition", f.Disposition(id+"."+form))
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(f.Data)
	return err
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
		{Key: t("issuer"), Value: v.IssuerName}, {Key: t("issued"), Value: i18n.Date(ctx, v.GrantedOn())}, {Key: t("until"), Value: until(ctx, v.Paper.Summary())}}
	if v.Identifier != "" {
		rows = append(rows, ui.SummaryRow{Key: t("identifier"), Value: v.Identifier}, ui.SummaryRow{Key: t("version"), Value: strconv.Itoa(v.Version)})
	}
	if v.Predecessor != "" {
		row := ui.SummaryRow{Key: t("before"), Value: v.Predecessor}
		if v.Before != "" {
			row.Change = ui.Link{Text: t("see_before"), Href: v.Before}
		}
		rows = append(rows, row)
	}
	if grade := v.Paper.Summary().Grade; grade != "" {
		rows = append(rows, ui.SummaryRow{Key: t("grade"), Value: t("grade." + string(grade))})
	}
	for _, f := range v.Fields {
		row := ui.SummaryRow{Key: i18n.Pick(ctx, f.Label, f.LabelEn), Value: f.Value}
		if f.Photo() { // its digest says nothing to people
			row.Value = t("photo")
			if b := v.picture(f); b != nil {
				row.Value, row.Part = "", ui.Portrait(b, i18n.T(ctx, "certificates.fact.photo_of", "name", v.HolderName))
			}
		}
		rows = append(rows, row)
	}
	return rows
}
