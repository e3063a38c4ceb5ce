package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/identity"
	"tongban/platform/web"
)

func (h handlers) registerMandates(a *web.API) {
	op := func(id, method, path, summary string) web.Operation {
		return web.Operation{ID: id, Method: method, Path: path, Tag: "identity", May: identity.MayGrantMandates, Summary: summary}
	}
	web.Register(a, op("list-mandates", http.MethodGet, "/api/v1/mandates", "What the caller may do for which company, the newest first"), h.mandates)
	end := op("end-mandate", http.MethodDelete, "/api/v1/mandates/{id}", "Take a mandate back, or give one's own up, at once")
	end.Status = http.StatusNoContent
	web.Register(a, end, h.endMandate)
	web.Register(a, op("list-agents", http.MethodGet, "/api/v1/organisations/{code}/mandates", "Who may act for the company that the caller legally represents"), h.agents)
	give := op("give-mandate", http.MethodPost, "/api/v1/organisations/{code}/mandates", "Give somebody a mandate for the company that the caller legally represents")
	give.Status = http.StatusCreated
	web.Register(a, give, h.giveMandate)
}

type mandateBody struct {
	ID           string    `json:"id"`
	Organisation string    `json:"organisation" doc:"Unified code"`
	Name         string    `json:"organisation_name"`
	Agent        string    `json:"agent" doc:"Name as it was given"`
	AgentNumber  string    `json:"agent_number,omitempty" doc:"Masked"`
	Kind         string    `json:"kind" enum:"legal_representative,agent"`
	Acts         []string  `json:"acts" doc:"apply (includes see), see, collect"`
	Items        []string  `json:"items" doc:"REGION/CODE of each item"`
	Offices      []string  `json:"offices" doc:"Unified codes of departments: every item of theirs"`
	From         time.Time `json:"from"`
	Until        time.Time `json:"until,omitzero"`
	Waiting      bool      `json:"waiting" doc:"Nobody of this name and number is on record yet"`
	Ended        time.Time `json:"ended,omitzero" doc:"When it was taken back before its term"`
}

func showMandate(m identity.Mandate) mandateBody {
	list := func(l []string) []string { return append([]string{}, l...) }
	return mandateBody{ID: m.ID, Organisation: m.Org, Name: m.OrgName, Agent: m.Name, AgentNumber: m.Masked, Kind: m.Kind, Acts: list(m.Scope.Acts), Items: list(m.Scope.Items),
		Offices: list(m.Scope.Offices), From: m.From, Until: m.Until, Waiting: m.Person == "", Ended: m.Ended}
}

type mandatesOutput struct {
	Body struct {
		Mandates []mandateBody `json:"mandates"`
	}
}

func answerMandates(list []identity.Mandate, err error) (*mandatesOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &mandatesOutput{}
	out.Body.Mandates = []mandateBody{}
	for _, m := range list {
		out.Body.Mandates = append(out.Body.Mandates, showMandate(m))
	}
	return out, nil
}

func (h handlers) mandates(ctx context.Context, _ *struct{}) (*mandatesOutput, error) {
	return answerMandates(h.Identity.MyMandates(ctx))
}

func (h handlers) agents(ctx context.Context, in *organisationInput) (*mandatesOutput, error) {
	return answerMandates(h.Identity.MandatesFor(ctx, in.Code))
}

type giveInput struct {
	Code string `path:"code" maxLength:"64" doc:"Unified code of the company"`
	Body struct {
		Name    string    `json:"name" maxLength:"200" doc:"As on the agent's document"`
		Number  string    `json:"number" maxLength:"40" doc:"Identity number of the agent"`
		Acts    []string  `json:"acts" minItems:"1" maxItems:"3" enum:"apply,see,collect"`
		Items   []string  `json:"items,omitempty" maxItems:"200" doc:"REGION/CODE; with offices both empty: every item"`
		Offices []string  `json:"offices,omitempty" maxItems:"200"`
		Until   time.Time `json:"until" doc:"When it ends; at most three years from now"`
	}
}

type mandateOutput struct{ Body mandateBody }

func (h handlers) giveMandate(ctx context.Context, in *giveInput) (*mandateOutput, error) {
	b := in.Body
	m, err := h.Identity.GrantMandate(ctx, identity.Grant{Org: in.Code, Name: b.Name, Number: b.Number, Until: b.Until, Scope: identity.Scope{Acts: b.Acts, Items: b.Items, Offices: b.Offices}})
	if err != nil {
		return nil, err
	}
	return &mandateOutput{showMandate(m)}, nil
}

type endMandateInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h handlers) endMandate(ctx context.Context, in *endMandateInput) (*struct{}, error) {
	return nil, h.Identity.EndMandate(ctx, in.ID)
}
