package applicant

import (
	"context"
	"embed"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/web/upload"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/web"
)

// Strings are the words of these pages.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Casework     *casework.Service
	Bundles      *bundles.Service // nil: nothing is applied for as one thing
	Catalogue    *catalogue.Service
	Certificates *certificates.Service
	Identity     *identity.Service
	Files        *files.Store
	Clock        clock.Clock
}

type pages struct {
	Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d}
	may := casework.MayApply
	return []web.Route{
		{Pattern: "GET /apply/{region}/{code}", Do: h.apply, May: may},
		{Pattern: "POST /apply/{region}/{code}", Do: h.applyPost, May: may},
		{Pattern: "GET /drafts/{region}/{id}", Do: h.onDraft(h.tasks), May: may},
		{Pattern: "GET /drafts/{region}/{id}/continue", Do: h.onDraft(h.resume), May: may},
		{Pattern: "POST /drafts/{region}/{id}/discard", Do: h.discard, May: may},
		{Pattern: "GET /drafts/{region}/{id}/situation", Do: h.onDraft(h.situation), May: may},
		{Pattern: "POST /drafts/{region}/{id}/situation", Do: h.onDraft(h.situationPost), May: may},
		{Pattern: "GET /drafts/{region}/{id}/form", Do: h.onDraft(h.form), May: may},
		{Pattern: "POST /drafts/{region}/{id}/form", Do: h.onDraft(h.formPost), May: may},
		{Pattern: "GET /drafts/{region}/{id}/materials", Do: h.onDraft(h.materials), May: may},
		{Pattern: "POST /drafts/{region}/{id}/materials", Do: h.onDraft(h.materialsPost), May: may},
		{Pattern: "GET /drafts/{region}/{id}/check", Do: h.onDraft(h.check), May: may},
		{Pattern: "POST /drafts/{region}/{id}/check", Do: h.onDraft(h.submit), May: may},
		{Pattern: "GET /drafts/{region}/{id}/files/{hash}", Do: h.draftFile, May: may},
		{Pattern: "GET /cases/{region}/{id}", Do: h.showCase, May: may},
		{Pattern: "GET /cases/{region}/{id}/application", Do: h.readBack, May: may},
		{Pattern: "GET /cases/{region}/{id}/flow.svg", Do: h.flow, May: may},
		{Pattern: "GET /cases/{region}/{id}/clock", Do: h.clock, May: may},
		{Pattern: "GET /cases/{region}/{id}/supplement", Do: h.supplement, May: may},
		{Pattern: "POST /cases/{region}/{id}/supplement", Do: h.supplementPost, May: may},
		{Pattern: "GET /cases/{region}/{id}/withdraw", Do: h.withdraw, May: may},
		{Pattern: "POST /cases/{region}/{id}/withdraw", Do: h.withdrawPost, May: may},
		{Pattern: "GET /cases/{region}/{id}/materials", Do: h.follow, May: may},
		{Pattern: "POST /cases/{region}/{id}/materials", Do: h.followPost, May: may},
		{Pattern: "GET /cases/{region}/{id}/files/{hash}", Do: h.caseFile, May: may},
		{Pattern: "GET /bundles/{region}/{id}", Do: h.bundle, May: may},
		{Pattern: "GET /bundles/{region}/{id}/withdraw", Do: h.bundleWithdraw, May: may},
		{Pattern: "POST /bundles/{region}/{id}/withdraw", Do: h.bundleWithdrawPost, May: may},
		{Pattern: "GET /bundles/{region}/{id}/parts/{part}/withdraw", Do: h.bundleWithdraw, May: may},
		{Pattern: "POST /bundles/{region}/{id}/parts/{part}/withdraw", Do: h.bundleWithdrawPost, May: may},
		{Pattern: "GET /bundles/{region}/{id}/supplements", Do: h.bundleAsked, May: may},
		{Pattern: "POST /bundles/{region}/{id}/supplements", Do: h.bundleAskedPost, May: may},
		{Pattern: "GET /my", Do: h.my, May: may},
		{Pattern: "GET /progress", Do: h.progress, May: authz.Anyone},
		{Pattern: "POST /progress", Do: h.progressPost, May: authz.Anyone},
	}
}

// words finds a text of these pages.
func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "applicant."+key, pairs...)
}

// post reads a posted form of bounded size.
func post(w http.ResponseWriter, r *http.Request) error { return upload.Post(w, r) }

// draftPath is where a draft's pages lie.
func draftPath(region string, id casework.DraftID) string {
	return "/drafts/" + region + "/" + string(id)
}

// casePath is where a case's pages lie.
func casePath(region string, id casework.CaseID) string {
	if bundles.Is(id) {
		return bundlePath(region, bundles.ID(id))
	}
	return "/cases/" + region + "/" + string(id)
}

// bundlePath is where the pages of a one thing lie.
func bundlePath(region string, id bundles.ID) string {
	return "/bundles/" + region + "/" + string(id)
}
