package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates/kinds"
	"tongban/platform/authz"
	"tongban/platform/web"
)

// registerTypes adds the catalogue of certificate types.
func registerTypes(a *web.API, h handlers) {
	web.Register(a, web.Operation{ID: "list-certificate-types", Method: http.MethodGet, Path: "/api/v1/certificate-types", Tag: "certificates", May: authz.Anyone,
		Summary: "List the certificate types in force (GB/T 36902)"}, h.types)
	web.Register(a, web.Operation{ID: "get-certificate-type", Method: http.MethodGet, Path: "/api/v1/certificate-types/{code}", Tag: "certificates", May: authz.Anyone,
		Summary: "Show the version of a certificate type that is in force"}, h.typeInForce)
	web.Register(a, web.Operation{ID: "propose-certificate-type", Method: http.MethodPost, Path: "/api/v1/regions/{region}/certificate-types", Tag: "certificates", May: kinds.MayDefine,
		Summary: "Propose a certificate type, or a new version of one; somebody else approves it"}, h.proposeType)
	web.Register(a, web.Operation{ID: "decide-certificate-type", Method: http.MethodPost, Path: "/api/v1/regions/{region}/certificate-types/{code}/versions/{version}/decision", Tag: "certificates", May: kinds.MayApprove,
		Summary: "Approve a proposed certificate type, or send it back"}, h.decideType)
}

// CertificateWords is a text in both languages.
type CertificateWords struct {
	Zh string `json:"zh" maxLength:"1000"`
	En string `json:"en,omitempty" maxLength:"2000"`
}

// CertificateTerm is how long certificates of a type are good for.
type CertificateTerm struct {
	Unit     string           `json:"unit" enum:"year,month,given,none"`
	Amount   int              `json:"amount,omitempty"`
	Citation CertificateWords `json:"citation"`
}

// CertificateTypeField is one thing that stands on certificates of a type.
type CertificateTypeField struct {
	Key      string           `json:"key"`
	Name     string           `json:"name" doc:"Name of the metadata (GB/T 36903): ZZ… or KZ_…"`
	Label    CertificateWords `json:"label"`
	Kind     string           `json:"kind" enum:"text,date,number,identity,unified,photo"`
	Required bool             `json:"required,omitempty"`
	Max      int              `json:"max,omitempty" doc:"Characters; 0 is 200"`
	Choices  []string         `json:"choices,omitempty"`
	Private  bool             `json:"private,omitempty" doc:"Its holder may withhold it"`
}

// CertificateTypeDefinition is what a version of a type says.
type CertificateTypeDefinition struct {
	Code        string                 `json:"code" doc:"21 characters: unified code of the authority and three more"`
	Key         string                 `json:"key" doc:"Short name that materials use"`
	Name        CertificateWords       `json:"name"`
	Category    string                 `json:"category" enum:"1,2,3,4,5" doc:"1 证照 2 批文 3 证明 4 材料 5 证件"`
	Authority   string                 `json:"authority" doc:"Unified code of the defining authority"`
	By          CertificateWords       `json:"by" doc:"Its name"`
	Level       string                 `json:"level" enum:"1,2,3,4,5" doc:"Of the authority: 1 国家 2 省部 3 地市 4 区县 5 其他"`
	Holder      string                 `json:"holder" enum:"0,1,2" doc:"0 people 1 organisations 2 both"`
	Validity    CertificateTerm        `json:"validity"`
	Basis       []CertificateWords     `json:"basis"`
	Fields      []CertificateTypeField `json:"fields"`
	IssuerLevel string                 `json:"issuer_level,omitempty" enum:"1,2,3,4,5,6" doc:"Of who issues: 1 国家 2 省部 3 地市 4 区县 5 乡镇 6 其他; none: not said"`
	Issuers     []string               `json:"issuers,omitempty" maxItems:"50" doc:"Who issues besides the authority: unified codes, or words of the names of offices; none: not said"`
}

// CertificateTypeBody is a version of a type with where it stands.
type CertificateTypeBody struct {
	CertificateTypeDefinition
	Region    string      `json:"region"`
	Version   int         `json:"version"`
	State     kinds.State `json:"state" enum:"proposed,approved,rejected"`
	Proposed  time.Time   `json:"proposed_at"`
	DecidedOn time.Time   `json:"decided_at,omitzero"`
}

func definitionOf(t kinds.Type) CertificateTypeDefinition {
	d := CertificateTypeDefinition{Code: t.Code, Key: t.Key, Name: CertificateWords(t.Name), Category: t.Category, Authority: t.Authority, By: CertificateWords(t.By), Level: t.Level, Holder: t.Holder, Issuers: t.Issuers, IssuerLevel: t.IssuerLevel,
		Validity: CertificateTerm{t.Validity.Unit, t.Validity.Amount, CertificateWords(t.Validity.Citation)}}
	for _, b := range t.Basis {
		d.Basis = append(d.Basis, CertificateWords(b))
	}
	for _, f := range t.Fields {
		d.Fields = append(d.Fields, CertificateTypeField{f.Key, f.Name, CertificateWords(f.Label), f.Kind, f.Required, f.Max, f.Choices, f.Private})
	}
	return d
}

