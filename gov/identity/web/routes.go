package web

import (
	"embed"
	"net/http"

	"tongban/gov/identity"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/web"
)

// Strings are the words of these pages and of identity's faults.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Identity *identity.Service
	Secure   bool                                                   // the site is reached by https, so cookies stay on it
	Fail     func(http.ResponseWriter, *http.Request, *fault.Fault) // shows an error page when a session cannot be checked
	Things   Things                                                 // names items of mandates; nil leaves them as codes
	Home     func(r *http.Request) string                           // where a caller goes who asked for nothing in particular; nil is "/"
}

type pages struct {
	*identity.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Identity, d}
	return []web.Route{
		{Pattern: "GET /sign-in", Do: h.signIn, May: authz.Anyone},
		{Pattern: "POST /sign-in", Do: h.signInPost, May: authz.Anyone},
		{Pattern: "GET /sign-in/link/{secret}", Do: h.link, May: authz.Anyone},
		{Pattern: "POST /sign-in/link/{secret}", Do: h.linkPost, May: authz.Anyone},
		{Pattern: "POST /sign-out", Do: h.signOut, May: authz.Anyone},
		{Pattern: "GET /register", Do: h.register, May: authz.Anyone},
		{Pattern: "POST /register", Do: h.registerPost, May: authz.Anyone},
		{Pattern: "GET /account", Do: h.account, May: authz.SignedIn},
		{Pattern: "POST /account/act-for", Do: h.actFor, May: authz.SignedIn},
		{Pattern: "POST /account/sessions/{id}/end", Do: h.endSession, May: authz.SignedIn},
		{Pattern: "POST /account/sessions/end-others", Do: h.endOthers, May: authz.SignedIn},
		{Pattern: "POST /account/tokens", Do: h.newToken, May: authz.SignedIn},
		{Pattern: "POST /account/tokens/{id}/revoke", Do: h.revokeToken, May: authz.SignedIn},
		{Pattern: "GET /account/password", Do: h.password, May: authz.SignedIn},
		{Pattern: "POST /account/password", Do: h.passwordPost, May: authz.SignedIn},
		{Pattern: "GET /my/mandates", Do: h.mandates, May: identity.MayGrantMandates},
		{Pattern: "POST /my/mandates", Do: h.mandatesPost, May: identity.MayGrantMandates},
		{Pattern: "POST /my/mandates/{id}/end", Do: h.endMandate, May: identity.MayGrantMandates},
		{Pattern: "GET /counter/accounts", Do: h.help, May: identity.MayHelpResidents},
		{Pattern: "POST /counter/accounts", Do: h.helpPost, May: identity.MayHelpResidents},
		{Pattern: "GET /admin/people", Do: h.people, May: identity.MayReadOfficers},
		{Pattern: "POST /admin/people", Do: h.openOfficer, May: identity.MayOpenAccounts},
		{Pattern: "GET /admin/people/{account}", Do: h.officer, May: identity.MayReadOfficers},
		{Pattern: "POST /admin/people/{account}/posts", Do: h.assignPost, May: identity.MayAssignPosts},
		{Pattern: "GET /admin/people/{account}/posts/{id}/end", Do: h.askEndPost, May: identity.MayAssignPosts},
		{Pattern: "POST /admin/people/{account}/posts/{id}/end", Do: h.endPost, May: identity.MayAssignPosts},
		{Pattern: "POST /admin/people/{account}/link", Do: h.invite, May: identity.MayOpenAccounts},
		{Pattern: "GET /admin/people/{account}/close", Do: h.askClose, May: identity.MayOpenAccounts},
		{Pattern: "POST /admin/people/{account}/close", Do: h.closeOfficer, May: identity.MayOpenAccounts},
	}
}

// caller says where the request comes from.
func (h pages) caller(r *http.Request) identity.Caller {
	return identity.Caller{Device: device(r.UserAgent()), Address: web.Address(r)}
}

// maxForm bounds the body of a form of these pages, in bytes.
const maxForm = 64 << 10

// form reads a posted form of bounded size.
func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	return nil
}

// errForm refuses a body that is no form, or a far too long one.
var errForm = fault.Invalid("identity.form")
