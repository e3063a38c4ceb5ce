package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/layout"
	"tongban/gov/certificates/templates"
	"tongban/platform/authz"
	"tongban/platform/web"
)

// registerTemplates adds what certificates look like.
func registerTemplates(a *web.API, h handlers) {
	web.Register(a, web.Operation{ID: "list-certificate-templates", Method: http.MethodGet, Path: "/api/v1/certificate-templates", Tag: "certificates", May: authz.SignedIn,
		Summary: "List the templates of certificates in force"}, h.templates)
	web.Register(a, web.Operation{ID: "list-certificate-template-versions", Method: http.MethodGet, Path: "/api/v1/regions/{region}/certificate-types/{code}/templates", Tag: "certificates", May: templates.MayDesign,
		Summary: "List all versions of the template of a certificate type, the newest first"}, h.templateVersions)
	web.Register(a, web.Operation{ID: "check-certificate-template", Method: http.MethodPost, Path: "/api/v1/certificate-templates/check", Tag: "certificates", May: templates.MayDesign, Repeat: "nothing is kept",
		Summary: "Say what is wrong with a template: what keeps it from being published, and what has no room when values are long"}, h.checkTemplate)
	web.Register(a, web.Operation{ID: "preview-certificate-template", Method: http.MethodPost, Path: "/api/v1/certificate-templates/preview", Tag: "certificates", May: templates.MayDesign, Repeat: "nothing is kept",
		Summary: "Draw a template with data of nobody as PDF, by the program that makes certificates"}, h.previewTemplate)
	web.Register(a, web.Operation{ID: "propose-certificate-template", Method: http.MethodPost, Path: "/api/v1/regions/{region}/certificate-types/{code}/templates", Tag: "certificates", May: templates.MayDesign,
		Summary: "Propose a version of the template of a certificate type; somebody else publishes it"}, h.proposeTemplate)
	web.Register(a, web.Operation{ID: "decide-certificate-template", Method: http.MethodPost, Path: "/api/v1/regions/{region}/certificate-types/{code}/templates/{version}/decision", Tag: "certificates", May: templates.MayPublish,
		Summary: "Publish a proposed template, or send it back"}, h.decideTemplate)
}

// CertificateTemplatePage is the paper, in millimetres.
type CertificateTemplatePage struct {
	Wide float64 `json:"wide" minimum:"80" maximum:"420"`
	High float64 `json:"high" minimum:"80" maximum:"420"`
}

// CertificateTemplatePart is one thing on the page.
type CertificateTemplatePart struct {
	Sort  string  `json:"sort" enum:"text,field,date,sentences,rows,photo,seal,qr,frame,line"`
	X     float64 `json:"x" doc:"Millimetres from the left edge"`
	Y     float64 `json:"y" doc:"Millimetres from the upper edge"`
	Wide  float64 `json:"wide"`
	High  float64 `json:"high"`
	Size  float64 `json:"size,omitempty" doc:"Of letters in points, 12 when left out; of lines and frames their thickness"`
	Align string  `json:"align,omitempty" enum:"left,center,right,justify"`
	Bold  bool    `json:"bold,omitempty"`
	Color string  `json:"color,omitempty" enum:"black,grey,red,gold"`
	Field string  `json:"field,omitempty" doc:"Of field and photo the key of the field; of date: issued, from, until"`
	Label float64 `json:"label,omitempty" doc:"Of field: room for its label on the left in millimetres; 0 leaves it out"`
	Text  string  `json:"text,omitempty" maxLength:"500" doc:"May hold {title} {number} {issuer} {holder} {holder_number} {item} {identifier} {code} {issued} {from} {until} {check}"`
	Title bool    `json:"title,omitempty" doc:"Of text: the heading of the page"`
	After bool    `json:"after,omitempty" doc:"Follows the part before"`
	Twice bool    `json:"double,omitempty" doc:"Of frame: double, with corners"`
}

// CertificateTemplate is how certificates of a type look.
type CertificateTemplate struct {
	Type  string                    `json:"type" minLength:"21" maxLength:"21" doc:"Code of the certificate type"`
	Page  CertificateTemplatePage   `json:"page"`
	Parts []CertificateTemplatePart `json:"parts" maxItems:"80" doc:"In reading order; later parts lie above"`
}

// CertificateTemplateVersion is a template with where it stands.
type CertificateTemplateVersion struct {
	CertificateTemplate
	Region    string      `json:"region"`
	Version   int         `json:"version"`
	Mark      string      `json:"mark" doc:"What certificates drawn from it sign: version and digest"`
	State     kinds.State `json:"state" enum:"proposed,approved,rejected"`
	Proposed  time.Time   `json:"proposed_at"`
	DecidedOn time.Time   `json:"decided_at,omitzero"`
}

// CertificateTemplateProblem is one thing that is wrong with a template.
type CertificateTemplateProblem struct {
	Part    int    `json:"part" doc:"Place in the template, from 0; -1 is the whole"`
	Field   string `json:"field,omitempty"`
	Code    string `json:"code"`
	What    string `json:"what,omitempty"`
	Warning bool   `json:"warning" doc:"It may be published all the same"`
}

