package feel

import (
	"fmt"
	"slices"
	"strings"

	"tongban/platform/dmn/feel/value"
)

// maxNesting bounds how deep expressions may be nested.
const maxNesting = 200

// Options say what an expression may refer to.
type Options struct {
	Names *Names
	// Types gives the type of a name that is not one of the language.
	Types map[string]*Type
}

type parser struct {
	src      string
	toks     []token
	at       int
	names    *Names
	types    map[string]*Type
	typeName *Names // made when the first type is read
	depth    int
	locals   []string
	filters  int
	hasInput bool
	free     []Ref
	err      *SyntaxError   // the first one; nothing is read after it
	problems []*SyntaxError // what is no error of grammar but can never work
	openEnds bool           // a range may lack one of its ends, as in range("[1..]")
}

func newParser(src string, o Options) (*parser, error) {
	toks, err := lex(src)
	if err != nil {
		return nil, err
	}
	return &parser{src: src, toks: toks, names: NewNames(o.Names), types: o.Types}, nil
}

// typeNames are the names of types that hold more than one word.
func typeNames(types map[string]*Type) *Names {
	n := emptyNames(basicNames)
	for name := range types {
		if strings.ContainsAny(name, " -+*/'’") {
			n.Add(name)
		}
	}
	return n
}

var basicNames = func() *Names {
	n := emptyNames()
	for _, name := range value.BasicTypeNames() {
		n.Add(name)
	}
	return n
}()

// run calls a rule of the grammar, which must read everything.
func (p *parser) run(rule func()) error {
	rule()
	if t := p.peek(); t.kind != tokEnd {
		p.leftOver(t)
	}
	if p.err != nil {
		return p.err
	}
	return nil
}

// leftOver says what is wrong with what follows a complete expression.
func (p *parser) leftOver(t token) {
	if t.kind == tokName && !value.Keywords[t.text] && p.at > 0 && p.toks[p.at-1].kind == tokName {
		p.fail(t, "%q follows %q without an operator; if %q is one name, it is not known here", t.text, p.toks[p.at-1].text, p.toks[p.at-1].text+" "+t.text)
	}
	p.fail(t, "%s is not expected here", describe(t))
}

func describe(t token) string {
	switch t.kind {
	case tokEnd:
		return "the end of the expression"
	case tokString:
		return "the text " + value.Quote(t.text)
	}
	return fmt.Sprintf("%q", t.text)
}

// fail keeps the first error and goes to the end, where every rule stops.
func (p *parser) fail(t token, format string, args ...any) {
	if p.err == nil {
		p.err = errorAt(p.src, t.from, format, args...)
	}
	p.at = len(p.toks) - 1
}

// flaw notes what can never work without being an error of grammar.
func (p *parser) flaw(t token, format string, args ...any) {
	p.problems = append(p.problems, errorAt(p.src, t.from, format, args...))
}

func (p *parser) peek() token { return p.toks[p.at] }

func (p *parser) after(n int) token { return p.toks[min(p.at+n, len(p.toks)-1)] }

