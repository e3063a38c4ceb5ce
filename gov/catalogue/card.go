package catalogue

import (
	"time"

	"tongban/platform/search"
)

// Card is what a list shows of an item.
type Card struct {
	Name      string    `json:"name"` // full name, with its variant
	NameEn    string    `json:"name_en,omitempty"`
	Summary   Text      `json:"summary,omitzero"`
	Org       string    `json:"org"`
	OrgName   string    `json:"org_name"`
	OrgNameEn string    `json:"org_name_en,omitempty"`
	Suspected bool      `json:"org_suspected,omitempty"`
	Type      string    `json:"type"`
	TypeCode  string    `json:"type_code"`
	Audience  []string  `json:"audience"`
	Themes    []string  `json:"themes"`
	LifeEvent Text      `json:"life_event,omitzero"`
	Legal     Limit     `json:"legal"`
	Promise   Limit     `json:"promise"`
	Visits    int       `json:"visits"`
	Online    bool      `json:"online"`
	Fee       Fee       `json:"fee"`
	Materials int       `json:"materials"` // how many the item names
	Partners  int       `json:"partners"`  // how many offices take part besides the leading one
	Package   string    `json:"package,omitempty"`
	Sort      string    `json:"sort"` // initials of the pinyin of the name
	From      time.Time `json:"from"` // when this version takes effect
}

func cardOf(c *Content, from time.Time) Card {
	it := &c.Item
	initials := search.Initials(it.Name)
	return Card{
		Name: it.FullName(), NameEn: it.NameEn, Summary: it.Summary, Org: it.Org, OrgName: it.OrgName, OrgNameEn: it.OrgNameEn, Suspected: it.OrgSuspected,
		Type: it.Type, TypeCode: it.TypeCode, Audience: it.Audience, Themes: it.Themes, LifeEvent: it.LifeEvent, Legal: it.Legal, Promise: it.Promise,
		Visits: it.Visits, Online: it.Online, Fee: it.Fee, Materials: len(c.Materials), Partners: max(len(it.Partners)-1, len(it.Participants), 0),
		Package: it.Package, Sort: initials[:min(len(initials), 12)], From: from,
	}
}

// Lasting is the stricter of the two limits that is known.
func (c Card) Lasting() Limit {
	if c.Promise.Known() {
		return c.Promise
	}
	return c.Legal
}

// wordsOf is what an item is found by.
func wordsOf(c *Content) search.Doc {
	it := &c.Item
	d := search.Doc{Name: it.FullName(), Alias: []string{it.NameEn}, Codes: []string{it.Code, it.Base, it.Org}}
	for _, k := range it.Keywords {
		d.Name += "，" + k
	}
	d.Body = []string{it.OrgName, it.Parent, it.Type, it.Summary.Zh, it.Summary.En, it.LifeEvent.Zh, it.OrgNameEn, it.Conditions}
	d.Body = append(d.Body, it.Themes...)
	for _, m := range c.Materials {
		d.Body = append(d.Body, m.Name.Zh)
	}
	for _, cond := range it.ConditionList {
		d.Body = append(d.Body, cond.Text.Zh)
	}
	return d
}
