package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/wallets"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// walletView is a certificate on its way into its holder's wallet.
type walletView struct {
	certificates.Found
	Offer wallets.Offered
}

// wallet answers POST /papers/{region}/{id}/wallet. The page is shown at once
// and not after a redirect: code and number are shown once and kept nowhere.
func (h pages) wallet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := h.Paper(ctx, r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	o, err := h.d.Wallets.Offer(ctx, f.Region, f.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: i18n.T(ctx, "certificates.wallet.title", "title", f.Title), Lead: i18n.T(ctx, "certificates.wallet.lead"), Eyebrow: f.Number,
		Face: ui.Portal, Active: "mine", Back: ui.Link{Href: paperPath(f.Paper)}}, walletPage(walletView{f, o}))
}

// askView asks somebody present to show a certificate.
type askView struct {
	Types    []kinds.Type
	Chosen   kinds.Type
	Claims   []string
	Purpose  string
	Key      string
	Problems []ui.Problem
}

// ask answers GET /verify/ask.
func (h pages) ask(w http.ResponseWriter, r *http.Request) error {
	return h.showAsk(w, r, http.StatusOK, askView{Key: id.Secret(16)}, r.URL.Query().Get("type"))
}

func (h pages) showAsk(w http.ResponseWriter, r *http.Request, status int, v askView, code string) (err error) {
	ctx := r.Context()
	if v.Types, err = h.d.Types.List(ctx, ""); err != nil {
		return err
	}
	if i := slices.IndexFunc(v.Types, func(t kinds.Type) bool { return t.Code == code }); i >= 0 {
		v.Chosen = v.Types[i]
	}
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(ctx, "certificates.ask.title"), Lead: i18n.T(ctx, "certificates.ask.lead"), Face: ui.Counter, Active: "ask", Problems: v.Problems}, askPage(v))
}

// askPost answers POST /verify/ask.
func (h pages) askPost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, f := r.Context(), r.PostForm
	v := askView{Claims: f["claim"], Purpose: f.Get("purpose"), Key: f.Get("key")}
	if v.Key != "" {
		ctx = once.With(ctx, v.Key)
	}
	q, err := h.d.Wallets.Ask(ctx, h.d.TypeRegion, wallets.Wanted{Type: f.Get("type"), Claims: v.Claims}, v.Purpose)
	if errors.Is(err, wallets.ErrWanted) || errors.Is(err, wallets.ErrMany) || errors.Is(err, kinds.ErrNoType) {
		if len(v.Claims) == 0 {
			v.Problems = append(v.Problems, ui.Problem{Field: "claim", Text: i18n.T(ctx, "certificates.ask.need_claim")})
		}
		if strings.TrimSpace(v.Purpose) == "" {
			v.Problems = append(v.Problems, ui.Problem{Field: "purpose", Text: i18n.T(ctx, "certificates.ask.need_purpose")})
		}
		if len(v.Problems) == 0 {
			v.Problems = []ui.Problem{{Field: "type", Text: web.Words(ctx, fault.Of(err))}}
		}
		return h.showAsk(w, r, http.StatusUnprocessableEntity, v, f.Get("type"))
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.showRequest(w, r, q)
}

// asked answers GET /verify/ask/{region}/{id}: what was shown, or still nothing.
func (h pages) asked(w http.ResponseWriter, r *http.Request) error {
	q, err := h.d.Wallets.Result(r.Context(), r.PathValue("region"), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showRequest(w, r, q)
}

// requestView is a request, and what came of it.
type requestView struct {
	wallets.Request
	Type kinds.Type
	Over bool // nobody showed anything in time
}

func requestPath(q wallets.Request) string { return "/verify/ask/" + q.Region + "/" + q.ID }

func (h pages) showRequest(w http.ResponseWriter, r *http.Request, q wallets.Request) error {
	ctx := r.Context()
	t, err := h.d.Types.InForce(ctx, q.Wanted.Type)
	if err != nil {
		return err
	}
	title := i18n.T(ctx, "certificates.ask.waiting", "name", said(ctx, t.Name))
	switch {
	case q.Shown != nil && q.Shown.Status == wallets.Declined:
		title = i18n.T(ctx, "certificates.ask.title")
	case q.Shown != nil:
		title = i18n.T(ctx, "certificates.ask.shown", "name", said(ctx, t.Name))
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: title, Eyebrow: q.Purpose, Face: ui.Counter, Active: "ask"}, requestPage(requestView{q, t, q.Shown == nil && h.Clock.Now().After(q.Expires)}))
}

