package web

import (
	"context"
	"net/http"
	"net/url"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// situationPage is one question, or the list at the end.
type situationPage struct {
	o         *catalogue.Offer
	path      string // of this page, without answers
	question  *catalogue.Question
	field     ui.FieldProps
	law       string
	so        []ui.SummaryRow // answers so far
	hidden    [][2]string
	left      int
	materials []material
	warnings  []catalogue.Warning
	assumed   []string // what is assumed where the person was unsure
	limits    []ui.SummaryRow
	apply     string
	link      string
}

// GET /items/{region}/{code}/situations
//
// The answers lie in the address, so that the result can be passed on and
// the browser's own back button works. Next is sent with every question:
// without an answer it shows what is missing.
func (h *pages) situations(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := h.Offer(ctx, r.PathValue("region"), r.PathValue("code"))
	if err != nil {
		return err
	}
	guide := itemPath(o.Region, o.Code)
	if o.Situations == nil {
		http.Redirect(w, r, guide, http.StatusSeeOther)
		return nil
	}
	values := r.URL.Query()
	given := map[string]string{}
	for _, q := range o.Situations.Questions {
		if v := values.Get(q.ID); v != "" {
			given[q.ID] = v
		}
	}
	p := situationPage{o: o, path: guide + "/situations"}
	way, open := o.Situations.Walk(given)
	kept := url.Values{}
	for _, a := range way {
		p.so = append(p.so, ui.SummaryRow{Key: a.Question.Text.In(ctx), Value: a.Option.Text.In(ctx), Change: ui.Link{Href: withAnswers(p.path, kept)}})
		kept.Set(a.Question.ID, a.Option.ID)
		p.hidden = append(p.hidden, [2]string{a.Question.ID, a.Option.ID})
		if a.Option.Warning != nil {
			p.warnings = append(p.warnings, *a.Option.Warning)
		}
		if a.Option.Unsure {
			p.assumed = append(p.assumed, a.Option.Hint.In(ctx))
		}
	}
	page := ui.Page{Face: ui.Portal, Active: active, Eyebrow: i18n.Pick(ctx, o.FullName(), o.NameEn), Back: ui.Link{Href: backTo(p.path, guide, way, kept)}}
	if open != nil {
		return h.ask(w, r, p, page, *open, values.Has("next"))
	}
	p.result(ctx, way, kept)
	page.Title = i18n.T(ctx, "catalogue.situations.result", "n", len(p.materials))
	page.Lead = i18n.T(ctx, "catalogue.situations.result.lead")
	return ui.Render(w, r, http.StatusOK, page, situationResult(p))
}

// ask shows one question; missing says that it was sent without an answer.
func (h *pages) ask(w http.ResponseWriter, r *http.Request, p situationPage, page ui.Page, q catalogue.Question, missing bool) error {
	ctx := r.Context()
	p.question, p.left = &q, p.o.Situations.Left(q.ID)
	p.field = ui.FieldProps{Name: q.ID, Label: i18n.T(ctx, "catalogue.situations.pick"), Hint: q.Why.In(ctx), Type: ui.Choice, Required: true, Boxed: true}
	for _, o := range q.Options {
		p.field.Options = append(p.field.Options, ui.Option{Value: o.ID, Text: o.Text.In(ctx), Hint: o.Hint.In(ctx)})
	}
	if c, ok := p.o.Clause(q.Clause); ok {
		p.law = c.Citation()
	}
	page.Title = q.Text.In(ctx)
	status := http.StatusOK
	if missing {
		p.field.Error = i18n.T(ctx, "catalogue.situations.choose")
		page.Problems = []ui.Problem{{Field: q.ID, Text: p.field.Error}}
		status = http.StatusUnprocessableEntity
	}
	return ui.Render(w, r, status, page, situationQuestion(p))
}

// result fills in what the answers lead to.
func (p *situationPage) result(ctx context.Context, way []catalogue.Answered, kept url.Values) {
	answers := map[string]string{}
	for _, a := range way {
		answers[a.Question.ID] = a.Option.ID
	}
	p.o = p.o.In(answers)
	for _, m := range p.o.MaterialsFor(answers) {
		x := materialOf(ctx, p.o, m)
		x.when = "" // everything listed here is needed
		p.materials = append(p.materials, x)
	}
	p.limits = append(limitRows(ctx, p.o)[:2], ui.SummaryRow{Key: i18n.T(ctx, "catalogue.section.fee"), Value: feeText(ctx, p.o.Fee)},
		ui.SummaryRow{Key: i18n.T(ctx, "catalogue.answer.visits"), Value: visitsText(ctx, p.o.Visits)},
		ui.SummaryRow{Key: i18n.T(ctx, "catalogue.version.org"), Value: i18n.Pick(ctx, p.o.OrgName, p.o.OrgNameEn), Lang: chinese(ctx, p.o.OrgNameEn)})
	p.limits = append(p.limits, windowRows(ctx, p.o)...)
	p.link = p.path + "?" + kept.Encode()
	p.apply = applyPath(p.o.Region, p.o.Code) + "?" + kept.Encode()
}

// withAnswers is a path with the answers in it; the question after them is asked
// again.
func withAnswers(path string, kept url.Values) string {
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}

// backTo is the question before, or the guide.
func backTo(path, guide string, way []catalogue.Answered, kept url.Values) string {
	if len(way) == 0 {
		return guide
	}
	before := url.Values{}
	for k, v := range kept {
		if k != way[len(way)-1].Question.ID {
			before[k] = v
		}
	}
	return withAnswers(path, before)
}
