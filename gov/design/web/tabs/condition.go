package tabs

import (
	"net/url"
	"regexp"
	"strings"
)

// test is one comparison of a condition: an answer is, or is not, a value.
type test struct {
	Subject string
	Not     bool
	Has     bool // several may be chosen, and this is one of them
	Value   string
}

// condition is a condition that boxes can show: all of its tests hold, or any.
type condition struct {
	Any   bool
	Tests []test
}

const (
	quoted = `(?:'([^'\\]*)'|"([^"\\]*)")`
	ident  = `([a-z][a-z0-9_]{0,39})`
)

var (
	isTest   = regexp.MustCompile(`^\(?` + ident + `\s*(==|!=)\s*` + quoted + `\)?$`)
	hasTest  = regexp.MustCompile(`^\(?` + quoted + `\s+in\s+split\(` + ident + `,\s*["']\\n["']\)\)?$`)
	listTest = regexp.MustCompile(`^\(?` + ident + `\s+in\s+\[((?:\s*` + quoted + `\s*,?)+)\]\)?$`)
	oneOf    = regexp.MustCompile(quoted)
	and      = regexp.MustCompile(`\s+(?:and|&&)\s+`)
	or       = regexp.MustCompile(`\s+(?:or|\|\|)\s+`)
)

// readCondition reads an expression that boxes can show; false for others, which
// are shown as they are written.
func readCondition(text string) (condition, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return condition{}, true
	}
	if m := listTest.FindStringSubmatch(text); m != nil {
		c := condition{Any: true}
		for _, v := range oneOf.FindAllStringSubmatch(m[2], -1) {
			c.Tests = append(c.Tests, test{Subject: m[1], Value: v[1] + v[2]})
		}
		return c, true
	}
	parts, c := and.Split(text, -1), condition{}
	if len(parts) == 1 {
		if parts = or.Split(text, -1); len(parts) > 1 {
			c.Any = true
		}
	}
	for _, p := range parts {
		p = strings.TrimSpace(p)
		if m := isTest.FindStringSubmatch(p); m != nil {
			c.Tests = append(c.Tests, test{Subject: m[1], Not: m[2] == "!=", Value: m[3] + m[4]})
			continue
		}
		m := hasTest.FindStringSubmatch(p)
		if m == nil {
			return condition{}, false
		}
		c.Tests = append(c.Tests, test{Subject: m[3], Has: true, Value: m[1] + m[2]})
	}
	return c, true
}

// String writes the expression.
func (c condition) String() string {
	var out []string
	for _, t := range c.Tests {
		switch {
		case t.Has:
			out = append(out, `"`+t.Value+`" in split(`+t.Subject+`, "\n")`)
		case t.Not:
			out = append(out, t.Subject+" != '"+t.Value+"'")
		default:
			out = append(out, t.Subject+" == '"+t.Value+"'")
		}
	}
	if c.Any {
		return strings.Join(out, " or ")
	}
	return strings.Join(out, " and ")
}

// key names a test in a list to choose from.
func (t test) key() string {
	if t.Has {
		return t.Subject + "*" + t.Value
	}
	return t.Subject + "=" + t.Value
}

var keyPattern = regexp.MustCompile(`^` + ident + `([=*])([^'"\\\n]*)$`)

// formCondition reads the boxes of a condition. The expression below them counts
// when it was changed.
func formCondition(form url.Values, name string) string {
	raw, was := strings.TrimSpace(form.Get(name+".raw")), form.Get(name+".was")
	if raw != was {
		return raw
	}
	if form.Get(name+".boxes") == "" {
		return was
	}
	c := condition{Any: form.Get(name+".join") == "any"}
	ops := form[name+".op"]
	for i, v := range form[name+".test"] {
		m := keyPattern.FindStringSubmatch(v)
		if m == nil {
			continue
		}
		c.Tests = append(c.Tests, test{Subject: m[1], Has: m[2] == "*", Value: m[3], Not: i < len(ops) && ops[i] == "not" && m[2] == "="})
	}
	if old, ok := readCondition(was); ok && old.String() == c.String() {
		return was // as it was written
	}
	return c.String()
}
