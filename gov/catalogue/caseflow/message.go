package caseflow

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/platform/bpmn"
	"tongban/platform/bpmn/definition"
)

// Value is one value that comes with a message: the attribute takes of the event
// declares them ("result:text amount:number:金额").
type Value struct {
	Name, Type string
	Title      string // what people call it; the name, when the drawing does not say
}

// Types of values: what they are in a flow is a text, a number, true or false,
// and a day written 2026-12-01.
var types = []string{"text", "number", "boolean", "date"}

// maxText is how long one value may be, in characters.
const maxText = 2000

var valueName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// reserved are the variables that a case keeps itself.
var reserved = []string{"department", "department_name", "case", "partners", "express", "channel", "company", "supplemented", "fields", "outcome", "outcomes", "votes", "refusals", "approvals", "messages"}

// Takes reads which values come with the message that an event waits for.
func Takes(el *definition.Element) ([]Value, error) {
	var out []Value
	for _, one := range strings.Fields(el.Attrs["takes"]) {
		parts := append(strings.SplitN(one, ":", 3), "", "")
		name, typ := parts[0], parts[1]
		v := Value{Name: name, Type: typ, Title: cmp.Or(parts[2], name)}
		switch {
		case !valueName.MatchString(name), slices.Contains(reserved, name), strings.HasSuffix(name, "_outcome"), strings.HasSuffix(name, "_opinion"):
			return nil, fmt.Errorf("takes %q, which cannot be the name of a value", name)
		case !slices.Contains(types, typ):
			return nil, fmt.Errorf("takes %q, which is none of %s", one, strings.Join(types, ", "))
		case slices.ContainsFunc(out, func(x Value) bool { return x.Name == name }):
			return nil, fmt.Errorf("takes %q twice", name)
		}
		out = append(out, v)
	}
	return out, nil
}

// Awaited is a message that a flow waits for now.
type Awaited struct {
	ID      string // of the wait
	Element string
	Name    string // of the message
	Title   string // of the event, for people
	Org     string // the office that the drawing names for it (org); "" is the office in charge
	Values  []Value
	Stops   bool // the step it stands on goes no further without it
}

// Awaits lists the messages that an instance waits for, oldest first.
func Awaits(p *bpmn.Process, in *bpmn.Instance) []Awaited {
	var out []Awaited
	for _, w := range in.Waits() {
		el := p.Find(w.Element)
		if w.Kind != string(definition.OnMessage) || el == nil {
			continue
		}
		values, _ := Takes(el) // the publication has looked
		title := el.Name
		if title == "" {
			title = w.Name
		}
		out = append(out, Awaited{ID: w.ID, Element: el.ID, Name: w.Name, Title: title, Org: el.Attrs["org"], Values: values, Stops: w.Host == w.Element})
	}
	return out
}

// Bad is a value that was not as the event declares it.
type Bad struct{ Name, Title, Code string } // codes: missing, unknown, type, long

// Bind checks the values of a message as they were written, and turns them into
// those of the flow. Every declared value has to be there, and no other.
func (a Awaited) Bind(given map[string]string) (map[string]any, []Bad) {
	out, bad := map[string]any{}, []Bad(nil)
	for _, v := range a.Values {
		text, there := given[v.Name]
		text = strings.TrimSpace(text)
		switch x, ok := v.read(text); {
		case !there || text == "":
			bad = append(bad, Bad{v.Name, v.Title, "missing"})
		case utf8.RuneCountInString(text) > maxText:
			bad = append(bad, Bad{v.Name, v.Title, "long"})
		case !ok:
			bad = append(bad, Bad{v.Name, v.Title, "type"})
		default:
			out[v.Name] = x
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(a.Values, func(v Value) bool { return v.Name == name }) {
			bad = append(bad, Bad{name, name, "unknown"})
		}
	}
	return out, bad
}

func (v Value) read(text string) (any, bool) {
	switch v.Type {
	case "number":
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || n != n || n > 1e15 || n < -1e15 {
			return nil, false
		}
		if n == float64(int(n)) {
			return int(n), true
		}
		return n, true
	case "boolean":
		return text == "true", text == "true" || text == "false"
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		return text, err == nil
	}
	return text, true
}

// messages is the variable in which a flow keeps the messages that were thrown
// before anything waited for them.
const messages = "messages"

// maxKept bounds how many are kept.
const maxKept = 100

// Send hands a message that a flow has thrown to what waits for it in the same
// instance. When nothing does, it is kept until something does: which of two
// branches is first decides nothing.
func Send(e *bpmn.Engine, p *bpmn.Process, in *bpmn.Instance, name string, now time.Time) ([]bpmn.Change, error) {
	changes, err := e.Message(p, in, name, "", nil, now)
	if !errors.Is(err, bpmn.ErrNoWait) {
		return changes, err
	}
	kept, _ := in.Vars[messages].([]any)
	if len(kept) >= maxKept {
		return nil, fmt.Errorf("more than %d messages wait to be taken, such as %q", maxKept, name)
	}
	keep(in, append(slices.Clone(kept), name))
	return nil, nil
}

// Collect hands kept messages to what waits for them now.
func Collect(e *bpmn.Engine, p *bpmn.Process, in *bpmn.Instance, now time.Time) ([]bpmn.Change, error) {
	kept, _ := in.Vars[messages].([]any)
	if len(kept) == 0 || in.Suspended() || in.Ended() {
		return nil, nil
	}
	for _, w := range in.Waits() {
		i := slices.IndexFunc(kept, func(name any) bool { return name == w.Name })
		if w.Kind != string(definition.OnMessage) || i < 0 {
			continue
		}
		keep(in, slices.Delete(slices.Clone(kept), i, i+1))
		return e.Trigger(p, in, w.ID, nil, now)
	}
	return nil, nil
}

func keep(in *bpmn.Instance, kept []any) {
	in.Vars = maps.Clone(in.Vars)
	if in.Vars == nil {
		in.Vars = map[string]any{}
	}
	in.Vars[messages] = kept
	if len(kept) == 0 {
		delete(in.Vars, messages)
	}
}
