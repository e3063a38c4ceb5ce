package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// asked finds the decision that a test looks at, and which of its outputs.
func (p *Plan) asked(subject string) (s *Step, output string) {
	id, output, _ := strings.Cut(subject, ".")
	if s, _ = p.Find(id); s == nil || s.Kind != Decision {
		return nil, ""
	}
	return s, output
}

// Asked finds the decision that a test looks at, and which of its outputs; nil
// when it looks at something else.
func (p *Plan) Asked(t Test) (s *Step, output string) { return p.asked(t.Subject) }

// Result is the variable that takes what the table of a decision gives.
func (s *Step) Result() string { return s.ID + "_result" }

// given is the expression for a test of what a table gave. A table that gave
// nothing passes no test but not.
func given(s *Step, output string, t Test) string {
	x := s.Result()
	if output != "" {
		x = fmt.Sprintf("(%s ?? {}).%s", x, output)
	}
	value := strconv.Quote(t.Value)
	switch t.Op {
	case "not":
		return fmt.Sprintf(`string(%s ?? "") != %s`, x, value)
	case "has":
		return fmt.Sprintf(`any(%s ?? [], string(#) == %s)`, x, value)
	case "more":
		return fmt.Sprintf(`((%[1]s ?? nil) != nil && float(%[1]s) > %[2]s)`, x, t.Value)
	case "less":
		return fmt.Sprintf(`((%[1]s ?? nil) != nil && float(%[1]s) < %[2]s)`, x, t.Value)
	}
	return fmt.Sprintf(`string(%s ?? "") == %s`, x, value)
}

// given checks a test of what a table gives: that the table is asked before,
// gives that, and can give the value at all.
func (c *checker) given(step string, branch int, t Test, s *Step, output string) {
	outputs, known := c.a.Tables[s.Table]
	if !c.before[s.ID] {
		c.bad(step, branch, "test.step", "step", s.ID)
		return
	}
	if !known {
		return // reported at the decision itself
	}
	i := slices.IndexFunc(outputs, func(o Output) bool { return o.Name == output || output == "" && len(outputs) == 1 })
	if i < 0 {
		c.bad(step, branch, "test.output", "step", s.ID, "output", output)
		return
	}
	o := outputs[i]
	switch {
	case !slices.Contains(Ops, t.Op):
		c.bad(step, branch, "test.op")
	case t.Value == "":
		c.bad(step, branch, "test.value")
	case o.List != (t.Op == "has"):
		c.bad(step, branch, map[bool]string{true: "test.list", false: "test.single"}[o.List])
	case t.Op == "more" || t.Op == "less":
		if _, err := strconv.ParseFloat(t.Value, 64); err != nil || o.Type != "number" {
			c.bad(step, branch, "test.number")
		}
	case len(o.Values) > 0 && !slices.Contains(o.Values, t.Value):
		c.bad(step, branch, "test.never", "step", s.ID, "value", t.Value, "values", strings.Join(o.Values, "、"))
	}
}
