package holding

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/authz"
	"tongban/platform/files"
	"tongban/platform/once"
	"tongban/platform/web"
)

// maxProof bounds one file that shows what is right, in bytes.
const maxProof = 10 << 20

// proofKinds are what such files may be.
var proofKinds = []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}

func registerObjections(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "object-to-certificate", Method: http.MethodPost, Path: "/api/v1/certificates/{region}/{id}/objections", Tag: "certificates", May: certificates.MayHold, MaxBody: 28 << 20,
		Summary: "Say that entries of a certificate are wrong; the office that issued it has to answer"}, d.object)
	web.Register(a, web.Operation{ID: "list-certificate-objections", Method: http.MethodGet, Path: "/api/v1/certificate-objections", Tag: "certificates", May: authz.SignedIn,
		Summary: "List the caller's objections; for officers the open ones at their offices, the most urgent first"}, d.objections)
	web.Register(a, web.Operation{ID: "get-certificate-objection", Method: http.MethodGet, Path: "/api/v1/certificate-objections/{region}/{id}", Tag: "certificates", May: authz.SignedIn,
		Summary: "An objection, for whoever made it and for officers of the office that has to answer, whose reading is on record"}, d.objection)
	web.Register(a, web.Operation{ID: "withdraw-certificate-objection", Method: http.MethodPost, Path: "/api/v1/certificate-objections/{region}/{id}/withdrawal", Tag: "certificates", May: certificates.MayHold,
		Summary: "Take an objection back"}, d.withdrawObjection)
	web.Register(a, web.Operation{ID: "answer-certificate-objection", Method: http.MethodPost, Path: "/api/v1/certificate-objections/{region}/{id}/answer", Tag: "certificates", May: certificates.MayManage,
		Summary: "Correct the certificate, which is issued anew in the same commit, or refuse with reason and ground; the holder has it in writing"}, d.answerObjection)
}

type wrongEntryBody struct {
	Key    string `json:"key" maxLength:"60" doc:"Key of the field"`
	Label  string `json:"label,omitempty" readOnly:"true"`
	Value  string `json:"value,omitempty" readOnly:"true" doc:"What stands there"`
	Should string `json:"should" minLength:"1" maxLength:"200" doc:"What should"`
}

type certificateObjectionBody struct {
	Region      string                 `json:"region"`
	ID          string                 `json:"id"`
	Certificate string                 `json:"certificate" doc:"Id of the certificate"`
	Title       string                 `json:"title"`
	Number      string                 `json:"number"`
	Entries     []wrongEntryBody       `json:"entries"`
	Reason      string                 `json:"reason"`
	Files       []string               `json:"files" doc:"Names of the files"`
	Office      string                 `json:"office"`
	OfficeName  string                 `json:"office_name"`
	State       holding.ObjectionState `json:"state" enum:"open,corrected,refused,withdrawn"`
	OpenedAt    time.Time              `json:"opened_at"`
	Due         time.Time              `json:"due" doc:"Last moment for the answer"`
	Citation    string                 `json:"citation" doc:"Where the limit comes from"`
	Late        bool                   `json:"late"`
	AnsweredAt  time.Time              `json:"answered_at,omitzero"`
	Answer      string                 `json:"answer,omitempty"`
	Basis       string                 `json:"basis,omitempty"`
	Remedies    string                 `json:"remedies,omitempty" doc:"What can be done against a refusal"`
	Successor   string                 `json:"successor,omitempty" doc:"Id of the corrected certificate"`
	Notice      string                 `json:"notice,omitempty" doc:"Id of the written answer, a paper"`
}

func (d Deps) objectionBody(o holding.Objection) certificateObjectionBody {
	b := certificateObjectionBody{Region: o.Region, ID: o.ID, Certificate: o.Paper, Title: o.Title, Number: o.Number, Entries: []wrongEntryBody{}, Reason: o.Reason, Files: []string{}, Office: o.Office, OfficeName: o.OfficeName,
		State: o.State, OpenedAt: o.OpenedAt, Due: o.Due, Citation: o.Citation, Late: o.Late(d.Holding.Clock.Now()), AnsweredAt: o.AnsweredAt, Answer: o.Answer, Basis: o.Basis, Successor: o.Successor, Notice: o.Notice}
	for _, e := range o.Entries {
		b.Entries = append(b.Entries, wrongEntryBody{Key: e.Key, Label: e.Label, Value: e.Value, Should: e.Should})
	}
	for _, f := range o.Proofs {
		b.Files = append(b.Files, f.Name)
	}
	if o.State == holding.ObjectionRefused {
		b.Remedies = holding.Remedies
	}
	return b
}

