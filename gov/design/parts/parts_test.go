package parts_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/parts"
)

func grant(t *testing.T) *packages.Package {
	t.Helper()
	fsys := os.DirFS("../../../items")
	offices, err := catalogue.LoadOffices(fsys)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.LoadPackage(fsys, "study-grant", offices)
	if err != nil {
		t.Fatal(err)
	}
	return packages.Of(c)
}

func TestTree_setAndRead(t *testing.T) {
	tree := parts.Open(grant(t))
	for path, v := range map[string]any{
		"item/name/zh": "新名", "materials/household_book/why/en": "x", "form/groups/study/fields/school/hint/zh": "写全称", "form/groups/study/fields/school/hint/en": "In full",
		"item/fee/cents": json.Number("500"), "item/more/phone": "12345", "situations/questions/" + tree.Keys("situations/questions")[0] + "/why/zh": "因为",
	} {
		if err := tree.Set(path, v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	p, err := tree.Package()
	if err != nil {
		t.Fatal(err)
	}
	if p.Item.Name.Zh != "新名" || p.Item.Fee.Cents != 500 || p.Item.More.Phone != "12345" || p.Form.Groups[2].Fields[0].Hint.En != "In full" {
		t.Errorf("%+v", p.Item)
	}
}

func TestTree_refusals(t *testing.T) {
	tree := parts.Open(grant(t))
	for path, v := range map[string]any{
		"item/nonsense": "x", "materials/nobody/why/zh": "x", "nowhere": "x", "item/fee/cents": "many", "item/name": "text", "materials": map[string]any{}, "form/groups/study/fields/school/required": "maybe", "": "x",
	} {
		if err := tree.Set(path, v); !errors.Is(err, parts.ErrPath) && !errors.Is(err, parts.ErrType) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if d := parts.Compare(grant(t), must(tree.Package())); len(d) > 0 {
		t.Errorf("a refusal changed %v", d)
	}
}

func must(p *packages.Package, err error) *packages.Package {
	if err != nil {
		panic(err)
	}
	return p
}

func TestTree_rows(t *testing.T) {
	tree := parts.Open(grant(t))
	id := tree.Fresh("material")
	key, err := tree.Insert("materials", map[string]any{"id": id, "name": map[string]any{"zh": "新", "en": "New"}}, 0)
	if err != nil || key != "material_1" || tree.Keys("materials")[0] != key {
		t.Fatal(key, err)
	}
	if err := tree.Move("materials/material_1", 1); err != nil || tree.Keys("materials")[1] != key {
		t.Error(err, tree.Keys("materials"))
	}
	if err := tree.Move("materials/material_1", 99); !errors.Is(err, parts.ErrPath) {
		t.Error(err)
	}
	d := parts.Compare(grant(t), must(tree.Package()))
	if len(d) != 1 || !d[0].Added || d[0].Path != "materials/material_1" {
		t.Errorf("%+v", d)
	}
	changes, err := tree.Take("materials/material_1")
	if err != nil || len(changes) != 1 || !strings.Contains(string(changes[0].Old), "新") {
		t.Error(changes, err)
	}
	if d := parts.Compare(grant(t), must(tree.Package())); len(d) > 0 {
		t.Errorf("%+v", d)
	}
	for range 600 {
		if _, err = tree.Insert("materials", map[string]any{"id": tree.Fresh("m")}, 1<<20); err != nil {
			break
		}
	}
	if !errors.Is(err, parts.ErrFull) {
		t.Errorf("endless rows: %v", err)
	}
}

func TestCompare_words(t *testing.T) {
	old, now := grant(t), grant(t)
	now.Materials[0].Why.Zh = "另外的话"
	now.Item.Fee.Cents = 100
	now.Item.Conditions = now.Item.Conditions[1:]
	now.Form.Groups[2].Fields[0], now.Form.Groups[2].Fields[1] = now.Form.Groups[2].Fields[1], now.Form.Groups[2].Fields[0]
	got := map[string]parts.Difference{}
	for _, d := range parts.Compare(old, now) {
		got[d.Path] = d
	}
	if len(got) != 4 || got["materials/household_book/why/zh"].New != "另外的话" || got["item/fee/cents"].New != "100" || !got["item/conditions/household"].Removed || !got["form/groups/study/fields"].Moved {
		t.Errorf("%+v", got)
	}
}

// What the other person left alone goes in, what this one left alone stays,
// and what both changed is a conflict.
func TestMerge(t *testing.T) {
	tree := parts.Open(grant(t))
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	const why, risk = "materials/household_book/why/zh", "materials/household_book/risk/zh"
	was := tree.Text(why)
	changes, err := tree.Apply([]parts.Edit{{Path: why, Value: "甲"}})
	if err != nil {
		t.Fatal(err)
	}
	h := parts.History{}.With(parts.Entry{Version: 1, Act: "edited"}).With(parts.Entry{Version: 2, Name: "甲", At: at, Act: "edited", Changes: changes})
	since, known := h.Since(1)
	if !known || len(since) != 1 {
		t.Fatal(since, known)
	}
	apply, conflicts := tree.Merge([]parts.Edit{{Path: why, Value: was}, {Path: risk, Value: "乙"}}, since, false)
	if len(apply) != 1 || apply[0].Path != risk || len(conflicts) != 0 {
		t.Errorf("beside each other: %v %v", apply, conflicts)
	}
	apply, conflicts = tree.Merge([]parts.Edit{{Path: why, Value: "乙"}}, since, false)
	if len(apply) != 0 || len(conflicts) != 1 || conflicts[0].Name != "甲" || conflicts[0].Theirs != "甲" {
		t.Errorf("both: %v %v", apply, conflicts)
	}
	apply, _ = tree.Merge([]parts.Edit{{Path: why, Value: "乙"}}, since, true)
	if len(apply) != 1 {
		t.Errorf("with force: %v", apply)
	}
	// a whole row that was replaced tells what a value in it was
	row, _ := json.Marshal(map[string]any{"why": map[string]any{"zh": was}})
	since = parts.History{{Version: 3, Name: "甲", Changes: []parts.Change{{Path: "materials/household_book", Old: row}}}}
	if apply, conflicts = tree.Merge([]parts.Edit{{Path: why, Value: was}}, since, false); len(apply)+len(conflicts) != 0 {
		t.Errorf("inside a row: %v %v", apply, conflicts)
	}
	if _, known := h.Since(0); !known {
		t.Error("the beginning is forgotten")
	}
	var long parts.History
	for v := range 300 {
		long = long.With(parts.Entry{Version: v + 1})
	}
	if _, known := long.Since(10); known {
		t.Error("what was forgotten is known")
	}
}

// However much is drawn, everybody who drew stays on the list; and it does not
// pretend to know what came before.
func TestHistory_keepsHands(t *testing.T) {
	var h parts.History
	for v := 1; v <= 350; v++ {
		by := "acc_first"
		if v > 3 {
			by = "acc_second"
		}
		h = h.With(parts.Entry{Version: v, By: by, Act: "edited", Changes: []parts.Change{{Path: "item"}}})
	}
	hands := map[string]int{}
	for _, e := range h {
		hands[e.By]++
	}
	if hands["acc_first"] != 1 || len(h) > 102 {
		t.Errorf("%d entries: %v", len(h), hands)
	}
	for version, want := range map[int]bool{0: false, 2: false, 249: false, 250: true, 349: true, 350: true} {
		if since, known := h.Since(version); known != want || known && len(since) != 350-version {
			t.Errorf("since %d: %d entries, known %t", version, len(since), known)
		}
	}
}
