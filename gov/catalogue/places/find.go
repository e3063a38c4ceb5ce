package places

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tongban/platform/authz"
	"tongban/platform/forms"
)

// most is how many choices are shown at a field, and few how many entries a
// field may have to be a plain list.
const (
	most = 30
	few  = 40
)

// fits tells whether an entry is within bounds.
func (l *List) fits(i int32, b bound) bool {
	e := l.all[i]
	return !e.group && b.level(e) == 0 && (b.within < 0 || l.inside(i, b.within))
}

// bound is what a field takes; within is a position, -1 for everywhere.
type bound struct {
	least, most int
	within      int32
	nowhere     bool // within is no division in force: nothing fits
}

func (l *List) bound(b forms.Bounds) bound {
	out := bound{least: max(b.Least, Province), most: b.Most, within: -1}
	if out.most == 0 {
		out.most = Town
	}
	if b.Within != "" {
		out.within = l.at(b.Within)
		out.nowhere = out.within < 0
	}
	return out
}

// level tells whether an entry is too coarse (-1), too fine (1) or right.
func (b bound) level(e entry) int {
	switch {
	case int(e.deepest) < b.least:
		return -1
	case int(e.level) > b.most:
		return 1
	}
	return 0
}

// All lists what is within bounds when it is no more than a page shows.
func (l *List) All(b forms.Bounds) []forms.Entry {
	x := l.bound(b)
	if x.nowhere {
		return nil
	}
	list := l.below(x.within, x, few+1)
	if len(list) > few {
		return nil
	}
	return l.entries(list, x.within)
}

// below lists at most n entries under one that fit, in the order of codes.
func (l *List) below(top int32, b bound, n int) []int32 {
	var out []int32
	start, prefix := 0, ""
	if top >= 0 {
		start, prefix = int(top), strings.TrimRight(l.all[top].code[:min(6, len(l.all[top].code))], "0")
	}
	for i := start; i < len(l.all) && len(out) < n; i++ {
		if !strings.HasPrefix(l.all[i].code, prefix) {
			break
		}
		if (top < 0 || l.inside(int32(i), top)) && l.fits(int32(i), b) {
			out = append(out, int32(i))
		}
	}
	return out
}

func (l *List) entries(list []int32, below int32) []forms.Entry {
	out := make([]forms.Entry, len(list))
	for k, i := range list {
		out[k] = forms.Entry{Code: l.all[i].code, Name: l.full(i, -1), Short: cmp.Or(l.full(i, below), l.all[i].name)}
	}
	return out
}

// Find implements forms.List.
func (l *List) Find(entered string, bounds forms.Bounds) forms.Found {
	b, k := l.bound(bounds), key(entered)
	if b.nowhere {
		return forms.Found{Problem: "catalogue.place.nowhere", Pairs: []any{"code", bounds.Within}}
	}
	if k != "" && strings.Trim(k, "0123456789") == "" {
		return l.byCode(k, b)
	}
	named := l.named(k)
	if len(named) == 0 {
		return l.near(entered, k, b)
	}
	fit := l.collapse(slices.DeleteFunc(slices.Clone(named), func(i int32) bool { return !l.fits(i, b) }))
	for _, i := range fit {
		if key(l.full(i, -1)) == k {
			fit = []int32{i}
			break
		}
	}
	switch {
	case len(fit) == 1:
		return forms.Found{Code: l.all[fit[0]].code}
	case len(fit) > 1:
		return l.choose("several", fit, b, "value", entered)
	}
	return l.unfit(named, b)
}

// collapse leaves out entries that are called the same as one above them: the
// higher is meant.
func (l *List) collapse(list []int32) []int32 {
	return slices.DeleteFunc(list, func(i int32) bool {
		return slices.ContainsFunc(list, func(j int32) bool { return i != j && l.inside(i, j) && l.full(i, -1) == l.full(j, -1) })
	})
}

// byCode finds a code as people copy it: two or four digits, or twelve with
// zeros behind.
func (l *List) byCode(code string, b bound) forms.Found {
	full := code
	switch {
	case len(code) == 2 || len(code) == 4:
		full = (code + "000000")[:6]
	case len(code) == 12 && strings.HasSuffix(code, "000000") && !l.Has(code[:9]):
		full = code[:6]
	case len(code) == 12 && strings.HasSuffix(code, "000"):
		full = code[:9]
	}
	if i := l.at(full); i >= 0 && !l.all[i].group {
		if l.fits(i, b) {
			return forms.Found{Code: full}
		}
		return l.unfit([]int32{i}, b)
	}
	if p, ok := l.ended[full]; ok {
		return forms.Found{Problem: "catalogue.place.ended", Pairs: []any{"name", l.Name(full), "code", full, "until", p.Until}}
	}
	return forms.Found{Problem: "catalogue.place.unknown_code", Pairs: []any{"code", code}}
}

