package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/halls"
	"tongban/gov/catalogue/lists"
	"tongban/gov/catalogue/standard"
	"tongban/platform/id"
	"tongban/platform/web"
)

// Standard is what the operations on base items, elements, changes and lists
// need.
type Standard struct {
	Catalogue *catalogue.Service
	Changes   *changes.Service
	Lists     *lists.Service
}

// RegisterStandard adds the operations on base items, elements, changes and
// lists.
func RegisterStandard(a *web.API, d Standard) {
	get := func(id, path, summary string) web.Operation {
		return web.Operation{ID: id, Method: http.MethodGet, Path: path, Summary: summary, Tag: "catalogue", May: catalogue.MayReadCatalogue}
	}
	web.Register(a, get("list-base-items", "/api/v1/base-items", "The base items of a directory, by code"), d.bases)
	web.Register(a, get("get-base-item", "/api/v1/base-items/{code}", "What all levels have in common: the version in force of a base item"), d.base)
	web.Register(a, get("list-base-item-versions", "/api/v1/base-items/{code}/versions", "Every version of a base item, the newest first"), d.baseVersions)
	web.Register(a, get("list-item-elements", "/api/v1/item-elements", "The elements that items of a region have, with what each level may do about them"), d.elements)
	web.Register(a, web.Operation{ID: "define-item-element", Method: http.MethodPut, Path: "/api/v1/item-elements/{key}", Summary: "Add an element to the items of a region, or change one that was added", Tag: "catalogue",
		May: catalogue.MayDefineFields, Repeat: "it names the version that it replaces, which is gone then"}, d.define)
	web.Register(a, get("list-item-lists", "/api/v1/item-lists", "The lists that are published about items"), d.allLists)
	registerLists(a, d)
	RegisterHalls(a, halls.New(halls.Deps{DB: d.Lists.DB, Clock: d.Lists.Clock, Catalogue: d.Catalogue}))
	web.Register(a, get("get-item-list", "/api/v1/item-lists/{id}", "One page of a list"), d.list)
	d.registerChanges(a)
}

// baseItem is a base item as the interface shows it.
type baseItem struct {
	standard.Base
	TypeName  content.Text `json:"type_name"`
	Effective time.Time    `json:"effective"`
	Hash      string       `json:"hash,omitempty" doc:"Of the whole content"`
}

func baseOf(b standard.Base) baseItem {
	return baseItem{Base: b, TypeName: b.TypeName(), Effective: b.Effective, Hash: b.Hash}
}

