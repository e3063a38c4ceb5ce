package definition

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"github.com/expr-lang/expr"
)

// Other engines write conditions in JUEL. What means the same is translated word
// by word; what does not is a syntax error and is refused.

// juelWords are words of JUEL.
var juelWords = map[string]string{"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "div": "/", "mod": "%", "empty": "isEmpty "}

// prefixes under which Flowable offers its functions over variables.
var prefixes = map[string]bool{"var": true, "vars": true, "variables": true}

// translate rewrites words outside quoted text.
func translate(s string) string {
	var b strings.Builder
	r := []rune(s)
	for i := 0; i < len(r); {
		c := r[i]
		switch {
		case c == '"' || c == '\'' || c == '`':
			j := i + 1
			for j < len(r) && r[j] != c {
				if r[j] == '\\' {
					j++
				}
				j++
			}
			j = min(j+1, len(r))
			b.WriteString(string(r[i:j]))
			i = j
		case unicode.IsLetter(c) || c == '_':
			j := i
			for j < len(r) && (unicode.IsLetter(r[j]) || unicode.IsDigit(r[j]) || r[j] == '_') {
				j++
			}
			i = word(&b, r, i, j)
		case c == '!' && strings.HasPrefix(strings.TrimSpace(string(r[i+1:])), "empty "):
			b.WriteRune(c)
			i++
		case c == '!' && after(r, i) != '=': // nothing counts as no
			b.WriteString("!orFalse ")
			i++
			i = operand(&b, r, i)
		default:
			b.WriteRune(c)
			i++
		}
	}
	return b.String()
}

// operand wraps the name or bracket after a JUEL "!" into orFalse(…).
func operand(b *strings.Builder, r []rune, i int) int {
	for i < len(r) && unicode.IsSpace(r[i]) {
		i++
	}
	j, depth := i, 0
	for j < len(r) {
		c := r[j]
		if c == '(' || c == '[' {
			depth++
		} else if c == ')' || c == ']' {
			if depth == 0 {
				break
			}
			depth--
		} else if depth == 0 && !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != '.' && c != ':' {
			break
		}
		j++
	}
	b.WriteString("(" + translate(string(r[i:j])) + ")")
	return j
}

func before(r []rune, i int) rune {
	if i == 0 {
		return 0
	}
	return r[i-1]
}

func after(r []rune, i int) rune {
	if i+1 >= len(r) {
		return 0
	}
	return r[i+1]
}

// word writes one word, translated, and gives the place after it.
func word(b *strings.Builder, r []rune, i, j int) int {
	w := string(r[i:j])
	if before(r, i) == '.' {
		b.WriteString(w)
		return j
	}
	if prefixes[w] && j < len(r) && r[j] == ':' { // var:get(x) → var_get(x)
		k := j + 1
		for k < len(r) && (unicode.IsLetter(r[k]) || unicode.IsDigit(r[k])) {
			k++
		}
		if k < len(r) && r[k] == '(' {
			b.WriteString("var_" + string(r[j+1:k]) + "($env, ")
			m := k + 1
			for m < len(r) && unicode.IsSpace(r[m]) {
				m++
			}
			n := m
			for n < len(r) && (unicode.IsLetter(r[n]) || unicode.IsDigit(r[n]) || r[n] == '_') {
				n++
			}
			if n > m && n < len(r) && (r[n] == ',' || r[n] == ')' || r[n] == ' ') { // the name of a variable, not its value
				fmt.Fprintf(b, "%q", string(r[m:n]))
				return n
			}
			return m
		}
	}
	if t, ok := juelWords[w]; ok {
		if w == "empty" {
			b.WriteString(t)
			return operand(b, r, j)
		}
		b.WriteString(t)
		return j
	}
	b.WriteString(w)
	return j
}

// options are the functions that expressions have besides those of expr-lang.
var options = []expr.Option{
	expr.DisableBuiltin("now"),
	expr.Function("isEmpty", func(a ...any) (any, error) { return blank(a[0]), nil }, new(func(any) bool)),
	expr.Function("orFalse", func(a ...any) (any, error) {
		if a[0] == nil {
			return false, nil
		}
		b, ok := a[0].(bool)
		if !ok {
			return nil, fmt.Errorf("! needs true or false, not %T", a[0])
		}
		return b, nil
	}, new(func(any) bool)),
	variable("get", 2, func(v any, _ []any) (any, error) { return v, nil }),
	variable("getOrDefault", 3, func(v any, a []any) (any, error) {
		if v == nil {
			return a[0], nil
		}
		return v, nil
	}),
	variable("exists", 2, func(v any, _ []any) (any, error) { return v != nil, nil }),
	variable("isEmpty", 2, func(v any, _ []any) (any, error) { return blank(v), nil }),
	variable("empty", 2, func(v any, _ []any) (any, error) { return blank(v), nil }),
	variable("isNotEmpty", 2, func(v any, _ []any) (any, error) { return !blank(v), nil }),
	variable("notEmpty", 2, func(v any, _ []any) (any, error) { return !blank(v), nil }),
	variable("base64", 2, func(v any, _ []any) (any, error) {
		s, ok := v.(string)
		if !ok {
			return nil, nil
		}
		return base64.StdEncoding.EncodeToString([]byte(s)), nil
	}),
	compare("equals", func(c int) bool { return c == 0 }), compare("eq", func(c int) bool { return c == 0 }),
	compare("notEquals", func(c int) bool { return c != 0 }), compare("ne", func(c int) bool { return c != 0 }),
	compare("lowerThan", func(c int) bool { return c < 0 }), compare("lt", func(c int) bool { return c < 0 }),
	compare("lowerThanOrEquals", func(c int) bool { return c <= 0 }), compare("lte", func(c int) bool { return c <= 0 }),
	compare("greaterThan", func(c int) bool { return c > 0 }), compare("gt", func(c int) bool { return c > 0 }),
	compare("greaterThanOrEquals", func(c int) bool { return c >= 0 }), compare("gte", func(c int) bool { return c >= 0 }),
}

// variable makes one function over a variable named by its first argument.
func variable(name string, args int, f func(v any, rest []any) (any, error)) expr.Option {
	return expr.Function("var_"+name, func(a ...any) (any, error) {
		if len(a) != args {
			return nil, fmt.Errorf("var:%s takes %d arguments", name, args-1)
		}
		env, _ := a[0].(map[string]any)
		key, ok := a[1].(string)
		if !ok {
			return nil, fmt.Errorf("var:%s takes the name of a variable", name)
		}
		return f(env[key], a[2:])
	})
}

func compare(name string, holds func(int) bool) expr.Option {
	return variable(name, 3, func(v any, rest []any) (any, error) {
		if v == nil || rest[0] == nil {
			return v == rest[0] && holds(0), nil
		}
		if x, okX := toFloat(v); okX {
			if y, okY := toFloat(rest[0]); okY {
				c := 0
				if x < y {
					c = -1
				} else if x > y {
					c = 1
				}
				return holds(c), nil
			}
		}
		x, okX := v.(string)
		y, okY := rest[0].(string)
		if okX && okY {
			return holds(strings.Compare(x, y)), nil
		}
		if reflect.DeepEqual(v, rest[0]) {
			return holds(0), nil
		}
		return false, nil
	})
}

func toFloat(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

func blank(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}
