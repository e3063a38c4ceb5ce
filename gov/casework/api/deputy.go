package api

import (
	"context"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/deputies"
)

// deputyBody is one arrangement. Its name is unique among the schemas.
type deputyBody struct {
	Region     string    `json:"region"`
	ID         string    `json:"id"`
	Office     string    `json:"office"`
	OfficeName string    `json:"office_name"`
	Roles      []string  `json:"roles"`
	Items      []string  `json:"items" doc:"Codes; empty is every item"`
	Officer    string    `json:"officer" doc:"Account of who is away"`
	Name       string    `json:"officer_name"`
	Deputy     string    `json:"deputy"`
	DeputyName string    `json:"deputy_name"`
	From       time.Time `json:"from"`
	Until      time.Time `json:"until"`
	State      string    `json:"state" enum:"planned,active,over"`
	Reason     string    `json:"reason"`
	SetBy      string    `json:"set_by_name"`
	EndedAt    time.Time `json:"ended_at,omitzero"`
	EndReason  string    `json:"end_reason,omitempty"`
}

func (d Deps) showDeputy(x casework.Deputy) deputyBody {
	return deputyBody{Region: x.Region, ID: x.ID, Office: x.Org, OfficeName: x.OrgName, Roles: x.Roles, Items: append([]string{}, x.Items...), Officer: x.Account, Name: x.Name, Deputy: x.Deputy, DeputyName: x.DeputyName,
		From: x.From, Until: x.Until, State: string(x.StateAt(d.Casework.Clock.Now())), Reason: x.Reason, SetBy: x.SetName, EndedAt: x.EndedAt, EndReason: x.EndReason}
}

type deputyOutput struct{ Body deputyBody }

func (d Deps) answerDeputy(x casework.Deputy, err error) (*deputyOutput, error) {
	if err != nil {
		return nil, err
	}
	return &deputyOutput{d.showDeputy(x)}, nil
}

type deputiesOutput struct {
	Body struct {
		Deputies []deputyBody `json:"deputies"`
	}
}

func (d Deps) answerDeputies(list []casework.Deputy, err error) (*deputiesOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &deputiesOutput{}
	out.Body.Deputies = []deputyBody{}
	for _, x := range list {
		out.Body.Deputies = append(out.Body.Deputies, d.showDeputy(x))
	}
	return out, nil
}

func (d Deps) myDeputies(ctx context.Context, _ *struct{}) (*deputiesOutput, error) {
	return d.answerDeputies(d.Casework.Deputies.Mine(ctx))
}

type officeDeputiesInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Office string `path:"office" maxLength:"18"`
}

func (d Deps) officeDeputies(ctx context.Context, in *officeDeputiesInput) (*deputiesOutput, error) {
	return d.answerDeputies(d.Casework.Deputies.OfOffice(ctx, in.Region, in.Office))
}

type deputyInput struct {
	Body struct {
		Region  string   `json:"region" pattern:"^[0-9]{6,12}$" doc:"Region of the post"`
		Office  string   `json:"office" maxLength:"18"`
		Officer string   `json:"officer,omitempty" maxLength:"40" doc:"Account of who is away; empty is the caller"`
		Deputy  string   `json:"deputy" maxLength:"40" doc:"Account; holds the same posts in the office"`
		Roles   []string `json:"roles,omitempty" maxItems:"5" doc:"examiner, decider; empty is every post of the officer there"`
		Items   []string `json:"items,omitempty" maxItems:"100" doc:"Codes; empty is every item"`
		From    string   `json:"from" format:"date" doc:"First day"`
		Until   string   `json:"until" format:"date" doc:"Last day"`
		Reason  string   `json:"reason" maxLength:"500"`
	}
}

func (d Deps) nameDeputy(ctx context.Context, in *deputyInput) (*deputyOutput, error) {
	b := in.Body
	n := casework.Naming{Region: b.Region, Org: b.Office, Account: b.Officer, Deputy: b.Deputy, Roles: b.Roles, Items: b.Items, Reason: b.Reason}
	n.From, n.Until = deputies.Days(b.From, b.Until)
	return d.answerDeputy(d.Casework.Deputies.Name(ctx, n))
}

func (d Deps) endDeputy(ctx context.Context, in *reasonInput) (*deputyOutput, error) {
	return d.answerDeputy(d.Casework.Deputies.End(ctx, in.Region, in.ID, in.Body.Reason))
}
