package ui

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"

	"tongban/platform/forms"
	"tongban/platform/i18n"
)

// FormProps are a form that is data, with what was entered so far.
type FormProps struct {
	Def      *forms.Definition
	Groups   []string          // only these, by id; all when nil
	Answers  map[string]string // of the fields, as entered
	Others   map[string]string // answers outside the form that its conditions see
	Known    map[string]string // values that are known, by source
	Sources  map[string]string // words for a source: "人口基础库（公安） · 今天核验"
	Problems []Problem
	Prefix   string                               // before the names of controls and problems: "form."
	Fix      func(field forms.Field) Link         // where to say that a locked value is wrong; may be nil
	Change   func(group string) string            // CheckAnswers: where a group is filled in; may be nil
	Why      func(field forms.Field) *Why         // may be nil
	Mask     func(f forms.Field, v string) string // CheckAnswers: how a value is shown; may be nil
	Lists    forms.Lists                          // reference data that fields take answers from
	Look     map[forms.Type]string                // address that answers what is typed for such a type; may be nil
	Refresh  string                               // path that shows the form again after an answer that other fields depend on; no button when empty
}

// groups are the shown groups that were asked for.
func (p FormProps) groups() []forms.Group {
	seen := map[string]string{}
	for k, v := range p.Others {
		seen[k] = v
	}
	for k, v := range p.Answers {
		seen[k] = v
	}
	var out []forms.Group
	for _, g := range p.Def.Shown(seen) {
		if p.Groups == nil || contains(p.Groups, g.ID) {
			out = append(out, g)
		}
	}
	return out
}

