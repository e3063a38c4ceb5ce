package packages

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
)

// The formats of item.json. The lower one is written when nothing in the item
// needs the higher one, so that older installations can read it.
const (
	Plain  = 1
	Format = 2 // with `more`
)

// Office is one entry of departments.json.
type Office struct {
	Code   string       `json:"code"`
	Name   content.Text `json:"name"`
	Parent string       `json:"parent"`
}

// Item is item.json; items/README.md describes it.
type Item struct {
	Format         int                        `json:"format"`
	ID             string                     `json:"id"`
	Version        string                     `json:"version"`
	Code           string                     `json:"code"`
	Region         string                     `json:"region"`
	Level          string                     `json:"level"`
	Type           Type                       `json:"type"`
	Name           content.Text               `json:"name"`
	Summary        content.Text               `json:"summary"`
	Keywords       []string                   `json:"keywords"`
	Org            string                     `json:"org"`
	Partners       []content.Participant      `json:"partners"`
	Audience       []string                   `json:"audience"`
	Themes         []string                   `json:"themes"`
	LifeEvent      content.Text               `json:"life_event,omitzero"`
	Handling       Handling                   `json:"handling"`
	Limits         Limits                     `json:"limits"`
	Answers        content.Answers            `json:"answers"`
	Fee            Fee                        `json:"fee"`
	Places         []content.Window           `json:"places"`
	ComplaintPhone string                     `json:"complaint_phone"`
	Conditions     []content.Condition        `json:"conditions"`
	Basis          []content.Clause           `json:"basis"`
	Steps          []content.Step             `json:"steps"`
	Pauses         []content.SpecialProcedure `json:"pauses"`
	Source         content.Text               `json:"source"`
	More           *More                      `json:"more,omitempty"`
}

// Type is the kind of item (事项类型).
type Type struct {
	Code string       `json:"code"`
	Name content.Text `json:"name"`
}

// Handling says how one applies.
type Handling struct {
	Kind    string `json:"kind"`
	Online  bool   `json:"online"`
	Counter bool   `json:"counter"`
	Visits  int    `json:"visits"`
	Booking bool   `json:"booking"`
	Express bool   `json:"express"`

	Identity int `json:"identity,omitempty"`
}

// Limits are the limits of the whole case.
type Limits struct {
	Legal      content.Limit `json:"legal"`
	Promise    content.Limit `json:"promise"`
	Extension  content.Limit `json:"extension,omitzero"`
	Correction content.Limit `json:"correction"`
}

// Fee is what is paid when no table decides it.
type Fee struct {
	Cents    int64        `json:"cents"`
	Citation content.Text `json:"citation"`
}

// More is what items have that packages of the first format could not say. All
// of it is optional.
type More struct {
	Variant      string               `json:"variant,omitempty"`
	Base         string               `json:"base,omitempty"`
	Parent       string               `json:"parent,omitempty"`
	ParentCode   string               `json:"parent_code,omitempty"`
	Predecessors []string             `json:"predecessors,omitempty"`
	Tier         string               `json:"tier,omitempty"`
	OrgCode      string               `json:"org_code,omitempty"`
	Phone        string               `json:"phone,omitempty"`
	OnlineURL    string               `json:"online_url,omitempty"`
	OnlineSystem string               `json:"online_system,omitempty"`
	Conditions   string               `json:"conditions,omitempty"` // as published, in one text
	Location     string               `json:"location,omitempty"`
	Joint        string               `json:"joint,omitempty"` // offices that take part, by level and line
	AsOf         string               `json:"as_of,omitempty"`
	Fees         []content.FeeProject `json:"fees,omitempty"`
	FAQ          []content.FAQ        `json:"faq,omitempty"`
	Fields       map[string]string    `json:"fields,omitempty"`
}

func (m *More) empty() bool {
	return m == nil || m.Variant+m.Base+m.Parent+m.ParentCode+m.Tier+m.OrgCode+m.Phone+m.OnlineURL+m.OnlineSystem+m.Conditions+m.Location+m.Joint+m.AsOf == "" &&
		len(m.Predecessors)+len(m.Fees)+len(m.FAQ)+len(m.Fields) == 0
}

// tidy writes the lowest format that can say what is there.
func (p Item) tidy() Item {
	p.Format = Format
	if p.More.empty() {
		p.Format, p.More = Plain, nil
	}
	p.Keywords, p.Partners, p.Audience, p.Themes = there(p.Keywords), there(p.Partners), there(p.Audience), there(p.Themes)
	p.Places, p.Conditions, p.Basis, p.Steps, p.Pauses = there(p.Places), there(p.Conditions), there(p.Basis), there(p.Steps), there(p.Pauses)
	return p
}

