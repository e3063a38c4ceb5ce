package elements

import (
	"cmp"
	"slices"
	"strings"

	"tongban/platform/bpmn/edit"
)

// Element is one element as a form shows it.
type Element struct {
	ID, Kind string
	Values   map[string]string // of its Fields, and of the flows that leave it: when.ID
	Fields   []string          // in the order of the form
	Ways     []Way             // flows that leave it, when it is asked which of them is taken
	Events   []string          // kinds that its event can have
	Inside   bool              // a start of an event sub-process
	Callable []string          // processes that it can call
}

// Way is a flow that leaves an element.
type Way struct {
	ID, Name, To string // To: name of the element it leads to, or its id
}

// Brief is one element in a list.
type Brief struct {
	ID, Kind, Name string
	Depth          int // 0: process or lane, 1: in a process, 2: in a sub-process …
}

// kinds are the elements that have a form.
var kinds = []string{"process", "participant", "lane", "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "userTask", "manualTask", "task",
	"serviceTask", "businessRuleTask", "scriptTask", "sendTask", "receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess",
	"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway", "sequenceFlow"}

// Known tells whether an element of that kind has a form.
func Known(kind string) bool { return slices.Contains(kinds, kind) }

// Refused are the kinds that cannot run at all.
var Refused = []string{"transaction", "adHocSubProcess", "complexGateway"}

// List gives the elements of a file that have a form, in its order. Flows between
// elements are not in it unless they have a name or a condition.
func List(raw []byte) ([]Brief, error) {
	f, err := edit.Read(raw)
	if err != nil {
		return nil, err
	}
	var out []Brief
	f.Root().Each(func(e *edit.Element) {
		if e.Space != edit.Model || !slices.Contains(kinds, e.Local) || e.Attr("id") == "" {
			return
		}
		if e.Local == "sequenceFlow" && e.Attr("name") == "" && e.Child("conditionExpression") == nil {
			return
		}
		depth := 0
		for up := e.Up; up != nil; up = up.Up {
			if slices.Contains([]string{"process", "subProcess", "transaction", "adHocSubProcess"}, up.Local) {
				depth++
			}
		}
		out = append(out, Brief{e.Attr("id"), e.Local, e.Attr("name"), depth})
	})
	return out, nil
}

// Read gives an element with its values; ok is false when it is not there or has
// no form.
func Read(raw []byte, id string) (out Element, ok bool, err error) {
	f, err := edit.Read(raw)
	if err != nil {
		return out, false, err
	}
	e := f.Element(id)
	if e == nil || e.Space != edit.Model || !slices.Contains(kinds, e.Local) {
		return out, false, nil
	}
	x := reader{f: f, e: e, out: Element{ID: id, Kind: e.Local, Values: map[string]string{}}}
	x.take("name", e.Attr("name"))
	x.own()
	x.loop()
	x.take("doc", e.Child("documentation").Text())
	return x.out, true, nil
}

// Owner is the element with a form that something of a file belongs to: by its id,
// or, when it has none, by the line it begins on.
func Owner(raw []byte, id string, line int) string {
	f, err := edit.Read(raw)
	if err != nil {
		return id
	}
	at := f.Element(id)
	if at == nil {
		f.Root().Each(func(e *edit.Element) {
			if e.Line == line {
				at = e
			}
		})
	}
	for ; at != nil; at = at.Up {
		if at.Space == edit.Model && Known(at.Local) && at.Attr("id") != "" {
			return at.Attr("id")
		}
	}
	return id
}

type reader struct {
	f   *edit.File
	e   *edit.Element
	out Element
}

func (r *reader) take(field, value string) {
	r.out.Fields = append(r.out.Fields, field)
	r.out.Values[field] = value
}

func (r *reader) foreign(fields ...string) {
	for _, name := range fields {
		v, _ := r.e.Foreign(name)
		r.take(name, strings.TrimSpace(v))
	}
}

