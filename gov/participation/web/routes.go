package web

import (
	"context"
	"embed"
	"net/http"
	"strconv"

	"tongban/gov/participation"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of the page and of participation's faults.
//
//go:embed strings
var Strings embed.FS

// Deps is what the page needs.
type Deps struct {
	Participation *participation.Service
}

type pages struct{ Deps }

// Routes is the route table of the page.
func Routes(d Deps) []web.Route {
	h := pages{d}
	return []web.Route{
		{Pattern: "GET /cases/{region}/{id}/rating", Do: h.rating, May: participation.MayRate},
		{Pattern: "POST /cases/{region}/{id}/rating", Do: h.ratingPost, May: participation.MayRate},
		{Pattern: "GET /ratings", Do: h.bad, May: participation.MayReadRatings},
		{Pattern: "POST /ratings/{region}/{id}", Do: h.followUp, May: participation.MayFollow},
	}
}

// maxForm bounds the body of the form, in bytes.
const maxForm = 64 << 10

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("participation.form")

// ratingView is the page: the invitation, or what was said.
type ratingView struct {
	participation.Rating
	Answer   participation.Answer
	Done     bool // it was just sent
	Change   bool // the reader wants to change it
	Problems []ui.Problem
}

// asking tells whether the page asks rather than thanks.
func (v ratingView) asking() bool { return !v.Answered() || v.Change && v.Open() }

// rating answers GET /cases/{region}/{id}/rating.
func (h pages) rating(w http.ResponseWriter, r *http.Request) error {
	found, err := h.Participation.Invitation(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	return h.show(w, r, http.StatusOK, ratingView{Rating: found, Done: q.Get("done") != "", Change: q.Get("change") != "",
		Answer: participation.Answer{Grade: found.Grade, Indicators: found.Indicators, Text: found.Text}})
}

func (h pages) show(w http.ResponseWriter, r *http.Request, status int, v ratingView) error {
	ctx := r.Context()
	title := words(ctx, "title")
	if !v.asking() {
		title = words(ctx, "thanks")
	}
	return ui.Render(w, r, status, ui.Page{Title: title, Eyebrow: v.ItemName, Active: "mine", Back: ui.Link{Href: "/cases/" + v.Region + "/" + v.Case, Text: v.ItemName}, Problems: v.Problems}, ratingPage(v))
}

// ratingPost answers POST /cases/{region}/{id}/rating.
func (h pages) ratingPost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	region, id := r.PathValue("region"), r.PathValue("id")
	a := participation.Answer{Grade: gradeOf(r.PostForm.Get("grade")), Indicators: r.PostForm["indicators"], Text: r.PostForm.Get("text")}
	if a.Grade <= participation.Satisfied {
		a.Indicators = nil // reasons are asked for from 基本满意 downwards
	}
	if problems := a.Check(); len(problems) > 0 {
		found, err := h.Participation.Invitation(r.Context(), region, id)
		if err != nil {
			return err
		}
		return h.show(w, r, http.StatusUnprocessableEntity, ratingView{Rating: found, Change: true, Answer: a, Problems: ui.ProblemsOf(r.Context(), problems)})
	}
	if err := h.Participation.Rate(r.Context(), region, id, a); err != nil {
		return err
	}
	return web.Redirect(w, r, "/cases/"+region+"/"+id+"/rating?done=1")
}

// worst is the code of the last grade.
const worst = int(participation.VeryDissatisfied)

// gradeOf reads what the radios send. Because: they count 5 for the best, as
// people count stars; the official code is 1 for the best.
func gradeOf(sent string) participation.Grade {
	n, err := strconv.Atoi(sent)
	if err != nil || n < 1 || n > worst {
		return 0
	}
	return participation.Grade(worst + 1 - n)
}

// sentFor is the reverse of gradeOf.
func sentFor(g participation.Grade) string {
	if !g.Known() {
		return ""
	}
	return strconv.Itoa(worst + 1 - int(g))
}

// words finds a text of this page.
func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "participation.rating."+key, pairs...)
}

// reasons are the official indicators to choose from.
func (v ratingView) reasons(ctx context.Context) ui.FieldProps {
	f := ui.FieldProps{Name: "indicators", Label: words(ctx, "reasons"), Hint: words(ctx, "reasons_hint"), Type: ui.Choices, Values: v.Answer.Indicators, Error: ui.ErrorFor(v.Problems, "indicators")}
	for _, i := range participation.Indicators {
		f.Options = append(f.Options, ui.Option{Value: i, Text: i18n.T(ctx, "participation.indicator."+i)})
	}
	return f
}

// said lists what was said.
func (v ratingView) said(ctx context.Context) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: words(ctx, "grade"), Value: i18n.T(ctx, "participation.grade."+strconv.Itoa(int(v.Grade)))}}
	var why []string
	for _, i := range v.Indicators {
		why = append(why, i18n.T(ctx, "participation.indicator."+i))
	}
	if len(why) > 0 {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "reasons"), Value: lines(why)})
	}
	if v.Text != "" {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "text"), Value: v.Text})
	}
	return append(rows, ui.SummaryRow{Key: words(ctx, "when"), Value: i18n.DateTime(ctx, v.RatedAt)})
}
