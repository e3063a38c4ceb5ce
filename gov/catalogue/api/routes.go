package api

import (
	"context"
	"net/http"
	"strconv"

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
	registerSynonyms(a, d)
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
	Depth      int    `query:"depth" minimum:"0" maximum:"4" doc:"Handled online at least so far: 1 told, 2 begun, 3 applied for, 4 done"`
	Visits     string `query:"visits" enum:"0,1,2," doc:"In person at most so often"`
	Event      string `query:"event" maxLength:"60" doc:"A life event or business event, as a facet names it"`
	Level      int    `query:"level" minimum:"0" maximum:"5" doc:"Of the division: 1 province, 2 city, 3 county, 4 township, 5 village"`
	Same       string `query:"same" maxLength:"60" doc:"region/code of an item: only those of any division that are worded like it"`
	Once       bool   `query:"once" doc:"Items of many divisions that are worded alike are listed once, with places"`
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
	Places     int             `json:"places,omitempty" doc:"With once: how many items are worded like this one, itself included"`
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
	Events      []facet `json:"events"`
	Visits      []facet `json:"visits" doc:"In person at most so often"`
	Depths      []facet `json:"depths" doc:"Handled online at least so far"`
	Online      int     `json:"online"`
	Offline     int     `json:"offline"`
	MoreOffices int     `json:"more_departments,omitempty" doc:"Offices that are not listed"`
}

type understood struct {
	Say    string `json:"say,omitempty" doc:"A word that was also read as mean"`
	Mean   string `json:"mean,omitempty"`
	Region string `json:"region,omitempty" doc:"A word was read as this division"`
	Rest   string `json:"rest,omitempty" doc:"What was looked for there"`
	Sound  bool   `json:"sound,omitempty" doc:"Nothing is written so; found by how it sounds"`
	Part   bool   `json:"part,omitempty" doc:"Nothing has all the words; found by most of them"`
	Number bool   `json:"number,omitempty" doc:"The words are a code"`
}

type widerQuery struct {
	Drop  string `json:"drop" doc:"The parameter to leave out"`
	Total int    `json:"total" doc:"What would be found then"`
}

type searchOutput struct {
	Body struct {
		Items      []itemSummary `json:"items"`
		Next       string        `json:"next,omitempty" doc:"Give it as after to get the next page; absent on the last"`
		Total      int           `json:"total"`
		Services   int           `json:"services" doc:"How many of them are worded differently"`
		AtLeast    bool          `json:"at_least,omitempty" doc:"There are more than were looked at: total and facets are lower bounds"`
		Understood *understood   `json:"understood,omitempty" doc:"How the words were read, when not as they stand"`
		Wider      []widerQuery  `json:"wider,omitempty" doc:"What one parameter less would find, when nothing fits"`
		Nearest    []itemSummary `json:"nearest,omitempty" doc:"What comes closest when nothing fits"`
		Facets     facets        `json:"facets"`
	}
}

func (d Deps) searchItems(ctx context.Context, in *searchInput) (*searchOutput, error) {
	q := catalogue.Query{Text: in.Q, Region: in.Region, Org: in.Department, Theme: in.Theme, Audience: in.Audience, Type: in.Type, Limit: in.Limit, After: in.After,
		Depth: in.Depth, Event: in.Event, Level: in.Level, Same: in.Same, Once: in.Once}
	if n, err := strconv.Atoi(in.Visits); err == nil {
		q.Visits = &n
	}
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
	out.Body.Next, out.Body.Total, out.Body.Services, out.Body.AtLeast = res.Next, res.Total, res.Services, res.More
	if u := res.Understood; u != (catalogue.Understood{}) {
		out.Body.Understood = &understood{u.Say, u.Mean, u.Region, u.Rest, u.Sound, u.Part, u.Number}
	}
	for _, w := range res.Wider {
		out.Body.Wider = append(out.Body.Wider, widerQuery{w.Drop, w.Count})
	}
	f := res.Facets
	out.Body.Facets = facets{Departments: list(f.Orgs), Themes: list(f.Themes), Audiences: list(f.Audiences), Types: list(f.Types), Regions: list(f.Regions),
		Events: list(f.Events), Visits: list(f.Visits), Depths: list(f.Depths), Online: f.Online, Offline: f.Offline, MoreOffices: f.MoreOrgs}
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
			Audience: h.Audience, Themes: h.Themes, Legal: limitOf(h.Legal), Promise: limitOf(h.Promise), Online: h.Online, Materials: h.Materials, Package: h.Package, Places: h.Places}
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
