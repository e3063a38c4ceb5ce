package changing

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/ui"
)

func base(c changes.Change) string {
	return "/catalogue/changes/" + url.PathEscape(c.Region) + "/" + strconv.Itoa(c.Number)
}

// next is the act that the form of who decides leads to.
func next(v changeView) string {
	switch {
	case v.Review && !v.Mine:
		return "/review"
	case v.Approve && !v.Mine:
		return "/approve"
	}
	return "/return"
}

func keyNames(ctx context.Context, keys []string, fields []standard.Field) string {
	var out []string
	for _, k := range keys {
		out = append(out, elementName(ctx, k, fields))
	}
	return strings.Join(out, words(ctx, "comma"))
}

func tierPrefix(prefix string, i int) string { return prefix + "tier" + strconv.Itoa(i) + "." }

// roomFor are the tiers with empty ones behind them.
func roomFor(list []standard.Tier) []standard.Tier {
	out := append([]standard.Tier{}, list...)
	for len(out) < maxTiers {
		out = append(out, standard.Tier{})
	}
	return out[:maxTiers]
}

func rankText(t standard.Tier) string {
	if t.ID == "" {
		return ""
	}
	return strconv.Itoa(t.Rank)
}

func tierOptions(ctx context.Context, list []standard.Tier) []ui.Option {
	out := []ui.Option{{Text: words(ctx, "tier.none")}}
	for _, t := range list {
		out = append(out, ui.Option{Value: t.ID, Text: t.Name.In(ctx)})
	}
	return out
}

// summaryRows are what a change makes, for who decides about it.
func summaryRows(ctx context.Context, v changeView) []ui.SummaryRow {
	from := words(ctx, "at_once")
	if v.From != 0 {
		from = i18n.Date(ctx, v.From.Start())
	}
	rows := []ui.SummaryRow{{Key: words(ctx, "field.reason"), Value: v.Reason}, {Key: words(ctx, "field.from"), Value: from}}
	for _, t := range v.Targets {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "target"), Value: words(ctx, "target.value", "code", t.Code, "n", t.Seen)})
	}
	for _, b := range v.Bases {
		rows = append(rows, baseRows(ctx, v, b)...)
	}
	for _, d := range v.Items {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "item", "code", d.Code), Value: joined(v.Names[d.Base], d.Base)})
		if t, ok := tierOf(v.Tiers, d.Tier); ok {
			rows = append(rows, ui.SummaryRow{Key: words(ctx, "tier"), Value: tierText(ctx, t, v.Fields)})
		}
		rows = append(rows, valueRows(ctx, v, effective(d, v.Tiers))...)
	}
	return rows
}

// baseRows are all that a base item would say.
func baseRows(ctx context.Context, v changeView, b standard.Base) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: words(ctx, "base_item", "code", b.Code), Value: joined(b.Name, b.TypeName().In(ctx))}}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, ui.SummaryRow{Key: words(ctx, key), Value: value})
		}
	}
	add("field.name_en", b.NameEn)
	for _, c := range b.Basis {
		rows = append(rows, ui.SummaryRow{Key: words(ctx, "field.basis"), Value: c.Citation(), Lang: string(i18n.Chinese)})
	}
	add("field.parent", b.Parent)
	add("field.levels", coded(ctx, codes.LevelList, b.Levels))
	rows = append(rows, valueRows(ctx, v, b.Fields)...)
	for _, t := range b.Tiers {
		add("tiers", tierText(ctx, t, v.Fields))
	}
	return rows
}

func valueRows(ctx context.Context, v changeView, values map[string][]string) []ui.SummaryRow {
	var rows []ui.SummaryRow
	for _, f := range v.Fields {
		if given := values[f.Key]; len(given) > 0 {
			rows = append(rows, ui.SummaryRow{Key: i18n.Pick(ctx, f.Zh, f.En), Value: said(ctx, f, given)})
		}
	}
	return rows
}

func joined(parts ...string) string {
	out := ""
	for _, p := range parts {
		if out != "" && p != "" {
			out += " · "
		}
		out += p
	}
	return out
}

// coded are values of a code list in words.
func coded(ctx context.Context, list string, values []string) string {
	l, _ := codes.Of(list)
	var out []string
	for _, v := range values {
		if e, ok := l.Entry(v); ok {
			v = i18n.Pick(ctx, e.Zh, e.En)
		}
		out = append(out, v)
	}
	return strings.Join(out, words(ctx, "comma"))
}
