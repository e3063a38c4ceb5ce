package web

import (
	"context"
	"net/url"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/platform/search"
	"tongban/ui"
)

// notes say how the words were understood, when not as they stand.
func (h *pages) notes(ctx context.Context, text string, res catalogue.Results) []string {
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
	return append(out, h.spelled(ctx, text, res)...)
}

// spelled says that letters were read as pinyin, and traditional characters as
// the simplified ones.
func (h *pages) spelled(ctx context.Context, text string, res catalogue.Results) []string {
	if res.Total == 0 || res.Understood.Number {
		return nil
	}
	if plain := strings.Map(search.Simplified, text); plain != text {
		return []string{i18n.T(ctx, "catalogue.items.traditional", "q", plain)}
	}
	letters := strings.ToLower(text)
	if len(letters) < 2 || strings.Trim(letters, "abcdefghijklmnopqrstuvwxyz ") != "" || res.Understood.Say != "" {
		return nil
	}
	for _, x := range res.Items {
		if strings.Contains(strings.ToLower(x.Name+" "+x.NameEn+" "+x.Summary.En), letters) {
			return nil
		}
	}
	return []string{i18n.T(ctx, "catalogue.items.pinyin", "q", text)}
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
