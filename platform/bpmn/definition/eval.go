package definition

import (
	"errors"
	"fmt"
	"strings"

	"tongban/platform/fault"
)

// ErrExpression says that an expression failed or gave the wrong kind of value.
var ErrExpression = fault.Internal("bpmn.expression")

// Evaluator works out expressions by a hook that gets the text as written; nil
// means the built-in languages.
type Evaluator func(text string, vars map[string]any) (any, error)

// Value works out an expression.
func (e Evaluator) Value(x *Expr, vars map[string]any) (any, error) {
	if e == nil {
		return x.Run(vars)
	}
	v, err := e(x.Text, vars)
	if err != nil {
		if errors.Is(err, ErrExpression) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %q: %w", ErrExpression, x.Text, err)
	}
	return v, nil
}

// Holds works out a condition. Nothing counts as no: a variable that nobody has
// set yet does not open a flow.
func (e Evaluator) Holds(x *Expr, vars map[string]any) (bool, error) {
	v, err := e.Value(x, vars)
	if err != nil {
		return false, err
	}
	switch b := v.(type) {
	case nil:
		return false, nil
	case bool:
		return b, nil
	}
	return false, fmt.Errorf("%w: %q gives %T, not true or false", ErrExpression, x.Text, v)
}

// Fill puts values into a text. A list reads as "a,b".
func (e Evaluator) Fill(t *Template, vars map[string]any) (string, error) {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.Expr == nil {
			b.WriteString(p.Text)
			continue
		}
		v, err := e.Value(p.Expr, vars)
		if err != nil {
			return "", err
		}
		switch x := v.(type) {
		case nil:
		case []any: // a list of groups or people
			for i, item := range x {
				if i > 0 {
					b.WriteByte(',')
				}
				fmt.Fprint(&b, item)
			}
		default:
			fmt.Fprint(&b, x)
		}
	}
	return b.String(), nil
}
