package shelf

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tongban/platform/authz"
)

// maxOrgs is how many offices a facet lists; the others are counted.
const maxOrgs = 200

// facets sums up the counts. The caller holds the columns.
func (c *columns) facets(q Query, t *counts) Facets {
	var f Facets
	themes, audiences, types, events := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	visits, depths := map[string]int{}, map[string]int{}
	names := map[string][2]string{}
	perProfile := map[[2]uint32]int{} // profile and state: far fewer than kinds
	for k, n := range t.byKind {
		if n > 0 {
			perProfile[[2]uint32{c.kinds[k].profile, uint32(t.kindState[k])}] += int(n)
		}
	}
	for key, n := range perProfile {
		p, state := &c.profiles[key[0]], uint8(key[1])
		counts := func(fails uint8) bool { return state == passes || state == fails }
		if counts(failsTheme) {
			tally(themes, p.Themes, n)
		}
		if counts(failsAudience) {
			tally(audiences, p.Audience, n)
		}
		if counts(failsType) {
			types[p.Type] += n
			names[p.Type] = [2]string{p.TypeName}
		}
		if counts(failsOnline) {
			if p.Online {
				f.Online += n
			} else {
				f.Offline += n
			}
		}
		if counts(failsDepth) {
			for d := 1; d <= p.Depth; d++ {
				depths[strconv.Itoa(d)] += n
			}
		}
		if counts(failsVisits) && p.Visits >= 0 {
			for v := p.Visits; v <= maxVisits; v++ {
				visits[strconv.Itoa(v)] += n
			}
		}
		if counts(failsEvent) && p.Event != "" {
			events[p.Event] += n
			names[p.Event] = [2]string{p.Event, p.EventEn}
		}
		if state == passes && p.Package {
			f.Packages += n
		}
	}
	f.Themes, f.Audiences, f.Types, f.Events = ordered(themes, names), ordered(audiences, names), ordered(types, names), ordered(events, names)
	f.Visits, f.Depths = byValue(visits), byValue(depths)
	f.Regions = c.places(q.Region, t)
	f.Orgs, f.MoreOrgs = c.orgs(t)
	return f
}

// maxVisits is the largest number of visits that the facet tells apart.
const maxVisits = 2

func tally(m map[string]int, list []string, n int) {
	for _, v := range list {
		m[v] += n
	}
}

// ordered sorts by count, then by value; the name is the value where there is
// no other.
func ordered(m map[string]int, names map[string][2]string) []Facet {
	out := make([]Facet, 0, len(m))
	for v, n := range m {
		f := Facet{Value: v, Name: v, Count: n}
		if two, ok := names[v]; ok {
			f.Name, f.NameEn = two[0], two[1]
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Value, b.Value)) })
	return out
}

func byValue(m map[string]int) []Facet {
	out := ordered(m, nil)
	slices.SortFunc(out, func(a, b Facet) int { return cmp.Compare(a.Value, b.Value) })
	return out
}

// orgs counts by office. An office with items of several regions is one.
func (c *columns) orgs(t *counts) (list []Facet, more int) {
	byCode := map[string]int{} // index in list
	for i, n := range t.byOffice {
		if n == 0 {
			continue
		}
		o := &c.offices[i]
		at, ok := byCode[o.code]
		if !ok {
			at = len(list)
			byCode[o.code] = at
			list = append(list, Facet{Value: o.code, Name: o.name, NameEn: o.nameEn})
		}
		list[at].Count += int(n)
	}
	slices.SortFunc(list, func(a, b Facet) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Value, b.Value)) })
	more = max(len(list)-maxOrgs, 0)
	return list[:len(list)-more], more
}

// places counts by the next smaller places of the one that is asked for: cities
// for a province, and so on. Items of the place itself and of those above it
// count for these.
func (c *columns) places(asked string, t *counts) []Facet {
	byRegion := make([]int, len(c.regions))
	for i, n := range t.byOffice {
		if t.officeState[i] == 1 {
			byRegion[c.offices[i].at] += int(n)
		}
	}
	for top := authz.Prefix(asked); ; {
		m := map[string]int{}
		for i, n := range byRegion {
			if n > 0 {
				m[below(top, c.regions[i])] += n
			}
		}
		list := ordered(m, nil)
		if len(list) != 1 || asked != "" || LevelOf(list[0].Value) > 3 || !c.deeper(list[0].Value, byRegion) {
			return list
		}
		top = authz.Prefix(list[0].Value)
	}
}

// deeper tells whether anything lies below a place.
func (c *columns) deeper(code string, byRegion []int) bool {
	p := authz.Prefix(code)
	for i, n := range byRegion {
		if q := authz.Prefix(c.regions[i]); n > 0 && len(q) > len(p) && strings.HasPrefix(q, p) {
			return true
		}
	}
	return false
}

// below is the code of the place right below top in which region lies, or the
// region itself when it is top or above it.
func below(top, region string) string {
	p := authz.Prefix(region)
	if len(p) <= len(top) {
		return region
	}
	for _, n := range []int{2, 4, 6, 9, 12} {
		if n > len(top) && n <= len(p) {
			code := p[:n]
			return code + "000000"[:max(6-n, 0)]
		}
	}
	return region
}
