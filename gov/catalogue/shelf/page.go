package shelf

import (
	"cmp"
	"slices"
	"strings"

	"tongban/platform/authz"
)

// place is one wording in the order of a list.
type place struct {
	key   uint32
	score int
	count int
}

// page orders what was counted and picks the items of one page. The caller
// holds the columns.
func (c *columns) page(q Query, sel selection, t *counts, after cursor) (numbers []int64, places []int, res Results) {
	res.Total, res.Services = t.total, len(t.wordings)
	list := c.sorted(t, sel)
	start := 0
	if after.set() {
		start, _ = slices.BinarySearchFunc(list, after, func(p place, a cursor) int { return c.compare(c.cursorOf(p), a) })
		if q.Once && start < len(list) && list[start].key == after.Key {
			start++
		}
	}
	list = list[start:]
	if q.Once {
		more := len(list) > q.Limit
		list = list[:min(len(list), q.Limit)]
		found := c.first(q, sel, t, list)
		for _, p := range list {
			numbers, places = append(numbers, found[p.key]), append(places, p.count)
		}
		if more {
			res.Next = c.cursorOf(list[len(list)-1]).String()
		}
		return numbers, places, res
	}
	numbers, next := c.each(q, sel, t, list, after)
	if next.set() {
		res.Next = next.String()
	}
	return numbers, nil, res
}

// sorted puts wordings in the order of a list: by fit, then as they are browsed.
func (c *columns) sorted(t *counts, sel selection) []place {
	list := make([]place, 0, len(t.wordings))
	if sel.fit == nil { // that order is made already
		for _, w := range c.order {
			if n := t.byWording[w]; n > 0 {
				list = append(list, place{key: w, count: int(n)})
			}
		}
		return list
	}
	for _, w := range t.wordings {
		list = append(list, place{key: w, score: int(t.fit[w]), count: int(t.byWording[w])})
	}
	slices.SortFunc(list, func(a, b place) int {
		return cmp.Or(b.score-a.score, int(c.wordings[a.key].rank)-int(c.wordings[b.key].rank))
	})
	return list
}

func (c *columns) cursorOf(p place) cursor {
	w := &c.wordings[p.key]
	return cursor{Score: p.score, Leads: w.leads, Sort: w.sort, Name: w.folded, Key: p.key}
}

// compare orders cursors as sorted and arrange do.
func (c *columns) compare(a, b cursor) int {
	return cmp.Or(b.Score-a.Score, flag(b.Leads)-flag(a.Leads), cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
}

// walk calls f for every item that passes and is worded as one of the list.
func (c *columns) walk(sel selection, t *counts, list []place, f func(at int, number int)) {
	if sel.numbers != nil {
		position := make(map[uint32]int, len(list))
		for i, p := range list {
			position[p.key] = i
		}
		for _, n := range sel.numbers {
			if n >= int64(len(c.kind)) || t.kindState[c.kind[n]] != passes || t.officeState[c.office[n]] != 1 {
				continue
			}
			if at, ok := position[c.kinds[c.kind[n]].wording]; ok {
				f(at, int(n))
			}
		}
		return
	}
	for at, p := range list {
		for _, k := range c.kindsOf(p.key) {
			if t.kindState[k] != passes {
				continue
			}
			for i := c.from[k]; i < c.from[k+1]; i++ {
				if t.officeState[c.ofKind[i]] == 1 {
					f(at, int(c.numbers[i]))
				}
			}
		}
	}
}

// first finds for every wording the item that concerns the asker most: of the
// very place, then of the nearest above, then from the province down.
func (c *columns) first(q Query, sel selection, t *counts, list []place) map[uint32]int64 {
	best := make([]int, len(list))
	out := make(map[uint32]int64, len(list))
	weights := make([]int, len(c.regions))
	for i, r := range c.regions {
		weights[i] = distance(r, q.Region)
	}
	c.walk(sel, t, list, func(at, n int) {
		w := weights[c.offices[c.office[n]].at]
		key := list[at].key
		old, ok := out[key]
		if !ok || w < best[at] || w == best[at] && c.region(n) < c.region(int(old)) {
			best[at], out[key] = w, int64(n)
		}
	})
	return out
}

func (c *columns) region(number int) string { return c.offices[c.office[number]].region }

func distance(region, asked string) int {
	a, b := authz.Prefix(asked), authz.Prefix(region)
	switch {
	case asked == "" || !strings.HasPrefix(a, b):
		return 100 + len(b)
	}
	return len(a) - len(b)
}

// each lists the items of wordings one by one, by region.
func (c *columns) each(q Query, sel selection, t *counts, list []place, after cursor) (numbers []int64, next cursor) {
	enough, n := 0, 0
	for _, p := range list {
		enough++
		if n += p.count; n > q.Limit && (p.key != after.Key || n > q.Limit+p.count) {
			break
		}
	}
	type item struct {
		at, number int
	}
	var items []item
	part := list[:enough]
	c.walk(sel, t, part, func(at, number int) {
		if part[at].key == after.Key && cmp.Or(strings.Compare(c.region(number), after.Region), number-after.Number) <= 0 {
			return
		}
		items = append(items, item{at, number})
	})
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(a.at-b.at, strings.Compare(c.region(a.number), c.region(b.number)), a.number-b.number)
	})
	more := len(items) > q.Limit || enough < len(list)
	items = items[:min(len(items), q.Limit)]
	for _, i := range items {
		numbers = append(numbers, int64(i.number))
	}
	if more && len(items) > 0 {
		last := items[len(items)-1]
		next = c.cursorOf(part[last.at])
		next.Region, next.Number = c.region(last.number), last.number
	}
	return numbers, next
}
