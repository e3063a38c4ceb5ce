package value

import "strings"

// Kind is the kind of a value or type.
type Kind uint8

// The kinds of the language.
const (
	KindAny Kind = iota
	KindNull
	KindNumber
	KindString
	KindBoolean
	KindDate
	KindTime
	KindDateTime
	KindDayDuration
	KindMonthDuration
	KindList
	KindContext
	KindRange
	KindFunction
)

var kindNames = [...]string{"Any", "Null", "number", "string", "boolean", "date", "time", "date and time",
	"days and time duration", "years and months duration", "list", "context", "range", "function"}

// String is the name of the kind in the language.
func (k Kind) String() string { return kindNames[k] }

// Constraint narrows the values of a type.
type Constraint interface {
	// Allows tells whether a value passes.
	Allows(r *Run, v Value) bool
	// String is the constraint as its author wrote it.
	String() string
}

// Type says which values fit: a kind, and what is inside it. A nil *Type fits
// everything.
type Type struct {
	Kind   Kind
	Name   string  // of a defined type, for messages
	Elem   *Type   // list, range
	Fields []Param // context: what must be there
	Params []*Type // function
	Result *Type   // function
	// Allowed narrow the values, as item definitions do; all of them must hold.
	// "instance of" does not look at them, coercion does.
	Allowed []Constraint
}

var basicTypes = func() map[string]*Type {
	m := map[string]*Type{}
	for k := KindAny; k <= KindFunction; k++ {
		m[k.String()] = &Type{Kind: k}
	}
	for alias, k := range map[string]Kind{"dateTime": KindDateTime, "date time": KindDateTime, "dayTimeDuration": KindDayDuration,
		"yearMonthDuration": KindMonthDuration, "any": KindAny} {
		m[alias] = &Type{Kind: k}
	}
	return m
}()

// BasicType is the type of that name which the language itself has, such as
// number or date and time.
func BasicType(name string) (*Type, bool) {
	t, ok := basicTypes[name]
	return t, ok
}

// BasicTypeNames are the names that BasicType knows, in no order.
func BasicTypeNames() []string {
	var out []string
	for n := range basicTypes {
		out = append(out, n)
	}
	return out
}

// String writes the type as an expression would.
func (t *Type) String() string {
	if t == nil {
		return "Any"
	}
	if t.Name != "" {
		return t.Name
	}
	switch t.Kind {
	case KindList, KindRange:
		return t.Kind.String() + "<" + t.Elem.String() + ">"
	case KindContext:
		var parts []string
		for _, f := range t.Fields {
			parts = append(parts, f.Name+": "+f.Type.String())
		}
		return "context<" + strings.Join(parts, ", ") + ">"
	case KindFunction:
		var parts []string
		for _, p := range t.Params {
			parts = append(parts, p.String())
		}
		return "function<" + strings.Join(parts, ", ") + "> -> " + t.Result.String()
	}
	return t.Kind.String()
}

// Fits tells whether a value is of a type. Null fits only inside lists and
// contexts, and where a nil type asks for nothing.
func (r *Run) Fits(v Value, t *Type) bool { return r.fits(v, t, false, 0) }

func (r *Run) fits(v Value, t *Type, allowed bool, depth int) bool {
	if t == nil || !r.Spend(1) || !r.Shallow(depth) {
		return t == nil
	}
	if v == nil {
		return t.Kind == KindNull || t.Kind == KindAny && depth > 0 || depth > 0
	}
	if allowed {
		for _, tests := range t.Allowed {
			if !r.allowed(v, tests) {
				return false
			}
		}
	}
	switch t.Kind {
	case KindAny:
		return true
	case KindList:
		l, ok := v.([]any)
		if !ok {
			return false
		}
		if t.Elem == nil {
			return true
		}
		for _, e := range l {
			if !r.fits(e, t.Elem, allowed, depth+1) {
				return false
			}
		}
		return true
	case KindContext:
		c, ok := v.(*Context)
		if !ok {
			return false
		}
		for _, f := range t.Fields {
			e, ok := c.Get(f.Name)
			if !ok || !r.fits(e, f.Type, allowed, depth+1) {
				return false
			}
		}
		return true
	case KindRange:
		x, ok := v.(*Range)
		return ok && r.fits(x.Low, t.Elem, allowed, depth+1) && r.fits(x.High, t.Elem, allowed, depth+1)
	case KindFunction:
		f, ok := v.(*Function)
		return ok && f.fits(t)
	}
	return KindOf(v) == t.Kind
}

