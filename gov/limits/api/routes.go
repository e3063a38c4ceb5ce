package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/limits"
	"tongban/platform/calendar"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct {
	Limits *limits.Service
	// Region refuses a code that is no division, by the name of its parameter.
	Region func(ctx context.Context, parameter, code string) error
}

// Register adds the operations.
func Register(a *web.API, d Deps) {
	op := func(id, method, path, summary string, o web.Operation) web.Operation {
		o.ID, o.Method, o.Path, o.Summary, o.Tag = id, method, path, summary, "limits"
		return o
	}
	const rule = "/api/v1/limits/{region}/{key}/{number}"
	web.Register(a, op("list-limits", http.MethodGet, "/api/v1/limits", "The limits that count in a region today, with their clauses", web.Operation{May: limits.MayReadLimits}), d.list)
	web.Register(a, op("propose-limit", http.MethodPost, "/api/v1/limits", "Propose a limit for a region; it counts once another person approves it", web.Operation{May: limits.MayProposeLimits}), d.propose)
	web.Register(a, op("approve-limit", http.MethodPost, rule+"/approval", "Approve what somebody else proposed", web.Operation{May: limits.MayApproveLimits}), d.approve)
	web.Register(a, op("reject-limit", http.MethodPost, rule+"/rejection", "Refuse a proposal, with the reason", web.Operation{May: limits.MayApproveLimits}), d.reject)
	web.Register(a, op("withdraw-limit", http.MethodPost, rule+"/withdrawal", "Take one's own proposal back", web.Operation{May: limits.MayProposeLimits}), d.withdraw)
}

type limitRule struct {
	limits.Rule
	State string     `json:"state" enum:"proposed,approved,rejected,withdrawn"`
	From  string     `json:"from,omitempty" format:"date" doc:"First day; absent for national law"`
	Until string     `json:"until,omitempty" format:"date" doc:"Last day; absent while open"`
	At    *time.Time `json:"decided_at,omitempty"`
}

func shown(r limits.Rule) limitRule {
	out := limitRule{Rule: r, State: string(r.State)}
	if r.From != 0 {
		out.From = r.From.String()
	}
	if r.Until != 0 {
		out.Until = r.Until.String()
	}
	if !r.DecidedAt.IsZero() {
		out.At = &r.DecidedAt
	}
	return out
}

type listLimitsInput struct {
	Region string `query:"region" pattern:"^[0-9]{6}$" required:"true"`
}

type limitsOutput struct {
	Body struct {
		Limits []limitRule `json:"limits"`
	}
}

func (d Deps) list(ctx context.Context, in *listLimitsInput) (*limitsOutput, error) {
	if err := d.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	list, err := d.Limits.InForce(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	out := &limitsOutput{}
	for _, r := range list {
		out.Body.Limits = append(out.Body.Limits, shown(r))
	}
	return out, nil
}

type proposeInput struct {
	Body struct {
		Region     string `json:"region" pattern:"^[0-9]{6}$"`
		Key        string `json:"key" maxLength:"40"`
		Amount     int    `json:"amount"`
		Unit       string `json:"unit" enum:"working_days,calendar_days,hours"`
		Basis      string `json:"basis" enum:"law,regulation,measure,promise"`
		Citation   string `json:"citation"`
		CitationEn string `json:"citation_en,omitempty"`
		From       string `json:"from" format:"date"`
		Reason     string `json:"reason"`
	}
}

type limitOutput struct{ Body limitRule }

func result(r limits.Rule, err error) (*limitOutput, error) {
	if err != nil {
		return nil, err
	}
	return &limitOutput{shown(r)}, nil
}

func (d Deps) propose(ctx context.Context, in *proposeInput) (*limitOutput, error) {
	b := in.Body
	from, _ := calendar.ParseDate(b.From) // what is no day is long past, which is refused
	return result(d.Limits.Propose(ctx, limits.Proposal{Region: b.Region, Key: b.Key, Amount: b.Amount, Unit: calendar.Unit(b.Unit), Basis: limits.Basis(b.Basis),
		Citation: b.Citation, CitationEn: b.CitationEn, From: from, Reason: b.Reason}))
}

type decideInput struct {
	Region string `path:"region" pattern:"^[0-9]{6}$"`
	Key    string `path:"key" maxLength:"40"`
	Number int    `path:"number" minimum:"1"`
	Body   struct {
		Note string `json:"note,omitempty" maxLength:"1000"`
	}
}

func (d Deps) approve(ctx context.Context, in *decideInput) (*limitOutput, error) {
	return result(d.Limits.Approve(ctx, in.Region, in.Key, in.Number, in.Body.Note))
}

func (d Deps) reject(ctx context.Context, in *decideInput) (*limitOutput, error) {
	return result(d.Limits.Reject(ctx, in.Region, in.Key, in.Number, in.Body.Note))
}

func (d Deps) withdraw(ctx context.Context, in *decideInput) (*limitOutput, error) {
	return result(d.Limits.Withdraw(ctx, in.Region, in.Key, in.Number))
}
