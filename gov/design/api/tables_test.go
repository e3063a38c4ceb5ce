package api_test

import "testing"

// A program makes a table, fills it rule by rule and cell by cell beside somebody
// else, and is told when both changed the same cell.
func TestAPI_tableByRuleAndCell(t *testing.T) {
	onBoth(t, func(d desk) {
		if out := d.call(designer, "GET", "/tables", nil, 200); out["version"] != 0.0 || len(out["tables"].([]any)) != 0 {
			t.Fatalf("%v", out)
		}
		made := d.call(designer, "POST", "/tables", map[string]any{"version": 0, "name": "规模", "looks": []string{"area"}}, 200)
		d.call(designer, "POST", "/tables", map[string]any{"version": 1, "name": "规模"}, 422)
		table := made["table"].(map[string]any)
		columns := table["columns"].([]any)
		in, out := columns[0].(map[string]any)["key"].(string), columns[1].(map[string]any)["key"].(string)
		first := table["rules"].([]any)[0].(map[string]any)["key"].(string)
		edit := func(version int, path, text string, want int) map[string]any {
			return d.call(designer, "PATCH", "/tables/table_1", map[string]any{"version": version, "edits": []any{map[string]any{"path": path, "text": text}}}, want)
		}
		edit(1, "rules/"+first+"/"+in, "＜100", 200) // as people type it
		got := edit(2, "rules/"+first+"/"+out, "小", 200)["table"].(map[string]any)["rules"].([]any)[0].(map[string]any)["cells"].(map[string]any)
		if got[in] != "<100" || got[out] != `"小"` {
			t.Errorf("%v", got)
		}
		edit(1, "rules/"+first+"/"+out, "大", 409)
		edit(1, "rules/"+first+"/0.nobody", "1", 422)
		edit(3, "policy", "SOMETIMES", 422)
		problems := d.call(designer, "GET", "/tables", nil, 200)["problems"].([]any)
		if len(problems) != 1 || problems[0].(map[string]any)["code"] != "tables.gap" {
			t.Errorf("%v", problems)
		}
		rule := func(version, want int, body map[string]any) map[string]any {
			body["version"] = version
			return d.call(designer, "POST", "/tables/table_1/rules", body, want)
		}
		added := rule(1, 200, map[string]any{"act": "add", "cells": map[string]string{in: ">= 100", out: "大"}}) // beside the others
		second := added["key"].(string)
		if second == "" || second == first {
			t.Fatalf("%v", added)
		}
		if problems := d.call(designer, "GET", "/tables", nil, 200)["problems"].([]any); len(problems) != 0 {
			t.Errorf("%v", problems)
		}
		rule(1, 409, map[string]any{"act": "up", "rule": first}) // the order is another one since
		if moved := rule(4, 200, map[string]any{"act": "up", "rule": second}); moved["key"] != second || moved["table"].(map[string]any)["rules"].([]any)[0].(map[string]any)["key"] != second {
			t.Errorf("%v", moved)
		}
		rule(5, 422, map[string]any{"act": "up", "rule": second})
		rule(5, 422, map[string]any{"act": "remove", "rule": "gone"})
		rule(5, 422, map[string]any{"act": "add", "cells": map[string]string{"0.gone": "1"}})
		rule(5, 200, map[string]any{"act": "remove", "rule": first})
		column := d.call(designer, "POST", "/tables/table_1/columns", map[string]any{"version": 6, "act": "add", "part": "in", "looks": "company"}, 200)
		key := column["key"].(string)
		if edit(7, "columns/"+key+"/label", "单位", 200); key == "" {
			t.Errorf("%v", column)
		}
		d.call(designer, "POST", "/tables/table_1/columns", map[string]any{"version": 8, "act": "left", "column": key}, 200)
		d.call(designer, "POST", "/tables/table_1/columns", map[string]any{"version": 9, "act": "left", "column": key}, 422)
		d.call(designer, "POST", "/tables/table_1/columns", map[string]any{"version": 9, "act": "remove", "column": key}, 200)
		d.call(designer, "PATCH", "/tables/nobody", map[string]any{"version": 10, "edits": []any{map[string]any{"path": "name", "text": "x"}}}, 404)
		d.call(designer, "DELETE", "/tables/table_1?version=1", nil, 409)
		d.call(designer, "DELETE", "/tables/table_1?version=10", nil, 204)
		if out := d.call(designer, "GET", "/tables", nil, 200); len(out["tables"].([]any)) != 0 {
			t.Errorf("%v", out)
		}
	})
}
