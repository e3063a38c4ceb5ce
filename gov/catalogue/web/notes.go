package web

import (
	"context"
	"net/url"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// notes say how the words were understood, when not as they stand.
func (h *pages) notes(ctx context.Context, res catalogue.Results) []string {
	var out []string
	add := func(key string, pairs ...any) { out = append(out, i18n.T(ctx, "catalogue.items."+key, pairs...)) }
	u := res.Understood
	if u.Region != "" {
		add("in_place", "place", h.RegionName(ctx, u.Region), "q", u.Rest)
	}
	if u.Say != "" {
		add("understood", "say", u.Say, "mean", u.Mean)
	}
	if u.Sound {
		add("sound")
	}
	if u.Part {
		add("part")
	}
	if res.More {
		add("more")
	}
	return out
}

// wider are the ways to find something by asking for less.
func wider(ctx context.Context, v url.Values, list []catalogue.Wide) []ui.Link {
	var out []ui.Link
	for _, w := range list {
		out = append(out, ui.Link{Text: i18n.T(ctx, "catalogue.wider."+w.Drop, "n", w.Count), Href: with(v, w.Drop, "")})
	}
	return out
}

// numbered is where a number leads that is not one of an item: the progress of
// a case. "" for anything else.
func (h *pages) numbered(text string) string {
	if h.d.Number == nil || text == "" {
		return ""
	}
	return h.d.Number(text)
}
