package web

import (
	"net/http"
	"net/url"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// synonymsPage lists the words that search reads as others.
type synonymsPage struct {
	form  synonymForm
	words []catalogue.Synonym
	table ui.TableProps
	error string
	saved string
}

// maxForm bounds the form, in bytes.
const maxForm = 16 << 10

// synonymForm is one word to be kept.
type synonymForm struct{ say, mean string }

// synonyms answers GET /synonyms; ?say= fills in a word to be changed.
func (h *pages) synonyms(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	p := synonymsPage{form: synonymForm{say: v.Get("say")}, saved: v.Get("saved")}
	return h.showSynonyms(w, r, http.StatusOK, p)
}

// synonymsPost answers POST /synonyms.
func (h *pages) synonymsPost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return catalogue.ErrQuery.Because(err)
	}
	f := synonymForm{say: strings.TrimSpace(r.PostForm.Get("say")), mean: strings.TrimSpace(r.PostForm.Get("mean"))}
	if r.PostForm.Get("act") == "remove" {
		f.mean = ""
	} else if f.mean == "" {
		return h.showSynonyms(w, r, http.StatusUnprocessableEntity, synonymsPage{form: f, error: i18n.T(r.Context(), "catalogue.synonyms.no_mean")})
	}
	err := h.KeepSynonym(r.Context(), f.say, f.mean)
	if fault.IsKind(err, fault.KindInvalid) {
		return h.showSynonyms(w, r, http.StatusUnprocessableEntity, synonymsPage{form: f, error: i18n.T(r.Context(), "catalogue.synonyms.bad")})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/synonyms?saved="+url.QueryEscape(f.say), http.StatusSeeOther)
	return nil
}

func (h *pages) showSynonyms(w http.ResponseWriter, r *http.Request, status int, p synonymsPage) error {
	ctx := r.Context()
	list, err := h.Synonyms(ctx)
	if err != nil {
		return err
	}
	p.words = list
	p.table = ui.TableProps{Caption: i18n.T(ctx, "catalogue.synonyms.table"), Cols: []ui.Col{{Title: i18n.T(ctx, "catalogue.synonyms.say")}, {Title: i18n.T(ctx, "catalogue.synonyms.mean")},
		{Title: i18n.T(ctx, "catalogue.synonyms.try")}, {Title: i18n.T(ctx, "catalogue.synonyms.state")}, {Title: i18n.T(ctx, "catalogue.synonyms.change"), Hidden: true}}}
	for _, s := range list {
		state := i18n.T(ctx, "catalogue.synonyms.shipped")
		switch {
		case s.Gone:
			state = i18n.T(ctx, "catalogue.synonyms.gone", "at", i18n.Date(ctx, s.At))
		case s.Changed:
			state = i18n.T(ctx, "catalogue.synonyms.changed", "at", i18n.Date(ctx, s.At))
		}
		p.table.Rows = append(p.table.Rows, ui.Row{Cells: []ui.Cell{{Text: s.Say, Lang: chinese(ctx, "")}, {Text: s.Mean, Lang: chinese(ctx, "")}, {Link: ui.Link{Text: i18n.T(ctx, "catalogue.synonyms.try.for", "word", s.Say), Href: itemsPath("q", s.Say)}},
			{Text: state}, {Part: changeSynonym(s)}}})
	}
	page := ui.Page{Title: i18n.T(ctx, "catalogue.synonyms.title"), Lead: i18n.T(ctx, "catalogue.synonyms.lead"), Face: ui.Design, Active: "synonyms"}
	if p.error != "" {
		page.Problems = []ui.Problem{{Field: "say", Text: p.error}}
	}
	return ui.Render(w, r, status, page, synonymsBody(p))
}
