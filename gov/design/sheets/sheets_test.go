package sheets_test

import (
	"testing"

	"tongban/gov/design/sheets"
	"tongban/platform/dmn/table"
)

var known = []string{"area", "kind"}

func TestTidy(t *testing.T) {
	for _, c := range []struct {
		text string
		part table.Part
		kind string
		want string
	}{
		{"", table.In, "string", "-"}, {"不限", table.In, "number", "-"}, {" - ", table.In, "", "-"},
		{"≥150", table.In, "number", ">=150"}, {"1,200", table.In, "number", "1,200"}, {"[1..5]", table.In, "number", "[1..5]"},
		{"是", table.In, "boolean", "true"}, {"No", table.In, "boolean", "false"}, {"true", table.In, "boolean", "true"},
		{"餐饮", table.In, "string", `"餐饮"`}, {"hot，cold", table.In, "string", `"hot", "cold"`}, {`“餐饮”`, table.In, "string", `"餐饮"`},
		{"不是外卖", table.In, "string", `not("外卖")`}, {"not(a, b)", table.In, "string", `not("a", "b")`}, {"!= a", table.In, "string", `not("a")`},
		{`"a", b`, table.In, "string", `"a", "b"`}, {"kind", table.In, "string", "kind"}, {`starts with(?, "9")`, table.In, "string", `starts with(?, "9")`},
		{"small", table.Out, "string", `"small"`}, {"null", table.Out, "string", "null"}, {"area * 2", table.Out, "number", "area * 2"}, {"８", table.Out, "number", "８"},
		{"<2026-12-01", table.In, "date", `<date("2026-12-01")`}, {"第三条，第一款", table.Note, "", "第三条，第一款"},
	} {
		got := sheets.Tidy(c.text, c.part, table.Column{Type: c.kind}, known)
		if got != c.want {
			t.Errorf("%q in a column of %s: %q, want %q", c.text, c.kind, got, c.want)
		}
		if again := sheets.Tidy(got, c.part, table.Column{Type: c.kind}, known); again != got {
			t.Errorf("%q is tidied once more to %q", got, again)
		}
	}
	if got := sheets.TidyValues("a\n b c\n\n\"d\"", table.Column{Type: "string"}); got != `"a", "b c", "d"` {
		t.Errorf("%q", got)
	}
}

func TestCheck_atTheCell(t *testing.T) {
	tab := table.Table{ID: "x"}
	tab.Insert(table.In, 0, table.Column{Of: "area", Type: "number"})
	tab.Insert(table.In, 1, table.Column{Of: "kind", Type: "string", Values: `"hot", "cold"`})
	tab.Insert(table.Out, 0, table.Column{Type: "string", Values: `"yes", "no"`})
	set := func(a, b, c string) []sheets.Problem {
		r := tab.NewRule()
		r.Cells[table.In][0].Text, r.Cells[table.In][1].Text, r.Cells[table.Out][0].Text = a, b, c
		tab.Rules = []table.Rule{tab.NewRule(), r}
		tab.Rules[0].Cells[table.Out][0].Text = `"yes"`
		return sheets.Check(tab, known)
	}
	for _, c := range []struct {
		a, b, c  string
		part     table.Part
		col      int
		code     string
		sentence bool
	}{
		{"< 5", `"hot"`, `"no"`, 0, 0, "", false},
		{"<", `"hot"`, `"no"`, table.In, 0, "cell.end", true},
		{"> 1 >", `"hot"`, `"no"`, table.In, 0, "cell", true},
		{`"5"`, "-", `"no"`, table.In, 0, "type.number", false},
		{"-", `"warm"`, `"no"`, table.In, 1, "allowed", false},
		{"-", "size", `"no"`, table.In, 1, "unknown", false},
		{"-", "-", "", table.Out, 0, "empty", false},
		{"-", "-", `"maybe"`, table.Out, 0, "allowed", false},
		{"-", "-", "7", table.Out, 0, "type.string", false},
		{"-", "-", `if area > 3 then "yes" else "no"`, table.Out, 0, "", false},
	} {
		got := set(c.a, c.b, c.c)
		if c.code == "" {
			if len(got) > 0 {
				t.Errorf("%v: %+v", c, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Code != c.code || got[0].Part != c.part || got[0].Col != c.col || got[0].Row != 1 {
			t.Errorf("%v: %+v", c, got)
		}
	}
	tab.Columns[table.In][0].Of = "nothing"
	if got := set("-", "-", `"no"`); len(got) != 1 || got[0].Row != -1 || got[0].Code != "unknown" {
		t.Errorf("%+v", got)
	}
}
