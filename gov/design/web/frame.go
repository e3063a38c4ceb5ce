package web

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/catalogue/content"
	"tongban/platform/i18n"
	"tongban/ui"
)

// tabGroup is a group of ways to look at one item in the designer. "" is the tree
// of steps at the path of the draft, every other one stands under its name below
// it and is called design.tab.NAME.
type tabGroup struct {
	name string
	tabs []string
}

// The ways to look at an item, and those to look at a one thing (一件事), which
// joins items instead of having a flow and a result.
var (
	itemGroups = []tabGroup{
		{"content", []string{"elements", "materials", "basis", "clock", "fees", "windows", "result"}},
		{"asking", []string{"situations", "form"}},
		{"flow", []string{"", "trial", "changes", "tables", "expert"}},
		{"going", []string{"preview", "ready"}},
	}
	jointGroups = []tabGroup{
		{"joint", []string{"parts", "sharing"}},
		{"content", []string{"elements", "materials", "basis", "clock", "fees", "windows"}},
		{"asking", []string{"situations", "form"}},
		{"going", []string{"preview", "ready"}},
	}
)

// flowGroup shows all of its tabs only while one looks at the flow.
const flowGroup = "flow"

// Path is where the designer keeps an item; a tab is at Path + "/" + its name.
func Path(region, item string) string { return draftPath(region, item) }

// linkGroup is a group of tabs as links.
type linkGroup struct {
	Text    string
	Href    string // of its first tab
	Current bool   // the page is in it
	Links   []ui.Link
}

// groups are the tabs as links; current is the name of the page's own tab, ""
// for the tree of steps.
func groups(ctx context.Context, region, item, current string, joins bool) []linkGroup {
	list := itemGroups
	if joins {
		list = jointGroups
	}
	var out []linkGroup
	for _, g := range list {
		x := linkGroup{Text: words(ctx, "tabs."+g.name), Current: slices.Contains(g.tabs, current)}
		for _, t := range g.tabs {
			if g.name == flowGroup && !x.Current && t != "" {
				continue // they show while one looks at the flow
			}
			l := ui.Link{Text: words(ctx, "tab."+cmp.Or(t, "steps")), Href: draftPath(region, item), Current: t == current}
			if t != "" {
				l.Href += "/" + t
			}
			x.Links = append(x.Links, l)
		}
		x.Href = x.Links[0].Href
		out = append(out, x)
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
