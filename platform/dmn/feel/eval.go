package feel

import (
	"tongban/platform/dmn/feel/builtin"
	"tongban/platform/dmn/feel/value"
)

func (n *literal) eval(r *Run, _ *Scope) Value {
	r.Spend(1)
	return n.val
}

func (n *nameRef) eval(r *Run, s *Scope) Value {
	if !r.Spend(1) {
		return nil
	}
	if v, ok := s.Lookup(n.name); ok {
		return v
	}
	if f, ok := builtin.Lookup(n.name); ok {
		return f
	}
	return r.Null("line %d: %q is not known here", n.line, n.name)
}

func (n *pathStep) eval(r *Run, s *Scope) Value { return step(r, n.of.eval(r, s), n.name, n.line) }

// step gives what a name after a point stands for.
func step(r *Run, v Value, name string, line int) Value {
	if !r.Spend(1) {
		return nil
	}
	switch x := v.(type) {
	case nil:
		return nil
	case *Context:
		e, ok := x.Get(name)
		if !ok {
			r.Note("line %d: the context has no entry %q", line, name)
		}
		return e
	case []any:
		out := make([]any, 0, len(x))
		for _, e := range x {
			out = append(out, step(r, e, name, line))
		}
		return out
	case *Range:
		switch name {
		case "start":
			return x.Low
		case "end":
			return x.High
		case "start included":
			return x.LowIn
		case "end included":
			return x.HighIn
		}
	default:
		if p, ok := value.Property(v, name); ok {
			return p
		}
	}
	return r.Null("line %d: a %s has no %q", line, value.KindOf(v), name)
}

func (n *filter) eval(r *Run, s *Scope) Value {
	v := n.of.eval(r, s)
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			list = nil
		} else {
			list = []any{v}
		}
	}
	if l, ok := n.cond.(*literal); ok {
		if i, ok := l.val.(Number); ok {
			return index(r, list, i, n.line)
		}
	}
	if len(list) == 0 {
		if i, ok := n.cond.eval(r, s.With("item", nil)).(Number); ok {
			return index(r, list, i, n.line)
		}
		return []any{}
	}
	out := []any{}
	for i, e := range list {
		inner := s.With("item", e)
		if c, ok := e.(*Context); ok {
			inner = inner.WithContext(c)
		}
		if !r.Spend(1) {
			return nil
		}
		switch c := n.cond.eval(r, inner).(type) {
		case Number:
			if i == 0 {
				return index(r, list, c, n.line)
			}
		case bool:
			if c {
				out = append(out, e)
			}
		case nil:
		default:
			return r.Null("line %d: a filter must give true, false or a number, not a %s", n.line, value.KindOf(c))
		}
	}
	return out
}

// index gives the element at a position, counted from 1, or from the end when
// it is negative.
func index(r *Run, list []any, n Number, line int) Value {
	i, ok := n.Int64()
	if ok && i < 0 {
		i += int64(len(list)) + 1
	}
	if !ok || i < 1 || i > int64(len(list)) {
		return r.Null("line %d: the list has %d elements and no element number %s", line, len(list), n)
	}
	return list[i-1]
}

func (n *call) eval(r *Run, s *Scope) Value {
	if !r.Spend(2) {
		return nil
	}
	fn := n.fn.eval(r, s)
	f, ok := fn.(*Function)
	if !ok {
		if fn != nil {
			r.Note("line %d: %s is a %s and cannot be called", n.line, n.title, value.KindOf(fn))
		}
		return nil
	}
	args := make([]Value, len(n.args))
	for i, a := range n.args {
		args[i] = a.eval(r, s)
	}
	if n.names != nil {
		return r.InvokeNamed(f, n.names, args)
	}
	return r.Invoke(f, args)
}

func (n *listOf) eval(r *Run, s *Scope) Value {
	out := make([]any, len(n.elems))
	for i, e := range n.elems {
		out[i] = e.eval(r, s)
	}
	if !r.Spend(1 + len(out)/8) {
		return nil
	}
	return out
}