// own takes the values that belong to the kind of the element.
func (r *reader) own() {
	e := r.e
	switch e.Local {
	case "userTask":
		r.foreign("org", "post", "limit", "opinion", "operations", "groups", "materials")
	case "serviceTask":
		r.take("service", callee(e))
		r.foreign("org")
	case "businessRuleTask":
		r.take("decision", callee(e))
		r.take("result", resultOf(e))
	case "scriptTask":
		r.take("script", e.Child("script").Text())
		r.take("result", resultOf(e))
	case "sendTask":
		r.take("message", r.named("message", e.Attr("messageRef"), "name"))
	case "receiveTask":
		r.take("message", r.named("message", e.Attr("messageRef"), "name"))
		r.foreign("takes", "org")
	case "callActivity":
		r.take("called", local(e.Attr("calledElement")))
		r.take("in", mapped(e, "in"))
		r.take("out", mapped(e, "out"))
		for _, p := range r.f.Root().All("process") {
			if p != process(e) {
				r.out.Callable = append(r.out.Callable, p.Attr("id"))
			}
		}
	case "exclusiveGateway", "inclusiveGateway":
		r.ways()
	case "sequenceFlow":
		r.take("when", e.Child("conditionExpression").Text())
		if from := r.f.Element(e.Attr("sourceRef")); from != nil && forks(from) {
			r.take("otherwise", yes(from.Attr("default") == e.Attr("id")))
		}
	case "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent":
		r.event()
	}
}

// forks tells whether an element may have a way that is taken when no other is.
func forks(e *edit.Element) bool {
	return e.Local == "exclusiveGateway" || e.Local == "inclusiveGateway" || activity(e)
}

func activity(e *edit.Element) bool {
	return strings.HasSuffix(e.Local, "Task") || e.Local == "task" || e.Local == "callActivity" || e.Local == "subProcess"
}

// ways are the flows that leave a gateway, with their conditions.
func (r *reader) ways() {
	for _, k := range r.e.Up.All("sequenceFlow") {
		if k.Attr("sourceRef") != r.e.Attr("id") {
			continue
		}
		to := k.Attr("targetRef")
		if x := r.f.Element(to); x != nil {
			to = cmp.Or(x.Attr("name"), to)
		}
		r.out.Ways = append(r.out.Ways, Way{ID: k.Attr("id"), Name: k.Attr("name"), To: to})
		r.out.Values["when."+k.Attr("id")] = k.Child("conditionExpression").Text()
	}
	if len(r.out.Ways) > 1 {
		r.take("default", r.e.Attr("default"))
	}
}

// Events that a place of the flow can have, the plain one first when there is one.
var eventsOf = map[string][]string{
	"startEvent": {""}, "endEvent": {"", "terminate", "error", "message", "signal", "escalation"},
	"intermediateCatchEvent": {"timer", "message", "signal", "conditional", "link"}, "intermediateThrowEvent": {"", "message", "signal", "escalation", "link"},
	"boundaryEvent": {"timer", "message", "signal", "error", "escalation", "conditional"},
}

// inside are the events that an event sub-process starts with.
var inside = []string{"timer", "message", "signal", "error", "escalation", "conditional"}

// definition is the event definition of an event, nil for a plain one.
func definition(e *edit.Element) (d *edit.Element, kind string) {
	for _, k := range e.Kids {
		if kind, ok := strings.CutSuffix(k.Local, "EventDefinition"); ok && k.Space == edit.Model {
			return k, kind
		}
	}
	return nil, ""
}

func (r *reader) event() {
	e := r.e
	d, kind := definition(e)
	r.out.Events = eventsOf[e.Local]
	if e.Local == "startEvent" && e.Up.Attr("triggeredByEvent") == "true" {
		r.out.Events, r.out.Inside = inside, true
	}
	if !slices.Contains(r.out.Events, kind) { // what the drawing has is shown; whether it can run is said beside it
		r.out.Events = append(slices.Clone(r.out.Events), kind)
	}
	if len(r.out.Events) > 1 {
		r.take("event", kind)
	}
	catches := e.Local != "endEvent" && e.Local != "intermediateThrowEvent"
	switch kind {
	case "message":
		r.take("message", r.named("message", d.Attr("messageRef"), "name"))
		if catches {
			r.foreign("takes", "org")
		}
	case "signal":
		r.take("signal", r.named("signal", d.Attr("signalRef"), "name"))
	case "error":
		r.take("code", r.named("error", d.Attr("errorRef"), "errorCode"))
	case "escalation":
		r.take("code", r.named("escalation", d.Attr("escalationRef"), "escalationCode"))
	case "timer":
		form, text := "", ""
		for _, t := range Timers {
			if k := d.Child(t); k != nil {
				form, text = t, k.Text()
			}
		}
		r.take("timer", cmp.Or(form, Timers[0]))
		r.take("time", text)
	case "conditional":
		r.take("condition", d.Child("condition").Text())
	case "link":
		r.take("link", d.Attr("name"))
	}
	switch {
	case e.Local == "boundaryEvent" && kind != "error":
		r.take("stops", yes(e.Attr("cancelActivity") != "false"))
	case r.out.Inside && kind != "error":
		r.take("stops", yes(e.Attr("isInterrupting") != "false"))
	}
}