// label is a claim in the reader's language.
func (v requestView) label(ctx context.Context, claim string) string {
	if f, ok := v.Type.Field(claim); ok {
		return said(ctx, f.Label)
	}
	return i18n.T(ctx, "certificates.ask.claim."+claim)
}

// rows are what was shown; what was asked for and withheld says so.
func (v requestView) rows(ctx context.Context) (out []ui.SummaryRow) {
	for _, c := range v.Wanted.Claims {
		value, ok := v.Shown.Claims[c]
		if !ok {
			value = i18n.T(ctx, "certificates.ask.withheld")
		}
		out = append(out, ui.SummaryRow{Key: v.label(ctx, c), Value: value})
	}
	return append(out, ui.SummaryRow{Key: i18n.T(ctx, "certificates.fact.issuer"), Value: v.Shown.Issuer}, ui.SummaryRow{Key: i18n.T(ctx, "certificates.fact.as_of"), Value: i18n.DateTime(ctx, v.AnsweredAt)})
}

// claimOptions are what can be asked of a type.
func claimOptions(ctx context.Context, t kinds.Type) (out []ui.Option) {
	out = append(out, ui.Option{Value: "holder_name", Text: i18n.T(ctx, "certificates.ask.claim.holder_name")})
	for _, f := range t.Fields {
		out = append(out, ui.Option{Value: f.Key, Text: said(ctx, f.Label)})
	}
	return out
}

// What follows speaks to wallets, in the words of the standards: JSON both
// ways, errors by their OAuth names.

// standard are the faults whose codes end with the name that the standards have for them.
var standard = []*fault.Fault{wallets.ErrGrant, wallets.ErrGrantType, wallets.ErrToken, wallets.ErrProof, wallets.ErrNonce, wallets.ErrConfig, wallets.ErrIdentifier, wallets.ErrAsked, wallets.ErrEncryption,
	wallets.ErrScope, wallets.ErrDetails, wallets.ErrResponseType, wallets.ErrRequestURI}

// oauth is the name that the standards have for a fault.
func oauth(f *fault.Fault) string {
	switch {
	case slices.ContainsFunc(standard, func(n *fault.Fault) bool { return n.Code == f.Code }):
		return f.Code[strings.LastIndexByte(f.Code, '.')+1:]
	case f.Code == wallets.ErrNotInForce.Code || f.Code == wallets.ErrNoType.Code:
		return "credential_request_denied"
	}
	return "invalid_request"
}

func sendJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

// open lets programs in browsers of other sites read what anybody may read.
func open(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "*") }

// refuse tells a wallet why, or leaves what is nobody's business to the frame. The
// words are English: the standards want them in ASCII (RFC 6749 §5.2).
func refuse(w http.ResponseWriter, r *http.Request, err error) error {
	f := fault.Of(err)
	if f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		return err
	}
	name, status := oauth(f), http.StatusBadRequest
	if name == "invalid_token" {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		if r.Header.Get("Authorization") == "" { // RFC 6750 §3.1: no error where nothing was tried
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
	}
	return sendJSON(w, status, map[string]string{"error": name, "error_description": web.Words(i18n.In(r.Context(), i18n.English), f)})
}

func (h pages) issuerMetadata(w http.ResponseWriter, r *http.Request) error {
	m, err := h.d.Wallets.Metadata(r.Context())
	if err != nil {
		return err
	}
	open(w)
	return sendJSON(w, http.StatusOK, m)
}

func (h pages) authorizationMetadata(w http.ResponseWriter, r *http.Request) error {
	open(w)
	return sendJSON(w, http.StatusOK, h.d.Wallets.Authorization())
}

func (h pages) issuerKeys(w http.ResponseWriter, r *http.Request) error {
	open(w)
	return sendJSON(w, http.StatusOK, h.d.Wallets.Keys())
}

