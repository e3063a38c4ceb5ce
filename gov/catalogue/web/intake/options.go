package intake

import (
	"context"

	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/outlet"
	"tongban/platform/i18n"
	"tongban/ui"
)

func savedOptions(list []intake.Saved) []ui.Option {
	var out []ui.Option
	for _, m := range list {
		out = append(out, ui.Option{Value: m.Name, Text: m.Name})
	}
	return out
}

func exportOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, f := range outlet.Formats {
		out = append(out, ui.Option{Value: string(f), Text: words(ctx, "export."+string(f))})
	}
	return out
}

// listName is the name of the field that a code list belongs to.
func listName(ctx context.Context, list string) string {
	for i := range fields.All {
		if f := &fields.All[i]; f.List == list {
			return i18n.Pick(ctx, f.Zh, f.En)
		}
	}
	return list
}
