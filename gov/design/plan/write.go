package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Namespace is that of the attributes which say who handles a step and how long.
const Namespace = "https://tongban.example/bpmn"

// Write turns a plan into BPMN 2.0 with its drawing. id names the process and
// follows the pattern of step ids; office gives the name of an office by its
// code. The plan must have no problems.
func (p *Plan) Write(id string, office func(code string) string) []byte {
	g := newGraph(p, office)
	g.draw()
	head, tail := &writer{}, &writer{}
	head.line(0, `<?xml version="1.0" encoding="UTF-8"?>`)
	head.line(0, `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tongban="%s" id="%s_definitions" targetNamespace="https://tongban.example/items">`, Namespace, id)
	head.line(1, `<bpmn:process id="%s" name="%s" isExecutable="true">`, id, esc(p.Name))
	head.line(2, `<bpmn:extensionElements>`)
	tail.line(2, `</bpmn:extensionElements>`)
	tail.process(g)
	tail.line(1, `</bpmn:process>`)
	called := make([]*graph, len(p.Flows))
	for i, f := range p.Flows {
		called[i] = newGraph(p, office)
		called[i].drawFlow(&p.Flows[i], g.flows)
		g.flows = called[i].flows
		tail.line(1, `<bpmn:process id="%s" name="%s" isExecutable="true">`, f.ID, esc(f.Name))
		tail.process(called[i])
		tail.line(1, `</bpmn:process>`)
	}
	tail.diagram(id, g)
	for i := range called {
		tail.diagram(p.Flows[i].ID, called[i])
	}
	tail.line(0, `</bpmn:definitions>`)
	return slices.Concat(head.Bytes(), []byte(openPlan+sum(head.Bytes(), tail.Bytes())+`">`+esc(string(p.JSON()))+closePlan), tail.Bytes())
}

// The plan stands between these two, with the hash of everything around it: a
// file that somebody changed by hand is no longer what its tree says.
const (
	openPlan  = `      <tongban:plan of="`
	closePlan = "</tongban:plan>\n"
)

func sum(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// JSON is the plan as it is kept.
func (p *Plan) JSON() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("plan: does not marshal: %v", err)) // plain structs of text and numbers
	}
	return b
}

// loop makes a user task one task per office.
func (g *graph) loop(s *Step) string {
	list := "${partners}"
	if !slices.Contains(s.Offices, Partners) {
		var each []string
		for _, o := range s.Offices {
			each = append(each, fmt.Sprintf("{org: %s, name: %s}", strconv.Quote(o), strconv.Quote(g.office(o))))
		}
		list = "${[" + strings.Join(each, ", ") + "]}"
	}
	ends := ""
	if r := rule(s); r != "" {
		ends = ` tongban:completion="` + r + `" tongban:counts="${outcome == 'approve'}"`
	}
	return fmt.Sprintf(`<bpmn:multiInstanceLoopCharacteristics isSequential="%t" tongban:collection="%s" tongban:elementVariable="office"%s />`,
		s.Mode == Turn, esc(list), ends)
}

type writer struct{ bytes.Buffer }

func (w *writer) line(depth int, format string, args ...any) {
	w.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *writer) process(g *graph) {
	for _, n := range g.nodes {
		w.node(n)
	}
	for _, e := range g.edges {
		w.edge(e)
	}
}

func (w *writer) node(n *node) {
	attrs := ""
	if n.name != "" {
		attrs = ` name="` + esc(n.name) + `"`
	}
	for _, a := range n.attrs {
		attrs += fmt.Sprintf(` %s="%s"`, a.key, esc(a.value))
	}
	w.line(2, `<bpmn:%s id="%s"%s>`, n.tag, n.id, attrs)
	for _, f := range n.in {
		w.line(3, `<bpmn:incoming>%s</bpmn:incoming>`, f)
	}
	for _, f := range n.out {
		w.line(3, `<bpmn:outgoing>%s</bpmn:outgoing>`, f)
	}
	if n.body != "" {
		w.line(3, "%s", n.body)
	}
	w.line(2, `</bpmn:%s>`, n.tag)
}

func (w *writer) edge(e edge) {
	name := ""
	if e.name != "" {
		name = ` name="` + esc(e.name) + `"`
	}
	if e.cond == "" {
		w.line(2, `<bpmn:sequenceFlow id="%s"%s sourceRef="%s" targetRef="%s" />`, e.id, name, e.from, e.to)
		return
	}
	w.line(2, `<bpmn:sequenceFlow id="%s"%s sourceRef="%s" targetRef="%s">`, e.id, name, e.from, e.to)
	w.line(3, `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">%s</bpmn:conditionExpression>`, esc("${"+e.cond+"}"))
	w.line(2, `</bpmn:sequenceFlow>`)
}

func (w *writer) diagram(id string, g *graph) {
	w.line(1, `<bpmndi:BPMNDiagram id="%s_diagram">`, id)
	w.line(2, `<bpmndi:BPMNPlane id="%s_plane" bpmnElement="%s">`, id, id)
	for _, n := range g.nodes {
		marker := ""
		if n.tag == "exclusiveGateway" {
			marker = ` isMarkerVisible="true"`
		}
		w.line(3, `<bpmndi:BPMNShape id="%s_di" bpmnElement="%s"%s>`, n.id, n.id, marker)
		w.line(4, `<dc:Bounds x="%s" y="%s" width="%s" height="%s" />`, num(n.x), num(n.y), num(n.w), num(n.h))
		if n.name != "" && n.w == gate { // ways leave a gateway upwards and downwards: its name stands to the left
			width := 13 * float64(utf8.RuneCountInString(n.name))
			w.line(4, `<bpmndi:BPMNLabel><dc:Bounds x="%s" y="%s" width="%s" height="14" /></bpmndi:BPMNLabel>`, num(n.x+gate/2-width-4), num(n.y-16), num(width))
		}
		w.line(3, `</bpmndi:BPMNShape>`)
	}
	for _, e := range g.edges {
		w.line(3, `<bpmndi:BPMNEdge id="%s_di" bpmnElement="%s">`, e.id, e.id)
		for _, p := range e.points {
			w.line(4, `<di:waypoint x="%s" y="%s" />`, num(p[0]), num(p[1]))
		}
		w.line(3, `</bpmndi:BPMNEdge>`)
	}
	w.line(2, `</bpmndi:BPMNPlane>`)
	w.line(1, `</bpmndi:BPMNDiagram>`)
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func esc(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) //nolint:errcheck // a strings.Builder does not fail
	return b.String()
}

// Read finds the plan inside a BPMN file that Write made. ok is false when the
// file has none, or was changed since: then the tree is not what runs.
func Read(file []byte) (p Plan, ok bool) {
	head, rest, ok := bytes.Cut(file, []byte(openPlan))
	if !ok {
		return p, false
	}
	inside, tail, ok := bytes.Cut(rest, []byte(closePlan))
	if !ok {
		return p, false
	}
	of, text, ok := bytes.Cut(inside, []byte(`">`))
	if !ok || string(of) != sum(head, tail) {
		return p, false
	}
	var raw string
	if xml.Unmarshal(slices.Concat([]byte("<p>"), text, []byte("</p>")), &raw) != nil || json.Unmarshal([]byte(raw), &p) != nil {
		return Plan{}, false
	}
	return p, true
}
