package feel

import (
	"slices"
	"strings"

	"tongban/platform/dmn/feel/builtin"
	"tongban/platform/dmn/feel/value"
)

// primary reads a value that no operator binds.
func (p *parser) primary() node {
	t := p.peek()
	switch t.kind {
	case tokNumber:
		p.at++
		n, ok := ParseNumber(t.text)
		if !ok {
			p.flaw(t, "the number %s has no decimal form with 34 digits", t.text)
			return &literal{nil}
		}
		return &literal{n}
	case tokString:
		p.at++
		return &literal{t.text}
	case tokAt:
		p.at++
		v, ok := parseTemporal(t.text)
		if !ok {
			p.flaw(t, "@%s is no date, time, date and time or duration", value.Quote(t.text))
			return &literal{nil}
		}
		return &literal{v}
	case tokName:
		return p.named(t)
	case tokSymbol:
		switch t.text {
		case "(":
			return p.parenthesis()
		case "[", "]":
			return p.bracket()
		case "{":
			return p.context()
		}
	}
	p.fail(t, "a value is missing before %s", describe(t))
	return &literal{nil}
}

// named reads what begins with a word.
func (p *parser) named(t token) node {
	line := p.line()
	if name, n := p.names.match(p.toks[p.at:]); n > 0 {
		p.at += n
		return p.ref(name, line)
	}
	switch t.text {
	case "true", "false":
		p.at++
		return &literal{t.text == "true"}
	case "null":
		p.at++
		return &literal{nil}
	case "if":
		return p.choice()
	case "for":
		return p.loop()
	case "some", "every":
		return p.quantified()
	case "function":
		if a := p.after(1); a.kind == tokSymbol && a.text == "(" {
			return p.function()
		}
	}
	if value.Keywords[t.text] {
		p.fail(t, "a value is missing before %q", t.text)
		return &literal{nil}
	}
	p.at++
	return p.ref(t.text, line)
}

func (p *parser) ref(name string, line int) node {
	if name == "?" {
		p.hasInput = true
	} else if _, own := builtin.Lookup(name); !slices.Contains(p.locals, name) && (!own || p.names.Has(name)) {
		p.free = append(p.free, Ref{name, line, p.filters > 0})
	}
	return &nameRef{name, line}
}

func (p *parser) choice() node {
	p.at++
	c := &choice{cond: p.expression()}
	p.needWord("then", "after the condition of if")
	c.yes = p.expression()
	p.needWord("else", "after the first branch of if")
	c.no = p.expression()
	return c
}

// iterations reads "x in list, y in 1..3" and gives what forgets the names again.
func (p *parser) iterations(what string) (list []iteration, done func()) {
	outer := len(p.locals)
	for {
		start := p.peek()
		n := 0
		for i := p.at; i < len(p.toks) && p.toks[i].kind == tokName && p.toks[i].text != "in"; i++ {
			n++
		}
		if n == 0 {
			p.fail(start, "the name of the variable is missing after %s", what)
			return nil, func() {}
		}
		it := iteration{name: Normal(p.src[start.from:p.toks[p.at+n-1].to])}
		p.at += n
		p.needWord("in", "after the variable "+it.name)
		it.in = p.expression()
		if p.sym("..") {
			it.upTo = p.expression()
		}
		p.local(it.name)
		list = append(list, it)
		if !p.sym(",") {
			return list, func() { p.locals = p.locals[:outer] }
		}
	}
}

func (p *parser) loop() node {
	l := &loop{line: p.line()}
	p.at++
	over, done := p.iterations("for")
	defer done()
	p.needWord("return", "after the lists of for")
	p.local("partial")
	l.over, l.body = over, p.expression()
	return l
}

func (p *parser) quantified() node {
	q := &quantified{every: p.isWord("every"), line: p.line()}
	what := p.next().text
	over, done := p.iterations(what)
	defer done()
	p.needWord("satisfies", "after the lists of "+what)
	q.over, q.cond = over, p.expression()
	return q
}

