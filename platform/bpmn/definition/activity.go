package definition

import (
	"strings"

	"tongban/platform/bpmn/draw"
)

// known refuses children that nobody read.
func (b *builder) known(n *node, el *Element) error {
	if b.drawing {
		return nil
	}
	for _, k := range n.kids {
		if k.name.Space != nsModel {
			return k.refuse("is a foreign element outside extensionElements")
		}
		switch l := k.name.Local; l {
		case "documentation", "extensionElements", "incoming", "outgoing", "monitoring", "auditing", "category":
		case "multiInstanceLoopCharacteristics", "standardLoopCharacteristics":
			if !el.Kind.Activity() {
				return k.refuse("belongs on an activity")
			}
		case "script":
			if el.Kind != draw.Script {
				return k.refuse("belongs in a script task")
			}
		case "potentialOwner", "humanPerformer", "performer", "resourceRole", "rendering":
			if el.Kind != draw.User && el.Kind != draw.Manual {
				return k.refuse("belongs in a user task")
			}
		default:
			if strings.HasSuffix(l, "EventDefinition") || l == "eventDefinitionRef" {
				continue // read or refused by event
			}
			if why := refusals[l]; why != "" {
				return k.refuse("%s", why)
			}
			return k.refuse("in %s %q is not supported", el.Kind, el.ID)
		}
	}
	return nil
}

// details reads what depends on the kind of the element.
func (b *builder) details(n *node, el *Element) error {
	if b.drawing {
		return b.sketch(n, el)
	}
	if n.attr("isForCompensation") == "true" {
		return n.refuse("is for compensation, which is not supported; draw the way back")
	}
	for _, a := range []string{"startQuantity", "completionQuantity"} {
		if v := n.attr(a); v != "" && v != "1" {
			return n.refuse("has %s %s; only 1 is supported", a, v)
		}
	}
	if err := b.loop(n, el); err != nil {
		return err
	}
	if err := b.mappings(n, el); err != nil {
		return err
	}
	switch el.Kind {
	case draw.Start, draw.End, draw.Catch, draw.Throw, draw.Boundary:
		return b.event(n, el)
	case draw.User:
		return b.user(n, el)
	case draw.Service, draw.Business:
		return b.service(n, el)
	case draw.Send:
		return b.send(n, el)
	case draw.Receive:
		return b.receive(n, el)
	case draw.Script:
		return b.script(n, el)
	case draw.Call:
		return b.call(n, el)
	case draw.ByEvent:
		if n.attr("instantiate") == "true" {
			return n.refuse("starts the process, which is not supported; use several start events")
		}
	}
	return nil
}

// sketch reads what the picture of a drawing shows.
func (b *builder) sketch(n *node, el *Element) error {
	el.Interrupting = n.attr("cancelActivity") != "false" && n.attr("isInterrupting") != "false"
	for _, k := range n.kids {
		switch l := k.name.Local; {
		case strings.HasSuffix(l, "EventDefinition"):
			kind := EventKind(strings.TrimSuffix(l, "EventDefinition"))
			if el.Event != nil {
				kind = "multiple"
			}
			el.Event = &Event{Kind: kind}
		case l == "multiInstanceLoopCharacteristics":
			el.Loop = &Loop{Sequential: k.attr("isSequential") == "true"}
		case l == "standardLoopCharacteristics":
			el.Loop = &Loop{Standard: true}
		}
	}
	if el.Kind == draw.Boundary {
		b.attached, b.boundary = append(b.attached, el), append(b.boundary, n)
	}
	return nil
}

func (b *builder) user(n *node, el *Element) error {
	for _, role := range []string{"potentialOwner", "humanPerformer", "performer"} {
		if r := n.child(role); r != nil {
			el.Attrs[role] = strings.TrimSpace(deepText(r))
		}
	}
	if rule, err := ParseRule(el.Attrs["completion"]); err != nil {
		return n.refuse("%v", err)
	} else if rule != nil {
		if c := el.Attrs["counts"]; c != "" {
			if rule.If, err = Compile(c); err != nil {
				return n.refuse("%v", err)
			}
		}
		el.Completion = rule
	}
	return b.templates(n, el)
}

// templates compiles the name and the attributes that hold expressions.
func (b *builder) templates(n *node, el *Element) error {
	if strings.Contains(el.Name, "${") || strings.Contains(el.Name, "#{") {
		t, err := compileTemplate("", el.Name)
		if err != nil {
			return n.refuse("%v", err)
		}
		el.Title = t
	}
	for _, key := range sortedKeys(el.Attrs) {
		if key == "counts" || !hasTemplate(el.Attrs[key]) {
			continue
		}
		t, err := compileTemplate(key, el.Attrs[key])
		if err != nil {
			return n.refuse("attribute %s: %v", key, err)
		}
		el.Templates = append(el.Templates, *t)
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

// callee finds the name of what is to be called.
func callee(n *node, el *Element) string {
	for _, key := range []string{"implementation", "delegateExpression", "class", "expression", "topic", "decisionRef", "type"} {
		if v := el.Attrs[key]; v != "" && !(key == "type" && el.Attrs["topic"] != "") {
			return v
		}
	}
	if v := n.attr("implementation"); v != "" && !strings.HasPrefix(v, "##") {
		return v
	}
	return ""
}

func (b *builder) service(n *node, el *Element) error {
	el.Result = el.Attrs["resultVariable"]
	if el.Impl = callee(n, el); el.Impl == "" {
		return n.refuse("does not say what to call; give it an implementation")
	}
	el.Attrs["implementation"] = el.Impl
	return nil
}

// send reads a send task: it calls a service when it names one, otherwise it
// sends its message and goes on.
func (b *builder) send(n *node, el *Element) error {
	if el.Impl = callee(n, el); el.Impl != "" {
		el.Attrs["implementation"] = el.Impl
		return nil
	}
	if n.attr("messageRef") == "" {
		return n.refuse("does not say what to send; give it a message or an implementation")
	}
	return b.message(n, el, n.attr("messageRef"))
}

func (b *builder) receive(n *node, el *Element) error {
	if n.attr("instantiate") == "true" {
		return n.refuse("starts the process, which is not supported; use a message start event")
	}
	if ok, err := b.registry(n, el); ok || err != nil {
		return err
	}
	if n.attr("messageRef") == "" { // Flowable's wait state: the name of the element is the name of what it waits for
		el.Event = &Event{Kind: OnMessage, Name: el.ID}
		return nil
	}
	return b.message(n, el, n.attr("messageRef"))
}

func (b *builder) script(n *node, el *Element) error {
	el.Result = el.Attrs["resultVariable"]
	text, at := el.Attrs["script.expression"], n
	if text == "" {
		switch f := strings.ToLower(n.attr("scriptFormat")); f {
		case "", "expr", "expression", "feel", "juel":
		default:
			return n.refuse("is written in %s; only expressions are supported", f)
		}
		s := n.child("script")
		if s == nil {
			return n.refuse("has no script")
		}
		text, at = s.trimmed(), s
		if strings.EqualFold(n.attr("scriptFormat"), "feel") && !marked(text) {
			text = "=" + text
		}
	}
	x, err := Compile(text)
	if err != nil {
		return at.refuse("%v", err)
	}
	if el.Script = x; el.Result == "" {
		return n.refuse("does not say which variable takes the value; set resultVariable")
	}
	return nil
}
