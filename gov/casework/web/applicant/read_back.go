package applicant

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
	"tongban/ui"
)

// readBackView is everything that was handed in, to be read again.
type readBackView struct{ casefile.View }

// readBack answers GET /cases/{region}/{id}/application. That it was looked at
// is on record.
func (h pages) readBack(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := h.Casework.ReadBack(ctx, r.PathValue("region"), casework.CaseID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := readBackView{casefile.View{File: f, Base: casePath(f.Region, f.ID), FileBase: casePath(f.Region, f.ID) + "/files", Now: h.Clock.Now()}}
	if v.Offer, err = h.Casework.Offer(ctx, f.Region, f.Item, f.ItemVersion); err != nil {
		return err
	}
	if v.Lists, err = h.Casework.ListsFor(ctx, f.Region, f.Item, f.ItemVersion); err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "read_back.title"), Eyebrow: itemName(ctx, v.Offer) + " · " + words(ctx, "case.number", "number", casework.ShowNumber(f.Number)),
		Lead: words(ctx, "read_back.lead", "date", i18n.DateTime(ctx, f.SubmittedAt)), Active: "mine", Back: ui.Link{Href: v.Base, Text: words(ctx, "read_back.back")}}, readBackPage(v))
}

// delivery is how the applicant wants the decision.
func (v readBackView) delivery(ctx context.Context) []ui.SummaryRow {
	d := v.File.Application.Delivery
	rows := []ui.SummaryRow{{Key: words(ctx, "read_back.delivery"), Value: words(ctx, "delivery."+string(d.How()))}}
	if d.How() == casework.ByPost {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "read_back.address"), Value: d.Name + "，" + d.Address})
	}
	return rows
}
