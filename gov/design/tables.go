package design

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/decisions"
	"tongban/gov/design/plan"
	"tongban/platform/dmn"
	"tongban/platform/dmn/table"
	"tongban/platform/fault"
)

// SaveTables replaces the decision tables of a draft by a DMN file, or takes
// them away when it is empty. A file that does not work is kept all the same;
// Check says why it cannot be published.
func (s *Service) SaveTables(ctx context.Context, region, item string, version int, r io.Reader) (Draft, error) {
	file, err := io.ReadAll(io.LimitReader(r, decisions.MaxBytes+1))
	if err != nil {
		return Draft{}, ErrTables.Because(err)
	}
	file = bytes.TrimSpace(file)
	if len(file) > decisions.MaxBytes {
		return Draft{}, ErrTooLarge.With("max", decisions.MaxBytes>>10)
	}
	if len(file) > 0 && !bytes.Contains(file, []byte("omg.org/spec/DMN/")) {
		return Draft{}, ErrTables
	}
	return s.keep(ctx, region, item, version, "design.flow.tables", func(d *Draft, _ Surroundings) error {
		d.Tables = file
		return nil
	})
}

// Decisions reads the decision tables of a draft; nil when it has none that
// can be read.
func (d *Draft) Decisions() *decisions.Model {
	if len(d.Tables) == 0 {
		return nil
	}
	m, err := decisions.Read(d.Tables)
	if err != nil {
		return nil
	}
	return m
}

// checkTables lists what is wrong with the decision tables: what cannot be
// read, what they look at that cases do not have, gaps and contradictions.
func (d *Draft) checkTables(a Surroundings) []Problem {
	if len(d.Tables) == 0 {
		return nil
	}
	bad := func(code string, line int, element, reason string, pairs ...any) Problem {
		return Problem{Problem: plan.Problem{Branch: -1, Code: "tables." + code, Pairs: pairs}, Line: line, Element: element, Reason: reason}
	}
	m, err := decisions.Read(d.Tables)
	var parse *dmn.ParseError
	switch {
	case errors.As(err, &parse):
		return []Problem{bad("read", parse.Line, parse.Element, parse.Reason)}
	case err != nil:
		return []Problem{bad("read", 1, "", err.Error())}
	}
	var out []Problem
	for _, p := range m.Check(d.Known(a)) {
		pairs := []any{"when", p.When}
		if len(p.Rules) > 0 {
			pairs = append(pairs, "rules", p.Rules)
		}
		out = append(out, bad(string(p.Kind), p.Line, p.Element, p.Reason, pairs...))
	}
	for _, id := range catalogue.TakenIDs(m, a.Offer.Situations, content.FieldIDs(a.Offer.Form)) {
		out = append(out, bad("id", 0, id, ""))
	}
	return out
}

// Known is what the tables may look at: answers, values of the case and what
// the steps of the draft give.
func (d *Draft) Known(a Surroundings) []string {
	c := &catalogue.Content{Situations: a.Offer.Situations}
	if p, err := d.process(); err == nil {
		for _, t := range caseflow.UserTasks(p) {
			c.Steps = append(c.Steps, catalogue.Step{Element: t.ID})
		}
	}
	return catalogue.KnownTo(c, content.FieldIDs(a.Offer.Form))
}

// maxTable bounds one table: more is not a table that anybody can read.
const (
	maxRules   = 500
	maxColumns = 30
)

// putTable writes a table back unless it has become one that nobody can use.
func putTable(f *table.File, t table.Table) error {
	if named(f, t) {
		return ErrTableNamed.With("name", t.Name)
	}
	if len(t.Rules) > maxRules || len(t.Columns[table.In])+len(t.Columns[table.Out])+len(t.Columns[table.Note]) > maxColumns {
		return ErrTableSize.With("rules", maxRules).With("columns", maxColumns)
	}
	return tableFault(f.Put(t))
}