type certificateObjectionOutput struct{ Body certificateObjectionBody }

func (d Deps) answerWith(o holding.Objection, err error) (*certificateObjectionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &certificateObjectionOutput{d.objectionBody(o)}, nil
}

type objectionProofBody struct {
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	Content []byte `json:"content" doc:"The file (PDF, OFD, JPEG, PNG; at most 10 MB), in base64"`
}

type objectInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Entries []wrongEntryBody     `json:"entries" minItems:"1" maxItems:"50"`
		Reason  string               `json:"reason" minLength:"1" maxLength:"1000"`
		Files   []objectionProofBody `json:"files" minItems:"1" maxItems:"10"`
	}
}

func (d Deps) object(ctx context.Context, in *objectInput) (*certificateObjectionOutput, error) {
	if _, err := d.Holding.Held(ctx, in.Region, in.ID); err != nil {
		return nil, err // before anything is stored
	}
	var entries []holding.Entry
	for _, e := range in.Body.Entries {
		entries = append(entries, holding.Entry{Key: e.Key, Should: e.Should})
	}
	var proofs []holding.Proof
	for _, f := range in.Body.Files {
		ref, err := d.Files.PutNamed(ctx, f.Name, bytes.NewReader(f.Content), maxProof, proofKinds)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, holding.Proof{Hash: ref.Hash, Name: f.Name, Size: ref.Size, Kind: string(ref.Kind)})
	}
	return d.answerWith(d.Holding.Object(once.During(ctx, "object-to-certificate"), in.Region, in.ID, entries, in.Body.Reason, proofs))
}

type certificateObjectionsOutput struct {
	Body struct {
		Mine     []certificateObjectionBody `json:"mine"`
		ToAnswer []certificateObjectionBody `json:"to_answer"`
	}
}

func (d Deps) objections(ctx context.Context, _ *struct{}) (*certificateObjectionsOutput, error) {
	out := &certificateObjectionsOutput{}
	out.Body.Mine, out.Body.ToAnswer = []certificateObjectionBody{}, []certificateObjectionBody{}
	holds, answers := authz.Door(ctx, certificates.MayHold) == nil, authz.Door(ctx, certificates.MayManage) == nil
	if !holds && !answers {
		return nil, authz.Door(ctx, certificates.MayHold)
	}
	if holds {
		list, err := d.Holding.Objections(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			out.Body.Mine = append(out.Body.Mine, d.objectionBody(o))
		}
	}
	if answers {
		list, err := d.Holding.ToAnswer(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			out.Body.ToAnswer = append(out.Body.ToAnswer, d.objectionBody(o))
		}
	}
	return out, nil
}

type certificateObjectionInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
}

func (d Deps) objection(ctx context.Context, in *certificateObjectionInput) (*certificateObjectionOutput, error) {
	return d.answerWith(d.Holding.Objection(ctx, in.Region, in.ID))
}

func (d Deps) withdrawObjection(ctx context.Context, in *certificateObjectionInput) (*certificateObjectionOutput, error) {
	return d.answerWith(d.Holding.WithdrawObjection(once.During(ctx, "withdraw-objection"), in.Region, in.ID))
}

type answerObjectionInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		State  holding.ObjectionState `json:"state" enum:"corrected,refused"`
		Answer string                 `json:"answer" minLength:"1" maxLength:"500" doc:"The reason"`
		Basis  string                 `json:"basis" minLength:"1" maxLength:"200" doc:"Law and clause"`
		Fields map[string]string      `json:"fields,omitempty" doc:"Of a correction: what stands in each field from now on, by key"`
	}
}

func (d Deps) answerObjection(ctx context.Context, in *answerObjectionInput) (*certificateObjectionOutput, error) {
	return d.answerWith(d.Holding.Resolve(once.During(ctx, "answer-objection"), in.Region, in.ID, holding.Resolution{State: in.Body.State, Answer: in.Body.Answer, Basis: in.Body.Basis, Act: certificates.Change, Fields: in.Body.Fields}))
}
