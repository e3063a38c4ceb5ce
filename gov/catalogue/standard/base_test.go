package standard_test

import (
	"reflect"
	"testing"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
)

func residence() standard.Base {
	return standard.Base{Region: "440000", Code: "440799902000", Version: 3, Name: "居住证首次申领", NameEn: "First residence permit", Type: "07",
		Basis: []content.Clause{{ID: "eligible", Law: "居住证暂行条例", Article: "第二条", Text: "公民离开常住户口所在地……"}},
		Tiers: []standard.Tier{{ID: "fast", Name: content.Text{Zh: "提速档", En: "Faster"}, Rank: 2, Values: map[string][]string{"promise_limit": {"5", "workday"}, "visits": {"0"}}}}}
}

// What an item refers to is not in it, and comes back whole.
func TestBase_bindAndOnto(t *testing.T) {
	b := residence()
	whole := content.Item{Region: "449901", Name: b.Name, NameEn: b.NameEn, Type: "行政确认", TypeCode: "07", Visits: 0, Tier: "fast", Phone: "010-0000",
		Promise: content.Limit{Amount: 5, Unit: content.Workdays},
		Basis:   []content.Clause{b.Basis[0], {ID: "own", Law: "示例办法", Article: "第三条"}}}
	kept := whole
	b.Bind(&kept)
	if kept.Name+kept.NameEn+kept.Type+kept.TypeCode != "" || len(kept.Basis) != 1 || kept.Basis[0].ID != "own" || kept.Promise.Known() || kept.Visits != -1 || kept.BaseVersion != 3 {
		t.Errorf("kept: %+v", kept)
	}
	b.Onto(&kept)
	kept.BaseVersion = 0
	if !reflect.DeepEqual(kept, whole) {
		t.Errorf("read back: %+v\nwant: %+v", kept, whole)
	}
	b.Name, b.Version = "居住证申领", 4 // the next version says another name: so does the item, nothing else
	b.Bind(&kept)
	b.Onto(&kept)
	if kept.Name != "居住证申领" || kept.Phone != "010-0000" {
		t.Errorf("renamed: %+v", kept)
	}
}

func TestBase_check(t *testing.T) {
	good := residence()
	if p := good.Check(); len(p) > 0 {
		t.Fatalf("%v", p)
	}
	for field, spoil := range map[string]func(*standard.Base){
		"code":         func(b *standard.Base) { b.Code = "44079990200" },
		"name":         func(b *standard.Base) { b.Name = "" },
		"type":         func(b *standard.Base) { b.Type = "21" },
		"levels":       func(b *standard.Base) { b.Levels = []string{"9"} },
		"predecessors": func(b *standard.Base) { b.Predecessors = []string{b.Code} },
		"tiers":        func(b *standard.Base) { b.Tiers[0].Values = map[string][]string{"name": {"别名"}} },
	} {
		b := residence()
		spoil(&b)
		if p := b.Check(); len(p) == 0 || p[0].Field != field {
			t.Errorf("%s: %v", field, p)
		}
	}
	other := residence()
	other.Region = "330000"
	if p := other.Check(); len(p) != 1 || p[0].Key != "province" {
		t.Errorf("a code of another province: %v", p)
	}
}

func TestBase_differences(t *testing.T) {
	was, now := residence(), residence()
	now.Name, now.State = "居住证申领", content.Suspended
	d := was.Differences(&now)
	if len(d) != 2 || d[0].Key != "name" || d[1].Key != "state" || d[0].Was[0] != was.Name {
		t.Errorf("%+v", d)
	}
	if !was.Same(&was) || was.Same(&now) {
		t.Error("sameness")
	}
}

// The dictionary covers table 4 of GB/T 39046-2020 and keeps the four the same.
func TestShipped(t *testing.T) {
	table4, seen := 0, map[string]bool{}
	for _, f := range standard.Shipped() {
		if seen[f.Key] {
			t.Errorf("%s stands twice", f.Key)
		}
		seen[f.Key] = true
		if f.Source == "GB/T 39046-2020 表4" {
			table4++
		}
		if _, ok := codes.Of(f.List); !ok && f.List != "" {
			t.Errorf("%s: there is no list %s", f.Key, f.List)
		}
		if f.Kind == standard.OwnKind == (f.KeptIn == "") {
			t.Errorf("%s: kept in %q", f.Key, f.KeptIn)
		}
		if f.Key == "name" || f.Key == "type" || f.Key == "base_code" {
			for _, l := range []standard.Level{standard.ImplementationLevel, standard.HandlingLevel} {
				if f.Rule(l) != standard.Refers || f.Editable(l) {
					t.Errorf("%s can be altered at the level %s", f.Key, l)
				}
			}
		}
	}
	if table4 < 55 {
		t.Errorf("%d elements of table 4", table4)
	}
	for _, key := range content.Elements() {
		if !seen[key] && key != "exercise_level_name" && key != "keywords" && key != "life_event" && key != "source_organisation" {
			t.Errorf("%s has a field of its own and no definition", key)
		}
	}
}

