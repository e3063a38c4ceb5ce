package holding

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates/holding"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/once"
	"tongban/platform/web"
)

func registerGuardians(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "record-guardian", Method: http.MethodPost, Path: "/api/v1/guardians", Tag: "certificates", May: holding.MayVouch,
		Summary: "Counter: put on record who acts for a child until it is of age, after seeing guardian and proof"}, d.guardian)
	web.Register(a, web.Operation{ID: "find-guardians", Method: http.MethodPost, Path: "/api/v1/guardian-searches", Tag: "certificates", May: holding.MayVouch, Repeat: "a search; each one is on record",
		Summary: "Counter: who acts and who acted for a child, by its identity number"}, d.findGuardians)
	web.Register(a, web.Operation{ID: "end-guardian", Method: http.MethodPost, Path: "/api/v1/guardians/{id}/end", Tag: "certificates", May: authz.SignedIn,
		Summary: "End it before: the guardian gives it up, or a clerk has seen that it is over"}, d.endGuardian)
}

type guardianBody struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	ChildName   string    `json:"child_name"`
	ChildNumber string    `json:"child_number" doc:"Masked"`
	Proof       string    `json:"proof"`
	ProofNumber string    `json:"proof_number"`
	RecordedAt  time.Time `json:"recorded_at"`
	RecordedBy  string    `json:"recorded_by"`
	Until       time.Time `json:"until" doc:"The child is of age"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
	Reason      string    `json:"reason,omitempty"`
}

type guardianOutput struct{ Body guardianBody }

func answerGuardian(w holding.Ward, err error) (*guardianOutput, error) {
	if err != nil {
		return nil, err
	}
	return &guardianOutput{wardBody(w)}, nil
}

func wardBody(w holding.Ward) guardianBody {
	return guardianBody{ID: w.ID, Name: w.GuardianName, ChildName: w.ChildName, ChildNumber: w.ChildMasked, Proof: w.Proof, ProofNumber: w.ProofNumber, RecordedAt: w.RecordedAt, RecordedBy: w.OfficerName,
		Until: w.Until, EndedAt: w.EndedAt, Reason: w.Reason}
}

type guardianInput struct {
	Body struct {
		Name        string `json:"name" minLength:"1" maxLength:"50" doc:"Of the guardian, as on the document"`
		Number      string `json:"number" minLength:"1" maxLength:"18"`
		ChildName   string `json:"child_name" minLength:"1" maxLength:"50"`
		ChildNumber string `json:"child_number" minLength:"1" maxLength:"18"`
		Proof       string `json:"proof" minLength:"1" maxLength:"50" doc:"Kind of the document that proves it"`
		ProofNumber string `json:"proof_number" minLength:"1" maxLength:"80"`
	}
}

func (d Deps) guardian(ctx context.Context, in *guardianInput) (*guardianOutput, error) {
	return answerGuardian(d.Holding.Record(once.During(ctx, "record-guardian"), holding.Relationship(in.Body)))
}

type endGuardianInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Reason  string `json:"reason" minLength:"1" maxLength:"200"`
		EndedOn string `json:"ended_on,omitempty" format:"date" doc:"The day from which it was over; today when it is missing"`
	}
}

type findGuardiansInput struct {
	Body struct {
		ChildNumber string `json:"child_number" minLength:"1" maxLength:"18"`
	}
}

type guardiansOutput struct {
	Body struct {
		Guardians []guardianBody `json:"guardians"`
	}
}

func (d Deps) findGuardians(ctx context.Context, in *findGuardiansInput) (*guardiansOutput, error) {
	list, err := d.Holding.WardsOfChild(ctx, in.Body.ChildNumber)
	if err != nil {
		return nil, err
	}
	out := &guardiansOutput{}
	out.Body.Guardians = []guardianBody{}
	for _, w := range list {
		out.Body.Guardians = append(out.Body.Guardians, wardBody(w))
	}
	return out, nil
}

func (d Deps) endGuardian(ctx context.Context, in *endGuardianInput) (*guardianOutput, error) {
	e := holding.Ending{Reason: in.Body.Reason}
	if in.Body.EndedOn != "" {
		on, err := calendar.ParseDate(in.Body.EndedOn)
		if err != nil {
			return nil, holding.Problems{{Field: "ended_on", Code: "certificates.holding.problem.date"}}
		}
		e.On = on.Start()
	}
	return answerGuardian(d.Holding.EndWard(once.During(ctx, "end-guardian"), in.ID, e))
}
