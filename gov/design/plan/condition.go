package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// condition is the expression for tests that must all hold.
func (p *Plan) condition(tests []Test) string {
	var parts []string
	for _, t := range tests {
		parts = append(parts, p.test(t))
	}
	return strings.Join(parts, " && ")
}

func (p *Plan) test(t Test) string {
	if s, output := p.asked(t.Subject); s != nil {
		return given(s, output, t)
	}
	value := strconv.Quote(t.Value)
	switch t.Op {
	case "result":
		if s, _ := p.Find(t.Subject); s != nil {
			return "(" + p.result(s, t.Value, nil) + ")"
		}
		return "false"
	case "not":
		return t.Subject + " != " + value
	case "has":
		return fmt.Sprintf(`(%s in split(%s ?? "", "\n"))`, value, t.Subject)
	case "more":
		return fmt.Sprintf(`((%[1]s ?? "") != "" && float(%[1]s) > %[2]s)`, t.Subject, t.Value)
	case "less":
		return fmt.Sprintf(`((%[1]s ?? "") != "" && float(%[1]s) < %[2]s)`, t.Subject, t.Value)
	default:
		return t.Subject + " == " + value
	}
}

// result is the expression for "this step gave that": a parallel step and a
// called process were returned or refused when a step inside was, approved when
// none was.
func (p *Plan) result(s *Step, want string, within []string) string {
	var rows [][]Step
	switch s.Kind {
	case Joint:
		return jointResult(s, want)
	case Parallel:
		for i := range s.Branches {
			rows = append(rows, s.Branches[i].Steps)
		}
	case Call:
		if f := p.Flow(s.Flow); f != nil && !slices.Contains(within, f.ID) {
			within = append(slices.Clone(within), f.ID)
			rows = append(rows, f.Steps)
		}
	default:
		return s.ID + "_outcome == " + strconv.Quote(want)
	}
	var parts []string
	join := " || "
	for _, row := range rows {
		each(row, Place{}, func(in *Step, _ Place) bool {
			switch {
			case in.Kind != Approve && in.Kind != Joint && in.Kind != Call:
			case want == "approve":
				join = " && "
				parts = append(parts, "!("+p.result(in, "return", within)+") && !("+p.result(in, "refuse", within)+")")
			default:
				parts = append(parts, p.result(in, want, within))
			}
			return true
		})
	}
	if len(parts) == 0 {
		return strconv.FormatBool(want == "approve")
	}
	return strings.Join(parts, join)
}

// jointResult reads what the rule of the step made of all results: one that
// nobody was asked at stands in nobody's way.
func jointResult(s *Step, want string) string {
	if want == "approve" {
		return fmt.Sprintf(`(%s_outcome ?? "approve") == "approve"`, s.ID)
	}
	return s.ID + "_outcome == " + strconv.Quote(want)
}

// rule is when a joint step is done, as completion says it: together waits for
// everybody's answer, in turn stops at the first that is not an approval, any at
// the first approval, a share when it is reached or no longer can be.
func rule(s *Step) string {
	switch s.Mode {
	case Any:
		return "any"
	case Share:
		return strconv.Itoa(s.Share) + "%"
	case Turn:
		return "100%"
	default:
		return ""
	}
}
