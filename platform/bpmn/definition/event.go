package definition

import (
	"strings"

	"tongban/platform/bpmn/draw"
)

// catches and throws say which event definitions belong where.
var catches = map[Kind]map[EventKind]bool{
	draw.Start:    {OnTimer: true, OnMessage: true, OnSignal: true, OnError: true, OnEscalate: true, OnTrue: true},
	draw.Catch:    {OnTimer: true, OnMessage: true, OnSignal: true, OnTrue: true, OnLink: true},
	draw.Boundary: {OnTimer: true, OnMessage: true, OnSignal: true, OnError: true, OnEscalate: true, OnTrue: true},
	draw.Throw:    {OnMessage: true, OnSignal: true, OnEscalate: true, OnLink: true},
	draw.End:      {OnMessage: true, OnSignal: true, OnEscalate: true, OnError: true, OnEnd: true},
}

// event reads the event definition of an event: none or one.
func (b *builder) event(n *node, el *Element) error {
	el.Interrupting = n.attr("cancelActivity") != "false" && n.attr("isInterrupting") != "false"
	if n.attr("parallelMultiple") == "true" {
		return n.refuse("waits for several events, which is not supported")
	}
	for _, k := range n.kids {
		if !strings.HasSuffix(k.name.Local, "EventDefinition") && k.name.Local != "eventDefinitionRef" {
			continue
		}
		if k.is("eventDefinitionRef") {
			def := b.refs[local(k.trimmed())]
			if def == nil {
				return k.refuse("refers to %q, which does not exist", k.trimmed())
			}
			k = def
		}
		if el.Event != nil {
			return n.refuse("has more than one event definition")
		}
		if err := b.eventDefinition(k, el); err != nil {
			return err
		}
	}
	if el.Event == nil {
		if ok, err := b.registry(n, el); err != nil {
			return err
		} else if !ok && (el.Kind == draw.Catch || el.Kind == draw.Boundary) {
			return n.refuse("does not say what it waits for")
		}
	}
	if el.Kind == draw.Boundary {
		b.attached, b.boundary = append(b.attached, el), append(b.boundary, n)
		if el.Event.Kind == OnError && !el.Interrupting {
			return n.refuse("catches an error and does not interrupt; an error always interrupts")
		}
	}
	return nil
}

func (b *builder) eventDefinition(k *node, el *Element) error {
	kind := EventKind(strings.TrimSuffix(k.name.Local, "EventDefinition"))
	if !k.is(string(kind)+"EventDefinition") || !catches[el.Kind][kind] {
		switch kind {
		case "compensate":
			return k.refuse("on %s %q is not supported; draw the way back", el.Kind, el.ID)
		case "cancel":
			return k.refuse("on %s %q belongs to transactions, which are not supported", el.Kind, el.ID)
		}
		return k.refuse("on %s %q is not supported", el.Kind, el.ID)
	}
	switch kind {
	case OnTimer:
		return b.timer(k, el)
	case OnMessage:
		if el.Kind == draw.Throw || el.Kind == draw.End {
			if err := collect(k, el.Attrs); err != nil {
				return err
			}
			if el.Impl = callee(k, el); el.Impl != "" {
				el.Attrs["implementation"] = el.Impl
				el.Event = &Event{Kind: OnMessage}
				return nil
			}
		}
		return b.message(k, el, k.attr("messageRef"))
	case OnSignal:
		return b.signal(k, el)
	case OnError, OnEscalate:
		return b.code(k, el, kind)
	case OnTrue:
		return b.conditional(k, el)
	case OnLink:
		if k.attr("name") == "" {
			return k.refuse("has no name")
		}
		el.Event = &Event{Kind: OnLink, Name: k.attr("name")}
		b.links = append(b.links, el)
	case OnEnd:
		el.Event = &Event{Kind: OnEnd, All: k.foreign("terminateAll") == "true", Each: k.foreign("terminateMultiInstance") == "true"}
	}
	return nil
}

// named fills the name of a message or signal, which may be an expression.
func (ev *Event) named(k *node, name string) error {
	ev.Name = name
	if !hasTemplate(name) {
		return nil
	}
	t, err := compileTemplate("", name)
	if err != nil {
		return k.refuse("%v", err)
	}
	ev.Named = t
	return nil
}

