package holding

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/authz"
	"tongban/platform/once"
	"tongban/platform/web"
)

func registerShowings(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "show-certificate", Method: http.MethodPost, Path: "/api/v1/certificates/{region}/{id}/showings", Tag: "certificates", May: certificates.MayHold,
		Summary: "Put a certificate on the screen; its code lives a minute, the showing fifteen"}, d.show)
	web.Register(a, web.Operation{ID: "get-certificate-showing", Method: http.MethodGet, Path: "/api/v1/certificate-showings/{region}/{id}", Tag: "certificates", May: certificates.MayHold,
		Summary: "The code that the screen shows now, for whoever began it"}, d.showing)
	web.Register(a, web.Operation{ID: "end-certificate-showing", Method: http.MethodPost, Path: "/api/v1/certificate-showings/{region}/{id}/end", Tag: "certificates", May: certificates.MayHold,
		Summary: "Take a certificate off the screen"}, d.endShowing)
	web.Register(a, web.Operation{ID: "check-shown-certificate", Method: http.MethodGet, Path: "/api/v1/shown/{digits}", Tag: "certificates", May: authz.Anyone,
		Summary: "Say what a certificate is worth now that somebody shows; the look stands in the holder's list of uses"}, d.look)
}

type certificateShowingBody struct {
	Region      string    `json:"region"`
	ID          string    `json:"id"`
	Certificate string    `json:"certificate" doc:"Id of the certificate"`
	Title       string    `json:"title"`
	Purpose     string    `json:"purpose,omitempty"`
	Digits      string    `json:"digits" doc:"Twelve digits, good until expires"`
	Address     string    `json:"address" doc:"For the QR code"`
	Expires     time.Time `json:"expires"`
	Ends        time.Time `json:"ends" doc:"End of the whole showing"`
}

type certificateShowingOutput struct{ Body certificateShowingBody }

type showCertificateInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
	Body   struct {
		Purpose string `json:"purpose,omitempty" maxLength:"60" doc:"Who looks at it and what for"`
	}
}

func (d Deps) show(ctx context.Context, in *showCertificateInput) (*certificateShowingOutput, error) {
	x, err := d.Holding.Start(once.During(ctx, "show-certificate"), in.Region, in.ID, in.Body.Purpose)
	if err != nil {
		return nil, err
	}
	return d.code(ctx, x.Region, x.ID)
}

func (d Deps) code(ctx context.Context, region, showing string) (*certificateShowingOutput, error) {
	c, err := d.Holding.Code(ctx, region, showing)
	if err != nil {
		return nil, err
	}
	return &certificateShowingOutput{certificateShowingBody{Region: c.Region, ID: c.ID, Certificate: c.Paper, Title: c.Held.Title, Purpose: c.Purpose, Digits: c.Digits, Address: c.Address, Expires: c.Expires, Ends: c.Ends}}, nil
}

type certificateShowingInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
}

func (d Deps) showing(ctx context.Context, in *certificateShowingInput) (*certificateShowingOutput, error) {
	return d.code(ctx, in.Region, in.ID)
}

func (d Deps) endShowing(ctx context.Context, in *certificateShowingInput) (*struct{}, error) {
	_, err := d.Holding.Stop(once.During(ctx, "end-showing"), in.Region, in.ID)
	return nil, err
}

type shownInput struct {
	Digits string `path:"digits" maxLength:"20" doc:"The twelve digits"`
}

type shownBody struct {
	Report   certificates.Report `json:"report"`
	Relation holding.Relation    `json:"relation" enum:"own,company,child,permit" doc:"In which right it is shown"`
	By       string              `json:"by,omitempty" doc:"Masked name of who shows it for somebody else"`
	Purpose  string              `json:"purpose,omitempty"`
	Expires  time.Time           `json:"expires"`
}

type shownOutput struct{ Body shownBody }

func (d Deps) look(ctx context.Context, in *shownInput) (*shownOutput, error) {
	l, err := d.Holding.Look(ctx, in.Digits, d.asker(ctx))
	if err != nil {
		return nil, err
	}
	return &shownOutput{shownBody{Report: l.Report, Relation: l.Relation, By: l.By, Purpose: l.Showing.Purpose, Expires: l.Expires}}, nil
}