// there is a list that is written as one when it is empty.
func there[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Content is the item as the catalogue keeps it.
func (p *Item) Content(offices []Office) content.Item {
	named := map[string]content.Text{p.Org: nameOf(offices, p.Org)}
	for _, s := range p.Steps {
		named[s.Org] = nameOf(offices, s.Org)
	}
	for _, x := range p.Partners {
		named[x.Org] = nameOf(offices, x.Org)
	}
	out := content.Item{
		Offices: named,
		Region:  p.Region, Code: p.Code, Name: p.Name.Zh, NameEn: p.Name.En, Type: p.Type.Name.Zh, TypeCode: p.Type.Code, Level: p.Level,
		Org: p.Org, OrgName: nameOf(offices, p.Org).Zh, OrgNameEn: nameOf(offices, p.Org).En,
		Audience: p.Audience, Themes: p.Themes,
		Legal: p.Limits.Legal, Promise: p.Limits.Promise, Extension: p.Limits.Extension, Correction: p.Limits.Correction,
		Visits: p.Handling.Visits, Online: p.Handling.Online, Express: p.Handling.Express, Booking: p.Handling.Booking, Handling: p.Handling.Kind, Identity: p.Handling.Identity,
		Fee:     content.Fee{Known: true, Cents: p.Fee.Cents, Citation: p.Fee.Citation},
		Summary: p.Summary, Answers: &p.Answers, LifeEvent: p.LifeEvent, Keywords: p.Keywords,
		ConditionList: p.Conditions, Windows: p.Places, ComplaintPhone: p.ComplaintPhone, Basis: p.Basis, Pauses: p.Pauses, Participants: p.Partners,
		Package: p.ID, PackageVersion: p.Version, Source: p.Source,
	}
	if m := p.More; m != nil {
		out.Variant, out.Base, out.Parent, out.ParentID, out.Predecessors, out.Tier, out.OrgID = m.Variant, m.Base, m.Parent, m.ParentCode, m.Predecessors, m.Tier, m.OrgCode
		out.Phone, out.OnlineURL, out.OnlineSystem, out.Conditions, out.Location, out.AsOf = m.Phone, m.OnlineURL, m.OnlineSystem, m.Conditions, m.Location, m.AsOf
		out.Fees, out.FAQ, out.Fields = m.Fees, m.FAQ, m.Fields
		if list, err := content.ParsePartners(m.Joint); m.Joint != "" && err == nil {
			out.Partners = list
		} else {
			out.PartnersText = m.Joint
		}
	}
	return out
}

func nameOf(offices []Office, code string) content.Text {
	for _, o := range offices {
		if o.Code == code {
			return o.Name
		}
	}
	return content.Text{}
}

// itemOf is the item as a package says it.
func itemOf(c *content.Content) Item {
	it := c.Item
	p := Item{ID: it.Package, Version: it.PackageVersion, Code: it.Code, Region: it.Region, Level: it.Level,
		Type: Type{it.TypeCode, content.Text{Zh: it.Type, En: typeEn(it.TypeCode)}}, Name: content.Text{Zh: it.Name, En: it.NameEn}, Summary: it.Summary,
		Keywords: it.Keywords, Org: it.Org, Partners: it.Participants, Audience: it.Audience, Themes: it.Themes, LifeEvent: it.LifeEvent,
		Handling: Handling{it.Handling, it.Online, len(it.Windows) > 0 || !it.Online, max(it.Visits, 0), it.Booking, it.Express, it.Identity},
		Limits:   Limits{it.Legal, it.Promise, it.Extension, it.Correction}, Fee: Fee{it.Fee.Cents, it.Fee.Citation},
		Places: it.Windows, ComplaintPhone: it.ComplaintPhone, Conditions: it.ConditionList, Basis: it.Basis, Steps: c.Steps, Pauses: it.Pauses, Source: it.Source}
	if it.Answers != nil {
		p.Answers = *it.Answers
	}
	if p.ID == "" {
		p.ID = "item-" + strings.ToLower(it.Code)
	}
	p.Version = cmp.Or(p.Version, "1")
	p.More = &More{Variant: it.Variant, Base: it.Base, Parent: it.Parent, ParentCode: it.ParentID, Predecessors: it.Predecessors, Tier: it.Tier, OrgCode: it.OrgID,
		Phone: it.Phone, OnlineURL: it.OnlineURL, OnlineSystem: it.OnlineSystem, Conditions: it.Conditions, Location: it.Location, AsOf: it.AsOf,
		Fees: it.Fees, FAQ: it.FAQ, Fields: it.Fields, Joint: cmp.Or(content.FormatPartners(it.Partners), it.PartnersText)}
	return p.tidy()
}

// Assumed names what a package says although its item does not: a package has no
// way to leave a fee or the number of visits open, and says free of charge and none.
func Assumed(c *content.Content) (out []string) {
	if !c.Item.Fee.Known {
		out = append(out, "fee")
	}
	if c.Item.Visits < 0 {
		out = append(out, "visits")
	}
	return out
}

func typeEn(code string) string {
	l, _ := codes.Of(codes.TypeList)
	e, _ := l.Entry(code)
	return e.En
}

// officesOf are the offices that an item names, with their names, by code.
func officesOf(it content.Item) []Office {
	named := maps.Clone(it.Offices)
	if named == nil {
		named = map[string]content.Text{}
	}
	if named[it.Org].Zh == "" {
		named[it.Org] = content.Text{Zh: it.OrgName, En: it.OrgNameEn}
	}
	var out []Office
	for _, code := range slices.Sorted(maps.Keys(named)) {
		out = append(out, Office{Code: code, Name: named[code]})
	}
	return out
}
