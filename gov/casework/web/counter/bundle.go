package counter

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/i18n"
	"tongban/ui"
)

func bundleHref(number string) string { return "/counter/bundles/" + number }

// joins tells whether an item is a one thing that is taken in here.
func (h pages) joins(o *catalogue.Offer) bool { return h.Bundles != nil && o.Bundle != nil }

// missing says what keeps an application from being handed in.
func (h pages) missing(ctx context.Context, o *catalogue.Offer, d casework.Draft) (casework.Problems, error) {
	if h.joins(o) {
		return h.Bundles.Check(ctx, d)
	}
	return h.Casework.Check(ctx, d)
}

// handIn hands an application in and tells where its receipt lies.
func (h pages) handIn(ctx context.Context, o *catalogue.Offer, d casework.Draft) (string, error) {
	if h.joins(o) {
		b, err := h.Bundles.Submit(ctx, d.Region, d.ID, d.Version)
		return bundleHref(b.Number), err
	}
	c, err := h.Casework.Submit(ctx, d.Region, d.ID, d.Version)
	return receiptHref(c.Number), err
}

// bundleView is what became of an application for a one thing.
type bundleView struct {
	bundles.File
	Papers []certificates.Found
	New    bool
}

// GET /counter/bundles/{number}: the number and the receipt of the whole, and
// where each part stands.
func (h pages) bundle(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if h.Bundles == nil {
		return bundles.ErrNone
	}
	b, err := h.Bundles.OfNumber(ctx, r.PathValue("number"))
	if err != nil {
		return err
	}
	v := bundleView{New: r.URL.Query().Get("new") != ""}
	if v.File, err = h.Bundles.Open(ctx, b.Region, b.ID); err != nil {
		return err
	}
	if v.Papers, err = h.Certificates.OfCase(ctx, b.Region, string(b.ID)); err != nil {
		return err
	}
	keys := []ui.Key{nextPerson(ctx)}
	if len(v.Papers) > 0 {
		keys = append(keys, ui.Key{Name: "F8", Text: i18n.T(ctx, "counter.receipt.print", "paper", v.Papers[0].Title), Href: casefile.PaperHref(v.Papers[0].Paper)})
	}
	title := i18n.T(ctx, "counter.bundle.title")
	if v.New {
		title = i18n.T(ctx, "counter.receipt.new")
	}
	return render(w, r, http.StatusOK, ui.Page{Title: title, Eyebrow: b.ItemName, Active: "counter_cases", Keys: keys}, bundlePage(v))
}

func (v bundleView) rows(ctx context.Context) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: i18n.T(ctx, "counter.receipt.item"), Value: v.ItemName}, {Key: i18n.T(ctx, "counter.receipt.office"), Value: v.OrgName},
		{Key: i18n.T(ctx, "casefile.applicant"), Value: v.ApplicantName}, {Key: i18n.T(ctx, "counter.receipt.at"), Value: i18n.DateTime(ctx, v.SubmittedAt)}}
	if v.State == bundles.Open && v.Due.Running {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "counter.bundle.due"), Value: i18n.Date(ctx, v.Due.Due)})
	}
	return rows
}

// parts is the table of its parts.
func (v bundleView) parts(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "counter.bundle.parts"), Cols: []ui.Col{{Title: i18n.T(ctx, "counter.receipt.item")}, {Title: i18n.T(ctx, "counter.receipt.office")}, {Title: i18n.T(ctx, "counter.bundle.state"), NoWrap: true}}}
	for _, p := range v.Parts {
		name := p.ItemName
		if d, ok := v.Definition.Part(p.ID); ok {
			name = d.Name.In(ctx)
		}
		s := bundles.Sister{State: p.State}
		cell := ui.Cell{Text: name}
		if p.Case != nil {
			s.Case, s.Outcome = p.Case.State, p.Case.Outcome
			cell.Link = ui.Link{Text: name, Href: receiptHref(p.Case.Number)}
		}
		status := casefile.SisterStatus(ctx, s)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{cell, {Text: p.OrgName}, {Part: ui.Tag(status)}}})
	}
	return t
}
