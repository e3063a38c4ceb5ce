package web

import (
	"context"
	"fmt"
	"strings"

	"tongban/gov/certificates/kinds"
	"tongban/platform/i18n"
	"tongban/ui"
)

// before is the version that was in force until the one that is shown; none has
// version 0.
func (v typeView) before() (out kinds.Type) {
	for _, o := range v.Versions {
		if o.State == kinds.Approved && o.Version < v.Version && o.Version > out.Version {
			out = o
		}
	}
	return out
}

// changes are what the shown version says otherwise than the one before, in both
// languages: whoever approves it reads them and not two whole definitions.
func (v typeView) changes(ctx context.Context) (out []ui.Row) {
	old := v.before()
	row := func(what, was, is string) {
		if was != is {
			out = append(out, ui.Row{Cells: []ui.Cell{{Text: what}, {Text: either(ctx, was)}, {Text: either(ctx, is)}}})
		}
	}
	was, is := elements(ctx, old), elements(ctx, v.Type)
	for i, e := range is {
		row(i18n.T(ctx, "certificates.types.ask."+e.key), was[i].value, e.value)
	}
	seen := map[string]string{}
	for _, f := range old.Fields {
		seen[f.Key] = described(ctx, f)
	}
	for _, f := range v.Fields {
		row(said(ctx, f.Label), seen[f.Key], described(ctx, f))
		delete(seen, f.Key)
	}
	for _, f := range old.Fields {
		if seen[f.Key] != "" {
			row(said(ctx, f.Label), seen[f.Key], "")
		}
	}
	return out
}

// either says that there is nothing where nothing stands.
func either(ctx context.Context, s string) string {
	if s == "" {
		return i18n.T(ctx, "certificates.types.absent")
	}
	return s
}

type element struct{ key, value string }

// elements are what a definition says of the whole type, by the words of its form.
func elements(ctx context.Context, t kinds.Type) []element {
	if t.Version == 0 {
		return make([]element, 15)
	}
	word := func(key string) string { return i18n.T(ctx, "certificates.types."+key) }
	var zh, en []string
	for _, b := range t.Basis {
		zh, en = append(zh, b.Zh), append(en, b.En)
	}
	level := ""
	if t.IssuerLevel != "" {
		level = word("issuer_level." + t.IssuerLevel)
	}
	return []element{{"name", t.Name.Zh}, {"name_en", t.Name.En}, {"key", t.Key}, {"category", word("category." + t.Category)}, {"by", t.By.Zh}, {"by_en", t.By.En},
		{"level", word("level." + t.Level)}, {"issuers", strings.Join(t.Issuers, "、")}, {"issuer_level", level}, {"holder", word("holder." + t.Holder)},
		{"unit", i18n.T(ctx, "certificates.types.good."+t.Validity.Unit, "n", t.Validity.Amount)}, {"citation", t.Validity.Citation.Zh}, {"citation_en", t.Validity.Citation.En},
		{"basis", strings.Join(zh, "\n")}, {"basis_en", strings.Join(en, "\n")}}
}

// described is everything that a definition says of a field.
func described(ctx context.Context, f kinds.Field) string {
	parts := []string{f.Label.Zh, f.Label.En, f.Name, i18n.T(ctx, "certificates.types.kind."+f.Kind)}
	if len(f.Choices) > 0 {
		parts = append(parts, strings.Join(f.Choices, "、"))
	}
	if f.Max > 0 {
		parts = append(parts, fmt.Sprintf("≤ %d", f.Max))
	}
	if f.Required {
		parts = append(parts, i18n.T(ctx, "certificates.types.required"))
	}
	if f.Private {
		parts = append(parts, i18n.T(ctx, "certificates.types.private"))
	}
	return strings.Join(parts, " · ")
}
