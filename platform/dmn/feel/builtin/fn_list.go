package builtin

import (
	"slices"

	"tongban/platform/dmn/feel/value"
)

func init() {
	Define("list contains(list:l, element:a)", func(r *value.Run, a []value.Value) value.Value {
		return len(positions(r, a[0].([]any), a[1], 1)) > 0
	})
	Define("count(list:l)", func(_ *value.Run, a []value.Value) value.Value { return value.Int(int64(len(a[0].([]any)))) })
	Define("min(list...:a)", extreme(-1))
	Define("max(list...:a)", extreme(1))
	Define("sum(list...:a)", folded(value.Number.Add))
	Define("product(list...:a)", folded(value.Number.Mul))
	Define("mean(list...:a)", fnMean)
	Define("median(list...:a)", fnMedian)
	Define("stddev(list...:a)", fnStddev)
	Define("mode(list...:a)", fnMode)
	Define("all(list...:a)", func(_ *value.Run, a []value.Value) value.Value { return logic(a[0].([]any), value.And, true) })
	Define("any(list...:a)", func(_ *value.Run, a []value.Value) value.Value { return logic(a[0].([]any), value.Or, false) })
	Define("sublist(list:l, start position:n, length?:n)", fnSublist)
	Define("append(list:l, item...:c)", func(_ *value.Run, a []value.Value) value.Value { return slices.Concat(a[0].([]any), a[1].([]any)) })
	Define("concatenate(list...:c)", fnConcatenate)
	Define("insert before(list:l, position:n, newItem:a)", fnInsert)
	Define("remove(list:l, position:n)", func(_ *value.Run, a []value.Value) value.Value {
		l := a[0].([]any)
		i, ok := place(l, a[1])
		if !ok {
			return nil
		}
		return slices.Concat(l[:i], l[i+1:])
	})
	Define("list replace(list:l, position:a, newItem:a)", fnListReplace)
	Define("list replace(list:l, match:f, newItem:a)", fnListReplace)
}

func init() {
	Define("reverse(list:l)", func(_ *value.Run, a []value.Value) value.Value {
		l := slices.Clone(a[0].([]any))
		slices.Reverse(l)
		return l
	})
	Define("index of(list:l, match:a)", func(r *value.Run, a []value.Value) value.Value { return positions(r, a[0].([]any), a[1], 0) })
	Define("union(list...:c)", func(r *value.Run, a []value.Value) value.Value {
		l, ok := fnConcatenate(r, a).([]any)
		if !ok {
			return nil
		}
		return distinct(r, l)
	})
	Define("distinct values(list:l)", func(r *value.Run, a []value.Value) value.Value { return distinct(r, a[0].([]any)) })
	Define("duplicate values(list:l)", func(r *value.Run, a []value.Value) value.Value {
		twice := []any{}
		for _, e := range a[0].([]any) {
			if len(positions(r, a[0].([]any), e, 2)) > 1 && len(positions(r, twice, e, 1)) == 0 {
				twice = append(twice, e)
			}
		}
		return twice
	})
	Define("flatten(list:l)", func(r *value.Run, a []value.Value) value.Value { return flatten(r, []any{}, a[0].([]any), 0) })
	Define("partition(list:l, size:n)", func(_ *value.Run, a []value.Value) value.Value {
		n, ok := whole(a[1])
		if !ok || n < 1 {
			return nil
		}
		out := []any{}
		for l := a[0].([]any); len(l) > 0; {
			k := int(min(n, int64(len(l))))
			out, l = append(out, slices.Clone(l[:k])), l[k:]
		}
		return out
	})
	Define("is empty(list:l)", func(_ *value.Run, a []value.Value) value.Value { return len(a[0].([]any)) == 0 })
	Define("sort(list:l, precedes:f)", fnSort)
}

// positions lists where a value stands in a list, counted from 1; most bounds
// how many are looked for, 0 means all.
func positions(r *value.Run, l []any, v value.Value, most int) []any {
	out := []any{}
	for i, e := range l {
		if r.Equal(e, v) == true {
			if out = append(out, value.Int(int64(i+1))); len(out) == most {
				break
			}
		}
	}
	return out
}

func distinct(r *value.Run, l []any) []any {
	out := []any{}
	for _, e := range l {
		if len(positions(r, out, e, 1)) == 0 && r.Err() == nil {
			out = append(out, e)
		}
	}
	return out
}

func flatten(r *value.Run, out, l []any, depth int) []any {
	for _, e := range l {
		if !r.Spend(1) || !r.Shallow(depth) {
			break
		}
		if inner, ok := e.([]any); ok {
			out = flatten(r, out, inner, depth+1)
		} else {
			out = append(out, e)
		}
	}
	return out
}

func extreme(want int) func(*value.Run, []value.Value) value.Value {
	return func(_ *value.Run, a []value.Value) value.Value {
		l := a[0].([]any)
		if len(l) == 0 {
			return nil
		}
		best := l[0]
		if _, ok := value.Compare(best, best); !ok {
			return nil
		}
		for _, e := range l[1:] {
			c, ok := value.Compare(e, best)
			if !ok {
				return nil
			}
			if c == want {
				best = e
			}
		}
		return best
	}
}

