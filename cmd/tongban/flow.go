package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/bpmn"
	"tongban/platform/bpmn/explore"
	"tongban/platform/dmn"
)

// flowReport is what is said about one file. The field names are part of the
// command's interface.
type flowReport struct {
	File     string        `json:"file"`
	Kind     string        `json:"kind,omitempty"` // bpmn, dmn
	Deploys  bool          `json:"deploys"`
	Problems []flowProblem `json:"problems,omitempty"`
	Warnings []flowProblem `json:"warnings,omitempty"` // worth a look, but no obstacle
}

// flowProblem is one thing to repair or to look at. Warnings have a kind: waits,
// twice, unreached, endless and unseen of flows, gap, conflict and unused of
// decision tables.
type flowProblem struct {
	Kind    string `json:"kind,omitempty"`
	Line    int    `json:"line,omitempty"`
	Element string `json:"element,omitempty"`
	Reason  string `json:"reason"`
}

// maxFlowBytes bounds what is read from one file; the readers refuse larger ones
// with a reason.
const maxFlowBytes = 9 << 20

// runFlow checks flows and decision models. The exit status is 3 when one of them
// would not be deployed, and with --strict 4 when one of them has warnings only.
func runFlow(_ context.Context, c *call) error {
	if len(c.Args) < 2 || c.Args[0] != "check" {
		return errors.New("say what to check: tongban flow check FILE…")
	}
	reports, err := checkFlows(c.Args[1:], c.own["cases"] != "")
	if err != nil {
		return err
	}
	if err := writeFlows(os.Stdout, reports, c.own["json"] != ""); err != nil {
		return err
	}
	if slices.ContainsFunc(reports, func(r flowReport) bool { return !r.Deploys }) {
		return exit(3)
	}
	if c.own["strict"] != "" && slices.ContainsFunc(reports, func(r flowReport) bool { return len(r.Warnings) > 0 }) {
		return exit(4)
	}
	return nil
}

// checkFlows checks files, and the models in folders. Decision models may import
// each other. With cases, flows also have to be such that a case can follow them,
// with the tables that are checked along with them.
func checkFlows(paths []string, cases bool) ([]flowReport, error) {
	files, err := flowFiles(paths)
	if err != nil {
		return nil, err
	}
	reports := make([]flowReport, len(files))
	decisions, flows := map[int][]byte{}, map[int]*bpmn.Model{}
	for i, f := range files {
		r := &reports[i]
		r.File = f
		raw, err := readFlow(f)
		if err != nil {
			r.Problems = []flowProblem{{Reason: "cannot be read: " + err.Error()}}
			continue
		}
		if r.Kind = kindOfFlow(f, raw); r.Kind == "dmn" {
			decisions[i] = raw
			continue
		}
		m, err := bpmn.Parse(bytes.NewReader(raw))
		if r.refused(err); err == nil {
			r.Warnings, flows[i] = flowWarnings(m), m
		}
	}
	known := checkDecisions(reports, decisions)
	for i, m := range flows {
		if p := m.Process(""); cases && p != nil {
			for _, l := range catalogue.CheckFlow(p, known) {
				reports[i].Problems, reports[i].Deploys = append(reports[i].Problems, flowProblem{"", l.Line, l.Element, l.Reason}), false
			}
		}
	}
	return reports, nil
}

// decided are the decisions of the models that were checked.
type decided map[string]bool

// Has tells whether one of them has this id or name.
func (d decided) Has(name string) bool { return d[name] }

// flowFiles lists the files; a folder stands for the models below it.
func flowFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			name := strings.ToLower(path)
			if err == nil && !d.IsDir() && (strings.HasSuffix(name, ".bpmn") || strings.HasSuffix(name, ".bpmn20.xml") || strings.HasSuffix(name, ".dmn")) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("%s: no .bpmn, .bpmn20.xml or .dmn file in it", p)
		}
	}
	return files, nil
}

func readFlow(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFlowBytes))
}

// kindOfFlow tells decision models from flows: by the ending of the name, else by
// the namespace that the file begins with.
func kindOfFlow(name string, raw []byte) string {
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".dmn"):
		return "dmn"
	case strings.HasSuffix(lower, ".bpmn"), strings.HasSuffix(lower, ".bpmn20.xml"):
		return "bpmn"
	}
	head := raw[:min(len(raw), 4096)]
	if bytes.Contains(head, []byte("omg.org/spec/DMN/")) && !bytes.Contains(head, []byte("omg.org/spec/BPMN/")) {
		return "dmn"
	}
	return "bpmn"
}

// refused takes in what the reader of flows says.
func (r *flowReport) refused(err error) {
	var p *bpmn.ParseError
	var d *dmn.ParseError
	switch {
	case err == nil:
		r.Deploys = true
	case errors.As(err, &p):
		r.Problems = append(r.Problems, flowProblem{"", p.Line, p.Element, p.Reason})
	case errors.As(err, &d):
		r.Problems = append(r.Problems, flowProblem{"", d.Line, d.Element, d.Reason})
	default:
		r.Problems = append(r.Problems, flowProblem{Reason: err.Error()})
	}
}

