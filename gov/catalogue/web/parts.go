package web

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// plain makes a field of a filter: nothing about being optional.
func plain(f ui.FieldProps) ui.FieldProps {
	f.Plain = true
	return f
}

// langOf marks a text that exists in Chinese only on an English page.
func langOf(ctx context.Context, en string) templ.Attributes {
	if l := chinese(ctx, en); l != "" {
		return templ.Attributes{"lang": l}
	}
	return nil
}

// lines are the lines of a text that are not blank.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// kinds lists file kinds: PDF、JPG.
func kinds(list []string) string { return strings.ToUpper(strings.Join(list, " ")) }

func clauseTitle(ctx context.Context, c catalogue.Clause) string {
	return c.Citation()
}

func resultRows(ctx context.Context, o *catalogue.Offer) []ui.SummaryRow {
	c := o.Result.Certificate
	t := func(key string) string { return i18n.T(ctx, "catalogue.result."+key) }
	validity := t("no_end")
	if c.Validity.Unit != "none" {
		validity = i18n.T(ctx, "catalogue.result."+c.Validity.Unit, "n", c.Validity.Amount)
	}
	return []ui.SummaryRow{{Key: t("name"), Value: c.Name.In(ctx)}, {Key: t("category"), Value: c.Category},
		{Key: t("validity"), Value: validity, Part: citation(c.Validity.Citation.In(ctx))}}
}

// officeName is the name of an office that an item names, its code when there
// is none.
func officeName(ctx context.Context, o *catalogue.Offer, code string) string {
	if t, ok := o.Offices[code]; ok {
		return t.In(ctx)
	}
	if code == o.Org {
		return i18n.Pick(ctx, o.OrgName, o.OrgNameEn)
	}
	return code
}

// insteadText names what may be given instead of a material.
func insteadText(ctx context.Context, list []catalogue.Substitute) string {
	var names []string
	for _, s := range list {
		names = append(names, s.Name.In(ctx))
	}
	return strings.Join(names, i18n.T(ctx, "catalogue.or"))
}
