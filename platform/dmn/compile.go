package dmn

import (
	"errors"

	"tongban/platform/dmn/feel"
)

// compile reads the logic of all decisions, knowledge models and services.
func (b *builder) compile() {
	for _, k := range b.m.bkms {
		b.compileKnowledge(k)
	}
	for _, d := range b.m.decisions {
		d.result = b.typeRef(d.typeName, d.node)
		names := b.scope(d.needs)
		logic := b.logicOf(d.node)
		if logic == nil {
			b.problem(d.node.refuse("has no logic, so it has no value"))
			continue
		}
		d.logic = b.box(logic, names)
	}
	for _, s := range b.m.services {
		s.result = resultOf(b.typeRef(variableType(s.node), s.node))
	}
}

// scope are the names that an element with these requirements may use.
func (b *builder) scope(needs requirements) *feel.Names {
	names := feel.NewNames(b.m.common)
	for _, r := range needs {
		if r.prefix != "" {
			names.Add(r.prefix)
		}
		names.Add(r.of.title())
	}
	return names
}

// resultOf: the variable of something invocable may name the type of the function
// or that of its result.
func resultOf(t *feel.Type) *feel.Type {
	if t != nil && t.Kind == feel.KindFunction {
		return t.Result
	}
	return t
}

func (b *builder) compileKnowledge(k *knowledge) {
	k.result = resultOf(b.typeRef(variableType(k.node), k.node))
	n := k.node.child("encapsulatedLogic")
	if n == nil {
		b.problem(k.node.refuse("has no encapsulated logic"))
		return
	}
	names := b.scope(k.needs)
	names.Add(k.name)
	b.inFunction = true // a function sees its parameters only
	k.fn = b.function(n, names)
	b.inFunction = false
	k.fn.name = k.name
}

// logicOf finds the expression among the children of a node.
func (b *builder) logicOf(n *node) *node {
	for _, k := range n.kids {
		if k.ours() && boxes[k.name.Local] != nil {
			return k
		}
	}
	return nil
}

// boxes are the kinds of boxed expressions. They are filled in init because they
// contain each other.
var boxes map[string]func(b *builder, n *node, names *feel.Names) box

func init() {
	boxes = map[string]func(b *builder, n *node, names *feel.Names) box{
		"literalExpression":  (*builder).literal,
		"decisionTable":      (*builder).table,
		"context":            (*builder).context,
		"invocation":         (*builder).invocation,
		"functionDefinition": func(b *builder, n *node, names *feel.Names) box { return b.function(n, names) },
		"relation":           (*builder).relation,
		"list":               (*builder).list,
		"conditional":        (*builder).conditional,
		"filter":             (*builder).filter,
		"for":                (*builder).iterator,
		"every":              (*builder).iterator,
		"some":               (*builder).iterator,
	}
}

// box reads a boxed expression.
func (b *builder) box(n *node, names *feel.Names) box {
	read := boxes[n.name.Local]
	if !n.ours() || read == nil {
		b.problem(n.refuse("is not an expression that is supported"))
		return broken{}
	}
	return typed{read(b, n, names), b.typeRef(n.attr("typeRef"), n), n.name.Local, n.label()}
}

// inner reads the expression inside a node such as then or binding.
func (b *builder) inner(n *node, names *feel.Names, what string) box {
	if n == nil {
		return broken{}
	}
	k := b.logicOf(n)
	if k == nil {
		b.problem(n.refuse("lacks the expression of %s", what))
		return broken{}
	}
	return b.box(k, names)
}

func (b *builder) literal(n *node, names *feel.Names) box {
	if l := n.attr("expressionLanguage"); l != "" && !isFeel(l) {
		b.problem(n.refuse("is written in %q; only FEEL is supported", l))
		return broken{}
	}
	if n.child("importedValues") != nil {
		b.problem(n.refuse("imports its text from elsewhere, which is not supported"))
		return broken{}
	}
	return b.expression(n, names)
}

// expression reads the FEEL text of a node.
func (b *builder) expression(n *node, names *feel.Names) box {
	text := n.words("text")
	if text == "" {
		return nothing{}
	}
	x, err := feel.Parse(text, feel.Options{Names: names, Types: b.m.types})
	if err != nil {
		b.expressionProblem(n, err)
		return broken{}
	}
	for _, p := range x.Problems() {
		b.expressionProblem(n, p)
	}
	b.unknown(n, x.Free(), names)
	return literalBox{x}
}

// expressionProblem places what is wrong in an expression on a line of the file.
func (b *builder) expressionProblem(n *node, err error) {
	e := n.refuse("%v", err)
	var syntax *feel.SyntaxError
	if t := n.child("text"); t != nil && errors.As(err, &syntax) {
		e = n.refuse("cannot be understood: column %d: %s", syntax.Column, syntax.Reason)
		e.Line = t.from + leadingLines(t.text) + syntax.Line - 1
	}
	b.problem(e)
}

// leadingLines counts the lines that trimming takes from the front of a text.
func leadingLines(s string) (lines int) {
	for _, c := range s {
		switch c {
		case '\n':
			lines++
		case ' ', '\t', '\r':
		default:
			return lines
		}
	}
	return lines
}

