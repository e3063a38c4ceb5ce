package dmn

import (
	"slices"
	"strings"

	"tongban/platform/dmn/feel"
	"tongban/platform/dmn/feel/value"
)

// declareTypes makes the names of all item definitions known before any is
// looked into, because they may refer to each other.
func (b *builder) declareTypes() error {
	b.defined = map[string]*node{}
	for _, n := range b.root.all("itemDefinition") {
		name := feel.Normal(n.attr("name"))
		if name == "" {
			return n.refuse("has no name")
		}
		if b.defined[name] != nil {
			return n.refuse("has the same name as another item definition")
		}
		b.defined[name] = n
		b.m.types[name] = &feel.Type{Name: name}
	}
	return nil
}

// defineTypes fills the types in.
func (b *builder) defineTypes() {
	b.defining = map[string]int{}
	for _, n := range b.root.all("itemDefinition") {
		b.define(feel.Normal(n.attr("name")))
	}
	for _, i := range b.m.inputs {
		i.typ = b.typeRef(i.typeName, i.node)
	}
}

// define fills one type in, after the one that it is made of. Components may
// refer back to the type around them, aliases may not.
func (b *builder) define(name string) {
	n := b.defined[name]
	if n == nil || b.defining[name] == 2 {
		return
	}
	if b.defining[name] == 1 {
		b.problem(n.refuse("is defined by itself"))
		return
	}
	b.defining[name] = 1
	t := b.itemType(n)
	t.Name = name
	*b.m.types[name] = *t
	b.defining[name] = 2
}

// local cuts a prefix such as feel: off a name.
func local(ref string) string {
	if _, after, ok := strings.Cut(ref, ":"); ok {
		return after
	}
	return ref
}

// vendorTypes are names of types that other tools write and the standard lacks.
var vendorTypes = map[string]*feel.Type{"integer": integer, "int": integer, "long": integer, "short": integer,
	"double": {Kind: feel.KindNumber}, "float": {Kind: feel.KindNumber}, "decimal": {Kind: feel.KindNumber}}

// integer are the whole numbers. Knowing that an input is whole keeps the
// analysis from finding gaps between 10 and 11.
var integer = &feel.Type{Kind: feel.KindNumber, Name: "integer", Allowed: []feel.Constraint{whole{}}}

type whole struct{}

// Allows tells whether the value is a whole number.
func (whole) Allows(_ *feel.Run, v feel.Value) bool {
	n, ok := v.(feel.Number)
	if !ok {
		return false
	}
	i, ok := n.Round(0, value.RoundDown)
	return ok && i.Cmp(n) == 0
}

// String says so in the language of the model.
func (whole) String() string { return "floor(?) = ?" }

// typeRef finds a type by name; nil fits everything.
func (b *builder) typeRef(ref string, n *node) *feel.Type {
	ref = feel.Normal(ref)
	if ref == "" {
		return nil
	}
	for _, name := range []string{ref, feel.Normal(local(ref))} {
		if t, ok := b.m.types[name]; ok {
			return t
		}
		if t, ok := feel.BasicType(name); ok {
			return t
		}
		if t, ok := vendorTypes[name]; ok {
			return t
		}
	}
	b.problem(n.refuse("has the type %q, which nothing defines", ref))
	return nil
}

// itemType reads an item definition or component.
func (b *builder) itemType(n *node) *feel.Type {
	base := &feel.Type{}
	switch parts, fn := n.all("itemComponent"), n.child("functionItem"); {
	case len(parts) > 0:
		base.Kind = feel.KindContext
		for _, c := range parts {
			name := feel.Normal(c.attr("name"))
			if !b.m.common.Add(name) {
				b.problem(c.refuse("has a name that no expression can hold"))
			}
			base.Fields = append(base.Fields, feel.Param{Name: name, Type: b.itemType(c)})
		}
	case fn != nil:
		base.Kind = feel.KindFunction
		base.Params = []*feel.Type{}
		for _, p := range fn.all("parameters") {
			base.Params = append(base.Params, b.typeRef(p.attr("typeRef"), p))
		}
		base.Result = b.typeRef(fn.attr("outputTypeRef"), fn)
	default:
		base = b.alias(n)
	}
	if l := n.attr("typeLanguage"); l != "" && !isFeel(l) {
		b.problem(n.refuse("has a type in the language %q; only FEEL is supported", l))
	}
	if t := b.allowed(n.child("allowedValues")); t != nil {
		base.Allowed = append(base.Allowed, t)
	}
	if n.attr("isCollection") == "true" {
		base = &feel.Type{Kind: feel.KindList, Elem: base}
	}
	if t := b.allowed(n.child("typeConstraint")); t != nil {
		base.Allowed = append(base.Allowed, t)
	}
	return base
}

// alias is the type that an item definition refers to: the same one where
// nothing is changed, else a copy.
func (b *builder) alias(n *node) *feel.Type {
	ref := n.words("typeRef")
	t := b.typeRef(ref, n)
	if t == nil {
		return &feel.Type{}
	}
	narrowed := n.child("allowedValues") != nil
	list := n.attr("isCollection") == "true"
	if !narrowed && (list || n.is("itemComponent") && n.child("typeConstraint") == nil) {
		return t
	}
	b.define(feel.Normal(ref))
	b.define(feel.Normal(local(ref)))
	base := *t
	base.Allowed = slices.Clone(t.Allowed)
	return &base
}

func (b *builder) allowed(n *node) *feel.Tests {
	if n == nil {
		return nil
	}
	return b.tests(n, b.m.common)
}

func isFeel(language string) bool {
	return strings.Contains(strings.ToLower(language), "feel") || modelSpaces[language]
}

// tests reads the unary tests in a node, nil when it has none.
func (b *builder) tests(n *node, names *feel.Names) *feel.Tests {
	if l := n.attr("expressionLanguage"); l != "" && !isFeel(l) {
		b.problem(n.refuse("is written in %q; only FEEL is supported", l))
		return nil
	}
	text := n.words("text")
	if text == "" {
		return nil
	}
	t, err := feel.ParseTests(text, feel.Options{Names: names, Types: b.m.types})
	if err != nil {
		b.expressionProblem(n, err)
	}
	if t != nil {
		b.unknown(n, t.Free(), names)
	}
	return t
}
