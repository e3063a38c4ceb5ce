package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tongban/gov/design"
	"tongban/gov/design/plan"
	"tongban/ui"
)

// trialView is a draft on a sample case.
type trialView struct {
	D       design.Draft
	A       design.Surroundings
	T       design.Trial
	Answers map[string]string
	Moves   []string // "t3:approve"
	Ask     []design.Subject
}

// query is the address of the trial after one more move.
func (v trialView) query(move string) string {
	q := url.Values{}
	for k, a := range v.Answers {
		if a != "" {
			q.Set("a."+k, a)
		}
	}
	q["m"] = v.Moves
	if move != "" {
		q["m"] = append(append([]string{}, v.Moves...), move)
	}
	return q.Encode()
}

// undo is the address of the trial before its last move.
func (v trialView) undo() string {
	if len(v.Moves) > 0 {
		v.Moves = v.Moves[:len(v.Moves)-1]
	}
	return draftPath(v.D.Region, v.D.Item) + "/trial?" + v.query("")
}

// conditions are the parts of a file in which answers are looked at.
var conditions = regexp.MustCompile(`(?s)<(?:\w+:)?conditionExpression[^>]*>(.*?)</`)

// asked tells whether the flow looks at an answer: only such are asked for.
func asked(d design.Draft, subject string) bool {
	if d.Tree == nil {
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(subject) + `\b`)
		if slices.Contains(d.Decisions().Inputs(), subject) {
			return true
		}
		return slices.ContainsFunc(conditions.FindAllSubmatch(d.File, -1), func(m [][]byte) bool { return word.Match(m[1]) })
	}
	found := false
	d.Tree.Each(func(s *plan.Step, _ plan.Place) bool {
		for _, b := range s.Branches {
			for _, t := range b.When {
				found = found || t.Op != "result" && t.Subject == subject
			}
		}
		return !found
	})
	return found
}

func (h pages) readTrial(r *http.Request) (v trialView, err error) {
	ctx, q := r.Context(), r.URL.Query()
	if v.D, v.A, err = h.Open(ctx, r.PathValue("region"), r.PathValue("item")); err != nil {
		return v, err
	}
	v.Answers, v.Moves = map[string]string{}, q["m"]
	for _, s := range v.A.Subjects {
		v.Answers[s.ID] = strings.Join(q["a."+s.ID], "\n")
		if asked(v.D, s.ID) {
			v.Ask = append(v.Ask, s)
		}
	}
	var moves []design.Move
	for _, m := range v.Moves {
		id, result, _ := strings.Cut(m, ":")
		moves = append(moves, design.Move{ID: id, Result: result})
	}
	v.T, err = h.Try(ctx, v.D, v.A, v.Answers, moves)
	return v, err
}

// GET /design/{region}/{item}/trial
func (h pages) trial(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTrial(r)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, h.page(r.Context(), v.A, "trial", nil), trialPage(v))
}

// GET /design/{region}/{item}/trial.svg
func (h pages) trialPicture(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTrial(r)
	if err != nil {
		return err
	}
	return h.draw(w, v.D, v.T.States)
}

// changesView compares a draft with what it replaces.
type changesView struct {
	D       design.Draft
	A       design.Surroundings
	Changes []design.Difference
}

// GET /design/{region}/{item}/changes
func (h pages) changes(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, a, err := h.Open(ctx, r.PathValue("region"), r.PathValue("item"))
	if err != nil {
		return err
	}
	list, err := h.Compare(d, a)
	if err != nil {
		return err
	}
	return ui.Render(w, r, http.StatusOK, h.page(ctx, a, "changes", nil), changesPage(changesView{d, a, list}))
}

// subjectField asks for one answer of the sample case.
func (v trialView) subjectField(r design.Subject, label string, pick func(design.Choice) string) ui.FieldProps {
	f := ui.FieldProps{Name: "a." + r.ID, Label: label, Type: ui.Text, Value: v.Answers[r.ID], Plain: true}
	for _, o := range r.Options {
		f.Options = append(f.Options, ui.Option{Value: o.ID, Text: pick(o)})
	}
	switch {
	case r.Type == "choices":
		f.Type, f.Values = ui.Choices, strings.Split(f.Value, "\n")
	case len(f.Options) > 0:
		f.Type = ui.Select
		f.Options = append([]ui.Option{{Text: "—"}}, f.Options...)
	case r.Type == "number" || r.Type == "money":
		f.Type = ui.Number
	}
	return f
}
