// Package holding is what programs do with the certificates of their user: list
// what he may use, show it, hand over copies, take them back, let somebody else use
// it, object to wrong entries, and see every use.
package holding

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/auth"
	"tongban/platform/files"
	"tongban/platform/guess"
	"tongban/platform/once"
	"tongban/platform/web"
)

// Deps is what the operations need.
type Deps struct {
	Holding *holding.Service
	Files   *files.Store
	Address func(context.Context) string // the sender's network address
}

// asker is whose guesses of codes are counted together.
func (d Deps) asker(ctx context.Context) string {
	if p := auth.From(ctx); p.SignedIn() {
		return p.ID
	}
	return guess.Network(d.Address(ctx))
}

// Register adds the operations to the API.
func Register(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "list-held-certificates", Method: http.MethodGet, Path: "/api/v1/certificates", Tag: "certificates", May: certificates.MayHold,
		Summary: "List every certificate that the caller may use: his own, of children, of companies, by permit"}, d.list)
	web.Register(a, web.Operation{ID: "give-certificate-copy", Method: http.MethodPost, Path: "/api/v1/certificates/{region}/{id}/copies", Tag: "certificates", May: certificates.MayHold,
		Summary: "Hand over a copy of a certificate, good for one office, one matter and until one day"}, d.give)
	web.Register(a, web.Operation{ID: "list-certificate-copies", Method: http.MethodGet, Path: "/api/v1/certificate-copies", Tag: "certificates", May: certificates.MayHold,
		Summary: "List the copies that were handed over, the newest first"}, d.copies)
	web.Register(a, web.Operation{ID: "end-certificate-copy", Method: http.MethodPost, Path: "/api/v1/certificate-copies/{region}/{id}/end", Tag: "certificates", May: certificates.MayHold,
		Summary: "Take a copy back; every check refuses it from then on"}, d.end)
	registerShowings(a, d)
	registerPermits(a, d)
	registerObjections(a, d)
	registerGuardians(a, d)
	web.Register(a, web.Operation{ID: "list-certificate-uses", Method: http.MethodGet, Path: "/api/v1/certificate-uses", Tag: "certificates", May: certificates.MayHold,
		Summary: "List every use of the caller's certificates, the newest first"}, d.uses)
}

type heldCertificateBody struct {
	Region     string              `json:"region"`
	ID         string              `json:"id"`
	Title      string              `json:"title"`
	Number     string              `json:"number"`
	Status     certificates.Status `json:"status"`
	Relation   holding.Relation    `json:"relation" enum:"own,company,child,permit"`
	Holder     string              `json:"holder"`
	IssuerName string              `json:"issuer_name"`
	ValidUntil time.Time           `json:"valid_until,omitzero"`
}

type heldCertificatesInput struct {
	Query    string           `query:"q" maxLength:"100"`
	Standing holding.Standing `query:"standing" enum:"valid,soon,over"`
	Relation holding.Relation `query:"of" enum:"own,company,child,permit"`
}

type heldCertificatesOutput struct {
	Body struct {
		Certificates []heldCertificateBody `json:"certificates"`
	}
}

func (d Deps) list(ctx context.Context, in *heldCertificatesInput) (*heldCertificatesOutput, error) {
	groups, err := d.Holding.Wallet(ctx, holding.Query{Text: in.Query, Standing: in.Standing, Relation: in.Relation})
	if err != nil {
		return nil, err
	}
	out := &heldCertificatesOutput{}
	out.Body.Certificates = []heldCertificateBody{}
	for _, g := range groups {
		for _, h := range g.Held {
			out.Body.Certificates = append(out.Body.Certificates, heldCertificateBody{Region: h.Region, ID: h.ID, Title: h.Title, Number: h.Number, Status: h.Status, Relation: h.Relation, Holder: g.Name, IssuerName: h.IssuerName, ValidUntil: h.ValidUntil})
		}
	}
	return out, nil
}

