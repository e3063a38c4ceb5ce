package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/design"
	"tongban/gov/design/designtest"
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

// A one thing is changed like any other service, and keeps the items it joins.
func TestDesign_oneThing(t *testing.T) {
	n := node.Open(t, node.Options{})
	const code = "1144990190000002224442099910000"
	ctx := n.As("示例事项管理员")
	was, err := n.Catalogue.Offer(t.Context(), node.District, code)
	if err != nil || was.Bundle == nil {
		t.Fatal(err)
	}
	d, conflicts, err := n.Design.Set(ctx, node.District, code, 0, "elements", []parts.Edit{{Path: "item/summary/zh", Value: "一次申请，几个部门一起办。"}}, false)
	if err != nil || len(conflicts) > 0 {
		t.Fatal(err)
	}
	if d, a, err := n.Design.Whole(ctx, node.District, code); err != nil || len(n.Design.Faults(ctx, d, a))+len(n.Design.Check(d, a)) > 0 {
		t.Fatalf("%v %v %v", err, n.Design.Faults(ctx, d, a), n.Design.Check(d, a))
	}
	out, err := designtest.Publish(ctx, n.Design, node.District, code, d.Version, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	now, err := n.Catalogue.OfferVersion(t.Context(), node.District, code, out.Version)
	if err != nil || now.Version != was.Version+1 || now.Bundle == nil || len(now.Bundle.Parts) != len(was.Bundle.Parts) || now.Summary.Zh != "一次申请，几个部门一起办。" {
		t.Fatalf("%+v %v", now.Item, err)
	}
}
