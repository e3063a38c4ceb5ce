package web

import (
	"context"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/platform/i18n"
	"tongban/ui"
)

// differs are what limit, fee, visits, office and window are in some situations.
func differs(ctx context.Context, o *catalogue.Offer) []ui.SummaryRow {
	if o.Situations == nil {
		return nil
	}
	var rows []ui.SummaryRow
	for i := range o.Situations.Variations {
		v := &o.Situations.Variations[i]
		rows = append(rows, ui.SummaryRow{Key: v.Why.In(ctx), Value: joined(ctx, otherwise(ctx, v))})
	}
	return rows
}

func joined(ctx context.Context, parts []string) string {
	out := ""
	for i, p := range parts {
		if i > 0 {
			out += i18n.T(ctx, "catalogue.comma")
		}
		out += p
	}
	return out
}

// otherwise are the values of a variation in words.
func otherwise(ctx context.Context, v *content.Variation) (out []string) {
	t := func(key string, value string) {
		out = append(out, i18n.T(ctx, "catalogue.differs."+key, "v", value))
	}
	if v.Promise != nil {
		t("promise", amount(ctx, *v.Promise))
	}
	if v.Legal != nil {
		t("legal", amount(ctx, *v.Legal))
	}
	if v.Fee != nil {
		t("fee", feeText(ctx, *v.Fee))
	}
	if v.Visits != nil {
		t("visits", visitsText(ctx, *v.Visits))
	}
	if v.Office != nil {
		t("office", i18n.Pick(ctx, v.Office.Name, v.Office.NameEn))
	}
	if v.Window != nil {
		t("window", v.Window.Address.In(ctx))
	}
	return out
}
