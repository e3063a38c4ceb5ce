package standard

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
)

// Level is one of the three levels of the catalogue.
type Level string

// The levels, from what all have in common to what one office handles.
const (
	BaseLevel           Level = "base"           // 基本目录
	ImplementationLevel Level = "implementation" // 实施清单
	HandlingLevel       Level = "handling"       // 业务办理项
)

// Levels lists them from the top.
var Levels = []Level{BaseLevel, ImplementationLevel, HandlingLevel}

// Rule says what a level may do about an element.
type Rule string

// The rules. That name, code, kind and setting basis are the same on all levels
// (四级四同) is the rule Refers on them.
const (
	Sets    Rule = "sets"    // gives the value
	Refers  Rule = "refers"  // has the value of the level above and cannot alter it
	Adds    Rule = "adds"    // has the value of the level above and may add to it
	Changes Rule = "changes" // has the value of the level above unless it gives its own
	Absent  Rule = "-"       // does not have the element
)

// Kind says what values an element takes.
type Kind string

// The kinds of elements.
const (
	TextKind   Kind = "text"
	LongKind   Kind = "long" // several lines
	NumberKind Kind = "number"
	YesNoKind  Kind = "yesno"
	DateKind   Kind = "date"  // YYYY-MM-DD
	CodeKind   Kind = "code"  // one of a code list
	CodesKind  Kind = "codes" // several of a code list
	LimitKind  Kind = "limit" // amount and unit
	URLKind    Kind = "url"
	WordsKind  Kind = "words" // several short texts, one a line
	OwnKind    Kind = "own"   // has a part of the guide of its own (KeptIn)
)

// Kinds are those that an administrator may choose for an element of his own.
var Kinds = []Kind{TextKind, LongKind, NumberKind, YesNoKind, DateKind, CodeKind, CodesKind, URLKind, WordsKind}

// Field defines one element (要素) of items.
type Field struct {
	Key      string         `json:"key"`
	Zh       string         `json:"zh"`
	En       string         `json:"en"`
	Kind     Kind           `json:"kind"`
	List     string         `json:"list,omitempty"` // of codes, for CodeKind and CodesKind
	Max      int            `json:"max,omitempty"`  // characters, or the largest number
	Group    string         `json:"group"`
	Order    int            `json:"order"`
	Levels   map[Level]Rule `json:"levels"`
	Required bool           `json:"required,omitempty"`
	Public   bool           `json:"public,omitempty"`   // shown in the guide
	Tiered   bool           `json:"tiered,omitempty"`   // tiers of service may set it
	Exchange string         `json:"exchange,omitempty"` // table.column of the national exchange
	Source   string         `json:"source,omitempty"`   // the standard that asks for it
	KeptIn   string         `json:"kept_in,omitempty"`  // part of the version that holds it, for OwnKind

	Region  string `json:"region,omitempty"`  // that added it; "" for those that ship
	Version int    `json:"version,omitempty"` // counts up with every change of the definition
	Retired bool   `json:"retired,omitempty"` // no longer asked for; old values stay readable
}

// Groups are the parts of the editing form and of the guide, in order.
var Groups = []string{"identity", "office", "limits", "handling", "online", "fee", "result", "contact", "materials", "duty", "source", "other"}

//go:embed fields.json
var fieldsJSON []byte

var shipped = mustFields()

var shippedByKey = func() map[string]Field {
	out := map[string]Field{}
	for _, f := range shipped {
		out[f.Key] = f
	}
	return out
}()