func (p *parser) function() node {
	f := &functionOf{line: p.line()}
	p.at += 2
	var names []string
	for p.err == nil && !p.sym(")") {
		if len(f.params) > 0 {
			p.needSym(",", "between the parameters")
		}
		start := p.peek()
		n := 0
		for i := p.at; i < len(p.toks) && p.toks[i].kind == tokName; i++ {
			n++
		}
		if n == 0 {
			p.fail(start, "the name of a parameter is missing before %s", describe(start))
			break
		}
		param := Param{Name: Normal(p.src[start.from:p.toks[p.at+n-1].to])}
		p.at += n
		if p.sym(":") {
			param.Type = p.typ()
		}
		f.params = append(f.params, param)
		names = append(names, param.Name)
	}
	done := p.local(names...)
	defer done()
	if p.isWord("external") {
		p.flaw(p.peek(), "external functions are not supported: nothing outside may be called")
		p.at++
		f.external = true
	}
	f.body = p.expression()
	return f
}

// parenthesis reads (…), a range that begins with (, or (< 10).
func (p *parser) parenthesis() node {
	line := p.line()
	p.at++
	if op := p.testOperator(); op != "" {
		n := &openRange{op, p.sum(), line}
		p.needSym(")", "at the end of the range")
		return n
	}
	if p.openEnds && p.sym("..") {
		return p.rangeEnd(nil, false, line)
	}
	inner := p.expression()
	if p.sym("..") {
		return p.rangeEnd(inner, false, line)
	}
	p.needSym(")", "to match (")
	return inner
}

// bracket reads a list, or a range that begins with [ or ].
func (p *parser) bracket() node {
	line := p.line()
	closed := p.next().text == "["
	if closed && p.sym("]") {
		return &listOf{}
	}
	if p.openEnds && p.sym("..") {
		return p.rangeEnd(nil, closed, line)
	}
	first := p.element()
	if p.sym("..") {
		return p.rangeEnd(first, closed, line)
	}
	if !closed {
		p.fail(p.peek(), "\"..\" is missing in the range that begins with ]")
	}
	l := &listOf{elems: []node{first}}
	for p.sym(",") {
		l.elems = append(l.elems, p.element())
	}
	p.needSym("]", "at the end of the list")
	return l
}

// element reads an expression of a list, which may be an open range such as < 10.
func (p *parser) element() node {
	line := p.line()
	if op := p.testOperator(); op != "" {
		return &openRange{op, p.sum(), line}
	}
	return p.expression()
}

func (p *parser) rangeEnd(low node, lowIn bool, line int) node {
	r := &rangeOf{low: low, lowIn: lowIn, line: line}
	at := p.peek()
	if !p.openEnds || !p.isSym("]") && !p.isSym(")") && !p.isSym("[") {
		r.high = p.expression()
	}
	switch {
	case p.sym("]"):
		r.highIn = true
	case p.sym(")"), p.sym("["):
	default:
		p.fail(p.peek(), "the range is not closed with ], ) or [ before %s", describe(p.peek()))
	}
	return p.constantRange(r, at)
}

// constantRange works a range with constant ends out once.
func (p *parser) constantRange(r *rangeOf, at token) node {
	l, ok1 := r.low.(*literal)
	h, ok2 := r.high.(*literal)
	if !ok1 || !ok2 {
		return r
	}
	c, ordered := value.Compare(l.val, h.val)
	if ordered && c > 0 {
		p.flaw(at, "the range ends before it begins")
	}
	if !ordered || c > 0 {
		return r
	}
	return &literal{&Range{Low: l.val, High: h.val, LowIn: r.lowIn, HighIn: r.highIn}}
}

