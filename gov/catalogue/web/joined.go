package web

import (
	"context"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// joinedItem is one part of a one thing in its guide.
type joinedItem struct {
	Name string
	Href string // the guide of its own
	Rows []ui.SummaryRow
}

// joined are the parts of a one thing: what each is, when it is needed, what it
// waits for, and what happens to the rest when it fails.
func (h *pages) joined(ctx context.Context, o *catalogue.Offer) ([]joinedItem, error) {
	if o.Bundle == nil {
		return nil, nil
	}
	t := func(key string, pairs ...any) string { return i18n.T(ctx, "catalogue.joined."+key, pairs...) }
	var out []joinedItem
	for _, p := range o.Bundle.Parts {
		x := joinedItem{Name: p.Name.In(ctx), Rows: []ui.SummaryRow{{Key: t("when"), Value: p.When.In(ctx)}}}
		item, err := h.Item(ctx, p.In(o.Region), p.Item)
		if err != nil && !fault.IsKind(err, fault.KindNotFound) {
			return nil, err
		}
		if err == nil {
			x.Href = itemPath(item.Region, item.Code)
			x.Rows = append(x.Rows, ui.SummaryRow{Key: t("item"), Value: i18n.Pick(ctx, item.FullName(), item.NameEn)},
				ui.SummaryRow{Key: t("office"), Value: i18n.Pick(ctx, item.OrgName, item.OrgNameEn)})
			if item.Promise.Known() {
				x.Rows = append(x.Rows, ui.SummaryRow{Key: t("limit"), Value: amount(ctx, item.Promise)})
			}
		}
		start := t("at_once")
		if len(p.After) > 0 {
			var names []string
			for _, id := range p.After {
				if q, ok := o.Bundle.Part(id); ok {
					names = append(names, q.Name.In(ctx))
				}
			}
			start = t("after", "names", strings.Join(names, i18n.Pick(ctx, "、", ", ")))
		}
		x.Rows = append(x.Rows, ui.SummaryRow{Key: t("starts"), Value: start}, ui.SummaryRow{Key: t("failed"), Value: t("failed." + string(p.Failed))})
		out = append(out, x)
	}
	return out, nil
}
