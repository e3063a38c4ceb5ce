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

// floor is what search has to reach on a list of queries. It lies a little below
// what was measured, so that a change that makes search worse is seen;
// docs/specs/search-relevance.md has the numbers.
type floor struct {
	queries              int
	nDCG, first, nothing float64
}

var (
	floorKnown   = floor{200, 0.70, 0.73, 0.06}
	floorHeldOut = floor{60, 0.66, 0.74, 0.06}
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
		for _, set := range []struct {
			name string
			list func() ([]Judged, error)
			floor
		}{{"known", Known, floorKnown}, {"held out", HeldOut, floorHeldOut}} {
			list, err := set.list()
			if err != nil {
				t.Fatal(err)
			}
			r, err := Measure(list, names, func(text string) ([]string, error) { return Ask(t.Context(), s, text) })
			if err != nil {
				t.Fatal(err)
			}
			t.Log(set.name + "\n" + r.String())
			n, nDCG, first, nothing := r.Total("")
			if n < set.queries || nDCG < set.nDCG || first < set.first || nothing > set.nothing {
				t.Errorf("%s: %d queries: nDCG@10 %.3f, first fits %.3f, nothing found %.3f", set.name, n, nDCG, first, nothing)
			}
			if *show && set.name == "known" && d.Engine() == db.SQLite { // who looks at the others, tunes with them
				print(t, t.Context(), s, r)
			}
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
	list, err := Known()
	if err != nil {
		t.Fatal(err)
	}
	more, err := HeldOut()
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, more...)
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
