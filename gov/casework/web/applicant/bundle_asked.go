package applicant

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/casework/web/upload"
	"tongban/gov/catalogue"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/platform/web"
	"tongban/ui"
)

// askedView is what all offices ask for, in one place.
type askedView struct {
	bundles.File
	offer    *catalogue.Offer
	lists    forms.Lists
	Papers   []ui.FieldProps
	Problems []ui.Problem
}

// asking opens a one thing with what its offices ask for.
func (h pages) asking(r *http.Request) (askedView, error) {
	f, err := h.ownBundle(r)
	if err != nil {
		return askedView{}, err
	}
	v := askedView{File: f}
	if v.lists, err = h.Casework.ListsFor(r.Context(), f.Region, f.Item, f.ItemVersion); err != nil {
		return v, err
	}
	v.offer, err = h.Casework.Offer(r.Context(), f.Region, f.Item, f.ItemVersion)
	return v, err
}

// bundleAsked answers GET /bundles/{region}/{id}/supplements.
func (h pages) bundleAsked(w http.ResponseWriter, r *http.Request) error {
	v, err := h.asking(r)
	if err != nil {
		return err
	}
	if len(v.Asked) == 0 {
		return web.Redirect(w, r, bundlePath(v.Region, v.ID))
	}
	return h.showAsked(w, r, http.StatusOK, v)
}

func (h pages) showAsked(w http.ResponseWriter, r *http.Request, status int, v askedView) error {
	ctx := r.Context()
	for _, q := range v.Asked {
		var asks []casefile.Again
		for _, a := range q.Asks {
			asks = append(asks, casefile.Again{Case: a.Case, Target: a.SupplementItem.Target})
		}
		p, err := h.standIn(ctx, asks, input(q, "paper"), q.Paper, v.Problems)
		if err != nil {
			return err
		}
		v.Papers = append(v.Papers, p)
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "bundle.asked", "n", len(v.Asked)), Eyebrow: v.ItemName, Active: "mine",
		Back: ui.Link{Href: bundlePath(v.Region, v.ID), Text: v.ItemName}, Problems: v.Problems}, askedPage(v))
}

// input is the name of the inputs of a request.
func input(q bundles.Request, what string) string {
	return strings.NewReplacer("/", "-", ".", "-").Replace(q.Target) + "." + what
}

// material is the material that a request is about, as the one thing asks for it.
func (v askedView) material(q bundles.Request) (catalogue.Material, bool) {
	i := slices.IndexFunc(v.offer.Materials, func(m catalogue.Material) bool { return "material."+m.ID == q.Target })
	if i < 0 {
		return catalogue.Material{}, false
	}
	return v.offer.Materials[i], true
}

// name is what the one thing calls it, in the reader's language.
func (v askedView) name(ctx context.Context, q bundles.Request) string {
	if m, ok := v.material(q); ok {
		return m.Name.In(ctx)
	}
	for _, f := range v.offer.Form.Fields() {
		if "form."+f.ID == q.Target {
			return catalogue.Text(f.Label).In(ctx)
		}
	}
	return q.Name
}

// rule is what files a request takes.
func (v askedView) rule(q bundles.Request) (int64, []files.Kind) {
	m, ok := v.material(q)
	if !ok {
		m = catalogue.Material{Accept: []string{"pdf", "jpg", "png", "ofd"}, MaxMB: 20}
	}
	return upload.Limit(m), upload.Kinds(m)
}

// text is the input of an answer in words.
func (v askedView) text(ctx context.Context, q bundles.Request) ui.FieldProps {
	return ui.FieldProps{Name: input(q, "text"), Label: words(ctx, "supplement.text"), Hint: words(ctx, "supplement.text_hint"), Type: ui.TextArea, Value: q.Text, Max: 2000, Error: ui.ErrorFor(v.Problems, input(q, "text"))}
}

// files is the input of files.
func (v askedView) files(ctx context.Context, q bundles.Request) ui.FieldProps {
	most, list := v.rule(q)
	return fileField(ctx, input(q, "files"), v.name(ctx, q), "files_plain", most, list, v.Problems)
}

// bundleAskedPost answers POST /bundles/{region}/{id}/supplements: every answer
// is kept for all offices that asked; with act=send all are sent.
func (h pages) bundleAskedPost(w http.ResponseWriter, r *http.Request) error {
	v, err := h.asking(r)
	if err != nil {
		return err
	}
	to := bundlePath(v.Region, v.ID)
	if len(v.Asked) == 0 { // sent before; the page says so
		return web.Redirect(w, r, to)
	}
	got := map[string][]casework.Attachment{}
	for _, q := range v.Asked {
		got[q.Target] = slices.Clone(q.Files)
	}
	s, err := upload.Read(w, r, func(field, name string, content io.Reader) error {
		i := slices.IndexFunc(v.Asked, func(q bundles.Request) bool { return input(q, "files") == field })
		if i < 0 {
			return casework.ErrNoMaterial.With("material", field)
		}
		most, list := v.rule(v.Asked[i])
		a, err := h.store(r.Context(), name, content, most, list)
		target := v.Asked[i].Target
		if err == nil && !slices.ContainsFunc(got[target], func(x casework.Attachment) bool { return x.Hash == a.Hash }) {
			got[target] = append(got[target], a)
		}
		return err
	})
	if err != nil {
		return err
	}
	if target, hash, ok := strings.Cut(s.Values.Get("remove"), ":"); ok {
		got[target] = slices.DeleteFunc(got[target], func(x casework.Attachment) bool { return x.Hash == hash })
	}
	v.Problems = s.Problems
	for i := range v.Asked {
		q := &v.Asked[i]
		q.Text, q.Files = strings.ReplaceAll(strings.TrimSpace(s.Values.Get(input(*q, "text"))), "\r\n", "\n"), got[q.Target]
		q.Paper = casefile.Chosen(s.Values.Get(input(*q, "paper")))
		err := h.Bundles.Answer(r.Context(), v.Region, v.ID, q.Target, casework.Answer{Text: q.Text, Files: q.Files, Paper: q.Paper})
		if err := v.refused(r.Context(), err); err != nil {
			return err
		}
	}
	if len(v.Problems) == 0 && s.Values.Get("remove") == "" {
		if s.Values.Get("act") == "later" {
			return web.Redirect(w, r, to+"?done=kept")
		}
		_, err := h.Bundles.SendAnswers(r.Context(), v.Region, v.ID)
		if err == nil {
			return web.Redirect(w, r, to+"?done=answered")
		}
		if err := v.refused(r.Context(), err); err != nil {
			return err
		}
	}
	if len(v.Problems) == 0 {
		return web.Redirect(w, r, to+"/supplements")
	}
	return h.showAsked(w, r, http.StatusUnprocessableEntity, v)
}

// refused turns what is wrong with an answer into problems at its input; it
// gives back every other error.
func (v *askedView) refused(ctx context.Context, err error) error {
	var p casework.Problems
	if !errors.As(err, &p) {
		return err
	}
	for _, x := range ui.ProblemsOf(ctx, p) {
		target, what := x.Field, "text"
		for _, q := range v.Asked {
			if rest, ok := strings.CutPrefix(x.Field, q.Target); ok {
				target = q.Target
				if rest == ".files" || rest == ".paper" {
					what = rest[1:]
				}
			}
		}
		v.Problems = append(v.Problems, ui.Problem{Field: input(bundles.Request{Target: target}, what), Text: x.Text})
	}
	return nil
}
