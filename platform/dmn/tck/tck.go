// Package tck reads and runs test cases in the format of the DMN Technology
// Compatibility Kit (DMN TCK).
//
// # Purpose
//
// Anybody can point it at test cases, the published ones or their own, and see
// which of them our engine passes. The tests of platform/dmn and the table in
// docs/specs are made with it.
//
// # How to use
//
//	report, err := tck.Run(os.DirFS("cl"))   // folders with *.dmn and *.xml
//
// or, from the shell, with a folder of your own:
//
//	TONGBAN_DMN_TCK=/path/to/TestCases go test ./platform/dmn/ -run TestTCK -v
//
// # Guarantees
//
//   - A test case passes only when every result node in it is as expected. Numbers
//     count as equal when they differ by less than one part in 10^8, because the
//     published results are rounded; everything else must be equal as the language
//     compares it.
//   - Where a case says that the result is an error, null passes, because the language
//     has no exceptions; so does a limit that was reached.
//   - What cannot be run (a file that is no test, a model that is missing) is listed
//     by name and counts as failed.
package tck

import (
	"encoding/xml"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"tongban/platform/dmn"
	"tongban/platform/dmn/feel"
)

// Report is what a run gave.
type Report struct {
	Sections []Section
	Cases    int
	Passed   int
}

// Section is one folder with a model and its cases.
type Section struct {
	Level    string // the folder above, such as compliance-level-2
	Name     string
	Cases    int
	Passed   int
	Failures []Failure
	// Refused is what Check says about the model; its cases are run all the same.
	Refused []string
}

// Failure is one case that did not give what was expected.
type Failure struct {
	Case, Result string
	Want, Got    string
	Notes        []string
}

// Run runs all cases below a folder.
func Run(fsys fs.FS) (Report, error) {
	var r Report
	dirs := map[string][]string{}
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (path.Ext(p) == ".dmn" || path.Ext(p) == ".xml") {
			dirs[path.Dir(p)] = append(dirs[path.Dir(p)], p)
		}
		return err
	})
	if err != nil {
		return r, err
	}
	names := make([]string, 0, len(dirs))
	for d := range dirs {
		names = append(names, d)
	}
	sort.Strings(names)
	for _, d := range names {
		s := Section{Level: path.Base(path.Dir(d)), Name: path.Base(d)}
		s.run(fsys, dirs[d])
		r.Cases += s.Cases
		r.Passed += s.Passed
		r.Sections = append(r.Sections, s)
	}
	return r, nil
}

// run reads all models of the folder first, because they may import each other.
func (s *Section) run(fsys fs.FS, files []string) {
	models := s.models(fsys, files)
	for _, f := range files {
		if path.Ext(f) != ".xml" {
			continue
		}
		raw, err := fs.ReadFile(fsys, f)
		var suite xmlSuite
		if err == nil {
			err = xml.Unmarshal(raw, &suite)
		}
		if err != nil {
			s.fail(path.Base(f), "", "", err.Error())
			continue
		}
		m := models[path.Base(strings.TrimSpace(suite.Model))]
		for _, c := range suite.Cases {
			s.Cases++
			if m == nil {
				s.fail(c.ID, "", "", "the model "+suite.Model+" cannot be read")
				continue
			}
			if s.one(m, c) {
				s.Passed++
			}
		}
	}
}

func (s *Section) models(fsys fs.FS, files []string) map[string]*dmn.Model {
	out := map[string]*dmn.Model{}
	var known []*dmn.Model
	for range 2 { // the second time, what is imported is there
		for _, f := range files {
			if path.Ext(f) != ".dmn" {
				continue
			}
			in, err := fsys.Open(f)
			if err != nil {
				continue
			}
			m, err := dmn.Parse(in, known...)
			in.Close()
			if err != nil {
				s.Refused = append(s.Refused, err.Error())
				continue
			}
			known = append(known, m)
			out[path.Base(f)] = m
		}
	}
	s.Refused = nil
	for _, m := range out {
		for _, p := range m.Check() {
			s.Refused = append(s.Refused, p.Error())
		}
	}
	sort.Strings(s.Refused)
	return out
}

func (s *Section) fail(id, result, want, got string, notes ...string) {
	s.Failures = append(s.Failures, Failure{id, result, want, got, notes})
}

// one runs a case and compares all its results.
func (s *Section) one(m *dmn.Model, c xmlCase) bool {
	inputs := map[string]any{}
	for _, i := range c.Inputs {
		v, err := i.value()
		if err != nil {
			s.fail(c.ID, i.Name, "", err.Error())
			return false
		}
		inputs[i.Name] = v
	}
	passed := true
	for _, r := range c.Results {
		want, err := r.Expected.value()
		if err != nil {
			s.fail(c.ID, r.Name, "", err.Error())
			return false
		}
		got, notes, err := answer(m, c, r.Name, inputs)
		if err != nil && !(r.Error && want == nil) {
			s.fail(c.ID, r.Name, feel.Text(want), err.Error())
			passed = false
			continue
		}
		if !same(want, got) {
			s.fail(c.ID, r.Name, feel.Text(want), feel.Text(got), notes...)
			passed = false
		}
	}
	return passed
}

// moment is what now() gives: the kit only asks for its kind.
var moment = time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC)

// answer works out one result node: a decision, or an output of a service.
func answer(m *dmn.Model, c xmlCase, name string, inputs map[string]any) (feel.Value, []string, error) {
	o := dmn.Options{Now: moment}
	if c.Type != "decisionService" {
		r, err := m.Evaluate(name, inputs, o)
		return r.Exact, r.Notes, err
	}
	r, err := m.EvaluateService(c.Invocable, inputs, o)
	if ctx, ok := r.Exact.(*feel.Context); ok {
		if v, ok := ctx.Get(name); ok {
			return v, r.Notes, err
		}
	}
	return r.Exact, r.Notes, err
}

// same compares, with a tolerance for numbers.
func same(want, got feel.Value) bool {
	switch w := want.(type) {
	case feel.Number:
		g, ok := got.(feel.Number)
		if !ok {
			return false
		}
		a, b := w.Float64(), g.Float64()
		diff, size := a-b, max(a, -a, b, -b)
		return w.Cmp(g) == 0 || max(diff, -diff) <= size*1e-8
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			if !same(w[i], g[i]) {
				return false
			}
		}
		return true
	case *feel.Context:
		g, ok := got.(*feel.Context)
		if !ok || len(g.Keys()) != len(w.Keys()) {
			return false
		}
		for _, k := range w.Keys() {
			a, _ := w.Get(k)
			b, ok := g.Get(k)
			if !ok || !same(a, b) {
				return false
			}
		}
		return true
	}
	return feel.NewRun(feel.Limits{}).Equal(want, got) == true
}

// Failed lists the sections with failures.
func (r Report) Failed() []Section {
	var out []Section
	for _, s := range r.Sections {
		if len(s.Failures) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// String says how a case failed.
func (f Failure) String() string {
	s := fmt.Sprintf("case %s, %s: want %s, got %s", f.Case, f.Result, f.Want, f.Got)
	if len(f.Notes) > 0 {
		s += " (" + strings.Join(f.Notes, "; ") + ")"
	}
	return s
}
