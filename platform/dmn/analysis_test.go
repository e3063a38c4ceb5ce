package dmn_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/platform/dmn"
	"tongban/platform/dmn/feel"
)

var (
	area = input{"Area", "number", ""}
	kind = input{"Kind", "string", `"shop", "office", "home"`}
	corp = input{"Company", "boolean", ""}
)

func TestAnalyse_findsGapsAndOverlaps(t *testing.T) {
	for _, c := range []struct {
		name, policy, output string
		inputs               []input
		rules                []string
		gaps, overlaps       string
		unreachable          string
	}{
		{name: "complete", policy: "UNIQUE", inputs: []input{area, corp},
			rules: []string{"< 100 | - | 1", ">= 100 | true | 2", ">= 100 | false | 3"}},
		{name: "number left out", policy: "UNIQUE", inputs: []input{area},
			rules: []string{"< 100 | 1", "> 100 | 2"}, gaps: "Area 100"},
		{name: "interval left out", policy: "UNIQUE", inputs: []input{area},
			rules: []string{"[0..10) | 1", "[20..30] | 2"}, gaps: "Area < 0, [10..20), > 30"},
		{name: "fractions", policy: "UNIQUE", inputs: []input{area},
			rules: []string{"<= 10 | 1", ">= 11 | 2"}, gaps: "Area (10..11) fractions"},
		{name: "allowed values", policy: "UNIQUE", inputs: []input{kind},
			rules: []string{`"shop" | 1`, `"office" | 2`}, gaps: `Kind "home"`},
		{name: "not", policy: "UNIQUE", inputs: []input{kind}, rules: []string{`"shop" | 1`, `not("shop") | 2`}},
		{name: "open texts", policy: "UNIQUE", inputs: []input{{"Kind", "string", ""}},
			rules: []string{`"shop" | 1`}, gaps: `Kind not("shop")`},
		{name: "two inputs", policy: "UNIQUE", inputs: []input{kind, corp},
			rules: []string{`"shop" | true | 1`, `- | false | 2`, `"shop", "office" | - | 3`},
			gaps:  `Kind "home" & Company true`, overlaps: `Kind "shop" & Company true: [1 3] conflict; Kind "shop", "office" & Company false: [2 3] conflict`},
		{name: "any agrees", policy: "ANY", inputs: []input{area},
			rules: []string{"< 10 | 1", "< 20 | 1", "- | 1"}, overlaps: "Area < 10: [1 2 3]; Area [10..20): [2 3]"},
		{name: "any disagrees", policy: "ANY", inputs: []input{corp}, rules: []string{"true | 1", "- | 2"}, overlaps: "Company true: [1 2] conflict"},
		{name: "first hides", policy: "FIRST", inputs: []input{area},
			rules: []string{"< 10 | 1", "< 5 | 2", "- | 3"}, overlaps: "Area < 5: [1 2 3]; Area [5..10): [1 3]", unreachable: "[2]"},
		{name: "default", policy: "UNIQUE", output: "/0", inputs: []input{corp}, rules: []string{"true | 1"}},
		{name: "outside what is allowed", policy: "UNIQUE", inputs: []input{{"Age", "number", "[0..150]"}},
			rules: []string{"< 18 | 1", "[18..150] | 2", "> 200 | 3"}, unreachable: "[3]"},
		{name: "days", policy: "UNIQUE", inputs: []input{{"Day", "date", ""}},
			rules: []string{`<= date("2026-12-31") | 1`, `>= date("2027-01-01") | 2`}},
		{name: "unknown", policy: "UNIQUE", inputs: []input{corp}, rules: []string{"true, null | 1"}, gaps: "Company false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := parse(t, table(c.policy, c.inputs, c.output, c.rules...)).Analyse("D")
			if err != nil {
				t.Fatal(err)
			}
			var gaps, overlaps []string
			for _, g := range a.Gaps {
				s := words(g.When)
				if g.Fractions {
					s += " fractions"
				}
				gaps = append(gaps, s)
			}
			for _, o := range a.Overlaps {
				s := fmt.Sprint(words(o.When), ": ", o.Rules)
				if o.Conflict {
					s += " conflict"
				}
				overlaps = append(overlaps, s)
			}
			unreachable := ""
			if len(a.Unreachable) > 0 {
				unreachable = fmt.Sprint(a.Unreachable)
			}
			check(t, "gaps", strings.Join(gaps, "; "), c.gaps)
			check(t, "overlaps", strings.Join(overlaps, "; "), c.overlaps)
			check(t, "unreachable", unreachable, c.unreachable)
			if a.Partial || len(a.Unclear) > 0 {
				t.Errorf("partial %v, unclear %v", a.Partial, a.Unclear)
			}
		})
	}
}

func words[T ~struct{ Name, Text string }](list []T) string {
	var out []string
	for _, c := range list {
		w := struct{ Name, Text string }(c)
		out = append(out, w.Name+" "+w.Text)
	}
	return strings.Join(out, " & ")
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// A cell that depends on another input is named; the rule counts as one that may
// match, so no false gap is reported.
func TestAnalyse_namesWhatItCannotJudge(t *testing.T) {
	a, err := parse(t, table("UNIQUE", []input{area, corp}, "", "> Area * 2 | - | 1", "- | true | 2")).Analyse("D")
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Unclear) != 1 || a.Unclear[0].Rule != 1 || a.Unclear[0].Input != "Area" || len(a.Gaps) != 0 || len(a.Overlaps) != 0 {
		t.Errorf("%+v", a)
	}
}

