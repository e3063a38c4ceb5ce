package api

import (
	"context"
	"time"

	"tongban/gov/certificates"
)

// paperActBody is one act in the history of a paper.
type paperActBody struct {
	Act       certificates.Act    `json:"act" enum:"renew,change,reissue,suspend,restore,withdraw,revoke,cancel,transfer_out,take_back,expire"`
	From      certificates.Status `json:"from"`
	To        certificates.Status `json:"to"`
	Code      string              `json:"status_code" doc:"The new state in the table that ministries exchange"`
	At        time.Time           `json:"at"`
	Reason    string              `json:"reason"`
	Basis     string              `json:"basis"`
	Until     time.Time           `json:"until,omitzero" doc:"End of a suspension"`
	Notice    string              `json:"notice,omitempty" doc:"The paper that tells the holder"`
	Successor string              `json:"successor,omitempty" doc:"The next version"`
}

type paperActsOutput struct {
	Body struct {
		Acts []paperActBody `json:"acts"`
	}
}

func (h handlers) acts(ctx context.Context, in *paperInput) (*paperActsOutput, error) {
	f, err := h.Certificates.Paper(ctx, in.Region, in.ID)
	if err != nil {
		return nil, err
	}
	history, err := h.Certificates.History(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &paperActsOutput{}
	out.Body.Acts = []paperActBody{}
	for _, d := range history {
		out.Body.Acts = append(out.Body.Acts, paperActBody{Act: d.Act, From: d.From, To: d.To, Code: d.To.Code(), At: d.At, Reason: d.Reason, Basis: d.Basis,
			Until: d.Until, Notice: d.Notice, Successor: d.Successor})
	}
	return out, nil
}

type paperActInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Act    certificates.Act  `json:"act" enum:"renew,change,reissue,suspend,restore,withdraw,revoke,cancel,transfer_out,take_back"`
		Reason string            `json:"reason" minLength:"1" maxLength:"500"`
		Basis  string            `json:"basis" minLength:"1" maxLength:"200" doc:"The clause"`
		Until  time.Time         `json:"until,omitzero" doc:"End of a suspension; for a renewal, how long the next version is good for"`
		Fields map[string]string `json:"fields,omitempty" doc:"For a change: new values by the key of the field"`
	}
}

func (h handlers) act(ctx context.Context, in *paperActInput) (*paperOutput, error) {
	f, err := h.Certificates.Act(ctx, in.Region, in.ID, certificates.Order{Act: in.Body.Act, Reason: in.Body.Reason, Basis: in.Body.Basis, Until: in.Body.Until, Fields: in.Body.Fields})
	if err != nil {
		return nil, err
	}
	return &paperOutput{bodyOf(f)}, nil
}
