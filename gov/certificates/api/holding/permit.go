package holding

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/once"
	"tongban/platform/web"
)

func registerPermits(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "offer-certificate-permit", Method: http.MethodPost, Path: "/api/v1/certificates/{region}/{id}/permits", Tag: "certificates", May: certificates.MayHold,
		Summary: "Let somebody else show or give one certificate; it counts when accepted"}, d.permit)
	web.Register(a, web.Operation{ID: "list-certificate-permits", Method: http.MethodGet, Path: "/api/v1/certificate-permits", Tag: "certificates", May: certificates.MayHold,
		Summary: "List the permits that the caller gave, and those offered to him"}, d.permits)
	web.Register(a, web.Operation{ID: "answer-certificate-permit", Method: http.MethodPost, Path: "/api/v1/certificate-permits/{region}/{id}/answer", Tag: "certificates", May: certificates.MayHold,
		Summary: "Accept or decline a permit that was offered to the caller"}, d.answerPermit)
	web.Register(a, web.Operation{ID: "end-certificate-permit", Method: http.MethodPost, Path: "/api/v1/certificate-permits/{region}/{id}/end", Tag: "certificates", May: certificates.MayHold,
		Summary: "Take a permit back, or give it up"}, d.endPermit)
}

type certificatePermitBody struct {
	Region      string              `json:"region"`
	ID          string              `json:"id"`
	Certificate string              `json:"certificate" doc:"Id of the certificate"`
	Title       string              `json:"title"`
	HolderName  string              `json:"holder_name"`
	GivenBy     string              `json:"given_by"`
	To          string              `json:"to"`
	ToNumber    string              `json:"to_number" doc:"Masked"`
	Show        bool                `json:"show"`
	Give        bool                `json:"give"`
	Purpose     string              `json:"purpose"`
	Times       int                 `json:"times" doc:"0: as often as needed"`
	Used        int                 `json:"used"`
	Until       time.Time           `json:"until"`
	State       holding.PermitState `json:"state" enum:"offered,accepted,declined,ended,used_up"`
	OfferedAt   time.Time           `json:"offered_at"`
	AnsweredAt  time.Time           `json:"answered_at,omitzero"`
	EndedAt     time.Time           `json:"ended_at,omitzero"`
	EndedBy     string              `json:"ended_by,omitempty"`
}

func permitBody(p holding.Permit) certificatePermitBody {
	return certificatePermitBody{Region: p.Region, ID: p.ID, Certificate: p.Paper, Title: p.Title, HolderName: p.HolderName, GivenBy: p.GiverName, To: p.Name, ToNumber: p.Masked, Show: p.Show, Give: p.Give,
		Purpose: p.Purpose, Times: p.Times, Used: p.Used, Until: p.Until, State: p.State, OfferedAt: p.OfferedAt, AnsweredAt: p.AnsweredAt, EndedAt: p.EndedAt, EndedBy: p.EndedName}
}

type certificatePermitOutput struct{ Body certificatePermitBody }

func answerPermitBody(p holding.Permit, err error) (*certificatePermitOutput, error) {
	if err != nil {
		return nil, err
	}
	return &certificatePermitOutput{permitBody(p)}, nil
}

type offerPermitInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Name    string    `json:"name" minLength:"1" maxLength:"50"`
		Number  string    `json:"number" minLength:"1" maxLength:"18" doc:"Identity number; whether it is on record is not told"`
		Show    bool      `json:"show,omitempty"`
		Give    bool      `json:"give,omitempty"`
		Purpose string    `json:"purpose" minLength:"1" maxLength:"60"`
		Times   int       `json:"times,omitempty" minimum:"0" maximum:"1000"`
		Until   time.Time `json:"until"`
	}
}

func (d Deps) permit(ctx context.Context, in *offerPermitInput) (*certificatePermitOutput, error) {
	b := in.Body
	return answerPermitBody(d.Holding.Permit(once.During(ctx, "offer-permit"), in.Region, in.ID, holding.Offer{Name: b.Name, Number: b.Number, Show: b.Show, Give: b.Give, Purpose: b.Purpose, Times: b.Times, Until: b.Until}))
}

type certificatePermitsOutput struct {
	Body struct {
		Given    []certificatePermitBody `json:"given"`
		Received []certificatePermitBody `json:"received"`
	}
}

func (d Deps) permits(ctx context.Context, _ *struct{}) (*certificatePermitsOutput, error) {
	given, received, err := d.Holding.Permits(ctx)
	if err != nil {
		return nil, err
	}
	out := &certificatePermitsOutput{}
	out.Body.Given, out.Body.Received = []certificatePermitBody{}, []certificatePermitBody{}
	for _, p := range given {
		out.Body.Given = append(out.Body.Given, permitBody(p))
	}
	for _, p := range received {
		out.Body.Received = append(out.Body.Received, permitBody(p))
	}
	return out, nil
}

type answerPermitInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Accept bool `json:"accept"`
	}
}

func (d Deps) answerPermit(ctx context.Context, in *answerPermitInput) (*certificatePermitOutput, error) {
	return answerPermitBody(d.Holding.AnswerPermit(once.During(ctx, "answer-permit"), in.Region, in.ID, in.Body.Accept))
}

type certificatePermitInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
}

func (d Deps) endPermit(ctx context.Context, in *certificatePermitInput) (*certificatePermitOutput, error) {
	return answerPermitBody(d.Holding.EndPermit(once.During(ctx, "end-permit"), in.Region, in.ID))
}
