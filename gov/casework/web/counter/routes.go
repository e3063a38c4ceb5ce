package counter

import (
	"context"
	"embed"
	"net/http"

	"github.com/a-h/templ"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/reuse"
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
	Reuse        *reuse.Service   // nil: the clerk types the codes of certificates
	Catalogue    *catalogue.Service
	Certificates *certificates.Service
	Identity     *identity.Service
	Files        *files.Store
	Clock        clock.Clock
	Secure       bool // the site is reached by https, so cookies stay on it
}

type pages struct {
	Deps
	desk casefile.Desk
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d, casefile.Desk{Services: casefile.Services{Casework: d.Casework, Bundles: d.Bundles, Certificates: d.Certificates}, Files: d.Files, Face: ui.Counter, Active: "counter_accept", Root: "/counter", Purpose: casefile.ForAcceptance,
		Home: func(ctx context.Context) ui.Link {
			return ui.Link{Text: i18n.T(ctx, "counter.back"), Href: "/counter/acceptance"}
		},
		Done: func(c casework.Case, _ string) string { return receiptHref(c.Number) }}}
	k := h.desk
	return []web.Route{
		{Pattern: "GET /counter", Do: h.identify, May: casework.MayIntake},
		{Pattern: "POST /counter/identify", Do: h.identifyPost, May: casework.MayIntake},
		{Pattern: "POST /counter/register", Do: h.registerPost, May: casework.MayIntake},
		{Pattern: "GET /counter/people/{person}", Do: h.person, May: casework.MayIntake},
		{Pattern: "POST /counter/people/{person}/start", Do: h.start, May: casework.MayIntake},
		{Pattern: "POST /counter/people/{person}/continue", Do: h.goOn, May: casework.MayIntake},
		{Pattern: "GET /counter/drafts/{region}/{id}", Do: h.intake, May: casework.MayIntake},
		{Pattern: "POST /counter/drafts/{region}/{id}", Do: h.intakePost, May: casework.MayIntake},
		{Pattern: "POST /counter/drafts/{region}/{id}/discard", Do: h.discard, May: casework.MayIntake},
		{Pattern: "GET /counter/drafts/{region}/{id}/files/{hash}", Do: h.draftFile, May: casework.MayIntake},
		{Pattern: "GET /counter/receipts/{number}", Do: h.receipt, May: casework.MayIntake},
		{Pattern: "GET /counter/bundles/{number}", Do: h.bundle, May: casework.MayIntake},
		{Pattern: "GET /counter/handouts", Do: h.handouts, May: casework.MayHandOut},
		{Pattern: "GET /counter/handouts/{region}/{id}", Do: h.handout, May: casework.MayHandOut},
		{Pattern: "POST /counter/handouts/{region}/{id}/hand-over", Do: h.handOver, May: casework.MayHandOut},
		{Pattern: "POST /counter/handouts/{region}/{id}/post", Do: h.postHandout, May: casework.MayHandOut},
		{Pattern: "GET /counter/handouts/{region}/{id}/slip.pdf", Do: h.slip, May: casework.MayHandOut},
		{Pattern: "POST /counter/cases/{region}/{id}/handouts", Do: h.again, May: casework.MayHandOut},
		{Pattern: "GET /counter/cases", Do: h.day, May: casework.MayIntake},
		{Pattern: "GET /counter/acceptance", Do: h.acceptance, May: casework.MayIntake},
		{Pattern: "GET /counter/cases/{region}/{id}", Do: k.Show, May: casework.MayIntake},
		{Pattern: "POST /counter/cases/{region}/{id}/accept", Do: k.Accept, May: casework.MayAccept},
		{Pattern: "POST /counter/cases/{region}/{id}/refuse", Do: k.Refuse, May: casework.MayAccept},
		{Pattern: "POST /counter/cases/{region}/{id}/ask", Do: k.Ask, May: casework.MayAccept},
		{Pattern: "POST /counter/cases/{region}/{id}/unmask", Do: k.Unmask, May: casework.MayIntake},
		{Pattern: "GET /counter/cases/{region}/{id}/clock", Do: k.Clock, May: casework.MayIntake},
		{Pattern: "GET /counter/cases/{region}/{id}/flow.svg", Do: k.Flow, May: casework.MayIntake},
		{Pattern: "GET /counter/cases/{region}/{id}/supplement", Do: h.supplement, May: casework.MayIntake},
		{Pattern: "POST /counter/cases/{region}/{id}/supplement", Do: h.supplementPost, May: casework.MayIntake},
		{Pattern: "GET /counter/files/{region}/{case}/{hash}", Do: k.File, May: casework.MayIntake},
	}
}

func render(w http.ResponseWriter, r *http.Request, status int, p ui.Page, body templ.Component) error {
	p.Face = ui.Counter
	return ui.Render(w, r, status, p, body)
}

// nextPerson is the key that ends with one person and waits for the next.
func nextPerson(ctx context.Context) ui.Key {
	return ui.Key{Name: "F2", Text: i18n.T(ctx, "counter.key.next"), Href: "/counter"}
}
