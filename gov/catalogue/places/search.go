package places

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"tongban/platform/forms"
)

// How well an entry fits words, the best first.
const (
	whole = iota // its whole name
	begin        // the beginning of its name
	part         // a part of its name
	above        // names of what it lies in: everything there
	none
)

// Search lists at most limit divisions within bounds that fit a name, a part of
// one, the names of what they lie in, pinyin initials or the beginning of a code.
// n is how many fit.
func (l *List) Search(words string, b forms.Bounds, limit int) (list []forms.Entry, n int) {
	x := l.bound(b)
	if x.nowhere {
		return nil, 0
	}
	found, n := l.search(key(words), x, limit)
	return l.entries(found, x.within), n
}

func (l *List) search(k string, b bound, limit int) ([]int32, int) {
	if k == "" {
		return nil, 0
	}
	fit := l.byName
	switch {
	case strings.Trim(k, "0123456789") == "":
		fit = func(i int32, k string) int {
			if strings.HasPrefix(l.all[i].code, k) {
				return begin
			}
			return none
		}
	case strings.Trim(k, "abcdefghijklmnopqrstuvwxyz") == "":
		fit = l.byInitials(l.initials())
	}
	type hit struct {
		i   int32
		fit int
	}
	var hits []hit
	for i := range l.all {
		if f := fit(int32(i), k); f < none && l.fits(int32(i), b) {
			hits = append(hits, hit{int32(i), f})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.fit, b.fit), cmp.Compare(l.all[a.i].level, l.all[b.i].level))
	})
	out := make([]int32, 0, min(limit, len(hits)))
	for _, h := range hits[:min(limit, len(hits))] {
		out = append(out, h.i)
	}
	return out, len(hits)
}

// byName fits words to the name of an entry with those above it in front.
func (l *List) byName(i int32, k string) int {
	best := own(l.all[i].key, k)
	if best == none || best == part {
		best = min(best, l.under(l.all[i].parent, k, func(rest string) int {
			if rest == "" {
				return above
			}
			return own(l.all[i].key, rest)
		}))
	}
	return best
}

func own(name, k string) int {
	switch {
	case name == k:
		return whole
	case strings.HasPrefix(name, k):
		return begin
	case strings.Contains(name, k):
		return part
	}
	return none
}

// under takes the names of an entry and those above it from the front of k, in
// their order, each in full, short or not at all, and returns the best that
// last makes of the rest. At least one name is taken.
func (l *List) under(i int32, k string, last func(rest string) int) int {
	best := none
	if i < 0 {
		return best
	}
	try := func(name string) {
		if name == "" {
			return
		}
		if j := strings.Index(k, name); j >= 0 && (j == 0 || l.taken(l.all[i].parent, k[:j])) {
			best = min(best, last(k[j+len(name):]))
		}
	}
	try(l.all[i].key)
	try(l.all[i].short)
	return min(best, l.under(l.all[i].parent, k, last))
}

// taken tells whether words are made of names of an entry and those above it.
func (l *List) taken(i int32, k string) bool {
	for ; i >= 0; i = l.all[i].parent {
		for _, name := range []string{l.all[i].key, l.all[i].short} {
			if name == "" {
				continue
			}
			if rest, ok := strings.CutSuffix(k, name); ok && (rest == "" || l.taken(l.all[i].parent, rest)) {
				return true
			}
		}
	}
	return k == ""
}

// named lists the entries that words name in full, with or without names of
// what they lie in.
func (l *List) named(k string) []int32 {
	var out []int32
	for at := range k {
		name := k[at:]
		j := sort.Search(len(l.byKey), func(j int) bool { return l.all[l.byKey[j]].key >= name })
		for ; j < len(l.byKey) && l.all[l.byKey[j]].key == name; j++ {
			i := l.byKey[j]
			if !l.all[i].group && (at == 0 || l.taken(l.all[i].parent, k[:at])) {
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}

// byInitials fits pinyin initials to those of a name, alone or with those above.
func (l *List) byInitials(initials []string) func(i int32, k string) int {
	return func(i int32, k string) int {
		best := own(initials[i], k)
		if best == part {
			best = none // anything fits two letters somewhere
		}
		for p := l.all[i].parent; p >= 0 && best == none; p = l.all[p].parent {
			if l.all[p].group {
				continue
			}
			for _, front := range []string{initials[p], initials[p][:max(len(initials[p])-1, 0)]} {
				if rest, ok := strings.CutPrefix(k, front); ok && len(front) > 1 && rest != "" {
					best = min(best, max(own(initials[i], rest), begin))
				}
			}
		}
		if best == part {
			return none
		}
		return best
	}
}
