package web

import (
	"context"

	"github.com/a-h/templ"

	"tongban/gov/identity"
	"tongban/platform/i18n"
	"tongban/ui"
)

// loginAttrs keep phones from "correcting" a number or account name.
var loginAttrs = templ.Attributes{"autocapitalize": "none", "spellcheck": "false"}

func actingOptions(ctx context.Context, v accountView) []ui.Option {
	out := []ui.Option{{Value: "", Text: i18n.T(ctx, "identity.account.acting_self", "name", v.Person.Name)}}
	for _, o := range v.Companies {
		out = append(out, ui.Option{Value: o.Code, Text: i18n.Pick(ctx, o.Name, o.NameEn)})
	}
	return out
}

func roleOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, r := range identity.PostRoles {
		out = append(out, ui.Option{Value: r, Text: i18n.T(ctx, "identity.role."+r)})
	}
	return out
}

func deviceName(ctx context.Context, s identity.Session) string {
	if s.Device == "" {
		return i18n.T(ctx, "identity.account.device_unknown")
	}
	return s.Device
}

func sessionRows(ctx context.Context, v accountView) []ui.Row {
	var rows []ui.Row
	for _, s := range v.Sessions {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: deviceName(ctx, s)}, {Text: i18n.DateTime(ctx, s.Created)}, {Text: i18n.DateTime(ctx, s.Seen)},
			{Part: sessionAct(s, s.ID == v.Caller.Session)}}})
	}
	return rows
}

func tokenRows(ctx context.Context, v accountView) []ui.Row {
	var rows []ui.Row
	for _, t := range v.Tokens {
		act := rowAct("/account/tokens/"+t.ID+"/revoke", i18n.T(ctx, "identity.account.revoke"), i18n.T(ctx, "identity.account.revoke_named", "name", t.Name))
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: t.Name}, {Text: i18n.DateTime(ctx, t.Expires)}, {Part: act}}})
	}
	return rows
}

func postCols(ctx context.Context, withAct bool) []ui.Col {
	cols := []ui.Col{{Title: i18n.T(ctx, "identity.account.post")}, {Title: i18n.T(ctx, "identity.account.place")},
		{Title: i18n.T(ctx, "identity.account.since"), NoWrap: true}, {Title: i18n.T(ctx, "identity.account.until"), NoWrap: true}}
	if withAct {
		cols = append(cols, ui.Col{Title: i18n.T(ctx, "identity.officer.end"), Hidden: true})
	}
	return cols
}

// endBase is the path below which posts are ended, "" when the reader may not.
func (v officerView) endBase() string {
	if !v.MayAssign {
		return ""
	}
	return v.path() + "/posts/"
}

// postRows lists posts; with a path they can be ended.
func postRows(ctx context.Context, posts []identity.Post, endBase string) []ui.Row {
	var rows []ui.Row
	for _, p := range posts {
		role, until := i18n.T(ctx, "identity.role."+p.Role), i18n.T(ctx, "identity.account.open_ended")
		if !p.Until.IsZero() {
			until = i18n.Date(ctx, p.Until)
		}
		cells := []ui.Cell{{Text: role}, {Part: postPlace(p)}, {Text: i18n.Date(ctx, p.From)}, {Text: until}}
		if endBase != "" {
			name := i18n.T(ctx, "identity.officer.end_named", "role", role, "org", p.OrgName)
			cells = append(cells, ui.Cell{Part: rowLink(endBase+p.ID+"/end", i18n.T(ctx, "identity.officer.end"), name)})
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	return rows
}

func peopleRows(ctx context.Context, list []identity.Account) []ui.Row {
	var rows []ui.Row
	for _, a := range list {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: a.Name, Href: "/admin/people/" + a.ID}}, {Text: a.Login}, {Text: i18n.Date(ctx, a.Created)}}})
	}
	return rows
}
