package relevance

import (
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

var show = flag.Bool("show", false, "print every query with its score and answers")

// The floors lie a little below what was measured, so that a change that makes
// search worse is seen; docs/specs/search-relevance.md has the numbers.
const (
	floorNDCG    = 0.70
	floorFirst   = 0.73
	mostNothing  = 0.06
	leastQueries = 200
)

func TestRelevance_staysAboveItsFloor(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		s := catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: os.DirFS("../../items")})
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		names, err := Names(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Measure(names, func(text string) ([]string, error) { return Ask(t.Context(), s, text) })
		if err != nil {
			t.Fatal(err)
		}
		t.Log("\n" + r.String())
		n, nDCG, first, nothing := r.Total("")
		if n < leastQueries || nDCG < floorNDCG || first < floorFirst || nothing > mostNothing {
			t.Errorf("%d queries: nDCG@10 %.3f, first fits %.3f, nothing found %.3f", n, nDCG, first, nothing)
		}
		if *show && d.Engine() == db.SQLite {
			print(t, t.Context(), s, r)
		}
	})
}

func print(t *testing.T, ctx context.Context, s *catalogue.Service, r Report) {
	for _, x := range r.Scores {
		if x.NDCG > 0.8 || !x.Answerable() && x.Found == 0 {
			continue
		}
		got, err := Ask(ctx, s, x.Text)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%.2f %s %s → %s", x.NDCG, x.Kind, x.Text, strings.Join(got[:min(len(got), 4)], " · "))
	}
}

func TestJudged_everyJudgementNamesSomething(t *testing.T) {
	raw, err := data.Files.ReadFile("items/guangdong_provincial_guides.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	list, err := All()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, j := range list {
		if seen[j.Text] {
			t.Errorf("%s is asked twice", j.Text)
		}
		seen[j.Text] = true
		words := slices.Concat(slices.Concat(j.fits...), slices.Concat(j.related...))
		for _, w := range words {
			w = strings.TrimLeft(w, "=!")
			if !strings.Contains(string(raw), w) && w != "餐饮" {
				t.Errorf("%s: no name holds %s", j.Text, w)
			}
		}
	}
}

func TestNDCG_knownValues(t *testing.T) {
	j := Judged{fits: parsePattern("甲"), related: parsePattern("乙")}
	for _, c := range []struct {
		got  []string
		want float64
	}{
		{[]string{"甲1", "乙1"}, 1}, {[]string{"乙1", "甲1"}, 0.7098}, {nil, 0}, {[]string{"丙", "甲1"}, 0.5788}, {[]string{"丙"}, 0},
	} {
		if got := ndcg(j, c.got, []string{"甲1", "乙1", "丙"}); got < c.want-0.001 || got > c.want+0.001 {
			t.Errorf("%v: %.4f, want %.4f", c.got, got, c.want)
		}
	}
}
