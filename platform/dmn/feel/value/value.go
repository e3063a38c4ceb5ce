package value

import "sort"

// Value is a value of the language: nil (null), bool, string, Number, Date, Time,
// DateTime, DayDuration, MonthDuration, []any (list), *Context, *Range or
// *Function. Values never change once made; lists must not be written to.
type Value = any

// Context is a list of named values, in the order in which they were written.
type Context struct {
	keys []string
	vals []Value
}

// NewContext makes a context of a map, its names in alphabetical order. The
// values must be values of the language.
func NewContext(m map[string]Value) *Context {
	c := &Context{}
	for k := range m {
		c.keys = append(c.keys, k)
	}
	sort.Strings(c.keys)
	for _, k := range c.keys {
		c.vals = append(c.vals, m[k])
	}
	return c
}

// Get gives the value under a name, and whether the name is there.
func (c *Context) Get(name string) (Value, bool) {
	for i, k := range c.keys {
		if k == name {
			return c.vals[i], true
		}
	}
	return nil, false
}

// Keys are the names in order.
func (c *Context) Keys() []string { return append([]string(nil), c.keys...) }

// Put gives a context in which name stands for val.
func (c *Context) Put(name string, val Value) *Context {
	n := &Context{keys: append(make([]string, 0, len(c.keys)+1), c.keys...), vals: append(make([]Value, 0, len(c.keys)+1), c.vals...)}
	n.set(name, val)
	return n
}

// set writes into a context that nobody else has seen yet.
func (c *Context) set(name string, val Value) {
	for i, k := range c.keys {
		if k == name {
			c.vals[i] = val
			return
		}
	}
	c.keys, c.vals = append(c.keys, name), append(c.vals, val)
}

// Range is an interval such as [1..10) or >= 5; an end that is nil is open
// without limit.
type Range struct {
	Low, High     Value
	LowIn, HighIn bool   // whether the end itself belongs to it
	Op            string // ">", ">=", "<", "<=", "=" or "!=" when it was written so

}

// Function is something that can be invoked.
type Function struct {
	Name   string
	Params []Param
	Result *Type
	// Call does the work. Arguments are in the order of Params and were made to
	// fit their types.
	Call func(r *Run, args []Value) Value

	// Native does the work of a built-in function instead of Call.
	Native Native
}

// Param is a formal parameter.
type Param struct {
	Name string
	Type *Type // nil is Any
}

// KindOf names the kind of a value for messages and comparisons.
func KindOf(v Value) Kind {
	switch v := v.(type) {
	case nil:
		return KindNull
	case Number:
		return KindNumber
	case string:
		return KindString
	case bool:
		return KindBoolean
	case Date:
		return KindDate
	case Time:
		return KindTime
	case DateTime:
		return KindDateTime
	case DayDuration:
		return KindDayDuration
	case MonthDuration:
		return KindMonthDuration
	case []any:
		return KindList
	case *Context:
		return KindContext
	case *Range:
		return KindRange
	case *Function:
		return KindFunction
	default:
		_ = v
		return KindAny
	}
}

// Equal compares two values: true, false, or nil when they cannot be compared.
func (r *Run) Equal(a, b Value) Value { return r.equal(a, b, 0) }

func (r *Run) equal(a, b Value, depth int) Value {
	if !r.Spend(1) || !r.Shallow(depth) {
		return nil
	}
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	switch x := a.(type) {
	case []any:
		if y, ok := b.([]any); ok {
			return r.equalLists(x, y, depth)
		}
		return nil
	case *Context:
		if y, ok := b.(*Context); ok {
			return r.equalContexts(x, y, depth)
		}
		return nil
	case *Range:
		if y, ok := b.(*Range); ok {
			return x.LowIn == y.LowIn && x.HighIn == y.HighIn && (x.Op == "!=") == (y.Op == "!=") &&
				r.equal(x.Low, y.Low, depth+1) == true && r.equal(x.High, y.High, depth+1) == true
		}
		return nil
	case *Function:
		if y, ok := b.(*Function); ok {
			return x == y
		}
		return nil
	case bool:
		if y, ok := b.(bool); ok {
			return x == y
		}
		return nil
	}
	if c, ok := Compare(a, b); ok {
		return c == 0
	}
	if ta, ok := a.(Time); ok {
		if tb, ok := b.(Time); ok {
			return ta == tb
		}
	}
	if ta, ok := a.(DateTime); ok {
		if tb, ok := b.(DateTime); ok {
			return ta == tb
		}
	}
	return nil
}

func (r *Run) equalLists(x, y []any, depth int) Value {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if r.equal(x[i], y[i], depth+1) != true {
			return false
		}
	}
	return true
}

func (r *Run) equalContexts(x, y *Context, depth int) Value {
	if len(x.keys) != len(y.keys) {
		return false
	}
	for i, k := range x.keys {
		v, ok := y.Get(k)
		if !ok || r.equal(x.vals[i], v, depth+1) != true {
			return false
		}
	}
	return true
}

// Compare orders two values of the same kind; ok is false when they have no order.
func Compare(a, b Value) (order int, ok bool) {
	switch x := a.(type) {
	case Number:
		if y, ok := b.(Number); ok {
			return x.Cmp(y), true
		}
	case string:
		if y, ok := b.(string); ok {
			return compareText(x, y), true
		}
	case Date:
		if y, ok := b.(Date); ok {
			return x.cmp(y), true
		}
	case Time:
		if y, ok := b.(Time); ok {
			return compareTimes(x, y)
		}
	case DateTime:
		if y, ok := b.(DateTime); ok {
			return compareMoments(x, y)
		}
	case DayDuration:
		if y, ok := b.(DayDuration); ok {
			return x.cmp(y), true
		}
	case MonthDuration:
		if y, ok := b.(MonthDuration); ok {
			return sign(int64(x) - int64(y)), true
		}
	}
	return 0, false
}

// compareText compares by code points; UTF-8 has the same order as its bytes.
func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Append puts a name into a context that is still being made. It must not be
// used once somebody else has seen the context.
func (c *Context) Append(name string, val Value) { c.set(name, val) }

// Len counts the names.
func (c *Context) Len() int { return len(c.keys) }

// At gives name and value at a position, counted from 0.
func (c *Context) At(i int) (string, Value) { return c.keys[i], c.vals[i] }

// And knows three values; what is neither true nor false is unknown.
func And(a, b Value) Value {
	switch {
	case a == false || b == false:
		return false
	case a == true && b == true:
		return true
	}
	return nil
}

// Or knows three values; what is neither true nor false is unknown.
func Or(a, b Value) Value {
	switch {
	case a == true || b == true:
		return true
	case a == false && b == false:
		return false
	}
	return nil
}

// Contains tells whether a value lies within the range; nil when it has no order
// with the ends.
func (x *Range) Contains(v Value) Value {
	if x.Op == "!=" {
		c, ok := Compare(v, x.Low)
		return orNull(c != 0, ok)
	}
	var out Value = true
	if x.Low != nil {
		c, ok := Compare(v, x.Low)
		out = orNull(c > 0 || c == 0 && x.LowIn, ok)
	}
	if x.High != nil {
		c, ok := Compare(v, x.High)
		out = And(out, orNull(c < 0 || c == 0 && x.HighIn, ok))
	}
	return out
}

// orNull turns a result that may have failed into a value.
func orNull[T any](v T, ok bool) Value {
	if !ok {
		return nil
	}
	return v
}
