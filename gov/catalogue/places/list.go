package places

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"tongban/platform/search"
)

// The levels of divisions.
const (
	Province = 1 + iota
	City
	County
	Town
)

// Place is one division as it is kept.
type Place struct {
	Code, Name, Parent string
	Level              int
	Until              string // YYYY-MM-DD from which it no longer was; "" in force
}

// entry is one division in force. Entries lie in the order of their codes, so
// that what lies below one follows it.
type entry struct {
	code, name string
	key        string // name as it is compared
	short      string // key the way people say it, "" for towns
	parent     int32  // -1 for provinces
	level      int8
	deepest    int8 // level that it stands for besides: a city without counties is its own county
	group      bool // 市辖区 and the like: order in the list, no place
}

// List is every division, in force and ended. It never changes.
type List struct {
	all      []entry
	byKey    []int32 // positions in all by key
	ended    map[string]Place
	initials func() []string
	text     sync.Once
	spoken   map[string][]int32 // positions in all by name and by short name
}

// groups are rows of the list that only sort what is below them.
var groups = map[string]bool{"市辖区": true, "县": true, "省直辖县级行政区划": true, "自治区直辖县级行政区划": true}

// New makes a list. Rows in force whose parent is missing stand on their own.
func New(rows []Place) *List {
	l := &List{ended: map[string]Place{}}
	for _, p := range rows {
		if p.Until == "" {
			l.all = append(l.all, entry{code: p.Code, name: p.Name, key: key(p.Name), level: int8(p.Level), deepest: int8(p.Level), group: groups[p.Name]})
		} else if p.Until > l.ended[p.Code].Until {
			l.ended[p.Code] = p
		}
	}
	slices.SortFunc(l.all, func(a, b entry) int { return strings.Compare(a.code, b.code) })
	parents := map[string]string{}
	for _, p := range rows {
		if p.Until == "" {
			parents[p.Code] = p.Parent
		}
	}
	counties := map[int32]bool{} // cities that have some
	for i := range l.all {
		e := &l.all[i]
		if e.level < Town {
			e.short = short(e.key)
		}
		if e.parent = l.at(parents[e.code]); e.parent >= 0 && e.level == County {
			counties[e.parent] = true
		}
	}
	for i := range l.all {
		if p := l.all[i].parent; p >= 0 && l.all[i].level == Town && l.all[p].level == City && !counties[p] {
			l.all[p].deepest = County
		}
	}
	l.byKey = make([]int32, len(l.all))
	for i := range l.byKey {
		l.byKey[i] = int32(i)
	}
	sort.SliceStable(l.byKey, func(a, b int) bool { return l.all[l.byKey[a]].key < l.all[l.byKey[b]].key })
	l.initials = sync.OnceValue(func() []string {
		out := make([]string, len(l.all))
		for i, e := range l.all {
			out[i] = search.Initials(e.name)
		}
		return out
	})
	return l
}

// Len is how many divisions are in force.
func (l *List) Len() int { return len(l.all) }

// at finds a code; -1 when it is not in force.
func (l *List) at(code string) int32 {
	i, ok := slices.BinarySearchFunc(l.all, code, func(e entry, c string) int { return strings.Compare(e.code, c) })
	if !ok {
		return -1
	}
	return int32(i)
}

// Place is the division in force with this code, empty when there is none.
func (l *List) Place(code string) Place {
	i := l.at(code)
	if i < 0 {
		return Place{}
	}
	e := l.all[i]
	p := Place{Code: e.code, Name: e.name, Level: int(e.level)}
	if e.parent >= 0 {
		p.Parent = l.all[e.parent].code
	}
	return p
}

// Has tells whether a code is in force.
func (l *List) Has(code string) bool { return l.at(code) >= 0 }

// Name is the full name of a division from its province on; of one that has
// ended, the name that it had. It is "" for a code that never was one.
func (l *List) Name(code string) string {
	if i := l.at(code); i >= 0 {
		return l.full(i, -1)
	}
	p, ok := l.ended[code]
	if !ok {
		return ""
	}
	if i := l.at(p.Parent); i >= 0 {
		return l.full(i, -1) + p.Name
	}
	return p.Name
}

// full is the name of an entry below another, -1 for from the province on.
func (l *List) full(i, below int32) string {
	var names []string
	for ; i >= 0 && i != below; i = l.all[i].parent {
		e := l.all[i]
		if !e.group && (len(names) == 0 || names[len(names)-1] != e.name) {
			names = append(names, e.name)
		}
	}
	slices.Reverse(names)
	return strings.Join(names, "")
}

// inside tells whether an entry is w or lies below it.
func (l *List) inside(i, w int32) bool {
	for ; i >= 0; i = l.all[i].parent {
		if i == w {
			return true
		}
	}
	return false
}

// key brings a name to the form in which names are compared: one width, one
// set of characters, nothing between the parts.
func key(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n/\\>›→·•,，、.。-－—_", r) {
			return -1
		}
		return r
	}, search.Fold(name))
}

// peoples are the names that autonomous areas carry; people leave them out.
var peoples = strings.Fields("壮族 回族 维吾尔 维吾尔族 藏族 羌族 苗族 侗族 瑶族 布依族 彝族 哈尼族 傣族 白族 景颇族 傈僳族 怒族 独龙族 纳西族 拉祜族 佤族 布朗族 土家族 仡佬族 水族 仫佬族 毛南族 各族 蒙古 蒙古族 哈萨克 哈萨克族 柯尔克孜 塔吉克 锡伯 朝鲜族 满族 畲族 黎族 土族 撒拉族 东乡族 保安族 裕固族 达斡尔族 鄂温克族 鄂伦春")

// endings of names, the longer first.
var endings = strings.Fields("特别行政区 行政委员会 自治区 自治州 自治县 自治旗 地区 林区 特区 新区 省 市 区 县 州 盟 旗")

// short is a name the way people say it: 天河 for 天河区, 广西 for
// 广西壮族自治区. It is "" when too little would be left.
func short(name string) string {
	s := name
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(name, e); ok {
			s = rest
			if strings.HasPrefix(e, "自治") {
				s = withoutPeoples(s)
			}
			break
		}
	}
	if s == name || utf8.RuneCountInString(s) < 2 {
		return ""
	}
	return s
}

func withoutPeoples(s string) string {
	for again := true; again; {
		again = false
		for _, p := range peoples {
			if rest, ok := strings.CutSuffix(s, p); ok && utf8.RuneCountInString(rest) >= 2 {
				s, again = rest, true
				break
			}
		}
	}
	return s
}
