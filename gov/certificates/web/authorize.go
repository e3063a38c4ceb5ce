package web

import (
	"context"
	"net/http"
	"strings"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/wallets"
	"tongban/platform/i18n"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/ui"
)

// consentView asks a resident whether a wallet may have one of his certificates.
type consentView struct {
	wallets.Authorization
	Type     kinds.Type
	Papers   []certificates.Found
	Problems []ui.Problem
	Key      string
	Deny     string
}

// pushed answers POST /openid4vci/par.
func (h pages) pushed(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return refuse(w, r, errForm)
	}
	uri, life, err := h.d.Wallets.Push(r.Context(), r.PostForm)
	if err != nil {
		return refuse(w, r, err)
	}
	return sendJSON(w, http.StatusCreated, map[string]any{"request_uri": uri, "expires_in": int(life.Seconds())})
}

// authorize answers GET /openid4vci/authorize: the page on which the holder
// decides. Whoever is not signed in signs in first and comes back.
func (h pages) authorize(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	a, err := h.d.Wallets.Pushed(q.Get("client_id"), q.Get("request_uri"))
	if err != nil {
		return err
	}
	return h.showConsent(w, r, http.StatusOK, consentView{Authorization: a, Key: id.Secret(16)})
}

func (h pages) showConsent(w http.ResponseWriter, r *http.Request, status int, v consentView) (err error) {
	ctx := r.Context()
	if v.Type, err = h.d.Types.InForce(ctx, v.Authorization.Type); err != nil {
		return err
	}
	if v.Papers, err = h.d.Wallets.Candidates(ctx, v.Authorization); err != nil {
		return err
	}
	v.Deny = h.d.Wallets.Deny(v.Authorization)
	w.Header().Set("Cache-Control", "no-store")
	// Browsers count where a form's answer leads to as well: the wallet and nobody else.
	w.Header().Set("Content-Security-Policy", strings.Replace(ui.ContentSecurityPolicy, "form-action 'self'", "form-action 'self' "+v.Origin(), 1))
	return ui.Render(w, r, status, ui.Page{Title: i18n.T(ctx, "certificates.consent.title", "name", said(ctx, v.Type.Name)), Lead: i18n.T(ctx, "certificates.consent.lead"), Face: ui.Portal, Active: "mine", Problems: v.Problems}, consentPage(v))
}

// authorizePost answers POST /openid4vci/authorize.
func (h pages) authorizePost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	ctx, f := r.Context(), r.PostForm
	a, err := h.d.Wallets.Pushed(f.Get("client_id"), f.Get("request_uri"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if f.Get("act") != "agree" {
		http.Redirect(w, r, h.d.Wallets.Deny(a), http.StatusSeeOther)
		return nil
	}
	region, paper, ok := strings.Cut(f.Get("paper"), "/")
	if !ok {
		return h.showConsent(w, r, http.StatusUnprocessableEntity, consentView{Authorization: a, Key: f.Get("key"), Problems: []ui.Problem{{Field: "paper", Text: i18n.T(ctx, "certificates.consent.choose")}}})
	}
	if key := f.Get("key"); key != "" {
		ctx = once.With(ctx, key)
	}
	to, err := h.d.Wallets.Consent(ctx, a, region, paper)
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// sendToken answers POST /openid4vci/token.
func sendToken(w http.ResponseWriter, g wallets.Granted) error {
	out := map[string]any{"access_token": g.Token, "token_type": "Bearer", "expires_in": int(g.Life.Seconds())}
	if g.Identifier != "" {
		out["authorization_details"] = []map[string]any{{"type": "openid_credential", "credential_configuration_id": g.Type, "credential_identifiers": []string{g.Identifier}}}
	} else {
		out["scope"] = g.Type
	}
	return sendJSON(w, http.StatusOK, out)
}

// options are the certificates that can be given; none is chosen beforehand.
func (v consentView) options(ctx context.Context) (out []ui.Option) {
	for _, f := range v.Papers {
		out = append(out, ui.Option{Value: f.Region + "/" + f.ID, Text: f.Title + " " + f.Number, Hint: f.IssuerName})
	}
	return out
}
