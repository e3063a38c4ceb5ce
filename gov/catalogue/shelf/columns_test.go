package shelf

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/province"
	"tongban/platform/search"
)

// filled are the columns of a generated province, made without a database.
func filled(t testing.TB, items int) *columns {
	t.Helper()
	p, err := province.New(data.Files, province.Options{Seed: 5, Items: items})
	if err != nil {
		t.Fatal(err)
	}
	c := &columns{kinds: make([]kind, 1), kindOf: map[kind]uint32{}, wordings: make([]wording, 1), profiles: make([]Profile, 1), offices: make([]office, 1),
		regions: make([]string, 1), regionOf: map[string]uint32{}, codes: make([]string, 1), codeOf: map[string]uint32{}, pairs: map[uint64]int32{}}
	words, profiles, offices := map[string]int64{}, map[string]int64{}, map[string]int64{}
	c.kind, c.office = make([]uint32, items+1), make([]uint32, items+1)
	n := int64(0)
	if err := p.Each(func(r *province.Row) error {
		n++
		w := words[r.Name]
		if w == 0 {
			w = int64(len(words) + 1)
			words[r.Name] = w
			initials := search.Initials(r.Name)
			c.wordings = append(c.wordings, wording{folded: search.Fold(r.Name), sort: packed(initials[:min(len(initials), maxSort)]), runes: uint16(len([]rune(r.Name)))})
		}
		pr := Profile{Type: r.TypeCode, TypeName: r.Type, Audience: r.Audience, Themes: r.Themes, Online: r.Online, Visits: *r.Visits, Depth: r.Depth}
		key := questionOf(Query{Text: r.TypeCode, Theme: join(r.Themes), Audience: join(r.Audience), Visits: r.Visits, Depth: r.Depth, Online: &r.Online})
		if profiles[key] == 0 {
			profiles[key] = int64(len(profiles) + 1)
			c.profiles = append(c.profiles, pr)
		}
		if offices[r.Org+r.Region] == 0 {
			offices[r.Org+r.Region] = int64(len(offices) + 1)
			if _, ok := c.regionOf[r.Region]; !ok {
				c.regionOf[r.Region] = uint32(len(c.regions))
				c.regions = append(c.regions, r.Region)
			}
			if _, ok := c.codeOf[r.Org]; !ok {
				c.codeOf[r.Org] = uint32(len(c.codes))
				c.codes = append(c.codes, r.Org)
			}
			c.offices = append(c.offices, office{region: r.Region, code: r.Org, name: r.OrgName, at: c.regionOf[r.Region], org: c.codeOf[r.Org]})
		}
		c.put(record{serial: n, number: n, wording: w, profile: profiles[key], office: offices[r.Org+r.Region]})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	c.arrange()
	c.gather()
	return c
}

func join(list []string) string {
	s := ""
	for _, v := range list {
		s += v + "|"
	}
	return s
}

// TestCount_agreesWithCountingOneByOne compares totals and facets with what
// looking at every item alone gives, for random queries.
func TestCount_agreesWithCountingOneByOne(t *testing.T) {
	c := filled(t, 8000)
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	for range 60 {
		q := Query{Theme: pick("", "", "文化体育", "职业资格"), Audience: pick("", ForPersons, ForOrgs, "企业法人"), Type: pick("", "01", "21"),
			Region: pick("", "440000", "440100", "440106"), Level: random.IntN(4) * random.IntN(2), Limit: 20, Once: random.IntN(2) == 0}
		if random.IntN(3) == 0 {
			n := random.IntN(2)
			q.Visits = &n
		}
		if random.IntN(4) == 0 {
			q.Org = c.offices[1+random.IntN(len(c.offices)-1)].code
		}
		sel := selection{}
		if random.IntN(2) == 0 {
			sel.fit = map[uint32]int{}
			for w := 1; w < len(c.wordings); w += 7 {
				sel.fit[uint32(w)] = 1 + w%3
			}
		}
		counted := c.count(q, sel, 0)
		numbers, _, res := c.page(q, sel, counted, cursor{})
		f := c.facets(q, counted)
		counted.free()
		total, themes, orgs, visits := oneByOne(c, q, sel)
		if res.Total != total || !maps.Equal(themes, values(f.Themes)) || !maps.Equal(visits, values(f.Visits)) || f.MoreOrgs == 0 && !maps.Equal(orgs, values(f.Orgs)) {
			t.Errorf("%+v: total %d, one by one %d; themes %v and %v; visits %v and %v; %d and %d offices", q, res.Total, total, values(f.Themes), themes, values(f.Visits), visits, len(f.Orgs), len(orgs))
		}
		if len(numbers) != min(total, q.Limit) && !q.Once || q.Once && len(numbers) != min(res.Services, q.Limit) {
			t.Errorf("%+v: %d items on the page of %d, %d services", q, len(numbers), total, res.Services)
		}
	}
}

func values(list []Facet) map[string]int {
	m := map[string]int{}
	for _, f := range list {
		m[f.Value] = f.Count
	}
	return m
}

func oneByOne(c *columns, q Query, sel selection) (total int, themes, orgs, visits map[string]int) {
	themes, orgs, visits = map[string]int{}, map[string]int{}, map[string]int{}
	for n, k := range c.kind {
		if k == 0 {
			continue
		}
		p, o := &c.profiles[c.kinds[k].profile], &c.offices[c.office[n]]
		if _, in := sel.fit[c.kinds[k].wording]; sel.fit != nil && !in || q.Region != "" && !Related(o.region, q.Region) || q.Level > 0 && LevelOf(o.region) != q.Level {
			continue
		}
		fails := map[string]bool{"theme": q.Theme != "" && !slices.Contains(p.Themes, q.Theme), "audience": q.Audience != "" && !forAudience(p.Audience, q.Audience),
			"type": q.Type != "" && p.Type != q.Type, "visits": q.Visits != nil && p.Visits > *q.Visits, "org": q.Org != "" && o.code != q.Org}
		failed := ""
		for name, f := range fails {
			if f {
				failed += name
			}
		}
		if failed == "" {
			total++
		}
		if failed == "" || failed == "theme" {
			tally(themes, p.Themes, 1)
		}
		if failed == "" || failed == "org" {
			orgs[o.code]++
		}
		if failed == "" || failed == "visits" {
			for v := p.Visits; v <= maxVisits; v++ {
				visits[strconv.Itoa(v)]++
			}
		}
	}
	return total, themes, orgs, visits
}

// TestPage_givesEveryItemOnce walks through a list page by page.
func TestPage_givesEveryItemOnce(t *testing.T) {
	c := filled(t, 3000)
	for _, q := range []Query{{Limit: 7}, {Limit: 100, Region: "440100"}, {Limit: 20, Once: true}, {Limit: 1, Type: "05", Once: true}, {Limit: 50, Org: c.offices[1].code}} {
		seen, after, want := map[int64]bool{}, cursor{}, 0
		for {
			counted := c.count(q, selection{}, 0)
			numbers, _, res := c.page(q, selection{}, counted, after)
			counted.free()
			if want = res.Total; q.Once {
				want = res.Services
			}
			for _, n := range numbers {
				if seen[n] {
					t.Fatalf("%+v: item %d on two pages", q, n)
				}
				seen[n] = true
			}
			if res.Next == "" {
				break
			}
			var err error
			if after, err = parseCursor(res.Next); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != want {
			t.Errorf("%+v: %d items on the pages, want %d", q, len(seen), want)
		}
	}
}

func TestPut_cancelledItemsAreGone(t *testing.T) {
	c := filled(t, 100)
	before := c.live
	c.put(record{number: 5, wording: 1, profile: 0, office: 1})
	c.put(record{number: 5, wording: 1, profile: 0, office: 1})
	c.gather()
	if counted := c.count(Query{}, selection{}, 0); c.live != before-1 || counted.total != before-1 {
		t.Errorf("%d items live, %d counted, want %d", c.live, counted.total, before-1)
	}
}

func TestRelated(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want bool
	}{{"440000", "440106", true}, {"440106", "440000", true}, {"440106", "440105", false}, {"440106006", "440106", true}, {"000000", "440106", true}, {"", "440106", true}, {"310000", "440000", false}} {
		if got := Related(x.a, x.b); got != x.want {
			t.Errorf("%s and %s: %v", x.a, x.b, got)
		}
	}
	if judge(&Profile{State: content.Cancelled}, Query{}) != 0 {
		t.Error("a cancelled item must not count")
	}
}

// BenchmarkCount measures the part of a query that grows with the number of
// items: go test -bench Count ./gov/catalogue/shelf
func BenchmarkCount(b *testing.B) {
	c := filled(b, 780_000)
	some := selection{fit: map[uint32]int{}}
	for w := 1; w < len(c.wordings); w += 200 {
		some.fit[uint32(w)] = 1
	}
	for name, x := range map[string]struct {
		q   Query
		sel selection
	}{"everything": {Query{Limit: 20, Once: true}, selection{}}, "city": {Query{Limit: 20, Region: "440100", Once: true}, selection{}},
		"theme": {Query{Limit: 20, Theme: "文化体育", Audience: ForPersons}, selection{}}, "words": {Query{Limit: 20, Once: true}, some}} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				t := c.count(x.q, x.sel, 0)
				c.page(x.q, x.sel, t, cursor{})
				c.facets(x.q, t)
				t.free()
			}
		})
	}
}