func (b *builder) message(k *node, el *Element, ref string) error {
	ev := &Event{Kind: OnMessage}
	name := ref
	def := b.refs[local(ref)]
	switch x := k.foreign("messageExpression"); {
	case x != "":
		name = x
	case def != nil && def.is("message"):
		if name = def.attr("name"); name == "" {
			name = local(ref)
		}
	case ref == "":
		return k.refuse("does not name a message")
	default:
		return k.refuse("names the message %q, which does not exist", ref)
	}
	if err := ev.named(k, name); err != nil {
		return err
	}
	key := k.foreign("correlationKey")
	if key == "" {
		key = el.Attrs["correlationKey"]
	}
	if def != nil {
		for _, s := range def.ext("subscription") { // Zeebe
			key = s.attr("correlationKey")
		}
	}
	if key != "" {
		x, err := Compile(key)
		if err != nil {
			return k.refuse("%v", err)
		}
		ev.Key = x
	}
	el.Event = ev
	return nil
}

func (b *builder) signal(k *node, el *Element) error {
	ev := &Event{Kind: OnSignal}
	ref := k.attr("signalRef")
	def := b.refs[local(ref)]
	name := ref
	switch x := k.foreign("signalExpression"); {
	case x != "":
		name = x
	case def != nil && def.is("signal"):
		if name = def.attr("name"); name == "" {
			name = local(ref)
		}
		ev.Local = def.foreign("scope") == "processInstance"
	case ref == "":
		return k.refuse("does not name a signal")
	default:
		return k.refuse("names the signal %q, which does not exist", ref)
	}
	el.Event = ev
	return ev.named(k, name)
}

// code reads an error or escalation; without a reference it catches all.
func (b *builder) code(k *node, el *Element, kind EventKind) error {
	ev := &Event{Kind: kind}
	for _, a := range []string{"errorVariableName", "errorCodeVariable", "errorVariable", "escalationCodeVariable"} {
		if v := k.foreign(a); v != "" {
			ev.Store = v
		}
	}
	ref := k.attr(string(kind) + "Ref")
	if ref != "" {
		ev.Code = local(ref)
		if def := b.refs[local(ref)]; def != nil {
			if c := def.attr(string(kind) + "Code"); c != "" {
				ev.Code = c
			}
		}
	}
	if ev.Code == "" && el.Kind == draw.End && kind == OnError {
		return k.refuse("on %s %q does not say which error", el.Kind, el.ID)
	}
	el.Event = ev
	return nil
}

func (b *builder) conditional(k *node, el *Element) error {
	c := k.child("condition")
	if c == nil || c.trimmed() == "" {
		return k.refuse("has no condition")
	}
	x, err := Compile(c.trimmed())
	if err != nil {
		return c.refuse("%v", err)
	}
	el.Event = &Event{Kind: OnTrue, Cond: x}
	return nil
}

// registry reads an event of Flowable's registry as a message: its type is the
// name, its correlation parameters are the key.
func (b *builder) registry(n *node, el *Element) (bool, error) {
	types := n.ext("eventType")
	if len(types) == 0 {
		return false, nil
	}
	ev := &Event{Kind: OnMessage}
	if err := ev.named(types[0], types[0].trimmed()); err != nil {
		return false, err
	}
	var parts []string
	for _, k := range n.ext("eventCorrelationParameter") {
		v := k.attr("value")
		if hasTemplate(v) {
			parts = append(parts, "string("+Unwrap(v)+")")
		} else {
			parts = append(parts, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v)+`"`)
		}
	}
	if len(parts) > 0 {
		x, err := Compile("${" + strings.Join(parts, ` + "/" + `) + "}")
		if err != nil {
			return false, n.refuse("%v", err)
		}
		ev.Key = x
	}
	for _, k := range n.ext("eventOutParameter") {
		list, err := mapping(ev.Maps, k)
		if err != nil {
			return false, err
		}
		ev.Maps = list
	}
	el.Event = ev
	return true, nil
}

func (b *builder) timer(n *node, el *Element) error {
	var d *Timer
	for _, k := range n.kids {
		form := k.name.Local
		if k.is("extensionElements") || k.is("documentation") {
			continue
		}
		if form != "timeDuration" && form != "timeDate" && form != "timeCycle" {
			return k.refuse("in a timer is not supported")
		}
		if d != nil {
			return n.refuse("has more than one time")
		}
		if k.foreign("endDate") != "" {
			return k.refuse("has an endDate, which is not supported")
		}
		if form == "timeCycle" && el.Kind == draw.Catch {
			return k.refuse("makes no sense on an intermediate event; use timeDuration or timeDate")
		}
		d = &Timer{Form: form, Text: k.trimmed()}
		if hasTemplate(d.Text) {
			if err := d.compile(); err != nil {
				return k.refuse("%v", err)
			}
		} else if err := checkTimer(form, d.Text); err != nil {
			return k.refuse("%v", err)
		}
	}
	if d == nil {
		return n.refuse("of %s %q has no time", el.Kind, el.ID)
	}
	el.Event = &Event{Kind: OnTimer, Timer: d}
	return nil
}
