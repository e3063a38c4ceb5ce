package workbench

import (
	"context"

	"tongban/platform/i18n"
	"tongban/ui"
)

// plain marks a filter: nobody has to fill it in.
func plain(f ui.FieldProps) ui.FieldProps {
	f.Plain = true
	return f
}

// emptyLinks lead on from an empty list to where work is.
func emptyLinks(ctx context.Context, v inboxView) []ui.Link {
	for _, s := range shapes {
		if t := v.Counts[s]; s != v.Shape && t.Open > 0 {
			return []ui.Link{{Text: i18n.T(ctx, "workbench.empty.go", "shape", i18n.T(ctx, "workbench.shape."+string(s)), "n", show(t.Open)), Href: "/work?shape=" + string(s)}}
		}
	}
	return nil
}
