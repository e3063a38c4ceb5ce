package bpmn

import (
	"fmt"

	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/state"
)

// Eval is the built-in evaluation: expr-lang, in which a variable that is not
// there is nil. It accepts ${a > 3}, #{a > 3}, a > 3 and, as FEEL, = a > 3.
func Eval(text string, vars map[string]any) (any, error) {
	x, err := definition.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrExpression, err)
	}
	return x.Run(vars)
}

func (e *Engine) eval(x *definition.Expr, vars map[string]any) (any, error) {
	return definition.Evaluator(e.Eval).Value(x, vars)
}

func (e *Engine) holds(x *definition.Expr, vars map[string]any) (bool, error) {
	return definition.Evaluator(e.Eval).Holds(x, vars)
}

func (e *Engine) fill(t *definition.Template, vars map[string]any) (string, error) {
	return definition.Evaluator(e.Eval).Fill(t, vars)
}

// vars are the variables that a token sees: its own scope over those around it,
// up to the called process or the instance.
func (r *run) vars(t *token) map[string]any {
	var local []map[string]any
	base := r.in.Vars
	for h := t; h != nil && h != &r.in.Root; h = r.host(h) {
		if h != t && h.Call > 0 && !r.e.Shared {
			base = h.Vars
			break
		}
		if len(h.Vars) > 0 && (h.Call == 0 || h != t) {
			local = append(local, h.Vars)
		}
	}
	if len(local) == 0 {
		return base
	}
	m := make(map[string]any, len(base)+8)
	for k, v := range base {
		m[k] = v
	}
	for i := len(local) - 1; i >= 0; i-- {
		for k, v := range local[i] {
			m[k] = v
		}
	}
	return m
}

// inside are the variables of what runs inside a token: of the called process,
// when it stands on a call.
func (r *run) inside(t *token) map[string]any {
	switch {
	case t.Call == 0:
		return r.vars(t)
	case r.e.Shared:
		return over(r.vars(t), t.Vars)
	}
	return t.Vars
}

// over puts variables over others.
func over(vars, local map[string]any) map[string]any {
	if len(local) == 0 {
		return vars
	}
	m := make(map[string]any, len(vars)+len(local))
	for k, v := range vars {
		m[k] = v
	}
	for k, v := range local {
		m[k] = v
	}
	return m
}

// set merges variables into the nearest scope that has them, else into the
// called process or the instance.
func (r *run) set(t *token, vars map[string]any) error {
	for k, v := range vars {
		if err := r.setOne(t, k, v); err != nil {
			return err
		}
	}
	return nil
}

// handIn stores what a task gives: all of it, or what its mapping takes out.
func (r *run) handIn(t *token, el *element, vars map[string]any) error {
	if el.Outputs == nil {
		return r.set(t, vars)
	}
	return r.copy(el.Outputs, over(r.vars(t), vars), func(k string, v any) error { return r.setOne(t, k, v) })
}

func (r *run) setOne(t *token, k string, v any) error {
	c, err := state.Canon(v, 0)
	if err != nil {
		return fmt.Errorf("%q: %w", k, err)
	}
	h := t
	for ; h != nil && h != &r.in.Root; h = r.host(h) {
		if h == t && h.Call > 0 {
			continue // its variables are those of the called process
		}
		if _, has := h.Vars[k]; has || h.Call > 0 && !r.e.Shared {
			break
		}
	}
	r.write(h, k, c)
	return nil
}

// write puts a value into one scope, copying it first because the caller may
// still hold the instance from before.
func (r *run) write(h *token, k string, v any) {
	id, vars := 0, &r.in.Vars
	if h != nil && h != &r.in.Root {
		id, vars = h.ID, &h.Vars
	}
	if !r.owned[id] {
		m := make(map[string]any, len(*vars)+1)
		for k, v := range *vars {
			m[k] = v
		}
		*vars = m
		if r.owned == nil {
			r.owned = map[int]bool{}
		}
		r.owned[id] = true
	}
	(*vars)[k] = v
}
