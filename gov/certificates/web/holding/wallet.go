package holding

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/i18n"
	"tongban/ui"
)

// walletView is the wallet with what was looked for.
type walletView struct {
	h      pages
	Groups []holding.Group
	Query  holding.Query
	Offers int // permits that wait for the reader's answer
}

// wallet answers GET /my/certificates.
func (h pages) wallet(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, q := r.Context(), r.URL.Query()
	v := walletView{h: h, Query: holding.Query{Text: q.Get("q"), Standing: holding.Standing(q.Get("standing")), Relation: holding.Relation(q.Get("of"))}}
	if v.Groups, err = h.Wallet(ctx, v.Query); err != nil {
		return err
	}
	_, received, err := h.Permits(ctx)
	if err != nil {
		return err
	}
	for _, p := range received {
		if p.State == holding.Offered && p.Open(h.Clock.Now()) {
			v.Offers++
		}
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: t(ctx, "wallet.title"), Lead: t(ctx, "wallet.lead"), Face: ui.Portal, Active: "wallet"}, walletPage(v))
}

// filters narrow the wallet.
func (v walletView) filters(ctx context.Context) []ui.FieldProps {
	options := func(kind string, values ...string) []ui.Option {
		out := []ui.Option{{Text: t(ctx, "wallet.all")}}
		for _, x := range values {
			out = append(out, ui.Option{Value: x, Text: t(ctx, kind+"."+x)})
		}
		return out
	}
	return []ui.FieldProps{{Name: "q", Label: t(ctx, "wallet.find"), Type: ui.Search, Value: v.Query.Text},
		{Name: "standing", Label: t(ctx, "wallet.standing"), Type: ui.Select, Value: string(v.Query.Standing), Options: options("standing", "valid", "soon", "over")},
		{Name: "of", Label: t(ctx, "wallet.of"), Type: ui.Select, Value: string(v.Query.Relation), Options: options("relation", "own", "child", "company", "permit")}}
}

// narrowed tells whether something was looked for.
func (v walletView) narrowed() bool { return v.Query != holding.Query{} }

// heading says whose the certificates of a group are.
func heading(ctx context.Context, g holding.Group) string {
	return t(ctx, "group."+string(g.Relation), "name", g.Name)
}

// why says on what the reader's right to a group rests, and until when.
func why(ctx context.Context, g holding.Group) string {
	switch g.Relation {
	case holding.Child:
		return t(ctx, "why.child", "proof", g.Proof, "date", i18n.Date(ctx, g.Ends))
	case holding.Company:
		if g.Proof == "legal_representative" {
			return t(ctx, "why.legal")
		}
		return t(ctx, "why.agent", "date", until(ctx, g.Ends))
	case holding.Permitted:
		return t(ctx, "why.permit", "date", i18n.Date(ctx, g.Ends))
	}
	return ""
}

// certificateView is one certificate with everything about it.
type certificateView struct {
	h          pages
	Held       holding.Held
	Last       certificates.Done // what was done to it last
	Copies     []holding.Copy
	Permits    []holding.Permit
	Uses       []holding.Use
	Objections []holding.Objection
	Key        string
	Problems   []ui.Problem
	Purpose    string
}

// shownHere is how many uses the page of a certificate shows.
const shownHere = 5

// certificate answers GET /my/certificates/{region}/{id}.
func (h pages) certificate(w http.ResponseWriter, r *http.Request) error {
	return h.showCertificate(w, r, http.StatusOK, certificateView{})
}

func (h pages) showCertificate(w http.ResponseWriter, r *http.Request, status int, v certificateView) (err error) {
	ctx, region, paper := r.Context(), r.PathValue("region"), r.PathValue("id")
	v.h, v.Key = h, newKey()
	if v.Held, err = h.Held(ctx, region, paper); err != nil {
		return err
	}
	done, err := h.Papers.History(ctx, v.Held.Found)
	if err != nil {
		return err
	}
	if len(done) > 0 {
		v.Last = done[len(done)-1]
	}
	if v.Copies, err = h.CopiesOf(ctx, region, paper); err != nil {
		return err
	}
	if v.Permits, err = h.PermitsOf(ctx, region, paper); err != nil {
		return err
	}
	if v.Uses, err = h.Uses(ctx, holding.UseFilter{Region: region, Paper: paper}); err != nil {
		return err
	}
	all, err := h.Objections(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Paper == paper && o.Region == region {
			v.Objections = append(v.Objections, o)
		}
	}
	p := mine(ctx, v.Held.Title)
	p.Eyebrow, p.Problems = v.Held.Number, v.Problems
	return ui.Render(w, r, status, p, certificatePage(v))
}

// rows are the particulars of a certificate.
func (v certificateView) rows(ctx context.Context) []ui.SummaryRow {
	x := v.Held
	f := func(key string) string { return i18n.T(ctx, "certificates.fact."+key) }
	rows := []ui.SummaryRow{{Key: f("holder"), Value: x.HolderName}, {Key: f("issuer"), Value: x.IssuerName}, {Key: f("issued"), Value: i18n.Date(ctx, x.GrantedOn())}, {Key: f("until"), Value: until(ctx, x.ValidUntil)}}
	if x.Grade != "" { // of stock: the office's own data, or compared with a paper
		rows = append(rows, ui.SummaryRow{Key: f("grade"), Value: f("grade." + x.Grade)})
	}
	for _, field := range x.Fields {
		rows = append(rows, v.h.field(ctx, field, x.HolderName))
	}
	return rows
}

// field is one particular; of a photograph the picture, and not its digest.
func (h pages) field(ctx context.Context, f certificates.Field, holder string) ui.SummaryRow {
	row := ui.SummaryRow{Key: i18n.Pick(ctx, f.Label, f.LabelEn), Value: f.Value}
	if f.Photo() {
		row.Value, row.Part = "", h.portrait(ctx, f, holder)
	}
	return row
}

// portrait is the photograph of a field; of one that is not kept here, words.
func (h pages) portrait(ctx context.Context, f certificates.Field, holder string) templ.Component {
	if b := h.Papers.Picture(f); b != nil {
		return ui.Portrait(b, i18n.T(ctx, "certificates.fact.photo_of", "name", holder))
	}
	return templ.Raw(templ.EscapeString(i18n.T(ctx, "certificates.fact.photo")))
}

// can tells what the reader may do with the certificate.
func (v certificateView) can(what string) bool {
	x := v.Held
	if x.Status != certificates.Valid {
		return what == "object" && x.Status == certificates.Suspended && x.Relation != holding.Permitted
	}
	if x.Permit == nil {
		return true
	}
	return what == "show" && x.Permit.Show || what == "give" && x.Permit.Give
}
