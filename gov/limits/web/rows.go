package web

import (
	"context"
	"strconv"
	"strings"

	"tongban/gov/limits"
	"tongban/platform/calendar"
	"tongban/platform/i18n"
	"tongban/ui"
)

func en(ctx context.Context) bool { return i18n.Of(ctx) == i18n.English }

func rulePath(r limits.Rule) string {
	return "/limits/" + r.Region + "/" + r.Key + "/" + strconv.Itoa(r.Number)
}

func (v listView) tabs(ctx context.Context) []ui.Link {
	var out []ui.Link
	for _, r := range v.Regions {
		out = append(out, ui.Link{Text: i18n.Pick(ctx, r.Zh, r.En), Href: "/limits?region=" + r.Code, Current: r.Code == v.Region.Code})
	}
	return out
}

// amount is how long, in words.
func amount(ctx context.Context, r limits.Rule) string {
	return ui.Amount(ctx, r.Amount, ui.UnitName(r.Unit))
}

// counting says what starts the clock, what stops it, who extends it and what
// follows when it is missed.
func counting(ctx context.Context, r limits.Rule) string {
	if r.Starts == "before_due" || r.Starts == "after_due" {
		return words(ctx, r.Starts)
	}
	parts := []string{words(ctx, "starts", "event", words(ctx, "event."+r.Starts))}
	if len(r.Stops) > 0 {
		var stops []string
		for _, s := range r.Stops {
			stops = append(stops, words(ctx, "event."+s))
		}
		parts = append(parts, words(ctx, "stops", "events", strings.Join(stops, words(ctx, "comma"))))
	}
	if r.ExtendedBy != "" {
		parts = append(parts, words(ctx, "extended", "who", words(ctx, "who."+r.ExtendedBy)))
	}
	if r.Missed != "" {
		parts = append(parts, words(ctx, "missed."+r.Missed))
	}
	return strings.Join(parts, words(ctx, "semicolon"))
}

func (v listView) ruleRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, r := range v.Rules {
		since := words(ctx, "national")
		if r.Region != limits.NationalRegion {
			since = i18n.Date(ctx, r.From.Start())
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: i18n.Pick(ctx, r.Name, r.NameEn)}, {Text: amount(ctx, r)}, {Text: counting(ctx, r)}, {Part: citation(r)}, {Text: since}}})
	}
	return rows
}

func (v listView) changeRows(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, r := range v.Changes {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: i18n.Pick(ctx, r.Name, r.NameEn)}, {Text: amount(ctx, r)}, {Part: citation(r)}, {Text: i18n.Date(ctx, r.From.Start())},
			{Text: words(ctx, "by", "name", r.ProposedName, "reason", r.Reason)}, {Part: decision(v, r)}}})
	}
	return rows
}

// field fills a question of the proposal with what was entered.
func (v listView) field(ctx context.Context, name string, f ui.FieldProps) ui.FieldProps {
	f.Name, f.Label, f.Value, f.Error, f.Required = name, words(ctx, "field."+name), v.Form.Get(name), ui.ErrorFor(v.Problems, name), true
	return f
}

func keyOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, k := range limits.Keys() {
		r, _ := limits.National(k)
		out = append(out, ui.Option{Value: k, Text: i18n.Pick(ctx, r.Name, r.NameEn)})
	}
	return out
}

func unitOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.CalendarDays, calendar.Hours} {
		out = append(out, ui.Option{Value: string(u), Text: words(ctx, "unit."+string(u))})
	}
	return out
}

func basisOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, b := range []limits.Basis{limits.Measure, limits.Promise, limits.Regulation, limits.Law} {
		out = append(out, ui.Option{Value: string(b), Text: words(ctx, "norm."+string(b))})
	}
	return out
}