func TestField_values(t *testing.T) {
	by := map[string]standard.Field{}
	for _, f := range standard.Shipped() {
		by[f.Key] = f
	}
	for _, x := range []struct {
		key  string
		good []string
		bad  []string
	}{
		{"visits", []string{"0"}, []string{"-1"}},
		{"visits", nil, []string{"100"}},
		{"is_online", []string{"true"}, []string{"yes"}},
		{"handle_type", []string{"1", "3"}, []string{"7"}},
		{"online_handle_depth", []string{"4"}, []string{"1", "2"}},
		{"online_handle_url", []string{"https://example.org/a"}, []string{"javascript:alert(1)"}},
		{"legal_limit", []string{"20", "workday"}, []string{"20", "month"}},
		{"variant", []string{"首次"}, []string{string(make([]rune, 201))}},
	} {
		if p := by[x.key].CheckValues(x.good); p != nil {
			t.Errorf("%s %v: %v", x.key, x.good, p)
		}
		if p := by[x.key].CheckValues(x.bad); p == nil {
			t.Errorf("%s: %v went through", x.key, x.bad)
		}
	}
	if w := by["handle_type"].Words([]string{"1", "3"}); w[1].Zh != "移动端办理" || w[1].En == "" {
		t.Errorf("%v", w)
	}
	if w := by["legal_limit"].Words([]string{"20", "workday"}); w[0].Zh != "20个工作日" {
		t.Errorf("%v", w)
	}
}

func TestField_check(t *testing.T) {
	good := standard.Field{Key: "green_channel", Zh: "绿色通道", En: "Green channel", Kind: standard.YesNoKind, Group: "handling",
		Levels: map[standard.Level]standard.Rule{standard.ImplementationLevel: standard.Sets, standard.HandlingLevel: standard.Changes}}
	if p := good.Check(); len(p) > 0 {
		t.Fatalf("%v", p)
	}
	for field, spoil := range map[string]func(*standard.Field){
		"key": func(f *standard.Field) { f.Key = "name" }, "zh": func(f *standard.Field) { f.Zh = " " }, "kind": func(f *standard.Field) { f.Kind = standard.OwnKind },
		"list": func(f *standard.Field) { f.Kind = standard.CodeKind }, "group": func(f *standard.Field) { f.Group = "x" },
		"levels": func(f *standard.Field) {
			f.Levels = map[standard.Level]standard.Rule{standard.HandlingLevel: standard.Refers}
		},
	} {
		f := good
		spoil(&f)
		if p := f.Check(); len(p) == 0 || p[0].Field != field {
			t.Errorf("%s: %v", field, p)
		}
	}
}

// Every element takes what it gave, typed or not.
func TestElements_roundTrip(t *testing.T) {
	for key, values := range map[string][]string{
		"name": {"居住证"}, "audience": {"自然人", "企业法人"}, "legal_limit": {"20", "workday"}, "visits": {"1"}, "is_online": {"true"},
		"fee_cents": {"1000"}, "transact_time": {"工作日9:00—17:00"}, "town_code": {"449901001", "449901002"}, "fee_basis": {"示例收费办法"},
	} {
		it := content.Item{Visits: -1}
		if err := content.Set(&it, key, values); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if got := content.Get(&it, key); !reflect.DeepEqual(got, values) {
			t.Errorf("%s: %v, want %v", key, got, values)
		}
		if err := content.Set(&it, key, nil); err != nil || key != "is_online" && len(content.Get(&it, key)) > 0 {
			t.Errorf("%s is still %v (%v)", key, content.Get(&it, key), err)
		}
	}
	if content.Set(&content.Item{}, "visits", []string{"many"}) == nil || content.Set(&content.Item{}, "is_online", []string{"perhaps"}) == nil {
		t.Error("what is no value was taken")
	}
}
