package applicant

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/casework/web/upload"
	"tongban/gov/catalogue"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// supplementView is a request for supplements with the answers so far.
type supplementView struct {
	casework.File
	Request  casework.Supplement
	offer    *catalogue.Offer
	lists    forms.Lists
	Papers   []ui.FieldProps // of each item: his certificates that stand in for it
	Problems []ui.Problem
}

// answerBy says until when a request is to be answered, what it does to the
// limit, and what follows when nothing comes.
func answerBy(ctx context.Context, c casework.Case, s casework.Supplement) string {
	key, date := "supplement.after", ""
	switch {
	case s.Until.IsZero():
		key = "supplement.no_date"
	case c.AcceptedAt.IsZero():
		key = "supplement.before"
	case s.Basis != "":
		key = "supplement.stands"
	}
	if !s.Until.IsZero() {
		date = i18n.Date(ctx, s.Until)
	}
	return words(ctx, key, "date", date, "law", s.Basis)
}

// supplement answers GET /cases/{region}/{id}/supplement.
func (h pages) supplement(w http.ResponseWriter, r *http.Request) error {
	v, err := h.request(r)
	if err != nil {
		return err
	}
	if v.Request.ID == "" {
		return web.Redirect(w, r, casePath(v.Region, v.ID))
	}
	return h.showSupplement(w, r, http.StatusOK, v)
}

// request opens the case with the request that waits; its ID is empty when
// none does.
func (h pages) request(r *http.Request) (supplementView, error) {
	f, err := h.ownCase(r)
	if err != nil {
		return supplementView{}, err
	}
	v := supplementView{File: f}
	v.Request, _ = openRequest(f)
	if v.lists, err = h.Casework.ListsFor(r.Context(), f.Region, f.Item, f.ItemVersion); err != nil {
		return v, err
	}
	v.offer, err = h.Casework.Offer(r.Context(), f.Region, f.Item, f.ItemVersion)
	return v, err
}

func (h pages) showSupplement(w http.ResponseWriter, r *http.Request, status int, v supplementView) error {
	ctx := r.Context()
	for i, it := range v.Request.Items {
		p, err := h.standIn(ctx, []casefile.Again{{Case: v.Case, Target: it.Target}}, fmt.Sprintf("items.%d.paper", i), it.Paper, v.Problems)
		if err != nil {
			return err
		}
		v.Papers = append(v.Papers, p)
	}
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "supplement.title", "n", len(v.Request.Items)), Eyebrow: v.ItemName, Active: "mine",
		Back: ui.Link{Href: casePath(v.Region, v.ID), Text: v.ItemName}, Problems: v.Problems}, supplementPage(v))
}

// answers gathers what is sent for each item while it comes in.
type answers struct {
	files map[int][]casework.Attachment
}

// supplementPost answers POST /cases/{region}/{id}/supplement: everything is
// kept; with act=send, and when nothing is missing, it is sent, once.
func (h pages) supplementPost(w http.ResponseWriter, r *http.Request) error {
	v, err := h.request(r)
	if err != nil {
		return err
	}
	if v.Request.ID == "" { // sent before; the case says so
		return web.Redirect(w, r, casePath(v.Region, v.ID))
	}
	got := answers{files: map[int][]casework.Attachment{}}
	for i, it := range v.Request.Items {
		got.files[i] = slices.Clone(it.Files)
	}
	s, err := upload.Read(w, r, func(field, name string, content io.Reader) error {
		i, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(field, "items."), ".files"))
		if err != nil || i < 0 || i >= len(v.Request.Items) {
			return casework.ErrNoMaterial.With("material", field)
		}
		most, list := v.fileRule(i)
		a, err := h.store(r.Context(), name, content, most, list)
		if err == nil && !slices.ContainsFunc(got.files[i], func(x casework.Attachment) bool { return x.Hash == a.Hash }) {
			got.files[i] = append(got.files[i], a)
		}
		return err
	})
	if err != nil {
		return err
	}
	if i, hash, ok := strings.Cut(s.Values.Get("remove"), ":"); ok {
		if n, err := strconv.Atoi(i); err == nil {
			got.files[n] = slices.DeleteFunc(got.files[n], func(x casework.Attachment) bool { return x.Hash == hash })
		}
	}
	problems, err := h.keepAnswers(r.Context(), &v, got, s)
	if err != nil {
		return err
	}
	return h.sendAnswers(w, r, v, s.Values, append(s.Problems, problems...))
}