func (t CertificateTemplate) layout() layout.Template {
	l := layout.Template{Type: t.Type, Page: layout.Page(t.Page)}
	for _, p := range t.Parts {
		l.Parts = append(l.Parts, layout.Part(p))
	}
	return l
}

func templateBody(t templates.Template) CertificateTemplateVersion {
	out := CertificateTemplateVersion{Region: t.Region, Version: t.Version, Mark: t.Mark(t.Version), State: t.State, Proposed: t.ProposedAt, DecidedOn: t.DecidedAt}
	out.Type, out.Page, out.Parts = t.Type, CertificateTemplatePage(t.Page), []CertificateTemplatePart{}
	for _, p := range t.Parts {
		out.Parts = append(out.Parts, CertificateTemplatePart(p))
	}
	return out
}

type certificateTemplatesOutput struct {
	Body struct {
		Templates []CertificateTemplateVersion `json:"templates"`
	}
}

func templateList(list []templates.Template, err error) (*certificateTemplatesOutput, error) {
	out := &certificateTemplatesOutput{}
	out.Body.Templates = []CertificateTemplateVersion{}
	for _, t := range list {
		out.Body.Templates = append(out.Body.Templates, templateBody(t))
	}
	return out, err
}

func (h handlers) templates(ctx context.Context, _ *struct{}) (*certificateTemplatesOutput, error) {
	return templateList(h.Templates.List(ctx))
}

type certificateTemplateVersionsInput struct {
	Region string `path:"region" maxLength:"12"`
	Code   string `path:"code" maxLength:"21"`
}

func (h handlers) templateVersions(ctx context.Context, in *certificateTemplateVersionsInput) (*certificateTemplatesOutput, error) {
	if err := authz.Require(ctx, templates.MayDesign, authz.Object{Region: in.Region}); err != nil {
		return nil, err
	}
	return templateList(h.Templates.Versions(ctx, in.Region, in.Code))
}

type checkTemplateInput struct{ Body CertificateTemplate }

type checkTemplateOutput struct {
	Body struct {
		Sound    bool                         `json:"sound" doc:"Nothing keeps it from being published"`
		Problems []CertificateTemplateProblem `json:"problems"`
	}
}

func (h handlers) checkTemplate(ctx context.Context, in *checkTemplateInput) (*checkTemplateOutput, error) {
	list, err := h.Templates.Lint(ctx, in.Body.layout())
	if err != nil {
		return nil, err
	}
	out := &checkTemplateOutput{}
	out.Body.Sound, out.Body.Problems = layout.Sound(list), []CertificateTemplateProblem{}
	for _, p := range list {
		out.Body.Problems = append(out.Body.Problems, CertificateTemplateProblem{p.Part, p.Field, p.Code, p.What, p.Warn})
	}
	return out, nil
}

type previewTemplateInput struct {
	Long bool `query:"long" doc:"With long values and rare characters"`
	Body CertificateTemplate
}

func (h handlers) previewTemplate(ctx context.Context, in *previewTemplateInput) (*fileOutput, error) {
	b, err := h.Templates.Preview(ctx, in.Body.layout(), in.Long)
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: "application/pdf", ContentDisposition: `inline; filename="sample.pdf"`, CacheControl: "private, no-store", Body: b}, nil
}

type proposeTemplateInput struct {
	Region string `path:"region" maxLength:"12"`
	Code   string `path:"code" maxLength:"21"`
	Body   struct {
		Page  CertificateTemplatePage   `json:"page"`
		Parts []CertificateTemplatePart `json:"parts" maxItems:"80"`
		Note  string                    `json:"note" minLength:"1" maxLength:"500"`
	}
}

type certificateTemplateOutput struct{ Body CertificateTemplateVersion }

func (h handlers) proposeTemplate(ctx context.Context, in *proposeTemplateInput) (*certificateTemplateOutput, error) {
	t, err := h.Templates.Propose(ctx, in.Region, CertificateTemplate{in.Code, in.Body.Page, in.Body.Parts}.layout(), in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &certificateTemplateOutput{templateBody(t)}, nil
}

type decideTemplateInput struct {
	Region  string `path:"region" maxLength:"12"`
	Code    string `path:"code" maxLength:"21"`
	Version int    `path:"version" minimum:"1"`
	Body    struct {
		Publish bool   `json:"publish"`
		Answer  string `json:"answer,omitempty" maxLength:"500" doc:"Needed to send it back"`
	}
}

func (h handlers) decideTemplate(ctx context.Context, in *decideTemplateInput) (*certificateTemplateOutput, error) {
	t, err := h.Templates.Decide(ctx, in.Region, in.Code, in.Version, in.Body.Publish, in.Body.Answer)
	if err != nil {
		return nil, err
	}
	return &certificateTemplateOutput{templateBody(t)}, nil
}