type givenCopyBody struct {
	Region      string    `json:"region"`
	ID          string    `json:"id"`
	Certificate string    `json:"certificate" doc:"Id of the certificate"`
	Title       string    `json:"title"`
	Code        string    `json:"code" doc:"Verification code of the copy"`
	Office      string    `json:"office,omitempty"`
	OfficeName  string    `json:"office_name"`
	Purpose     string    `json:"purpose"`
	CaseNumber  string    `json:"case_number,omitempty"`
	GivenAt     time.Time `json:"given_at"`
	GivenBy     string    `json:"given_by"`
	Until       time.Time `json:"until"`
	EndedAt     time.Time `json:"ended_at,omitzero"`
}

func bodyOf(c holding.Copy) givenCopyBody {
	return givenCopyBody{Region: c.Region, ID: c.ID, Certificate: c.Paper, Title: c.Title, Code: c.Code, Office: c.Office, OfficeName: c.OfficeName, Purpose: c.Purpose, CaseNumber: c.Matter,
		GivenAt: c.GivenAt, GivenBy: c.GivenName, Until: c.Until, EndedAt: c.EndedAt}
}

type givenCopyOutput struct{ Body givenCopyBody }

type giveCopyInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Office     string    `json:"office,omitempty" maxLength:"18" doc:"Unified code of the office"`
		OfficeName string    `json:"office_name,omitempty" maxLength:"100" doc:"Of somebody without a code"`
		Purpose    string    `json:"purpose" minLength:"1" maxLength:"60"`
		Until      time.Time `json:"until"`
	}
}

func (d Deps) give(ctx context.Context, in *giveCopyInput) (*givenCopyOutput, error) {
	c, err := d.Holding.Give(once.During(ctx, "give-copy"), in.Region, in.ID, holding.Gift{Office: in.Body.Office, OfficeName: in.Body.OfficeName, Purpose: in.Body.Purpose, Until: in.Body.Until})
	if err != nil {
		return nil, err
	}
	return &givenCopyOutput{bodyOf(c)}, nil
}

type givenCopiesOutput struct {
	Body struct {
		Copies []givenCopyBody `json:"copies"`
	}
}

func (d Deps) copies(ctx context.Context, _ *struct{}) (*givenCopiesOutput, error) {
	list, err := d.Holding.Copies(ctx)
	if err != nil {
		return nil, err
	}
	out := &givenCopiesOutput{}
	out.Body.Copies = []givenCopyBody{}
	for _, c := range list {
		out.Body.Copies = append(out.Body.Copies, bodyOf(c))
	}
	return out, nil
}

type givenCopyInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
}

func (d Deps) end(ctx context.Context, in *givenCopyInput) (*givenCopyOutput, error) {
	c, err := d.Holding.EndCopy(once.During(ctx, "end-copy"), in.Region, in.ID)
	if err != nil {
		return nil, err
	}
	return &givenCopyOutput{bodyOf(c)}, nil
}

type certificateUseBody struct {
	Certificate string          `json:"certificate"`
	Title       string          `json:"title"`
	Kind        holding.UseKind `json:"kind" enum:"shown,checked,given,read"`
	At          time.Time       `json:"at"`
	Who         string          `json:"who,omitempty"`
	OfficeName  string          `json:"office_name,omitempty"`
	Purpose     string          `json:"purpose,omitempty"`
	CaseNumber  string          `json:"case_number,omitempty"`
	Outcome     string          `json:"outcome" doc:"Status at that moment, or why it was refused"`
}

type certificateUsesInput struct {
	Kind   holding.UseKind `query:"kind" enum:"shown,checked,given,read"`
	Office string          `query:"office" maxLength:"100"`
}

type certificateUsesOutput struct {
	Body struct {
		Uses []certificateUseBody `json:"uses"`
	}
}

func (d Deps) uses(ctx context.Context, in *certificateUsesInput) (*certificateUsesOutput, error) {
	list, err := d.Holding.Uses(ctx, holding.UseFilter{Kind: in.Kind, Office: in.Office})
	if err != nil {
		return nil, err
	}
	out := &certificateUsesOutput{}
	out.Body.Uses = []certificateUseBody{}
	for _, u := range list {
		out.Body.Uses = append(out.Body.Uses, certificateUseBody{Certificate: u.Paper, Title: u.Title, Kind: u.Kind, At: u.At, Who: u.Name, OfficeName: u.OfficeName, Purpose: u.Purpose, CaseNumber: u.Matter, Outcome: u.Outcome})
	}
	return out, nil
}