func mustFields() []Field {
	var out []Field
	d := json.NewDecoder(bytes.NewReader(fieldsJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		panic(fmt.Sprintf("standard: fields.json: %v", err)) // embedded and tested
	}
	return out
}

// Shipped are the elements of the standards, in order.
func Shipped() []Field { return slices.Clone(shipped) }

// Rule is what a level may do about the element.
func (f Field) Rule(l Level) Rule { return cmp.Or(f.Levels[l], Absent) }

// Editable tells whether a level gives a value of its own, in a plain field.
func (f Field) Editable(l Level) bool {
	r := f.Rule(l)
	return f.Kind != OwnKind && !f.Retired && (r == Sets || r == Changes || r == Adds)
}

// Check looks at a definition that an administrator wants.
func (f Field) Check() (out []Problem) {
	add := func(field, key string, with ...any) { out = append(out, Problem{field, key, with}) }
	if !content.ValidID(f.Key) {
		add("key", "key")
	}
	if _, taken := shippedByKey[f.Key]; taken {
		add("key", "taken", "key", f.Key)
	}
	for name, text := range map[string]string{"zh": f.Zh, "en": f.En} {
		if n := utf8.RuneCountInString(strings.TrimSpace(text)); n == 0 || n > 100 {
			add(name, "label", "max", 100)
		}
	}
	if !slices.Contains(Kinds, f.Kind) {
		add("kind", "kind")
	}
	if _, ok := codes.Of(f.List); !ok && (f.Kind == CodeKind || f.Kind == CodesKind) {
		add("list", "list")
	}
	if !slices.Contains(Groups, f.Group) {
		add("group", "group")
	}
	if f.Max < 0 || f.Max > 20000 {
		add("max", "max", "max", 20000)
	}
	given := false
	for _, l := range Levels {
		given = given || f.Rule(l) == Sets
		if !slices.Contains([]Rule{Sets, Refers, Adds, Changes, Absent}, f.Rule(l)) {
			given = false
			break
		}
	}
	if !given {
		add("levels", "levels")
	}
	return out
}

// longest is how many characters an element without a bound of its own takes.
const longest = 2000

// CheckValues looks at the values of an element.
func (f Field) CheckValues(values []string) *Problem {
	bad := func(key string, with ...any) *Problem {
		return &Problem{f.Key, "value." + key, append(with, "name", f.Zh, "name_en", f.En)}
	}
	total := 0
	for _, v := range values {
		total += utf8.RuneCountInString(v)
		if !f.fits(v, values) {
			return bad(string(f.Kind), "value", v, "max", cmp.Or(f.Max, longest))
		}
	}
	if f.Kind != NumberKind && total > cmp.Or(f.Max, longest) {
		return bad("long", "max", cmp.Or(f.Max, longest))
	}
	if len(values) > 1 && slices.Contains([]Kind{NumberKind, YesNoKind, DateKind, CodeKind, URLKind}, f.Kind) {
		return bad("one")
	}
	return nil
}

func (f Field) fits(v string, all []string) bool {
	switch f.Kind {
	case NumberKind:
		n, err := strconv.ParseInt(v, 10, 64)
		return err == nil && n >= 0 && (f.Max == 0 || n <= int64(f.Max))
	case YesNoKind:
		return v == "true" || v == "false"
	case DateKind:
		return dateForm(v)
	case CodeKind, CodesKind:
		l, _ := codes.Of(f.List)
		_, ok := l.Entry(v)
		return ok
	case URLKind:
		return strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://")
	case LimitKind:
		return content.Set(&content.Item{}, "legal_limit", all) == nil
	}
	return true
}

// Words are the values as people read them: codes by their words.
func (f Field) Words(values []string) []content.Text {
	out := make([]content.Text, 0, len(values))
	l, _ := codes.Of(f.List)
	for _, v := range values {
		t := content.Text{Zh: v, En: v}
		if e, ok := l.Entry(v); ok {
			t = content.Text{Zh: e.Zh, En: e.En}
		}
		if f.Kind == YesNoKind {
			t = map[string]content.Text{"true": {Zh: "是", En: "Yes"}, "false": {Zh: "否", En: "No"}}[v]
		}
		out = append(out, t)
	}
	if f.Kind == LimitKind && len(values) == 2 {
		units, _ := codes.Of(codes.UnitList)
		u, _ := units.Entry(values[1])
		return []content.Text{{Zh: values[0] + "个" + u.Zh, En: values[0] + " " + strings.ToLower(u.En)}}
	}
	return out
}
