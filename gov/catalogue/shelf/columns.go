package shelf

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/platform/db"
	"tongban/platform/search"
)

// columns are all items, sixteen bytes each: which kind (a wording with a
// profile) and which office (in one region), by number, and the same in the
// order of kinds, so that a query touches only the kinds that it is about.
// Everything else is held once for all items that share it. Index 0 of every
// list is "none".
type columns struct {
	mu    sync.RWMutex
	last  int64 // serial of the newest publication that is in
	stamp int64 // how often something was read

	kind   []uint32 // by number of the item
	office []uint32 // by number of the item

	from    []uint32 // by kind: where its items begin below; one more at the end
	ofKind  []uint32
	numbers []uint32

	kindsFrom  []uint32 // by wording: where its kinds begin below; one more at the end
	ofWordings []uint32

	kinds    []kind
	kindOf   map[kind]uint32
	wordings []wording
	profiles []Profile
	offices  []office
	order    []uint32 // wordings as they are browsed

	regions  []string // in the order in which they were met
	regionOf map[string]uint32
	pairs    map[uint64]int32 // how many names have a pair of characters
	codes    []string         // of the offices, each once
	codeOf   map[string]uint32
	later    []waiting // first versions that do not count yet, the next first
	live     int       // items
}

type kind struct{ wording, profile uint32 }

type wording struct {
	folded string // the name as search.Fold writes it
	sort   uint64 // initials of its pinyin, five bits each
	rank   uint32 // place in order
	runes  uint16
	tells  uint8 // 1 when it only tells something: lists, results, advice
	leads  bool  // has a package, which comes first
}

type office struct {
	region, code, name, nameEn string
	at                         uint32 // index of the region
	org                        uint32 // index of the code
	initials                   string // of the pinyin of the name
	suspected                  bool
}

type waiting struct {
	record
	from int64
}

// refresh reads what was published since the last look, and lets items count
// whose day has come. It returns a number that changes with what counts.
func (c *columns) refresh(ctx context.Context, r db.Reader, now time.Time) (stamp int64, err error) {
	last, err := lastSerial(ctx, r)
	if err != nil {
		return 0, err
	}
	c.mu.RLock()
	same, stamp := c.last == last && c.kinds != nil && (len(c.later) == 0 || c.later[0].from > now.Unix()), c.stamp
	c.mu.RUnlock()
	if same {
		return stamp, nil
	}
	if err := c.read(ctx, r, last, now); err != nil {
		return 0, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.stamp, nil
}

// read brings in what is newer than the last look.
func (c *columns) read(ctx context.Context, r db.Reader, last int64, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds, c.kindOf = make([]kind, 1), map[kind]uint32{}
		c.wordings, c.profiles, c.offices = make([]wording, 1), make([]Profile, 1), make([]office, 1)
		c.regions, c.regionOf, c.pairs = make([]string, 1), map[string]uint32{}, map[uint64]int32{}
		c.codes, c.codeOf = make([]string, 1), map[string]uint32{}
	}
	if err := c.readShared(ctx, r); err != nil {
		return err
	}
	n := int(last) + 1 - len(c.kind)
	if n > 0 { // numbers are serials of first versions
		c.kind, c.office = append(c.kind, make([]uint32, n)...), append(c.office, make([]uint32, n)...)
	}
	err := eachRecord(ctx, r, c.last, func(x record) {
		c.last = max(c.last, x.serial)
		if x.starts > now.Unix() {
			c.later = append(c.later, waiting{x, x.starts})
			return
		}
		c.put(x)
	})
	if err != nil {
		return err
	}
	c.start(now)
	c.gather()
	c.stamp++
	return nil
}

// kindsOf are the kinds of a wording.
func (c *columns) kindsOf(w uint32) []uint32 {
	if int(w)+1 >= len(c.kindsFrom) {
		return nil
	}
	return c.ofWordings[c.kindsFrom[w]:c.kindsFrom[w+1]]
}

// gatherKinds puts the kinds in the order of their wordings.
func (c *columns) gatherKinds() {
	c.kindsFrom = sized(c.kindsFrom, len(c.wordings)+1)
	for _, k := range c.kinds[min(1, len(c.kinds)):] {
		c.kindsFrom[k.wording]++
	}
	sum := uint32(0)
	for w := range c.kindsFrom {
		sum, c.kindsFrom[w] = sum+c.kindsFrom[w], sum
	}
	c.ofWordings = sized(c.ofWordings, int(sum))
	next := slices.Clone(c.kindsFrom)
	for i, k := range c.kinds {
		if i > 0 {
			c.ofWordings[next[k.wording]] = uint32(i)
			next[k.wording]++
		}
	}
}

// gather puts the items in the order of their kinds, and within a kind in that
// of their numbers.
func (c *columns) gather() {
	c.gatherKinds()
	c.from = sized(c.from, len(c.kinds)+1)
	for _, k := range c.kind {
		if k != 0 {
			c.from[k]++
		}
	}
	sum := uint32(0)
	for k := range c.from {
		sum, c.from[k] = sum+c.from[k], sum
	}
	c.ofKind, c.numbers = sized(c.ofKind, int(sum)), sized(c.numbers, int(sum))
	next := slices.Clone(c.from)
	for n, k := range c.kind {
		if k != 0 {
			c.ofKind[next[k]], c.numbers[next[k]] = c.office[n], uint32(n)
			next[k]++
		}
	}
}

