package applicant

import (
	"errors"
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/platform/web"
	"tongban/ui"
)

// progressView is the page for somebody without an account.
type progressView struct {
	Number, Last4 string
	Found         *casework.Progress
	Whole         *bundleView // a one thing: its parts and where they stand
	Problems      []ui.Problem
}

// progress answers GET /progress; ?number= fills in the number.
func (h pages) progress(w http.ResponseWriter, r *http.Request) error {
	return h.showProgress(w, r, http.StatusOK, progressView{Number: casework.CleanNumber(r.URL.Query().Get("number"))})
}

func (h pages) showProgress(w http.ResponseWriter, r *http.Request, status int, v progressView) error {
	ctx := r.Context()
	p := ui.Page{Title: words(ctx, "progress.title"), Lead: words(ctx, "progress.lead"), Active: "look", Problems: v.Problems, Description: words(ctx, "progress.lead")}
	if v.Found != nil {
		p.Title, p.Lead, p.Eyebrow = v.Found.ItemName, "", words(ctx, "case.number", "number", casework.ShowNumber(v.Found.Number))
	}
	if v.Whole != nil {
		p.Title, p.Lead, p.Eyebrow = v.Whole.ItemName, "", words(ctx, "case.number", "number", casework.ShowNumber(v.Whole.Number))
	}
	return ui.Render(w, r, status, p, progressPage(v))
}

// progressPost answers POST /progress. It is a post so that the numbers do not
// stay in addresses and logs.
func (h pages) progressPost(w http.ResponseWriter, r *http.Request) error {
	if err := post(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	v := progressView{Number: strings.TrimSpace(r.PostForm.Get("number")), Last4: strings.TrimSpace(r.PostForm.Get("last4"))}
	switch n := casework.CleanNumber(v.Number); {
	case n == "":
		v.Problems = append(v.Problems, ui.Problem{Field: "number", Text: words(ctx, "progress.no_number")})
	case !casework.ValidNumber(n):
		v.Problems = append(v.Problems, ui.Problem{Field: "number", Text: words(ctx, "progress.bad_number")})
	}
	if len([]rune(v.Last4)) != 4 {
		v.Problems = append(v.Problems, ui.Problem{Field: "last4", Text: words(ctx, "progress.bad_last4")})
	}
	if len(v.Problems) > 0 {
		return h.showProgress(w, r, http.StatusUnprocessableEntity, v)
	}
	if h.Bundles != nil {
		whole, err := h.Bundles.Progress(ctx, v.Number, v.Last4, web.Address(r))
		if err == nil {
			v.Whole = &bundleView{File: whole}
			return h.showProgress(w, r, http.StatusOK, v)
		}
		if !errors.Is(err, bundles.ErrNone) && !errors.Is(err, casework.ErrTooManyGuesses) {
			return err
		}
	}
	found, err := h.Casework.CaseByNumber(ctx, v.Number, v.Last4, web.Address(r))
	if errors.Is(err, casework.ErrTooManyGuesses) {
		v.Problems = []ui.Problem{{Field: "number", Text: faultWords(ctx, casework.ErrTooManyGuesses)}}
		return h.showProgress(w, r, http.StatusTooManyRequests, v)
	}
	if errors.Is(err, casework.ErrNoCase) {
		v.Problems = []ui.Problem{{Field: "number", Text: words(ctx, "progress.none")}}
		return h.showProgress(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	v.Found = &found
	return h.showProgress(w, r, http.StatusOK, v)
}
