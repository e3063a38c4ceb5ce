package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tongban/gov/catalogue"
)

// A program changes a material, a field and a fee, looks at what that means and
// publishes it; another one carries the package away and brings it back.
func TestAPI_wholePackage(t *testing.T) {
	onBoth(t, func(d desk) {
		first := d.call(designer, "GET", "/package", nil, 200)
		if first["version"] != 0.0 || len(first["faults"].([]any)) != 0 {
			t.Fatalf("%v", first["faults"])
		}
		material := first["package"].(map[string]any)["materials"].([]any)[0].(map[string]any)["id"].(string)
		edit := func(version int, path string, v any, want int) map[string]any {
			return d.call(designer, "PATCH", "/package", map[string]any{"version": version, "edits": []any{map[string]any{"path": path, "value": v}}}, want)
		}
		edit(0, "materials/"+material+"/why/zh", "改过的理由。", 200)
		edit(1, "item/fee/cents", 500, 200)
		edit(1, "item/fee/citation/zh", "示例文件", 200) // beside the other one
		edit(1, "item/fee/cents", 700, 409)          // over the other one
		edit(3, "item/no_such_thing", "x", 422)      // nowhere
		edit(3, "item/fee/cents", "five", 422)       // no number
		edit(3, "materials/nobody/why/zh", "x", 422) // no such row
		row := d.call(designer, "POST", "/package/rows", map[string]any{"version": 3, "act": "add", "path": "item/pauses", "row": map[string]any{"id": "probe", "name": map[string]any{"zh": "鉴定", "en": "Examination"}, "citation": map[string]any{"zh": "示例", "en": "Example"}}}, 200)
		if row["path"] != "item/pauses/probe" {
			t.Errorf("%v", row)
		}
		d.call(designer, "POST", "/package/rows", map[string]any{"version": 4, "act": "remove", "path": "item/pauses/probe"}, 200)
		differences := d.call(designer, "GET", "/package/differences", nil, 200)["differences"].([]any)
		if len(differences) != 3 {
			t.Errorf("%v", differences)
		}
		checks := d.call(designer, "GET", "/package/checks", nil, 200)
		if checks["ways"].(float64) < 2 || checks["most_clicks"].(float64) < 3 {
			t.Errorf("%v", checks)
		}
		if r := d.call(designer, "POST", "/package/replay", map[string]any{"cases": 20, "purpose": "试算改动"}, 200); r["cases"] != 0.0 {
			t.Errorf("%v", r)
		}
		sent := d.call(designer, "GET", "/package/files", nil, 200)["files"].(map[string]any)
		if !strings.Contains(sent["materials.json"].(string), "改过的理由。") {
			t.Error("the files are those of another draft")
		}
		d.published(5)

		d.path = "/api/v1/design-packages"
		if out := d.call(designer, "POST", "", map[string]any{"files": sent}, 200); out["version"] != 1.0 {
			t.Errorf("%v", out)
		}
		d.call(designer, "POST", "", map[string]any{"files": sent}, 409)
		sent["run.sh"] = "rm"
		d.call(designer, "POST", "", map[string]any{"files": sent}, 422)
		delete(sent, "run.sh")
		var item map[string]any
		if err := json.Unmarshal([]byte(sent["item.json"].(string)), &item); err != nil {
			t.Fatal(err)
		}
		item["format"] = 99
		newer, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		sent["item.json"] = string(newer)
		d.call(designer, "POST", "", map[string]any{"files": sent, "version": 1}, 422)
		d.call(officer(catalogue.MayPublishItems.Name), "POST", "", map[string]any{"files": sent}, 403)
	})
}
