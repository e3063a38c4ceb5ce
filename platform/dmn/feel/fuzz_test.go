package feel_test

import (
	"strings"
	"testing"

	"tongban/platform/dmn/feel"
)

// seeds are all expressions of the tables.
func seeds(f *testing.F) {
	for line := range strings.Lines(language + functions) {
		src, _, _ := strings.Cut(strings.TrimSpace(line), " => ")
		f.Add(src)
	}
	for _, s := range []string{"not(1, 2)", "-", "< 5", "? > 3", "]1..2[", "[1..2[", "@\"P1D\"", "1e6144 * 10", "((((", "a.b.c[1](2)", "x in (1, <2)", "{\"a b\": 1}.a b"} {
		f.Add(s)
	}
}

// Whatever somebody writes as an expression: an error or a value, no panic, and
// the same value twice.
func FuzzParse(f *testing.F) {
	seeds(f)
	vars := map[string]any{"x": 1, "s": "abc", "l": []any{1, "a", nil}, "c": map[string]any{"a": 1}}
	f.Fuzz(func(t *testing.T, src string) {
		x, err := feel.Parse(src, feel.Options{})
		if err != nil {
			return
		}
		limits := feel.Limits{Steps: 20_000, Depth: 60, Now: now}
		v, _, err1 := x.Explain(vars, limits)
		w, _, err2 := x.Explain(vars, limits)
		if feel.Text(v) != feel.Text(w) || (err1 == nil) != (err2 == nil) {
			t.Errorf("%q gives %s, %v and then %s, %v", src, feel.Text(v), err1, feel.Text(w), err2)
		}
		feel.ToGo(v)
		if strings.ContainsAny(src, "\x00") {
			return
		}
		x.Variables()
	})
}

// The same for the cells of tables.
func FuzzTests(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		tests, err := feel.ParseTests(src, feel.Options{})
		if err != nil {
			return
		}
		tests.Parts()
		for _, in := range []feel.Value{nil, feel.Int(3), "abc", true} {
			tests.Match(feel.NewRun(feel.Limits{Steps: 20_000, Depth: 60}), nil, in)
		}
	})
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := feel.Compile(`amount > 5000 and kind in ("shop", "office") and not(exempt)`); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	x, err := feel.Compile(`amount > 5000 and kind in ("shop", "office") and not(exempt)`)
	if err != nil {
		b.Fatal(err)
	}
	vars := map[string]any{"amount": 7200.5, "kind": "office", "exempt": false}
	b.ReportAllocs()
	for b.Loop() {
		if v, err := x.Eval(vars, now); v != true || err != nil {
			b.Fatal(v, err)
		}
	}
}
