package offers

import (
	"cmp"
	"slices"

	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
)

// Specials are the special procedures that may stop the clock of an item's
// cases: those that the item names, then those of the law that it does not.
//
// Law: 行政许可法 art. 45; an item that is no licence publishes its own.
func Specials(o *catalogue.Offer, law []terms.SpecialKind) []terms.SpecialKind {
	var out []terms.SpecialKind
	for _, p := range o.Pauses {
		out = append(out, terms.SpecialKind{Kind: p.ID, Name: p.Name.Zh, NameEn: cmp.Or(p.Name.En, p.Name.Zh), Citation: p.Citation.Zh, CitationEn: cmp.Or(p.Citation.En, p.Citation.Zh)})
	}
	for _, k := range law {
		if !slices.ContainsFunc(out, func(x terms.SpecialKind) bool { return x.Kind == k.Kind || x.Name == k.Name }) {
			out = append(out, k)
		}
	}
	return out
}

// Special finds one of them. One of the law that the item names in its own words
// is found under both kinds.
func Special(o *catalogue.Offer, law []terms.SpecialKind, kind string) (terms.SpecialKind, bool) {
	for _, k := range append(Specials(o, law), law...) {
		if k.Kind == kind {
			return k, true
		}
	}
	return terms.SpecialKind{}, false
}
