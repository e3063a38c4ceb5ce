package casework

import (
	"testing"

	"tongban/gov/design/plan"
	"tongban/platform/dmn"
	"tongban/platform/dmn/table"
)

// A tree asks a table with two results, and the conditions behind it look at
// both: the case takes the way that they say, in a running case as in the trial.
func TestRule_askedByATree(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		f := table.New("规则")
		sheet := table.Table{ID: "table_1", Name: "怎么查", Policy: dmn.Unique}
		sheet.Insert(table.In, 0, table.Column{Of: "sign", Type: "string"})
		sheet.Insert(table.Out, 0, table.Column{Of: "how", Type: "string"})
		sheet.Insert(table.Out, 1, table.Column{Of: "people", Type: "number"})
		for _, line := range [][3]string{{`"small"`, `"papers"`, "1"}, {`not("small")`, `"visit"`, "3"}} {
			r := sheet.NewRule()
			r.Cells[table.In][0].Text, r.Cells[table.Out][0].Text, r.Cells[table.Out][1].Text = line[0], line[1], line[2]
			sheet.Rules = append(sheet.Rules, r)
		}
		if err := f.Add(sheet); err != nil {
			t.Fatal(err)
		}
		p := plan.From(plan.Blank, "按表", nil, nil)
		p.Steps = []plan.Step{
			{ID: "decision_1", Kind: plan.Decision, Name: "怎么查", Table: "table_1"},
			{ID: "condition_1", Kind: plan.Condition, Name: "查法", Branches: []plan.Branch{
				{Name: "去看", When: []plan.Test{{Subject: "decision_1.how", Op: "is", Value: "visit"}, {Subject: "decision_1.people", Op: "more", Value: "2"}}, Steps: []plan.Step{{ID: "visit", Kind: plan.Approve, Name: "现场核查", Post: "examiner", Days: 3}}},
				{Name: "看材料", Steps: []plan.Step{{ID: "papers", Kind: plan.Approve, Name: "书面审查", Post: "examiner", Days: 3}}},
			}},
		}
		if err := w.publishWith(string(p.Write("flow", func(c string) string { return c })), string(f.Bytes()), "visit", "papers", "decide"); err != nil {
			t.Fatal(err)
		}
		for sign, want := range map[string]string{"small": "papers", "large": "visit"} {
			answers := dineIn()
			answers["sign"] = sign
			c := w.accepted(answers)
			if got := w.open(c); got[want].ID == "" || len(got) != 1 {
				t.Errorf("%s: open %v", sign, keys(got))
			}
			if said := w.ruled(c); len(said) != 1 || said[0].Step != "怎么查" {
				t.Errorf("%s: %+v", sign, said)
			}
		}
	})
}