// keepAnswers keeps every answer. v then shows what was entered, also what was refused.
func (h pages) keepAnswers(ctx context.Context, v *supplementView, got answers, s upload.Sent) ([]ui.Problem, error) {
	var problems []ui.Problem
	v.Request.Items = slices.Clone(v.Request.Items)
	for i := range v.Request.Items {
		text := v.answer(s.Values, i)
		paper := casefile.Chosen(s.Values.Get(fmt.Sprintf("items.%d.paper", i)))
		_, err := h.Casework.AnswerItem(ctx, v.Region, v.ID, i, casework.Answer{Text: text, Files: got.files[i], Paper: paper})
		v.Request.Items[i].Text, v.Request.Items[i].Files, v.Request.Items[i].Paper = text, got.files[i], paper
		var refused casework.Problems
		if errors.As(err, &refused) {
			problems = append(problems, ui.ProblemsOf(ctx, refused)...)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return problems, nil
}

// answer is what was entered for an item.
func (v supplementView) answer(form url.Values, i int) string {
	var given []string
	for _, x := range ui.Entered(form, fmt.Sprintf("items.%d.text", i)) {
		if x = strings.ReplaceAll(x, "\r\n", "\n"); x != "" {
			given = append(given, x)
		}
	}
	return strings.Join(given, "\n")
}

func (h pages) sendAnswers(w http.ResponseWriter, r *http.Request, v supplementView, form url.Values, problems []ui.Problem) error {
	ctx, to := r.Context(), casePath(v.Region, v.ID)
	switch {
	case len(problems) > 0:
	case form.Get("remove") != "" || form.Get("act") == "upload":
		return web.Redirect(w, r, to+"/supplement")
	case form.Get("act") == "later":
		return web.Redirect(w, r, to+"?done=kept")
	default:
		wrong, err := h.wrongAnswers(ctx, v)
		if err != nil {
			return err
		}
		if problems = wrong; len(problems) > 0 {
			break
		}
		_, err = h.Casework.SendSupplement(ctx, v.Region, v.ID)
		var refused casework.Problems
		if !errors.As(err, &refused) {
			if err != nil {
				return err
			}
			return web.Redirect(w, r, to+"?done=answered")
		}
		problems = ui.ProblemsOf(ctx, refused)
	}
	v.Problems = problems
	return h.showSupplement(w, r, http.StatusUnprocessableEntity, v)
}

// wrongAnswers checks answers that replace a field by the rules of that field.
func (h pages) wrongAnswers(ctx context.Context, v supplementView) ([]ui.Problem, error) {
	d := v.Application
	d.Form = maps.Clone(d.Form)
	at := map[string]string{}
	for i, it := range v.Request.Items {
		if field, ok := v.field(i); ok && it.Text != "" {
			d.Form[field.ID] = it.Text
			at["form."+field.ID] = fmt.Sprintf("items.%d.text", i)
		}
	}
	if len(at) == 0 {
		return nil, nil
	}
	_, found, err := h.Casework.CheckForm(ctx, d)
	var out []ui.Problem
	for _, p := range ui.ProblemsOf(ctx, found) {
		if name, ok := at[p.Field]; ok {
			out = append(out, ui.Problem{Field: name, Text: p.Text})
		}
	}
	return out, err
}

// field is the field of the form that an item is about.
func (v supplementView) field(i int) (forms.Field, bool) {
	kind, id, _ := strings.Cut(v.Request.Items[i].Target, ".")
	if kind != "form" {
		return forms.Field{}, false
	}
	for _, f := range v.offer.Form.Fields() {
		if f.ID == id {
			return f, true
		}
	}
	return forms.Field{}, false
}

// fileRule is how big and of what kind the files of an item may be.
func (v supplementView) fileRule(i int) (int64, []files.Kind) {
	kind, id, _ := strings.Cut(v.Request.Items[i].Target, ".")
	for _, m := range v.offer.Materials {
		if kind == "material" && m.ID == id {
			return upload.Limit(m), upload.Kinds(m)
		}
	}
	return upload.LimitMB << 20, upload.AnyKind
}

// materialDue is a material that was promised for later.
type materialDue struct{ catalogue.Material }

// followView is the page of materials that were to follow.
type followView struct {
	casework.File
	Rows     []materialDue
	Problems []ui.Problem
}

// follow answers GET /cases/{region}/{id}/materials.
func (h pages) follow(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	rows := toFollow(f)
	if len(rows) == 0 || !f.State.Open() {
		return web.Redirect(w, r, casePath(f.Region, f.ID))
	}
	return h.showFollow(w, r, http.StatusOK, followView{File: f, Rows: rows})
}

func (h pages) showFollow(w http.ResponseWriter, r *http.Request, status int, v followView) error {
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "follow.title", "n", len(v.Rows)), Eyebrow: v.ItemName, Active: "mine",
		Back: ui.Link{Href: casePath(v.Region, v.ID), Text: v.ItemName}, Problems: v.Problems}, followPage(v))
}

