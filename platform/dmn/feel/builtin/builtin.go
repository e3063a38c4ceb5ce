// Package builtin holds the functions that the expression language FEEL has by
// itself, from abs to years and months duration.
//
// # Purpose
//
// Every function of DMN 1.5 with positional and named arguments, and the few that
// BPMN models of other makers use. range() is in package feel, because it reads an
// expression.
//
// # How to use
//
//	f, ok := builtin.Lookup("string length")
//	v := run.Invoke(f, []value.Value{"abc"})
//
// # Guarantees
//
// Wrong arguments give null with a note that names the parameter. A function
// spends steps for what it goes through, so none is free.
package builtin

import (
	"slices"
	"strings"

	"tongban/platform/dmn/feel/value"
)

// signature is one way to call a built-in function.
type signature struct {
	params   []param
	required int
	variadic bool // the last parameter takes the rest, or one list
	fn       func(r *value.Run, a []value.Value) value.Value
}

type param struct {
	name string
	kind byte // n number, s string, b boolean, l list, x context, f function, a anything, c anything and lists stay lists
}

var paramKinds = map[byte]value.Kind{'n': value.KindNumber, 's': value.KindString, 'b': value.KindBoolean, 'l': value.KindList, 'x': value.KindContext, 'f': value.KindFunction}

// native is a function with all its signatures.
type native struct {
	name string
	sets []signature
}

var functions = map[string]*value.Function{}

// Lookup gives a function by its name.
func Lookup(name string) (*value.Function, bool) {
	f, ok := functions[name]
	return f, ok
}

// Names are the names of all functions, in no order.
func Names() []string {
	var out []string
	for n := range functions {
		out = append(out, n)
	}
	return out
}

// Define adds a way to call a function. The text names the parameters and their
// kinds, as in "substring(string:s, start position:n, length?:n)"; "list...:a" takes
// the rest of the arguments or one list. It must only be called while a program
// starts.
func Define(spec string, fn func(r *value.Run, a []value.Value) value.Value) {
	name, rest, _ := strings.Cut(strings.TrimSuffix(spec, ")"), "(")
	sig := signature{fn: fn}
	for _, part := range strings.Split(rest, ", ") {
		if part == "" {
			continue
		}
		pname, kind, _ := strings.Cut(part, ":")
		if s, ok := strings.CutSuffix(pname, "..."); ok {
			pname, sig.variadic = s, true
		}
		if s, ok := strings.CutSuffix(pname, "?"); ok {
			pname = s
		} else {
			sig.required = len(sig.params) + 1
		}
		sig.params = append(sig.params, param{pname, kind[0]})
	}
	f := functions[name]
	if f == nil {
		f = &value.Function{Name: name, Native: &native{name: name}}
		for _, p := range sig.params {
			f.Params = append(f.Params, value.Param{Name: p.name})
		}
		functions[name] = f
	}
	n := f.Native.(*native)
	n.sets = append(n.sets, sig)
}

// Takes tells whether the function can be called with so many arguments.
func (f *native) Takes(n int) bool {
	return slices.ContainsFunc(f.sets, func(s signature) bool { return s.takes(n) })
}

// Positional calls the function with arguments in order.
func (f *native) Positional(r *value.Run, args []value.Value) value.Value {
	for i := range f.sets {
		if s := &f.sets[i]; s.takes(len(args)) {
			return f.call(r, s, s.gather(args))
		}
	}
	return r.Null("%s cannot be called with %d arguments", f.name, len(args))
}

// Named calls the function with arguments by name.
func (f *native) Named(r *value.Run, names []string, args []value.Value) value.Value {
	for i := range f.sets {
		s := &f.sets[i]
		if full, ok := s.order(names, args); ok {
			return f.call(r, s, full)
		}
	}
	return r.Null("%s has no parameters %s", f.name, strings.Join(names, ", "))
}

func (s *signature) takes(n int) bool {
	return n >= s.required && (n <= len(s.params) || s.variadic)
}

// absent stands for an optional argument that was not given; null that was given
// is something else.
type absent struct{}

// gather puts the rest of the arguments into one list.
func (s *signature) gather(args []value.Value) []value.Value {
	full := make([]value.Value, len(s.params))
	if !s.variadic {
		for i := copy(full, args); i < len(full); i++ {
			full[i] = absent{}
		}
		return full
	}
	last := len(s.params) - 1
	copy(full, args[:min(last, len(args))])
	rest := args[min(last, len(args)):]
	if len(rest) == 1 && s.params[last].kind != 'c' {
		if l, ok := rest[0].([]any); ok {
			full[last] = l
			return full
		}
	}
	full[last] = append([]any{}, rest...)
	return full
}

// order puts named arguments into the order of the parameters.
func (s *signature) order(names []string, args []value.Value) ([]value.Value, bool) {
	full := make([]value.Value, len(s.params))
	seen := 0
	for i, p := range s.params {
		at := slices.Index(names, p.name)
		if at < 0 {
			if i < s.required {
				return nil, false
			}
			full[i] = absent{}
			continue
		}
		full[i] = args[at]
		if s.variadic && i == len(s.params)-1 {
			if _, ok := full[i].([]any); !ok {
				full[i] = []any{full[i]}
			}
		}
		seen++
	}
	return full, seen == len(names)
}

// call checks the kinds of the arguments first.
func (f *native) call(r *value.Run, s *signature, args []value.Value) value.Value {
	for i, p := range s.params {
		if args[i] == (absent{}) {
			args[i] = nil
			continue
		}
		want, ok := paramKinds[p.kind]
		if !ok || s.variadic && i == len(s.params)-1 {
			continue
		}
		v, ok := fitKind(args[i], want)
		if !ok {
			return r.Null("%s: %s must be a %s, not %s", f.name, p.name, want, a(args[i]))
		}
		args[i] = v
	}
	if !r.Spend(2) || !pay(r, args) {
		return nil
	}
	v := s.fn(r, args)
	if v == nil && r.Err() == nil {
		r.Note("%s gives null for these arguments", f.name)
	}
	return v
}

// a names a value with its article.
func a(v value.Value) string {
	if v == nil {
		return "null"
	}
	return "a " + value.KindOf(v).String()
}

// fitKind makes a list of a single value where a list is wanted, and the other way
// round.
func fitKind(v value.Value, want value.Kind) (value.Value, bool) {
	if v == nil {
		return nil, false
	}
	if value.KindOf(v) == want {
		return v, true
	}
	if want == value.KindList {
		return []any{v}, true
	}
	if l, ok := v.([]any); ok && len(l) == 1 && value.KindOf(l[0]) == want {
		return l[0], true
	}
	return nil, false
}

// pay spends steps for the length of the arguments.
func pay(r *value.Run, args []value.Value) bool {
	n := 0
	for _, v := range args {
		switch x := v.(type) {
		case []any:
			n += len(x)
		case string:
			n += len(x) / 16
		}
	}
	return r.Spend(n)
}

// orNull turns a result that may have failed into a value.
func orNull[T any](v T, ok bool) value.Value {
	if !ok {
		return nil
	}
	return v
}