// Timers are the ways to say when a timer comes due: after how long, on which
// day, again and again.
var Timers = []string{"timeDuration", "timeDate", "timeCycle"}

// named is what a definition that is referred to is called; without one of its
// own, what refers to it.
func (r *reader) named(kind, ref, attr string) string {
	ref = local(ref)
	if d := r.f.Element(ref); d.Is(kind) {
		return cmp.Or(d.Attr(attr), ref)
	}
	return ref
}

// local is a reference without the prefix that some tools write.
func local(ref string) string { return ref[strings.LastIndex(ref, ":")+1:] }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func process(e *edit.Element) *edit.Element {
	for ; e != nil; e = e.Up {
		if e.Is("process") {
			return e
		}
	}
	return nil
}

// callees are where tools write what a task calls, in the order in which the
// reader of flows looks.
var callees = []string{"implementation", "delegateExpression", "class", "expression", "topic", "decisionRef", "type"}

// callee is what a task calls.
func callee(e *edit.Element) string {
	v, _ := calleeAt(e)
	return v
}

func calleeAt(e *edit.Element) (value, foreign string) {
	for _, key := range callees {
		if v, _ := e.Foreign(key); v != "" {
			return v, key
		}
	}
	if v := e.Attr("implementation"); !strings.HasPrefix(v, "##") {
		return v, ""
	}
	return "", ""
}

// results are where tools write which variable takes what comes out.
var results = []string{"resultVariable", "resultVariableName"}

func resultOf(e *edit.Element) string {
	for _, key := range results {
		if v, _ := e.Foreign(key); v != "" {
			return v
		}
	}
	return ""
}

// mapped are the values that go into a called process or come back, one a line:
// name there = expression.
func mapped(e *edit.Element, local string) string {
	var lines []string
	for _, k := range e.Extensions(local) {
		from := cmp.Or(k.Attr("sourceExpression"), k.Attr("source"))
		if from != "" {
			lines = append(lines, cmp.Or(k.Attr("target"), k.Attr("source"))+" = "+from)
		}
	}
	return strings.Join(lines, "\n")
}

// loop takes how often an activity is done.
func (r *reader) loop() {
	if !activity(r.e) || r.e.Attr("triggeredByEvent") == "true" {
		return
	}
	if l := r.e.Child("standardLoopCharacteristics"); l != nil {
		r.take("loop", "again")
		r.take("while", l.Child("loopCondition").Text())
		r.take("most", l.Attr("loopMaximum"))
		return
	}
	l := r.e.Child("multiInstanceLoopCharacteristics")
	if l == nil {
		r.take("loop", "")
		return
	}
	if r.take("loop", "parallel"); l.Attr("isSequential") == "true" {
		r.out.Values["loop"] = "sequential"
	}
	get := func(name string) string { v, _ := l.Foreign(name); return v }
	over := cmp.Or(get("collection"), l.Child("loopDataInputRef").Text())
	r.take("collection", over)
	variable := get("elementVariable")
	if item := l.Child("inputDataItem"); variable == "" && item != nil {
		variable = item.Attr("name")
	}
	r.take("variable", variable)
	r.take("times", l.Child("loopCardinality").Text())
	r.take("completion", get("completion"))
	r.take("counts", get("counts"))
	r.take("until", l.Child("completionCondition").Text())
}
