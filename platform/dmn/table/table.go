package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"tongban/platform/dmn"
)

// Model is the namespace of DMN 1.3, in which new files are written.
const Model = "https://www.omg.org/spec/DMN/20191111/MODEL/"

// Part is a group of columns.
type Part int

// The groups of columns, in the order of the table.
const (
	In Part = iota
	Out
	Note
)

// Table is the decision table of one decision.
type Table struct {
	ID, Name string // of the decision
	Policy   dmn.HitPolicy
	Columns  [3][]Column // by Part
	Rules    []Rule
}

// Column is one input, output or annotation of a table.
type Column struct {
	ID      string // in the file; annotations have none
	Label   string
	Of      string // inputs: the expression; outputs: the name; annotations: the title
	Type    string // as the file names it: number, string, boolean, date …; empty: any
	Values  string // allowed values as unary tests; empty: any
	Default string // outputs: the value when no rule applies
	node    *node
	was     string // Of as it was read
	kind    string // Type as it was read
}

// Title is what a column is called.
func (c Column) Title() string {
	if c.Label != "" {
		return c.Label
	}
	return c.Of
}

// Rule is one line of a table; Cells are by Part, one for each column.
type Rule struct {
	ID    string
	Cells [3][]Cell
	node  *node
}

// Cell is one cell as its author wrote it.
type Cell struct {
	Text string
	node *node
}

// File is a DMN file that is being changed.
type File struct{ root *node }

// Read reads a file. It must be in UTF-8.
func Read(raw []byte) (*File, error) {
	root, err := readTree(raw)
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	f := &File{root}
	if f.definitions() == nil {
		return nil, fmt.Errorf("table: no DMN definitions")
	}
	return f, nil
}

