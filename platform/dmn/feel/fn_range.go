package feel

import (
	"tongban/platform/dmn/feel/builtin"
)

func init() { builtin.Define("range(from:s)", fnRange) }

// fnRange reads a range from text; its ends are literals, one may be missing.
func fnRange(r *Run, a []Value) Value {
	p, err := newParser(a[0].(string), Options{})
	if err != nil || !r.Spend(len(a[0].(string))) {
		return nil
	}
	p.openEnds = true
	var n node
	if err := p.run(func() { n = p.element() }); err != nil || len(p.free) > 0 || len(p.problems) > 0 {
		return nil
	}
	if l, ok := n.(*literal); ok {
		if x, ok := l.val.(*Range); ok {
			return x
		}
	}
	x, ok := n.(*rangeOf)
	if !ok || !isLiteral(x.low) || !isLiteral(x.high) {
		return nil
	}
	return n.eval(r, nil)
}

// isLiteral accepts literals and date("…") and its like.
func isLiteral(n node) bool {
	switch x := n.(type) {
	case nil, *literal:
		return true
	case *call:
		for _, a := range x.args {
			if _, ok := a.(*literal); !ok {
				return false
			}
		}
		f, ok := x.fn.(*nameRef)
		return ok && (f.name == "date" || f.name == "time" || f.name == "date and time" || f.name == "duration")
	}
	return false
}
