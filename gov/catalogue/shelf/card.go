package shelf

import (
	"strings"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/platform/search"
)

// Card is what a list shows of an item.
type Card struct {
	Name      string        `json:"name"` // full name, with its variant
	NameEn    string        `json:"name_en,omitempty"`
	Summary   content.Text  `json:"summary,omitzero"`
	Org       string        `json:"org"`
	OrgName   string        `json:"org_name"`
	OrgNameEn string        `json:"org_name_en,omitempty"`
	Suspected bool          `json:"org_suspected,omitempty"`
	Type      string        `json:"type"`
	TypeCode  string        `json:"type_code"`
	Audience  []string      `json:"audience"`
	Themes    []string      `json:"themes"`
	LifeEvent content.Text  `json:"life_event,omitzero"`
	Legal     content.Limit `json:"legal,omitzero"`
	Promise   content.Limit `json:"promise,omitzero"`
	Visits    int           `json:"visits"`
	Online    bool          `json:"online"`
	Fee       content.Fee   `json:"fee,omitzero"`
	Materials int           `json:"materials"`       // how many the item names
	Partners  int           `json:"partners"`        // how many offices take part besides the leading one
	Parts     int           `json:"parts,omitempty"` // how many items a one thing joins
	Package   string        `json:"package,omitempty"`
	State     content.State `json:"state,omitempty"`
	Base      string        `json:"base,omitempty"` // basic code
	Sort      string        `json:"sort"`           // initials of the pinyin of the name
	From      time.Time     `json:"from"`           // when this version takes effect
}

// CardOf is the card of a version that takes effect at a time.
func CardOf(c *content.Content, from time.Time) Card {
	it := &c.Item
	initials, parts := search.Initials(it.Name), 0
	if c.Bundle != nil {
		parts = len(c.Bundle.Parts)
	}
	return Card{
		Name: it.FullName(), NameEn: it.NameEn, Summary: it.Summary, Org: it.Org, OrgName: it.OrgName, OrgNameEn: it.OrgNameEn, Suspected: it.OrgSuspected,
		Type: it.Type, TypeCode: it.TypeCode, Audience: it.Audience, Themes: it.Themes, LifeEvent: it.LifeEvent, Legal: it.Legal, Promise: it.Promise,
		Visits: it.Visits, Online: it.Online, Fee: it.Fee, Materials: len(c.Materials), Partners: max(len(it.Partners)-1, len(it.Participants), 0),
		Package: it.Package, Parts: parts, State: it.State, Base: it.Base, Sort: initials[:min(len(initials), maxSort)], From: from,
	}
}

// maxSort is how many initials give an item its place in a list.
const maxSort = 12

// Lasting is the stricter of the two limits that is known.
func (c Card) Lasting() content.Limit {
	if c.Promise.Known() {
		return c.Promise
	}
	return c.Legal
}

// wordsOf is what an item is found by. Places are left out of it: items of
// many regions that are worded alike share one entry of the index, and words
// that name a place are read as one (places.List.In).
func wordsOf(c *content.Content, places []string) search.Doc {
	it := &c.Item
	d := search.Doc{Name: it.FullName(), Alias: []string{it.NameEn}, Codes: []string{it.Base}}
	for _, k := range it.Keywords {
		d.Name += "，" + k
	}
	d.Body = []string{line(it.OrgName, places), it.Parent, it.Type, it.Summary.Zh, it.Summary.En, it.LifeEvent.Zh, it.OrgNameEn, it.Conditions}
	d.Body = append(d.Body, it.Themes...)
	for _, m := range c.Materials {
		d.Body = append(d.Body, m.Name.Zh)
	}
	for _, cond := range it.ConditionList {
		d.Body = append(d.Body, cond.Text.Zh)
	}
	return d
}

// line is the name of an office without the places that its items lie in:
// 公安局 of 广州市公安局.
func line(office string, places []string) string {
	out := office
	for _, p := range places {
		out = strings.ReplaceAll(out, p, "")
	}
	if out == "" {
		return office
	}
	return out
}
