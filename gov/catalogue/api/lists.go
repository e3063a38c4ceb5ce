package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/lists"
	"tongban/platform/web"
)

// registerLists adds the operations on what lists are.
func registerLists(a *web.API, d Standard) {
	const one = "/api/v1/list-definitions/{id}/{number}"
	op := func(id, method, path, summary string, o web.Operation) web.Operation {
		o.ID, o.Method, o.Path, o.Summary, o.Tag = id, method, path, summary, "catalogue"
		return o
	}
	web.Register(a, op("list-list-definitions", http.MethodGet, "/api/v1/list-definitions", "What was proposed for lists, the newest first", web.Operation{May: catalogue.MayDefineLists}), d.definitions)
	web.Register(a, op("propose-list", http.MethodPost, "/api/v1/list-definitions", "Propose a list to be published, changed or retired; it counts once another person approves it", web.Operation{May: catalogue.MayDefineLists}), d.proposeList)
	web.Register(a, op("approve-list", http.MethodPost, one+"/approval", "Approve and publish what somebody else proposed", web.Operation{May: catalogue.MayApproveChanges}), d.approveList)
	web.Register(a, op("reject-list", http.MethodPost, one+"/rejection", "Refuse a proposal for a list, with the reason", web.Operation{May: catalogue.MayApproveChanges}), d.rejectList)
	web.Register(a, op("withdraw-list", http.MethodPost, one+"/withdrawal", "Take one's own proposal for a list back", web.Operation{May: catalogue.MayDefineLists}), d.withdrawList)
}

// listDefinition is one version of what a list is.
type listDefinition struct {
	ID        string       `json:"id"`
	Number    int          `json:"number"`
	Region    string       `json:"region"`
	State     string       `json:"state" enum:"proposed,approved,rejected,withdrawn"`
	Name      content.Text `json:"name"`
	Lead      content.Text `json:"lead"`
	Types     []string     `json:"types"`
	Visits    *int         `json:"visits,omitempty"`
	Shares    bool         `json:"shares,omitempty"`
	Retired   bool         `json:"retired,omitempty"`
	Columns   []string     `json:"columns"`
	Reason    string       `json:"reason"`
	By        string       `json:"proposed_by"`
	At        time.Time    `json:"proposed_at"`
	DecidedBy string       `json:"decided_by,omitempty"`
	Note      string       `json:"note,omitempty"`
}

func definitionOf(d lists.Definition) listDefinition {
	out := listDefinition{d.ID, d.Number, d.Region, string(d.State), content.Text{Zh: d.Zh, En: d.En}, content.Text{Zh: d.LeadZh, En: d.LeadEn}, d.Types, d.Visits, d.Shares, d.Retired, d.Columns, d.Reason, d.By, d.At, d.DecidedBy, d.Note}
	if out.Types == nil {
		out.Types = []string{}
	}
	return out
}

type listDefinitionsInput struct {
	Waiting bool `query:"waiting" doc:"Only those that wait for a decision"`
}

type listDefinitionsOutput struct {
	Body struct {
		Definitions []listDefinition `json:"definitions"`
	}
}

func (d Standard) definitions(ctx context.Context, in *listDefinitionsInput) (*listDefinitionsOutput, error) {
	list, err := d.Lists.Definitions(ctx, in.Waiting)
	out := &listDefinitionsOutput{}
	out.Body.Definitions = make([]listDefinition, len(list))
	for i, x := range list {
		out.Body.Definitions[i] = definitionOf(x)
	}
	return out, err
}

type proposeListInput struct {
	Body struct {
		ID      string       `json:"id" maxLength:"60" doc:"Part of the address; that of a list that there is changes it"`
		Region  string       `json:"region" pattern:"^[0-9]{6,12}$" doc:"Items of this division and of those below it stand in the list"`
		Name    content.Text `json:"name"`
		Lead    content.Text `json:"lead" doc:"What the list says"`
		Types   []string     `json:"types,omitempty" doc:"Kinds of items; none: all"`
		Visits  *int         `json:"visits,omitempty" doc:"In person exactly so often"`
		Shares  bool         `json:"shares,omitempty" doc:"A row for every certificate or data that may stand in for a material"`
		Retired bool         `json:"retired,omitempty" doc:"No longer published"`
		Columns []string     `json:"columns" doc:"Keys of elements, name among them"`
		Reason  string       `json:"reason"`
	}
}

type listDefinitionOutput struct{ Body listDefinition }

func definitionResult(d lists.Definition, err error) (*listDefinitionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &listDefinitionOutput{definitionOf(d)}, nil
}

func (d Standard) proposeList(ctx context.Context, in *proposeListInput) (*listDefinitionOutput, error) {
	b := in.Body
	return definitionResult(d.Lists.Propose(ctx, lists.Definition{List: lists.List{ID: b.ID, Region: b.Region, Zh: b.Name.Zh, En: b.Name.En, LeadZh: b.Lead.Zh, LeadEn: b.Lead.En,
		Types: b.Types, Visits: b.Visits, Shares: b.Shares, Retired: b.Retired, Columns: b.Columns}, Reason: b.Reason}))
}

type decideListInput struct {
	ID     string `path:"id" maxLength:"60"`
	Number int    `path:"number" minimum:"1"`
	Body   struct {
		Note string `json:"note,omitempty" maxLength:"1000"`
	}
}

func (d Standard) approveList(ctx context.Context, in *decideListInput) (*listDefinitionOutput, error) {
	return definitionResult(d.Lists.Approve(ctx, in.ID, in.Number, in.Body.Note))
}

func (d Standard) rejectList(ctx context.Context, in *decideListInput) (*listDefinitionOutput, error) {
	return definitionResult(d.Lists.Reject(ctx, in.ID, in.Number, in.Body.Note))
}

func (d Standard) withdrawList(ctx context.Context, in *decideListInput) (*listDefinitionOutput, error) {
	return definitionResult(d.Lists.Withdraw(ctx, in.ID, in.Number))
}
