package bpmn

import (
	"io"
	"strconv"
	"strings"

	"tongban/platform/bpmn/draw"
)

// Parse reads a BPMN 2.0 file. What the engine cannot run is refused with a
// *ParseError; nothing that would change the behaviour is skipped.
// Processes marked isExecutable="false" are drawings: they stay in the XML and
// are not checked.
func Parse(r io.Reader) (*Model, error) {
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
		return nil, root.refuse("is not a BPMN 2.0 definitions element")
	}
	m := &Model{raw: raw}
	for _, n := range root.kids {
		if err := m.definition(n); err != nil {
			return nil, err
		}
	}
	if len(m.processes) == 0 {
		return nil, root.refuse("holds no executable process; set isExecutable=\"true\" on the process")
	}
	readDiagrams(root, m)
	return m, nil
}

// inert are root elements that do nothing unless something refers to them.
var inert = map[string]bool{"collaboration": true, "message": true, "signal": true, "error": true, "escalation": true,
	"itemDefinition": true, "dataStore": true, "interface": true, "category": true, "resource": true,
	"documentation": true, "extensionElements": true, "extension": true, "partnerEntity": true, "partnerRole": true}

func (m *Model) definition(n *node) error {
	switch {
	case n.is("process"):
		if n.attr("isExecutable") == "false" {
			return nil
		}
		b := &builder{p: &Process{ID: n.attr("id"), Name: n.attr("name"), byID: map[string]*element{}},
			nodes: map[string]*node{}, lanes: map[string]string{}, defaults: map[*element]string{}, flows: map[string]*flow{}}
		if b.p.ID == "" {
			return n.refuse("has no id")
		}
		if m.Process(b.p.ID) != nil {
			return n.refuse("has the same id as another process")
		}
		if err := b.process(n); err != nil {
			return err
		}
		m.processes = append(m.processes, b.p)
	case n.name.Space == nsDI || n.name.Space == nsModel && inert[n.name.Local]:
	case n.is("import"):
		return n.refuse("refers to another file; a model must stand alone")
	case isForeign(n.name.Space):
	case n.name.Space == nsModel:
		return n.refuse("is not supported")
	default:
		return n.refuse("is not an element of a BPMN 2.0 file")
	}
	return nil
}

// builder turns the nodes of one process into elements.
type builder struct {
	p        *Process
	nodes    map[string]*node // by id, for lines of flows and events
	lanes    map[string]string
	defaults map[*element]string
	flows    map[string]*flow
	pending  []*node // sequence flows, resolved last
	owners   []*element
	attached []*element
	boundary []*node
}

func (b *builder) process(n *node) error {
	b.p.Attrs = map[string]string{}
	if err := vendor(n, b.p.Attrs); err != nil {
		return err
	}
	b.p.Documentation = documentation(n)
	if err := b.scope(n, nil); err != nil {
		return err
	}
	if err := b.attach(); err != nil {
		return err
	}
	if err := b.connect(); err != nil {
		return err
	}
	for _, el := range b.p.elements {
		el.lane = b.lanes[el.id]
	}
	return b.check(n)
}

