package catalogue

import (
	"cmp"
	"slices"
)

// counter counts facets while a list is walked: a value of one kind counts
// when the item passes the restrictions of all other kinds.
type counter struct {
	orgs, themes, audiences, types, regions map[string]int
	names                                   map[string][2]string
	online, offline, packages               int
}

func newCounter() *counter {
	return &counter{orgs: map[string]int{}, themes: map[string]int{}, audiences: map[string]int{}, types: map[string]int{}, regions: map[string]int{}, names: map[string][2]string{}}
}

// the kinds of restriction
const (
	byOrg = iota
	byTheme
	byAudience
	byType
	byOnline
	kinds
)

// add counts an entry and tells whether it passes every restriction.
func (c *counter) add(e *shelved, q Query) bool {
	card := &e.card
	var fails [kinds]bool
	fails[byOrg] = q.Org != "" && card.Org != q.Org
	fails[byTheme] = q.Theme != "" && !slices.Contains(card.Themes, q.Theme)
	fails[byAudience] = q.Audience != "" && !forAudience(card.Audience, q.Audience)
	fails[byType] = q.Type != "" && card.TypeCode != q.Type
	fails[byOnline] = q.Online != nil && card.Online != *q.Online
	failed, which := 0, -1
	for kind, f := range fails {
		if f {
			failed++
			which = kind
		}
	}
	counts := func(kind int) bool { return failed == 0 || failed == 1 && which == kind }
	if counts(byOrg) {
		c.orgs[card.Org]++
		c.names[card.Org] = [2]string{card.OrgName, card.OrgNameEn}
	}
	if counts(byTheme) {
		tally(c.themes, card.Themes)
	}
	if counts(byAudience) {
		tally(c.audiences, card.Audience)
	}
	if counts(byType) {
		c.types[card.TypeCode]++
		c.names[card.TypeCode] = [2]string{card.Type}
	}
	if counts(byOnline) {
		if card.Online {
			c.online++
		} else {
			c.offline++
		}
	}
	if failed > 0 {
		return false
	}
	c.regions[e.region]++
	if card.Package != "" {
		c.packages++
	}
	return true
}

func tally(m map[string]int, list []string) {
	for _, v := range list {
		m[v]++
	}
}

func forAudience(list []string, want string) bool {
	switch want {
	case ForPersons:
		return slices.Contains(list, Person)
	case ForOrgs:
		return slices.ContainsFunc(list, func(a string) bool { return a != Person })
	}
	return slices.Contains(list, want)
}

func (c *counter) facets() Facets {
	return Facets{Orgs: c.list(c.orgs), Themes: c.list(c.themes), Audiences: c.list(c.audiences), Types: c.list(c.types), Regions: c.list(c.regions),
		Online: c.online, Offline: c.offline, Packages: c.packages}
}

// list sorts by count, then by value; the name is the value where there is no other.
func (c *counter) list(m map[string]int) []Facet {
	out := make([]Facet, 0, len(m))
	for v, n := range m {
		f := Facet{Value: v, Name: v, Count: n}
		if names, ok := c.names[v]; ok {
			f.Name, f.NameEn = names[0], names[1]
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Value, b.Value)) })
	return out
}