func (h pages) offer(w http.ResponseWriter, r *http.Request) error {
	o, err := h.d.Wallets.Offered(r.Context(), r.PathValue("region"), r.PathValue("id"), r.URL.Query().Get("code"))
	if err != nil {
		return refuse(w, r, err)
	}
	return sendJSON(w, http.StatusOK, o)
}

func (h pages) token(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if err := r.ParseForm(); err != nil {
		return refuse(w, r, errForm)
	}
	f := r.PostForm
	for _, values := range f {
		if len(values) != 1 {
			return refuse(w, r, wallets.ErrParameter)
		}
	}
	var g wallets.Granted
	var err error
	switch grant := f.Get("grant_type"); grant {
	case "authorization_code":
		if err = needs(f, "code", "client_id", "redirect_uri", "code_verifier"); err == nil {
			g, err = h.d.Wallets.RedeemCode(r.Context(), f.Get("code"), f.Get("client_id"), f.Get("redirect_uri"), f.Get("code_verifier"))
		}
	case wallets.PreAuthorized:
		if err = needs(f, "pre-authorized_code", "tx_code"); err == nil {
			g, err = h.d.Wallets.Redeem(r.Context(), f.Get("pre-authorized_code"), f.Get("tx_code"), f.Get("authorization_details"))
		}
	case "":
		err = wallets.ErrParameter
	default:
		err = wallets.ErrGrantType
	}
	if err != nil {
		return refuse(w, r, err)
	}
	return sendToken(w, g)
}

// needs wants all of some parameters.
func needs(f url.Values, names ...string) error {
	if slices.ContainsFunc(names, func(n string) bool { return f.Get(n) == "" }) {
		return wallets.ErrParameter
	}
	return nil
}

func (h pages) nonce(w http.ResponseWriter, r *http.Request) error {
	return sendJSON(w, http.StatusOK, map[string]string{"c_nonce": h.d.Wallets.Nonce()})
}

func (h pages) credential(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Configuration string `json:"credential_configuration_id"`
		Identifier    string `json:"credential_identifier"`
		Proofs        struct {
			JWT []string `json:"jwt"`
		} `json:"proofs"`
		Encryption json.RawMessage `json:"credential_response_encryption"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in); err != nil || (in.Identifier == "") == (in.Configuration == "") {
		return refuse(w, r, wallets.ErrAsked.Because(err))
	}
	if in.Encryption != nil {
		return refuse(w, r, wallets.ErrEncryption)
	}
	if len(in.Proofs.JWT) != 1 {
		return refuse(w, r, wallets.ErrProof)
	}
	if in.Configuration == "" { // where authorization_details were asked for
		in.Configuration = wallets.ConfigurationOf(in.Identifier)
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return refuse(w, r, wallets.ErrToken)
	}
	c, err := h.d.Wallets.Issue(r.Context(), token, in.Configuration, in.Proofs.JWT[0])
	if errors.Is(err, wallets.ErrConfig) && in.Identifier != "" {
		err = wallets.ErrIdentifier.Because(err)
	}
	if err != nil {
		return refuse(w, r, err)
	}
	return sendJSON(w, http.StatusOK, map[string]any{"credentials": []map[string]string{{"credential": c}}})
}

func (h pages) statusList(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("list"), 10, 64)
	if err != nil || n < 1 {
		return wallets.ErrNoList
	}
	list, err := h.d.Wallets.StatusList(r.Context(), r.PathValue("region"), n)
	if err != nil {
		return err
	}
	open(w)
	w.Header().Set("Content-Type", "application/statuslist+jwt")
	w.Header().Set("Cache-Control", "public, max-age=60")
	_, err = w.Write([]byte(list))
	return err
}

func (h pages) presented(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
	if err := r.ParseForm(); err != nil {
		return refuse(w, r, errForm)
	}
	region, id, f := r.PathValue("region"), r.PathValue("id"), r.PostForm
	var err error
	if f.Get("error") != "" {
		err = h.d.Wallets.Decline(r.Context(), region, id, f.Get("state"))
	} else {
		err = h.d.Wallets.Answer(r.Context(), region, id, f.Get("state"), f.Get("vp_token"))
	}
	if err != nil {
		return refuse(w, r, err)
	}
	return sendJSON(w, http.StatusOK, map[string]string{})
}