func (d CertificateTypeDefinition) typ() kinds.Type {
	t := kinds.Type{Code: d.Code, Key: d.Key, Name: catalogue.Text(d.Name), Category: d.Category, Authority: d.Authority, By: catalogue.Text(d.By), Level: d.Level, Holder: d.Holder, Issuers: d.Issuers, IssuerLevel: d.IssuerLevel,
		Validity: kinds.Validity{Unit: d.Validity.Unit, Amount: d.Validity.Amount, Citation: catalogue.Text(d.Validity.Citation)}}
	for _, b := range d.Basis {
		t.Basis = append(t.Basis, catalogue.Text(b))
	}
	for _, f := range d.Fields {
		t.Fields = append(t.Fields, kinds.Field{Key: f.Key, Name: f.Name, Label: catalogue.Text(f.Label), Kind: f.Kind, Required: f.Required, Max: f.Max, Choices: f.Choices, Private: f.Private})
	}
	return t
}

func typeBody(t kinds.Type) CertificateTypeBody {
	return CertificateTypeBody{CertificateTypeDefinition: definitionOf(t), Region: t.Region, Version: t.Version, State: t.State, Proposed: t.ProposedAt, DecidedOn: t.DecidedAt}
}

type certificateTypesInput struct {
	Find string `query:"q" maxLength:"100" doc:"Words of the name, the code or the authority"`
}

type certificateTypesOutput struct {
	Body struct {
		Types []CertificateTypeBody `json:"types"`
	}
}

func (h handlers) types(ctx context.Context, in *certificateTypesInput) (*certificateTypesOutput, error) {
	list, err := h.Types.List(ctx, in.Find)
	if err != nil {
		return nil, err
	}
	out := &certificateTypesOutput{}
	out.Body.Types = []CertificateTypeBody{}
	for _, t := range list {
		out.Body.Types = append(out.Body.Types, typeBody(t))
	}
	return out, nil
}

type certificateTypeInput struct {
	Code string `path:"code" maxLength:"21"`
}

type certificateTypeOutput struct{ Body CertificateTypeBody }

// CertificateTypeItem is an item that has to do with certificates of a type.
type CertificateTypeItem struct {
	Region string           `json:"region"`
	Code   string           `json:"code"`
	Name   CertificateWords `json:"name"`
	Role   string           `json:"role" enum:"grants,takes" doc:"grants: it issues them; takes: one stands in for a material"`
}

// CertificateTypeWithItems is a type with its items.
type CertificateTypeWithItems struct {
	CertificateTypeBody
	Items []CertificateTypeItem `json:"items" doc:"Items in force that issue or take certificates of the type, of all regions, 100 at most"`
	More  bool                  `json:"items_more,omitempty" doc:"There are others"`
}

type certificateTypeInForceOutput struct{ Body CertificateTypeWithItems }

func (h handlers) typeInForce(ctx context.Context, in *certificateTypeInput) (*certificateTypeInForceOutput, error) {
	t, err := h.Types.InForce(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &certificateTypeInForceOutput{CertificateTypeWithItems{CertificateTypeBody: typeBody(t), Items: []CertificateTypeItem{}}}
	if h.ItemsOf == nil {
		return out, nil
	}
	items, more, err := h.ItemsOf(ctx, []string{t.Code, t.Key})
	for _, i := range items {
		out.Body.Items = append(out.Body.Items, CertificateTypeItem{i.Region, i.Code, CertificateWords(i.Name), i.Role})
	}
	out.Body.More = more
	return out, err
}

type proposeTypeInput struct {
	Region string `path:"region" maxLength:"12"`
	Body   struct {
		Type CertificateTypeDefinition `json:"type"`
		Note string                    `json:"note" minLength:"1" maxLength:"500"`
	}
}

func (h handlers) proposeType(ctx context.Context, in *proposeTypeInput) (*certificateTypeOutput, error) {
	t, err := h.Types.Propose(ctx, in.Region, in.Body.Type.typ(), in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &certificateTypeOutput{typeBody(t)}, nil
}

type decideTypeInput struct {
	Region  string `path:"region" maxLength:"12"`
	Code    string `path:"code" maxLength:"21"`
	Version int    `path:"version" minimum:"1"`
	Body    struct {
		Approve bool   `json:"approve"`
		Answer  string `json:"answer,omitempty" maxLength:"500" doc:"Needed to send it back"`
	}
}

func (h handlers) decideType(ctx context.Context, in *decideTypeInput) (*certificateTypeOutput, error) {
	t, err := h.Types.Decide(ctx, in.Region, in.Code, in.Version, in.Body.Approve, in.Body.Answer)
	if err != nil {
		return nil, err
	}
	return &certificateTypeOutput{typeBody(t)}, nil
}
