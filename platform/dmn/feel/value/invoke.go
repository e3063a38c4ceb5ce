package value

import (
	"slices"
	"strings"
)

// Native is the work of a built-in function, which can be called in several ways.
type Native interface {
	// Takes tells whether the function can be called with so many arguments.
	Takes(n int) bool
	// Positional calls it with arguments in order.
	Positional(r *Run, args []Value) Value
	// Named calls it with arguments by name.
	Named(r *Run, names []string, args []Value) Value
}

// Invoke calls a function with arguments in order. Wrong arguments give null with
// a note.
func (r *Run) Invoke(f *Function, args []Value) Value {
	if f.Native != nil {
		return f.Native.Positional(r, args)
	}
	if len(args) != len(f.Params) {
		return r.Null("%s needs %d arguments and was given %d", f.title(), len(f.Params), len(args))
	}
	full := make([]Value, len(f.Params))
	for i, a := range args {
		v, ok := r.Coerce(a, f.Params[i].Type)
		if !ok {
			return r.Null("%s: %s is not of type %s", f.title(), f.Params[i].Name, f.Params[i].Type)
		}
		full[i] = v
	}
	if !r.Enter() {
		return nil
	}
	defer r.Leave()
	v := f.Call(r, full)
	out, ok := r.Coerce(v, f.Result)
	if !ok {
		r.Note("the result of %s is not of type %s", f.title(), f.Result)
	}
	return out
}

func (f *Function) title() string {
	if f.Name == "" {
		return "the function"
	}
	return f.Name
}

// InvokeNamed calls a function with named arguments.
func (r *Run) InvokeNamed(f *Function, names []string, args []Value) Value {
	if f.Native != nil {
		return f.Native.Named(r, names, args)
	}
	full := make([]Value, len(f.Params))
	seen := 0
	for i, p := range f.Params {
		at := slices.Index(names, p.Name)
		if at < 0 {
			return r.Null("%s: the argument %s is missing", f.title(), p.Name)
		}
		full[i] = args[at]
		seen++
	}
	if seen != len(names) {
		return r.Null("%s has no parameters %s", f.title(), strings.Join(names, ", "))
	}
	return r.Invoke(f, full)
}
