package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/templates"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/guess"
	"tongban/platform/web"
)

// Deps is what the operations need.
type Deps struct {
	Certificates *certificates.Service
	Types        *kinds.Service
	Templates    *templates.Service
	ItemsOf      func(ctx context.Context, refs []string) (list []catalogue.RelatedItem, more bool, err error) // of a type; nil: none are listed
	Address      func(context.Context) string                                                                  // the sender's network address, for counting vain attempts; nil counts all unknown senders as one
}

// Register adds the operations to the API.
func Register(a *web.API, d Deps) {
	h := handlers(d)
	web.Register(a, web.Operation{ID: "verify-paper", Method: http.MethodGet, Path: "/api/v1/papers/{code}/verification", Tag: "certificates", May: authz.Anyone,
		Summary: "Say what became of the paper with a verification code"}, h.verify)
	web.Register(a, web.Operation{ID: "verify-file", Method: http.MethodPost, Path: "/api/v1/verifications", Tag: "certificates", May: authz.Anyone, MaxBody: 28 << 20, Repeat: "nothing is kept",
		Summary: "Check a file in any form of a paper (PDF, OFD, signed token, signed data, text of a code, credential from a wallet), sent as it is or as JSON {\"file\": base64}; the file at most 20 MB"}, h.verifyFile)
	web.Register(a, web.Operation{ID: "list-papers", Method: http.MethodGet, Path: "/api/v1/papers", Tag: "certificates", May: certificates.MayHold,
		Summary: "List the caller's own papers, certificates first"}, h.list)
	web.Register(a, web.Operation{ID: "get-paper", Method: http.MethodGet, Path: "/api/v1/papers/{region}/{id}", Tag: "certificates", May: authz.SignedIn,
		Summary: "Show a paper to its holder or to an office that handles its case"}, h.paper)
	web.Register(a, web.Operation{ID: "get-paper-file", Method: http.MethodGet, Path: "/api/v1/papers/{region}/{id}/file", Tag: "certificates", May: authz.SignedIn,
		Summary: "Fetch a paper as a file: as signed PDF, sealed OFD, signed token (JWS) or signed data"}, h.file)
	registerTypes(a, h)
	registerTemplates(a, h)
	web.Register(a, web.Operation{ID: "list-paper-acts", Method: http.MethodGet, Path: "/api/v1/papers/{region}/{id}/acts", Tag: "certificates", May: authz.SignedIn,
		Summary: "List what was done to a paper after its issue, oldest first"}, h.acts)
	web.Register(a, web.Operation{ID: "act-on-paper", Method: http.MethodPost, Path: "/api/v1/papers/{region}/{id}/acts", Tag: "certificates", May: certificates.MayManage,
		Summary: "Renew, change, reissue, suspend, restore, withdraw, revoke, cancel or transfer a certificate that one's office issued; answers with the version that stands afterwards"}, h.act)
}

type handlers Deps

// asker names who asks, as the pages do.
func (h handlers) asker(ctx context.Context) string {
	if p := auth.From(ctx); p.SignedIn() {
		return p.ID
	}
	if h.Address == nil {
		return ""
	}
	return guess.Network(h.Address(ctx))
}

type verifyInput struct {
	Code string `path:"code" maxLength:"40" doc:"Verification code, with or without hyphens"`
	For  string `query:"for" maxLength:"140" doc:"OFFICE or OFFICE/MATTER, by unified code or name and by number of the case: a copy made for others is refused"`
}

type reportOutput struct{ Body certificates.Report }

// said is a report with its reason in the language of whoever asks, for
// the office and matter for which it is to count.
func said(ctx context.Context, r certificates.Report, whom string) *reportOutput {
	office, matter := holding.ParseFor(whom)
	r = holding.For(r, office, matter)
	if r.Reason != "" {
		f := fault.Invalid(r.Reason)
		if r.Paper != nil && r.Paper.CopyOf != nil {
			f = f.With("office", r.Paper.CopyOf.OfficeName).With("matter", r.Paper.CopyOf.Matter)
		}
		r.Words = web.Words(ctx, f)
	}
	return &reportOutput{r}
}

func (h handlers) verify(ctx context.Context, in *verifyInput) (*reportOutput, error) {
	r, err := h.Certificates.Check(ctx, in.Code, h.asker(ctx))
	if err != nil {
		return nil, err
	}
	return said(ctx, r, in.For), nil
}

type verifyFileInput struct {
	ContentType string `header:"Content-Type"`
	For         string `query:"for" maxLength:"140" doc:"OFFICE or OFFICE/MATTER, by unified code or name and by number of the case: a copy made for others is refused"`
	RawBody     []byte `contentType:"application/pdf"`
}

// errBadFile refuses a body from which no file can be read.
var errBadFile = fault.Invalid("certificates.bad_file")

func (h handlers) verifyFile(ctx context.Context, in *verifyFileInput) (*reportOutput, error) {
	file := in.RawBody
	if kind, _, _ := mime.ParseMediaType(in.ContentType); kind == "application/json" {
		var body struct {
			File string `json:"file"`
		}
		if err := json.Unmarshal(in.RawBody, &body); err != nil {
			return nil, errBadFile.Because(err)
		}
		var err error
		if file, err = base64.StdEncoding.DecodeString(body.File); err != nil {
			return nil, errBadFile.Because(err)
		}
	}
	if len(file) == 0 {
		return nil, errBadFile
	}
	r, err := h.Certificates.CheckFile(ctx, file, h.asker(ctx))
	if err != nil {
		return nil, err
	}
	return said(ctx, r, in.For), nil
}

