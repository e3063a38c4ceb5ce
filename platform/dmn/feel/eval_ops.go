package feel

import "tongban/platform/dmn/feel/value"

func (n *negation) eval(r *Run, s *Scope) Value {
	switch x := n.of.eval(r, s).(type) {
	case Number:
		return x.Neg()
	case DayDuration:
		return x.Neg()
	case MonthDuration:
		return -x
	case nil:
		return nil
	default:
		return r.Null("line %d: a %s has no negative", n.line, value.KindOf(x))
	}
}

func (n *binary) eval(r *Run, s *Scope) Value {
	if !r.Spend(1) {
		return nil
	}
	left := n.left.eval(r, s)
	switch n.op {
	case "and":
		if left == false {
			return false
		}
		return value.And(left, n.right.eval(r, s))
	case "or":
		if left == true {
			return true
		}
		return value.Or(left, n.right.eval(r, s))
	}
	right := n.right.eval(r, s)
	switch n.op {
	case "=":
		return r.Equal(left, right)
	case "!=":
		if b, ok := r.Equal(left, right).(bool); ok {
			return !b
		}
		return nil
	case "<", "<=", ">", ">=":
		v := order(n.op, left, right)
		if v == nil && left != nil && right != nil {
			r.Note("line %d: a %s and a %s have no order", n.line, value.KindOf(left), value.KindOf(right))
		}
		return v
	}
	if left == nil || right == nil {
		return r.Null("line %d: %s with null is null", n.line, n.op)
	}
	v := arithmetic(r, n.op, left, right)
	if v == nil {
		r.Note("line %d: %s %s %s has no value", n.line, brief(left), n.op, brief(right))
	}
	return v
}

// brief writes numbers as they are and names the kind of everything else.
func brief(v Value) string {
	if n, ok := v.(Number); ok {
		return n.String()
	}
	return value.KindOf(v).String()
}

// order applies <, <=, > or >=.
func order(op string, a, b Value) Value {
	c, ok := value.Compare(a, b)
	if !ok {
		return nil
	}
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (n *between) eval(r *Run, s *Scope) Value {
	v, low, high := n.of.eval(r, s), n.low.eval(r, s), n.high.eval(r, s)
	return value.And(order(">=", v, low), order("<=", v, high))
}

// orNull turns a result that may have failed into a value.
func orNull[T any](v T, ok bool) Value {
	if !ok {
		return nil
	}
	return v
}

func arithmetic(r *Run, op string, a, b Value) Value {
	if x, ok := a.(Number); ok {
		if y, ok := b.(Number); ok {
			return numbers(r, op, x, y)
		}
	}
	switch op {
	case "+":
		if x, ok := a.(string); ok {
			if y, ok := b.(string); ok && r.Spend((len(x)+len(y))/32) {
				return x + y
			}
			return nil
		}
		if v := addTemporal(a, b); v != nil {
			return v
		}
		return addTemporal(b, a)
	case "-":
		return subTemporal(a, b)
	case "*":
		if v := scale(r, a, b); v != nil {
			return v
		}
		return scale(r, b, a)
	case "/":
		return divide(r, a, b)
	}
	return nil
}

func numbers(r *Run, op string, x, y Number) Value {
	if !r.Spend(x.Cost(y)) {
		return nil
	}
	switch op {
	case "+":
		return orNull(x.Add(y))
	case "-":
		return orNull(x.Sub(y))
	case "*":
		return orNull(x.Mul(y))
	case "/":
		return orNull(x.Div(y))
	}
	steps := 100
	if _, whole := y.Int64(); !whole {
		steps = 2000
	}
	if !r.Spend(steps) {
		return nil
	}
	return orNull(x.Pow(y))
}

// addTemporal adds a duration b to a.
func addTemporal(a, b Value) Value {
	switch d := b.(type) {
	case DayDuration:
		switch x := a.(type) {
		case DayDuration:
			return orNull(x.Plus(d))
		case Date:
			t, ok := x.Midnight().Plus(d)
			return orNull(t.Date, ok)
		case DateTime:
			return orNull(x.Plus(d))
		case Time:
			return x.Plus(d)
		}
	case MonthDuration:
		switch x := a.(type) {
		case MonthDuration:
			if s := x + d; max(s, -s) <= value.MaxMonths {
				return s
			}
		case Date:
			return orNull(x.AddMonths(int64(d)))
		case DateTime:
			day, ok := x.Date.AddMonths(int64(d))
			return orNull(DateTime{Date: day, Time: x.Time}, ok)
		}
	}
	return nil
}

func subTemporal(a, b Value) Value {
	switch y := b.(type) {
	case DayDuration:
		return addTemporal(a, y.Neg())
	case MonthDuration:
		return addTemporal(a, -y)
	case Time:
		if x, ok := a.(Time); ok {
			return orNull(x.OnEpoch().Minus(y.OnEpoch()))
		}
	case Date, DateTime:
		x, ok1 := value.MomentOf(a)
		z, ok2 := value.MomentOf(b)
		if ok1 && ok2 {
			return orNull(x.Minus(z))
		}
	}
	return nil
}

// scale multiplies a duration by a number.
func scale(r *Run, a, b Value) Value {
	n, ok := b.(Number)
	if !ok {
		return nil
	}
	switch d := a.(type) {
	case DayDuration:
		p, ok := d.InSeconds().Mul(n)
		if !ok {
			return nil
		}
		return orNull(value.DurationOf(p))
	case MonthDuration:
		p, ok := Int(int64(d)).Mul(n)
		return months(p, ok)
	}
	return nil
}

// months makes a duration of months, what is less than one is cut.
func months(n Number, ok bool) Value {
	if !ok {
		return nil
	}
	n, ok = n.Round(0, value.RoundDown)
	i, whole := n.Int64()
	if !ok || !whole || max(i, -i) > value.MaxMonths {
		return nil
	}
	return MonthDuration(i)
}

func divide(r *Run, a, b Value) Value {
	switch x := a.(type) {
	case DayDuration:
		switch y := b.(type) {
		case DayDuration:
			return orNull(x.InSeconds().Div(y.InSeconds()))
		case Number:
			q, ok := x.InSeconds().Div(y)
			if !ok {
				return nil
			}
			return orNull(value.DurationOf(q))
		}
	case MonthDuration:
		switch y := b.(type) {
		case MonthDuration:
			return orNull(Int(int64(x)).Div(Int(int64(y))))
		case Number:
			return months(Int(int64(x)).Div(y))
		}
	}
	return nil
}