// numbersOf gives the elements when all are numbers.
func numbersOf(v value.Value) ([]value.Number, bool) {
	var out []value.Number
	for _, e := range v.([]any) {
		n, ok := e.(value.Number)
		if !ok {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) > 0
}

func fold(r *value.Run, ns []value.Number, op func(value.Number, value.Number) (value.Number, bool)) (value.Number, bool) {
	sum, ok := ns[0], true
	for _, n := range ns[1:] {
		if sum, ok = op(sum, n); !ok || !r.Spend(sum.Cost(n)) {
			return sum, false
		}
	}
	return sum, ok
}

func folded(op func(value.Number, value.Number) (value.Number, bool)) func(*value.Run, []value.Value) value.Value {
	return func(r *value.Run, a []value.Value) value.Value {
		ns, ok := numbersOf(a[0])
		if !ok {
			return nil
		}
		return orNull(fold(r, ns, op))
	}
}

func mean(r *value.Run, ns []value.Number) (value.Number, bool) {
	sum, ok := fold(r, ns, value.Number.Add)
	if !ok {
		return sum, false
	}
	return sum.Div(value.Int(int64(len(ns))))
}

func fnMean(r *value.Run, a []value.Value) value.Value {
	ns, ok := numbersOf(a[0])
	if !ok {
		return nil
	}
	return orNull(mean(r, ns))
}

func fnMedian(r *value.Run, a []value.Value) value.Value {
	ns, ok := numbersOf(a[0])
	if !ok {
		return nil
	}
	slices.SortFunc(ns, value.Number.Cmp)
	mid := len(ns) / 2
	if len(ns)%2 == 1 {
		return ns[mid]
	}
	return orNull(mean(r, ns[mid-1:mid+1]))
}

// fnStddev is the deviation of a sample.
func fnStddev(r *value.Run, a []value.Value) value.Value {
	ns, ok := numbersOf(a[0])
	if !ok || len(ns) < 2 || !r.Spend(100) {
		return nil
	}
	m, ok := mean(r, ns)
	sum := value.Int(0)
	for _, n := range ns {
		d, ok1 := n.Sub(m)
		sq, ok2 := d.Mul(d)
		var ok3 bool
		sum, ok3 = sum.Add(sq)
		ok = ok && ok1 && ok2 && ok3
	}
	v, ok4 := sum.Div(value.Int(int64(len(ns) - 1)))
	if !ok || !ok4 {
		return nil
	}
	return orNull(v.Sqrt())
}

func fnMode(_ *value.Run, a []value.Value) value.Value {
	if len(a[0].([]any)) == 0 {
		return []any{}
	}
	ns, ok := numbersOf(a[0])
	if !ok {
		return nil
	}
	slices.SortFunc(ns, value.Number.Cmp)
	out, most := []any{}, 0
	for i := 0; i < len(ns); {
		j := i
		for j < len(ns) && ns[j].Cmp(ns[i]) == 0 {
			j++
		}
		if j-i > most {
			out, most = []any{}, j-i
		}
		if j-i == most {
			out = append(out, ns[i])
		}
		i = j
	}
	return out
}

// logic joins the elements with and or or.
func logic(l []any, join func(a, b value.Value) value.Value, empty bool) value.Value {
	var out value.Value = empty
	for _, e := range l {
		out = join(out, e)
	}
	return out
}

func fnSublist(_ *value.Run, a []value.Value) value.Value {
	l := a[0].([]any)
	i, ok := place(l, a[1])
	if !ok {
		return nil
	}
	end := len(l)
	if a[2] != nil {
		n, ok := whole(a[2])
		if !ok || n < 1 || n > int64(len(l)-i) {
			return nil
		}
		end = i + int(n)
	}
	return slices.Clone(l[i:end])
}

// place turns a position, counted from 1 or from the end, into an index.
func place(l []any, v value.Value) (int, bool) {
	i, ok := whole(v)
	if i < 0 {
		i += int64(len(l)) + 1
	}
	return int(i - 1), ok && i >= 1 && i <= int64(len(l))
}

func fnConcatenate(r *value.Run, a []value.Value) value.Value {
	out := []any{}
	for _, e := range a[0].([]any) {
		switch x := e.(type) {
		case nil:
			return nil
		case []any:
			if !r.Spend(len(x)) {
				return nil
			}
			out = append(out, x...)
		default:
			out = append(out, x)
		}
	}
	return out
}

func fnInsert(_ *value.Run, a []value.Value) value.Value {
	l := a[0].([]any)
	i, ok := place(l, a[1])
	if !ok {
		return nil
	}
	return slices.Insert(slices.Clone(l), i, a[2])
}

func fnListReplace(r *value.Run, a []value.Value) value.Value {
	l := slices.Clone(a[0].([]any))
	f, isFunction := a[1].(*value.Function)
	if !isFunction {
		i, ok := place(l, a[1])
		if !ok {
			return nil
		}
		l[i] = a[2]
		return l
	}
	for i, e := range l {
		switch r.Invoke(f, []value.Value{e, a[2]}) {
		case true:
			l[i] = a[2]
		case false:
		default:
			return nil
		}
	}
	return l
}

// fnSort merges, so that a contradictory order ends all the same and equal
// elements keep their places.
func fnSort(r *value.Run, a []value.Value) value.Value {
	f := a[1].(*value.Function)
	ok := true
	out := mergeSort(slices.Clone(a[0].([]any)), func(x, y value.Value) bool {
		if !ok || r.Err() != nil {
			return false
		}
		b, is := r.Invoke(f, []value.Value{x, y}).(bool)
		ok = ok && is
		return b
	})
	if !ok {
		return nil
	}
	return out
}

func mergeSort(l []any, precedes func(a, b value.Value) bool) []any {
	if len(l) < 2 {
		return l
	}
	left, right := mergeSort(slices.Clone(l[:len(l)/2]), precedes), mergeSort(slices.Clone(l[len(l)/2:]), precedes)
	out := l[:0]
	for len(left) > 0 && len(right) > 0 {
		if precedes(right[0], left[0]) && !precedes(left[0], right[0]) {
			out, right = append(out, right[0]), right[1:]
		} else {
			out, left = append(out, left[0]), left[1:]
		}
	}
	return append(append(out, left...), right...)
}
