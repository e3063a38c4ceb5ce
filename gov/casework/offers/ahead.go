package offers

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"tongban/platform/bpmn"
)

// steps tells from which element of a flow which others come next. Where the
// drawing leaves open what follows (events from outside, links), the next
// element counts as always ahead: a step is called not taken only when nothing
// can lead to it any more.
type steps struct {
	next   map[string][]string
	always []string // may begin at any time while the flow runs
	linked bool     // jumps by links are not followed: everything stays ahead
}

// readSteps reads the order of the elements from the bytes of a flow that the
// engine has understood already.
func readSteps(flow []byte) (*steps, error) {
	s := &steps{next: map[string][]string{}}
	dec := xml.NewDecoder(bytes.NewReader(flow))
	var inside []string // ids of the enclosing sub-processes, "" for everything else
	for {
		t, err := dec.Token()
		switch {
		case t == nil:
			if len(inside) > 0 {
				return nil, fmt.Errorf("flow: %w", err)
			}
			return s, nil
		case err != nil:
			return nil, fmt.Errorf("flow: %w", err)
		}
		switch el := t.(type) {
		case xml.StartElement:
			inside = append(inside, s.add(el, inside))
		case xml.EndElement:
			inside = inside[:len(inside)-1]
		}
	}
}

// add notes what one element leads to, and returns its id when it encloses others.
func (s *steps) add(el xml.StartElement, inside []string) string {
	attrs := map[string]string{}
	for _, a := range el.Attr {
		if a.Name.Space == "" {
			attrs[a.Name.Local] = a.Value
		}
	}
	parent := ""
	for _, p := range inside {
		if p != "" {
			parent = p
		}
	}
	link := func(from, to string) { s.next[from] = append(s.next[from], to) }
	switch name := el.Name.Local; {
	case name == "sequenceFlow":
		link(attrs["sourceRef"], attrs["targetRef"])
		return ""
	case name == "boundaryEvent":
		link(attrs["attachedToRef"], attrs["id"])
	case strings.HasSuffix(name, "ubProcess") || name == "transaction":
		if attrs["triggeredByEvent"] == "true" {
			s.always = append(s.always, attrs["id"])
		}
		if parent != "" {
			link(parent, attrs["id"])
		}
		return attrs["id"]
	case name == "process":
		return attrs["id"]
	case name == "callActivity":
		link(attrs["id"], attrs["calledElement"])
	case name == "linkEventDefinition":
		s.linked = true
	}
	if parent != "" && attrs["id"] != "" {
		link(parent, attrs["id"])
	}
	return ""
}

// NotTaken lists the elements that were not reached and cannot be any more;
// reached are the states of those that were. In a flow that is over nothing can.
func (o *Ready) NotTaken(reached map[string]string, running bool) map[string]bool {
	ahead := map[string]bool{}
	if running {
		ahead = o.ahead(reached)
	}
	out := map[string]bool{}
	missed := func(id string) {
		if reached[id] == "" && !ahead[id] {
			out[id] = true
		}
	}
	for from, list := range o.order.next {
		missed(from)
		for _, to := range list {
			missed(to)
		}
	}
	return out
}

// ahead lists the elements that a running flow may still come to; states are
// those of its elements that were reached.
func (o *Ready) ahead(states map[string]string) map[string]bool {
	ahead := map[string]bool{}
	var queue []string
	for id, st := range states {
		if st == bpmn.StateActive {
			queue = append(queue, id)
		}
	}
	if len(queue) > 0 {
		queue = append(queue, o.order.always...)
	}
	if len(queue) > 0 && o.order.linked {
		for id := range o.order.next {
			queue = append(queue, id)
		}
	}
	for len(queue) > 0 {
		id := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, n := range o.order.next[id] {
			if !ahead[n] {
				ahead[n] = true
				queue = append(queue, n)
			}
		}
	}
	return ahead
}
