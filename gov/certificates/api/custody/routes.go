// Package custody is the JSON interface of the keys: which there are, when they
// are due, and the orders by which two people have one replaced.
package custody

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates/custody"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct{ Custody *custody.Service }

// Register adds the operations.
func Register(a *web.API, d Deps) {
	const tag = "keys"
	web.Register(a, web.Operation{ID: "list-keys", Method: http.MethodGet, Path: "/api/v1/keys", Tag: tag, May: custody.MaySee,
		Summary: "All keys and authorities of the installation with their history, the statements about them, keyholders, and where the private halves are"}, d.list)
	web.Register(a, web.Operation{ID: "list-key-orders", Method: http.MethodGet, Path: "/api/v1/key-orders", Tag: tag, May: custody.MaySee,
		Summary: "Orders about keys, the newest first"}, d.orders)
	web.Register(a, web.Operation{ID: "propose-key-order", Method: http.MethodPost, Path: "/api/v1/key-orders", Tag: tag, May: custody.MayPropose,
		Summary: "Propose that a key or an authority is replaced, or that an office gets keys of its own; somebody else approves it"}, d.propose)
	web.Register(a, web.Operation{ID: "decide-key-order", Method: http.MethodPost, Path: "/api/v1/key-orders/{id}/decision", Tag: tag, May: custody.MayApprove,
		Summary: "Approve an order of somebody else, which is then carried out at once, or send it back; an order that could not be carried out has a problem"}, d.decide)
	web.Register(a, web.Operation{ID: "carry-out-key-order", Method: http.MethodPost, Path: "/api/v1/key-orders/{id}/carry", Tag: tag, May: custody.MaySee, Repeat: "a statement names its order, so that none is carried out twice",
		Summary: "Have an approved order carried out that could not be before"}, d.carry)
}

// nodeKey is a key as the interface shows it.
type nodeKey struct {
	ID         string     `json:"id"`
	Role       string     `json:"role" enum:"data,paper,token,seal,ca,ca.sm2"`
	Algorithm  string     `json:"algorithm"`
	Office     string     `json:"office,omitempty" doc:"Whose it is; empty: the installation's"`
	OfficeName string     `json:"office_name,omitempty"`
	Name       string     `json:"name,omitempty" doc:"Of an authority, in certificates"`
	State      string     `json:"state" enum:"in_force,retired,revoked"`
	From       time.Time  `json:"from"`
	Until      *time.Time `json:"until,omitempty" doc:"It ended; of a revoked key, since when others may have it"`
	Due        *time.Time `json:"due,omitempty" doc:"When it should be replaced"`
	Reason     string     `json:"reason,omitempty" doc:"Why it ended"`
	Next       string     `json:"next,omitempty" doc:"Id of its successor"`
	StartedBy  string     `json:"started_by,omitempty"`
	Public     string     `json:"public" doc:"PEM: the public half, or the certificate of an authority"`
}

