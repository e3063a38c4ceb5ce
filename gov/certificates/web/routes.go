package web

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/platform/authz"
	"tongban/platform/web"
)

// Strings are the words of these pages and of the faults of certificates and
// of package sign.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Certificates *certificates.Service
	CasePath     func(region, caseID string) string // page of a case; nil: no link to it
	Types        *kinds.Service
	TypeRegion   string                                                                                        // whose types are kept here
	ItemsOf      func(ctx context.Context, refs []string) (list []catalogue.RelatedItem, more bool, err error) // of a type; nil: none are listed
	Wallets      *wallets.Service
	Nodes        *trusted.Service // nil: no other installation is asked
}

type pages struct {
	*certificates.Service
	d Deps
}

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d.Certificates, d}
	return []web.Route{
		{Pattern: "GET /verify", Do: h.verify, May: authz.Anyone},
		{Pattern: "POST /verify", Do: h.verifyPost, May: authz.Anyone},
		{Pattern: "GET /verify/offline.html", Do: h.offlinePage, May: authz.Anyone},
		{Pattern: "GET /verify/{code}", Do: h.verifyCode, May: authz.Anyone},
		{Pattern: "GET /.well-known/tongban-trust.json", Do: h.trust, May: authz.Anyone},
		{Pattern: "GET /.well-known/tongban-jwks.json", Do: h.keys, May: authz.Anyone},
		{Pattern: "GET /my/papers", Do: h.myPapers, May: certificates.MayHold},
		{Pattern: "GET /papers/{region}/{file}", Do: h.paper, May: authz.SignedIn},
		{Pattern: "GET /papers/{region}/{id}/acts/{act}", Do: h.act, May: certificates.MayManage},
		{Pattern: "POST /papers/{region}/{id}/acts/{act}", Do: h.actPost, May: certificates.MayManage},
		{Pattern: "POST /papers/{region}/{id}/wallet", Do: h.wallet, May: certificates.MayHold},
		{Pattern: "GET /verify/ask", Do: h.ask, May: wallets.MayAsk},
		{Pattern: "POST /verify/ask", Do: h.askPost, May: wallets.MayAsk},
		{Pattern: "GET /verify/ask/{region}/{id}", Do: h.asked, May: wallets.MayAsk},
		// What wallets speak to: the codes and proofs in what they send say who they are.
		{Pattern: "GET /.well-known/openid-credential-issuer", Do: h.issuerMetadata, May: authz.Anyone},
		{Pattern: "GET /.well-known/oauth-authorization-server", Do: h.authorizationMetadata, May: authz.Anyone},
		{Pattern: "GET /.well-known/jwt-vc-issuer", Do: h.issuerKeys, May: authz.Anyone},
		{Pattern: "GET /openid4vci/offers/{region}/{id}", Do: h.offer, May: authz.Anyone},
		{Pattern: "POST /openid4vci/par", Do: h.pushed, May: authz.Anyone},
		{Pattern: "GET /openid4vci/authorize", Do: h.authorize, May: certificates.MayHold},
		{Pattern: "POST /openid4vci/authorize", Do: h.authorizePost, May: certificates.MayHold},
		{Pattern: "POST /openid4vci/token", Do: h.token, May: authz.Anyone},
		{Pattern: "POST /openid4vci/nonce", Do: h.nonce, May: authz.Anyone},
		{Pattern: "POST /openid4vci/credential", Do: h.credential, May: authz.Anyone},
		{Pattern: "GET /openid4vci/status/{region}/{list}", Do: h.statusList, May: authz.Anyone},
		{Pattern: "POST /openid4vp/{region}/{id}", Do: h.presented, May: authz.Anyone},
		{Pattern: "GET /certificate-types", Do: h.types, May: authz.Anyone},
		{Pattern: "GET /certificate-types/{code}", Do: h.typePage, May: authz.Anyone},
		{Pattern: "GET /certificate-types/{code}/edit", Do: h.editType, May: kinds.MayDefine},
		{Pattern: "POST /certificate-types/{code}/edit", Do: h.proposeType, May: kinds.MayDefine},
		{Pattern: "POST /certificate-types/{code}/{version}/decision", Do: h.decideType, May: kinds.MayApprove},
	}
}

// trust answers GET /.well-known/tongban-trust.json: the public keys, for
// checking papers without a network.
func (h pages) trust(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="tongban-trust.json"`)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(h.TrustList().JSON())
	return err
}

// paperPath is the page of a paper.
func paperPath(p certificates.Paper) string { return "/papers/" + p.Region + "/" + p.ID }

// checkPath is the public page of a paper.
func checkPath(code string) string { return "/verify/" + code }

// idOf splits the last part of a path: "pap_1.pdf" asks for that form; other
// endings belong to no paper.
func idOf(last string) (id, form string) {
	for _, form := range []string{certificates.FormPDF, certificates.FormOFD, certificates.FormJWS, "json"} {
		if id, ok := strings.CutSuffix(last, "."+form); ok {
			return id, form
		}
	}
	return last, ""
}

// keys answers GET /.well-known/tongban-jwks.json: the same keys as a set that
// libraries for signed tokens read.
func (h pages) keys(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(h.TrustList().JWKS())
	return err
}
