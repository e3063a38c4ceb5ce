package bpmn

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// expression is a compiled expression of a model.
type expression struct {
	text string // as written
	body string // without ${…}, #{…} or =
	prog *vm.Program
}

// unwrap takes the expression out of its marks.
func unwrap(text string) string {
	s := strings.TrimSpace(text)
	if (strings.HasPrefix(s, "${") || strings.HasPrefix(s, "#{")) && strings.HasSuffix(s, "}") {
		return strings.TrimSpace(s[2 : len(s)-1])
	}
	if strings.HasPrefix(s, "=") && !strings.HasPrefix(s, "==") {
		return strings.TrimSpace(s[1:])
	}
	return s
}

// compile checks and compiles. now() is switched off because the engine has no
// clock: what a model may know about time comes in as a variable.
func compile(text string) (*expression, error) {
	body := unwrap(text)
	if body == "" {
		return nil, fmt.Errorf("expression %q is empty", text)
	}
	prog, err := expr.Compile(body, expr.DisableBuiltin("now"))
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("expression %q: %s", text, first)
	}
	return &expression{text: text, body: body, prog: prog}, nil
}

// Eval is the built-in evaluation: expr-lang, in which a variable that is not
// there is nil. It accepts ${a > 3}, #{a > 3}, = a > 3 and a > 3.
func Eval(text string, vars map[string]any) (any, error) {
	x, err := compile(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrExpression, err)
	}
	return x.run(vars)
}

func (x *expression) run(vars map[string]any) (any, error) {
	if vars == nil {
		vars = map[string]any{}
	}
	v, err := expr.Run(x.prog, vars)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("%w: %q: %s", ErrExpression, x.text, first)
	}
	return v, nil
}

// template is text with expressions in it, such as "${department}-desk".
type template struct {
	key   string
	parts []part
}

type part struct {
	text string
	expr *expression
}

// hasTemplate reports whether the text holds ${…} or #{…}.
func hasTemplate(s string) bool { return strings.Contains(s, "${") || strings.Contains(s, "#{") }

func compileTemplate(key, s string) (template, error) {
	t := template{key: key}
	for s != "" {
		i := strings.Index(s, "${")
		if j := strings.Index(s, "#{"); i < 0 || (j >= 0 && j < i) {
			i = j
		}
		if i < 0 {
			t.parts = append(t.parts, part{text: s})
			break
		}
		if i > 0 {
			t.parts = append(t.parts, part{text: s[:i]})
		}
		end := closing(s[i+2:])
		if end < 0 {
			return t, fmt.Errorf("expression %q is not closed", s[i:])
		}
		x, err := compile(s[i : i+3+end])
		if err != nil {
			return t, err
		}
		t.parts = append(t.parts, part{expr: x})
		s = s[i+3+end:]
	}
	return t, nil
}

// closing finds the brace that closes an expression, passing over nested
// braces and quoted text.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

// eval runs an expression through the hook of the engine when there is one.
func (e *Engine) eval(x *expression, vars map[string]any) (any, error) {
	if e.Eval == nil {
		return x.run(vars)
	}
	v, err := e.Eval(x.text, vars)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrExpression, x.text, err)
	}
	return v, nil
}

// holds evaluates a condition. Nothing counts as no: a variable that nobody
// has set yet does not open a flow.
func (e *Engine) holds(x *expression, vars map[string]any) (bool, error) {
	v, err := e.eval(x, vars)
	if err != nil {
		return false, err
	}
	switch b := v.(type) {
	case nil:
		return false, nil
	case bool:
		return b, nil
	}
	return false, fmt.Errorf("%w: %q gives %T, not true or false", ErrExpression, x.text, v)
}

func (e *Engine) fill(t *template, vars map[string]any) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := e.eval(p.expr, vars)
		if err != nil {
			return "", err
		}
		switch x := v.(type) {
		case nil:
		case []any: // a list of groups or people reads as "a,b"
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