// checkDecisions reads models again and again, each time with those that are known
// by then, until no import is missing that one of the files holds.
func checkDecisions(reports []flowReport, raw map[int][]byte) decided {
	ids, known := decided{}, map[int]*dmn.Model{}
	errs := map[int]error{}
	for round := 0; round <= len(raw); round++ {
		var others []*dmn.Model
		for _, m := range known {
			others = append(others, m)
		}
		progress := false
		for i, body := range raw {
			if m := known[i]; m != nil && len(m.Check()) == 0 {
				continue
			}
			m, err := dmn.Parse(bytes.NewReader(body), others...)
			errs[i] = err
			if err == nil && (known[i] == nil || len(m.Check()) < len(known[i].Check())) {
				known[i], progress = m, true
			}
		}
		if !progress {
			break
		}
	}
	for i := range raw {
		r := &reports[i]
		m := known[i]
		if m == nil {
			r.refused(errs[i])
			continue
		}
		for _, p := range m.Check() {
			r.Problems = append(r.Problems, flowProblem{"", p.Line, p.Element, p.Reason})
		}
		r.Deploys = len(r.Problems) == 0
		r.Warnings = tableWarnings(m)
		for _, d := range m.Decisions() {
			ids[d.ID], ids[d.Name] = true, true
		}
	}
	return ids
}

// flowWarnings say where a flow that runs can get stuck, or has steps to which
// nothing leads.
func flowWarnings(m *bpmn.Model) (out []flowProblem) {
	for _, p := range m.Processes() {
		r := explore.Check(p, 0)
		for _, w := range r.Warnings {
			out = append(out, flowProblem{string(w.Kind), w.Line, fmt.Sprintf("%s %q", p.Element(w.Element).Kind, w.Element), w.Reason})
		}
		if r.Cut {
			out = append(out, flowProblem{Kind: "unseen", Element: fmt.Sprintf("process %q", p.ID),
				Reason: fmt.Sprintf("has more states than the %d that were looked at; there may be more to warn of", r.States)})
		}
	}
	return out
}

// tableWarnings say where decision tables have no result or more than one.
func tableWarnings(m *dmn.Model) (out []flowProblem) {
	for _, d := range m.Decisions() {
		a, err := m.Analyse(d.Name)
		if err != nil {
			continue // not a table
		}
		name := fmt.Sprintf("decision %q", d.Name)
		conflicts := 0
		for _, o := range a.Overlaps {
			if o.Conflict {
				conflicts++
			}
		}
		if n := len(a.Gaps); n > 0 {
			out = append(out, flowProblem{Kind: "gap", Element: name, Reason: counted(n, a.Partial, "combination has", "combinations have") + " no result, such as " + sayWhen(a.Gaps[0].When)})
		}
		if conflicts > 0 {
			i := slices.IndexFunc(a.Overlaps, func(o dmn.Overlap) bool { return o.Conflict })
			out = append(out, flowProblem{Kind: "conflict", Element: name, Reason: fmt.Sprintf("%s rules that contradict each other, such as rules %v for %s",
				counted(conflicts, a.Partial, "combination has", "combinations have"), a.Overlaps[i].Rules, sayWhen(a.Overlaps[i].When))})
		}
		for _, r := range a.Unreachable {
			out = append(out, flowProblem{Kind: "unused", Element: name, Reason: fmt.Sprintf("rule %d never decides anything", r)})
		}
	}
	return out
}

func counted(n int, more bool, one, many string) string {
	at := ""
	if more {
		at = "at least "
	}
	if n == 1 {
		return fmt.Sprintf("%s1 %s", at, one)
	}
	return fmt.Sprintf("%s%d %s", at, n, many)
}

func sayWhen(when []dmn.Condition) string {
	var parts []string
	for _, c := range when {
		parts = append(parts, c.Name+" "+c.Text)
	}
	if len(parts) == 0 {
		return "any input"
	}
	return strings.Join(parts, " and ")
}

// writeFlows writes lines that editors can jump to, or one JSON array.
func writeFlows(w io.Writer, reports []flowReport, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(reports)
	}
	var b strings.Builder
	refused := 0
	for _, r := range reports {
		if r.Deploys {
			fmt.Fprintf(&b, "%s: deploys\n", r.File)
		} else {
			refused++
		}
		for _, p := range r.Problems {
			b.WriteString(p.text(r.File, "") + "\n")
		}
		for _, p := range r.Warnings {
			b.WriteString(p.text(r.File, "warning: ") + "\n")
		}
	}
	if len(reports) > 1 {
		fmt.Fprintf(&b, "%d files, %d refused\n", len(reports), refused)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// text is one line: file, line, element, reason.
func (p flowProblem) text(file, mark string) string {
	if p.Line > 0 {
		file = fmt.Sprintf("%s:%d", file, p.Line)
	}
	s := file + ": " + mark
	if p.Element != "" {
		s += p.Element + ": "
	}
	return s + p.Reason
}
