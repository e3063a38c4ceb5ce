package applicant

import (
	"context"
	"strconv"
	"strings"

	"tongban/gov/casework"
	"tongban/platform/forms"
	"tongban/platform/i18n"
	"tongban/ui"
)

// uiTypes maps types of fields to controls; the others have a control of
// their own name.
var uiTypes = map[forms.Type]ui.FieldType{"address": ui.Text}

// manyOptions is from how many options on a list takes less room than radios.
const manyOptions = 9

// control is how a field of the form is asked for.
func (k desk) control(ctx context.Context, f forms.Field, value string, problems []ui.Problem) ui.FieldProps {
	pick := func(w forms.Words) string { return i18n.Pick(ctx, w.Zh, w.En) }
	out := ui.FieldProps{Name: "form." + f.ID, Label: pick(f.Label), Type: ui.FieldType(f.Type), Value: value, Error: ui.ErrorFor(problems, "form."+f.ID), Required: k.required(f), Auto: autofill(f)}
	if t, ok := uiTypes[f.Type]; ok {
		out.Type = t
	}
	if f.Hint != nil {
		out.Hint = pick(*f.Hint)
	}
	if f.Unit != nil {
		out.Unit = pick(*f.Unit)
	}
	k.prefill(ctx, f, &out)
	if list := k.lists[f.Type]; list != nil {
		ui.FormProps{Look: casework.LookUp}.Listed(ctx, f, list, &out)
		return out
	}
	switch f.Type {
	case forms.Textarea:
		out.Max = 1000
		if n, err := strconv.Atoi(f.Max); err == nil {
			out.Max = n
		}
	case forms.YesNo:
		out.Options = []ui.Option{{Value: "yes", Text: words(ctx, "yes")}, {Value: "no", Text: words(ctx, "no")}}
		if f.Equals == "yes" {
			out.Type = ui.Check
		}
	case forms.Choice, forms.Choices:
		for _, o := range f.Options {
			out.Options = append(out.Options, ui.Option{Value: o.Value, Text: pick(o.Text)})
		}
		if f.Type == forms.Choice && len(out.Options) >= manyOptions {
			out.Type, out.Options = ui.Select, append([]ui.Option{{}}, out.Options...)
		}
		out.Values = strings.Split(value, "\n")
	}
	return out
}

// prefill marks a value that was known, and shows a locked one as text.
func (k desk) prefill(ctx context.Context, f forms.Field, out *ui.FieldProps) {
	known := k.Known()
	if v, locked := f.Locked(known); locked {
		out.Locked, out.Value, out.Source = true, k.lists.Display(f, v, string(i18n.Of(ctx))), source(ctx, f.Prefill.Source)
		return
	}
	if f.Prefill != nil && known[f.Prefill.Source] != "" && known[f.Prefill.Source] == out.Value {
		out.Source = source(ctx, f.Prefill.Source)
	}
}

// source names where a prefilled value was taken from.
func source(ctx context.Context, key string) string {
	if strings.HasPrefix(key, "org.") {
		return words(ctx, "source.org")
	}
	return words(ctx, "source.person")
}

// required tells whether the field, empty, would be a problem now.
func (k desk) required(f forms.Field) bool {
	if f.Required {
		return true
	}
	if k.normal[f.ID] != "" {
		return f.RequiredWhen != ""
	}
	return len(k.wrong("form."+f.ID)) > 0
}

// autofill lets the browser offer what it knows of the person at the keyboard.
func autofill(f forms.Field) string {
	switch {
	case f.Type == "phone":
		return "tel"
	case f.Type == "name" && f.Prefill != nil:
		return "name"
	}
	return "off"
}
