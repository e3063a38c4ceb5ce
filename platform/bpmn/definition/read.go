package definition

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"tongban/platform/bpmn/draw"
)

// Parse reads a BPMN 2.0 file that is to be run. What the engine cannot run is
// refused with a *ParseError; nothing that would change the behaviour is skipped.
func Parse(r io.Reader) (*Model, error) {
	m, root, err := read(r, false)
	if err != nil {
		return nil, err
	}
	if len(m.processes) == 0 {
		return nil, root.refuse("holds no executable process; set isExecutable=\"true\" on the process")
	}
	return m, nil
}

// Read keeps every BPMN 2.0 file, so that it can be shown and given back
// unchanged. Processes marked isExecutable="false", and those that the engine
// could not run, are drawings; Model.Problems says why they could not.
func Read(r io.Reader) (*Model, error) {
	m, _, err := read(r, true)
	return m, err
}

func read(r io.Reader, lenient bool) (*Model, *node, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if len(raw) > maxBytes {
		return nil, nil, &ParseError{Line: 1, Element: "document", Reason: "is larger than 8 MiB"}
	}
	root, err := readTree(raw)
	if err != nil {
		return nil, nil, err
	}
	if !root.is("definitions") {
		return nil, nil, root.refuse("is not a BPMN 2.0 definitions element")
	}
	m := &Model{raw: raw, lenient: lenient}
	refs := map[string]*node{}
	for _, n := range root.kids {
		if id := n.attr("id"); id != "" {
			refs[id] = n
		}
	}
	imports := root.child("import")
	for _, n := range root.kids {
		if err := m.definition(n, refs); err != nil {
			return nil, nil, err
		}
	}
	if imports != nil && len(m.processes) > 0 {
		if err := m.refused(imports.refuse("refers to another file; a model must stand alone")); err != nil {
			return nil, nil, err
		}
	}
	readDiagrams(root, m)
	return m, root, nil
}

// inert are root elements that do nothing unless something refers to them.
var inert = map[string]bool{"message": true, "signal": true, "error": true, "escalation": true,
	"itemDefinition": true, "dataStore": true, "interface": true, "category": true, "resource": true, "import": true,
	"documentation": true, "extensionElements": true, "extension": true, "partnerEntity": true, "partnerRole": true,
	"endPoint": true, "relationship": true, "timerEventDefinition": true, "messageEventDefinition": true, "signalEventDefinition": true,
	"errorEventDefinition": true, "escalationEventDefinition": true, "conditionalEventDefinition": true, "linkEventDefinition": true, "correlationProperty": true,
	"globalUserTask": true, "globalTask": true, "globalScriptTask": true, "globalManualTask": true, "globalBusinessRuleTask": true}

func (m *Model) definition(n *node, refs map[string]*node) error {
	switch {
	case n.is("process"):
		return m.process(n, refs)
	case n.is("collaboration"):
		m.collaboration(n)
	case n.name.Space == nsDI || n.name.Space == nsModel && inert[n.name.Local]:
	case isForeign(n.name.Space):
	case n.name.Space == nsModel:
		return m.refused(n.refuse("is not supported"))
	default:
		return m.refused(n.refuse("is not an element of a BPMN 2.0 file"))
	}
	return nil
}

// refused notes a problem when the file is only to be kept.
func (m *Model) refused(err error) error {
	var pe *ParseError
	if !m.lenient || !errors.As(err, &pe) {
		return err
	}
	m.problems = append(m.problems, pe)
	return nil
}

func (m *Model) process(n *node, refs map[string]*node) error {
	drawing := n.attr("isExecutable") == "false"
	p, err := m.build(n, refs, drawing)
	if err != nil && !drawing {
		if err := m.refused(err); err != nil {
			return err
		}
		drawing = true
		p, err = m.build(n, refs, true)
	}
	if err != nil {
		return m.refused(err)
	}
	if drawing {
		m.drawings = append(m.drawings, p)
	} else {
		m.processes = append(m.processes, p)
	}
	return nil
}

func (m *Model) build(n *node, refs map[string]*node, drawing bool) (*Process, error) {
	b := &builder{p: &Process{ID: n.attr("id"), Name: n.attr("name"), model: m, byID: map[string]*Element{}}, refs: refs,
		nodes: map[string]*node{}, lanes: map[string]string{}, defaults: map[*Element]string{}, flows: map[string]*Flow{}, drawing: drawing}
	if b.p.ID == "" {
		return nil, n.refuse("has no id")
	}
	if m.Process(b.p.ID) != nil {
		return nil, n.refuse("has the same id as another process")
	}
	return b.p, b.process(n)
}

func (m *Model) collaboration(n *node) {
	for _, k := range n.kids {
		if k.is("participant") {
			m.pools = append(m.pools, Pool{ID: k.attr("id"), Name: k.attr("name"), Process: local(k.attr("processRef"))})
		}
		if k.is("messageFlow") {
			m.messages = append(m.messages, MessageFlow{ID: k.attr("id"), Name: k.attr("name"), From: local(k.attr("sourceRef")), To: local(k.attr("targetRef"))})
		}
	}
}

// local takes the prefix off a QName.
func local(ref string) string {
	if i := strings.LastIndexByte(ref, ':'); i >= 0 {
		return ref[i+1:]
	}
	return ref
}

// builder turns the nodes of one process into elements.
type builder struct {
	p        *Process
	refs     map[string]*node // messages, signals, errors of the file
	nodes    map[string]*node // by id, for lines of flows and events
	lanes    map[string]string
	defaults map[*Element]string
	flows    map[string]*Flow
	pending  []*node // sequence flows, resolved last
	owners   []*Element
	attached []*Element
	boundary []*node
	links    []*Element
	drawing  bool // not executable: take everything
}

