package decisions

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/platform/dmn"
)

// MaxBytes bounds a file; decision models of offices have some 20 kB.
const MaxBytes = 256 << 10

// Model is the decision model of one version of an item. It never changes and
// may be used by many at once.
type Model struct {
	dmn    *dmn.Model
	inputs map[string]string // name → kind of the value
	list   []dmn.DecisionInfo
}

// Read reads a decision model. What does not work in it is said by Check.
func Read(raw []byte) (*Model, error) {
	m, err := dmn.Parse(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	out := &Model{dmn: m, inputs: map[string]string{}, list: m.Decisions()}
	for _, i := range m.Inputs() {
		out.inputs[i.Name] = i.Kind
	}
	return out, nil
}

// Has tells whether the model has a decision of that name or id.
func (m *Model) Has(name string) bool { _, ok := m.info(name); return ok }

func (m *Model) info(name string) (dmn.DecisionInfo, bool) {
	if m == nil {
		return dmn.DecisionInfo{}, false
	}
	i := slices.IndexFunc(m.list, func(d dmn.DecisionInfo) bool { return d.ID == name || d.Name == name })
	if i < 0 {
		return dmn.DecisionInfo{}, false
	}
	return m.list[i], true
}

// Decision is one decision by its id, and what it looks at.
type Decision struct {
	ID, Name string
	Inputs   []string
}

// Decisions lists the decisions in the order of the file.
func (m *Model) Decisions() []Decision {
	if m == nil {
		return nil
	}
	var out []Decision
	for _, d := range m.list {
		out = append(out, Decision{ID: d.ID, Name: d.Name, Inputs: m.needed(d)})
	}
	return out
}

// needed are the inputs of a decision; a model that declares none uses all that
// its tables name.
func (m *Model) needed(d dmn.DecisionInfo) []string {
	if len(d.Inputs) > 0 || len(m.inputs) == 0 {
		return d.Inputs
	}
	var all []string
	for _, i := range m.dmn.Inputs() {
		all = append(all, i.Name)
	}
	return all
}

// Inputs lists what the decisions of the model look at.
func (m *Model) Inputs() []string {
	if m == nil {
		return nil
	}
	var out []string
	for _, i := range m.dmn.Inputs() {
		out = append(out, i.Name)
	}
	return out
}

// Sheet shows a decision that is a table, as its author wrote it.
func (m *Model) Sheet(id string) (dmn.Sheet, bool) { return m.dmn.Sheet(id) }

// Ruling is what a decision gave, and why.
type Ruling struct {
	Decision string // its name
	Value    any    // nil: no rule applies
	Rules    []int  // of the table of the decision, counted from 1
	Used     map[string]any
	Zh, En   string // why, in words
}

// Decide works a decision out. vars are answers and other values by name; what
// the decision does not look at is left alone.
//
// Because: a value that nobody has given is not the empty text. A rule that
// asks for one must not match it.
func (m *Model) Decide(name string, vars map[string]any, now time.Time) (Ruling, error) {
	d, ok := m.info(name)
	if !ok {
		return Ruling{}, fmt.Errorf("%w: %q", dmn.ErrUnknown, name)
	}
	used := map[string]any{}
	for _, in := range m.needed(d) {
		if v := typed(vars[in], m.inputs[in]); v != nil {
			used[in] = v
		}
	}
	r, err := m.dmn.Evaluate(d.ID, used, dmn.Options{Now: now})
	if err != nil {
		return Ruling{}, err
	}
	out := Ruling{Decision: d.Name, Value: r.Value, Used: used, Zh: sentence(r.Trace.Text("zh-Hans"), "；"), En: sentence(r.Trace.Text("en"), "; ")}
	for _, s := range r.Trace.Steps {
		if s.Decision != d.Name || !s.Inside {
			continue
		}
		for _, hit := range s.Rules {
			out.Rules = append(out.Rules, hit.Rule)
		}
	}
	return out, nil
}

// sentence joins the lines of an explanation.
func sentence(lines, comma string) string {
	return strings.ReplaceAll(strings.TrimSpace(lines), "\n", comma)
}

// typed makes of an answer what the input is declared to be; nil is not given.
func typed(v any, kind string) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	if text == "" {
		return nil
	}
	switch kind {
	case "number":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
		return nil
	case "boolean":
		switch text {
		case "yes", "true":
			return true
		case "no", "false":
			return false
		}
		return nil
	case "list":
		return strings.Split(text, "\n")
	}
	return text
}
