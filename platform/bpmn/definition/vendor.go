package definition

import (
	"strconv"
	"strings"

	"tongban/platform/bpmn/draw"
)

// vendor collects foreign attributes and extension properties by local name,
// and refuses those that would change what happens and are not understood.
func (b *builder) vendor(n *node, into map[string]string) error {
	err := collect(n, into)
	if b.drawing {
		return nil
	}
	return err
}

func collect(n *node, into map[string]string) error {
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
		if mapped(n, k) {
			continue
		}
		if err := extension(k, into); err != nil {
			return err
		}
	}
	for _, a := range aliases {
		if v := into[a[0]]; v != "" && into[a[1]] == "" {
			into[a[1]] = v
		}
	}
	return nil
}

// aliases give what Zeebe says in elements the names that attributes have elsewhere.
var aliases = [][2]string{
	{"assignmentDefinition.assignee", "assignee"}, {"assignmentDefinition.candidateGroups", "candidateGroups"},
	{"assignmentDefinition.candidateUsers", "candidateUsers"}, {"formDefinition.formKey", "formKey"}, {"formDefinition.formId", "formKey"},
	{"taskSchedule.dueDate", "dueDate"}, {"taskSchedule.followUpDate", "followUpDate"}, {"priorityDefinition.priority", "priority"},
	{"taskDefinition.type", "implementation"}, {"script.resultVariable", "resultVariable"}, {"calledDecision.resultVariable", "resultVariable"},
	{"calledDecision.decisionId", "decisionRef"},
}

// mapped reports whether the element is read elsewhere: data of called
// processes and events, and multi-instance.
func mapped(n, k *node) bool {
	switch k.name.Local {
	case "in", "out":
		return n.is("callActivity")
	case "ioMapping", "inputOutput":
		return n.is("callActivity") && k.name.Local == "ioMapping" || mapsTask(n)
	case "eventOutParameter", "eventInParameter", "eventCorrelationParameter":
		return eventual(n)
	}
	return false
}

// mapsTask reports whether the node is a task done by somebody or something, for
// which variables can be mapped.
func mapsTask(n *node) bool {
	return n.is("userTask") || n.is("serviceTask") || n.is("sendTask") || n.is("businessRuleTask")
}