// New is a file without decisions.
func New(name string) *File {
	f, err := Read([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<definitions xmlns="` + Model + `" id="definitions" name="` + escape(name) + `" namespace="https://tongban.example/decisions">` + "\n</definitions>\n"))
	if err != nil {
		panic(err) // a constant but for a name that is escaped
	}
	return f
}

// Bytes is the file.
func (f *File) Bytes() []byte {
	var b bytes.Buffer
	f.root.write(&b)
	return b.Bytes()
}

func (f *File) definitions() *node { return f.root.child("definitions") }

// Empty tells whether the file has no decision at all.
func (f *File) Empty() bool { return len(f.definitions().all("decision")) == 0 }

func (f *File) decision(id string) *node {
	for _, d := range f.definitions().all("decision") {
		if d.attr("id") == id || d.attr("id") == "" && d.attr("name") == id {
			return d
		}
	}
	return nil
}

// Tables lists the decisions that are tables, in the order of the file.
func (f *File) Tables() []Table {
	var out []Table
	for _, d := range f.definitions().all("decision") {
		if n := d.child("decisionTable"); n != nil {
			out = append(out, read(d, n))
		}
	}
	return out
}

// Table is the table of the decision with that id; ok is false when there is none.
func (f *File) Table(id string) (Table, bool) {
	d := f.decision(id)
	if d == nil {
		return Table{}, false
	}
	n := d.child("decisionTable")
	if n == nil {
		return Table{}, false
	}
	return read(d, n), true
}

func read(d, n *node) Table {
	t := Table{ID: d.attr("id"), Name: d.attr("name"), Policy: policyOf(n)}
	if t.ID == "" {
		t.ID = t.Name
	}
	for _, k := range n.all("input") {
		x := k.child("inputExpression")
		c := Column{ID: k.attr("id"), Label: k.attr("label"), Of: x.words(), Values: k.child("inputValues").words(), node: k}
		if x != nil {
			c.Type = plain(x.attr("typeRef"))
		}
		t.add(In, c)
	}
	outputs := n.all("output")
	for _, k := range outputs {
		c := Column{ID: k.attr("id"), Label: k.attr("label"), Of: k.attr("name"), Type: plain(k.attr("typeRef")), Values: k.child("outputValues").words(), Default: k.child("defaultOutputEntry").words(), node: k}
		if v := d.child("variable"); c.Type == "" && v != nil && len(outputs) == 1 {
			c.Type = plain(v.attr("typeRef"))
		}
		t.add(Out, c)
	}
	for _, k := range n.all("annotation") {
		t.add(Note, Column{Of: k.attr("name"), node: k})
	}
	for _, k := range n.all("rule") {
		r := Rule{ID: k.attr("id"), node: k}
		for p, local := range entries {
			for _, e := range k.all(local) {
				r.Cells[p] = append(r.Cells[p], Cell{Text: e.words(), node: e})
			}
		}
		t.Rules = append(t.Rules, t.fitted(r))
	}
	return t
}

// entries are the cells of a rule, clauses the columns of a table, by Part.
var (
	entries = [3]string{"inputEntry", "outputEntry", "annotationEntry"}
	clauses = [3]string{"input", "output", "annotation"}
)

func (t *Table) add(p Part, c Column) {
	c.was, c.kind = c.Of, c.Type
	t.Columns[p] = append(t.Columns[p], c)
}

// fitted gives a rule one cell for every column.
func (t *Table) fitted(r Rule) Rule {
	for p := range r.Cells {
		for len(r.Cells[p]) < len(t.Columns[p]) {
			r.Cells[p] = append(r.Cells[p], Cell{})
		}
	}
	return r
}

// plain is the name of a type without the prefix that older files write.
func plain(ref string) string { return strings.TrimPrefix(ref, "feel:") }

// policyOf is the hit policy of a table, UNIQUE when the file says none.
func policyOf(n *node) dmn.HitPolicy {
	p := strings.ToUpper(strings.TrimSpace(n.attr("hitPolicy")))
	if p == "" {
		return dmn.Unique
	}
	if a := strings.ToUpper(strings.TrimSpace(n.attr("aggregation"))); a != "" {
		p += " " + a
	}
	return dmn.HitPolicy(p)
}

// Policies lists the hit policies of the standard.
var Policies = []dmn.HitPolicy{dmn.Unique, dmn.First, dmn.Any, dmn.Priority, dmn.Collect, dmn.CollectSum, dmn.CollectMin, dmn.CollectMax, dmn.CollectCount, dmn.RuleOrder, dmn.OutputOrder}

// NewRule is an empty rule that takes everything.
func (t *Table) NewRule() Rule {
	r := t.fitted(Rule{})
	for i := range r.Cells[In] {
		r.Cells[In][i].Text = "-"
	}
	return r
}

// Insert puts a column at a place; every rule gets a cell that takes everything.
func (t *Table) Insert(p Part, at int, c Column) bool {
	if at < 0 || at > len(t.Columns[p]) {
		return false
	}
	t.Columns[p] = slices.Insert(t.Columns[p], at, c)
	for i := range t.Rules {
		cell := Cell{}
		if p == In {
			cell.Text = "-"
		}
		t.Rules[i].Cells[p] = slices.Insert(t.Rules[i].Cells[p], at, cell)
	}
	return true
}

// Move shifts a column by one place among those of its group: -1 or 1.
func (t *Table) Move(p Part, at, by int) bool {
	to := at + by
	if at < 0 || at >= len(t.Columns[p]) || to < 0 || to >= len(t.Columns[p]) {
		return false
	}
	swap(t.Columns[p], at, to)
	for i := range t.Rules {
		swap(t.Rules[i].Cells[p], at, to)
	}
	return true
}

// Remove takes a column away, with its cells; one output stays.
func (t *Table) Remove(p Part, at int) bool {
	if at < 0 || at >= len(t.Columns[p]) || p == Out && len(t.Columns[p]) == 1 {
		return false
	}
	t.Columns[p] = slices.Delete(t.Columns[p], at, at+1)
	for i := range t.Rules {
		t.Rules[i].Cells[p] = slices.Delete(t.Rules[i].Cells[p], at, at+1)
	}
	return true
}

// MoveRule shifts a rule by one place: -1 or 1.
func (t *Table) MoveRule(at, by int) bool {
	to := at + by
	if at < 0 || at >= len(t.Rules) || to < 0 || to >= len(t.Rules) {
		return false
	}
	swap(t.Rules, at, to)
	return true
}

// RemoveRule takes a rule away.
func (t *Table) RemoveRule(at int) bool {
	if at < 0 || at >= len(t.Rules) {
		return false
	}
	t.Rules = slices.Delete(t.Rules, at, at+1)
	return true
}

func swap[T any](list []T, a, b int) { list[a], list[b] = list[b], list[a] }
