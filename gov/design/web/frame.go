package web

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/catalogue/content"
	"tongban/platform/i18n"
	"tongban/ui"
)

// tabNames are the ways to look at one item in the designer, in their order:
// "" is the tree of steps at the path of the draft, every other one stands
// under its name below it and is called design.tab.NAME.
var tabNames = []string{"elements", "materials", "situations", "form", "", "trial", "changes", "tables", "expert", "clock", "fees", "windows", "basis", "result", "preview", "ready"}

// flowNames are the ways to look at the flow: they show while one of them is.
var flowNames = []string{"", "trial", "changes", "tables", "expert"}

// Path is where the designer keeps an item; a tab is at Path + "/" + its name.
func Path(region, item string) string { return draftPath(region, item) }

// Tabs are the ways to look at one item in the designer; current is the name of
// the page's own tab, "" for the tree of steps. Pages of other packages that are
// tabs begin with ui.Tabs(i18n.T(ctx, "design.tabs"), Tabs(…)).
func Tabs(ctx context.Context, region, item, current string) []ui.Link {
	var out []ui.Link
	for _, t := range tabNames {
		if t != "" && slices.Contains(flowNames, t) && !slices.Contains(flowNames, current) {
			continue
		}
		l := ui.Link{Text: words(ctx, "tab."+cmp.Or(t, "steps")), Href: draftPath(region, item), Current: t == current}
		if t != "" {
			l.Href += "/" + t
		}
		out = append(out, l)
	}
	return out
}

// Frame is the frame around a tab of one item: its title, the way back, what is
// wrong with the form that was sent.
func Frame(ctx context.Context, item *content.Item, tab string, problems []ui.Problem) ui.Page {
	title := i18n.Pick(ctx, item.FullName(), item.NameEn)
	crumbs := []ui.Link{{Text: words(ctx, "title"), Href: "/design"}}
	if tab != "" {
		crumbs = append(crumbs, ui.Link{Text: title, Href: draftPath(item.Region, item.Code)})
		title = words(ctx, "tab."+tab)
	}
	return ui.Page{Title: title, Face: ui.Design, Active: "design", Crumbs: crumbs, Problems: problems, Style: "tree.css"}
}
