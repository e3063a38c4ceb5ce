package design

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/design/plan"
)

// maxLate bounds how many situations are tried for their shorter promise.
const maxLate = 60

// late finds situations that are promised earlier than the item and whose steps,
// each taking all of its share, still end later than that: a step has a day at
// least.
func (s *Service) late(ctx context.Context, d Draft, a Surroundings) []Problem {
	o := a.Offer
	if o.Situations == nil || len(o.Situations.Variations) == 0 {
		return nil
	}
	var out []Problem
	told, left := map[string]bool{}, maxLate
	var walk func(answers map[string]string)
	walk = func(answers map[string]string) {
		_, open := o.Situations.Walk(answers)
		if open != nil {
			for _, x := range open.Options {
				answers[open.ID] = x.ID
				walk(answers)
				delete(answers, open.ID)
			}
			return
		}
		in := o.In(answers)
		p := in.Promise
		if left <= 0 || ctx.Err() != nil || !p.Known() || p.Amount == o.Promise.Amount && p.Unit == o.Promise.Unit || told[p.Citation.Zh+string(p.Unit)] {
			return
		}
		left--
		there := a
		there.Offer = in
		if t, _, ended := s.through(ctx, d, there, answers, false); ended && t.Now.After(t.Promise) {
			told[p.Citation.Zh+string(p.Unit)] = true
			out = append(out, Problem{Problem: plan.Problem{Branch: -1, Code: "variation", Pairs: []any{"situation", inWords(o.Situations, answers), "amount", p.Amount, "end", t.Now.Format("2006-01-02"), "promise", t.Promise.Format("2006-01-02")}}})
		}
	}
	walk(map[string]string{})
	return out
}

// inWords are answers as the questions have them.
func inWords(s *content.Situations, answers map[string]string) string {
	way, _ := s.Walk(answers)
	out := ""
	for _, a := range way {
		if out != "" {
			out += "，"
		}
		out += a.Option.Text.Zh
	}
	return out
}

// through lets everybody approve, each on the last day of the step, and gives the
// trial at its end with the steps on the way; ended is false when it has none.
func (s *Service) through(ctx context.Context, d Draft, a Surroundings, answers map[string]string, refused bool) (t Trial, passed []TrialTask, ended bool) {
	var moves []Move
	seen := map[string]bool{}
	for range 40 {
		var err error
		if t, err = s.Try(ctx, d, a, answers, moves); err != nil {
			return t, passed, false
		}
		if len(t.Open) == 0 {
			return t, passed, true
		}
		x := slices.MinFunc(t.Open, func(p, q TrialTask) int { return cmp.Compare(p.Element+p.Office, q.Element+q.Office) })
		if seen[x.ID] {
			return t, passed, false
		}
		seen[x.ID] = true
		passed = append(passed, x)
		result := "approve"
		switch {
		case x.Post == catalogue.PostApplicant:
			result = ""
		case refused && x.Post == "decider":
			result = "refuse"
		}
		moves = append(moves, Move{ID: x.ID, Result: result})
	}
	return t, passed, false
}