// unfit says why none of these fits, and what below or above them would.
func (l *List) unfit(list []int32, b bound) forms.Found {
	inside := slices.DeleteFunc(slices.Clone(list), func(i int32) bool {
		return b.within >= 0 && !l.inside(i, b.within) && !l.inside(b.within, i)
	})
	if len(inside) == 0 {
		return l.outside(l.full(list[0], -1), b)
	}
	one := inside[0]
	if b.level(l.all[one]) > 0 {
		up := one
		for up >= 0 && !l.fits(up, b) {
			up = l.all[up].parent
		}
		var choices []int32
		if up >= 0 {
			choices = []int32{up}
		}
		return forms.Found{Problem: "catalogue.place.fine" + strconv.Itoa(b.most), Pairs: []any{"name", l.full(one, -1)}, Choices: l.some(choices, b)}
	}
	choices := inside // several of one name: first which of them
	if len(inside) == 1 {
		choices = l.steps(one, b)
	}
	return forms.Found{Problem: "catalogue.place.coarse" + strconv.Itoa(b.least), Pairs: []any{"name", l.full(one, -1)}, Choices: l.some(choices, b)}
}

// outside says that a place is not where it has to be.
func (l *List) outside(name string, b bound) forms.Found {
	choices := l.below(b.within, b, most+1)
	if len(choices) > most {
		choices = nil
	}
	return forms.Found{Problem: "catalogue.place.outside", Pairs: []any{"name", name, "within", l.full(b.within, -1)}, Choices: l.some(choices, b)}
}

// steps are what to choose from under an entry that is too coarse: what fits
// when that is few, else what lies right below it.
func (l *List) steps(i int32, b bound) []int32 {
	if b.within >= 0 && l.inside(b.within, i) {
		i = b.within
	}
	if list := l.below(i, b, most+1); len(list) <= most {
		return list
	}
	var out []int32
	for j := int(i) + 1; j < len(l.all); j++ {
		e := l.all[j]
		p := e.parent
		for p >= 0 && p != i && l.all[p].group {
			p = l.all[p].parent
		}
		if p == i && !e.group {
			out = append(out, int32(j))
		}
	}
	return out
}

// some shows no more choices than help.
func (l *List) some(list []int32, b bound) []forms.Entry {
	return l.entries(list[:min(len(list), most)], b.within)
}

// near says that nothing is called so, and what comes near.
func (l *List) near(entered, k string, b bound) forms.Found {
	list, n := l.search(k, b, most)
	if n > 0 {
		code := "near"
		switch {
		case n == 1:
			code = "near_one"
		case n > len(list):
			code = "near_many"
		}
		return l.choose(code, list, b, "value", entered, "all", n)
	}
	list, _ = l.search(k, bound{least: Province, most: Town, within: -1}, 1)
	switch {
	case len(list) > 0 && b.within >= 0 && !l.inside(b.within, list[0]):
		return l.outside(entered, b)
	case len(list) > 0:
		return l.unfit(list, b)
	}
	return forms.Found{Problem: "catalogue.place.unknown", Pairs: []any{"value", entered}}
}

func (l *List) choose(code string, list []int32, b bound, pairs ...any) forms.Found {
	shown := l.some(list, b)
	return forms.Found{Problem: "catalogue.place." + code, Pairs: append(pairs, "n", len(list), "shown", len(shown)), Choices: shown}
}

// CheckField says what is wrong with the bounds of a field of an item that a
// region publishes, "" when nothing is.
func CheckField(f forms.Field, region string) string {
	if f.Type != "division" {
		if f.Within != "" {
			return "within: only a division lies within another"
		}
		return ""
	}
	level := func(s string) bool { return s == "" || len(s) == 1 && s >= "1" && s <= "4" }
	switch b := f.Bounds(); {
	case !level(f.Min), !level(f.Max), b.Most > 0 && b.Least > b.Most:
		return "min, max: levels from 1, province, to 4, township"
	case f.Within != "" && !IsCode(f.Within), !strings.HasPrefix(f.Within, authz.Prefix(region)) && f.Within != "":
		return "within: the code of the division that publishes the item, or of one below it"
	}
	return ""
}
