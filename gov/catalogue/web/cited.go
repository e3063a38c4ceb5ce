package web

import (
	"context"

	"tongban/gov/catalogue"
)

// citedKey carries the way from a citation to its words through the parts of a page.
type citedKey struct{}

// withCited lets the parts of a page read what they cite, for one region.
func (h *pages) withCited(ctx context.Context, region string) context.Context {
	if h.d.Cited == nil {
		return ctx
	}
	return context.WithValue(ctx, citedKey{}, func(text, quoted string) []Cited {
		list, err := h.d.Cited(ctx, region, text, quoted)
		if err != nil {
			return nil // the citation is printed without its words
		}
		return list
	})
}

// cited are the clauses that a text names.
func cited(ctx context.Context, text, quoted string) []Cited {
	read, ok := ctx.Value(citedKey{}).(func(text, quoted string) []Cited)
	if !ok || text == "" {
		return nil
	}
	return read(text, quoted)
}

// citedClause is what a legal basis cites. The wording that it names is part of it.
func citedClause(ctx context.Context, c catalogue.Clause) []Cited {
	text := c.Citation()
	if c.Version != "" {
		text = "《" + c.Law + "》（" + c.Version + "）" + c.Article
	}
	return cited(ctx, text, c.Text)
}