// mappings reads what Zeebe and Camunda map into a task and out of it. Values
// given by scripts, lists and maps are refused.
func (b *builder) mappings(n *node, el *Element) error {
	if !mapsTask(n) {
		return nil
	}
	for _, name := range []string{"ioMapping", "inputOutput"} {
		for _, io := range n.ext(name) {
			for _, k := range io.kids {
				if err := el.mapOne(k); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (el *Element) mapOne(k *node) (err error) {
	switch k.name.Local {
	case "input":
		el.Inputs, err = mapping(el.Inputs, k)
	case "output":
		el.Outputs, err = mapping(el.Outputs, k)
	case "inputParameter", "outputParameter":
		if len(k.kids) > 0 {
			return k.kids[0].refuse("maps a variable by %s, which is not supported; use an expression", k.kids[0].name.Local)
		}
		text := k.trimmed()
		if !hasTemplate(text) { // plain text stands for itself
			text = strconv.Quote(text)
		}
		x, bad := Compile(text)
		if bad != nil || k.attr("name") == "" {
			return k.refuse("needs a name and one expression: %v", bad)
		}
		m := Mapping{From: x, To: k.attr("name")}
		if k.name.Local == "inputParameter" {
			el.Inputs = append(el.Inputs, m)
		} else {
			el.Outputs = append(el.Outputs, m)
		}
	default:
		return k.refuse("in a mapping is not supported")
	}
	return err
}

// eventual reports whether the node may wait for an event of Flowable's registry.
func eventual(n *node) bool {
	return n.is("startEvent") || n.is("boundaryEvent") || n.is("intermediateCatchEvent") || n.is("receiveTask")
}

// behaviour lists extension elements that would change what happens.
var behaviour = map[string]string{
	"in": "maps variables", "out": "maps variables", "ioMapping": "maps variables", "inputOutput": "maps variables",
	"mapException": "maps exceptions", "connector": "calls a connector",
	"variableListenerEventDefinition": "waits for a variable to change", "eventInParameter": "sends an event of a registry",
	"eventOutParameter": "maps variables",
}

func extension(k *node, into map[string]string) error {
	name := k.name.Local
	if strings.HasSuffix(name, "Listener") || strings.HasSuffix(name, "Listeners") {
		return k.refuse("runs code when something happens, which is not supported")
	}
	if why := behaviour[name]; why != "" {
		return k.refuse("%s, which is not supported", why)
	}
	switch name {
	case "properties", "taskHeaders":
		for _, p := range k.kids {
			if err := extension(p, into); err != nil {
				return err
			}
		}
	case "header":
		into[k.attr("key")] = k.attr("value")
	case "property", "field":
		key := k.attr("name")
		value := k.attr("value") + k.attr("stringValue") + k.attr("expression") + k.trimmed()
		for _, c := range k.kids {
			value += c.trimmed()
		}
		if key == "" {
			return k.refuse("has no name")
		}
		into[key] = value
	default:
		if t := k.trimmed(); t != "" {
			into[name] = t
		}
		for _, a := range k.attrs {
			if a.Name.Space == "" {
				into[name+"."+a.Name.Local] = a.Value
			}
		}
	}
	return nil
}

// ext lists the extension elements of that name.
func (n *node) ext(name string) []*node {
	var list []*node
	if e := n.child("extensionElements"); e != nil {
		for _, k := range e.kids {
			if k.name.Local == name {
				list = append(list, k)
			}
		}
	}
	return list
}

func documentation(n *node) string {
	if d := n.child("documentation"); d != nil {
		return d.trimmed()
	}
	return ""
}

// call reads a call activity.
func (b *builder) call(n *node, el *Element) error {
	c := &Call{AllIn: el.Attrs["inheritVariables"] == "true", Version: el.Attrs["calledElementVersion"]}
	name := n.attr("calledElement")
	for _, z := range n.ext("calledElement") { // Zeebe: everything goes in and comes back unless it says otherwise
		name = z.attr("processId")
		c.AllIn = z.attr("propagateAllParentVariables") != "false"
		c.AllOut = z.attr("propagateAllChildVariables") != "false"
		c.Version = z.attr("versionTag")
	}
	if t := el.Attrs["calledElementType"]; t != "" && t != "key" {
		return n.refuse("calls by %s; only the id of a process is supported", t)
	}
	switch t := el.Attrs["calledElementBinding"]; t {
	case "", "latest", "version":
	case "deployment": // the version that was published together with this one
		c.Version = t
	default:
		return n.refuse("binds by %s; only latest, version and deployment are supported", t)
	}
	if name == "" || strings.HasSuffix(name, ":") {
		return n.refuse("does not say which process it calls")
	}
	if !hasTemplate(name) {
		name = local(name)
	}
	var err error
	c.Text = name
	if c.Process, err = compileTemplate("calledElement", name); err != nil {
		return n.refuse("%v", err)
	}
	el.Call = c
	return c.maps(n)
}

// maps reads what goes into a called process and comes back.
func (c *Call) maps(n *node) (err error) {
	for _, k := range n.ext("in") {
		if k.attr("businessKey") != "" {
			continue
		}
		if k.attr("variables") == "all" {
			c.AllIn = true
		} else if c.In, err = mapping(c.In, k); err != nil {
			return err
		}
	}
	for _, k := range n.ext("out") {
		if k.attr("variables") == "all" {
			c.AllOut = true
		} else if c.Out, err = mapping(c.Out, k); err != nil {
			return err
		}
	}
	for _, io := range n.ext("ioMapping") {
		for _, k := range io.kids {
			into := &c.In
			if k.name.Local == "output" {
				into = &c.Out
			}
			if *into, err = mapping(*into, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func mapping(list []Mapping, k *node) ([]Mapping, error) {
	from := k.attr("source")
	if s := k.attr("sourceExpression"); s != "" {
		from = s
	}
	to := k.attr("target")
	if to == "" {
		to = k.attr("source")
	}
	if from == "" || to == "" || hasTemplate(to) {
		return nil, k.refuse("needs a source and the name of a target")
	}
	x, err := Compile(from)
	if err != nil {
		return nil, k.refuse("%v", err)
	}
	return append(list, Mapping{From: x, To: to}), nil
}

// data reads the start value of a data object.
func (b *builder) data(n *node, parent *Element) error {
	var value string
	var has bool
	for _, k := range n.ext("value") {
		value, has = k.trimmed(), true
	}
	if !has {
		return nil
	}
	into := &b.p.Defaults
	if parent != nil {
		into = &parent.Defaults
	}
	if *into == nil {
		*into = map[string]any{}
	}
	name := n.attr("name")
	if name == "" {
		name = n.attr("id")
	}
	v, err := typed(value, local(n.attr("itemSubjectRef")))
	if err != nil && !b.drawing {
		return n.refuse("%v", err)
	}
	(*into)[name] = v
	return nil
}

// loop reads multi-instance and standard loops.
func (b *builder) loop(n *node, el *Element) error {
	if c := n.child("standardLoopCharacteristics"); c != nil {
		return b.standardLoop(c, el)
	}
	c := n.child("multiInstanceLoopCharacteristics")
	if c == nil {
		return nil
	}
	if v := c.attr("behavior"); v != "" && v != "All" {
		return c.refuse("has the behavior %s; only All is supported", v)
	}
	if el.Kind == draw.EventSub {
		return c.refuse("does not belong on an event sub-process")
	}
	r := &loopReader{l: &Loop{Sequential: c.attr("isSequential") == "true", Variable: c.foreign("elementVariable"),
		Counter: c.foreign("elementIndexVariable"), OutputName: c.foreign("outputCollection")}}
	over, output := c.foreign("collection"), c.foreign("outputElement")
	for _, z := range c.ext("loopCharacteristics") { // Zeebe
		over, r.l.Variable = z.attr("inputCollection"), z.attr("inputElement")
		r.l.OutputName, output = z.attr("outputCollection"), z.attr("outputElement")
	}
	for _, k := range c.kids {
		if err := r.child(k, &over); err != nil {
			return err
		}
	}
	r.set(&r.l.Collection, c, over)
	r.set(&r.l.Output, c, output)
	r.l.Rule = r.rule(c, c.foreign("completion"), c.foreign("counts"))
	switch {
	case r.err != nil:
		return r.err
	case (r.l.Collection == nil) == (r.l.Cardinality == nil):
		if r.l.Collection == nil {
			return c.refuse("needs either a collection or a loopCardinality")
		}
		r.l.Cardinality = nil
	case (r.l.OutputName == "") != (r.l.Output == nil && r.l.Record == nil):
		return c.refuse("needs outputCollection and outputElement together")
	}
	el.Loop = r.l
	return nil
}

func (b *builder) standardLoop(c *node, el *Element) error {
	if el.Kind == draw.EventSub {
		return c.refuse("does not belong on an event sub-process")
	}
	r := &loopReader{l: &Loop{Standard: true, Sequential: true, Before: c.attr("testBefore") == "true"}}
	if v := c.attr("loopMaximum"); v != "" {
		n, err := typed(v, "int")
		most, ok := n.(int)
		if err != nil || !ok || most < 1 {
			return c.refuse("has the loopMaximum %q, which is no number above 0", v)
		}
		r.l.Most = most
	}
	if k := c.child("loopCondition"); k != nil {
		r.set(&r.l.While, k, k.trimmed())
	}
	if r.err == nil && r.l.While == nil && r.l.Most == 0 {
		return c.refuse("needs a loopCondition or a loopMaximum")
	}
	if r.err != nil {
		return r.err
	}
	el.Loop = r.l
	return nil
}
