package standard

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
)

// Base is one version of a base item (基本目录中的事项): what all levels have in
// common, held here and nowhere else.
type Base struct {
	Region  string `json:"region"`  // of the directory: a province, 000000 for the country's
	Code    string `json:"code"`    // basic code, 12
	Version int    `json:"version"` // counts up from 1

	Name   string           `json:"name"`
	NameEn string           `json:"name_en,omitempty"`
	Type   string           `json:"type"`            // codes.TypeList
	Basis  []content.Clause `json:"basis,omitempty"` // 设定依据; none: the source does not say
	Parent string           `json:"parent,omitempty"`
	Levels []string         `json:"levels,omitempty"` // who exercises it: codes.LevelList; none: not said
	State  content.State    `json:"state,omitempty"`

	Predecessors []string            `json:"predecessors,omitempty"` // basic codes that this one follows
	Successors   []string            `json:"successors,omitempty"`   // basic codes that follow it
	Fields       map[string][]string `json:"fields,omitempty"`
	Tiers        []Tier              `json:"tiers,omitempty"`
	Keeper       string              `json:"keeper"`           // what keeps it: an import, a package, or changes
	Origin       string              `json:"origin,omitempty"` // the item that it was made from, when no directory was at hand
	Source       string              `json:"source,omitempty"` // where it comes from, in words

	Effective time.Time `json:"-"`
	Published time.Time `json:"-"`
	Publisher string    `json:"-"`
	Hash      string    `json:"-"`
}

// Keepers of base items. A base item that changes keep is not altered by an
// import or a package.
const (
	KeptByImport  = "import"
	KeptByPackage = "package"
	KeptByChanges = "changes"
)

// Tier is one grade of service (服务档次) that a region may choose for its level:
// values of elements that every item of the region then has.
type Tier struct {
	ID     string              `json:"id"`
	Name   content.Text        `json:"name"`
	Rank   int                 `json:"rank"` // the higher, the better for the applicant
	Values map[string][]string `json:"values"`
}

// String is the tier with what it sets, in the words of the standard.
func (t Tier) String() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(t.Values)) {
		f, name := shippedByKey[key], key
		if f.Key != "" {
			name = f.Zh
		}
		var said []string
		for _, w := range f.Words(t.Values[key]) {
			said = append(said, w.Zh)
		}
		parts = append(parts, name+strings.Join(said, "、"))
	}
	return t.Name.Zh + "（" + strings.Join(parts, "；") + "）"
}

// Tier finds a tier by id.
func (b *Base) Tier(id string) (Tier, bool) {
	for _, t := range b.Tiers {
		if t.ID == id {
			return t, true
		}
	}
	return Tier{}, false
}

// TypeName is the official word for the kind of item.
func (b *Base) TypeName() content.Text {
	l, _ := codes.Of(codes.TypeList)
	e, _ := l.Entry(b.Type)
	return content.Text{Zh: cmp.Or(e.Zh, b.Type), En: cmp.Or(e.En, b.Type)}
}

// Onto fills in what an item refers to: name, kind and setting basis, and the
// values of the tier that its region chose.
func (b *Base) Onto(it *content.Item) {
	it.Name, it.NameEn = b.Name, b.NameEn
	it.TypeCode, it.Type = b.Type, b.TypeName().Zh
	it.Basis = append(slices.Clone(b.Basis), it.Basis...)
	if b.State != content.InForce { // what is suspended above is suspended below
		it.State = b.State
	}
	for key, values := range b.Fields {
		if len(content.Get(it, key)) == 0 {
			_ = content.Set(it, key, values) // checked when the base item was published
		}
	}
	if t, ok := b.Tier(it.Tier); ok {
		for key, values := range t.Values {
			_ = content.Set(it, key, values) // checked likewise
		}
	}
}

// Bind takes out of an item what it refers to, so that it is kept once.
func (b *Base) Bind(it *content.Item) {
	it.BaseVersion = b.Version
	it.Name, it.NameEn, it.Type, it.TypeCode = "", "", "", ""
	var own []content.Clause
	for _, c := range it.Basis {
		if !slices.Contains(b.Basis, c) {
			own = append(own, c)
		}
	}
	if it.Basis = own; it.State == b.State {
		it.State = content.InForce
	}
	for key, values := range b.Fields {
		if slices.Equal(content.Get(it, key), values) {
			_ = content.Set(it, key, nil) // taking away cannot fail
		}
	}
	if t, ok := b.Tier(it.Tier); ok {
		for key := range t.Values {
			_ = content.Set(it, key, nil) // taking away cannot fail
		}
	}
}

