package applicant

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/platform/web"
	"tongban/ui"
)

// situationView is one question about the situation.
type situationView struct {
	k        desk
	Question catalogue.Question
	Chosen   string
	Left     int
	Warning  *catalogue.Warning // of the answer before
	Back     string             // "check": lead back there
	Problems []ui.Problem
}

// situation answers GET …/situation: the question asked for, else the next one.
func (h pages) situation(w http.ResponseWriter, r *http.Request, k desk) error {
	q, ok := k.question(r.URL.Query().Get("q"))
	if !ok {
		return web.Redirect(w, r, k.next(-1, true))
	}
	return h.showQuestion(w, r, http.StatusOK, situationView{k: k, Question: q, Chosen: k.Situation[q.ID], Back: r.URL.Query().Get("back")})
}

// question finds a question on the way taken, or the open one.
func (k desk) question(id string) (catalogue.Question, bool) {
	for _, a := range k.way {
		if a.Question.ID == id {
			return a.Question, true
		}
	}
	if k.open != nil {
		return *k.open, true
	}
	return catalogue.Question{}, false
}

func (h pages) showQuestion(w http.ResponseWriter, r *http.Request, status int, v situationView) error {
	v.Left = v.k.offer.Situations.Left(v.Question.ID)
	back := ui.Link{Href: v.k.path()}
	for _, a := range v.k.way {
		if a.Question.ID == v.Question.ID {
			break
		}
		back.Href, v.Warning = v.k.path()+"/situation?q="+a.Question.ID, a.Option.Warning
	}
	ctx := r.Context()
	return ui.Render(w, r, status, ui.Page{Title: v.Question.Text.In(ctx), Eyebrow: itemName(r.Context(), v.k.offer), Active: "do", Back: back, Problems: v.Problems}, questionPage(v))
}

// situationPost answers POST …/situation.
func (h pages) situationPost(w http.ResponseWriter, r *http.Request, k desk) error {
	if err := post(w, r); err != nil {
		return err
	}
	q, ok := k.offer.Situations.Question(r.PostForm.Get("q"))
	if !ok {
		return casework.ErrInvalid
	}
	answer := r.PostForm.Get("situation." + q.ID)
	if r.PostForm.Get("act") == "later" && answer == "" {
		return web.Redirect(w, r, "/my?done=saved")
	}
	if _, ok := q.Option(answer); !ok {
		return h.showQuestion(w, r, http.StatusUnprocessableEntity, situationView{k: k, Question: q, Chosen: k.Situation[q.ID],
			Problems: []ui.Problem{{Field: "situation." + q.ID, Text: words(r.Context(), "situation.choose")}}})
	}
	d, err := h.Casework.Save(r.Context(), k.Region, k.ID, version(r), casework.Edit{Situation: map[string]string{q.ID: answer}})
	if stale, ok := clashOf(err); ok {
		return h.showClash(w, r, k, stale)
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
	if r.PostForm.Get("back") == "check" {
		return web.Redirect(w, r, k.next(-1, true))
	}
	return web.Redirect(w, r, k.next(-1, false))
}

// radios are the options of a question.
func (v situationView) radios(ctx context.Context) ui.FieldProps {
	f := ui.FieldProps{Name: "situation." + v.Question.ID, Label: words(ctx, "situation.pick"), Type: ui.Choice, Boxed: true, Required: true, Value: v.Chosen,
		Error: ui.ErrorFor(v.Problems, "situation."+v.Question.ID)}
	for _, o := range v.Question.Options {
		f.Options = append(f.Options, ui.Option{Value: o.ID, Text: o.Text.In(ctx), Hint: o.Hint.In(ctx)})
	}
	return f
}

// why explains a question, with the clause behind it.
func (k desk) why(ctx context.Context, text catalogue.Text, clause string) *ui.Why {
	if text.Empty() {
		return nil
	}
	out := &ui.Why{Text: text.In(ctx), Title: words(ctx, "why")}
	if c, ok := k.offer.Clause(clause); ok {
		out.Law = c.Citation()
	}
	return out
}
