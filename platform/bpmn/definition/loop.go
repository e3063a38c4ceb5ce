package definition

import (
	"fmt"
	"strconv"
	"strings"
)

// loopReader collects the parts of a loop and the first thing wrong with them.
type loopReader struct {
	l   *Loop
	err error
}

func (r *loopReader) set(into **Expr, k *node, text string) {
	if text == "" || r.err != nil {
		return
	}
	x, bad := Compile(text)
	if bad != nil {
		r.err = k.refuse("%v", bad)
		return
	}
	*into = x
}

// child reads one child of multiInstanceLoopCharacteristics.
func (r *loopReader) child(k *node, over *string) error {
	switch {
	case k.is("loopCardinality"):
		r.set(&r.l.Cardinality, k, k.trimmed())
		if card, bad := strconv.Atoi(Unwrap(k.trimmed())); bad == nil && card < 0 {
			return k.refuse("cannot run %d times", card)
		}
	case k.is("completionCondition"):
		r.set(&r.l.Until, k, k.trimmed())
	case k.is("loopDataInputRef"):
		*over = k.trimmed()
	case k.is("inputDataItem"):
		r.l.Variable = k.attr("name")
	case k.is("documentation"):
	case k.is("extensionElements"):
		for _, x := range k.kids {
			switch x.name.Local {
			case "variableAggregation":
				if err := r.aggregate(x); err != nil {
					return err
				}
			case "loopCharacteristics":
			default:
				return x.refuse("in multi-instance is not supported; use the attributes collection and elementVariable")
			}
		}
	default:
		return k.refuse("in multi-instance is not supported")
	}
	return nil
}

// aggregate reads Flowable's variableAggregation as an output of records.
func (r *loopReader) aggregate(x *node) error {
	if r.l.Record != nil {
		return x.refuse("is a second aggregation; one is supported")
	}
	if x.attr("target") == "" || hasTemplate(x.attr("target")) {
		return x.refuse("needs the name of a target")
	}
	r.l.OutputName = x.attr("target")
	for _, v := range x.kids {
		list, err := mapping(r.l.Record, v)
		if err != nil {
			return err
		}
		r.l.Record = list
	}
	if r.l.Record == nil {
		return x.refuse("aggregates no variable")
	}
	for _, a := range x.attrs {
		if a.Name.Local == "class" || a.Name.Local == "delegateExpression" {
			return x.refuse("aggregates by code, which is not supported")
		}
	}
	return nil
}

// rule reads "all", "any", "60%", "2/3" or "3".
func (r *loopReader) rule(k *node, text, counts string) *Rule {
	rule, err := ParseRule(text)
	if err != nil && r.err == nil {
		r.err = k.refuse("%v", err)
	}
	if rule != nil {
		r.set(&rule.If, k, counts)
	}
	return rule
}

// ParseRule reads when signers are enough: all, any, a share such as 60% or
// 2/3, or a number. All needs no rule and gives nil.
func ParseRule(text string) (*Rule, error) {
	text = strings.TrimSpace(text)
	bad := fmt.Errorf("completion %q is none of all, any, a share such as 60%% or 2/3, or a number", text)
	switch {
	case text == "" || text == "all":
		return nil, nil
	case text == "any":
		return &Rule{Any: true}, nil
	case strings.HasSuffix(text, "%"):
		v, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err != nil || v <= 0 || v > 100 {
			return nil, bad
		}
		return &Rule{Share: v / 100}, nil
	case strings.Contains(text, "/"):
		a, b, _ := strings.Cut(text, "/")
		x, err1 := strconv.Atoi(strings.TrimSpace(a))
		y, err2 := strconv.Atoi(strings.TrimSpace(b))
		if err1 != nil || err2 != nil || x <= 0 || y < x {
			return nil, bad
		}
		return &Rule{Share: float64(x) / float64(y)}, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return nil, bad
	}
	return &Rule{Count: n}, nil
}

// Need is how many of a number of signers are needed.
func (r *Rule) Need(total int) int {
	switch need := 1; {
	case r.Share > 0:
		for float64(need) < r.Share*float64(total)-1e-9 {
			need++
		}
		return need
	case r.Count > 0:
		return min(r.Count, total)
	default:
		return need
	}
}

// Met says whether the rule is met or can no longer be met.
func (r *Rule) Met(counted, done, total int) bool {
	need := r.Need(total)
	return counted >= need || counted+total-done < need
}

// typed turns the text of a start value into a value.
func typed(text, kind string) (any, error) {
	switch kind {
	case "int", "integer", "long", "short":
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("has the start value %q, which is no whole number", text)
		}
		return n, nil
	case "double", "float", "decimal":
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("has the start value %q, which is no number", text)
		}
		return v, nil
	case "boolean":
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("has the start value %q, which is neither true nor false", text)
		}
		return v, nil
	}
	return text, nil
}