func (b *builder) process(n *node) error {
	b.p.Attrs = map[string]string{}
	if err := b.vendor(n, b.p.Attrs); err != nil {
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
	for _, el := range b.p.Elements {
		el.Lane = b.lanes[el.ID]
	}
	if b.drawing {
		return nil
	}
	return b.check(n)
}

// quiet are children of a process or sub-process that change nothing.
var quiet = map[string]bool{"documentation": true, "association": true, "group": true, "dataObjectReference": true, "dataStoreReference": true,
	"extensionElements": true, "monitoring": true, "auditing": true, "category": true, "supports": true,
	"correlationSubscription": true, "artifact": true}

// inside are children that belong to a sub-process but not to a process.
var inside = map[string]bool{"multiInstanceLoopCharacteristics": true, "standardLoopCharacteristics": true, "incoming": true, "outgoing": true}

// scope reads the flow elements of a process or sub-process.
func (b *builder) scope(n *node, parent *Element) error {
	for _, k := range n.kids {
		if k.name.Space != nsModel {
			if b.drawing {
				continue
			}
			if isForeign(k.name.Space) {
				return k.refuse("is a foreign element outside extensionElements")
			}
			return k.refuse("is not in the BPMN namespace")
		}
		var err error
		switch l := k.name.Local; {
		case quiet[l] || parent != nil && inside[l]:
		case l == "dataObject":
			err = b.data(k, parent)
		case l == "textAnnotation":
			b.annotation(k)
		case l == "laneSet":
			b.laneSet(k)
		case l == "sequenceFlow":
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
				b.lanes[local(k.trimmed())] = l.attr("name")
			}
			if k.is("childLaneSet") {
				b.laneSet(k)
			}
		}
	}
}

// Reasons that are better than "is not supported".
var refusals = map[string]string{
	"task":             "says nothing about who or what does it; make it a user, service, script or manual task",
	"transaction":      "is not supported, because compensation is not; use a plain sub-process and draw the way back",
	"adHocSubProcess":  "is not supported; add signers to a task instead, or draw the steps",
	"complexGateway":   "is not supported; use an inclusive gateway or several gateways",
	"ioSpecification":  "is not supported; variables belong to the whole instance",
	"property":         "is not supported; variables belong to the whole instance",
	"subChoreography":  "belongs to choreography, which is not supported",
	"callChoreography": "belongs to choreography, which is not supported",
}

var kinds = map[string]Kind{"startEvent": draw.Start, "endEvent": draw.End, "userTask": draw.User, "serviceTask": draw.Service,
	"scriptTask": draw.Script, "manualTask": draw.Manual, "businessRuleTask": draw.Business, "sendTask": draw.Send, "receiveTask": draw.Receive,
	"callActivity": draw.Call, "exclusiveGateway": draw.Exclusive, "parallelGateway": draw.Parallel, "inclusiveGateway": draw.Inclusive,
	"eventBasedGateway": draw.ByEvent, "intermediateCatchEvent": draw.Catch, "intermediateThrowEvent": draw.Throw, "boundaryEvent": draw.Boundary,
	"subProcess": draw.Sub}

// shown are elements that drawings may hold though they cannot run.
var shown = map[string]Kind{"task": draw.Plain, "transaction": draw.Sub, "adHocSubProcess": draw.Sub, "complexGateway": draw.Complex}

func (b *builder) kindOf(n *node) (Kind, error) {
	k, ok := kinds[n.name.Local]
	switch {
	case ok && k == draw.Sub && n.attr("triggeredByEvent") == "true":
		return draw.EventSub, nil
	case ok:
		return k, nil
	}
	if k, ok := shown[n.name.Local]; ok && b.drawing {
		return k, nil
	}
	if why := refusals[n.name.Local]; why != "" {
		return 0, n.refuse("%s", why)
	}
	return 0, n.refuse("is not supported")
}

// element reads one flow node.
func (b *builder) element(n *node, parent *Element) error {
	if b.drawing && kinds[n.name.Local] == 0 && n.name.Local != "startEvent" && shown[n.name.Local] == 0 {
		return nil // a drawing may hold anything
	}
	k, err := b.kindOf(n)
	if err != nil {
		return err
	}
	el := &Element{ID: n.attr("id"), Name: n.attr("name"), Kind: k, Line: n.line, Parent: parent,
		Index: len(b.p.Elements), Attrs: map[string]string{}, Doc: documentation(n)}
	if el.ID == "" { // allowed by the standard; tokens need a name for it
		el.ID = fmt.Sprintf("%s-%d", n.name.Local, el.Index+1)
	}
	if b.nodes[el.ID] != nil {
		return n.refuse("has the same id as the %s on line %d", b.nodes[el.ID].name.Local, b.nodes[el.ID].line)
	}
	if el.Index >= maxElements {
		return n.refuse("is one of more than %d elements; split the process", maxElements)
	}
	b.nodes[el.ID] = n
	if err := b.vendor(n, el.Attrs); err != nil {
		return err
	}
	b.p.Elements = append(b.p.Elements, el)
	b.p.byID[el.ID] = el
	if d := n.attr("default"); d != "" {
		b.defaults[el] = d
	}
	if err := b.details(n, el); err != nil {
		return err
	}
	if el.Kind == draw.Sub || el.Kind == draw.EventSub {
		return b.scope(n, el)
	}
	return b.known(n, el)
}