// AddTable gives a draft one more decision table of that name, which looks at
// those answers, and returns its id.
func (s *Service) AddTable(ctx context.Context, region, item string, version int, name string, subjects []string) (id string, d Draft, err error) {
	d, err = s.editTables(withMerging(ctx), region, item, version, func(f *table.File, _ *Draft, a Surroundings) error {
		if id = freeID(f, a); id == "" {
			return ErrTableSize.With("rules", maxRules).With("columns", maxColumns)
		}
		t := table.Table{ID: id, Name: name, Policy: dmn.Unique}
		if named(f, t) {
			return ErrTableNamed.With("name", name)
		}
		for _, c := range a.Columns() {
			if slices.Contains(subjects, c.Of) {
				t.Insert(table.In, len(t.Columns[table.In]), c)
			}
		}
		t.Insert(table.Out, 0, table.Column{Label: "结果", Type: "string"})
		t.Insert(table.Note, 0, table.Column{Of: "依据"})
		t.Rules = append(t.Rules, t.NewRule())
		return tableFault(f.Add(t))
	})
	return id, d, err
}

// RemoveTable takes one decision table out of a draft; with the last decision
// goes the file.
func (s *Service) RemoveTable(ctx context.Context, region, item string, version int, decision string) (Draft, error) {
	return s.editTables(withMerging(ctx), region, item, version, func(f *table.File, d *Draft, _ Surroundings) error {
		if err := d.untouched(version, "tables/"+decision); err != nil {
			return err
		}
		return tableFault(f.Remove(decision))
	})
}

func (s *Service) editTables(ctx context.Context, region, item string, version int, change func(*table.File, *Draft, Surroundings) error) (Draft, error) {
	return s.keep(ctx, region, item, version, "design.flow.tables", func(d *Draft, a Surroundings) error {
		f := table.New(a.Offer.FullName())
		if len(d.Tables) > 0 {
			var err error
			if f, err = table.Read(d.Tables); err != nil {
				return ErrTables.Because(err)
			}
		}
		if err := change(f, d, a); err != nil {
			return err
		}
		if d.Tables = f.Bytes(); f.Empty() {
			d.Tables = nil
		}
		if len(d.Tables) > decisions.MaxBytes {
			return ErrTooLarge.With("max", decisions.MaxBytes>>10)
		}
		d.write(a)
		return nil
	})
}

// ErrTableNamed refuses a name that another table has: expressions know decisions
// by their names.
var ErrTableNamed = fault.Invalid("design.table_named")

// named tells whether another table has the name of this one.
func named(f *table.File, t table.Table) bool {
	return slices.ContainsFunc(f.Tables(), func(o table.Table) bool { return o.ID != t.ID && o.Name == t.Name })
}

// tableFault says in words of this capability why a table was not changed.
func tableFault(err error) error {
	switch {
	case errors.Is(err, table.ErrUnknown):
		return ErrNoTable
	case errors.Is(err, table.ErrNeeded):
		return ErrTableNeeded
	}
	return err
}

// freeID is an id for a new table that neither a table, nor a question, a field
// or a value of the case has.
func freeID(f *table.File, a Surroundings) string {
	taken := map[string]bool{}
	for _, t := range f.Tables() {
		taken[t.ID] = true
	}
	for _, s := range a.Subjects {
		taken[s.ID] = true
	}
	for n := 1; n <= maxRules; n++ {
		if id := "table_" + strconv.Itoa(n); !taken[id] {
			return id
		}
	}
	return ""
}

// kinds are the types of columns by the types of answers.
var kinds = map[string]string{"number": "number", "money": "number", "yesno": "boolean", "date": "date", "choice": "string", "text": "string", "textarea": "string"}