func (p *parser) context() node {
	c := &contextOf{line: p.line()}
	p.at++
	outer := len(p.locals)
	defer func() { p.locals = p.locals[:outer] }()
	for p.err == nil && !p.sym("}") {
		if len(c.keys) > 0 {
			p.needSym(",", "between the entries of the context")
		}
		var key string
		if t := p.peek(); t.kind == tokString {
			p.at++
			key = t.text
		} else if n := p.nameLength(); n > 0 {
			key, _ = p.argName()
			p.at += n
		} else {
			p.fail(t, "an entry of a context begins with a name and a colon, not with %s", describe(t))
		}
		p.needSym(":", "after the name of the entry")
		c.keys = append(c.keys, key)
		if _, isFunction := p.peekFunction(); isFunction {
			p.local(key) // a function may call itself
		}
		c.vals = append(c.vals, p.expression())
		p.local(key)
	}
	return c
}

func (p *parser) peekFunction() (token, bool) {
	t := p.peek()
	return t, t.kind == tokName && t.text == "function"
}

// typ reads the name of a type.
func (p *parser) typ() *Type {
	p.enter()
	defer func() { p.depth-- }()
	t := p.peek()
	if t.kind != tokName {
		p.fail(t, "the name of a type is missing before %s", describe(t))
		return nil
	}
	if p.typeName == nil {
		p.typeName = typeNames(p.types)
	}
	if name, n := p.typeName.match(p.toks[p.at:]); n > 0 {
		p.at += n
		return p.typeNamed(name, t)
	}
	p.at++
	open := p.isSym("<")
	switch {
	case open && (t.text == "list" || t.text == "range"):
		p.at++
		k := KindList
		if t.text == "range" {
			k = KindRange
		}
		elem := p.typ()
		p.closeType()
		return &Type{Kind: k, Elem: elem}
	case open && t.text == "context":
		p.at++
		return p.contextType()
	case open && t.text == "function":
		p.at++
		return p.functionType()
	}
	name := t.text
	for p.isSym(".") && p.after(1).kind == tokName {
		name += "." + p.after(1).text
		p.at += 2
	}
	return p.typeNamed(name, t)
}

func (p *parser) typeNamed(name string, t token) *Type {
	if ty, ok := p.types[name]; ok {
		return ty
	}
	if ty, ok := value.BasicType(name); ok {
		return ty
	}
	p.flaw(t, "there is no type %q", name)
	return nil
}

// closeType reads one > of a type; >= is > and =, which no type holds.
func (p *parser) closeType() { p.needSym(">", "at the end of the type") }

func (p *parser) contextType() *Type {
	ty := &Type{Kind: KindContext}
	for p.err == nil && !p.sym(">") {
		if len(ty.Fields) > 0 {
			p.needSym(",", "between the entries of the type")
		}
		n := p.nameLength()
		if n == 0 {
			p.fail(p.peek(), "an entry of a context type is a name, a colon and a type")
		}
		name, _ := p.argName()
		p.at += n
		p.needSym(":", "after the name of the entry")
		p.names.Add(name)
		ty.Fields = append(ty.Fields, Param{Name: name, Type: p.typ()})
	}
	return ty
}

func (p *parser) functionType() *Type {
	ty := &Type{Kind: KindFunction, Params: []*Type{}}
	for p.err == nil && !p.sym(">") {
		if len(ty.Params) > 0 {
			p.needSym(",", "between the types of the parameters")
		}
		ty.Params = append(ty.Params, p.typ())
	}
	p.needSym("->", "before the type of the result")
	ty.Result = p.typ()
	return ty
}

// parseTemporal reads what @"…" may hold.
func parseTemporal(s string) (Value, bool) {
	if strings.HasPrefix(s, "P") || strings.HasPrefix(s, "-P") {
		return ParseDuration(s)
	}
	if d, ok := ParseDate(s); ok {
		return d, true
	}
	if strings.Contains(s, "T") && !strings.HasPrefix(s, "T") {
		if t, ok := ParseDateTime(s); ok {
			return t, true
		}
	}
	if t, ok := ParseTime(s); ok {
		return t, true
	}
	return nil, false
}

// top reads a whole expression, which may also be a single test such as < 10.
func (p *parser) top() node { return p.element() }
