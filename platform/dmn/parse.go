package dmn

import (
	"io"
	"sort"
	"strings"

	"tongban/platform/dmn/feel"
)

// Parse reads a DMN file. What is no model at all is a *ParseError; what is a
// model but cannot work is listed by Check. Models that the file imports must be
// given, parsed; they are found by their namespace.
func Parse(r io.Reader, imports ...*Model) (*Model, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxBytes {
		return nil, &ParseError{Line: 1, Element: "document", Reason: "is larger than 8 MiB"}
	}
	root, err := readTree(raw)
	if err != nil {
		return nil, err
	}
	if !root.is("definitions") {
		return nil, root.refuse("is not a DMN definitions element")
	}
	m := &Model{Name: root.attr("name"), Namespace: root.attr("namespace"), raw: raw, byRef: map[string]element{},
		types: map[string]*feel.Type{}, common: feel.NewNames()}
	b := &builder{m: m, root: root}
	for _, step := range []func() error{func() error { return b.importAll(imports) }, b.declareTypes, b.declare, b.require, b.acyclic} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	m.implicit = len(m.inputs) == 0
	b.defineTypes()
	b.compile()
	sort.SliceStable(m.problems, func(i, j int) bool { return m.problems[i].Line < m.problems[j].Line })
	return m, nil
}

type builder struct {
	m        *Model
	root     *node
	defined  map[string]*node // item definitions by name
	defining map[string]int   // 1 begun, 2 done
	loose    int              // inside a boxed filter

	inFunction bool // inside a business knowledge model
}

// problem adds to what Check lists.
func (b *builder) problem(e *ParseError) { b.m.problems = append(b.m.problems, e) }

// inert are elements that have no effect on any result.
var inert = map[string]bool{"knowledgeSource": true, "textAnnotation": true, "association": true, "group": true,
	"elementCollection": true, "performanceIndicator": true, "organizationUnit": true, "extensionElements": true,
	"description": true, "documentation": true}