func (p *parser) next() token {
	t := p.toks[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

func (p *parser) line() int { return 1 + strings.Count(p.src[:p.peek().from], "\n") }

func (p *parser) isSym(s string) bool { t := p.peek(); return t.kind == tokSymbol && t.text == s }

func (p *parser) isWord(s string) bool { t := p.peek(); return t.kind == tokName && t.text == s }

func (p *parser) sym(s string) bool {
	if p.isSym(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) word(s string) bool {
	if p.isWord(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) needSym(s, after string) {
	if !p.sym(s) {
		p.fail(p.peek(), "%q is missing %s before %s", s, after, describe(p.peek()))
	}
}

func (p *parser) needWord(s, after string) {
	if !p.word(s) {
		p.fail(p.peek(), "%q is missing %s before %s", s, after, describe(p.peek()))
	}
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.peek(), "the expression is nested more than %d levels deep", maxNesting)
	}
}

// local makes names known until the function it gives is called.
func (p *parser) local(names ...string) func() {
	for _, n := range names {
		p.names.Add(n)
	}
	n := len(p.locals)
	p.locals = append(p.locals, names...)
	return func() { p.locals = p.locals[:n] }
}

// expression is the top of the grammar.
func (p *parser) expression() node {
	p.enter()
	defer func() { p.depth-- }()
	left := p.conjunction()
	for p.isWord("or") {
		line := p.line()
		p.at++
		left = &binary{"or", left, p.conjunction(), line}
	}
	return left
}

func (p *parser) conjunction() node {
	left := p.comparison()
	for p.isWord("and") {
		line := p.line()
		p.at++
		left = &binary{"and", left, p.comparison(), line}
	}
	return left
}

var comparisons = []string{"=", "!=", "<", "<=", ">", ">="}

func (p *parser) comparison() node {
	left := p.sum()
	for {
		line := p.line()
		switch t := p.peek(); {
		case t.kind == tokSymbol && slices.Contains(comparisons, t.text):
			p.at++
			left = &binary{t.text, left, p.sum(), line}
		case p.word("between"):
			low := p.sum()
			p.needWord("and", "after the lower bound of between")
			left = &between{left, low, p.sum()}
		case p.word("in"):
			left = &membership{left, p.memberTests()}
		default:
			return left
		}
	}
}

// memberTests reads what stands to the right of in: one test, or several in
// parentheses.
func (p *parser) memberTests() *Tests {
	t := &Tests{}
	start := p.at
	if p.sym("(") {
		t.list = append(t.list, p.test())
		for p.sym(",") {
			t.list = append(t.list, p.test())
		}
		if !p.isSym("..") {
			p.needSym(")", "at the end of the tests")
			return t
		}
		p.at, t.list = start, nil // a range such as (1..2)
	}
	had := p.hasInput
	p.hasInput = false
	op := p.testOperator()
	of := p.sum()
	t.list = []unaryTest{{op, of, p.hasInput}}
	p.hasInput = had || p.hasInput
	return t
}

func (p *parser) testOperator() string {
	if t := p.peek(); t.kind == tokSymbol && slices.Contains(comparisons, t.text) {
		p.at++
		return t.text
	}
	return ""
}

// test reads one unary test.
func (p *parser) test() unaryTest {
	had := p.hasInput
	p.hasInput = false
	op := p.testOperator()
	var of node
	if op != "" {
		of = p.sum()
	} else {
		of = p.expression()
	}
	t := unaryTest{op, of, p.hasInput}
	p.hasInput = had || p.hasInput
	return t
}

// unaryTests reads the whole text of a cell.
func (p *parser) unaryTests() *Tests {
	t := &Tests{src: p.src}
	if p.isSym("-") && p.after(1).kind == tokEnd {
		p.at++
		t.any = true
		return t
	}
	if p.isWord("not") && p.after(1).kind == tokSymbol && p.after(1).text == "(" && p.closes(p.at+1) == len(p.toks)-2 {
		p.at += 2
		t.negate = true
	}
	t.list = append(t.list, p.test())
	for p.sym(",") {
		t.list = append(t.list, p.test())
	}
	if t.negate {
		p.needSym(")", "at the end of not(")
	}
	return t
}

// closes finds the bracket that closes the one at a position, -1 when none does.
func (p *parser) closes(at int) int {
	depth := 0
	for i := at; i < len(p.toks); i++ {
		if t := p.toks[i]; t.kind == tokSymbol {
			switch t.text {
			case "(", "{":
				depth++
			case ")", "}":
				if depth--; depth == 0 {
					return i
				}
			}
		}
	}
	return -1
}

func (p *parser) sum() node {
	left := p.product()
	for p.isSym("+") || p.isSym("-") {
		line := p.line()
		op := p.next().text
		left = &binary{op, left, p.product(), line}
	}
	return left
}

func (p *parser) product() node {
	left := p.power()
	for p.isSym("*") || p.isSym("/") {
		line := p.line()
		op := p.next().text
		left = &binary{op, left, p.power(), line}
	}
	return left
}

func (p *parser) power() node {
	left := p.unary()
	for p.isSym("**") {
		line := p.line()
		p.at++
		left = &binary{"**", left, p.unary(), line}
	}
	return left
}

func (p *parser) unary() node {
	p.enter()
	defer func() { p.depth-- }()
	line := p.line()
	if p.sym("-") {
		of := p.unary()
		if l, ok := of.(*literal); ok {
			if n, ok := l.val.(Number); ok {
				return &literal{n.Neg()}
			}
		}
		return &negation{of, line}
	}
	of := p.postfix(p.primary())
	for p.isWord("instance") && p.after(1).kind == tokName && p.after(1).text == "of" {
		p.at += 2
		of = &instance{of, p.typ()}
	}
	return of
}

// postfix reads what follows a value: paths, filters and invocations.
func (p *parser) postfix(of node) node {
	for {
		line := p.line()
		switch {
		case p.sym("."):
			of = &pathStep{of, p.stepName(), line}
		case p.isSym("[") && !p.endsRange():
			p.at++
			p.filters++
			done := p.local("item")
			cond := p.expression()
			done()
			p.filters--
			p.needSym("]", "at the end of the filter")
			of = &filter{of, cond, line}
		case p.isSym("("):
			of = p.invocation(of)
		default:
			return of
		}
	}
}

// endsRange tells whether the bracket [ closes a range such as [1..10[ instead
// of beginning a filter: nothing that could be a filter follows it.
func (p *parser) endsRange() bool {
	t := p.after(1)
	switch t.kind {
	case tokEnd:
		return true
	case tokSymbol:
		return !slices.Contains([]string{"(", "[", "{", "-", "<", ">", "<=", ">=", "=", "!="}, t.text) || t.text == "]"
	case tokName:
		return value.Keywords[t.text] && !slices.Contains([]string{"if", "for", "some", "every", "function", "true", "false", "null"}, t.text)
	}
	return false
}

// stepName reads the name after a point.
func (p *parser) stepName() string {
	t := p.peek()
	if t.kind != tokName {
		p.fail(t, "a name is missing after the point before %s", describe(t))
		return ""
	}
	if name, n := p.names.match(p.toks[p.at:]); n > 0 {
		p.at += n
		return name
	}
	p.at++
	return t.text
}

// invocation reads the arguments of a call.
func (p *parser) invocation(fn node) node {
	c := &call{fn: fn, line: p.line(), title: "the function"}
	switch f := fn.(type) {
	case *nameRef:
		c.title = f.name
	case *pathStep:
		c.title = f.name
	}
	p.needSym("(", "")
	if p.sym(")") {
		return c
	}
	_, named := p.argName()
	for {
		if named {
			name, ok := p.argName()
			if !ok {
				p.fail(p.peek(), "either all arguments have names or none")
			}
			p.at += p.nameLength()
			p.needSym(":", "after the name of the argument")
			c.names = append(c.names, name)
		}
		c.args = append(c.args, p.expression())
		if !p.sym(",") {
			break
		}
	}
	p.needSym(")", "at the end of the arguments")
	return p.constantCall(c)
}

// constants are functions whose result is worked out once when their argument is a
// text, as in date("2026-12-01").
var constants = map[string]bool{"date": true, "time": true, "date and time": true, "duration": true}

func (p *parser) constantCall(c *call) node {
	f, ok := c.fn.(*nameRef)
	if !ok || !constants[f.name] || len(c.args) != 1 || c.names != nil || slices.Contains(p.locals, f.name) || p.names.Has(f.name) {
		return c
	}
	arg, ok := c.args[0].(*literal)
	if !ok {
		return c
	}
	if _, ok = arg.val.(string); !ok {
		return c
	}
	if v := c.eval(value.NewRun(Limits{}), nil); v != nil {
		return &literal{v}
	}
	return c
}

// nameLength counts the tokens up to a colon when they can be one name, else 0.
func (p *parser) nameLength() int {
	for i := p.at; i < len(p.toks); i++ {
		t := p.toks[i]
		switch {
		case t.kind == tokName, t.kind == tokNumber && i > p.at:
		case t.kind == tokSymbol && t.text == ":":
			return i - p.at
		case t.kind == tokSymbol && i > p.at && slices.Contains([]string{".", "/", "-", "'", "’", "+", "*"}, t.text):
		default:
			return 0
		}
	}
	return 0
}

// argName looks ahead for "name :".
func (p *parser) argName() (string, bool) {
	n := p.nameLength()
	if n == 0 {
		return "", false
	}
	return Normal(p.src[p.peek().from:p.toks[p.at+n-1].to]), true
}
