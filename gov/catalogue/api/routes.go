package api

import (
	"context"
	"net/http"

	"tongban/gov/catalogue"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct{ Catalogue *catalogue.Service }

// Register adds the operations.
func Register(a *web.API, d Deps) {
	op := func(id, path, summary string) web.Operation {
		return web.Operation{ID: id, Method: http.MethodGet, Path: path, Summary: summary, Tag: "catalogue", May: catalogue.MayReadCatalogue}
	}
	web.Register(a, op("search-items", "/api/v1/items", "Search and browse items"), d.searchItems)
	web.Register(a, op("get-item", "/api/v1/items/{region}/{code}", "The whole guide of an item with materials, form and situations"), d.item)
	web.Register(a, op("list-versions", "/api/v1/items/{region}/{code}/versions", "Every version of an item, the newest first"), d.versions)
	web.Register(a, op("list-divisions", "/api/v1/divisions", "Divisions by name, or right below another; provinces without parent and q"), d.listDivisions)
	web.Register(a, op("list-departments", "/api/v1/departments", "Offices with the number of their items"), d.listDepartments)
}

type searchInput struct {
	Q          string `query:"q" maxLength:"200" doc:"Words, pinyin initials or a code; empty browses"`
	Limit      int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Items on one page"`
	After      string `query:"after" maxLength:"2000" doc:"next of the page before"`
	Department string `query:"department" maxLength:"18" doc:"Unified code of the office"`
	Theme      string `query:"theme" maxLength:"60"`
	Audience   string `query:"audience" maxLength:"30" doc:"person, organisation, or a kind of applicant such as 企业法人"`
	Type       string `query:"type" maxLength:"2" doc:"Code of the kind of item"`
	Region     string `query:"region" pattern:"^([0-9]{6,12})?$" doc:"Items of this division, of those above and of those below it"`
	Online     string `query:"online" enum:"true,false," doc:"Whether it can be done online"`
}

type itemSummary struct {
	Region     string          `json:"region"`
	Code       string          `json:"code"`
	Version    int             `json:"version"`
	Name       string          `json:"name"`
	NameEn     string          `json:"name_en,omitempty"`
	Summary    *catalogue.Text `json:"summary,omitempty"`
	Department department      `json:"department"`
	Type       string          `json:"type"`
	TypeCode   string          `json:"type_code"`
	Audience   []string        `json:"audience"`
	Themes     []string        `json:"themes"`
	Legal      *itemLimit      `json:"legal_limit" doc:"null: the guide does not say"`
	Promise    *itemLimit      `json:"promise_limit" doc:"null: the guide does not say"`
	Visits     *int            `json:"visits" doc:"null: the guide does not say"`
	FeeCents   *int64          `json:"fee_cents" doc:"null: the guide does not say"`
	Online     bool            `json:"online"`
	Materials  int             `json:"materials" doc:"How many the guide names"`
	Package    string          `json:"package,omitempty"`
}

type itemLimit struct {
	Amount   int            `json:"amount"`
	Unit     catalogue.Unit `json:"unit" enum:"workday,day,hour"`
	Citation string         `json:"citation,omitempty"`
}

type department struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	NameEn    string `json:"name_en,omitempty"`
	Items     int    `json:"items,omitempty"`
	Suspected bool   `json:"suspected,omitempty" doc:"The code fails the check of unified codes; kept as published"`
}

type facet struct {
	Value string `json:"value"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

type facets struct {
	Departments []facet `json:"departments"`
	Themes      []facet `json:"themes"`
	Audiences   []facet `json:"audiences"`
	Types       []facet `json:"types"`
	Regions     []facet `json:"regions"`
	Online      int     `json:"online"`
	Offline     int     `json:"offline"`
}

type understood struct {
	Say  string `json:"say"`
	Mean string `json:"mean"`
}

type searchOutput struct {
	Body struct {
		Items      []itemSummary `json:"items"`
		Next       string        `json:"next,omitempty" doc:"Give it as after to get the next page; absent on the last"`
		Total      int           `json:"total"`
		Understood *understood   `json:"understood,omitempty" doc:"A word that was read as another"`
		Nearest    []itemSummary `json:"nearest,omitempty" doc:"What comes closest when nothing fits"`
		Facets     facets        `json:"facets"`
	}
}

func (d Deps) searchItems(ctx context.Context, in *searchInput) (*searchOutput, error) {
	q := catalogue.Query{Text: in.Q, Region: in.Region, Org: in.Department, Theme: in.Theme, Audience: in.Audience, Type: in.Type, Limit: in.Limit, After: in.After}
	if in.Online != "" {
		yes := in.Online == "true"
		q.Online = &yes
	}
	res, err := d.Catalogue.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &searchOutput{}
	out.Body.Items, out.Body.Nearest = summaries(res.Items), summaries(res.Nearest)
	out.Body.Next, out.Body.Total = res.Next, res.Total
	if u := res.Understood; u.Say != "" {
		out.Body.Understood = &understood{u.Say, u.Mean}
	}
	f := res.Facets
	out.Body.Facets = facets{list(f.Orgs), list(f.Themes), list(f.Audiences), list(f.Types), list(f.Regions), f.Online, f.Offline}
	return out, nil
}

func list(in []catalogue.Facet) []facet {
	out := make([]facet, len(in))
	for i, f := range in {
		out[i] = facet{f.Value, f.Name, f.Count}
	}
	return out
}

func summaries(hits []catalogue.Hit) []itemSummary {
	out := make([]itemSummary, len(hits))
	for i, h := range hits {
		out[i] = itemSummary{Region: h.Region, Code: h.Code, Version: h.Version, Name: h.Name, NameEn: h.NameEn,
			Department: department{Code: h.Org, Name: h.OrgName, NameEn: h.OrgNameEn, Suspected: h.Suspected}, Type: h.Type, TypeCode: h.TypeCode,
			Audience: h.Audience, Themes: h.Themes, Legal: limitOf(h.Legal), Promise: limitOf(h.Promise), Online: h.Online, Materials: h.Materials, Package: h.Package}
		if !h.Summary.Empty() {
			out[i].Summary = &h.Summary
		}
		if h.Visits >= 0 {
			out[i].Visits = &h.Visits
		}
		if h.Fee.Known {
			out[i].FeeCents = &h.Fee.Cents
		}
	}
	return out
}

func limitOf(l catalogue.Limit) *itemLimit {
	if !l.Known() {
		return nil
	}
	return &itemLimit{l.Amount, l.Unit, l.Citation.Zh}
}