// start lets items count whose day has come.
func (c *columns) start(now time.Time) {
	slices.SortStableFunc(c.later, func(a, b waiting) int { return cmp.Compare(a.from, b.from) })
	for len(c.later) > 0 && c.later[0].from <= now.Unix() {
		c.put(c.later[0].record)
		c.later = c.later[1:]
	}
}

// put sets one item. Wordings and offices were read before it, so that its
// keys are known.
func (c *columns) put(x record) {
	if int(x.number) >= len(c.kind) || int(x.wording) >= len(c.wordings) || int(x.profile) >= len(c.profiles) || int(x.office) >= len(c.offices) {
		return // published after the shared parts were read; the next refresh has it
	}
	if c.kind[x.number] != 0 {
		c.live--
	}
	c.kind[x.number], c.office[x.number] = 0, uint32(x.office)
	if x.profile == 0 || x.wording == 0 {
		return // cancelled
	}
	k := kind{uint32(x.wording), uint32(x.profile)}
	i, ok := c.kindOf[k]
	if !ok {
		i = uint32(len(c.kinds))
		c.kinds, c.kindOf[k] = append(c.kinds, k), i
	}
	c.kind[x.number] = i
	c.live++
}

func (c *columns) readShared(ctx context.Context, r db.Reader) error {
	err := eachProfile(ctx, r, int64(len(c.profiles)-1), func(key int64, p Profile) {
		c.profiles = grow(c.profiles, key)
		c.profiles[key] = p
	})
	if err != nil {
		return err
	}
	err = eachOffice(ctx, r, int64(len(c.offices)-1), func(key int64, o office) {
		c.offices = grow(c.offices, key)
		o.initials = search.Initials(o.name)
		at, ok := c.regionOf[o.region]
		if !ok {
			at = uint32(len(c.regions))
			c.regions, c.regionOf[o.region] = append(c.regions, o.region), at
		}
		o.at, o.region = at, c.regions[at]
		if o.org, ok = c.codeOf[o.code]; !ok {
			o.org = uint32(len(c.codes))
			c.codes, c.codeOf[o.code] = append(c.codes, o.code), o.org
		}
		o.code = c.codes[o.org]
		c.offices[key] = o
	})
	if err != nil {
		return err
	}
	before := len(c.wordings)
	err = eachWording(ctx, r, int64(before-1), func(key int64, name, sort string, leads bool) {
		c.wordings = grow(c.wordings, key)
		w := wording{folded: search.Fold(name), sort: packed(sort), leads: leads}
		w.tells = uint8(flag(tells(w.folded)))
		w.runes = uint16(min(len([]rune(name)), 1<<16-1))
		c.wordings[key] = w
		for _, p := range pairsOf(w.folded) {
			c.pairs[p]++
		}
	})
	if err == nil && len(c.wordings) > before {
		c.arrange()
	}
	return err
}

// telling are the ends of names of services that only tell something. Who types
// 取水许可 wants to apply for it before reading about it.
var telling = []string{"查询", "公示", "公布", "咨询", "宣传", "信息", "下载", "动态", "发布", "公告", "解读", "指南", "展览", "活动", "查看", "查阅", "地图"}

func tells(name string) bool {
	name = strings.TrimRight(name, ")》」”")
	return slices.ContainsFunc(telling, func(end string) bool { return strings.HasSuffix(name, end) })
}

func grow[T any](list []T, key int64) []T {
	if n := int(key) + 1 - len(list); n > 0 {
		list = append(list, make([]T, n)...)
	}
	return list
}

// arrange puts the wordings in the order of browsing: packages first, then by
// pinyin.
func (c *columns) arrange() {
	c.order = c.order[:0]
	for i := 1; i < len(c.wordings); i++ {
		c.order = append(c.order, uint32(i))
	}
	slices.SortFunc(c.order, func(a, b uint32) int {
		x, y := &c.wordings[a], &c.wordings[b]
		return cmp.Or(flag(y.leads)-flag(x.leads), cmp.Compare(x.sort, y.sort), cmp.Compare(x.folded, y.folded), cmp.Compare(a, b))
	})
	for rank, w := range c.order {
		c.wordings[w].rank = uint32(rank)
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// packed writes initials as a number that sorts as they do.
func packed(sort string) uint64 {
	var n uint64
	for i := range maxSort {
		n <<= 5
		if i < len(sort) && sort[i] >= 'a' && sort[i] <= 'z' {
			n |= uint64(sort[i]-'a') + 1
		}
	}
	return n
}

// pairsOf are the different pairs of neighbouring characters of a text.
func pairsOf(folded string) []uint64 {
	var out []uint64
	var before rune
	for _, r := range folded {
		if before >= 0x3400 && r >= 0x3400 {
			if p := uint64(before)<<32 | uint64(r); !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
		before = r
	}
	return out
}
