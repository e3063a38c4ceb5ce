package shelf

import (
	"slices"
	"sync"

	"tongban/gov/catalogue/content"
	"tongban/platform/authz"
)

// A restriction by a value of the profile. An item that fails exactly one of
// them still counts for the values of that one, so that a reader sees what
// another choice would leave.
const (
	passes = 1 + iota
	failsTheme
	failsAudience
	failsType
	failsOnline
	failsDepth
	failsVisits
	failsEvent
)

// selection is what the words of a query chose: wordings with their fit, or
// single items. Without either it is everything.
type selection struct {
	fit     map[uint32]int // by wording
	numbers []int64
}

// counts are how many items there are, by kind and by office. They are used
// again for the next query, which finds those by kind and by wording empty.
type counts struct {
	kinds       []uint32 // that the query is about
	dense       bool     // all kinds are
	kindState   []uint8  // 0: out; or one of the constants above
	officeState []uint8  // 0: out; 1: in; 2: fails the office that is asked for only
	byKind      []int32
	byOffice    []int32
	byWording   []int32 // of the kinds that pass
	wordings    []uint32
	byProfile   []int32 // profile and state
	fit         []int32 // of wordings, 0 for those that are out
	fitting     []uint32
	total       int
}

var pool = sync.Pool{New: func() any { return new(counts) }}

func sized[T any](s []T, n int) []T {
	s = longer(s, n)
	clear(s)
	return s
}

