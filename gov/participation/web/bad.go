package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tongban/gov/participation"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// badOnPage is how many ratings a page shows.
const badOnPage = 50

// badView is the list of bad ratings, with what was just refused.
type badView struct {
	List     []participation.Rating
	Summary  participation.Summary
	All      bool
	May      bool // follow up
	Done     bool
	Refused  string // region/case of the follow-up that was refused
	Text     string
	Problems []ui.Problem
}

// bad answers GET /ratings.
func (h pages) bad(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return h.showBad(w, r, http.StatusOK, badView{All: q.Get("all") != "", Done: q.Get("done") != ""})
}

func (h pages) showBad(w http.ResponseWriter, r *http.Request, status int, v badView) (err error) {
	ctx, region := r.Context(), strings.TrimSpace(r.URL.Query().Get("region"))
	if v.List, err = h.Participation.Bad(ctx, participation.BadQuery{Region: region, All: v.All, Limit: badOnPage}); err != nil {
		return err
	}
	if v.Summary, err = h.Participation.Overall(ctx, region); err != nil {
		return err
	}
	v.May = authz.Door(ctx, participation.MayFollow) == nil
	page := ui.Page{Title: badWords(ctx, "title"), Lead: badWords(ctx, "lead"), Face: ui.Supervision, Active: "ratings", Problems: v.Problems}
	return ui.Render(w, r, status, page, badPage(v))
}

// followUp answers POST /ratings/{region}/{id}.
func (h pages) followUp(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	region, id := r.PathValue("region"), r.PathValue("id")
	seen, err := time.Parse(time.RFC3339Nano, r.PostForm.Get("seen"))
	if err != nil {
		return errForm.Because(err)
	}
	text := r.PostForm.Get("text." + id)
	err = h.Participation.FollowUp(r.Context(), region, id, text, seen)
	var problems participation.Problems
	switch {
	case errors.As(err, &problems):
		v := badView{Refused: region + "/" + id, Text: text, Problems: ui.ProblemsOf(r.Context(), problems)}
		for i := range v.Problems {
			v.Problems[i].Field += "." + id
		}
		return h.showBad(w, r, http.StatusUnprocessableEntity, v)
	case err != nil:
		return err
	}
	return web.Redirect(w, r, "/ratings?done=1")
}

func badWords(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "participation.bad."+key, pairs...)
}

// tabs lead to those that wait and to all.
func (v badView) tabs(ctx context.Context) []ui.Link {
	return []ui.Link{{Text: badWords(ctx, "waiting"), Href: "/ratings", Current: !v.All}, {Text: badWords(ctx, "all"), Href: "/ratings?all=1", Current: v.All}}
}

// numbers say how bad ratings stand to the others.
func (v badView) numbers(ctx context.Context) []ui.KPIProps {
	satisfied := badWords(ctx, "nobody")
	if p, ok := v.Summary.SatisfiedPercent(); ok {
		satisfied = strconv.Itoa(p) + "%"
	}
	bad := v.Summary.Counts[participation.Dissatisfied] + v.Summary.Counts[participation.VeryDissatisfied]
	return []ui.KPIProps{{Value: strconv.Itoa(v.Summary.Invited), Text: badWords(ctx, "invited")}, {Value: strconv.Itoa(v.Summary.Rated()), Text: badWords(ctx, "rated")},
		{Value: satisfied, Text: badWords(ctx, "satisfied")}, {Value: strconv.Itoa(bad), Text: badWords(ctx, "bad")}}
}

// badRows are what an applicant said and what was done.
func badRows(ctx context.Context, r participation.Rating) []ui.SummaryRow {
	rows := ratingView{Rating: r}.said(ctx)
	if !r.FollowUp.At.IsZero() {
		rows = append(rows, ui.SummaryRow{Key: badWords(ctx, "followed", "at", i18n.DateTime(ctx, r.FollowUp.At)), Value: r.FollowUp.Text})
	}
	return rows
}

// badState is a bad rating in words.
func badState(ctx context.Context, r participation.Rating) ui.Status {
	if r.Waits() {
		return ui.Status{Text: badWords(ctx, "state.waits"), Tone: ui.Warn}
	}
	return ui.Status{Text: badWords(ctx, "state.done"), Tone: ui.OK}
}

// field takes what was done about one rating.
func (v badView) field(ctx context.Context, r participation.Rating) ui.FieldProps {
	f := ui.FieldProps{Name: "text." + r.Case, Label: badWords(ctx, "text"), Hint: badWords(ctx, "text_hint"), Type: ui.TextArea, Max: 500, Required: true}
	if v.Refused == r.Region+"/"+r.Case {
		f.Value, f.Error = v.Text, ui.ErrorFor(v.Problems, "text."+r.Case)
	}
	return f
}
