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

// votes is the variable that holds the results of a joint step.
func votes(id string) string { return id + "_votes" }

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

func jointResult(s *Step, want string) string {
	v := "(" + votes(s.ID) + " ?? [])"
	returned := fmt.Sprintf(`any(%s, # == "return")`, v)
	passed := fmt.Sprintf(`all(%s, # == "approve")`, v)
	switch s.Mode {
	case Any:
		passed = fmt.Sprintf(`any(%s, # == "approve")`, v)
	case Share:
		passed = fmt.Sprintf(`count(%[1]s, # == "approve") * 100 >= %[2]d * len(%[1]s)`, v, s.Share)
	}
	switch want {
	case "return":
		return returned
	case "approve":
		return passed
	default:
		return fmt.Sprintf("!(%s) && !(%s)", passed, returned)
	}
}

// enough is when a joint step is done before everybody has answered.
func enough(s *Step) string {
	switch s.Mode {
	case Any:
		return "${nrOfCompletedInstances >= 1}"
	case Share: // enough approvals, or so many refusals that the share cannot be reached
		v := votes(s.ID)
		return fmt.Sprintf(`${count(%[1]s, # == "approve") * 100 >= %[2]d * nrOfInstances || count(%[1]s, # == "refuse") * 100 > %[3]d * nrOfInstances}`, v, s.Share, 100-s.Share)
	default:
		return ""
	}
}