// Seal returns the hash of everything except version and dates.
func (b *Base) Seal() (hash string, doc []byte) {
	c := *b
	c.Version = 0
	doc, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("standard: base item does not marshal: %v", err)) // plain text and numbers
	}
	return content.Digest(doc), doc
}

// Same tells whether two versions say the same.
func (b *Base) Same(o *Base) bool {
	x, _ := b.Seal()
	y, _ := o.Seal()
	return x == y
}

// Difference is one element that two versions say differently.
type Difference struct {
	Key      string
	Was, Now []string
}

// Differences lists what changed from one version to the next, by key.
func (b *Base) Differences(next *Base) []Difference {
	var out []Difference
	was, now := b.values(), next.values()
	keys := map[string]bool{}
	for k := range was {
		keys[k] = true
	}
	for k := range now {
		keys[k] = true
	}
	for k := range keys {
		if !reflect.DeepEqual(was[k], now[k]) {
			out = append(out, Difference{k, was[k], now[k]})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

func (b *Base) values() map[string][]string {
	out := map[string][]string{}
	put := func(key string, v ...string) {
		if len(v) > 0 && v[0] != "" {
			out[key] = v
		}
	}
	put("name", b.Name)
	put("name_en", b.NameEn)
	put("type", b.Type)
	put("parent", b.Parent)
	put("levels", b.Levels...)
	put("state", string(b.State))
	put("predecessors", b.Predecessors...)
	put("successors", b.Successors...)
	for _, c := range b.Basis {
		out["basis"] = append(out["basis"], c.Citation()+c.Text)
	}
	for _, t := range b.Tiers {
		out["tiers"] = append(out["tiers"], t.String())
	}
	for k, v := range b.Fields {
		put(k, v...)
	}
	return out
}

// MaxName bounds names, in characters (GB/T 39046-2020 table 4: an..200).
const MaxName = 200

// Check looks at the base item alone; what it refers to is checked where the
// directory is at hand.
func (b *Base) Check() []Problem {
	var out []Problem
	add := func(field, key string, with ...any) { out = append(out, Problem{field, key, with}) }
	c, err := codes.Parse(b.Code)
	switch {
	case err != nil || c.Kind != codes.Basic:
		add("code", "code")
	case c.Province() != b.Region:
		add("code", "province", "region", b.Region)
	}
	if n := utf8.RuneCountInString(b.Name); n == 0 || n > MaxName {
		add("name", "name", "max", MaxName)
	}
	types, _ := codes.Of(codes.TypeList)
	if _, ok := types.Entry(b.Type); !ok {
		add("type", "type")
	}
	for _, l := range b.Levels {
		levels, _ := codes.Of(codes.LevelList)
		if _, ok := levels.Entry(l); !ok {
			add("levels", "level", "level", l)
		}
	}
	if slices.Contains(b.Predecessors, b.Code) || b.Parent == b.Code {
		add("predecessors", "cycle", "code", b.Code)
	}
	out = append(out, b.checkTiers()...)
	return out
}

// checkTiers tries the values on an item.
func (b *Base) checkTiers() (out []Problem) {
	seen := map[string]bool{}
	for _, t := range b.Tiers {
		if !content.ValidID(t.ID) || seen[t.ID] || t.Name.Zh == "" || len(t.Values) == 0 {
			out = append(out, Problem{"tiers", "tier", []any{"id", t.ID}})
		}
		seen[t.ID] = true
		for key, values := range t.Values {
			if f, ok := shippedByKey[key]; ok && !f.Tiered {
				out = append(out, Problem{"tiers", "untiered", []any{"id", t.ID, "key", key}})
			}
			if content.Set(&content.Item{}, key, values) != nil {
				out = append(out, Problem{"tiers", "value", []any{"id", t.ID, "key", key}})
			}
		}
	}
	return out
}

// Problem is one thing that is wrong; Key is the code of its words.
type Problem struct {
	Field string
	Key   string
	With  []any
}