// allowed applies the allowed values of a type. Those of a list type are about
// its elements, unless the whole list is named.
func (r *Run) allowed(v Value, t Constraint) bool {
	if t.Allows(r, v) {
		return true
	}
	l, ok := v.([]any)
	if !ok {
		return false
	}
	for _, e := range l {
		if !t.Allows(r, e) {
			return false
		}
	}
	return true
}

// fits: a function fits when it takes at least what will be given, and gives no
// more than what is expected.
func (f *Function) fits(t *Type) bool {
	if t.Params == nil && t.Result == nil {
		return true
	}
	if f.Native != nil { // built-in functions do not declare types
		return f.Native.Takes(len(t.Params))
	}
	if len(t.Params) != len(f.Params) {
		return false
	}
	for i, p := range t.Params {
		if !conforms(p, f.Params[i].Type) {
			return false
		}
	}
	return f.Result == nil || conforms(f.Result, t.Result) // a function without declared result is taken at its word
}

// conforms tells whether every value of type a is one of type b.
func conforms(a, b *Type) bool {
	if b == nil || b.Kind == KindAny {
		return true
	}
	if a == nil || a.Kind == KindAny {
		return a != nil && b.Kind == KindAny
	}
	if a.Kind == KindNull {
		return true
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case KindList, KindRange:
		return conforms(a.Elem, b.Elem)
	case KindContext:
		for _, f := range b.Fields {
			ok := false
			for _, g := range a.Fields {
				ok = ok || g.Name == f.Name && conforms(g.Type, f.Type)
			}
			if !ok {
				return false
			}
		}
	case KindFunction:
		if len(a.Params) != len(b.Params) {
			return false
		}
		for i := range a.Params {
			if !conforms(b.Params[i], a.Params[i]) {
				return false
			}
		}
		return conforms(a.Result, b.Result)
	}
	return true
}

// Coerce makes a value fit a type: a list of one becomes its element and the
// other way round, a date becomes its midnight where a date and time is wanted. What does not fit becomes
// null, with ok false.
func (r *Run) Coerce(v Value, t *Type) (fitted Value, ok bool) {
	if t == nil || t.Kind == KindAny && len(t.Allowed) == 0 || v == nil {
		return v, true
	}
	if r.fits(v, t, true, 0) {
		return v, true
	}
	if l, is := v.([]any); is && len(l) == 1 && t.Kind != KindList && l[0] != nil && r.fits(l[0], t, true, 0) {
		return l[0], true
	}
	if _, is := v.([]any); !is && t.Kind == KindList {
		if l := []any{v}; r.fits(l, t, true, 0) {
			return l, true
		}
	}
	if d, is := v.(Date); is && t.Kind == KindDateTime {
		return d.Midnight(), true
	}
	return nil, false
}

// Lift reads the text of dates, times and durations where a type wants them,
// because values that came as JSON have no other form for them.
func (r *Run) Lift(v Value, t *Type) Value {
	if t == nil || !r.Spend(1) {
		return v
	}
	switch x := v.(type) {
	case string:
		if lifted, ok := liftText(x, t.Kind); ok {
			return lifted
		}
	case []any:
		if t.Kind == KindList && t.Elem != nil {
			out := make([]any, len(x))
			for i, e := range x {
				out[i] = r.Lift(e, t.Elem)
			}
			return out
		}
	case *Context:
		if t.Kind == KindContext {
			out := &Context{keys: x.keys, vals: append([]Value(nil), x.vals...)}
			for _, f := range t.Fields {
				if e, ok := x.Get(f.Name); ok {
					out.set(f.Name, r.Lift(e, f.Type))
				}
			}
			return out
		}
	}
	return v
}

func liftText(s string, k Kind) (Value, bool) {
	var v Value
	var ok bool
	switch k {
	case KindDate:
		v, ok = ParseDate(s)
	case KindTime:
		v, ok = ParseTime(s)
	case KindDateTime:
		v, ok = ParseDateTime(s)
	case KindDayDuration, KindMonthDuration:
		v, ok = ParseDuration(s)
	}
	return v, ok
}
