package applicant

import (
	"maps"
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/platform/forms"
	"tongban/platform/web"
)

// desk is an open draft with everything that lies beside it on the desk.
type desk struct {
	casework.Draft
	offer    *catalogue.Offer
	way      []catalogue.Answered // questions answered so far
	open     *catalogue.Question  // the next one; nil when the situation is clear
	normal   map[string]string    // answers of the form in their normal form
	problems casework.Problems    // what keeps it from being submitted
	lists    forms.Lists          // that fields of the form take answers from
	readers  []casework.Reading   // who of the offices looked at it
}

// onDraft lets the applicant into one of his drafts. One that was submitted
// leads to its case, so that going back after submitting shows what came of it.
func (h pages) onDraft(f func(w http.ResponseWriter, r *http.Request, k desk) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		d, err := h.Casework.Draft(r.Context(), r.PathValue("region"), casework.DraftID(r.PathValue("id")))
		if err != nil {
			return err
		}
		switch d.State {
		case casework.DraftSubmitted:
			return web.Redirect(w, r, casePath(d.Region, d.Case))
		case casework.DraftDiscarded:
			return casework.ErrDraftClosed.With("state", string(d.State))
		}
		k, err := h.desk(r, d)
		if err != nil {
			return err
		}
		return f(w, r, k)
	}
}

// desk lays out what a draft needs.
func (h pages) desk(r *http.Request, d casework.Draft) (k desk, err error) {
	k.Draft = d
	if k.offer, err = h.Casework.Offer(r.Context(), d.Region, d.Item, d.ItemVersion); err != nil {
		return k, err
	}
	k.offer = k.offer.In(d.Situation)
	if k.lists, err = h.Casework.ListsFor(r.Context(), d.Region, d.Item, d.ItemVersion); err != nil {
		return k, err
	}
	if k.normal, _, err = h.Casework.CheckForm(r.Context(), d); err != nil {
		return k, err
	}
	k.way, k.open = k.offer.Situations.Walk(d.Situation)
	if h.joins(k.offer) {
		k.problems, err = h.Bundles.Check(r.Context(), d)
		return k, err
	}
	k.problems, err = h.Casework.Check(r.Context(), d)
	return k, err
}

func (k desk) path() string { return draftPath(k.Region, k.ID) }

// answers are those to questions on the way and to fields, as conditions see them.
func (k desk) answers() map[string]string {
	all := k.offer.Situations.Prune(k.Situation)
	maps.Copy(all, k.normal)
	return all
}

// needed are the materials that these answers ask for.
func (k desk) needed() []catalogue.Material { return k.offer.MaterialsFor(k.answers()) }

// asks tells whether the item has questions about the situation.
func (k desk) asks() bool { return k.offer.Situations != nil && len(k.offer.Situations.Questions) > 0 }

// wrong lists the problems whose field begins with prefix.
func (k desk) wrong(prefix string) casework.Problems {
	var out casework.Problems
	for _, p := range k.problems {
		if strings.HasPrefix(p.Field, prefix) {
			out = append(out, p)
		}
	}
	return out
}

// steps are the pages of the form: whole subjects, in order.
func (k desk) steps() [][]forms.Group {
	known := k.Known()
	return forms.Pages(k.offer.Form.Shown(k.answers()), func(f forms.Field) bool {
		_, locked := f.Locked(known)
		return !locked
	})
}

// stepOf finds the page of the form with this subject; the first one when
// there is none.
func (k desk) stepOf(group string) int {
	for i, s := range k.steps() {
		for _, g := range s {
			if g.ID == group {
				return i
			}
		}
	}
	return 0
}

// stepPath is where a page of the form lies.
func (k desk) stepPath(step []forms.Group) string { return k.path() + "/form?step=" + step[0].ID }

// groupOf names the subject of a field.
func (k desk) groupOf(field string) string {
	for _, g := range k.offer.Form.Groups {
		for _, f := range g.Fields {
			if f.ID == field {
				return g.ID
			}
		}
	}
	return ""
}

// next is the step to do after page number step of the form (-1: after the
// questions). Pages on which nothing is left to say are passed over; with
// strict also those that could still be added to.
func (k desk) next(step int, strict bool) string {
	if k.open != nil {
		return k.path() + "/situation"
	}
	bad := map[string]bool{}
	for _, p := range k.wrong("form.") {
		bad[p.Field[len("form."):]] = true
	}
	for i, s := range k.steps() {
		if i <= step && !strict {
			continue
		}
		for _, g := range s {
			for _, f := range g.Fields {
				if bad[f.ID] || !strict && k.normal[f.ID] == "" {
					return k.stepPath(s)
				}
			}
		}
	}
	if len(k.wrong("material.")) > 0 {
		return k.path() + "/materials"
	}
	return k.path() + "/check"
}

// resume answers GET /drafts/{region}/{id}/continue: straight to what is
// still to be done.
func (h pages) resume(w http.ResponseWriter, r *http.Request, k desk) error {
	return web.Redirect(w, r, k.next(-1, true))
}
