package web

import (
	"context"

	"github.com/a-h/templ"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// hits are items as search results. One that stands for many places says so,
// and links to all of them.
func (h *pages) hits(ctx context.Context, list []catalogue.Hit) []ui.HitProps {
	out := make([]ui.HitProps, len(list))
	for i, hit := range list {
		h, p := hit, h
		name := i18n.Pick(ctx, h.Name, h.NameEn)
		facts := []string{i18n.Pick(ctx, h.OrgName, h.OrgNameEn), audienceText(ctx, h.Audience)}
		if a := amount(ctx, h.Promise); a != "" {
			facts = append(facts, i18n.T(ctx, "catalogue.hit.promise", "v", a))
		} else if a := amount(ctx, h.Legal); a != "" {
			facts = append(facts, i18n.T(ctx, "catalogue.hit.legal", "v", a))
		}
		if h.Visits >= 0 {
			facts = append(facts, visitsText(ctx, h.Visits))
		}
		if h.Fee.Known {
			facts = append(facts, feeText(ctx, h.Fee))
		}
		if h.Materials > 0 && h.Package == "" {
			facts = append(facts, i18n.T(ctx, "catalogue.hit.materials", "n", h.Materials))
		}
		out[i] = ui.HitProps{Title: name, Href: itemPath(h.Region, h.Code), Text: h.Summary.In(ctx), Facts: facts, Lang: chinese(ctx, h.NameEn),
			Actions: []ui.ButtonProps{{Text: i18n.T(ctx, "catalogue.apply"), Kind: ui.Secondary, Href: applyPath(h.Region, h.Code),
				Attrs: templ.Attributes{"aria-label": i18n.T(ctx, "catalogue.apply.for", "name", name)}}}}
		if h.Places > 1 {
			out[i].Facts = append([]string{p.RegionName(ctx, h.Region)}, out[i].Facts...)
			out[i].Actions = append(out[i].Actions, ui.ButtonProps{Text: i18n.T(ctx, "catalogue.hit.places", "n", h.Places), Kind: ui.Quiet, Href: itemsPath("same", h.Region+"/"+h.Code),
				Attrs: templ.Attributes{"aria-label": i18n.T(ctx, "catalogue.hit.places.for", "name", name, "n", h.Places)}})
		}
	}
	return out
}
