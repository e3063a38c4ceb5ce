package forms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// Words is a text in both languages.
type Words struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Type is what a field takes.
type Type string

// The types of fields. Types that are not built in (identity numbers, names …)
// are checked by the named checks of a Context, or taken from its lists.
const (
	Text     Type = "text"
	Textarea Type = "textarea"
	Number   Type = "number"
	Money    Type = "money"
	Date     Type = "date"
	Choice   Type = "choice"
	Choices  Type = "choices"
	YesNo    Type = "yesno"
)

// Option is one choice.
type Option struct {
	Value string `json:"value"`
	Text  Words  `json:"text"`
}

// Prefill says where a value is known from.
type Prefill struct {
	Source string `json:"source"` // key into Context.Known, for example "person.name"
	Policy string `json:"policy"` // "locked" or "editable"
}

// Field is one question of a form.
type Field struct {
	ID           string           `json:"id"`
	Label        Words            `json:"label"`
	Hint         *Words           `json:"hint,omitempty"`
	Type         Type             `json:"type"`
	Required     bool             `json:"required,omitempty"`
	RequiredWhen string           `json:"required_when,omitempty"`
	ShowWhen     string           `json:"show_when,omitempty"`
	Options      []Option         `json:"options,omitempty"`
	Unit         *Words           `json:"unit,omitempty"`
	Min          string           `json:"min,omitempty"`
	Max          string           `json:"max,omitempty"`
	Decimals     int              `json:"decimals,omitempty"`
	Pattern      string           `json:"pattern,omitempty"`
	Equals       string           `json:"equals,omitempty"`
	Within       string           `json:"within,omitempty"` // types with a list: code that the entry lies below
	Errors       map[string]Words `json:"errors,omitempty"`
	Prefill      *Prefill         `json:"prefill,omitempty"`

	show, need *vm.Program
	pattern    *regexp.Regexp
}

// Group is the fields about one subject.
type Group struct {
	ID     string  `json:"id"`
	Title  Words   `json:"title"`
	Note   *Words  `json:"note,omitempty"`
	Fields []Field `json:"fields"`
}

// CrossCheck is a condition over several fields that must not hold.
type CrossCheck struct {
	When  string `json:"when"`
	Field string `json:"field"`
	Text  Words  `json:"text"`

	when *vm.Program
}

// Definition is a whole form.
type Definition struct {
	Groups []Group      `json:"groups"`
	Checks []CrossCheck `json:"checks,omitempty"`

	names    map[string]bool // everything that a condition may name
	steering map[string]bool // fields that a condition looks at
	types    map[Type]bool   // of its fields
}

// word finds the names in a condition; words inside quotes do no harm, because
// only names of the form count.
var word = regexp.MustCompile(`[a-z][a-z0-9_]*`)

// Parse reads a definition and compiles its expressions. questions are the
// other names that expressions may use: the situational questions of the
// package. A misspelt name is an error here, not a surprise later.
func Parse(raw []byte, questions []string) (*Definition, error) {
	var d Definition
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fmt.Errorf("form: %w", err)
	}
	env := map[string]any{}
	for _, q := range questions {
		env[q] = ""
	}
	d.names, d.steering = map[string]bool{}, map[string]bool{}
	d.types = map[Type]bool{}
	for _, f := range d.Fields() {
		env[f.ID] = ""
		d.types[f.Type] = true
	}
	for name := range env {
		d.names[name] = true
	}
	for _, f := range d.Fields() {
		for _, name := range word.FindAllString(f.ShowWhen+" "+f.RequiredWhen, -1) {
			d.steering[name] = d.steering[name] || d.names[name]
		}
	}
	for g := range d.Groups {
		for i := range d.Groups[g].Fields {
			if err := d.Groups[g].Fields[i].compile(env); err != nil {
				return nil, err
			}
		}
	}
	for i := range d.Checks {
		var err error
		if d.Checks[i].when, err = condition(d.Checks[i].When, env); err != nil {
			return nil, fmt.Errorf("check at %s: %w", d.Checks[i].Field, err)
		}
	}
	return &d, nil
}