// paperBody is a paper as its holder sees it.
type paperBody struct {
	Region       string               `json:"region"`
	ID           string               `json:"id"`
	Kind         certificates.Kind    `json:"kind" enum:"receipt,acceptance,refusal,supplement,withdrawal,special,certificate,standing"`
	Status       certificates.Status  `json:"status" enum:"valid,suspended,withdrawn,cancelled,expired,superseded,moved,revoked,damaged" doc:"damaged: the record does not agree with its signature and is not shown"`
	Code         string               `json:"code" doc:"Verification code"`
	Number       string               `json:"number"`
	Title        string               `json:"title"`
	Case         string               `json:"case,omitempty"`
	CaseNumber   string               `json:"case_number,omitempty"`
	Item         string               `json:"item,omitempty"`
	ItemName     string               `json:"item_name,omitempty"`
	Issuer       string               `json:"issuer"`
	IssuerName   string               `json:"issuer_name"`
	HolderName   string               `json:"holder_name"`
	HolderNumber string               `json:"holder_number"`
	Type         string               `json:"type,omitempty"`
	Fields       []certificates.Field `json:"fields"`
	Text         []string             `json:"text"`
	IssuedAt     time.Time            `json:"issued_at,omitzero"`
	ValidFrom    time.Time            `json:"valid_from,omitzero"`
	ValidUntil   time.Time            `json:"valid_until,omitzero"`
	Identifier   string               `json:"identifier,omitempty" doc:"Identifier of the certificate, GB/T 36904"`
	Version      int                  `json:"version,omitempty"`
	Predecessor  string               `json:"predecessor,omitempty" doc:"Identifier of the version before"`
	Since        time.Time            `json:"status_since,omitzero"`
	Reason       string               `json:"status_reason,omitempty"`
	Basis        string               `json:"status_basis,omitempty"`
	File         string               `json:"file,omitempty" doc:"Path of the signed PDF"`
}

func bodyOf(f certificates.Found) paperBody {
	p := f.Paper
	b := paperBody{Region: p.Region, ID: p.ID, Kind: p.Kind, Status: f.Status, Code: p.Code, Number: p.Number, Title: p.Title, Case: p.Case, CaseNumber: p.CaseNumber,
		Item: p.Item, ItemName: p.ItemName, Issuer: p.Issuer, IssuerName: p.IssuerName, HolderName: p.HolderName, HolderNumber: p.HolderNumber, Type: p.Type,
		Fields: append([]certificates.Field{}, p.Fields...), Text: append([]string{}, p.Text...), IssuedAt: p.IssuedAt, ValidFrom: p.ValidFrom, ValidUntil: p.ValidUntil,
		Identifier: p.Identifier, Version: p.Version, Predecessor: p.Predecessor, Since: f.Since.Time, Reason: f.Reason, Basis: f.Basis}
	if f.Status != certificates.Damaged {
		b.File = "/api/v1/papers/" + p.Region + "/" + p.ID + "/file"
	}
	return b
}

type listInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listOutput struct {
	Body struct {
		Papers []paperBody `json:"papers"`
	}
}

func (h handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	found, err := h.Certificates.Mine(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Papers = []paperBody{}
	for _, f := range found {
		out.Body.Papers = append(out.Body.Papers, bodyOf(f))
	}
	return out, nil
}

type paperInput struct {
	Region string `path:"region" maxLength:"12"`
	ID     string `path:"id" maxLength:"64"`
}

type paperOutput struct{ Body paperBody }

func (h handlers) paper(ctx context.Context, in *paperInput) (*paperOutput, error) {
	f, err := h.Certificates.Read(ctx, in.Region, in.ID)
	if err != nil {
		return nil, err
	}
	return &paperOutput{bodyOf(f)}, nil
}

type fileOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	CacheControl       string `header:"Cache-Control"`
	Length             string `header:"Content-Length"`
	Body               []byte
}

type paperFileInput struct {
	Region    string `path:"region" maxLength:"12"`
	ID        string `path:"id" maxLength:"64"`
	Form      string `query:"form" enum:"pdf,ofd,jws,data" default:"pdf"`
	Algorithm string `query:"algorithm" enum:"EdDSA,ES256,SM2-SM3" default:"EdDSA" doc:"Of a signed token"`
	JSON      bool   `query:"json" doc:"A signed token in the flattened JSON serialization"`
	Metadata  int    `query:"metadata" minimum:"1" maximum:"2" default:"2" doc:"Version of the metadata of a signed token: 1 is without the name of the seal, for receivers that refuse it"`
}

func (h handlers) file(ctx context.Context, in *paperFileInput) (*fileOutput, error) {
	var form certificates.Form
	var err error
	switch in.Form {
	case certificates.FormJWS:
		form, err = h.Certificates.TokenFor(ctx, in.Region, in.ID, in.Algorithm, in.JSON, in.Metadata)
	case certificates.FormOFD:
		form, err = h.Certificates.OFD(ctx, in.Region, in.ID)
	case certificates.FormData:
		form, err = h.Certificates.SignedData(ctx, in.Region, in.ID)
	default:
		return h.pdf(ctx, in.Region, in.ID)
	}
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: form.Type, ContentDisposition: form.Disposition(form.ID + "." + in.Form),
		CacheControl: "private, no-store", Length: strconv.Itoa(len(form.Data)), Body: form.Data}, nil
}

func (h handlers) pdf(ctx context.Context, region, id string) (*fileOutput, error) {
	f, err := h.Certificates.File(ctx, region, id)
	if err != nil {
		return nil, err
	}
	b, err := h.Certificates.Bytes(f.Ref)
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: f.Ref.Kind.MediaType(), ContentDisposition: `attachment; filename="` + f.ID + `.pdf"; filename*=UTF-8''` + url.PathEscape(f.Name),
		CacheControl: "private, no-store", Length: strconv.Itoa(len(b)), Body: b}, nil
}
