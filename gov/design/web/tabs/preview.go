package tabs

import (
	"context"
	"net/http"
	"net/url"

	"tongban/gov/catalogue"
	"tongban/gov/design"
	designweb "tongban/gov/design/web"
	"tongban/platform/fault"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/ui"
)

// previewView is the draft as people will see it, in frames of a phone.
type previewView struct {
	view
	Query string // answers that the form is shown for
}

// GET /design/{region}/{item}/preview
func (h pages) preview(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, tab{ID: "preview"})
	if err != nil {
		return err
	}
	page := designweb.Frame(r.Context(), item(v.a), "preview", nil)
	page.Lead = words(r.Context(), "preview_lead")
	return ui.Render(w, r, http.StatusOK, page, previewPage(previewView{view: v, Query: r.URL.RawQuery}))
}

// errFace refuses a preview of what there is no page for.
var errFace = fault.NotFound("design.no_face")

// GET /design/{region}/{item}/preview/{face}
func (h pages) face(w http.ResponseWriter, r *http.Request) error {
	v, err := h.open(r, tab{ID: "preview"})
	if err != nil {
		return err
	}
	return h.showFace(w, r, v)
}

// POST /design/{region}/{item}/preview/{face}
//
// What was typed and not saved, as people would see it. Nothing is kept.
func (h pages) typed(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	t, ok := tabOf(r.URL.Query().Get("tab"))
	if !ok {
		return errFace
	}
	v, err := h.open(r, t)
	if err != nil {
		return err
	}
	if e, ok := v.find(r.PostForm.Get("row")); ok {
		edits, _ := v.edits(e, r.PostForm) // what is no value yet is shown as it was
		for _, x := range edits {
			_ = v.tree.Set(x.Path, x.Value) // what does not fit there stays as it was
		}
		if p, err := v.tree.Package(); err == nil {
			v.d.Parts = p
		}
	}
	return h.showFace(w, r, v)
}

func (h pages) showFace(w http.ResponseWriter, r *http.Request, v view) error {
	lang := i18n.Chinese
	if r.URL.Query().Get("lang") == "en" {
		lang = i18n.English
	}
	ctx := i18n.In(r.Context(), lang)
	r = r.WithContext(ctx)
	o := shownOffer(v.d, v.a)
	switch r.PathValue("face") {
	case "guide":
		if h.d.Guide != nil {
			return h.d.Guide(w, r, o)
		}
	case "form":
		title := i18n.Pick(ctx, o.FullName(), o.NameEn)
		f, err := h.formView(ctx, v, o, r.URL.Query())
		if err != nil {
			return err
		}
		return ui.Render(w, r, http.StatusOK, ui.Page{Title: title, Face: ui.Portal}, formPreview(f))
	}
	return errFace
}

// shownOffer is the draft as an offer under the number it will have.
func shownOffer(d design.Draft, a design.Surroundings) *catalogue.Offer {
	o := *d.Offer(a)
	o.Version = d.Base + 1
	return &o
}

// formView is the form with the answers to the questions before it.
type formView struct {
	o       *catalogue.Offer
	props   ui.FormProps
	way     []catalogue.Answered
	open    *catalogue.Question
	answers map[string]string
	papers  []catalogue.Material
	lang    string
}

func (h pages) formView(ctx context.Context, v view, o *catalogue.Offer, q url.Values) (formView, error) {
	answers := map[string]string{}
	for k := range q {
		answers[k] = q.Get(k)
	}
	way, open := o.Situations.Walk(answers)
	known := map[string]string{}
	sources := map[string]string{}
	for _, s := range fixed["sources"] {
		if s != "" {
			known[s], sources[s] = words(ctx, "example."+s), words(ctx, "o.sources."+s)
		}
	}
	if o.Form == nil {
		o.Form = &forms.Definition{}
	}
	lists, err := h.d.Lists.Lists(ctx, o.Form)
	if err != nil {
		return formView{}, err
	}
	return formView{o: o, way: way, open: open, answers: answers, lang: q.Get("lang"), papers: o.MaterialsFor(answers),
		props: ui.FormProps{Def: o.Form, Answers: answers, Others: answers, Known: known, Sources: sources, Prefix: "form.", Lists: lists}}, nil
}
