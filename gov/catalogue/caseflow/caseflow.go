package caseflow

import (
	"fmt"
	"slices"
	"strings"

	"tongban/platform/bpmn"
	"tongban/platform/bpmn/definition"
	"tongban/platform/bpmn/draw"
)

// Services are the service tasks that cases carry out.
var Services = []string{"issue", "refuse", "copy"}

// Tables tells which decisions an item's tables take.
type Tables interface{ Has(id string) bool }

// Lack is one reason why a flow cannot run as a case.
type Lack struct {
	Code    string // stable: the end of the key of its words (design.problem.file.<code>)
	Line    int
	Element string
	Kind    string // what is needed, as definition.Need says it
	Name    string // of what is needed
	Reason  string // one sentence in English, for files and commands
}

// Error is the reason with its place.
func (l Lack) Error() string {
	return fmt.Sprintf("line %d: %s %s", l.Line, l.Element, l.Reason)
}

// UserTasks are the steps that people do, of the flow and of what it calls.
func UserTasks(p *bpmn.Process) (list []bpmn.TaskDef) {
	for _, q := range p.Reach() {
		list = append(list, q.UserTasks()...)
	}
	return list
}

// Check lists what a flow needs and cases do not have, in the order of the file.
func Check(p *bpmn.Process, tables Tables) []Lack {
	c := &check{p: p, reach: p.Reach(), tables: tables, thrown: map[string]bool{}, taken: map[string]bool{}}
	c.names()
	for _, q := range c.reach {
		for _, n := range q.Needs() {
			c.need(q, n)
		}
		c.circle(q)
	}
	c.twice()
	c.uncalled()
	return c.out
}

type check struct {
	p      *bpmn.Process
	reach  []*bpmn.Process
	tables Tables
	thrown map[string]bool // kind and name of what some event of the flow throws
	taken  map[string]bool // and of what some event takes
	out    []Lack
}

func (c *check) lack(code string, n definition.Need, reason string, args ...any) {
	c.out = append(c.out, Lack{Code: code, Line: n.Line, Element: n.Element, Kind: n.Kind, Name: n.Name, Reason: fmt.Sprintf(reason, args...)})
}

// throws tells whether an element sends what its event names.
func throws(el *definition.Element) bool {
	return el.Kind == draw.Throw || el.Kind == draw.End || el.Kind == draw.Send
}

func (c *check) names() {
	for _, q := range c.reach {
		for _, el := range q.Elements {
			if el.Event == nil || el.Event.Kind != definition.OnMessage && el.Event.Kind != definition.OnSignal {
				continue
			}
			if key := string(el.Event.Kind) + " " + el.Event.Name; throws(el) {
				c.thrown[key] = true
			} else {
				c.taken[key] = true
			}
		}
	}
}

func (c *check) need(q *bpmn.Process, n definition.Need) {
	el := q.Element(n.Element)
	switch n.Kind {
	case "service":
		if !slices.Contains(Services, n.Name) {
			c.lack("need", n, "needs service %q, which cases do not have", n.Name)
		}
	case "decision":
		if c.tables == nil || !c.tables.Has(n.Name) {
			c.lack("need", n, "needs decision %q, which cases do not have", n.Name)
		}
	case "call":
		c.call(q, el, n)
	case "message in", "message out", "signal":
		c.event(el, n)
	case "condition": // the engine looks after every act
	default:
		c.lack("need", n, "needs %s %q, which cases do not have", n.Kind, n.Name)
	}
}

func (c *check) call(q *bpmn.Process, el *definition.Element, n definition.Need) {
	called := c.p.Model().Process(n.Name)
	switch {
	case strings.Contains(n.Name, "{"):
		c.lack("call_named", n, "calls what an expression gives; name a process of this file")
	case called == nil:
		c.lack("call_missing", n, "calls %q, which is no executable process of this file", n.Name)
	case called.Start == nil:
		c.lack("call_start", n, "calls %q, which has no plain start", n.Name)
	case el.Call.Version != "" && el.Call.Version != "deployment":
		c.lack("call_version", n, "asks for version %q of %q; a case calls what stands in its own file", el.Call.Version, n.Name)
	}
}

func (c *check) event(el *definition.Element, n definition.Need) {
	key := string(el.Event.Kind) + " " + el.Event.Name
	switch {
	case el.Event.Named != nil:
		c.lack("event_named", n, "names its %s by an expression; it needs a name that does not change", el.Event.Kind)
	case el.Event.Key != nil:
		c.lack("event_key", n, "has a correlation key; a message reaches the case that it is sent to, without one")
	case throws(el) && !c.taken[key]:
		c.lack("event_thrown", n, "throws the %s %q, which nothing in this flow takes", el.Event.Kind, n.Name)
	case n.Kind == "signal" && !throws(el) && !c.thrown[key]:
		c.lack("event_awaited", n, "waits for the signal %q, which nothing in this flow throws", n.Name)
	case n.Kind == "message in" && !c.thrown[key] && !timed(el):
		c.lack("event_alone", n, "waits for %q from outside with nobody at it; watch it by a timer (on its border, or beside it behind an event-based gateway)", n.Name)
	case n.Kind == "message in":
		if _, err := Takes(el); err != nil {
			c.lack("event_takes", n, "%v", err)
		}
	}
}

// timed tells whether a wait is watched by a timer: on its border or on that of a
// sub-process around it, or as another way of the same event-based gateway. An
// event that only may come needs none.
//
// Because: no office has a step meanwhile, and a limit that runs has to reach
// somebody.
func timed(el *definition.Element) bool {
	if el.Kind != draw.Receive && el.Kind != draw.Catch {
		return true
	}
	timer := func(b *definition.Element) bool { return b.Event != nil && b.Event.Kind == definition.OnTimer }
	for _, f := range el.In {
		if f.From.Kind == draw.ByEvent && slices.ContainsFunc(f.From.Out, func(o *definition.Flow) bool { return timer(o.To) }) {
			return true
		}
	}
	for x := el; x != nil; x = x.Parent {
		if slices.ContainsFunc(x.Boundaries, timer) {
			return true
		}
	}
	return false
}

// circle refuses processes that call themselves, by others or not: a case would
// not come to an end.
func (c *check) circle(q *bpmn.Process) {
	for _, el := range q.Elements {
		if el.Call == nil {
			continue
		}
		called := q.Model().Process(el.Call.Text)
		if called != nil && slices.Contains(called.Reach(), q) {
			c.lack("call_circle", definition.Need{Kind: "call", Element: el.ID, Line: el.Line, Name: el.Call.Text}, "calls %q, which calls it back", el.Call.Text)
		}
	}
}

// twice refuses ids that stand in two processes: a step of a case is known by
// its id.
func (c *check) twice() {
	seen := map[string]string{}
	for _, q := range c.reach {
		for _, el := range q.Elements {
			if other, there := seen[el.ID]; there && other != q.ID {
				c.lack("twice", definition.Need{Element: el.ID, Line: el.Line, Name: other}, "has an id that stands in the process %q too", other)
			}
			seen[el.ID] = q.ID
		}
	}
}

// uncalled refuses processes that would never run.
func (c *check) uncalled() {
	for _, q := range c.p.Model().Processes() {
		if slices.Contains(c.reach, q) || len(q.Elements) == 0 {
			continue
		}
		c.lack("uncalled", definition.Need{Element: q.ID, Line: q.Elements[0].Line, Name: q.ID}, "is a process that nothing calls; a case runs the first process and what it calls (isExecutable=\"false\" marks a drawing)")
	}
}