// keyStatement is what was said about keys.
type keyStatement struct {
	Number  int       `json:"number"`
	Kind    string    `json:"kind"`
	Role    string    `json:"role,omitempty"`
	Office  string    `json:"office,omitempty"`
	Key     string    `json:"key,omitempty" doc:"The key that ended"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
	By      string    `json:"by,omitempty"`
	Holders []string  `json:"holders,omitempty"`
	Hash    string    `json:"hash"`
}

// keyOrder is an order about keys.
type keyOrder struct {
	ID         string     `json:"id"`
	Act        string     `json:"act" enum:"replace,endow"`
	Role       string     `json:"role,omitempty"`
	Office     string     `json:"office,omitempty"`
	OfficeName string     `json:"office_name,omitempty"`
	Reason     string     `json:"reason"`
	State      string     `json:"state" enum:"proposed,approved,rejected,done"`
	ProposedBy string     `json:"proposed_by"`
	ProposedAt time.Time  `json:"proposed_at"`
	DecidedBy  string     `json:"decided_by,omitempty"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	Problem    string     `json:"problem,omitempty" doc:"Code: why it could not be carried out"`
	Statement  string     `json:"statement,omitempty" doc:"SHA-256 of what the keys said"`
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orderBody(o custody.Order) keyOrder {
	return keyOrder{ID: o.ID, Act: string(o.Act), Role: o.Role, Office: o.Office, OfficeName: o.OfficeName, Reason: o.Reason, State: string(o.State), ProposedBy: o.ProposedName, ProposedAt: o.ProposedAt,
		DecidedBy: o.DecidedName, DecidedAt: when(o.DecidedAt), Answer: o.Answer, Problem: o.Problem, Statement: o.Statement}
}

type keysOutput struct {
	Body struct {
		Keys       []nodeKey      `json:"keys"`
		Statements []keyStatement `json:"statements"`
		Keyholders []string       `json:"keyholders"`
		Quorum     int            `json:"quorum" doc:"So many keyholders together may replace a lost key; 0: none are enrolled"`
		Signer     string         `json:"signer,omitempty" doc:"Who keeps the private halves; empty: the server itself"`
		SignerUp   bool           `json:"signer_answers"`
		OpenUntil  *time.Time     `json:"signer_open_until,omitempty" doc:"Until when the signer does work on keys"`
	}
}

func (d Deps) list(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	v, err := d.Custody.Overview(ctx)
	if err != nil {
		return nil, err
	}
	out := &keysOutput{}
	b := &out.Body
	b.Keys, b.Statements, b.Keyholders = []nodeKey{}, []keyStatement{}, []string{}
	for _, k := range v.Keys {
		x := nodeKey{ID: k.ID, Role: k.Role, Algorithm: k.Algorithm, Office: k.Office, OfficeName: k.OfficeName, Name: k.Name, State: k.State, From: k.From, Until: when(k.Until), Due: when(k.Due), Reason: k.Reason, Next: k.Next, Public: k.PEM}
		if x.State == "" {
			x.State = "in_force"
		}
		if k.Began != nil {
			x.StartedBy = k.Began.By
		}
		b.Keys = append(b.Keys, x)
	}
	for _, x := range v.Said {
		b.Statements = append(b.Statements, keyStatement{x.Seq, x.Kind, x.Role, x.Party, x.Old, x.At, x.Reason, x.By, x.Holders, x.Hash})
	}
	if v.Holders != nil {
		b.Quorum = v.Holders.Quorum
		for _, h := range v.Holders.List {
			b.Keyholders = append(b.Keyholders, h.Name)
		}
	}
	b.Signer, b.SignerUp, b.OpenUntil = v.Signer.Address, v.Signer.Answers, when(v.Signer.OpenUntil)
	return out, nil
}

type keyOrdersOutput struct {
	Body struct {
		Orders []keyOrder `json:"orders"`
	}
}

func (d Deps) orders(ctx context.Context, _ *struct{}) (*keyOrdersOutput, error) {
	v, err := d.Custody.Overview(ctx)
	if err != nil {
		return nil, err
	}
	out := &keyOrdersOutput{}
	out.Body.Orders = []keyOrder{}
	for _, o := range v.Orders {
		out.Body.Orders = append(out.Body.Orders, orderBody(o))
	}
	return out, nil
}

type proposeKeyOrderInput struct {
	Body struct {
		Act    string `json:"act" enum:"replace,endow" doc:"replace: a key or an authority; endow: give an office keys of its own"`
		Role   string `json:"role,omitempty" enum:"data,paper,token,seal,ca,ca.sm2" doc:"With replace"`
		Office string `json:"office,omitempty" maxLength:"64" doc:"Unified code; with replace empty for the installation's own key"`
		Reason string `json:"reason" minLength:"1" maxLength:"300" doc:"Stands in the statement and is published"`
	}
}

type keyOrderOutput struct{ Body keyOrder }

func (d Deps) propose(ctx context.Context, in *proposeKeyOrderInput) (*keyOrderOutput, error) {
	o, err := d.Custody.Propose(ctx, custody.Proposal{Act: custody.Act(in.Body.Act), Role: in.Body.Role, Office: in.Body.Office, Reason: in.Body.Reason})
	if err != nil {
		return nil, err
	}
	return &keyOrderOutput{orderBody(o)}, nil
}

type decideKeyOrderInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Approve bool   `json:"approve"`
		Answer  string `json:"answer,omitempty" maxLength:"300" doc:"Needed to send it back"`
	}
}

func (d Deps) decide(ctx context.Context, in *decideKeyOrderInput) (*keyOrderOutput, error) {
	o, err := d.Custody.Decide(ctx, in.ID, in.Body.Approve, in.Body.Answer)
	if err != nil {
		return nil, err
	}
	return &keyOrderOutput{orderBody(o)}, nil
}

type keyOrderInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (d Deps) carry(ctx context.Context, in *keyOrderInput) (*keyOrderOutput, error) {
	o, err := d.Custody.Carry(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &keyOrderOutput{orderBody(o)}, nil
}
