package counter

import (
	"context"
	"errors"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/certificates"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// receiptView is what became of an application: its number, its papers, and
// what can be done with it at once.
type receiptView struct {
	Case      casework.Case
	Papers    []certificates.Found
	Handouts  []casework.LitHandout
	MayHand   bool // the caller hands out, and there is a decision
	Problems  []ui.Problem
	New       bool
	MayAccept bool
	Due       ui.Status
}

func receiptHref(number string) string { return "/counter/receipts/" + number }

func caseHref(c casework.Case) string { return "/counter/cases/" + c.Region + "/" + string(c.ID) }

// GET /counter/receipts/{number}
func (h pages) receipt(w http.ResponseWriter, r *http.Request) error {
	c, err := h.Casework.FindByNumber(r.Context(), r.PathValue("number"))
	if errors.Is(err, casework.ErrNoCase) && h.Bundles != nil { // perhaps that of a one thing
		if b, err := h.Bundles.OfNumber(r.Context(), r.PathValue("number")); err == nil {
			return web.Redirect(w, r, bundleHref(b.Number))
		}
	}
	if err != nil {
		return err
	}
	return h.showReceipt(w, r, http.StatusOK, c, nil)
}

func (h pages) showReceipt(w http.ResponseWriter, r *http.Request, status int, c casework.Case, problems []ui.Problem) (err error) {
	ctx := r.Context()
	v := receiptView{Case: c, New: r.URL.Query().Get("new") != "", Due: casefile.CaseDue(ctx, h.Casework, c), Problems: problems}
	if v.MayHand = c.State == casework.Decided && authz.Door(ctx, casework.MayHandOut) == nil; v.MayHand {
		if v.Handouts, err = h.Casework.Handouts.OfCase(ctx, c.Region, c.ID); err != nil {
			return err
		}
	}
	if v.Papers, err = h.Certificates.OfCase(ctx, c.Region, string(c.ID)); err != nil {
		return err
	}
	v.MayAccept = c.State == casework.Submitted && casefile.May(ctx, casework.MayAccept, c.Region, c.Org, c.Place)
	keys := []ui.Key{nextPerson(ctx)}
	if p, ok := v.newest(); ok {
		keys = append(keys, ui.Key{Name: "F8", Text: i18n.T(ctx, "counter.receipt.print", "paper", p.Title), Href: casefile.PaperHref(p.Paper)})
	}
	if v.MayAccept {
		keys = append(keys, ui.Key{Name: "F9", Text: i18n.T(ctx, "casefile.accept.button"), Form: "accept"})
	}
	return render(w, r, status, ui.Page{Title: v.title(ctx), Eyebrow: c.ItemName, Active: "counter_cases", Keys: keys, Problems: problems}, receiptPage(v))
}

func (v receiptView) title(ctx context.Context) string {
	if v.New {
		return i18n.T(ctx, "counter.receipt.new")
	}
	return casefile.StateStatus(ctx, v.Case).Text
}

// newest is the paper to hand over now.
func (v receiptView) newest() (certificates.Found, bool) {
	if len(v.Papers) == 0 {
		return certificates.Found{}, false
	}
	return v.Papers[len(v.Papers)-1], true
}

func (v receiptView) rows(ctx context.Context) []ui.SummaryRow {
	c := v.Case
	rows := []ui.SummaryRow{{Key: i18n.T(ctx, "counter.receipt.item"), Value: c.ItemName}, {Key: i18n.T(ctx, "counter.receipt.office"), Value: c.OrgName},
		{Key: i18n.T(ctx, "casefile.applicant"), Value: c.ApplicantName}, {Key: i18n.T(ctx, "counter.receipt.at"), Value: i18n.DateTime(ctx, c.SubmittedAt)}}
	for _, d := range []struct {
		key string
		due bool
		at  string
	}{{"counter.receipt.accept_due", !c.AcceptDue.IsZero(), i18n.Date(ctx, c.AcceptDue)}, {"counter.receipt.promise_due", !c.PromiseDue.IsZero() && c.State.Open(), i18n.Date(ctx, c.PromiseDue)},
		{"counter.receipt.legal_due", !c.LegalDue.IsZero() && c.State.Open(), i18n.Date(ctx, c.LegalDue)}} {
		if d.due {
			rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, d.key), Value: d.at})
		}
	}
	if c.Reason != "" {
		rows = append(rows, ui.SummaryRow{Key: i18n.T(ctx, "casefile.why"), Value: c.Reason})
	}
	return rows
}
