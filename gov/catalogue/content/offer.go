package content

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"tongban/gov/catalogue/decisions"
	"tongban/platform/forms"
)

// Content is everything a version consists of. Two versions with equal content
// are one version.
type Content struct {
	Item       Item            `json:"item"`
	Situations *Situations     `json:"situations,omitempty"`
	Materials  []Material      `json:"materials"`
	Steps      []Step          `json:"steps,omitempty"`
	Result     Result          `json:"result"`
	Bundle     *Bundle         `json:"bundle,omitempty"` // the items that a one thing joins; then it has no flow and no result of its own
	Form       json.RawMessage `json:"-"`                // kept once by hash, because many items share one
	Flow       string          `json:"-"`
	Decisions  string          `json:"-"` // decision model (DMN); "" when the item decides nothing by tables
	FormHash   string          `json:"form_hash"`
	FlowHash   string          `json:"flow_hash"`

	DecisionsHash string `json:"decisions_hash,omitempty"`
}

// Seal fills the hashes of form and flow and returns the hash of everything
// except the version number.
func (c *Content) Seal() (hash string, doc []byte) {
	c.Item.Version, c.Item.BaseVersion = 0, 0
	c.FormHash, c.FlowHash, c.DecisionsHash = digestOften(c.Form), digestOften([]byte(c.Flow)), ""
	if c.Decisions != "" {
		c.DecisionsHash = Digest([]byte(c.Decisions))
	}
	doc, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("catalogue: content does not marshal: %v", err)) // plain structs of text and numbers
	}
	return Digest(doc), doc
}

// Digest names a text by its content.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// Offer is one version of an item with everything needed to apply for it. It
// never changes; callers must not alter what it points to.
type Offer struct {
	Item
	Situations *Situations // nil: the item asks no questions beforehand
	Materials  []Material
	Form       *forms.Definition // what to fill in
	Flow       []byte            // BPMN 2.0
	Decisions  *decisions.Model  // nil: the item decides nothing by tables
	Tables     []byte            // the file of Decisions
	Steps      []Step
	Result     Result
	Bundle     *Bundle   // nil: one item, with one flow
	Effective  time.Time // from when on this version is applied for

	needed map[string]*vm.Program // by material id; absent: always
	parts  map[string]*vm.Program // by part of the bundle; absent: always
	ids    map[string]any         // every question and field, unanswered
}

// NewOffer makes a version ready to apply for; it fails on a form or a
// condition that does not parse.
func NewOffer(c Content, v Version) (*Offer, error) {
	o := &Offer{Item: c.Item, Situations: c.Situations, Materials: c.Materials, Flow: []byte(c.Flow),
		Steps: c.Steps, Result: c.Result, Bundle: c.Bundle, Effective: v.Effective, needed: map[string]*vm.Program{}, parts: map[string]*vm.Program{}}
	o.Version = v.Number
	var err error
	if c.Decisions != "" {
		if o.Decisions, err = decisions.Read([]byte(c.Decisions)); err != nil {
			return nil, err
		}
		o.Tables = []byte(c.Decisions)
	}
	if o.Form, err = forms.Parse(c.Form, c.Situations.IDs()); err != nil {
		return nil, err
	}
	o.ids = Identifiers(c.Situations, FieldIDs(o.Form), o.Decisions)
	for _, m := range c.Materials {
		if m.NeededWhen == "" {
			continue
		}
		if o.needed[m.ID], err = CompileCondition(m.NeededWhen, o.ids); err != nil {
			return nil, fmt.Errorf("material %s: %w", m.ID, err)
		}
	}
	if c.Bundle != nil {
		for _, p := range c.Bundle.Parts {
			if p.NeededWhen == "" {
				continue
			}
			if o.parts[p.ID], err = CompileCondition(p.NeededWhen, o.ids); err != nil {
				return nil, fmt.Errorf("part %s: %w", p.ID, err)
			}
		}
	}
	return o, nil
}

// MaterialsFor lists what is needed with these answers to questions and form
// fields, in the order of the list. A condition that cannot be decided counts
// as needed, so that nothing is missed.
func (o *Offer) MaterialsFor(answers map[string]string) []Material {
	var out []Material
	env := o.env(answers)
	for _, m := range o.Materials {
		p, conditional := o.needed[m.ID]
		if conditional {
			if v, err := expr.Run(p, env); err == nil && v == false {
				continue
			}
		}
		out = append(out, m)
	}
	return out
}

// env is what conditions see of these answers.
func (o *Offer) env(answers map[string]string) map[string]any {
	env := maps.Clone(o.ids)
	given := map[string]any{}
	for k, v := range o.Situations.Prune(answers) {
		env[k], given[k] = v, v
	}
	for _, d := range o.Decisions.Decisions() {
		if r, err := o.Decisions.Decide(d.ID, given, time.Time{}); err == nil && r.Value != nil {
			env[d.ID] = fmt.Sprint(r.Value)
		}
	}
	return env
}

// PartsFor lists the parts of a one thing that these answers ask for, in the
// order of the list. A condition that cannot be decided counts as needed.
func (o *Offer) PartsFor(answers map[string]string) []Part {
	if o.Bundle == nil {
		return nil
	}
	var out []Part
	env := o.env(answers)
	for _, p := range o.Bundle.Parts {
		if c, conditional := o.parts[p.ID]; conditional {
			if v, err := expr.Run(c, env); err == nil && v == false {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// MissingAnswers is the question to ask next, alone in a list, or nothing when
// the situation is clear.
func (o *Offer) MissingAnswers(answers map[string]string) []Question {
	_, open := o.Situations.Walk(answers)
	if open == nil {
		return nil
	}
	return []Question{*open}
}

// Clause finds a legal basis by id.
func (o *Offer) Clause(id string) (Clause, bool) {
	for _, c := range o.Basis {
		if c.ID == id {
			return c, true
		}
	}
	return Clause{}, false
}

// Identifiers are all names that conditions may use: fields, questions and
// what decision tables make of their answers.
func Identifiers(s *Situations, fields []string, m *decisions.Model) map[string]any {
	env := map[string]any{}
	for _, f := range fields {
		env[f] = ""
	}
	for _, q := range s.IDs() {
		env[q] = ""
	}
	for _, d := range m.Decisions() {
		env[d.ID] = ""
	}
	return env
}

// CompileCondition refuses names that are no question and no field. The empty
// condition holds always and has no program.
func CompileCondition(text string, ids map[string]any) (*vm.Program, error) {
	if text == "" {
		return nil, nil
	}
	return expr.Compile(text, expr.Env(ids), expr.AsBool())
}

// Definition is the form of the offer, ready to check answers.
func (o *Offer) Definition() (*forms.Definition, error) { return o.Form, nil }

// FieldIDs lists the fields of a form.
func FieldIDs(d *forms.Definition) []string {
	var out []string
	for _, f := range d.Fields() {
		out = append(out, f.ID)
	}
	return out
}
