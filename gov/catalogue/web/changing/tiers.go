package changing

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/ui"
)

func tierOf(list []standard.Tier, id string) (standard.Tier, bool) {
	i := slices.IndexFunc(list, func(t standard.Tier) bool { return t.ID == id })
	if i < 0 || id == "" {
		return standard.Tier{}, false
	}
	return list[i], true
}

// effective is what an item would say: what is drafted, and over it what the
// chosen tier sets. Because: who decides has to see what people will read.
func effective(d changes.ItemDraft, tiers []standard.Tier) map[string][]string {
	out := maps.Clone(d.Values)
	if t, ok := tierOf(tiers, d.Tier); ok {
		if out == nil {
			out = map[string][]string{}
		}
		maps.Copy(out, t.Values)
	}
	return out
}

// settle gives an item the values of its tier.
func settle(it *content.Item, tiers []standard.Tier, id string) {
	it.Tier = id
	if t, ok := tierOf(tiers, id); ok {
		for key, values := range t.Values {
			_ = content.Set(it, key, values) // checked when the base item was published
		}
	}
}

// tierName is a tier in words, nothing for none.
func tierName(ctx context.Context, tiers []standard.Tier, id string) string {
	t, ok := tierOf(tiers, id)
	if !ok {
		return id
	}
	return t.Name.In(ctx)
}

// tierText is a tier with everything it sets.
func tierText(ctx context.Context, t standard.Tier, fields []standard.Field) string {
	var parts []string
	for _, f := range fields {
		if given := t.Values[f.Key]; len(given) > 0 {
			parts = append(parts, i18n.Pick(ctx, f.Zh, f.En)+i18n.T(ctx, "catalogue.colon")+said(ctx, f, given))
		}
	}
	return joined(t.Name.In(ctx), strings.Join(parts, words(ctx, "comma")))
}

// tierRows compare the tiers element by element, with what the item says today,
// for the region that chooses one.
func tierRows(ctx context.Context, v changeView, d changes.ItemDraft) ([]ui.Col, []ui.Row) {
	tiers := slices.Clone(v.Tiers)
	slices.SortFunc(tiers, func(a, b standard.Tier) int { return cmp.Compare(a.Rank, b.Rank) })
	cols := []ui.Col{{Title: words(ctx, "element")}, {Title: words(ctx, "tier.own")}}
	for _, t := range tiers {
		cols = append(cols, ui.Col{Title: t.Name.In(ctx)})
	}
	var rows []ui.Row
	for _, f := range v.Fields {
		if !slices.ContainsFunc(tiers, func(t standard.Tier) bool { return len(t.Values[f.Key]) > 0 }) {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: i18n.Pick(ctx, f.Zh, f.En)}, {Text: orNone(ctx, said(ctx, f, d.Values[f.Key]))}}}
		for _, t := range tiers {
			row.Cells = append(row.Cells, ui.Cell{Text: cmp.Or(said(ctx, f, t.Values[f.Key]), words(ctx, "tier.free"))})
		}
		rows = append(rows, row)
	}
	return cols, rows
}