// importAll makes what other models define known under the name of the import.
func (b *builder) importAll(given []*Model) error {
	for _, n := range b.root.all("import") {
		space := n.attr("namespace")
		if t := n.attr("importType"); t != "" && !modelSpaces[t] {
			b.problem(n.refuse("imports something that is not DMN"))
			continue
		}
		var found *Model
		for _, g := range given {
			if g.Namespace == space {
				found = g
			}
		}
		if found == nil {
			b.problem(n.refuse("imports the model with namespace %q, which was not given", space))
			continue
		}
		name := feel.Normal(n.attr("name"))
		b.m.imports = append(b.m.imports, imported{name, found})
		for ref, e := range found.byRef {
			if !strings.Contains(ref, "#") {
				ref = space + "#" + ref
			}
			b.m.byRef[ref] = e
		}
		for t, ty := range found.types {
			b.m.types[join(name, t)] = ty
		}
		b.m.common = feel.NewNames(b.m.common, found.common)
	}
	return nil
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// declare takes in the elements of the file, without looking into them.
func (b *builder) declare() error {
	names := map[string]bool{}
	for _, n := range b.root.kids {
		switch {
		case !n.ours() || inert[n.name.Local] || n.is("import") || n.is("itemDefinition"):
			continue
		}
		e, err := b.element(n)
		if err != nil {
			return err
		}
		if n.attr("name") == "" {
			return n.refuse("has no name")
		}
		if names[e.title()] {
			return n.refuse("has the same name as another element")
		}
		names[e.title()] = true
		id := n.attr("id")
		if id == "" {
			id = e.title()
		}
		if b.m.byRef[id] != nil {
			return n.refuse("has the same id as another element")
		}
		b.m.byRef[id] = e
	}
	return nil
}

func (b *builder) element(n *node) (element, error) {
	m, id, name := b.m, n.attr("id"), feel.Normal(n.attr("name"))
	switch {
	case n.is("inputData"):
		e := &inputData{id: id, name: name, node: n, typeName: variableType(n)}
		m.inputs = append(m.inputs, e)
		return e, nil
	case n.is("decision"):
		e := &decision{id: id, name: name, node: n, model: m, question: n.words("question"), answers: n.words("allowedAnswers"),
			doc: n.words("description"), typeName: variableType(n)}
		m.decisions = append(m.decisions, e)
		return e, nil
	case n.is("businessKnowledgeModel"):
		e := &knowledge{id: id, name: name, node: n, model: m}
		m.bkms = append(m.bkms, e)
		return e, nil
	case n.is("decisionService"):
		e := &service{id: id, name: name, node: n, model: m}
		m.services = append(m.services, e)
		return e, nil
	}
	return nil, n.refuse("is not supported")
}

func variableType(n *node) string {
	if v := n.child("variable"); v != nil {
		return v.attr("typeRef")
	}
	return ""
}

// require resolves what elements need.
func (b *builder) require() (err error) {
	for _, d := range b.m.decisions {
		if d.needs, err = b.needs(d.node); err != nil {
			return err
		}
	}
	for _, k := range b.m.bkms {
		if k.needs, err = b.needs(k.node); err != nil {
			return err
		}
	}
	for _, s := range b.m.services {
		for _, n := range s.node.kids {
			var e element
			switch n.name.Local {
			case "outputDecision", "inputDecision", "inputData", "encapsulatedDecision":
				if e, err = b.ref(n); err != nil {
					return err
				}
			}
			d, isDecision := e.(*decision)
			i, isInput := e.(*inputData)
			switch {
			case n.is("outputDecision") && isDecision:
				s.outputs = append(s.outputs, d)
			case n.is("inputDecision") && isDecision:
				s.inputDecision = append(s.inputDecision, d)
			case n.is("inputData") && isInput:
				s.inputs = append(s.inputs, i)
			case e != nil && !isDecision:
				return n.refuse("refers to an element of another kind")
			}
		}
		if len(s.outputs) == 0 {
			return s.node.refuse("has no output decision")
		}
	}
	return nil
}

var requirementKinds = map[string][]string{"informationRequirement": {"requiredInput", "requiredDecision"}, "knowledgeRequirement": {"requiredKnowledge"}}

func (b *builder) needs(n *node) (out requirements, err error) {
	for _, k := range n.kids {
		if k.is("authorityRequirement") {
			continue // says who knows, not what is computed
		}
		for _, local := range requirementKinds[k.name.Local] {
			ref := k.child(local)
			if ref == nil {
				continue
			}
			e, err := b.ref(ref)
			if err != nil {
				return nil, err
			}
			_, isInput := e.(*inputData)
			_, isDecision := e.(*decision)
			if local == "requiredInput" && !isInput || local == "requiredDecision" && !isDecision || local == "requiredKnowledge" && (isInput || isDecision) {
				return nil, ref.refuse("refers to %q, which is an element of another kind", e.title())
			}
			out = append(out, requirement{b.prefix(ref.attr("href")), e})
		}
	}
	return out, nil
}

// ref finds the element of an href such as #id or namespace#id.
func (b *builder) ref(n *node) (element, error) {
	href := n.attr("href")
	space, id, ok := strings.Cut(href, "#")
	if !ok {
		space, id = "", href
	}
	if space == "" || space == b.m.Namespace {
		if e := b.m.byRef[id]; e != nil {
			return e, nil
		}
	}
	if e := b.m.byRef[space+"#"+id]; e != nil {
		return e, nil
	}
	for _, i := range b.root.all("import") {
		if i.attr("namespace") == space && space != "" && b.prefix(href) == "" {
			return nil, n.refuse("refers to %q of an imported model, which was not given", href)
		}
	}
	return nil, n.refuse("refers to %q, which does not exist", href)
}

// prefix is the name of the import that a reference leads into.
func (b *builder) prefix(href string) string {
	space, _, _ := strings.Cut(href, "#")
	for _, i := range b.m.imports {
		if i.model.Namespace == space && space != b.m.Namespace {
			return i.name
		}
	}
	return ""
}

// acyclic refuses decisions and knowledge that need themselves. A function may
// call itself without requiring itself.
func (b *builder) acyclic() error {
	state := map[element]int{}
	var visit func(e element) error
	visit = func(e element) error {
		var needs requirements
		var n *node
		switch x := e.(type) {
		case *decision:
			needs, n = x.needs, x.node
		case *knowledge:
			needs, n = x.needs, x.node
		default:
			return nil
		}
		switch state[e] {
		case 1:
			return n.refuse("needs itself, directly or by others")
		case 2:
			return nil
		}
		state[e] = 1
		for _, r := range needs {
			if err := visit(r.of); err != nil && r.of != e {
				return err
			} else if err != nil {
				if _, ok := e.(*knowledge); !ok {
					return err
				}
			}
		}
		state[e] = 2
		return nil
	}
	for _, d := range b.m.decisions {
		if err := visit(d); err != nil {
			return err
		}
	}
	for _, k := range b.m.bkms {
		if err := visit(k); err != nil {
			return err
		}
	}
	return nil
}