// longer gives a list another length. What it held beyond its length is as it
// was left.
func longer[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// states is how many different judgements of a profile there are.
const states = failsEvent + 1

// count goes through the items of the kinds that a query is about. The caller
// holds the columns.
func (c *columns) count(q Query, sel selection, same uint32) *counts {
	t := pool.Get().(*counts)
	t.kindState, t.byKind = longer(t.kindState, len(c.kinds)), longer(t.byKind, len(c.kinds))
	t.officeState, t.byOffice = sized(t.officeState, len(c.offices)), sized(t.byOffice, len(c.offices))
	t.byWording, t.wordings = longer(t.byWording, len(c.wordings)), t.wordings[:0]
	t.byProfile, t.fit, t.total = sized(t.byProfile, len(c.profiles)*states), longer(t.fit, len(c.wordings)), 0
	c.about(sel, same, t)
	c.judgeKinds(q, t)
	c.judgeOffices(q, t.officeState)
	if sel.numbers != nil {
		for _, n := range sel.numbers {
			if n < int64(len(c.kind)) && c.kind[n] != 0 {
				t.add(c.kind[n], c.office[n])
			}
		}
	} else {
		everywhere := q.Region == "" && q.Org == "" && q.Level == 0
		for _, k := range t.kinds {
			if state := t.kindState[k]; state != 0 {
				c.countKind(t, int(k), state, everywhere)
			}
		}
	}
	t.sum(c)
	return t
}

// countKind counts the items of one kind.
func (c *columns) countKind(t *counts, k int, state uint8, everywhere bool) {
	part := c.ofKind[c.from[k]:c.from[k+1]]
	switch {
	case everywhere && state != passes:
		t.byKind[k] = int32(len(part))
	case everywhere:
		t.byKind[k] = int32(len(part))
		for _, o := range part {
			t.byOffice[o]++
		}
	case state == passes:
		n := int32(0)
		for _, o := range part {
			switch t.officeState[o] {
			case 1:
				n++
				t.byOffice[o]++
			case 2:
				t.byOffice[o]++
			}
		}
		t.byKind[k] = n
	default:
		n := int32(0)
		for _, o := range part {
			if t.officeState[o] == 1 {
				n++
			}
		}
		t.byKind[k] = n
	}
}

func (t *counts) add(k, o uint32) {
	switch state := t.kindState[k]; {
	case state == 0:
	case t.officeState[o] == 1:
		t.byKind[k]++
		if state == passes {
			t.byOffice[o]++
		}
	case t.officeState[o] == 2 && state == passes:
		t.byOffice[o]++
	}
}

// sum adds up kinds by profile and by wording.
func (t *counts) sum(c *columns) {
	for _, k := range t.kinds {
		n := t.byKind[k]
		if n == 0 {
			continue
		}
		x, state := c.kinds[k], t.kindState[k]
		t.byProfile[int(x.profile)*states+int(state)] += n
		if state == passes {
			if t.byWording[x.wording] == 0 {
				t.wordings = append(t.wordings, x.wording)
			}
			t.byWording[x.wording] += n
			t.total += int(n)
		}
	}
}

// free empties what was filled in and gives the lists back. Because: a province
// may have as many wordings as items, and words concern a few of them.
func (t *counts) free() {
	if t.dense {
		clear(t.kindState)
		clear(t.byKind)
		clear(t.byWording)
		clear(t.fit)
	} else {
		for _, k := range t.kinds {
			t.kindState[k], t.byKind[k] = 0, 0
		}
		for _, w := range t.wordings {
			t.byWording[w] = 0
		}
	}
	for _, w := range t.fitting {
		t.fit[w] = 0
	}
	pool.Put(t)
}

// about lists the kinds that a query is about: those of the wordings that its
// words chose, of one wording, or all.
func (c *columns) about(sel selection, same uint32, t *counts) {
	t.kinds, t.fitting, t.dense = t.kinds[:0], t.fitting[:0], sel.fit == nil && same == 0
	for w, score := range sel.fit {
		t.fit[w] = int32(score)
		t.fitting = append(t.fitting, w)
		if same == 0 || w == same {
			t.kinds = append(t.kinds, c.kindsOf(w)...)
		}
	}
	if sel.fit == nil && same != 0 {
		t.kinds = append(t.kinds, c.kindsOf(same)...)
	}
	if t.dense {
		for k := 1; k < len(c.kinds); k++ {
			t.kinds = append(t.kinds, uint32(k))
		}
	}
}

// judgeKinds fills in which kinds of items pass.
func (c *columns) judgeKinds(q Query, t *counts) {
	state := make([]uint8, len(c.profiles))
	for i := range c.profiles {
		if i > 0 {
			state[i] = judge(&c.profiles[i], q)
		}
	}
	for _, k := range t.kinds {
		t.kindState[k] = state[c.kinds[k].profile]
	}
}

// judge tells whether a profile passes every restriction, or which single one
// it fails; 0 when it fails more.
func judge(p *Profile, q Query) uint8 {
	if q.Packages && !p.Package || p.State == content.Cancelled {
		return 0
	}
	result := uint8(passes)
	for _, f := range []struct {
		fails bool
		as    uint8
	}{
		{q.Theme != "" && !slices.Contains(p.Themes, q.Theme), failsTheme},
		{q.Audience != "" && !forAudience(p.Audience, q.Audience), failsAudience},
		{q.Type != "" && p.Type != q.Type, failsType},
		{q.Online != nil && p.Online != *q.Online, failsOnline},
		{q.Depth > 0 && p.Depth < q.Depth, failsDepth},
		{q.Visits != nil && (p.Visits < 0 || p.Visits > *q.Visits), failsVisits},
		{q.Event != "" && p.Event != q.Event, failsEvent},
	} {
		if !f.fails {
			continue
		}
		if result != passes {
			return 0
		}
		result = f.as
	}
	return result
}

func forAudience(list []string, want string) bool {
	switch want {
	case ForPersons:
		return slices.Contains(list, content.Person)
	case ForOrgs:
		return slices.ContainsFunc(list, func(a string) bool { return a != content.Person })
	}
	return slices.Contains(list, want)
}

// judgeOffices fills in which offices pass: by place, by level, by the office
// that is asked for.
func (c *columns) judgeOffices(q Query, out []uint8) {
	place := make([]bool, len(c.regions))
	for i, r := range c.regions {
		place[i] = i > 0 && (q.Region == "" || Related(r, q.Region)) && (q.Level == 0 || LevelOf(r) == q.Level)
	}
	for i := range c.offices {
		o := &c.offices[i]
		switch {
		case i == 0 || !place[o.at]:
		case q.Org != "" && o.code != q.Org:
			out[i] = 2
		default:
			out[i] = 1
		}
	}
}

// Related tells whether items of region a matter to somebody who asks for
// region b: the same, above it, or below it.
func Related(a, b string) bool {
	pa, pb := authz.Prefix(a), authz.Prefix(b)
	if len(pa) > len(pb) {
		pa, pb = pb, pa
	}
	return pb[:len(pa)] == pa
}

// LevelOf is the level of a region by its code: 0 the country, 1 a province, 2
// a city, 3 a county, 4 a township, 5 a village.
func LevelOf(code string) int {
	switch n := len(authz.Prefix(code)); {
	case n == 0:
		return 0
	case n <= 2:
		return 1
	case n <= 4:
		return 2
	case n <= 6:
		return 3
	case n <= 9:
		return 4
	}
	return 5
}