type baseItemsInput struct {
	Region string `query:"region" pattern:"^[0-9]{6}$" required:"true" doc:"The directory: a province such as 440000"`
	Q      string `query:"q" maxLength:"100" doc:"A part of the name, or the beginning of the code"`
	Type   string `query:"type" maxLength:"2" doc:"Kind of item, GB/T 39046-2020 A.1"`
	After  string `query:"after" maxLength:"12" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type baseItemsOutput struct {
	Body struct {
		BaseItems []baseItem `json:"base_items"`
		Next      string     `json:"next,omitempty"`
	}
}

func (d Standard) bases(ctx context.Context, in *baseItemsInput) (*baseItemsOutput, error) {
	if err := d.Catalogue.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	if c, err := codes.Parse(in.After); in.After != "" && (err != nil || c.Kind != codes.Basic) {
		return nil, id.ErrCursor
	}
	list, err := d.Catalogue.Bases(ctx, in.Region, in.Q, in.Type, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &baseItemsOutput{}
	out.Body.BaseItems = []baseItem{}
	for _, b := range list {
		out.Body.BaseItems = append(out.Body.BaseItems, baseOf(b))
	}
	if len(list) == in.Limit {
		out.Body.Next = list[len(list)-1].Code
	}
	return out, nil
}

type baseItemInput struct {
	Code string `path:"code" pattern:"^[0-9A-Z]{12}$"`
}

type baseItemOutput struct{ Body baseItem }

func (d Standard) base(ctx context.Context, in *baseItemInput) (*baseItemOutput, error) {
	b, err := d.Catalogue.Base(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return &baseItemOutput{baseOf(b)}, nil
}

type baseItemVersionsOutput struct {
	Body struct {
		Versions []baseItem `json:"versions"`
	}
}

func (d Standard) baseVersions(ctx context.Context, in *baseItemInput) (*baseItemVersionsOutput, error) {
	list, err := d.Catalogue.BaseVersions(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &baseItemVersionsOutput{}
	for _, b := range list {
		out.Body.Versions = append(out.Body.Versions, baseOf(b))
	}
	return out, nil
}

// itemElement is the definition of an element of items.
type itemElement struct {
	Key      string            `json:"key"`
	Zh       string            `json:"zh"`
	En       string            `json:"en"`
	Kind     string            `json:"kind" enum:"text,long,number,yesno,date,code,codes,limit,url,words,own"`
	List     string            `json:"list,omitempty" doc:"Code list of the kinds code and codes"`
	Max      int               `json:"max,omitempty"`
	Group    string            `json:"group"`
	Levels   map[string]string `json:"levels" doc:"What base, implementation and handling may do: sets, refers, adds, changes or - for nothing"`
	Required bool              `json:"required,omitempty"`
	Public   bool              `json:"public,omitempty"`
	Tiered   bool              `json:"tiered,omitempty"`
	Exchange string            `json:"exchange,omitempty" doc:"table.column of the national exchange"`
	Source   string            `json:"source,omitempty"`
	Region   string            `json:"region,omitempty" doc:"That added it; absent for those of the standards"`
	Version  int               `json:"version,omitempty"`
	Retired  bool              `json:"retired,omitempty"`
}

func elementOf(f standard.Field) itemElement {
	out := itemElement{Key: f.Key, Zh: f.Zh, En: f.En, Kind: string(f.Kind), List: f.List, Max: f.Max, Group: f.Group, Levels: map[string]string{}, Required: f.Required, Public: f.Public,
		Tiered: f.Tiered, Exchange: f.Exchange, Source: f.Source, Region: f.Region, Version: f.Version, Retired: f.Retired}
	for _, l := range standard.Levels {
		out.Levels[string(l)] = string(f.Rule(l))
	}
	return out
}

type itemElementsInput struct {
	Region string `query:"region" pattern:"^[0-9]{6}$" required:"true"`
}

type itemElementsOutput struct {
	Body struct {
		Elements []itemElement `json:"elements"`
	}
}

func (d Standard) elements(ctx context.Context, in *itemElementsInput) (*itemElementsOutput, error) {
	if err := d.Catalogue.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	list, err := d.Catalogue.Fields(ctx, in.Region)
	if err != nil {
		return nil, err
	}
	out := &itemElementsOutput{}
	for _, f := range list {
		out.Body.Elements = append(out.Body.Elements, elementOf(f))
	}
	return out, nil
}

type defineElementInput struct {
	Key  string `path:"key" maxLength:"40"`
	Body struct {
		Region   string            `json:"region" pattern:"^[0-9]{6}$"`
		Version  int               `json:"version" minimum:"0" doc:"That was seen; 0 for a new element"`
		Zh       string            `json:"zh"`
		En       string            `json:"en"`
		Kind     string            `json:"kind" enum:"text,long,number,yesno,date,code,codes,url,words"`
		List     string            `json:"list,omitempty"`
		Max      int               `json:"max,omitempty"`
		Group    string            `json:"group"`
		Levels   map[string]string `json:"levels"`
		Required bool              `json:"required,omitempty"`
		Public   bool              `json:"public,omitempty"`
		Tiered   bool              `json:"tiered,omitempty"`
		Exchange string            `json:"exchange,omitempty"`
		Retired  bool              `json:"retired,omitempty"`
	}
}

type itemElementOutput struct{ Body itemElement }

func (d Standard) define(ctx context.Context, in *defineElementInput) (*itemElementOutput, error) {
	b := in.Body
	f := standard.Field{Key: in.Key, Region: b.Region, Version: b.Version, Zh: b.Zh, En: b.En, Kind: standard.Kind(b.Kind), List: b.List, Max: b.Max, Group: b.Group,
		Required: b.Required, Public: b.Public, Tiered: b.Tiered, Exchange: b.Exchange, Retired: b.Retired, Levels: map[standard.Level]standard.Rule{}}
	for l, r := range b.Levels {
		f.Levels[standard.Level(l)] = standard.Rule(r)
	}
	if err := d.Catalogue.DefineField(ctx, f); err != nil {
		return nil, err
	}
	f.Version++
	return &itemElementOutput{elementOf(f)}, nil
}

// itemList is a list that is published.
type itemList struct {
	ID    string       `json:"id"`
	Name  content.Text `json:"name"`
	Lead  content.Text `json:"lead"`
	Types []string     `json:"types,omitempty"`
}

type itemListsOutput struct {
	Body struct {
		Lists []itemList `json:"lists"`
	}
}

func (d Standard) allLists(ctx context.Context, _ *struct{}) (*itemListsOutput, error) {
	all, err := d.Lists.All(ctx)
	if err != nil {
		return nil, err
	}
	out := &itemListsOutput{}
	for _, l := range all {
		out.Body.Lists = append(out.Body.Lists, itemList{l.ID, content.Text{Zh: l.Zh, En: l.En}, content.Text{Zh: l.LeadZh, En: l.LeadEn}, l.Types})
	}
	return out, nil
}

type itemListInput struct {
	ID         string `path:"id" maxLength:"40"`
	Region     string `query:"region" pattern:"^([0-9]{6,12})?$" doc:"This division and what lies in it"`
	Department string `query:"department" maxLength:"18"`
	Type       string `query:"type" maxLength:"2"`
	After      string `query:"after" maxLength:"60" doc:"next of the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Items on one page"`
}

type itemListColumn struct {
	Key string `json:"key"`
	Zh  string `json:"zh"`
	En  string `json:"en"`
}

type itemListRow struct {
	Region  string         `json:"region"`
	Code    string         `json:"code"`
	Version int            `json:"version"`
	Cells   []content.Text `json:"cells" doc:"In the order of the columns; empty: the source does not say"`
}

type itemListOutput struct {
	Body struct {
		List    string           `json:"list"`
		Columns []itemListColumn `json:"columns"`
		Rows    []itemListRow    `json:"rows"`
		Next    string           `json:"next,omitempty"`
		Total   int              `json:"total,omitempty" doc:"Items in the list; on the first page"`
		At      time.Time        `json:"at" doc:"The state that the list is of"`
	}
}

func (d Standard) list(ctx context.Context, in *itemListInput) (*itemListOutput, error) {
	if err := d.Catalogue.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	if err := lists.CheckCursor(in.After); err != nil {
		return nil, err
	}
	p, err := d.Lists.Page(ctx, in.ID, lists.Query{Region: in.Region, Org: in.Department, Type: in.Type, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &itemListOutput{}
	out.Body.List, out.Body.Next, out.Body.Total, out.Body.At, out.Body.Rows = in.ID, p.Next, p.Total, p.At, []itemListRow{}
	for _, c := range p.Columns {
		out.Body.Columns = append(out.Body.Columns, itemListColumn(c))
	}
	for _, r := range p.Rows {
		out.Body.Rows = append(out.Body.Rows, itemListRow(r))
	}
	return out, nil
}
