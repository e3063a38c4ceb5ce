package definition

import (
	"fmt"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"tongban/platform/dmn/feel"
)

// Expr is a compiled expression of a model.
type Expr struct {
	Text string // as written
	body string // without ${…}, #{…} or =
	prog *vm.Program
	feel *feel.Expr // when it is FEEL
}

// Unwrap takes the expression out of its marks.
func Unwrap(text string) string {
	s := strings.TrimSpace(text)
	if (strings.HasPrefix(s, "${") || strings.HasPrefix(s, "#{")) && strings.HasSuffix(s, "}") {
		return strings.TrimSpace(s[2 : len(s)-1])
	}
	if marked(s) {
		return strings.TrimSpace(s[1:])
	}
	return s
}

// marked reports whether the text is marked as FEEL, as in Zeebe's files.
func marked(s string) bool { return strings.HasPrefix(s, "=") && !strings.HasPrefix(s, "==") }

// Compile checks and compiles an expression: FEEL when it begins with =, JUEL and
// the built-in language otherwise. now() is switched off because the engine has
// no clock: what a model may know about time comes in as a variable.
func Compile(text string) (*Expr, error) {
	body := Unwrap(text)
	if body == "" {
		return nil, fmt.Errorf("expression %q is empty", text)
	}
	var notFeel error
	if marked(strings.TrimSpace(text)) {
		f, err := feel.Compile(body)
		if err == nil {
			return &Expr{Text: text, body: body, feel: f}, nil
		}
		notFeel = err // it may still be the built-in language, which is written so too
	}
	source := body
	if t := strings.TrimSpace(text); strings.HasPrefix(t, "${") || strings.HasPrefix(t, "#{") {
		source = translate(body)
	}
	prog, err := expr.Compile(source, options...)
	if err != nil {
		if notFeel != nil {
			err = notFeel
		}
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("expression %q: %s", text, first)
	}
	return &Expr{Text: text, body: body, prog: prog}, nil
}

// Run evaluates over variables; one that is not there is nil.
func (x *Expr) Run(vars map[string]any) (any, error) {
	if vars == nil {
		vars = map[string]any{}
	}
	if x.feel != nil {
		v, err := x.feel.Eval(vars, time.Time{})
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %v", ErrExpression, x.Text, err)
		}
		if i, ok := v.(int64); ok {
			return int(i), nil
		}
		return v, nil
	}
	v, err := expr.Run(x.prog, vars)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("%w: %q: %s", ErrExpression, x.Text, first)
	}
	return v, nil
}

// Template is text with expressions in it, such as "${department}-desk".
type Template struct {
	Key   string
	Parts []Part
}

// Part is text or an expression.
type Part struct {
	Text string
	Expr *Expr
}

// hasTemplate reports whether the text holds ${…} or #{…}, or is FEEL.
func hasTemplate(s string) bool {
	return strings.Contains(s, "${") || strings.Contains(s, "#{") || marked(strings.TrimSpace(s))
}

func compileTemplate(key, s string) (*Template, error) {
	t := &Template{Key: key}
	if marked(strings.TrimSpace(s)) {
		x, err := Compile(s)
		if err != nil {
			return nil, err
		}
		t.Parts = []Part{{Expr: x}}
		return t, nil
	}
	for s != "" {
		i := strings.Index(s, "${")
		if j := strings.Index(s, "#{"); i < 0 || (j >= 0 && j < i) {
			i = j
		}
		if i < 0 {
			t.Parts = append(t.Parts, Part{Text: s})
			break
		}
		if i > 0 {
			t.Parts = append(t.Parts, Part{Text: s[:i]})
		}
		end := closing(s[i+2:])
		if end < 0 {
			return nil, fmt.Errorf("expression %q is not closed", s[i:])
		}
		x, err := Compile(s[i : i+3+end])
		if err != nil {
			return nil, err
		}
		t.Parts = append(t.Parts, Part{Expr: x})
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
