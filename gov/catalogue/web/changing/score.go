package changing

import (
	"context"
	"strconv"

	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/gov/catalogue/standard"
	"tongban/platform/i18n"
	"tongban/ui"
)

// scored is how good the guide of a drafted item is, for who writes it and for
// who decides about it.
type scored struct {
	Name   string
	Before int // -1: the item is new
	After  int
	Rows   []ui.Row
}

// scores looks at every drafted item as it would be published.
func (h pages) scores(ctx context.Context, c changes.Change, fields []standard.Field) ([]scored, error) {
	if h.Quality == nil || c.Level == standard.BaseLevel || c.Kind != changes.New && c.Kind != changes.Alter {
		return nil, nil
	}
	var out []scored
	for _, d := range c.Items {
		x := scored{Before: -1}
		base, _ := h.Catalogue.Base(ctx, d.Base) // without one nothing is referred to, and submitting says so
		now := content.Content{Item: content.Item{Region: c.Region, Code: d.Code, Base: d.Base, Visits: -1}}
		if c.Kind == changes.Alter {
			o, err := h.Catalogue.OfferVersion(ctx, c.Region, d.Code, c.Targets[0].Seen)
			if err != nil {
				return nil, err
			}
			now = content.Content{Item: o.Item, Materials: o.Materials, Result: o.Result}
			r, err := h.Quality.Score(ctx, &now)
			if err != nil {
				return nil, err
			}
			x.Before = r.Score
		}
		for _, f := range fields {
			if f.Editable(changes.LevelOf(d.Code)) && f.Key != "code" && f.Key != "region" {
				if err := content.Set(&now.Item, f.Key, d.Values[f.Key]); err != nil {
					continue // it is said at the field
				}
			}
		}
		if settle(&now.Item, base.Tiers, d.Tier); c.Kind == changes.New {
			base.Onto(&now.Item)
		}
		r, err := h.Quality.Score(ctx, &now)
		if err != nil {
			return nil, err
		}
		x.Name, x.After, x.Rows = now.Item.FullName(), r.Score, findingRows(ctx, h.Quality.Rules, r.Findings)
		out = append(out, x)
	}
	return out, nil
}

func findingRows(ctx context.Context, rules *quality.Rules, list []quality.Finding) []ui.Row {
	var out []ui.Row
	for _, f := range list {
		if rule, ok := rules.Of(f.Rule); ok {
			out = append(out, ui.Row{Cells: []ui.Cell{{Text: rule.Name.In(ctx)}, {Text: rule.Fix.In(ctx)}, {Text: strconv.FormatFloat(f.Lost, 'f', 1, 64)}}})
		}
	}
	return out
}

// line is a score in one sentence.
func (s scored) line(ctx context.Context) string {
	if s.Before < 0 {
		return i18n.T(ctx, "quality.draft.new", "n", s.After, "findings", len(s.Rows))
	}
	return i18n.T(ctx, "quality.draft.changed", "before", s.Before, "n", s.After, "findings", len(s.Rows))
}
