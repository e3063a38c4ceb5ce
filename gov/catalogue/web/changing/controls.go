package changing

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/ui"
)

// codeOptions are the codes of a list; the empty one is not said.
func codeOptions(ctx context.Context, list string) []ui.Option {
	out := []ui.Option{{Text: words(ctx, "nothing")}}
	l, _ := codes.Of(list)
	for _, e := range l.Entries {
		out = append(out, ui.Option{Value: e.Code, Text: i18n.Pick(ctx, e.Zh, e.En)})
	}
	return out
}

// control is the question for one element, by its kind.
func control(ctx context.Context, prefix string, f standard.Field, values []string, bad []ui.Problem) ui.FieldProps {
	p := ui.FieldProps{Name: prefix + f.Key, Label: i18n.Pick(ctx, f.Zh, f.En), Value: strings.Join(values, "\n"), Values: values, Error: ui.ErrorFor(bad, prefix+f.Key), Required: f.Required}
	switch f.Kind {
	case standard.LongKind:
		p.Type, p.Max = ui.TextArea, f.Max
	case standard.WordsKind:
		p.Type, p.Hint = ui.TextArea, words(ctx, "one_a_line")
	case standard.NumberKind:
		p.Type, p.Width = ui.Number, "s"
	case standard.YesNoKind:
		p.Type, p.Options = ui.Select, []ui.Option{{Text: words(ctx, "nothing")}, {Value: "true", Text: words(ctx, "yes")}, {Value: "false", Text: words(ctx, "no")}}
	case standard.DateKind:
		p.Type = ui.Date
	case standard.CodeKind:
		p.Type, p.Options = ui.Select, codeOptions(ctx, f.List)
	case standard.CodesKind:
		p.Type, p.Options = ui.Choices, codeOptions(ctx, f.List)[1:]
	case standard.LimitKind:
		p.Type, p.Width, p.Value = ui.Number, "s", first(values, 0)
	}
	return p
}

// unit is the question for the unit of a limit.
func unit(ctx context.Context, prefix string, f standard.Field, values []string) ui.FieldProps {
	return ui.FieldProps{Name: prefix + f.Key + ".unit", Label: words(ctx, "unit", "name", i18n.Pick(ctx, f.Zh, f.En)), Type: ui.Select, Value: first(values, 1), Options: codeOptions(ctx, codes.UnitList)[1:], Plain: true}
}

func first(v []string, i int) string {
	if i < len(v) {
		return v[i]
	}
	return ""
}

// group is the elements of one part of the form.
type group struct {
	Name   string
	Fields []standard.Field
}

// groups are the elements that a level gives, part by part.
func groups(ctx context.Context, fields []standard.Field, l standard.Level) []group {
	var out []group
	for _, g := range standard.Groups {
		var list []standard.Field
		for _, f := range fields {
			if f.Group == g && f.Editable(l) && !fixed[f.Key] {
				list = append(list, f)
			}
		}
		slices.SortStableFunc(list, func(a, b standard.Field) int { return a.Order - b.Order })
		if len(list) > 0 {
			out = append(out, group{words(ctx, "group."+g), list})
		}
	}
	return out
}

// fixed are elements that have a question of their own on these pages.
var fixed = map[string]bool{"name": true, "name_en": true, "base_code": true, "code": true, "type": true, "region": true, "org": true, "published_name": true}

func value(f url.Values, prefix string, field standard.Field) []string {
	switch field.Kind {
	case standard.LongKind:
		return whole(f.Get(prefix + field.Key))
	case standard.WordsKind:
		return lines(f.Get(prefix + field.Key))
	case standard.CodesKind:
		return f[prefix+field.Key]
	case standard.LimitKind:
		if n := strings.TrimSpace(f.Get(prefix + field.Key)); n != "" {
			return []string{n, f.Get(prefix + field.Key + ".unit")}
		}
		return nil
	}
	return whole(f.Get(prefix + field.Key))
}

func whole(s string) []string {
	if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s == "" {
		return nil
	}
	return []string{s}
}

func lines(s string) (out []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// readItem takes the elements of an item from a form.
func readItem(f url.Values, prefix string, d *changes.ItemDraft, fields []standard.Field) {
	next := map[string][]string{}
	for k, v := range d.Values {
		next[k] = v
	}
	for _, field := range fields {
		if !field.Editable(changes.LevelOf(d.Code)) || fixed[field.Key] {
			continue
		}
		if delete(next, field.Key); len(value(f, prefix, field)) > 0 {
			next[field.Key] = value(f, prefix, field)
		}
	}
	d.Values, d.Tier = next, f.Get(prefix+"tier")
}

// readBase takes a base item from a form.
func readBase(f url.Values, prefix string, b *standard.Base, fields []standard.Field) {
	b.Name, b.NameEn, b.Type = strings.TrimSpace(f.Get(prefix+"name")), strings.TrimSpace(f.Get(prefix+"name_en")), f.Get(prefix+"type")
	b.Levels, b.Parent = f[prefix+"levels"], strings.TrimSpace(f.Get(prefix+"parent"))
	b.Basis = readBasis(f.Get(prefix+"basis"), b.Basis)
	next := map[string][]string{}
	for _, field := range fields {
		if v := value(f, prefix, field); field.Editable(standard.BaseLevel) && !fixed[field.Key] && len(v) > 0 {
			next[field.Key] = v
		}
	}
	if b.Fields = next; len(next) == 0 {
		b.Fields = nil
	}
	b.Tiers = nil
	for i := range maxTiers {
		p := prefix + "tier" + strconv.Itoa(i) + "."
		t := standard.Tier{ID: strings.TrimSpace(f.Get(p + "id")), Name: content.Text{Zh: strings.TrimSpace(f.Get(p + "zh")), En: strings.TrimSpace(f.Get(p + "en"))}, Values: map[string][]string{}}
		t.Rank, _ = strconv.Atoi(f.Get(p + "rank"))
		for _, field := range fields {
			if v := value(f, p, field); field.Tiered && len(v) > 0 {
				t.Values[field.Key] = v
			}
		}
		if t.ID != "" {
			b.Tiers = append(b.Tiers, t)
		}
	}
}

// maxTiers is how many tiers the form has room for.
const maxTiers = 4

// readBasis reads one clause a line: law, article, words, with | between them.
// A clause that was there keeps its id and its further data.
func readBasis(text string, was []content.Clause) (out []content.Clause) {
	for i, line := range lines(text) {
		parts := append(strings.SplitN(line, "|", 3), "", "")
		c := content.Clause{ID: "basis" + strconv.Itoa(i+1), Law: strings.Trim(strings.TrimSpace(parts[0]), "《》"), Article: strings.TrimSpace(parts[1]), Text: strings.TrimSpace(parts[2])}
		if j := slices.IndexFunc(was, func(w content.Clause) bool {
			return strings.Trim(w.Law, "《》") == c.Law && w.Article == c.Article && oneLine(w.Text) == c.Text
		}); j >= 0 {
			c = was[j]
		}
		out = append(out, c)
	}
	return out
}

// basisText writes clauses the way readBasis reads them.
func basisText(list []content.Clause) string {
	var out []string
	for _, c := range list {
		out = append(out, strings.Trim(c.Law, "《》")+"|"+c.Article+"|"+oneLine(c.Text))
	}
	return strings.Join(out, "\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func pairs(f *fault.Fault) []any {
	var out []any
	for k, v := range f.Details {
		out = append(out, k, v)
	}
	return out
}
