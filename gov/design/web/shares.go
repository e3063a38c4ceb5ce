package web

import (
	"context"

	"tongban/gov/catalogue/caseflow/shares"
	"tongban/gov/design"
	"tongban/platform/calendar"
	"tongban/ui"
)

// split is how the limit of the item is divided; ok is false when there is none to
// divide, or no flow that reads.
func (v expertView) split() (shares.Split, bool) {
	s, err := design.Split(v.D, v.A)
	return s, err == nil && s.Whole.Amount > 0 && len(s.Shares) > 0
}

func lasting(ctx context.Context, l calendar.Limit) string {
	if l.Amount <= 0 {
		return words(ctx, "shares_none")
	}
	return ui.Amount(ctx, l.Amount, ui.UnitName(l.Unit))
}

func shareRows(ctx context.Context, s shares.Split) []ui.Row {
	var out []ui.Row
	for _, x := range s.Shares {
		name := x.Name
		if name == "" {
			name = x.Element
		}
		if english := ui.NamesFor(ctx); english != nil {
			name = english(name)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: lasting(ctx, x.Limit)}, {Text: words(ctx, "shares_"+string(x.How))}}})
	}
	return out
}