func (n *contextOf) eval(r *Run, s *Scope) Value {
	c := &Context{}
	inner := s.WithContext(c)
	for i, k := range n.keys {
		if _, twice := c.Get(k); twice {
			return r.Null("line %d: the context has two entries %q", n.line, k)
		}
		v := n.vals[i].eval(r, inner)
		if f, ok := v.(*Function); ok && f.Name == "" {
			f.Name = k
		}
		c.Append(k, v)
		if !r.Spend(1) {
			return nil
		}
	}
	return c
}

func (n *rangeOf) eval(r *Run, s *Scope) Value {
	x := &Range{LowIn: n.lowIn, HighIn: n.highIn}
	if n.low != nil {
		x.Low = n.low.eval(r, s)
	}
	if n.high != nil {
		x.High = n.high.eval(r, s)
	}
	if n.low != nil && x.Low == nil || n.high != nil && x.High == nil {
		return r.Null("line %d: an end of the range is null", n.line)
	}
	return checkRange(r, x, n.line)
}

// checkRange refuses ranges whose ends have no order.
func checkRange(r *Run, x *Range, line int) Value {
	if x.Low == nil && x.High == nil {
		return r.Null("line %d: both ends of the range are null", line)
	}
	if x.Low != nil && x.High != nil {
		c, ok := value.Compare(x.Low, x.High)
		if !ok {
			return r.Null("line %d: a range from a %s to a %s is not possible", line, value.KindOf(x.Low), value.KindOf(x.High))
		}
		if c > 0 {
			return r.Null("line %d: the range ends before it begins", line)
		}
	}
	return x
}

func (n *openRange) eval(r *Run, s *Scope) Value {
	v := n.of.eval(r, s)
	if v == nil {
		return r.Null("line %d: the range %s null is not possible", n.line, n.op)
	}
	return openTo(n.op, v)
}

func openTo(op string, v Value) *Range {
	switch op {
	case "<":
		return &Range{High: v, Op: op}
	case "<=":
		return &Range{High: v, HighIn: true, Op: op}
	case ">":
		return &Range{Low: v, Op: op}
	case ">=":
		return &Range{Low: v, LowIn: true, Op: op}
	}
	return &Range{Low: v, High: v, LowIn: true, HighIn: true, Op: op}
}

func (n *instance) eval(r *Run, s *Scope) Value {
	v := n.of.eval(r, s)
	if n.typ == nil {
		return nil
	}
	return r.Fits(v, n.typ)
}

func (n *choice) eval(r *Run, s *Scope) Value {
	if !r.Spend(1) {
		return nil
	}
	if n.cond.eval(r, s) == true {
		return n.yes.eval(r, s)
	}
	return n.no.eval(r, s)
}

func (n *functionOf) eval(r *Run, s *Scope) Value {
	f := &Function{Params: n.params}
	f.Call = func(r *Run, args []Value) Value {
		if n.external {
			return r.Null("line %d: external functions are not supported", n.line)
		}
		inner := s
		for i, a := range args {
			inner = inner.With(n.params[i].Name, a)
		}
		return n.body.eval(r, inner)
	}
	return f
}

// each calls body once for every combination of the variables; body gives
// false to stop. It gives false when something to go through is no list.
func each(r *Run, over []iteration, s *Scope, line int, body func(*Scope) bool) (fine bool) {
	if len(over) == 0 {
		fine = r.Spend(1)
		return fine && body(s)
	}
	list, ok := items(r, over[0], s, line)
	if !ok {
		return false
	}
	for list.more() {
		if !r.Spend(1) || !each(r, over[1:], s.With(over[0].name, list.next()), line, body) {
			return false
		}
	}
	return true
}

// sequence is what a loop goes through: a list, or numbers or dates in order.
type sequence struct {
	list     []any
	at, left int64
	dir      int64
	dates    bool
}

func (q *sequence) more() bool { return q.left > 0 }

