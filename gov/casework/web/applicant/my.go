package applicant

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// perList is how many cases a page of one's own space shows.
const perList = 30

// myView is one's own space: what waits first.
type myView struct {
	Caller   auth.Principal
	Waiting  []casework.Case
	Drafts   []casework.Draft
	Running  []casework.Case
	Finished []casework.Case
	Papers   []certificates.Found
	Wholes   []bundles.Bundle // one things
	Next     string
	First    bool // the first page of cases
	Done     string
}

// my answers GET /my.
func (h pages) my(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	after := r.URL.Query().Get("after")
	v := myView{Caller: auth.From(ctx), First: after == "", Done: r.URL.Query().Get("done")}
	list, err := h.Casework.MyCases(ctx, after, perList)
	if err != nil {
		return err
	}
	v.Next = list.Next
	if h.Bundles != nil {
		if v.Wholes, err = h.Bundles.Mine(ctx, "", perList); err != nil {
			return err
		}
	}
	for _, c := range list.Cases {
		switch {
		case v.inWhole(c): // shown with the others of its one thing
		case c.State == casework.Supplemented:
			v.Waiting = append(v.Waiting, c)
		case c.State.Open():
			v.Running = append(v.Running, c)
		default:
			v.Finished = append(v.Finished, c)
		}
	}
	if v.First {
		if v.Drafts, err = h.Casework.MyDrafts(ctx); err != nil {
			return err
		}
		if h.Bundles != nil {
			if v.Wholes, err = h.Bundles.Mine(ctx, "", perList); err != nil {
				return err
			}
		}
		papers, err := h.Certificates.OfHolder(ctx, h.Casework.Regions, v.Caller.Owner(), 100)
		if err != nil && !fault.IsKind(err, fault.KindForbidden) {
			return err
		}
		for _, p := range papers {
			if p.Kind == certificates.Certificate {
				v.Papers = append(v.Papers, p)
			}
		}
	}
	if !v.First {
		v.Wholes = nil
	}
	page := ui.Page{Title: words(ctx, "my.title"), Active: "mine"}
	if v.Caller.For != "" {
		page.Lead = words(ctx, "my.for", "name", v.Caller.ForName)
	}
	return ui.Render(w, r, http.StatusOK, page, myPage(v))
}

// inWhole tells whether a case is a part of one of the one things that are shown.
func (v myView) inWhole(c casework.Case) bool {
	for _, b := range v.Wholes {
		if b.Has(c.ID) {
			return true
		}
	}
	return false
}

// Card is one thing of the caller's that can be gone on with, for the start page.
type Card struct {
	Title  string // name of the item
	Text   string // what is to be done, in the reader's language
	Href   string
	Action string // words of the link
	Tone   ui.Tone
	Status string
}

// Continue lists what the signed-in reader can go on with, most urgent first:
// requests for supplements, drafts, cases under way. Nobody else has any.
func (d Deps) Continue(ctx context.Context) ([]Card, error) {
	p := auth.From(ctx)
	if p.Owner() == "" || p.Kind != auth.KindPerson {
		return nil, nil
	}
	list, err := d.Casework.MyCases(ctx, "", perList)
	if fault.IsKind(err, fault.KindForbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	drafts, err := d.Casework.MyDrafts(ctx)
	if err != nil {
		return nil, err
	}
	var urgent, running, begun []Card
	for _, c := range list.Cases {
		s := status(ctx, c)
		card := Card{Title: c.ItemName, Text: caseLine(ctx, c), Href: casePath(c.Region, c.ID), Action: words(ctx, "see_progress"), Tone: s.Tone, Status: s.Text}
		switch {
		case c.State == casework.Supplemented:
			card.Href, card.Action = card.Href+"/supplement", words(ctx, "case.answer")
			urgent = append(urgent, card)
		case c.State.Open():
			running = append(running, card)
		}
	}
	for _, x := range drafts {
		begun = append(begun, Card{Title: x.ItemName, Text: words(ctx, "my.draft_text", "date", i18n.DateTime(ctx, x.UpdatedAt)), Href: draftPath(x.Region, x.ID) + "/continue",
			Action: words(ctx, "continue"), Tone: ui.Plain, Status: words(ctx, "my.draft")})
	}
	return append(append(urgent, begun...), running...), nil
}

// caseLine says in one line what matters now.
func caseLine(ctx context.Context, c casework.Case) string {
	number := casework.ShowNumber(c.Number)
	switch {
	case c.State == casework.Supplemented:
		return words(ctx, "my.supplement", "number", number)
	case !c.State.Open():
		return words(ctx, "my.closed", "number", number, "date", i18n.Date(ctx, c.ClosedAt))
	case c.Paused:
		return words(ctx, "my.paused", "number", number)
	case !c.Due().IsZero() && c.AcceptedAt.IsZero():
		return words(ctx, "my.accept", "number", number, "date", i18n.Date(ctx, c.Due()))
	case !c.Due().IsZero():
		return words(ctx, "my.due", "number", number, "date", i18n.Date(ctx, c.Due()))
	}
	return words(ctx, "case.number", "number", number)
}