func (f *Field) compile(env map[string]any) (err error) {
	if f.show, err = condition(f.ShowWhen, env); err != nil {
		return fmt.Errorf("field %s: show_when: %w", f.ID, err)
	}
	if f.need, err = condition(f.RequiredWhen, env); err != nil {
		return fmt.Errorf("field %s: required_when: %w", f.ID, err)
	}
	if f.Pattern != "" {
		if f.pattern, err = regexp.Compile(`^(?:` + f.Pattern + `)$`); err != nil {
			return fmt.Errorf("field %s: pattern: %w", f.ID, err)
		}
	}
	return nil
}

func condition(text string, env map[string]any) (*vm.Program, error) {
	if text == "" {
		return nil, nil
	}
	return expr.Compile(text, expr.Env(env), expr.AsBool())
}

// Fields lists all fields in order.
func (d *Definition) Fields() []Field {
	var out []Field
	for _, g := range d.Groups {
		out = append(out, g.Fields...)
	}
	return out
}

// Only is the form with these fields alone, which show whatever was answered, and
// with the checks that speak of them. For fields that somebody else fills in later;
// what the others say comes as answers of the context.
func (d *Definition) Only(ids []string) *Definition {
	only := *d
	only.Groups, only.Checks = nil, nil
	for _, g := range d.Groups {
		fields := g.Fields
		g.Fields = nil
		for _, f := range fields {
			if slices.Contains(ids, f.ID) {
				f.ShowWhen, f.show = "", nil
				g.Fields = append(g.Fields, f)
			}
		}
		if len(g.Fields) > 0 {
			only.Groups = append(only.Groups, g)
		}
	}
	for _, x := range d.Checks {
		if slices.Contains(ids, x.Field) {
			only.Checks = append(only.Checks, x)
		}
	}
	return &only
}

// env is what conditions see: every name they may use, unanswered as "".
type env map[string]any

func (d *Definition) env(others map[string]string) env {
	e := make(env, len(d.names)+len(others))
	for name := range d.names {
		e[name] = ""
	}
	for k, v := range others {
		e[k] = v
	}
	return e
}

// holds runs a condition; absent gives the value of an absent one. A condition
// that cannot be worked out does not hold.
func (e env) holds(p *vm.Program, absent bool) bool {
	if p == nil {
		return absent
	}
	v, err := expr.Run(p, map[string]any(e))
	return err == nil && v == true
}

// Shown returns the groups with the fields that show for these answers; a
// group without any is left out. As in Check, a field sees the answers before
// it, and what was entered in a field that does not show counts for nothing.
func (d *Definition) Shown(answers map[string]string) []Group {
	others := map[string]string{}
	for k, v := range answers {
		others[k] = v
	}
	for _, f := range d.Fields() {
		delete(others, f.ID)
	}
	seen := d.env(others)
	var out []Group
	for _, g := range d.Groups {
		shown := g
		shown.Fields = nil
		for _, f := range g.Fields {
			if seen.holds(f.show, true) {
				shown.Fields = append(shown.Fields, f)
				seen[f.ID] = answers[f.ID]
			}
		}
		if len(shown.Fields) > 0 {
			out = append(out, shown)
		}
	}
	return out
}

// Display writes an answer in words for people: options by their text, choices
// joined. lang is "en" or Chinese.
func (f Field) Display(value, lang string) string {
	pick := func(w Words) string {
		if lang == "en" && w.En != "" {
			return w.En
		}
		return w.Zh
	}
	switch f.Type {
	case YesNo:
		return pick(map[string]Words{"yes": {"是", "Yes"}, "no": {"否", "No"}}[value])
	case Choice, Choices:
		return f.displayOptions(value, lang, pick)
	}
	if f.Unit != nil && value != "" {
		return value + " " + pick(*f.Unit)
	}
	return value
}
