package lists

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
)

// List defines one list.
type List struct {
	ID      string   `json:"id"`
	Zh      string   `json:"zh"`
	En      string   `json:"en"`
	LeadZh  string   `json:"lead_zh"`
	LeadEn  string   `json:"lead_en"`
	Types   []string `json:"types,omitempty"`  // kinds of items, codes.TypeList; none: all
	Visits  *int     `json:"visits,omitempty"` // exactly so many
	Shares  bool     `json:"shares,omitempty"` // a row for every certificate or data that stands in for a material
	Columns []string `json:"columns"`          // keys of elements, and of sharing

	Region  string `json:"region,omitempty"`  // that keeps it, and whose items stand in it; "" for those that ship
	Retired bool   `json:"retired,omitempty"` // no longer published
}

//go:embed lists.json
var listsJSON []byte

var all = mustLists()

func mustLists() []List {
	var out []List
	d := json.NewDecoder(bytes.NewReader(listsJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		panic(fmt.Sprintf("lists: lists.json: %v", err)) // embedded and tested
	}
	return out
}

// Shipped are the lists that come with the product, in order.
func Shipped() []List { return slices.Clone(all) }

// Of finds a list that comes with the product.
func Of(id string) (List, bool) {
	i := slices.IndexFunc(all, func(l List) bool { return l.ID == id })
	if i < 0 {
		return List{}, false
	}
	return all[i], true
}

// Column is one column of a list.
type Column struct{ Key, Zh, En string }

// columns of the list of sharing that are no elements of items.
var sharing = map[string]Column{
	"material":     {"material", "申请材料", "Material"},
	"instead":      {"instead", "可用来代替的证照或数据", "Certificate or data that may stand in"},
	"instead_kind": {"instead_kind", "代替方式", "Kind"},
	"owed_by":      {"owed_by", "责任部门", "Office that owes it"},
	"basis":        {"basis", "设定依据", "Setting basis"},
}

// Heads are the columns with their words.
func (l List) Heads(fields []standard.Field) []Column {
	var out []Column
	for _, key := range l.Columns {
		if c, ok := sharing[key]; ok {
			out = append(out, c)
			continue
		}
		i := slices.IndexFunc(fields, func(f standard.Field) bool { return f.Key == key })
		if i >= 0 {
			out = append(out, Column{key, fields[i].Zh, fields[i].En})
		}
	}
	return out
}

// Row is one row of a list. A cell without words is not said by the source.
type Row struct {
	Region  string
	Code    string
	Version int
	Cells   []content.Text
}

// rows makes the rows of one item.
func (l List) rows(c *content.Content, version int, fields []standard.Field) []Row {
	base := Row{Region: c.Item.Region, Code: c.Item.Code, Version: version}
	if !l.Shares {
		base.Cells = l.cells(c, nil, nil, fields)
		return []Row{base}
	}
	var out []Row
	for i := range c.Materials {
		for j := range c.Materials[i].Instead {
			if s := &c.Materials[i].Instead[j]; s.Kind != "commitment" {
				r := base
				r.Cells = l.cells(c, &c.Materials[i], s, fields)
				out = append(out, r)
			}
		}
	}
	return out
}

func (l List) cells(c *content.Content, m *content.Material, s *content.Substitute, fields []standard.Field) []content.Text {
	var out []content.Text
	for _, col := range l.Heads(fields) {
		out = append(out, l.cell(col.Key, c, m, s, fields))
	}
	return out
}

var kinds = map[string]content.Text{"certificate": {Zh: "电子证照", En: "Electronic certificate"}, "data": {Zh: "共享数据", En: "Shared data"}}

func (l List) cell(key string, c *content.Content, m *content.Material, s *content.Substitute, fields []standard.Field) content.Text {
	switch key {
	case "material":
		return m.Name
	case "instead":
		return s.Name
	case "instead_kind":
		return kinds[s.Kind]
	case "owed_by":
		return owedBy(m, s)
	case "name":
		return content.Text{Zh: c.Item.FullName(), En: cmp.Or(c.Item.NameEn, c.Item.FullName())}
	case "org_name":
		return content.Text{Zh: c.Item.OrgName, En: cmp.Or(c.Item.OrgNameEn, c.Item.OrgName)}
	case "basis":
		var laws []string
		for _, b := range c.Item.Basis {
			if t := b.Citation(); b.Law != "" && !slices.Contains(laws, t) && !general(b.ID) {
				laws = append(laws, t)
			}
		}
		return content.Text{Zh: strings.Join(laws, "；"), En: strings.Join(laws, "; ")}
	}
	i := slices.IndexFunc(fields, func(f standard.Field) bool { return f.Key == key })
	if i < 0 {
		return content.Text{} // an element of another region
	}
	var zh, en []string
	for _, w := range fields[i].Words(content.Get(&c.Item, key)) {
		zh, en = append(zh, w.Zh), append(en, w.En)
	}
	return content.Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}
}

// owedBy is the office that issues what stands in: the issuer that the type of
// certificate names, or the one that issues the material.
func owedBy(m *content.Material, _ *content.Substitute) content.Text { return m.IssuedBy }

// general tells whether a clause belongs to the general result and not to the
// item.
func general(id string) bool { return id == "licence38" || id == "review20" || id == "litigation46" }

// TypeNames are the kinds of a list, in words.
func (l List) TypeNames() []content.Text {
	types, _ := codes.Of(codes.TypeList)
	var out []content.Text
	for _, t := range l.Types {
		if e, ok := types.Entry(t); ok {
			out = append(out, content.Text{Zh: e.Zh, En: e.En})
		}
	}
	return out
}
