package relevance

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// depth is how many answers count: what a reader sees before scrolling far.
const depth = 10

// Score is what one query got.
type Score struct {
	Judged
	NDCG  float64
	Found int // answers, at most depth
	First int // grade of the first answer
}

// Report is what all queries got together.
type Report struct {
	Scores []Score
}

// Measure asks every query of a list. names are the names of all services that
// could be found; ask gives the names of the first answers in order. Answers
// that only come close, offered when nothing fits, do not count.
func Measure(list []Judged, names []string, ask func(text string) ([]string, error)) (Report, error) {
	var r Report
	for _, j := range list {
		got, err := ask(j.Text)
		if err != nil {
			return r, fmt.Errorf("%s: %w", j.Text, err)
		}
		got = got[:min(len(got), depth)]
		s := Score{Judged: j, Found: len(got)}
		if len(got) > 0 {
			s.First = j.Grade(got[0])
		}
		s.NDCG = ndcg(j, got, names)
		r.Scores = append(r.Scores, s)
	}
	return r, nil
}

// ndcg compares the gain of the answers, each counting less the later it
// comes, with that of the best possible order.
func ndcg(j Judged, got, names []string) float64 {
	gains := make([]int, len(got))
	for i, name := range got {
		gains[i] = j.Grade(name)
	}
	var best []int
	for _, name := range names {
		if g := j.Grade(name); g > 0 {
			best = append(best, g)
		}
	}
	slices.SortFunc(best, func(a, b int) int { return cmp.Compare(b, a) })
	ideal := dcg(best[:min(len(best), depth)])
	if ideal == 0 {
		return 0
	}
	return min(dcg(gains)/ideal, 1)
}

func dcg(grades []int) float64 {
	sum := 0.0
	for i, g := range grades {
		sum += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i)+2)
	}
	return sum
}

// Total is nDCG@10 over the queries that something answers, the share of them
// whose first answer fits, and the share of all queries that find nothing.
func (r Report) Total(kind string) (queries int, nDCG, first, nothing float64) {
	answerable := 0
	for _, s := range r.Scores {
		if kind != "" && s.Kind != kind {
			continue
		}
		queries++
		if s.Found == 0 {
			nothing++
		}
		if !s.Answerable() {
			continue
		}
		answerable++
		nDCG += s.NDCG
		if s.First == 3 || s.First > 0 && s.fits == nil {
			first++
		}
	}
	return queries, nDCG / float64(max(answerable, 1)), first / float64(max(answerable, 1)), nothing / float64(max(queries, 1))
}

// Kinds are the kinds of queries in the order of the file.
func (r Report) Kinds() []string {
	var out []string
	for _, s := range r.Scores {
		if !slices.Contains(out, s.Kind) {
			out = append(out, s.Kind)
		}
	}
	return out
}

// String is a table by kind, with the whole in the last line.
func (r Report) String() string {
	var b strings.Builder
	for _, kind := range append(r.Kinds(), "") {
		n, nDCG, first, nothing := r.Total(kind)
		fmt.Fprintf(&b, "%-6s %4d queries  nDCG@10 %.3f  first answer fits %3.0f%%  nothing found %3.0f%%\n", cmp.Or(kind, "all"), n, nDCG, 100*first, 100*nothing)
	}
	return b.String()
}
