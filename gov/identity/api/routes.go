package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/web"
)

// Deps is what the operations need.
type Deps struct {
	Identity *identity.Service
}

// Register adds the operations to the API.
func Register(a *web.API, d Deps) {
	h := handlers(d)
	web.Register(a, web.Operation{ID: "create-token", Method: http.MethodPost, Path: "/api/v1/tokens", Tag: "identity", Status: http.StatusCreated, May: authz.Anyone,
		Repeat:  "the secret is not kept, so it cannot be told again; a link works once, and by password one gets another token and may revoke the first",
		Summary: "Exchange an account and password, or a one-time link, for a token"}, h.createToken)
	web.Register(a, web.Operation{ID: "revoke-token", Method: http.MethodDelete, Path: "/api/v1/tokens/{id}", Tag: "identity", Status: http.StatusNoContent, May: authz.SignedIn, Repeat: "a token that is worthless stays so",
		Summary: "Make one of the caller's tokens worthless"}, h.revokeToken)
	web.Register(a, web.Operation{ID: "get-me", Method: http.MethodGet, Path: "/api/v1/me", Tag: "identity", May: authz.SignedIn,
		Summary: "Say who the caller is and what it may do"}, h.me)
	web.Register(a, web.Operation{ID: "get-organisation", Method: http.MethodGet, Path: "/api/v1/organisations/{code}", Tag: "identity", May: authz.Anyone,
		Summary: "Name the organisation with a unified code"}, h.organisation)
	h.registerMandates(a)
}

type handlers struct{ Identity *identity.Service }

type createTokenInput struct {
	Body struct {
		Login     string `json:"login,omitempty" maxLength:"128" doc:"Identity number or account name; with password"`
		Password  string `json:"password,omitempty" maxLength:"512" doc:"Password of the account"`
		Link      string `json:"link,omitempty" maxLength:"128" doc:"Secret of a one-time link, instead of login and password; it is used up"`
		Name      string `json:"name,omitempty" maxLength:"60" doc:"What the owner will see the token as"`
		ActingFor string `json:"acting_for,omitempty" maxLength:"18" doc:"Unified code of the company to act for"`
	}
}

type tokenBody struct {
	ID        string    `json:"id" doc:"Names the token when it is to be revoked"`
	Token     string    `json:"token" doc:"The secret; it is shown once"`
	ActingFor string    `json:"acting_for,omitempty"`
	Expires   time.Time `json:"expires"`
}

type createTokenOutput struct{ Body tokenBody }

func (h handlers) createToken(ctx context.Context, in *createTokenInput) (*createTokenOutput, error) {
	b, from := in.Body, identity.Caller{Address: Address(ctx)}
	var t identity.Token
	var secret string
	var err error
	switch {
	case b.Link != "":
		t, secret, err = h.Identity.ExchangeLink(ctx, b.Link, b.Name, b.ActingFor, from)
	case b.Login == "":
		err = identity.Problems{{Field: "login", Code: "identity.sign_in.login_empty"}}
	case b.Password == "":
		err = identity.Problems{{Field: "password", Code: "identity.sign_in.password_empty"}}
	default:
		t, secret, err = h.Identity.ExchangeToken(ctx, b.Login, b.Password, b.Name, b.ActingFor, from)
	}
	if err != nil {
		return nil, err
	}
	return &createTokenOutput{tokenBody{ID: t.ID, Token: secret, ActingFor: t.ActingFor, Expires: t.Expires}}, nil
}

type revokeTokenInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h handlers) revokeToken(ctx context.Context, in *revokeTokenInput) (*struct{}, error) {
	return nil, h.Identity.RevokeToken(ctx, in.ID)
}

type grantBody struct {
	Role         string   `json:"role"`
	Region       string   `json:"region"`
	Subtree      bool     `json:"subtree" doc:"Every region below counts too"`
	Organisation string   `json:"organisation,omitempty" doc:"Empty: every organisation of the region"`
	Own          bool     `json:"own" doc:"Only the caller's own matters"`
	Permissions  []string `json:"permissions"`
}

type meOutput struct {
	Body struct {
		Account       string      `json:"account"`
		Kind          string      `json:"kind" enum:"person,officer"`
		Name          string      `json:"name"`
		Region        string      `json:"region"`
		Person        string      `json:"person,omitempty"`
		ActingFor     string      `json:"acting_for,omitempty"`
		ActingForName string      `json:"acting_for_name,omitempty"`
		Level         int         `json:"level,omitempty" doc:"Assurance level of the person, 2 to 5"`
		Grants        []grantBody `json:"grants"`
	}
}

func (h handlers) me(ctx context.Context, _ *struct{}) (*meOutput, error) {
	p := auth.From(ctx)
	out := &meOutput{}
	b := &out.Body
	b.Account, b.Kind, b.Name, b.Region, b.Person, b.ActingFor, b.ActingForName = p.ID, string(p.Kind), p.Name, p.Region, p.Person, p.For, p.ForName
	b.Grants = []grantBody{}
	for _, g := range p.Grants {
		b.Grants = append(b.Grants, grantBody{Role: g.Role, Region: g.Region, Subtree: g.Subtree, Organisation: g.Org, Own: g.Own, Permissions: append([]string{}, g.Permissions...)})
	}
	if p.Person != "" {
		me, err := h.Identity.Me(ctx)
		if err != nil {
			return nil, err
		}
		b.Level = me.Level
	}
	return out, nil
}

type organisationInput struct {
	Code string `path:"code" maxLength:"64" doc:"GB 32100 unified code"`
}

type organisationOutput struct {
	Body struct {
		Code   string `json:"code"`
		Name   string `json:"name"`
		NameEn string `json:"name_en,omitempty"`
		Kind   string `json:"kind" enum:"department,company,other"`
		Region string `json:"region"`
		Parent string `json:"parent,omitempty"`
	}
}

func (h handlers) organisation(ctx context.Context, in *organisationInput) (*organisationOutput, error) {
	o, err := h.Identity.Org(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &organisationOutput{}
	b := &out.Body
	b.Code, b.Name, b.NameEn, b.Kind, b.Region, b.Parent = o.Code, o.Name, o.NameEn, o.Kind, o.Region, o.Parent
	return out, nil
}
