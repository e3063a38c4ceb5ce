package design_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/design"
	"tongban/gov/design/designtest"
	"tongban/gov/design/plan"
	"tongban/platform/dmn/table"
)

// TestDecision_inTheTree: a step of the tree asks a table that was written in
// the editor, and a condition behind it takes the way that the table says.
func TestDecision_inTheTree(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		id, d, err := b.AddTable(ctx, region, b.code, 0, "要不要现场核查", []string{"area"})
		if err != nil {
			t.Fatal(err)
		}
		d, _, _, err = b.EditTable(ctx, region, b.code, d.Version, id, design.TableEdit{Act: func(x *table.Table) error {
			x.Rules = append(x.Rules, x.NewRule())
			for i, line := range [][2]string{{"< 100", `"no"`}, {">= 100", `"yes"`}} {
				x.Rules[i].Cells[table.In][0].Text, x.Rules[i].Cells[table.Out][0].Text = line[0], line[1]
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		draw := func(value string, decide func(s *plan.Step)) []string {
			t.Helper()
			p := plan.New("按表")
			ask, _ := p.Add(plan.Decision, plan.Place{})
			s, _ := p.Find(ask)
			s.Table = id
			if decide != nil {
				decide(s)
			}
			fork, _ := p.Add(plan.Condition, plan.Place{Index: 1})
			look, _ := p.Add(plan.Approve, plan.Place{Owner: fork})
			f, _ := p.Find(fork)
			f.Branches[0].Name, f.Branches[1].Name = "要核查", "不用"
			f.Branches[0].When = []plan.Test{{Subject: ask, Op: "is", Value: value}}
			x, _ := p.Find(look)
			x.Name = "现场核查"
			if d, err = b.SaveTree(ctx, region, b.code, d.Version, p); err != nil {
				t.Fatal(err)
			}
			_, a, err := b.Open(ctx, region, b.code)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, p := range b.Check(d, a) {
				out = append(out, p.Code)
			}
			return out
		}
		if got := draw("perhaps", nil); !slices.Equal(got, []string{"test.never"}) {
			t.Errorf("a value that the table never gives: %v", got)
		}
		if got := draw("yes", func(s *plan.Step) { s.Table = "" }); !slices.Equal(got, []string{"table"}) {
			t.Errorf("no table: %v", got)
		}
		if got := draw("yes", func(s *plan.Step) { s.Table = "gone" }); !slices.Equal(got, []string{"table.gone"}) {
			t.Errorf("a table that is gone: %v", got)
		}
		if got := draw("yes", nil); len(got) > 0 {
			t.Fatalf("%v", got)
		}
		_, a, _ := b.Open(ctx, region, b.code)
		for area, first := range map[string]string{"150": "现场核查", "60": "审查"} {
			x, err := b.Try(ctx, d, a, map[string]string{"area": area}, nil)
			if err != nil || len(x.Open) != 1 || x.Open[0].Name != first || len(x.Rulings) != 1 {
				t.Errorf("%s: %+v %v", area, x, err)
			}
		}
		if !strings.Contains(string(d.File), "businessRuleTask") || !strings.Contains(string(d.Tables), table.Model) {
			t.Error("not what was drawn")
		}
		if list, err := b.Compare(d, a); err != nil || !slices.ContainsFunc(list, func(x design.Difference) bool { return x.What == "tables" }) {
			t.Errorf("%+v %v", list, err)
		}
		if out, err := designtest.Publish(ctx, b.Service, region, b.code, d.Version, time.Time{}); err != nil || out.Version != 2 {
			t.Errorf("%+v %v", out, err)
		}
	})
}
