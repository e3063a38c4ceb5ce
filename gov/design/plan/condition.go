package plan

import (
	"fmt"
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
			return "(" + result(s, t.Value) + ")"
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

// result is the expression for "this step gave that": a parallel step was
// returned or refused when one inside it was, approved when none was.
func result(s *Step, want string) string {
	switch s.Kind {
	case Joint:
		return jointResult(s, want)
	case Parallel:
		var parts []string
		join := " || "
		for i := range s.Branches {
			each(s.Branches[i].Steps, Place{}, func(in *Step, _ Place) bool {
				switch {
				case in.Kind != Approve && in.Kind != Joint:
				case want == "approve":
					join = " && "
					parts = append(parts, "!("+result(in, "return")+") && !("+result(in, "refuse")+")")
				default:
					parts = append(parts, result(in, want))
				}
				return true
			})
		}
		if len(parts) == 0 {
			return strconv.FormatBool(want == "approve")
		}
		return strings.Join(parts, join)
	default:
		return s.ID + "_outcome == " + strconv.Quote(want)
	}
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