// unknown reports names that nothing defines.
func (b *builder) unknown(n *node, refs []feel.Ref, names *feel.Names) {
	for _, r := range refs {
		if r.Maybe || b.loose > 0 || names.Has(r.Name) {
			continue
		}
		if b.m.implicit && !b.inFunction && b.implied(n, r.Name) {
			continue
		}
		e := n.refuse("uses %q, which is neither a requirement of the element nor known otherwise", r.Name)
		if t := n.child("text"); t != nil {
			e.Line = t.from + leadingLines(t.text) + r.Line - 1
		}
		b.problem(e)
	}
}

// implied takes the name in the input expression of a table in as an input of a
// model that declares none; other expressions may use it then.
func (b *builder) implied(n *node, name string) bool {
	for _, i := range b.m.inputs {
		if i.name == name {
			return true
		}
	}
	if !n.is("inputExpression") {
		return false
	}
	in := &inputData{name: name, node: n}
	if n.words("text") == name {
		in.typeName = n.attr("typeRef")
		in.typ = b.typeRef(in.typeName, n)
	}
	b.m.inputs = append(b.m.inputs, in)
	return true
}

func (b *builder) context(n *node, names *feel.Names) box {
	c := contextBox{}
	names = feel.NewNames(names)
	for _, e := range n.all("contextEntry") {
		entry := contextEntry{}
		if v := e.child("variable"); v != nil {
			entry.name = feel.Normal(v.attr("name"))
			entry.typ = b.typeRef(v.attr("typeRef"), v)
		}
		k := b.logicOf(e)
		if k == nil {
			b.problem(e.refuse("has no expression"))
			continue
		}
		if k.is("functionDefinition") {
			names.Add(entry.name) // a function may call itself
		}
		entry.of = b.box(k, names)
		names.Add(entry.name)
		c.entries = append(c.entries, entry)
	}
	return c
}

func (b *builder) invocation(n *node, names *feel.Names) box {
	i := invocationBox{fn: b.inner(n, names, "the function")}
	for _, k := range n.all("binding") {
		p := k.child("parameter")
		if p == nil {
			b.problem(k.refuse("does not name its parameter"))
			continue
		}
		i.names = append(i.names, feel.Normal(p.attr("name")))
		var arg box = nothing{}
		if b.logicOf(k) != nil {
			arg = b.inner(k, names, "the argument")
		}
		i.args = append(i.args, arg)
	}
	return i
}

func (b *builder) function(n *node, names *feel.Names) *functionBox {
	f := &functionBox{}
	names = feel.NewNames(names)
	for _, p := range n.all("formalParameter") {
		name := feel.Normal(p.attr("name"))
		names.Add(name)
		f.params = append(f.params, feel.Param{Name: name, Type: b.typeRef(p.attr("typeRef"), p)})
	}
	if k := n.attr("kind"); k != "" && k != "FEEL" {
		b.problem(n.refuse("is a function of kind %s; nothing outside may be called", k))
		f.outside = true
		return f
	}
	k := b.logicOf(n)
	if k == nil {
		b.problem(n.refuse("has no expression"))
		f.body = broken{}
		return f
	}
	f.body = b.box(k, names)
	return f
}

func (b *builder) relation(n *node, names *feel.Names) box {
	r := relationBox{}
	for _, c := range n.all("column") {
		r.columns = append(r.columns, feel.Normal(c.attr("name")))
		r.types = append(r.types, b.typeRef(c.attr("typeRef"), c))
	}
	for _, row := range n.all("row") {
		var cells []box
		for _, k := range row.kids {
			if k.ours() && boxes[k.name.Local] != nil {
				cells = append(cells, b.box(k, names))
			}
		}
		if len(cells) != len(r.columns) {
			b.problem(row.refuse("has %d cells for %d columns", len(cells), len(r.columns)))
			continue
		}
		r.rows = append(r.rows, cells)
	}
	return r
}

func (b *builder) list(n *node, names *feel.Names) box {
	l := listBox{}
	for _, k := range n.kids {
		if k.ours() && boxes[k.name.Local] != nil {
			l.elems = append(l.elems, b.box(k, names))
		}
	}
	return l
}

// part reads a child that must be there.
func (b *builder) part(n *node, local string, names *feel.Names) box {
	k := n.child(local)
	if k == nil {
		b.problem(n.refuse("has no %q", local))
		return broken{}
	}
	return b.inner(k, names, local)
}

func (b *builder) conditional(n *node, names *feel.Names) box {
	return conditionalBox{b.part(n, "if", names), b.part(n, "then", names), b.part(n, "else", names)}
}

func (b *builder) filter(n *node, names *feel.Names) box {
	in := b.part(n, "in", names)
	inner := feel.NewNames(names)
	inner.Add("item")
	f := filterBox{in: in}
	b.loose++ // names may belong to the elements of the list
	f.match = b.part(n, "match", inner)
	b.loose--
	return f
}

func (b *builder) iterator(n *node, names *feel.Names) box {
	i := iteratorBox{kind: n.name.Local, variable: feel.Normal(n.attr("iteratorVariable"))}
	if i.variable == "" {
		b.problem(n.refuse("has no iterator variable"))
	}
	i.in = b.part(n, "in", names)
	inner := feel.NewNames(names)
	inner.Add(i.variable)
	body := "satisfies"
	if i.kind == "for" {
		body = "return"
		inner.Add("partial")
	}
	i.body = b.part(n, body, inner)
	return i
}
