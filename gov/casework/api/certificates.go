package api

import (
	"context"
	"time"

	"tongban/gov/casework/reuse"
	"tongban/platform/once"
)

type lookInput struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	ID     string `path:"id" maxLength:"40"`
	Body   struct {
		Shown string `json:"shown" minLength:"1" maxLength:"18" doc:"The number on the document that the person present showed"`
		// Law: 个人信息保护法 art. 14.
		Consent bool `json:"consent" doc:"The person present agrees to the look, knowing what it is for; false is refused"`
	}
}

type fittingCertificate struct {
	Material   string    `json:"material" doc:"Key of the material that it stands in for"`
	Name       string    `json:"name" doc:"Name of the material"`
	Title      string    `json:"title"`
	Number     string    `json:"number" doc:"Masked where it is an identity number"`
	IssuerName string    `json:"issuer_name"`
	ValidUntil time.Time `json:"valid_until,omitzero"`
	Code       string    `json:"code" doc:"Send it as paper of choose-material"`
}

type fittingOutput struct {
	Body struct {
		Certificates []fittingCertificate `json:"certificates"`
	}
}

func answerFits(list []reuse.Fit, err error) (*fittingOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &fittingOutput{}
	out.Body.Certificates = []fittingCertificate{}
	for _, f := range list {
		out.Body.Certificates = append(out.Body.Certificates, fittingCertificate{Material: f.Material, Name: f.MaterialName, Title: f.Title, Number: f.ShownNumber(), IssuerName: f.IssuerName, ValidUntil: f.ValidUntil, Code: f.Code})
	}
	return out, nil
}

func (d Deps) lookForCertificates(ctx context.Context, in *lookInput) (*fittingOutput, error) {
	if !in.Body.Consent {
		return nil, reuse.ErrNoLook
	}
	return answerFits(d.Reuse.AskPresent(once.During(ctx, "look-for-certificates"), in.Region, Key{ID: in.ID}.draft(), in.Body.Shown))
}

func (d Deps) fittingCertificates(ctx context.Context, in *Key) (*fittingOutput, error) {
	return answerFits(d.Reuse.Fits(ctx, in.Region, in.draft()))
}
