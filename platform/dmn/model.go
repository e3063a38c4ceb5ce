package dmn

import (
	"tongban/platform/dmn/feel"
)

// Model is one DMN file that was understood. It never changes after Parse and
// may be used by many goroutines.
type Model struct {
	Name      string
	Namespace string

	raw       []byte
	problems  []*ParseError
	decisions []*decision
	inputs    []*inputData
	bkms      []*knowledge
	services  []*service
	byRef     map[string]element // by id, and by namespace#id for imported ones
	types     map[string]*feel.Type
	common    *feel.Names // names of components of types
	imports   []imported
	// implicit: the file declares no inputs at all, as some tools write it; what the
	// input columns of its tables name are the inputs.
	implicit bool
}

type imported struct {
	name  string
	model *Model
}

// element is what requirements refer to.
type element interface{ title() string }

type inputData struct {
	id, name string
	typ      *feel.Type
	typeName string
	node     *node
}

type decision struct {
	id, name string
	node     *node
	question string
	answers  string
	doc      string
	needs    requirements
	result   *feel.Type
	typeName string
	logic    box
	model    *Model
}

// knowledge is a business knowledge model: a function.
type knowledge struct {
	id, name string
	node     *node
	needs    requirements
	result   *feel.Type
	fn       *functionBox
	model    *Model
}

type service struct {
	id, name      string
	node          *node
	outputs       []*decision
	inputs        []*inputData
	inputDecision []*decision
	result        *feel.Type
	model         *Model
}

func (i *inputData) title() string { return i.name }
func (d *decision) title() string  { return d.name }
func (k *knowledge) title() string { return k.name }
func (s *service) title() string   { return s.name }

// requirements are the elements that another one may use, with the name under
// which it sees them.
type requirements []requirement

type requirement struct {
	prefix string // name of the import, "" for the same file
	of     element
}

// XML is the file as it was read, byte for byte.
func (m *Model) XML() []byte { return append([]byte(nil), m.raw...) }

// InputInfo is one input that the model asks for.
type InputInfo struct {
	ID, Name string
	Type     string   // as the author named it; "Any" when he did not
	Kind     string   // number, string, boolean, date, list, context …
	Allowed  []string // allowed values as the author wrote them
}

// DecisionInfo describes one decision.
type DecisionInfo struct {
	ID, Name       string
	Question       string
	AllowedAnswers string
	Documentation  string
	Kind           string // decisionTable, literalExpression, context …
	Type           string
	Inputs         []string // inputs it needs, directly or by other decisions
	Decisions      []string // decisions it needs directly
}

// Inputs lists the inputs of the model in document order.
func (m *Model) Inputs() []InputInfo {
	var out []InputInfo
	for _, i := range m.inputs {
		info := InputInfo{ID: i.id, Name: i.name, Type: i.typeName, Kind: feel.KindAny.String()}
		if i.typ != nil {
			info.Kind = i.typ.Kind.String()
			for _, a := range i.typ.Allowed {
				info.Allowed = append(info.Allowed, a.String())
			}
		}
		if info.Type == "" {
			info.Type = feel.KindAny.String()
		}
		out = append(out, info)
	}
	return out
}

// Decisions lists the decisions of the model in document order.
func (m *Model) Decisions() []DecisionInfo {
	var out []DecisionInfo
	for _, d := range m.decisions {
		info := DecisionInfo{ID: d.id, Name: d.name, Question: d.question, AllowedAnswers: d.answers,
			Documentation: d.doc, Type: d.typeName, Kind: d.kind()}
		seen := map[element]bool{}
		d.inputsNeeded(seen, &info.Inputs)
		for _, r := range d.needs {
			if o, ok := r.of.(*decision); ok {
				info.Decisions = append(info.Decisions, o.name)
			}
		}
		out = append(out, info)
	}
	return out
}

// Services lists the names of the decision services in document order.
func (m *Model) Services() []string {
	var out []string
	for _, s := range m.services {
		out = append(out, s.name)
	}
	return out
}

func (d *decision) kind() string {
	if t, ok := d.logic.(typed); ok {
		return t.kind
	}
	return ""
}

func (d *decision) inputsNeeded(seen map[element]bool, out *[]string) {
	for _, r := range d.needs {
		if seen[r.of] {
			continue
		}
		seen[r.of] = true
		switch e := r.of.(type) {
		case *inputData:
			*out = append(*out, e.name)
		case *decision:
			e.inputsNeeded(seen, out)
		}
	}
}

// decision finds a decision by name or id.
func (m *Model) decision(name string) *decision {
	for _, d := range m.decisions {
		if d.name == name || d.id == name {
			return d
		}
	}
	return nil
}

func (m *Model) service(name string) *service {
	for _, s := range m.services {
		if s.name == name || s.id == name {
			return s
		}
	}
	return nil
}

// Check lists what would not work: expressions that cannot be understood, names
// and types that nothing defines, functions from outside, tables that the
// standard does not allow. A model is fit for use when the list is empty.
func (m *Model) Check() []*ParseError { return append([]*ParseError(nil), m.problems...) }

// Sheet is a decision table as its author wrote it, for showing.
type Sheet struct {
	Policy  HitPolicy
	Inputs  []string // titles of the columns
	Outputs []string
	Notes   []string // titles of the annotation columns
	Rules   []SheetRule
}

// SheetRule is one line of a sheet; cells are in the language of the table.
type SheetRule struct{ When, Then, Notes []string }

// Sheet shows the decision table of a decision or of a business knowledge
// model, found by name or id; ok is false when it is no table.
func (m *Model) Sheet(name string) (s Sheet, ok bool) {
	t := m.tableOf(feel.Normal(name))
	if t == nil {
		return s, false
	}
	s.Policy, s.Notes = t.policy, t.notes
	for _, i := range t.inputs {
		s.Inputs = append(s.Inputs, i.label)
	}
	for _, o := range t.outputs {
		title := o.label
		if title == "" {
			title = o.name
		}
		if title == "" {
			title = name
		}
		s.Outputs = append(s.Outputs, title)
	}
	for _, r := range t.rules {
		line := SheetRule{Then: r.texts, Notes: r.notes}
		for _, c := range r.cells {
			text := "-"
			if c != nil && !c.Any() {
				text = c.String()
			}
			line.When = append(line.When, text)
		}
		s.Rules = append(s.Rules, line)
	}
	return s, true
}
