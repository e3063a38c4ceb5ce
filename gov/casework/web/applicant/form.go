package applicant

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// formView is one page of the form.
type formView struct {
	k        desk
	Groups   []forms.Group
	Number   int // which of the pages, from 1
	Of       int
	Values   map[string]string // as entered
	Fields   string            // ids of the fields on this page, for the post
	More     bool              // further fields have just appeared
	Back     string            // "check": lead back there
	Problems []ui.Problem
}

// form answers GET …/form.
func (h pages) form(w http.ResponseWriter, r *http.Request, k desk) error {
	if k.open != nil {
		return web.Redirect(w, r, k.path()+"/situation")
	}
	if len(k.steps()) == 0 {
		return web.Redirect(w, r, k.next(-1, true))
	}
	q := r.URL.Query()
	return h.showForm(w, r, http.StatusOK, k.stepOf(q.Get("step")), formView{k: k, Values: k.Form, More: q.Get("more") != "", Back: q.Get("back")})
}

func (h pages) showForm(w http.ResponseWriter, r *http.Request, status, step int, v formView) error {
	steps := v.k.steps()
	v.Groups, v.Number, v.Of = steps[step], step+1, len(steps)
	var ids []string
	for _, g := range v.Groups {
		for _, f := range g.Fields {
			ids = append(ids, f.ID)
		}
	}
	v.Fields = strings.Join(ids, " ")
	back := ui.Link{Href: v.k.path()}
	switch {
	case v.Back == "check":
		back.Href = v.k.path() + "/check"
	case step > 0:
		back.Href = v.k.stepPath(steps[step-1])
	case v.k.asks() && len(v.k.way) > 0:
		back.Href = v.k.path() + "/situation?q=" + v.k.way[len(v.k.way)-1].Question.ID
	}
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: v.title(ctx), Eyebrow: itemName(r.Context(), v.k.offer), Active: "do", Back: back, Problems: v.Problems}, formPage(v))
}

// title counts the pages; the subjects are headings below it.
func (v formView) title(ctx context.Context) string {
	if v.Of == 1 {
		return words(ctx, "form.title")
	}
	return words(ctx, "form.title_of", "n", v.Number, "of", v.Of)
}

// join lists words the way the reader's language does.
func join(ctx context.Context, list []string) string {
	if i18n.Of(ctx) == i18n.English {
		return strings.Join(list, ", ")
	}
	return strings.Join(list, "、")
}

// version is which version of the draft the form was made from. What is no
// number is taken as the first, so that nothing newer is overwritten unseen.
func version(r *http.Request) int {
	v, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || v < 1 {
		return 1
	}
	return v
}

// entered reads the answers of the fields that were on the page. Fields that
// the page did not show stay as they are.
func (k desk) entered(form url.Values) map[string]string {
	out := map[string]string{}
	for _, id := range strings.Fields(form.Get("fields")) {
		if k.groupOf(id) == "" {
			continue
		}
		var given []string
		for _, v := range ui.Entered(form, "form."+id) {
			if v = strings.ReplaceAll(v, "\r\n", "\n"); v != "" {
				given = append(given, v)
			}
		}
		out[id] = strings.Join(given, "\n")
	}
	return out
}

// formPost answers POST …/form. It keeps everything first, usable or not, and
// then says what is still to be mended.
func (h pages) formPost(w http.ResponseWriter, r *http.Request, k desk) error {
	if err := post(w, r); err != nil {
		return err
	}
	values, back := k.entered(r.PostForm), r.PostForm.Get("back")
	step := k.stepOf(r.PostForm.Get("step"))
	d, err := h.Casework.Save(r.Context(), k.Region, k.ID, version(r), casework.Edit{Form: values})
	if stale, ok := clashOf(err); ok {
		return h.showClash(w, r, k, stale)
	}
	var refused casework.Problems
	if errors.As(err, &refused) {
		return h.showForm(w, r, http.StatusUnprocessableEntity, step, formView{k: k, Values: values, Back: back, Problems: ui.ProblemsOf(r.Context(), refused)})
	}
	if err != nil {
		return err
	}
	if r.PostForm.Get("act") == "later" {
		return web.Redirect(w, r, "/my?done=saved")
	}
	if k, err = h.desk(r, d); err != nil {
		return err
	}
	if step = k.stepOf(r.PostForm.Get("step")); r.URL.Query().Get("refresh") != "" && len(k.steps()) > 0 {
		at := "form-fields"
		if field, ok := strings.CutPrefix(r.PostForm.Get("act"), ui.FindAct); ok {
			at = ui.FieldID("form." + field)
		}
		return web.Redirect(w, r, k.stepPath(k.steps()[step])+"&back="+url.QueryEscape(back)+"#"+at)
	}
	return h.afterForm(w, r, k, values, back)
}

// afterForm leads on from a page that was kept: to fields that have just
// appeared, back to what is wrong, or to the next step.
func (h pages) afterForm(w http.ResponseWriter, r *http.Request, k desk, values map[string]string, back string) error {
	step := k.stepOf(r.PostForm.Get("step"))
	steps := k.steps()
	if len(steps) == 0 {
		return web.Redirect(w, r, k.next(-1, true))
	}
	var fresh bool
	var here casework.Problems
	for _, g := range steps[step] {
		for _, f := range g.Fields {
			_, shown := values[f.ID]
			fresh = fresh || !shown
			here = append(here, k.wrong("form."+f.ID)...)
		}
	}
	here = slices.DeleteFunc(here, func(p casework.Problem) bool {
		_, shown := values[strings.TrimPrefix(p.Field, "form.")]
		return !shown || k.groupOf(strings.TrimPrefix(p.Field, "form.")) == ""
	})
	switch {
	case len(here) > 0:
		return h.showForm(w, r, http.StatusUnprocessableEntity, step, formView{k: k, Values: k.Form, Back: back, Problems: ui.ProblemsOf(r.Context(), here)})
	case fresh:
		return web.Redirect(w, r, k.stepPath(steps[step])+"&more=1&back="+url.QueryEscape(back))
	case back == "check":
		return web.Redirect(w, r, k.next(-1, true))
	}
	return web.Redirect(w, r, k.next(step, false))
}