// followPost answers POST /cases/{region}/{id}/materials.
func (h pages) followPost(w http.ResponseWriter, r *http.Request) error {
	f, err := h.ownCase(r)
	if err != nil {
		return err
	}
	rows, got := toFollow(f), map[string][]casework.Attachment{}
	s, err := upload.Read(w, r, func(field, name string, content io.Reader) error {
		for _, m := range rows {
			if field == "file."+m.ID {
				a, err := h.store(r.Context(), name, content, upload.Limit(m.Material), upload.Kinds(m.Material))
				if err == nil {
					got[m.ID] = append(got[m.ID], a)
				}
				return err
			}
		}
		return casework.ErrNoMaterial.With("material", field)
	})
	if err != nil {
		return err
	}
	problems := s.Problems
	for _, m := range rows {
		if len(got[m.ID]) == 0 {
			continue
		}
		_, err := h.Casework.AddMaterial(r.Context(), f.Region, f.ID, m.ID, got[m.ID])
		var refused casework.Problems
		if errors.As(err, &refused) {
			problems = append(problems, ui.Problem{Field: "file." + m.ID, Text: ui.ProblemsOf(r.Context(), refused)[0].Text})
		} else if err != nil {
			return err
		}
	}
	if len(got) == 0 && len(problems) == 0 && len(rows) > 0 {
		problems = []ui.Problem{{Field: "file." + rows[0].ID, Text: words(r.Context(), "follow.choose")}}
	}
	if len(problems) > 0 {
		if f, err = h.ownCase(r); err != nil {
			return err
		}
		return h.showFollow(w, r, http.StatusUnprocessableEntity, followView{File: f, Rows: toFollow(f), Problems: problems})
	}
	return web.Redirect(w, r, casePath(f.Region, f.ID)+"?done=followed")
}

// reasonProblem turns the refusal of a reason into a problem at its field.
func reasonProblem(ctx context.Context, err error) []ui.Problem {
	var f *fault.Fault
	if errors.As(err, &f) && (f.Is(casework.ErrNeedReason) || f.Is(casework.ErrTooLong)) {
		return []ui.Problem{{Field: "reason", Text: faultWords(ctx, f)}}
	}
	return nil
}
