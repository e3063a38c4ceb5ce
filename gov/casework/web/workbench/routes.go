package workbench

import (
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/platform/clock"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Casework     *casework.Service
	Bundles      *bundles.Service // nil: there are no one things
	Catalogue    *catalogue.Service
	Certificates *certificates.Service
	Identity     *identity.Service
	Files        *files.Store
	Clock        clock.Clock
}

type pages struct {
	Deps
	desk casefile.Desk
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d, casefile.Desk{Services: casefile.Services{Casework: d.Casework, Bundles: d.Bundles, Certificates: d.Certificates}, Files: d.Files, Face: ui.Workbench, Active: "work", Root: "/work",
		Home: func(ctx context.Context) ui.Link { return ui.Link{Text: i18n.T(ctx, "workbench.back"), Href: "/work"} },
		Done: func(c casework.Case, act string) string { return "/work?done=" + c.Number + "&act=" + act }}}
	k := h.desk
	return []web.Route{
		{Pattern: "GET /work", Do: h.inbox, May: casework.MayReadCase},
		{Pattern: "POST /work/claim", Do: h.claimMany, May: casework.MayReadCase},
		{Pattern: "GET /work/copies", Do: h.copies, May: casework.MayReadCase},
		{Pattern: "GET /oversight/bundles", Do: h.bundles, May: casework.MaySupervise},
		{Pattern: "POST /work/copies/{region}/{id}/read", Do: h.readCopy, May: casework.MayReadCase},
		{Pattern: "GET /work/deputies", Do: h.deputies, May: casework.MayExamine},
		{Pattern: "POST /work/deputies", Do: h.nameDeputy, May: casework.MayExamine},
		{Pattern: "POST /work/deputies/{region}/{id}/end", Do: h.endDeputy, May: casework.MayExamine},
		{Pattern: "GET /admin/deputies", Do: h.officeDeputies, May: casework.MayArrange},
		{Pattern: "POST /admin/deputies", Do: h.nameFor, May: casework.MayArrange},
		{Pattern: "POST /admin/deputies/{region}/{id}/end", Do: h.endDeputy, May: casework.MayArrange},
		{Pattern: "POST /work/tasks/{region}/{id}/copy", Do: h.copyCase, May: casework.MayReadCase},
		{Pattern: "GET /work/tasks/{region}/{id}", Do: h.task, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/claim", Do: h.claim, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/release", Do: h.release, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/decide", Do: h.decide, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/return", Do: h.sendBack, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/delegate", Do: h.delegate, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/recall", Do: h.recall, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/opinion", Do: h.opinion, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/transfer", Do: h.transfer, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/supplement", Do: h.askApplicant, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/addsigner", Do: h.addSigner, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/takeaway", Do: h.takeAway, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/urge", Do: h.urge, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/takeback", Do: h.takeBack, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/redirect", Do: h.redirect, May: casework.MayRedirect},
		{Pattern: "POST /work/tasks/{region}/{id}/reject", Do: h.reject, May: casework.MayDecide},
		{Pattern: "POST /work/tasks/{region}/{id}/void", Do: h.void, May: casework.MayRedirect},
		{Pattern: "POST /work/tasks/{region}/{id}/wait", Do: h.endWaiting, May: casework.MayReadCase},
		{Pattern: "POST /work/tasks/{region}/{id}/pause", Do: h.pause, May: casework.MayExamine},
		{Pattern: "POST /work/tasks/{region}/{id}/resume", Do: h.resume, May: casework.MayExamine},
		{Pattern: "POST /work/tasks/{region}/{id}/extend", Do: h.extend, May: casework.MayExtend},
		{Pattern: "POST /work/tasks/{region}/{id}/unmask", Do: h.unmask, May: casework.MayReadCase},
		{Pattern: "GET /work/cases/{region}/{id}", Do: k.Show, May: casework.MayReadCase},
		{Pattern: "POST /work/cases/{region}/{id}/accept", Do: k.Accept, May: casework.MayAccept},
		{Pattern: "POST /work/cases/{region}/{id}/refuse", Do: k.Refuse, May: casework.MayAccept},
		{Pattern: "POST /work/cases/{region}/{id}/ask", Do: k.Ask, May: casework.MayAccept},
		{Pattern: "POST /work/cases/{region}/{id}/messages/{name}", Do: k.HandIn, May: casework.MayMessage},
		{Pattern: "POST /work/cases/{region}/{id}/unmask", Do: k.Unmask, May: casework.MayReadCase},
		{Pattern: "GET /work/cases/{region}/{id}/clock", Do: k.Clock, May: casework.MayReadCase},
		{Pattern: "GET /work/cases/{region}/{id}/flow.svg", Do: k.Flow, May: casework.MayReadCase},
		{Pattern: "GET /work/files/{region}/{case}/{hash}", Do: k.File, May: casework.MayReadCase},
	}
}

// Entries are what the side navigation of the workbench lists for these pages.
func Entries(ctx context.Context) []ui.Entry {
	out := []ui.Entry{{Key: "work", Text: i18n.T(ctx, "workbench.shape.own"), Href: "/work?shape=own", Icon: "mine"}}
	for _, e := range []struct{ shape, icon string }{{"post", "do"}, {"department", "find"}} {
		out = append(out, ui.Entry{Key: "work-" + e.shape, Text: i18n.T(ctx, "workbench.shape."+e.shape), Href: "/work?shape=" + e.shape, Icon: e.icon})
	}
	return append(out, ui.Entry{Key: "copies", Text: i18n.T(ctx, "workbench.copies"), Href: "/work/copies", Icon: "inbox"}, ui.Entry{Key: "deputies", Text: i18n.T(ctx, "workbench.deputies"), Href: "/work/deputies", Icon: "people"})
}

// render puts the three inboxes with their counts into the side navigation.
func (h pages) render(w http.ResponseWriter, r *http.Request, status int, p ui.Page, counts map[string]int, body templ.Component) error {
	ctx := r.Context()
	shell := ui.ShellOf(ctx)
	nav := maps.Clone(shell.Nav)
	if nav == nil {
		nav = map[ui.Face][]ui.Entry{}
	}
	mine := Entries(ctx)
	for i := range mine {
		mine[i].Count = counts[mine[i].Key]
	}
	others := slices.DeleteFunc(slices.Clone(nav[ui.Workbench]), func(e ui.Entry) bool {
		return slices.ContainsFunc(mine, func(m ui.Entry) bool { return m.Key == e.Key })
	})
	nav[ui.Workbench] = append(mine, others...)
	shell.Nav = nav
	p.Face = ui.Workbench
	return ui.Render(w, r.WithContext(ui.WithShell(ctx, shell)), status, p, body)
}
