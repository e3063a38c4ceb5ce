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
	for key, count := range t.byProfile {
		if count == 0 {
			continue
		}
		p, state, n := &c.profiles[key/states], uint8(key%states), int(count)
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

// orgs counts by office; one with items of several regions is one.
func (c *columns) orgs(t *counts) (list []Facet, more int) {
	byOrg := make([]int32, len(c.codes))
	names := make([]int32, len(c.codes)) // an office of the code
	different := 0
	for i, n := range t.byOffice {
		if n == 0 {
			continue
		}
		o := c.offices[i].org
		if byOrg[o] == 0 {
			different++
			names[o] = int32(i)
		}
		byOrg[o] += n
	}
	best := make([]uint32, 0, 2*maxOrgs) // the largest so far, cut down when full
	order := func(a, b uint32) int {
		return cmp.Or(int(byOrg[b])-int(byOrg[a]), strings.Compare(c.codes[a], c.codes[b]))
	}
	least := int32(0)
	for o, n := range byOrg {
		if n == 0 || n < least {
			continue
		}
		if best = append(best, uint32(o)); len(best) == cap(best) {
			slices.SortFunc(best, order)
			best = best[:maxOrgs]
			least = byOrg[best[maxOrgs-1]]
		}
	}
	slices.SortFunc(best, order)
	for _, o := range best[:min(len(best), maxOrgs)] {
		x := &c.offices[names[o]]
		list = append(list, Facet{Value: x.code, Name: x.name, NameEn: x.nameEn, Count: int(byOrg[o])})
	}
	return list, different - len(list)
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
