package holding

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Holding  *holding.Service
	Files    *files.Store
	CasePath func(region, caseID string) string
	Regions  []Region // that supervisors can look at
}

// Region is a region by name.
type Region struct{ Code, Zh, En string }

type pages struct {
	*holding.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Holding, d}
	return []web.Route{
		{Pattern: "GET /my/certificates", Do: h.wallet, May: certificates.MayHold},
		{Pattern: "GET /my/certificates/{region}/{id}", Do: h.certificate, May: certificates.MayHold},
		{Pattern: "POST /my/certificates/{region}/{id}/show", Do: h.showPost, May: certificates.MayHold},
		{Pattern: "GET /my/showings/{region}/{id}", Do: h.showing, May: certificates.MayHold},
		{Pattern: "POST /my/showings/{region}/{id}/end", Do: h.showingEnd, May: certificates.MayHold},
		{Pattern: "GET /shown", Do: h.look, May: authz.Anyone},
		{Pattern: "GET /shown/{digits}", Do: h.looked, May: authz.Anyone},
		{Pattern: "GET /my/certificates/{region}/{id}/give", Do: h.give, May: certificates.MayHold},
		{Pattern: "POST /my/certificates/{region}/{id}/give", Do: h.givePost, May: certificates.MayHold},
		{Pattern: "GET /my/copies", Do: h.copies, May: certificates.MayHold},
		{Pattern: "GET /my/copies/{region}/{file}", Do: h.copy, May: certificates.MayHold},
		{Pattern: "POST /my/copies/{region}/{id}/end", Do: h.copyEnd, May: certificates.MayHold},
		{Pattern: "GET /my/certificates/{region}/{id}/permit", Do: h.permit, May: certificates.MayHold},
		{Pattern: "POST /my/certificates/{region}/{id}/permit", Do: h.permitPost, May: certificates.MayHold},
		{Pattern: "GET /my/permits", Do: h.permits, May: certificates.MayHold},
		{Pattern: "POST /my/permits/{region}/{id}/{act}", Do: h.permitAct, May: certificates.MayHold},
		{Pattern: "GET /my/uses", Do: h.uses, May: certificates.MayHold},
		{Pattern: "GET /my/certificates/{region}/{id}/object", Do: h.object, May: certificates.MayHold},
		{Pattern: "POST /my/certificates/{region}/{id}/object", Do: h.objectPost, May: certificates.MayHold},
		{Pattern: "GET /my/objections/{region}/{id}", Do: h.objection, May: certificates.MayHold},
		{Pattern: "POST /my/objections/{region}/{id}/withdraw", Do: h.objectionWithdraw, May: certificates.MayHold},
		{Pattern: "GET /objections/{region}/{id}/files/{hash}", Do: h.proof, May: authz.SignedIn},
		{Pattern: "GET /objections", Do: h.toAnswer, May: certificates.MayManage},
		{Pattern: "GET /objections/{region}/{id}", Do: h.resolve, May: certificates.MayManage},
		{Pattern: "POST /objections/{region}/{id}", Do: h.resolvePost, May: certificates.MayManage},
		{Pattern: "GET /copies/{region}/{file}", Do: h.received, May: certificates.MayRead},
		{Pattern: "GET /certificate-uses", Do: h.watch, May: holding.MayWatch},
		{Pattern: "GET /counter/guardians", Do: h.guardians, May: holding.MayVouch},
		{Pattern: "POST /counter/guardians", Do: h.guardiansPost, May: holding.MayVouch},
		{Pattern: "GET /counter/guardians/find", Do: h.guardianFind, May: holding.MayVouch},
		{Pattern: "POST /counter/guardians/find", Do: h.guardianFindPost, May: holding.MayVouch},
		{Pattern: "GET /counter/guardians/{id}", Do: h.guardian, May: holding.MayVouch},
		{Pattern: "POST /counter/guardians/{id}/end", Do: h.guardianEnd, May: holding.MayVouch},
	}
}

// errForm refuses a body that is no form.
var errForm = fault.Invalid("certificates.holding.form")

// form reads a posted form with the key that makes it one command.
func form(w http.ResponseWriter, r *http.Request) (context.Context, url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return r.Context(), nil, errForm.Because(err)
	}
	ctx := r.Context()
	if key := r.PostForm.Get("key"); key != "" {
		ctx = once.With(ctx, key)
	}
	return ctx, r.PostForm, nil
}

// newKey is the key of a form.
func newKey() string { return id.Secret(16) }

// t are words of these pages.
func t(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "holding."+key, pairs...)
}

func certificatePath(region, paper string) string { return "/my/certificates/" + region + "/" + paper }
func copyPath(region, paper string) string        { return "/my/copies/" + region + "/" + paper }
func showingPath(x holding.Showing) string        { return "/my/showings/" + x.Region + "/" + x.ID }
func objectionPath(o holding.Objection) string    { return "/my/objections/" + o.Region + "/" + o.ID }

// endOf is the last second of the day that was entered; zero when it is none.
func endOf(day string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(day), i18n.Zone)
	if err != nil {
		return time.Time{}
	}
	return at.AddDate(0, 0, 1).Add(-time.Second)
}

func dayOf(at time.Time) string { return at.In(i18n.Zone).Format(time.DateOnly) }

// statusOf is what a certificate is worth, as a word with a shape.
func statusOf(ctx context.Context, s certificates.Status) ui.Status {
	st := ui.Status{Text: i18n.T(ctx, "certificates.status."+string(s)), Tone: ui.Bad, Shape: "cross"}
	switch s {
	case certificates.Valid:
		st.Tone, st.Shape = ui.OK, ""
	case certificates.Expired, certificates.Superseded, certificates.Suspended, certificates.Moved:
		st.Tone, st.Shape = ui.Warn, ""
	}
	return st
}

// standing is statusOf, with a word for what ends soon.
func (h pages) standing(ctx context.Context, x holding.Held) ui.Status {
	if x.EndsSoon(h.Clock.Now()) {
		return ui.Status{Text: t(ctx, "wallet.soon"), Tone: ui.Warn}
	}
	return statusOf(ctx, x.Status)
}

func until(ctx context.Context, at time.Time) string {
	if at.IsZero() {
		return i18n.T(ctx, "certificates.fact.no_end")
	}
	return i18n.Date(ctx, at)
}

// mine is the frame of a holder's page.
func mine(ctx context.Context, title string, crumbs ...ui.Link) ui.Page {
	return ui.Page{Title: title, Face: ui.Portal, Active: "wallet", Crumbs: append([]ui.Link{{Text: t(ctx, "wallet.title"), Href: "/my/certificates"}}, crumbs...)}
}

func crumb(x holding.Held) ui.Link {
	return ui.Link{Text: x.Title, Href: certificatePath(x.Region, x.ID)}
}
