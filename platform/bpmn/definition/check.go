package definition

import (
	"sort"
	"strconv"
	"strings"

	"tongban/platform/bpmn/draw"
)

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// attach hangs boundary events on their activities.
func (b *builder) attach() error {
	for i, el := range b.attached {
		n := b.boundary[i]
		host := b.p.byID[local(n.attr("attachedToRef"))]
		switch {
		case b.drawing && (host == nil || !host.Kind.Activity() || host.Parent != el.Parent):
			continue
		case host == nil:
			return n.refuse("is attached to %q, which does not exist", n.attr("attachedToRef"))
		case !host.Kind.Activity():
			return n.refuse("is attached to %s %q, which never waits", host.Kind, host.ID)
		case host.Parent != el.Parent:
			return n.refuse("and its activity %q are in different sub-processes", host.ID)
		}
		if err := b.twice(n, el, host.Boundaries); err != nil {
			return err
		}
		el.Host = host
		host.Boundaries = append(host.Boundaries, el)
	}
	return nil
}

// twice refuses a second event that waits for the same message in one place:
// which of them would take it?
func (b *builder) twice(n *node, el *Element, others []*Element) error {
	if b.drawing || el.Event == nil || el.Event.Kind != OnMessage || el.Event.Named != nil || el.Event.Key != nil {
		return nil
	}
	for _, o := range others {
		if o.Event != nil && o.Event.Kind == OnMessage && o.Event.Name == el.Event.Name && o.Event.Key == nil && o.Event.Named == nil {
			return n.refuse("waits for the same message %q as %q", el.Event.Name, o.ID)
		}
	}
	return nil
}

// connect resolves sequence flows.
func (b *builder) connect() error {
	for i, n := range b.pending {
		if err := b.flow(i, n); err != nil {
			return err
		}
	}
	if err := b.jumps(); err != nil {
		return err
	}
	for _, el := range b.p.Elements { // in document order, for stable messages
		id, ok := b.defaults[el]
		if !ok {
			continue
		}
		f := b.flows[id]
		if f == nil || f.From != el {
			if b.drawing {
				continue
			}
			return b.nodes[el.ID].refuse("has the default flow %q, which does not leave it", id)
		}
		if f.Cond != nil && !b.drawing {
			return b.nodes[id].refuse("is the default flow and has a condition; it can only be one of them")
		}
		el.Default = f
	}
	return nil
}

func (b *builder) flow(i int, n *node) error {
	f := &Flow{ID: n.attr("id"), Name: n.attr("name"), Line: n.line, Index: len(b.p.Flows)}
	if f.ID == "" { // allowed by the standard; joins need a name for it
		f.ID = "flow-" + strconv.Itoa(i+1)
	}
	if b.nodes[f.ID] != nil {
		return n.refuse("has the same id as the %s on line %d", b.nodes[f.ID].name.Local, b.nodes[f.ID].line)
	}
	b.nodes[f.ID] = n
	for _, end := range []string{"sourceRef", "targetRef"} {
		el := b.p.byID[local(n.attr(end))]
		switch {
		case el == nil && b.drawing:
			return nil
		case el == nil:
			return n.refuse("has the %s %q, which does not exist", end, n.attr(end))
		case el.Parent != b.owners[i] && !b.drawing:
			return n.refuse("crosses the border of a sub-process")
		}
		if end == "sourceRef" {
			f.From = el
		} else {
			f.To = el
		}
	}
	if !b.drawing {
		if err := b.condition(n, f); err != nil {
			return err
		}
	}
	f.From.Out = append(f.From.Out, f)
	f.To.In = append(f.To.In, f)
	b.p.Flows = append(b.p.Flows, f)
	b.flows[f.ID] = f
	return nil
}

// jumps joins link events by a flow that is not drawn.
func (b *builder) jumps() error {
	for _, from := range b.links {
		if from.Kind != draw.Throw {
			continue
		}
		for _, to := range b.links {
			if to.Kind != draw.Catch || to.Parent != from.Parent || to.Event.Name != from.Event.Name {
				continue
			}
			if from.Link != nil {
				return b.nodes[to.ID].refuse("is a second link end named %q beside %q", to.Event.Name, from.Link.ID)
			}
			from.Link = to
		}
		if from.Link == nil {
			return b.nodes[from.ID].refuse("jumps to the link %q, which has no catching end here", from.Event.Name)
		}
		f := &Flow{ID: "link-" + from.ID, Line: from.Line, Index: -1, From: from, To: from.Link}
		from.Out, from.Link.In = append(from.Out, f), append(from.Link.In, f)
	}
	return nil
}

func (b *builder) condition(n *node, f *Flow) error {
	for _, k := range n.kids {
		switch {
		case k.is("conditionExpression"):
			l := strings.ToLower(k.attr("language"))
			if l != "" && !strings.Contains(l, "expr") && !strings.Contains(l, "feel") && !strings.Contains(l, "juel") {
				return &ParseError{Line: k.line, Element: n.label(), Reason: "is written in " + l + "; only expressions are supported"}
			}
			text := k.trimmed()
			if strings.Contains(l, "feel") && !marked(text) {
				text = "=" + text
			}
			x, err := Compile(text)
			if err != nil {
				return &ParseError{Line: k.line, Element: n.label(), Reason: err.Error()}
			}
			f.Cond = x
		case k.is("documentation"):
		case k.is("extensionElements"):
			if err := b.vendor(n, map[string]string{}); err != nil {
				return err
			}
		default:
			return k.refuse("in sequenceFlow %q is not supported", f.ID)
		}
	}
	return nil
}