// steers tells whether an answer in g decides what else is asked.
func (p FormProps) steers(g forms.Group) bool {
	for _, f := range g.Fields {
		if p.Def.Steers(f.ID) {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Field is the control for one field of the definition.
func (p FormProps) Field(ctx context.Context, f forms.Field) FieldProps {
	say := func(w *forms.Words) string {
		if w == nil {
			return ""
		}
		return i18n.Pick(ctx, w.Zh, w.En)
	}
	out := FieldProps{
		Name: p.Prefix + f.ID, Label: say(&f.Label), Hint: say(f.Hint), Type: FieldType(f.Type),
		Value: p.Answers[f.ID], Required: f.Required || f.RequiredWhen != "", Unit: say(f.Unit),
		Error: ErrorFor(p.Problems, p.Prefix+f.ID), Boxed: f.Type == forms.Choice && len(f.Options) <= 6,
	}
	if p.Why != nil {
		out.Why = p.Why(f)
	}
	switch f.Type {
	case forms.Choices:
		out.Values = strings.Split(out.Value, "\n")
	case forms.YesNo:
		out.Options = []Option{{Value: "yes", Text: i18n.T(ctx, "ui.yes")}, {Value: "no", Text: i18n.T(ctx, "ui.no")}}
	case forms.Textarea:
		out.Max = f.Limit()
	}
	for _, o := range f.Options {
		out.Options = append(out.Options, Option{Value: o.Value, Text: say(&o.Text)})
	}
	if list := p.Lists[f.Type]; list != nil {
		p.Listed(ctx, f, list, &out)
	}
	if f.Type == forms.YesNo && f.Equals == "yes" { // a pledge is one box to tick
		out.Type, out.Options = Check, nil
	}
	if f.Type == forms.Choice && len(f.Options) > 12 {
		out.Type = Select
		out.Options = append([]Option{{Text: i18n.T(ctx, "ui.choose")}}, out.Options...)
	}
	p.prefill(ctx, f, &out)
	return out
}

// maxBoxes is from how many entries on a list takes less room than radios.
const maxBoxes = 6

// Listed makes the control for a field that takes from a list: all entries
// when they are few, else words to look for. What was entered and is no entry
// stays to be seen.
func (p FormProps) Listed(ctx context.Context, f forms.Field, list forms.List, out *FieldProps) {
	found := forms.Found{}
	if out.Value != "" {
		if found = list.Find(out.Value, f.Bounds()); found.Code != "" {
			out.Value = found.Code
		}
	}
	all := list.All(f.Bounds())
	if len(all) == 0 {
		p.lookup(ctx, f, list, found, out)
		return
	}
	out.Type, out.Boxed = Choice, true
	if len(all) > maxBoxes {
		out.Type, out.Boxed, out.Options = Select, false, []Option{{Text: i18n.T(ctx, "ui.choose")}}
	}
	for _, e := range all {
		out.Options = append(out.Options, Option{Value: e.Code, Text: e.Short})
	}
	if out.Value != "" && found.Code == "" {
		out.Options = append(out.Options, Option{Value: out.Value, Text: i18n.T(ctx, "ui.look.entered", "v", cmp.Or(list.Name(out.Value), out.Value))})
	}
}

// lookup makes a field for words, with a button that looks for them, and
// below it what may have been meant.
func (p FormProps) lookup(ctx context.Context, f forms.Field, list forms.List, found forms.Found, out *FieldProps) {
	b := f.Bounds()
	l := &Lookup{Asked: cmp.Or(list.Name(out.Value), out.Value)}
	if p.Refresh != "" {
		l.Find = ButtonProps{Text: i18n.T(ctx, "ui.look.find"), Kind: Secondary, Name: "act", Value: FindAct + f.ID, Action: p.Refresh, NoCheck: true}
	}
	if at := p.Look[f.Type]; at != "" {
		q := url.Values{"within": {b.Within}, "least": {strconv.Itoa(max(b.Least, 1))}}
		if b.Most > 0 {
			q.Set("most", strconv.Itoa(b.Most))
		}
		l.Address = at + "?" + q.Encode()
	}
	for _, e := range found.Choices {
		l.Choices = append(l.Choices, Option{Value: e.Code, Text: e.Name})
	}
	if out.Value != "" && found.Code == "" && out.Error == "" {
		l.Say = i18n.T(ctx, found.Problem, append([]any{"zh", f.Label.Zh, "en", f.Label.En}, found.Pairs...)...)
	}
	if out.Hint == "" {
		out.Hint = i18n.T(ctx, "ui.look.hint")
	}
	out.Type, out.Lookup, out.Value = Look, l, l.Asked
}

// prefill marks a value that came from somewhere, and locks it when only its
// source may change it.
func (p FormProps) prefill(ctx context.Context, f forms.Field, out *FieldProps) {
	if f.Prefill == nil {
		return
	}
	known := p.Known[f.Prefill.Source]
	if known == "" {
		return
	}
	if v, locked := f.Locked(p.Known); locked {
		out.Locked, out.Value = true, v
		if p.Fix != nil {
			out.Fix = p.Fix(f)
		}
	}
	if out.Value == known {
		out.Source = p.source(f)
	}
}

func (p FormProps) source(f forms.Field) string {
	if f.Prefill == nil || p.Known[f.Prefill.Source] == "" {
		return ""
	}
	return p.Sources[f.Prefill.Source]
}

// rows are the answers of a group in words, for a last look before sending.
func (p FormProps) rows(ctx context.Context, g forms.Group) []SummaryRow {
	var out []SummaryRow
	for _, f := range g.Fields {
		v := p.Answers[f.ID]
		if locked, ok := f.Locked(p.Known); ok {
			v = locked
		}
		row := SummaryRow{Key: i18n.Pick(ctx, f.Label.Zh, f.Label.En), Value: p.shown(ctx, f, v)}
		if f.Prefill != nil && v == p.Known[f.Prefill.Source] {
			row.Source = p.source(f)
		}
		if _, locked := f.Locked(p.Known); !locked && p.Change != nil {
			row.Change = Link{Href: p.Change(g.ID) + "#" + FieldID(p.Prefix+f.ID)}
		}
		out = append(out, row)
	}
	return out
}

func (p FormProps) shown(ctx context.Context, f forms.Field, v string) string {
	if v == "" {
		return i18n.T(ctx, "ui.not_given")
	}
	if p.Mask != nil {
		v = p.Mask(f, v)
	}
	switch f.Type {
	case forms.Date:
		if t, ok := forms.ParseDate(v); ok {
			return i18n.Date(ctx, t)
		}
	case forms.Money:
		if cents, ok := forms.Cents(v); ok {
			return i18n.Money(cents)
		}
	}
	return p.Lists.Display(f, v, string(i18n.Of(ctx)))
}
