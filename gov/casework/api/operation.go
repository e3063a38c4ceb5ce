package api

import (
	"context"

	"tongban/gov/casework/operations"
)

func (d Deps) ops() operations.Desk { return operations.On(d.Casework) }

type signerInput struct {
	Key
	Body struct {
		Place   string `json:"place" enum:"before,beside,after"`
		Office  string `json:"office" maxLength:"18"`
		Officer string `json:"officer,omitempty" maxLength:"40" doc:"Account; empty is whoever claims it there"`
		Reason  string `json:"reason" maxLength:"1000"`
		Version int    `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) addSigner(ctx context.Context, in *signerInput) (*taskOutput, error) {
	b := in.Body
	return answerTask(d.ops().AddSigner(ctx, in.Region, in.task(), operations.Signer{Place: b.Place, Org: b.Office, Account: b.Officer, Reason: b.Reason, Version: b.Version}))
}

type takeSignerInput struct {
	Key
	Signer string `path:"signer" maxLength:"60"`
	Reason string `query:"reason" required:"true" maxLength:"1000"`
}

func (d Deps) takeSigner(ctx context.Context, in *takeSignerInput) (*taskOutput, error) {
	return answerTask(d.ops().TakeAway(ctx, in.Region, in.task(), in.Signer, in.Reason))
}

type signedBody struct {
	ID      string `json:"id"`
	Place   string `json:"place"`
	State   string `json:"state"`
	Office  string `json:"office"`
	Officer string `json:"officer,omitempty"`
}

type signersOutput struct {
	Body struct {
		Signers []signedBody `json:"signers"`
	}
}

func (d Deps) listSigners(ctx context.Context, in *Key) (*signersOutput, error) {
	list, err := d.ops().Signers(ctx, in.Region, in.task())
	if err != nil {
		return nil, err
	}
	out := &signersOutput{}
	out.Body.Signers = []signedBody{}
	for _, s := range list {
		out.Body.Signers = append(out.Body.Signers, signedBody{s.ID, s.Place, s.State, s.Org, s.Officer})
	}
	return out, nil
}

type noteInput struct {
	Key
	Body struct {
		Note string `json:"note,omitempty" maxLength:"1000"`
	}
}

func (d Deps) urge(ctx context.Context, in *noteInput) (*taskOutput, error) {
	return answerTask(d.ops().Urge(ctx, in.Region, in.task(), in.Body.Note))
}

func (d Deps) takeBack(ctx context.Context, in *reasonInput) (*taskOutput, error) {
	return answerTask(d.ops().TakeBack(ctx, in.Region, in.task(), in.Body.Reason))
}

func (d Deps) redirect(ctx context.Context, in *returnInput) (*taskOutput, error) {
	return answerTask(d.ops().Redirect(ctx, in.Region, in.task(), in.Body.To, in.Body.Reason, in.Body.Version))
}

func (d Deps) void(ctx context.Context, in *reasonInput) (*caseOutput, error) {
	return answerCase(d.ops().Void(ctx, in.Region, in.kase(), in.Body.Reason, in.Body.Version))
}

type rejectInput struct {
	Key
	Body struct {
		RefusalBody
		Version int `json:"version,omitempty" minimum:"0" doc:"The version of the step that the caller saw; 0 is any"`
	}
}

func (d Deps) reject(ctx context.Context, in *rejectInput) (*taskOutput, error) {
	return answerTask(d.ops().Reject(ctx, in.Region, in.task(), in.Body.said(), in.Body.Version))
}

func (d Deps) openTask(ctx context.Context, in *Key) (*taskOutput, error) {
	return answerTask(d.Casework.Opened(ctx, in.Region, in.task()))
}