func (q *sequence) next() Value {
	q.left--
	if q.list != nil {
		return q.list[int64(len(q.list))-q.left-1]
	}
	v := q.at
	q.at += q.dir
	if q.dates {
		d, _ := value.DateOf(v)
		return d
	}
	return Int(v)
}

func items(r *Run, it iteration, s *Scope, line int) (*sequence, bool) {
	v := it.in.eval(r, s)
	if it.upTo != nil {
		return span(r, v, it.upTo.eval(r, s), true, line)
	}
	switch x := v.(type) {
	case nil:
		r.Note("line %d: there is nothing to go through: the list is null", line)
		return nil, false
	case []any:
		return &sequence{list: x, left: int64(len(x))}, true
	case *Range:
		low, high := x.Low, x.High
		if n, ok := low.(Number); ok && !x.LowIn {
			low, _ = n.Add(Int(1))
		}
		if n, ok := high.(Number); ok && !x.HighIn {
			high, _ = n.Sub(Int(1))
		}
		return span(r, low, high, false, line)
	}
	return &sequence{list: []any{v}, left: 1}, true
}

// span makes the sequence from one number or date to another.
func span(r *Run, low, high Value, down bool, line int) (*sequence, bool) {
	var a, b int64
	dates := false
	if x, ok := low.(Number); ok {
		y, ok := high.(Number)
		i, whole1 := x.Int64()
		j, whole2 := y.Int64()
		if !ok || !whole1 || !whole2 || max(i, -i, j, -j) > 1<<53 {
			r.Note("line %d: a loop from %s to %s is not possible; both must be whole numbers", line, Text(low), Text(high))
			return nil, false
		}
		a, b = i, j
	} else {
		x, ok1 := low.(Date)
		y, ok2 := high.(Date)
		if !ok1 || !ok2 {
			r.Note("line %d: a loop from a %s to a %s is not possible", line, value.KindOf(low), value.KindOf(high))
			return nil, false
		}
		a, b, dates = x.Days(), y.Days(), true
	}
	dir := int64(1)
	if b < a {
		if dir = -1; !down {
			r.Note("line %d: the range ends before it begins", line)
			return nil, false
		}
	}
	return &sequence{at: a, left: max(b-a, a-b) + 1, dir: dir, dates: dates}, true
}

func (n *loop) eval(r *Run, s *Scope) Value {
	out := []any{}
	ok := each(r, n.over, s, n.line, func(inner *Scope) bool {
		out = append(out, n.body.eval(r, inner.With("partial", out[:len(out):len(out)])))
		return r.Err() == nil
	})
	if !ok {
		return nil
	}
	return out
}

func (n *quantified) eval(r *Run, s *Scope) Value {
	unknown, decided := false, false
	ok := each(r, n.over, s, n.line, func(inner *Scope) bool {
		switch n.cond.eval(r, inner) {
		case true:
			decided = !n.every
		case false:
			decided = n.every
		default:
			unknown = true
		}
		return !decided && r.Err() == nil
	})
	switch {
	case decided:
		return !n.every
	case !ok || unknown:
		return nil
	}
	return n.every
}

// Filter keeps the elements of a list for which match is true, as list[…] does.
func Filter(r *Run, list Value, s *Scope, match func(*Scope) Value) Value {
	return (&filter{of: &literal{list}, cond: hook(match)}).eval(r, s)
}

// For makes a list of what body gives for every element.
func For(r *Run, name string, list Value, s *Scope, body func(*Scope) Value) Value {
	return (&loop{over: []iteration{{name, &literal{list}, nil}}, body: hook(body)}).eval(r, s)
}

// Quantify tells whether the condition holds for every element, or for some.
func Quantify(r *Run, every bool, name string, list Value, s *Scope, cond func(*Scope) Value) Value {
	return (&quantified{every: every, over: []iteration{{name, &literal{list}, nil}}, cond: hook(cond)}).eval(r, s)
}

// hook is logic from outside the language.
type hook func(*Scope) Value

func (h hook) eval(_ *Run, s *Scope) Value { return h(s) }
