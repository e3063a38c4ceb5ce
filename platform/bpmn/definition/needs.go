package definition

import "tongban/platform/bpmn/draw"

// Need is something that a process wants from whoever runs it.
type Need struct {
	Kind    string // service, decision, message in, message out, signal, condition, call or start
	Element string
	Line    int
	Name    string // what is called, sent or waited for
}

// Needs lists what a process wants from its caller beside people and timers, in
// document order. Whoever publishes it can refuse what he does not provide,
// instead of finding out when an instance waits for ever.
func (p *Process) Needs() []Need {
	var list []Need
	for _, el := range p.Elements {
		n := Need{Element: el.ID, Line: el.Line}
		switch {
		case el.Kind == draw.Call:
			n.Kind, n.Name = "call", el.Call.Text
		case el.Kind == draw.Business:
			n.Kind, n.Name = "decision", el.Impl
		case el.Impl != "":
			n.Kind, n.Name = "service", el.Impl
		case el.Event == nil || el.Event.Kind == OnTimer && !(el.Kind == draw.Start && el.Parent == nil):
			continue
		case el.Kind == draw.Start && el.Parent == nil:
			n.Kind, n.Name = "start", string(el.Event.Kind)
		case el.Event.Kind == OnMessage:
			n.Kind, n.Name = "message in", el.Event.Name
			if el.Kind == draw.Throw || el.Kind == draw.End || el.Kind == draw.Send {
				n.Kind = "message out"
			}
		case el.Event.Kind == OnSignal && !el.Event.Local:
			n.Kind, n.Name = "signal", el.Event.Name
		case el.Event.Kind == OnTrue:
			n.Kind, n.Name = "condition", el.Event.Cond.Text
		default:
			continue
		}
		list = append(list, n)
	}
	return list
}
