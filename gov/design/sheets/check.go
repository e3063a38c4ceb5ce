package sheets

import (
	"errors"
	"slices"
	"strings"

	"tongban/platform/dmn/feel"
	"tongban/platform/dmn/table"
)

// Problem is one thing that is wrong in a cell, or in a column when Row is -1.
type Problem struct {
	Part     table.Part
	Row, Col int
	Code     string // words are kept by this code
	Pairs    []any
}

// Check lists what is wrong cell by cell. known are the names that columns may
// look at; a cell may look at those of its own table's inputs.
func Check(t table.Table, known []string) []Problem {
	var out []Problem
	bad := func(p table.Part, row, col int, found ...Problem) {
		for _, f := range found {
			f.Part, f.Row, f.Col = p, row, col
			out = append(out, f)
		}
	}
	var inputs []string
	for i, c := range t.Columns[table.In] {
		bad(table.In, -1, i, expression(c.Of, "", known)...)
		bad(table.In, -1, i, values(c)...)
		inputs = append(inputs, c.Of)
	}
	for i, c := range t.Columns[table.Out] {
		bad(table.Out, -1, i, values(c)...)
		twice := slices.ContainsFunc(t.Columns[table.Out][:i], func(o table.Column) bool { return o.Of == c.Of })
		switch {
		case len(t.Columns[table.Out]) > 1 && !simple(c.Of):
			bad(table.Out, -1, i, Problem{Code: "name"})
		case len(t.Columns[table.Out]) > 1 && twice:
			bad(table.Out, -1, i, Problem{Code: "name_twice", Pairs: []any{"name", c.Of}})
		}
		if c.Default != "" {
			bad(table.Out, -1, i, cell(c.Default, table.Out, c, inputs)...)
		}
	}
	for r, rule := range t.Rules {
		for p := table.In; p <= table.Out; p++ {
			for i, c := range rule.Cells[p] {
				bad(p, r, i, cell(c.Text, p, t.Columns[p][i], inputs)...)
			}
		}
	}
	return out
}

// simple tells whether a name can be asked for in conditions.
func simple(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

func values(c table.Column) []Problem {
	if c.Values == "" {
		return nil
	}
	t, err := feel.ParseTests(c.Values, feel.Options{})
	if err != nil {
		return []Problem{syntax(err, "values", c.Values)}
	}
	return typed(t, table.Column{Type: c.Type})
}

// cell is what is wrong with one cell.
func cell(text string, p table.Part, c table.Column, known []string) []Problem {
	if p == table.Out {
		if strings.TrimSpace(text) == "" {
			return []Problem{{Code: "empty"}}
		}
		return expression(text, c.Type, known, c)
	}
	if text == "" || text == "-" {
		return nil
	}
	t, err := feel.ParseTests(text, feel.Options{Names: names(append([]string{"?"}, known...))})
	if err != nil {
		return []Problem{syntax(err, "cell", text)}
	}
	if found := free(t.Free(), append([]string{"?"}, known...)); found != nil {
		return found
	}
	return typed(t, c)
}

// typed compares constant tests with the type and the allowed values.
func typed(t *feel.Tests, c table.Column) []Problem {
	parts, _, ok := t.Parts()
	if !ok {
		return nil
	}
	for _, v := range parts {
		ends := []feel.Value{v}
		if r, is := v.(*feel.Range); is {
			ends = []feel.Value{r.Low, r.High}
		}
		for _, e := range ends {
			if found := one(e, c); found != nil {
				return found
			}
		}
	}
	return nil
}

// one compares a value with the type and the allowed values of its column.
func one(v feel.Value, c table.Column) []Problem {
	if v == nil {
		return nil
	}
	kind := ""
	switch v.(type) {
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case feel.Number:
		kind = "number"
	}
	if slices.Contains([]string{"string", "number", "boolean"}, c.Type) && kind != c.Type || c.Type == "date" && kind != "" {
		return []Problem{{Code: "type." + c.Type, Pairs: []any{"value", feel.Source(v)}}}
	}
	if c.Values == "" {
		return nil
	}
	allowed, err := feel.ParseTests(c.Values, feel.Options{})
	if err != nil || allowed.Match(feel.NewRun(feel.Limits{Steps: 10_000}), nil, v) != false {
		return nil
	}
	return []Problem{{Code: "allowed", Pairs: []any{"value", feel.Source(v), "allowed", c.Values}}}
}

// expression is what is wrong with an expression; columns are asked for the
// type and the allowed values of a constant.
func expression(text, kind string, known []string, columns ...table.Column) []Problem {
	if strings.TrimSpace(text) == "" {
		return []Problem{{Code: "empty"}}
	}
	x, err := feel.Parse(text, feel.Options{Names: names(known)})
	if err != nil {
		return []Problem{syntax(err, "cell", text)}
	}
	if p := x.Problems(); len(p) > 0 {
		return []Problem{syntax(p[0], "cell", text)}
	}
	if found := free(x.Free(), known); found != nil {
		return found
	}
	if len(x.Free()) > 0 || len(columns) == 0 {
		return nil
	}
	v, _, err := x.Explain(nil, feel.Limits{Steps: 10_000})
	if err != nil {
		return nil // too long to try here; running it has its own budget
	}
	return one(v, columns[0])
}

func free(refs []feel.Ref, known []string) []Problem {
	for _, r := range refs {
		if !r.Maybe && !slices.Contains(known, r.Name) {
			return []Problem{{Code: "unknown", Pairs: []any{"name", r.Name}}}
		}
	}
	return nil
}

// syntax places what cannot be understood; rest is the text from there on.
func syntax(err error, what, text string) Problem {
	column := 1
	var s *feel.SyntaxError
	if errors.As(err, &s) && s.Line == 1 {
		column = s.Column
	}
	rest := []rune(text)
	if rest = rest[min(max(column-1, 0), len(rest)):]; len(rest) > maxRest {
		rest = append(rest[:maxRest:maxRest], '…')
	}
	if len(rest) == 0 {
		what += ".end"
	}
	return Problem{Code: what, Pairs: []any{"rest", string(rest)}}
}

// maxRest is how many characters of a text are quoted in a message.
const maxRest = 20
