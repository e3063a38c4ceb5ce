package outlet

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
)

// LinkedDataType is the media type of JSON-LD.
const LinkedDataType = "application/ld+json"

// node is one thing of a JSON-LD document.
type node map[string]any

// set leaves out what is not said.
func (n node) set(key string, v any) {
	switch x := v.(type) {
	case string:
		if x == "" {
			return
		}
	case []any:
		if len(x) == 0 {
			return
		}
	}
	n[key] = v
}

// vocabulary are the terms of schema.org and of CPSV-AP 3 (with the terms of
// the core vocabularies that it uses) under short names.
var vocabulary = node{
	"@vocab": "https://schema.org/", "cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/", "dct": "http://purl.org/dc/terms/",
	"eli": "http://data.europa.eu/eli/ontology#", "skos": "http://www.w3.org/2004/02/skos/core#", "adms": "http://www.w3.org/ns/adms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}

// LinkedData is the guide of an item as JSON-LD: a GovernmentService of
// schema.org that is a PublicService of CPSV-AP as well.
func (s *Service) LinkedData(ctx context.Context, region, code string) ([]byte, error) {
	o, err := s.Catalogue.Offer(ctx, region, code)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(s.service(o), "", "  ")
}

func (s *Service) service(o *content.Offer) node {
	address := s.BaseURL + "/items/" + o.Region + "/" + o.Code
	n := node{"@context": vocabulary, "@id": address, "@type": []string{"GovernmentService", "cpsv:PublicService"}, "url": address, "identifier": o.Code, "dct:identifier": o.Code, "inLanguage": "zh-Hans"}
	n["name"] = words(content.Text{Zh: o.FullName(), En: o.NameEn})
	n["dct:title"] = n["name"]
	if !o.Summary.Empty() {
		n["description"] = words(o.Summary)
	} else {
		n.set("description", o.Conditions)
	}
	n["serviceType"] = o.Type
	if t, ok := codes.Of(codes.TypeList); ok {
		if e, ok := t.Entry(o.TypeCode); ok {
			n["dct:type"] = node{"@type": "skos:Concept", "skos:notation": e.Code, "skos:prefLabel": words(content.Text{Zh: e.Zh, En: e.En})}
		}
	}
	office := node{"@type": []string{"GovernmentOrganization", "cv:PublicOrganisation"}, "name": words(content.Text{Zh: o.OrgName, En: o.OrgNameEn}), "identifier": o.Org}
	n["provider"], n["cv:hasCompetentAuthority"] = office, office
	n["areaServed"] = node{"@type": "AdministrativeArea", "identifier": o.Region}
	n["dct:spatial"] = o.Region
	n.set("audience", each(o.Audience, func(a string) any { return node{"@type": "Audience", "audienceType": a} }))
	n.set("cv:thematicArea", each(o.Themes, func(t string) any { return t }))
	n.set("keywords", strings.Join(o.Keywords, ","))
	n.set("cpsv:hasInput", each(o.Materials, func(m content.Material) any {
		return node{"@type": "cv:Evidence", "@id": address + "#" + m.ID, "dct:title": words(m.Name)}
	}))
	if l := period(o.Lasting()); l != "" {
		n["cv:processingTime"] = node{"@type": "xsd:duration", "@value": l}
	}
	if o.Fee.Known {
		amount := strconv.FormatFloat(float64(o.Fee.Cents)/100, 'f', 2, 64)
		n["offers"] = node{"@type": "Offer", "price": amount, "priceCurrency": "CNY"}
		n["cv:hasCost"] = node{"@type": "cv:Cost", "cv:hasValue": amount, "cv:currency": "CNY"}
		n["isAccessibleForFree"] = o.Fee.Cents == 0
	}
	n.set("cv:hasLegalResource", each(o.Basis, func(c content.Clause) any { return node{"@type": "eli:LegalResource", "dct:title": c.Citation()} }))
	n.set("availableChannel", s.channels(o))
	n.set("adms:status", string(o.State))
	n["dateModified"] = o.Effective.Format("2006-01-02")
	return n
}

func (s *Service) channels(o *content.Offer) []any {
	var out []any
	channel := func(kind string, fill func(node)) {
		c := node{"@type": []string{"ServiceChannel", "cv:Channel"}, "dct:type": kind}
		fill(c)
		out = append(out, c)
	}
	if o.Online {
		channel("online", func(c node) {
			c["serviceUrl"] = s.BaseURL + "/apply/" + o.Region + "/" + o.Code
			if o.OnlineURL != "" {
				c["serviceUrl"] = o.OnlineURL
			}
		})
	}
	for _, w := range o.Windows {
		channel("counter", func(c node) {
			c["serviceLocation"] = node{"@type": "Place", "name": words(w.Name), "address": words(w.Address), "telephone": w.Phone, "openingHours": w.Hours.Zh}
		})
	}
	if place := content.Place(o.Location); len(o.Windows) == 0 && place != "" {
		channel("counter", func(c node) { c["serviceLocation"] = node{"@type": "Place", "address": place} })
	}
	if o.Phone != "" {
		channel("telephone", func(c node) { c["servicePhone"] = node{"@type": "ContactPoint", "telephone": o.Phone} })
	}
	return out
}

// period is a limit as a duration. Working days are no unit of ISO 8601; they
// are written as days, and what counts is on the page.
func period(l content.Limit) string {
	switch {
	case !l.Known():
		return ""
	case l.Unit == content.Hours:
		return "PT" + strconv.Itoa(l.Amount) + "H"
	}
	return "P" + strconv.Itoa(l.Amount) + "D"
}

// words is a text with its language.
func words(t content.Text) any {
	zh := node{"@value": t.Zh, "@language": "zh-Hans"}
	if t.En == "" {
		return zh
	}
	return []any{zh, node{"@value": t.En, "@language": "en"}}
}

func each[T any](list []T, f func(T) any) []any {
	var out []any
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}
