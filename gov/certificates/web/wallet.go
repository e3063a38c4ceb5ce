package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
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
	if errors.Is(err, wallets.ErrWanted) || errors.Is(err, kinds.ErrNoType) {
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
	if q.Shown != nil {
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

// oauth are the names that the standards have for faults.
var oauth = map[string]string{wallets.ErrGrant.Code: "invalid_grant", wallets.ErrToken.Code: "invalid_token", wallets.ErrProof.Code: "invalid_proof", wallets.ErrNonce.Code: "invalid_nonce",
	wallets.ErrConfig.Code: "unknown_credential_configuration", wallets.ErrScope.Code: "invalid_scope", wallets.ErrRequestURI.Code: "invalid_request_uri", wallets.ErrShown.Code: "invalid_request", wallets.ErrNoRequest.Code: "invalid_request",
	wallets.ErrAnswered.Code: "invalid_request", wallets.ErrLate.Code: "invalid_request"}

func sendJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}

// refuse tells a wallet why, or leaves what is nobody's business to the frame.
func refuse(w http.ResponseWriter, r *http.Request, err error) error {
	f := fault.Of(err)
	if f.Kind == fault.KindInternal || f.Kind == fault.KindUnavailable {
		return err
	}
	name, ok := oauth[f.Code]
	if !ok {
		name = "invalid_request"
	}
	status := http.StatusBadRequest
	if name == "invalid_token" {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	return sendJSON(w, status, map[string]string{"error": name, "error_description": web.Words(r.Context(), f)})
}

func (h pages) issuerMetadata(w http.ResponseWriter, r *http.Request) error {
	m, err := h.d.Wallets.Metadata(r.Context())
	if err != nil {
		return err
	}
	return sendJSON(w, http.StatusOK, m)
}

func (h pages) authorizationMetadata(w http.ResponseWriter, r *http.Request) error {
	return sendJSON(w, http.StatusOK, h.d.Wallets.Authorization())
}

func (h pages) issuerKeys(w http.ResponseWriter, r *http.Request) error {
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
	if f.Get("grant_type") == "authorization_code" {
		return h.tokenForCode(w, r, f)
	}
	token, life, err := h.d.Wallets.Redeem(r.Context(), f.Get("grant_type"), f.Get("pre-authorized_code"), f.Get("tx_code"))
	if err != nil {
		return refuse(w, r, err)
	}
	return sendJSON(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(life.Seconds())})
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
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&in); err != nil {
		return refuse(w, r, errForm)
	}
	if len(in.Proofs.JWT) != 1 {
		return refuse(w, r, wallets.ErrProof)
	}
	if in.Identifier != "" && in.Configuration == "" { // where authorization_details were asked for
		in.Configuration = wallets.ConfigurationOf(in.Identifier)
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	c, err := h.d.Wallets.Issue(r.Context(), token, in.Configuration, in.Proofs.JWT[0])
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
	if err := h.d.Wallets.Answer(r.Context(), r.PathValue("region"), r.PathValue("id"), r.PostForm.Get("state"), r.PostForm.Get("vp_token")); err != nil {
		return refuse(w, r, err)
	}
	return sendJSON(w, http.StatusOK, map[string]string{})
}
