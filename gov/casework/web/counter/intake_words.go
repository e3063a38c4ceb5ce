package counter

import (
	"context"
	"path"
	"strings"

	"tongban/gov/catalogue"
	"tongban/platform/i18n"
	"tongban/ui"
)

// shownMissing is how many gaps the card lists before it only counts them.
const shownMissing = 8

// answers are the options of a question; what to do when one is not sure is
// shown with the answer.
func answers(ctx context.Context, q catalogue.Question, chosen string) []ui.Option {
	var out []ui.Option
	for _, o := range q.Options {
		x := ui.Option{Value: o.ID, Text: o.Text.In(ctx)}
		if o.ID == chosen || o.Unsure {
			x.Hint = o.Hint.In(ctx)
		}
		out = append(out, x)
	}
	return out
}

// describe says what a good copy is and which clause asks for it.
func describe(ctx context.Context, o *catalogue.Offer, m catalogue.Material) string {
	var parts []string
	if m.Kind != "" {
		parts = append(parts, i18n.T(ctx, "counter.kind."+m.Kind, "n", max(m.Count, 1)))
	}
	if m.Later {
		parts = append(parts, i18n.T(ctx, "counter.may_follow"))
	}
	if s := m.Why.In(ctx); s != "" {
		parts = append(parts, s)
	}
	if c, ok := o.Clause(m.Clause); ok {
		parts = append(parts, i18n.T(ctx, "casefile.law", "law", c.Citation()))
	}
	return strings.Join(parts, " · ")
}

func hashOf(href string) string { return path.Base(href) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