// scope reads the flow elements of a process or sub-process.
func (b *builder) scope(n *node, parent *element) error {
	for _, k := range n.kids {
		if k.name.Space != nsModel {
			if isForeign(k.name.Space) {
				return k.refuse("is a foreign element outside extensionElements")
			}
			return k.refuse("is not in the BPMN namespace")
		}
		var err error
		switch k.name.Local {
		case "documentation", "association", "group", "dataObjectReference", "dataStoreReference":
		case "multiInstanceLoopCharacteristics", "incoming", "outgoing":
			if parent == nil {
				err = k.refuse("does not belong in a process")
			}
		case "extensionElements": // read by vendor
		case "dataObject":
			if len(k.kids) > 0 && k.child("extensionElements") != nil {
				err = k.refuse("has a start value; pass values as variables when the process starts")
			}
		case "textAnnotation":
			b.annotation(k)
		case "laneSet":
			b.laneSet(k)
		case "sequenceFlow":
			if len(b.pending) >= 2*maxElements {
				return k.refuse("is one of more than %d flows; split the process", 2*maxElements)
			}
			b.pending, b.owners = append(b.pending, k), append(b.owners, parent)
		default:
			err = b.element(k, parent)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) annotation(n *node) {
	if t := n.child("text"); t != nil {
		b.p.notes = append(b.p.notes, draw.Named{ID: n.attr("id"), Text: t.trimmed()})
	}
}

func (b *builder) laneSet(n *node) {
	for _, l := range n.kids {
		if !l.is("lane") {
			continue
		}
		b.p.lanes = append(b.p.lanes, draw.Named{ID: l.attr("id"), Text: l.attr("name")})
		for _, k := range l.kids {
			if k.is("flowNodeRef") {
				b.lanes[k.trimmed()] = l.attr("name")
			}
			if k.is("childLaneSet") {
				b.laneSet(k)
			}
		}
	}
}

// element reads one flow node.
func (b *builder) element(n *node, parent *element) error {
	k, err := kindOf(n)
	if err != nil {
		return err
	}
	el := &element{id: n.attr("id"), name: n.attr("name"), kind: k, line: n.line, parent: parent,
		index: len(b.p.elements), attrs: map[string]string{}, doc: documentation(n)}
	if el.id == "" {
		return n.refuse("has no id")
	}
	if b.nodes[el.id] != nil {
		return n.refuse("has the same id as the %s on line %d", b.nodes[el.id].name.Local, b.nodes[el.id].line)
	}
	if el.index >= maxElements {
		return n.refuse("is one of more than %d elements; split the process", maxElements)
	}
	b.nodes[el.id] = n
	if err := vendor(n, el.attrs); err != nil {
		return err
	}
	b.p.elements = append(b.p.elements, el)
	b.p.byID[el.id] = el
	if d := n.attr("default"); d != "" {
		b.defaults[el] = d
	}
	if err := b.details(n, el); err != nil {
		return err
	}
	if el.kind == kindSub {
		return b.scope(n, el)
	}
	return b.known(n, el)
}

// Reasons that are better than "is not supported".
var refusals = map[string]string{
	"task":                   "says nothing about who or what does it; make it a user, service, script or manual task",
	"sendTask":               "is not supported; use a service task",
	"receiveTask":            "is not supported; messages do not reach this engine",
	"businessRuleTask":       "is not supported; use a service task",
	"callActivity":           "is not supported; draw the steps as an embedded sub-process",
	"transaction":            "is not supported; use a plain sub-process",
	"adHocSubProcess":        "is not supported",
	"eventBasedGateway":      "is not supported",
	"complexGateway":         "is not supported",
	"intermediateThrowEvent": "is not supported",
	"ioSpecification":        "is not supported; variables belong to the whole instance",
	"property":               "is not supported; variables belong to the whole instance",
}

func kindOf(n *node) (kind, error) {
	switch n.name.Local {
	case "startEvent":
		return kindStart, nil
	case "endEvent":
		return kindEnd, nil
	case "userTask":
		return kindUser, nil
	case "serviceTask":
		return kindService, nil
	case "scriptTask":
		return kindScript, nil
	case "manualTask":
		return kindManual, nil
	case "exclusiveGateway":
		return kindExclusive, nil
	case "parallelGateway":
		return kindParallel, nil
	case "inclusiveGateway":
		return kindInclusive, nil
	case "intermediateCatchEvent":
		return kindCatch, nil
	case "boundaryEvent":
		return kindBoundary, nil
	case "subProcess":
		if n.attr("triggeredByEvent") == "true" {
			return 0, n.refuse("is an event sub-process, which is not supported")
		}
		return kindSub, nil
	}
	if why := refusals[n.name.Local]; why != "" {
		return 0, n.refuse("%s", why)
	}
	return 0, n.refuse("is not supported")
}

// known refuses children that nobody read.
func (b *builder) known(n *node, el *element) error {
	for _, k := range n.kids {
		if k.name.Space != nsModel {
			return k.refuse("is a foreign element outside extensionElements")
		}
		switch l := k.name.Local; l {
		case "documentation", "extensionElements", "incoming", "outgoing", "timerEventDefinition", "terminateEventDefinition":
		case "multiInstanceLoopCharacteristics":
			if el.kind != kindUser && el.kind != kindService {
				return k.refuse("is supported on user and service tasks only")
			}
		case "script":
			if el.kind != kindScript {
				return k.refuse("belongs in a script task")
			}
		case "potentialOwner", "humanPerformer", "performer", "resourceRole", "rendering":
			if el.kind != kindUser {
				return k.refuse("belongs in a user task")
			}
		default:
			if why := refusals[l]; why != "" {
				return k.refuse("%s", why)
			}
			return k.refuse("in %s %q is not supported", el.kind, el.id)
		}
	}
	return nil
}

// vendor collects foreign attributes and extension properties by local name.
func vendor(n *node, into map[string]string) error {
	for _, a := range n.attrs {
		if !isForeign(a.Name.Space) {
			continue
		}
		if a.Name.Local == "skipExpression" {
			return n.refuse("has a skipExpression, which is not supported; use a gateway")
		}
		into[a.Name.Local] = strings.TrimSpace(a.Value)
	}
	ext := n.child("extensionElements")
	if ext == nil {
		return nil
	}
	for _, k := range ext.kids {
		if err := extension(k, into); err != nil {
			return err
		}
	}
	return nil
}

// behaviour lists extension elements that would change what happens.
var behaviour = map[string]string{
	"in": "maps variables", "out": "maps variables", "ioMapping": "maps variables", "inputOutput": "maps variables",
	"variableAggregation": "aggregates variables", "mapException": "maps exceptions", "connector": "calls a connector",
}

func extension(k *node, into map[string]string) error {
	local := k.name.Local
	if strings.HasSuffix(local, "Listener") || strings.HasSuffix(local, "Listeners") {
		return k.refuse("runs code when something happens, which is not supported")
	}
	if why := behaviour[local]; why != "" {
		return k.refuse("%s, which is not supported", why)
	}
	switch local {
	case "properties":
		for _, p := range k.kids {
			if err := extension(p, into); err != nil {
				return err
			}
		}
	case "property", "field":
		name := k.attr("name")
		value := k.attr("value") + k.attr("stringValue") + k.attr("expression") + k.trimmed()
		for _, c := range k.kids {
			value += c.trimmed()
		}
		if name == "" {
			return k.refuse("has no name")
		}
		into[name] = value
	default:
		if t := k.trimmed(); t != "" {
			into[local] = t
		}
		for _, a := range k.attrs {
			if a.Name.Space == "" {
				into[local+"."+a.Name.Local] = a.Value
			}
		}
	}
	return nil
}

func documentation(n *node) string {
	if d := n.child("documentation"); d != nil {
		return d.trimmed()
	}
	return ""
}

// details reads what depends on the kind of the element.
func (b *builder) details(n *node, el *element) error {
	if n.attr("isForCompensation") == "true" {
		return n.refuse("is for compensation, which is not supported")
	}
	for _, a := range []string{"startQuantity", "completionQuantity"} {
		if v := n.attr(a); v != "" && v != "1" {
			return n.refuse("has %s %s; only 1 is supported", a, v)
		}
	}
	if c := n.child("standardLoopCharacteristics"); c != nil {
		return c.refuse("is not supported; draw the loop with a gateway")
	}
	if err := b.loop(n, el); err != nil {
		return err
	}
	switch el.kind {
	case kindStart, kindEnd, kindCatch, kindBoundary:
		return b.event(n, el)
	case kindUser:
		return b.user(n, el)
	case kindService:
		return b.service(n, el)
	case kindScript:
		return b.script(n, el)
	case kindSub:
		if c := n.child("multiInstanceLoopCharacteristics"); c != nil {
			return c.refuse("is supported on user and service tasks only")
		}
	}
	return nil
}

func (b *builder) user(n *node, el *element) error {
	for _, role := range []string{"potentialOwner", "humanPerformer", "performer"} {
		if r := n.child(role); r != nil {
			el.attrs[role] = strings.TrimSpace(deepText(r))
		}
	}
	if hasTemplate(el.name) {
		t, err := compileTemplate("", el.name)
		if err != nil {
			return n.refuse("%v", err)
		}
		el.title = &t
	}
	for _, key := range sortedKeys(el.attrs) {
		if !hasTemplate(el.attrs[key]) {
			continue
		}
		t, err := compileTemplate(key, el.attrs[key])
		if err != nil {
			return n.refuse("attribute %s: %v", key, err)
		}
		el.templates = append(el.templates, t)
	}
	return nil
}

func deepText(n *node) string {
	s := n.text
	for _, k := range n.kids {
		s += deepText(k)
	}
	return s
}

// service finds the name of what is to be called.
func (b *builder) service(n *node, el *element) error {
	for _, key := range []string{"implementation", "delegateExpression", "class", "expression", "topic", "taskDefinition.type", "type"} {
		if v := el.attrs[key]; v != "" {
			el.impl = v
			break
		}
	}
	if v := n.attr("implementation"); el.impl == "" && v != "" && !strings.HasPrefix(v, "##") {
		el.impl = v
	}
	if el.impl == "" {
		return n.refuse("does not say what to call; give it an implementation")
	}
	el.attrs["implementation"] = el.impl
	return nil
}

func (b *builder) script(n *node, el *element) error {
	switch f := strings.ToLower(n.attr("scriptFormat")); f {
	case "", "expr", "expression", "feel", "juel":
	default:
		return n.refuse("is written in %s; only expressions are supported", f)
	}
	s := n.child("script")
	if s == nil {
		return n.refuse("has no script")
	}
	x, err := compile(s.trimmed())
	if err != nil {
		return s.refuse("%v", err)
	}
	el.script, el.result = x, el.attrs["resultVariable"]
	if el.result == "" {
		return n.refuse("does not say which variable takes the value; set resultVariable")
	}
	return nil
}

// loop reads multi-instance.
func (b *builder) loop(n *node, el *element) error {
	c := n.child("multiInstanceLoopCharacteristics")
	if c == nil {
		return nil
	}
	if v := c.attr("behavior"); v != "" && v != "All" {
		return c.refuse("has the behavior %s; only All is supported", v)
	}
	l := &loopDef{sequential: c.attr("isSequential") == "true", variable: c.foreign("elementVariable"), outputName: c.foreign("outputCollection")}
	over, output := c.foreign("collection"), c.foreign("outputElement")
	var err error
	set := func(into **expression, k *node, text string) {
		if text == "" || err != nil {
			return
		}
		x, bad := compile(text)
		if bad != nil {
			err = k.refuse("%v", bad)
			return
		}
		*into = x
	}
	for _, k := range c.kids {
		switch {
		case k.is("loopCardinality"):
			set(&l.cardinality, k, k.trimmed())
		case k.is("completionCondition"):
			set(&l.until, k, k.trimmed())
		case k.is("loopDataInputRef"):
			over = k.trimmed()
		case k.is("inputDataItem"):
			l.variable = k.attr("name")
		case k.is("documentation"):
		case k.is("extensionElements"):
			for _, x := range k.kids {
				return x.refuse("in multi-instance is not supported; use the attributes collection and elementVariable")
			}
		default:
			return k.refuse("in multi-instance is not supported")
		}
	}
	set(&l.collection, c, over)
	set(&l.output, c, output)
	switch {
	case err != nil:
		return err
	case (l.collection == nil) == (l.cardinality == nil):
		return c.refuse("needs either a collection or a loopCardinality")
	case (l.outputName == "") != (l.output == nil):
		return c.refuse("needs outputCollection and outputElement together")
	}
	if card, bad := strconv.Atoi(unwrapOf(l.cardinality)); bad == nil && card < 0 {
		return c.refuse("cannot run %d times", card)
	}
	el.loop = l
	return nil
}

func unwrapOf(x *expression) string {
	if x == nil {
		return ""
	}
	return x.body
}

// event reads event definitions: none, one timer, or terminate.
func (b *builder) event(n *node, el *element) error {
	el.interrupting = n.attr("cancelActivity") != "false"
	if n.attr("parallelMultiple") == "true" {
		return n.refuse("waits for several events, which is not supported")
	}
	defs := 0
	for _, k := range n.kids {
		if !strings.HasSuffix(k.name.Local, "EventDefinition") && k.name.Local != "eventDefinitionRef" {
			continue
		}
		defs++
		switch {
		case k.is("timerEventDefinition") && el.kind != kindEnd:
			if err := b.timer(k, el); err != nil {
				return err
			}
		case k.is("terminateEventDefinition") && el.kind == kindEnd:
			if k.foreign("terminateAll") == "true" || k.foreign("terminateMultiInstance") == "true" {
				return k.refuse("ends more than its own scope, which is not supported")
			}
			el.kind = kindTerminate
		default:
			return k.refuse("on %s %q is not supported", el.kind, el.id)
		}
	}
	if defs > 1 {
		return n.refuse("has more than one event definition")
	}
	if defs == 0 && (el.kind == kindCatch || el.kind == kindBoundary) {
		return n.refuse("does not say what it waits for")
	}
	if el.kind == kindBoundary {
		b.attached, b.boundary = append(b.attached, el), append(b.boundary, n)
	}
	return nil
}

func (b *builder) timer(n *node, el *element) error {
	for _, k := range n.kids {
		form := k.name.Local
		if k.is("extensionElements") || k.is("documentation") {
			continue
		}
		if form != "timeDuration" && form != "timeDate" && form != "timeCycle" {
			return k.refuse("in a timer is not supported")
		}
		if el.timer != nil {
			return n.refuse("has more than one time")
		}
		if k.foreign("endDate") != "" {
			return k.refuse("has an endDate, which is not supported")
		}
		if form == "timeCycle" && el.kind == kindCatch {
			return k.refuse("makes no sense on an intermediate event; use timeDuration or timeDate")
		}
		d := &timerDef{form: form, text: k.trimmed()}
		if hasTemplate(d.text) || strings.HasPrefix(d.text, "=") {
			x, err := compile(d.text)
			if err != nil {
				return k.refuse("%v", err)
			}
			d.expr = x
		} else if err := checkTimer(form, d.text); err != nil {
			return k.refuse("%v", err)
		}
		el.timer = d
	}
	if el.timer == nil {
		return n.refuse("of %s %q has no time", el.kind, el.id)
	}
	return nil
}
