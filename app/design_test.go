package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/test/node"
)

// A designer tries a draft on cases that came in: who would be treated otherwise
// shows, who they are does not, and the reading stands in the case and on record.
func TestDesign_replay(t *testing.T) {
	n := node.Open(t, node.Options{})
	first, second := n.Accepted(node.Resident), n.Submit(node.Legal)
	ctx := n.As("示例事项管理员")
	d, a, err := n.Design.Whole(ctx, node.District, node.Restaurant)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Design.Replay(ctx, d, a, 20, " "); err == nil {
		t.Error("cases are read without a purpose")
	}
	r, err := n.Design.Replay(ctx, d, a, 20, "试算没有改过的草稿")
	if err != nil || r.Cases != 2 || r.Same != 2 {
		t.Fatalf("nothing was changed: %+v %v", r, err)
	}

	d, _, err = n.Design.Set(ctx, node.District, node.Restaurant, d.Version, "fees", []parts.Edit{{Path: "item/fee/cents", Value: json.Number("1250")}, {Path: "item/limits/promise/amount", Value: json.Number("1")}}, false)
	if err != nil {
		t.Fatal(err)
	}
	d, path, err := n.Design.Row(ctx, node.District, node.Restaurant, d.Version, "materials", design.RowAct{Act: "add", Path: "materials", ID: "material", Row: map[string]any{"name": map[string]any{"zh": "平面图", "en": "Floor plan"}}, At: 99})
	if err != nil || path != "materials/material_1" {
		t.Fatal(path, err)
	}
	if d, a, err = n.Design.Whole(ctx, node.District, node.Restaurant); err != nil {
		t.Fatal(err)
	}
	r, err = n.Design.Replay(ctx, d, a, 20, "看改了费用、时限和材料以后谁受影响")
	if err != nil || r.Cases != 2 || r.Same != 0 || r.Count["fee"] != 2 || r.Count["materials"] != 2 || r.Count["limit"] != 2 || r.Count["steps"] != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	for _, x := range r.Differing {
		if x.Number != first.Number && x.Number != second.Number || x.New.Fee != "1250" || !slices.Contains(x.New.Materials, "material_1") || len(x.Old.Steps) == 0 {
			t.Errorf("%+v", x)
		}
	}
	told, err := json.Marshal(r)
	if err != nil || strings.Contains(string(told), first.ApplicantName) {
		t.Errorf("the result says whose case it is: %s %v", told, err)
	}
	readings, err := n.Casework.ReadersOf(n.As(node.Resident), first.Region, first.ID, "", 10)
	if err != nil || !slices.ContainsFunc(readings, func(x casework.Reading) bool { return strings.Contains(x.Purpose, "谁受影响") }) {
		t.Errorf("the applicant does not see the reading: %+v %v", readings, err)
	}
	if _, err := n.Design.Replay(n.As("示例监察员"), d, a, 20, "没有这个权限的人"); err == nil {
		t.Error("somebody without the permission reads cases")
	}
}