// Columns are what a new input of a table can look at: each answer that is one
// value, and the values of the case that decide something, with their types and
// allowed values.
func (a Surroundings) Columns() []table.Column {
	var out []table.Column
	for _, s := range a.Subjects {
		kind := kinds[s.Type]
		if kind == "" {
			continue
		}
		c := table.Column{Label: s.Zh, Of: s.ID, Type: kind}
		if kind == "string" && len(s.Options) > 0 {
			var values []string
			for _, o := range s.Options {
				values = append(values, strconv.Quote(o.ID))
			}
			c.Values = strings.Join(values, ", ")
		}
		out = append(out, c)
	}
	return append(out, table.Column{Label: "由单位申请", Of: "company", Type: "boolean"}, table.Column{Label: "从哪里来", Of: "channel", Type: "string", Values: `"online", "counter"`},
		table.Column{Label: "补正过", Of: "supplemented", Type: "boolean"})
}

// NewColumn is a column that somebody adds: an answer to look at, one more
// result, one more note.
func (a Surroundings) NewColumn(t *table.Table, p table.Part, look string) table.Column {
	n := len(t.Columns[p]) + 1
	switch p {
	case table.In:
		for _, c := range a.Columns() {
			if c.Of == look {
				return c
			}
		}
		return table.Column{}
	case table.Out:
		if n == 2 && t.Columns[p][0].Of == "" {
			t.Columns[p][0].Of = "result_1" // several outputs have names
		}
		return table.Column{Of: fmt.Sprintf("result_%d", n), Type: "string"}
	}
	return table.Column{Of: "说明"}
}

// Sheet gives one decision table of a draft as it can be changed.
func (d *Draft) Sheet(decision string) (table.Table, error) {
	f, err := table.Read(d.Tables)
	if err != nil {
		return table.Table{}, ErrNoTable.Because(err)
	}
	t, ok := f.Table(decision)
	if !ok {
		return t, ErrNoTable
	}
	return t, nil
}

// Sheets lists the decision tables of a draft; none when they cannot be read.
func (d *Draft) Sheets() []table.Table {
	f, err := table.Read(d.Tables)
	if err != nil {
		return nil
	}
	return f.Tables()
}

// Analyse looks for gaps and contradictions in one decision table; nil when the
// model does not work yet.
func (d *Draft) Analyse(decision string) *dmn.Analysis {
	m, err := dmn.Parse(bytes.NewReader(d.Tables))
	if err != nil || len(m.Check()) > 0 {
		return nil
	}
	a, err := m.Analyse(decision)
	if err != nil {
		return nil
	}
	return a
}

// Outputs lists what the decision tables of a draft give, by their id.
func (d *Draft) Outputs() map[string][]plan.Output {
	out := map[string][]plan.Output{}
	for _, t := range d.Sheets() {
		list := t.Policy == dmn.Collect || t.Policy == dmn.RuleOrder || t.Policy == dmn.OutputOrder
		for i, c := range t.Columns[table.Out] {
			o := plan.Output{Name: c.Of, Type: c.Type, List: list, Values: constants(t, i)}
			if t.Policy == dmn.CollectCount || t.Policy == dmn.CollectSum {
				o.Type, o.Values = "number", nil
			}
			if len(t.Columns[table.Out]) == 1 {
				o.Name = ""
			}
			out[t.ID] = append(out[t.ID], o)
		}
	}
	for _, k := range d.Decisions().Decisions() { // decisions that are no tables give one thing
		if _, ok := out[k.ID]; !ok {
			out[k.ID] = []plan.Output{{}}
		}
	}
	return out
}

// constants are the values that an output can have: those that its rules give,
// when none of them is worked out.
func constants(t table.Table, output int) []string {
	texts := []string{t.Columns[table.Out][output].Default}
	for _, r := range t.Rules {
		texts = append(texts, r.Cells[table.Out][output].Text)
	}
	var out []string
	for _, text := range texts {
		value := text
		if plain, err := strconv.Unquote(text); err == nil {
			value = plain
		} else if _, err := strconv.ParseFloat(text, 64); err != nil && text != "true" && text != "false" && text != "" {
			return nil
		}
		if value != "" && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}