// check refuses graphs in which a token would get lost or never be born.
func (b *builder) check(n *node) error {
	starts := map[*Element][]*Element{}
	for _, el := range b.p.Elements {
		if el.Kind == draw.Start {
			if err := b.twice(b.nodes[el.ID], el, starts[el.Parent]); err != nil {
				return err
			}
			starts[el.Parent] = append(starts[el.Parent], el)
		}
		if err := b.edges(el); err != nil {
			return err
		}
		if err := b.split(el); err != nil {
			return err
		}
	}
	for _, el := range b.p.Elements {
		if err := b.entry(el, starts[el]); err != nil {
			return err
		}
	}
	if b.p.Starts = starts[nil]; len(b.p.Starts) == 0 {
		return n.refuse("has no start event")
	}
	for _, el := range b.p.Starts {
		switch {
		case el.Event == nil && b.p.Start != nil:
			return b.nodes[el.ID].refuse("is a second start event beside %q", b.p.Start.ID)
		case el.Event == nil:
			b.p.Start = el
		case el.Event.Kind == OnError || el.Event.Kind == OnEscalate || el.Event.Kind == OnTrue:
			return b.nodes[el.ID].refuse("waits for an %s, which starts event sub-processes only", el.Event.Kind)
		}
	}
	return nil
}

// entry finds where a sub-process begins.
func (b *builder) entry(el *Element, starts []*Element) error {
	if el.Kind != draw.Sub && el.Kind != draw.EventSub {
		return nil
	}
	n := b.nodes[el.ID]
	switch {
	case len(starts) == 0:
		return n.refuse("has no start event")
	case len(starts) > 1:
		return b.nodes[starts[1].ID].refuse("is a second start event beside %q", starts[0].ID)
	}
	s := starts[0]
	if el.Kind == draw.Sub {
		if s.Event != nil {
			return b.nodes[s.ID].refuse("waits for a %s, but a sub-process starts when it is entered", s.Event.Kind)
		}
		el.Entry = s
		return nil
	}
	if s.Event == nil {
		return b.nodes[s.ID].refuse("does not say what starts the event sub-process")
	}
	if s.Event.Kind == OnError && !s.Interrupting {
		return b.nodes[s.ID].refuse("catches an error and does not interrupt; an error always interrupts")
	}
	el.Entry, el.Interrupting = s, s.Interrupting
	list := &b.p.Triggers
	if el.Parent != nil {
		list = &el.Parent.Triggers
	}
	if err := b.twice(b.nodes[s.ID], s, *list); err != nil {
		return err
	}
	*list = append(*list, s)
	return nil
}

// edges checks how many flows an element has on either side.
func (b *builder) edges(el *Element) error {
	n := b.nodes[el.ID]
	switch el.Kind {
	case draw.EventSub:
		if len(el.In)+len(el.Out) > 0 {
			return n.refuse("is an event sub-process and has a flow; only its event starts it")
		}
		if len(el.Boundaries) > 0 {
			return b.nodes[el.Boundaries[0].ID].refuse("sits on an event sub-process")
		}
		return nil
	case draw.Start, draw.Boundary:
		if len(el.In) > 0 {
			return n.refuse("has an incoming flow")
		}
		if len(el.Out) == 0 && el.Kind == draw.Start {
			return n.refuse("leads nowhere")
		}
		return nil
	case draw.End:
		if len(el.Out) > 0 {
			return n.refuse("has an outgoing flow")
		}
	case draw.ByEvent:
		if err := b.byEvent(n, el); err != nil {
			return err
		}
	}
	if len(el.In) == 0 {
		return n.refuse("is never reached: it has no incoming flow")
	}
	if el.Kind.Gateway() && len(el.Out) == 0 {
		return n.refuse("leads nowhere")
	}
	if el.Link != nil && len(el.Out) > 1 {
		return n.refuse("jumps to a link and has an outgoing flow")
	}
	return nil
}

// byEvent checks what an event-based gateway leads to.
func (b *builder) byEvent(n *node, el *Element) error {
	for _, f := range el.Out {
		t := f.To
		switch {
		case t.Kind != draw.Catch && t.Kind != draw.Receive || t.Event == nil || t.Event.Kind == OnLink:
			return b.nodes[f.ID].refuse("leads from an event-based gateway to %s %q, which waits for nothing", t.Kind, t.ID)
		case len(t.In) > 1:
			return b.nodes[t.ID].refuse("follows an event-based gateway and has another incoming flow")
		case len(t.Boundaries) > 0 || t.Loop != nil:
			return b.nodes[t.ID].refuse("follows an event-based gateway; it can have neither boundary events nor a loop")
		case f.Cond != nil:
			return b.nodes[f.ID].refuse("leaves an event-based gateway and has a condition; the event decides")
		}
	}
	return nil
}

// split checks conditions on the flows that leave an element.
func (b *builder) split(el *Element) error {
	for _, f := range el.Out {
		n := b.nodes[f.ID]
		switch {
		case f.Cond != nil && el.Kind == draw.Parallel:
			return n.refuse("leaves a parallel gateway and has a condition; parallel flows are always taken")
		case f.Cond == nil && f != el.Default && len(el.Out) > 1 && el.Kind == draw.Exclusive:
			return n.refuse("leaves a gateway without a condition and is not the default flow")
		}
	}
	return nil
}
