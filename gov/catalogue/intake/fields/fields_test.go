package fields_test

import (
	"cmp"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
	"tongban/gov/catalogue/standard"
)

// value draws a cell that a field can hold.
func value(t *rapid.T, f *fields.Field) string {
	word := rapid.StringMatching(`[a-z0-9甲乙丙（）。:/]{1,12}`)
	some := func(list []fields.Value) string {
		return list[rapid.IntRange(0, len(list)-1).Draw(t, f.Key)].Code
	}
	switch f.Kind {
	case fields.Elements:
		if f.Key == fields.MoreKey {
			return `{"life_event": {"zh": "出生", "en": ""}}`
		}
		return `{"own_element": "值"}`
	case fields.Number:
		return rapid.StringMatching(`[1-9][0-9]?`).Draw(t, f.Key)
	case fields.Flag:
		return rapid.SampledFrom([]string{"true", "false"}).Draw(t, f.Key)
	case fields.Coded:
		return some(fields.Values(f.List))
	case fields.Codes:
		if f.List != "" {
			return some(fields.Values(f.List))
		}
		return strings.Join(rapid.SliceOfNDistinct(word, 1, 3, rapid.ID[string]).Draw(t, f.Key), "\n")
	case fields.Lines:
		return strings.Join(rapid.SliceOfNDistinct(word, 1, 3, rapid.ID[string]).Draw(t, f.Key), "\n")
	}
	return word.Draw(t, f.Key)
}

func blank() content.Content { return content.Content{Item: content.Item{Visits: -1}} }

// What a field writes, it reads to the same content; and cleared, it is gone.
func TestFields_readWhatTheyWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := blank()
		for i := range fields.All {
			f := &fields.All[i]
			if rapid.Bool().Draw(t, "has "+f.Key) {
				if p := f.Set(&c, value(t, f)); p != nil {
					t.Fatalf("%s: %s", f.Key, p.English())
				}
			}
		}
		again := blank()
		for i := range fields.All {
			if p := fields.All[i].Set(&again, fields.All[i].Get(&c)); p != nil {
				t.Fatalf("%s: %s", fields.All[i].Key, p.English())
			}
		}
		for i := range fields.All {
			f := &fields.All[i]
			if a, b := f.Get(&c), f.Get(&again); a != b {
				t.Errorf("%s: %q comes back as %q", f.Key, a, b)
			}
			f.Clear(&again)
			if v := f.Get(&again); v != "" && v != "false" {
				t.Errorf("%s: %q is left after clearing", f.Key, v)
			}
		}
		delete(again.Item.Fields, "own_element") // an element of a region is not among the fields
		if left := again.Item.Fields; len(left) > 0 {
			t.Errorf("left after clearing: %v", left)
		}
	})
}

func TestGuess_onlyWhatHasOneReading(t *testing.T) {
	for _, c := range []struct{ list, met, want string }{
		{"item_type", "行政许可", "01"}, {"item_type", "01", "01"}, {"item_type", "1", "01"}, {"item_type", "公共服务类", "20"}, {"item_type", "其他", "10"},
		{"item_type", "10", ""}, {"item_type", "20", ""}, {"item_type", "21", ""}, {"item_type", "行政", ""},
		{"level", "省级", "省级"}, {"level", "2", ""}, {"limit_unit", "个工作日", "workday"}, {"limit_unit", "天", "day"}, {"limit_unit", "1", ""},
		{"audience", "个人", "自然人"}, {"state", "在用", "in_force"}, {"across_scope", "跨省", "2"}, {"nothing", "x", ""},
	} {
		if got, ok := fields.Guess(c.list, c.met); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %q: %q %v, want %q", c.list, c.met, got, ok, c.want)
		}
	}
}

func TestNational_numbersComeBack(t *testing.T) {
	for i := range fields.All {
		list := fields.All[i].List
		for _, v := range fields.Values(list) {
			n := fields.NationalCode(list, v.Code)
			if n == "" {
				if v.Code != "非法人企业" {
					t.Errorf("%s: %s has no number", list, v.Code)
				}
				continue
			}
			if back := fields.National(list)[n]; back != v.Code {
				t.Errorf("%s: %s is %s, which is %s", list, v.Code, n, back)
			}
		}
	}
}

func TestFields_haveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for i := range fields.All {
		f := &fields.All[i]
		for _, name := range append([]string{f.Key, f.Zh}, f.Also...) {
			if old, again := seen[name]; again && old != f.Key {
				t.Errorf("%q names both %s and %s", name, old, f.Key)
			}
			seen[name] = f.Key
		}
		if f.Zh == "" || f.En == "" || f.List != "" && len(fields.Values(f.List)) == 0 {
			t.Errorf("%s lacks words or its list", f.Key)
		}
		if reflect.ValueOf(f).IsNil() || fields.Find(f.Key) != f {
			t.Errorf("%s is not found", f.Key)
		}
	}
}

// What the standard lets an element hold, its field holds as well.
func TestAll_holdWhatElementsHold(t *testing.T) {
	for _, e := range standard.Shipped() {
		c := content.Content{Item: content.Item{Visits: -1, Fee: content.Fee{Known: true, Cents: 1}}}
		if e.Kind != standard.TextKind && e.Kind != standard.LongKind || e.Key == "type" || e.Key == "base_code" {
			continue
		}
		long := strings.Repeat("长", cmp.Or(e.Max, 2000))
		if err := content.Set(&c.Item, e.Key, []string{long}); err != nil {
			t.Fatal(err)
		}
		for i := range fields.All {
			if f := &fields.All[i]; !f.Fits(f.Get(&c)) {
				t.Errorf("%s may have %d characters, its field %s at most %d", e.Key, e.Max, f.Key, f.Max)
			}
		}
	}
}