// Many inputs cannot make it run for ever.
func TestAnalyse_staysWithinItsBudget(t *testing.T) {
	var inputs []input
	var rules []string
	for i := range 14 {
		inputs = append(inputs, input{fmt.Sprintf("In%d", i), "number", ""})
	}
	for r := range 30 {
		cells := make([]string, 15)
		for i := range 14 {
			cells[i] = fmt.Sprintf("[%d..%d]", (r*7+i*3)%50, (r*7+i*3)%50+20)
		}
		cells[14] = fmt.Sprint(r)
		rules = append(rules, strings.Join(cells, "|"))
	}
	a, err := parse(t, table("UNIQUE", inputs, "", rules...)).Analyse("D")
	if err != nil {
		t.Fatal(err)
	}
	if !a.Partial {
		t.Error("such a table cannot be looked at completely")
	}
}

// What the analysis says is what the table does: every value of a small domain is
// tried.
func TestAnalyse_agreesWithTheTable(t *testing.T) {
	m := parse(t, table("UNIQUE", []input{area, corp}, "", "[0..3] | true | 1", "(2..5) | - | 2", "> 7 | false | 3", "9 | - | 4"))
	a, err := m.Analyse("D")
	if err != nil {
		t.Fatal(err)
	}
	none, two := 0, 0
	for x := -2; x <= 22; x++ { // halves
		for _, b := range []bool{true, false} {
			v := float64(x) / 2
			r, err := m.Evaluate("D", map[string]any{"Area": v, "Company": b}, noOptions)
			if err != nil {
				t.Fatal(err)
			}
			hits := len(r.Trace.Steps[0].Rules)
			inGap, inOverlap := false, false
			for _, g := range a.Gaps {
				inGap = inGap || holds(t, words(g.When), v, b)
			}
			for _, o := range a.Overlaps {
				inOverlap = inOverlap || holds(t, words(o.When), v, b)
			}
			if inGap != (hits == 0) || inOverlap != (hits > 1) {
				t.Errorf("%v %v: %d rules match, gap %v, overlap %v", v, b, hits, inGap, inOverlap)
			}
			none, two = none+b2i(hits == 0), two+b2i(hits > 1)
		}
	}
	if none == 0 || two == 0 {
		t.Error("the table has neither gaps nor overlaps; it proves nothing")
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// For random tables and every point of a grid: no rule matches exactly in the gaps,
// several match exactly in the overlaps, and what decides is reachable.
func TestAnalyse_agreesWithRandomTables(t *testing.T) {
	numbers := []string{"-", "< 2", "<= 2", "> 1", "[1..3)", "(0..2]", "1, 3", "not(2)", "not([1..2])", ">= 3", "null"}
	texts := []string{"-", `"a"`, `"b"`, `"a", "c"`, `not("b")`, `not("a", "b")`}
	truths := []string{"-", "true", "false", "not(true)"}
	grid := [][]any{{nil, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4}, {"a", "b", "c", "d"}, {true, false}}
	inputs := []input{{"N", "number", ""}, {"T", "string", ""}, {"B", "boolean", ""}}
	rapid.Check(t, func(t *rapid.T) {
		var rules []string
		for i := range rapid.IntRange(1, 7).Draw(t, "rules") {
			rules = append(rules, strings.Join([]string{rapid.SampledFrom(numbers).Draw(t, "n"), rapid.SampledFrom(texts).Draw(t, "t"),
				rapid.SampledFrom(truths).Draw(t, "b"), fmt.Sprint(i)}, "|"))
		}
		policy := rapid.SampledFrom([]string{"UNIQUE", "FIRST"}).Draw(t, "policy")
		m, err := dmn.Parse(strings.NewReader(model(table(policy, inputs, "", rules...))))
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Analyse("D")
		if err != nil || a.Partial || len(a.Unclear) > 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		all, err := dmn.Parse(strings.NewReader(model(table("RULE ORDER", inputs, "", rules...))))
		if err != nil {
			t.Fatal(err)
		}
		nulls := strings.Contains(strings.Join(rules, ";"), "null")
		decides := map[int]bool{}
		for _, n := range grid[0] {
			if n == nil && !nulls {
				continue // unknown inputs are looked at where a rule mentions null
			}
			for _, x := range grid[1] {
				for _, b := range grid[2] {
					at := map[string]any{"N": n, "T": x, "B": b}
					r, _ := all.Evaluate("D", at, noOptions)
					hits := r.Trace.Steps[0].Rules
					for i, h := range hits {
						decides[h.Rule] = decides[h.Rule] || i == 0 || policy != "FIRST"
					}
					gap, overlap := false, false
					for _, g := range a.Gaps {
						gap = gap || within(t, g.When, at)
					}
					for _, o := range a.Overlaps {
						overlap = overlap || within(t, o.When, at)
					}
					if gap != (len(hits) == 0) || overlap != (len(hits) > 1) {
						t.Fatalf("%v: %d rules match, gap %v, overlap %v\n%s\n%+v", at, len(hits), gap, overlap, strings.Join(rules, "\n"), a)
					}
				}
			}
		}
		for _, r := range a.Unreachable {
			if decides[r] {
				t.Errorf("rule %d decides something\n%s", r, strings.Join(rules, "\n"))
			}
		}
	})
}

// within tells whether an input fulfils conditions.
func within(t *rapid.T, when []dmn.Condition, at map[string]any) bool {
	for _, c := range when {
		tests, err := feel.ParseTests(c.Text, feel.Options{})
		if err != nil {
			t.Fatalf("%q: %v", c.Text, err)
		}
		v, _ := feel.FromGo(at[c.Name])
		if tests.Match(feel.NewRun(feel.Limits{}), nil, v) != true {
			return false
		}
	}
	return true
}
