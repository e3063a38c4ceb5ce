package api

import (
	"context"
	"time"

	"tongban/gov/catalogue/quality"
)

// scoreGate is the least score of a region, proposed or decided.
type scoreGate struct {
	Region    string    `json:"region"`
	Number    int       `json:"number"`
	Gate      int       `json:"gate"`
	State     string    `json:"state" enum:"asked,granted,refused"`
	Reason    string    `json:"reason"`
	By        string    `json:"proposed_by"`
	At        time.Time `json:"proposed_at"`
	DecidedBy string    `json:"decided_by,omitempty"`
	Note      string    `json:"note,omitempty"`
}

func gateOf(t quality.Threshold) scoreGate {
	return scoreGate{t.Region, t.Number, t.Gate, t.State, t.Reason, t.By, t.At, t.DecidedBy, t.Note}
}

type scoreGatesInput struct {
	Region string `query:"region" pattern:"^([0-9]{6,12})?$" doc:"With those below it"`
}

type scoreGatesOutput struct {
	Body struct {
		Gate  int         `json:"gate" doc:"What counts in the region today"`
		Gates []scoreGate `json:"gates"`
	}
}

func (d Scores) gates(ctx context.Context, in *scoreGatesInput) (*scoreGatesOutput, error) {
	region, err := d.region(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	list, err := d.Quality.Thresholds(ctx, region)
	if err != nil {
		return nil, err
	}
	out := &scoreGatesOutput{}
	out.Body.Gates = make([]scoreGate, len(list))
	for i, t := range list {
		out.Body.Gates[i] = gateOf(t)
	}
	out.Body.Gate, err = d.Quality.GateOf(ctx, region)
	return out, err
}

type proposeGateInput struct {
	Body struct {
		Region string `json:"region" pattern:"^[0-9]{6,12}$"`
		Gate   int    `json:"gate" minimum:"0" maximum:"100"`
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

type scoreGateOutput struct{ Body scoreGate }

func (d Scores) proposeGate(ctx context.Context, in *proposeGateInput) (*scoreGateOutput, error) {
	if err := d.Known(ctx, "region", in.Body.Region); err != nil {
		return nil, err
	}
	t, err := d.Quality.ProposeGate(ctx, in.Body.Region, in.Body.Gate, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &scoreGateOutput{gateOf(t)}, nil
}

type decideGateInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Number int    `path:"number" minimum:"1"`
	Body   struct {
		Approve bool   `json:"approve"`
		Note    string `json:"note,omitempty" maxLength:"1000" doc:"Needed when it is refused"`
	}
}

func (d Scores) decideGate(ctx context.Context, in *decideGateInput) (*scoreGateOutput, error) {
	t, err := d.Quality.DecideGate(ctx, in.Region, in.Number, in.Body.Approve, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &scoreGateOutput{gateOf(t)}, nil
}
