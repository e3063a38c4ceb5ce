package bpmn

import (
	"sort"
	"strconv"
	"strings"
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
		host := b.p.byID[n.attr("attachedToRef")]
		switch {
		case host == nil:
			return n.refuse("is attached to %q, which does not exist", n.attr("attachedToRef"))
		case !host.kind.Activity():
			return n.refuse("is attached to %s %q, which never waits", host.kind, host.id)
		case host.parent != el.parent:
			return n.refuse("and its activity %q are in different sub-processes", host.id)
		}
		el.host = host
		host.boundaries = append(host.boundaries, el)
	}
	return nil
}

// connect resolves sequence flows.
func (b *builder) connect() error {
	for i, n := range b.pending {
		f := &flow{id: n.attr("id"), name: n.attr("name"), line: n.line, index: i}
		if f.id == "" { // allowed by the standard; joins need a name for it
			f.id = "flow-" + strconv.Itoa(i+1)
		}
		if b.nodes[f.id] != nil {
			return n.refuse("has the same id as the %s on line %d", b.nodes[f.id].name.Local, b.nodes[f.id].line)
		}
		b.nodes[f.id] = n
		for end, into := range map[string]**element{"sourceRef": &f.from, "targetRef": &f.to} {
			el := b.p.byID[n.attr(end)]
			if el == nil {
				return n.refuse("has the %s %q, which does not exist", end, n.attr(end))
			}
			if el.parent != b.owners[i] {
				return n.refuse("crosses the border of a sub-process")
			}
			*into = el
		}
		if err := b.condition(n, f); err != nil {
			return err
		}
		f.from.out = append(f.from.out, f)
		f.to.in = append(f.to.in, f)
		b.p.flows = append(b.p.flows, f)
		b.flows[f.id] = f
	}
	for _, el := range b.p.elements { // in document order, for stable messages
		id, ok := b.defaults[el]
		if !ok {
			continue
		}
		f := b.flows[id]
		if f == nil || f.from != el {
			return b.nodes[el.id].refuse("has the default flow %q, which does not leave it", id)
		}
		if f.cond != nil {
			return b.nodes[id].refuse("is the default flow and has a condition; it can only be one of them")
		}
		el.def = f
	}
	return nil
}

func (b *builder) condition(n *node, f *flow) error {
	for _, k := range n.kids {
		switch {
		case k.is("conditionExpression"):
			if l := strings.ToLower(k.attr("language")); l != "" && !strings.Contains(l, "expr") && !strings.Contains(l, "feel") && !strings.Contains(l, "juel") {
				return &ParseError{Line: k.line, Element: n.label(), Reason: "is written in " + l + "; only expressions are supported"}
			}
			x, err := compile(k.trimmed())
			if err != nil {
				return &ParseError{Line: k.line, Element: n.label(), Reason: err.Error()}
			}
			f.cond = x
		case k.is("documentation"):
		case k.is("extensionElements"):
			if err := vendor(n, map[string]string{}); err != nil {
				return err
			}
		default:
			return k.refuse("in sequenceFlow %q is not supported", f.id)
		}
	}
	return nil
}

// check refuses graphs in which a token would get lost or never be born.
func (b *builder) check(n *node) error {
	starts := map[*element]*element{}
	for _, el := range b.p.elements {
		if el.kind == kindStart {
			if el.timer != nil && el.parent != nil {
				return b.nodes[el.id].refuse("has a timer, but a sub-process starts when it is entered")
			}
			if have := starts[el.parent]; have != nil {
				return b.nodes[el.id].refuse("is a second start event beside %q", have.id)
			}
			starts[el.parent] = el
		}
		if err := b.edges(el); err != nil {
			return err
		}
		if err := b.split(el); err != nil {
			return err
		}
	}
	for _, el := range b.p.elements {
		if el.kind == kindSub {
			if el.entry = starts[el]; el.entry == nil {
				return b.nodes[el.id].refuse("has no start event")
			}
		}
	}
	if b.p.start = starts[nil]; b.p.start == nil {
		return n.refuse("has no start event")
	}
	return nil
}

// edges checks how many flows an element has on either side.
func (b *builder) edges(el *element) error {
	n := b.nodes[el.id]
	switch el.kind {
	case kindStart, kindBoundary:
		if len(el.in) > 0 {
			return n.refuse("has an incoming flow")
		}
		if len(el.out) == 0 {
			return n.refuse("leads nowhere")
		}
	case kindEnd, kindTerminate:
		if len(el.out) > 0 {
			return n.refuse("has an outgoing flow")
		}
		if len(el.in) == 0 {
			return n.refuse("is never reached: it has no incoming flow")
		}
	default:
		if len(el.in) == 0 {
			return n.refuse("is never reached: it has no incoming flow")
		}
		if el.kind.Gateway() && len(el.out) == 0 {
			return n.refuse("leads nowhere")
		}
	}
	return nil
}

// split checks conditions on the flows that leave an element.
func (b *builder) split(el *element) error {
	for _, f := range el.out {
		n := b.nodes[f.id]
		switch {
		case f.cond != nil && el.kind == kindParallel:
			return n.refuse("leaves a parallel gateway and has a condition; parallel flows are always taken")
		case f.cond != nil && (el.kind == kindStart || el.kind == kindBoundary || el.kind == kindCatch):
			return n.refuse("leaves an event and has a condition; use a gateway")
		case f.cond == nil && f != el.def && len(el.out) > 1 && (el.kind == kindExclusive || el.kind == kindInclusive):
			return n.refuse("leaves a gateway without a condition and is not the default flow")
		}
	}
	return nil
}
