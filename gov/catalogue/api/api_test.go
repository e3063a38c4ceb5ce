package api_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/api"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/web"
)

func TestAPI(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		s := catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: os.DirFS("../../../items")})
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Catalogue: s})
		t.Run("search", func(t *testing.T) { testSearch(t, a) })
		t.Run("item", func(t *testing.T) { testItem(t, a) })
		t.Run("lists", func(t *testing.T) { testLists(t, a) })
		t.Run("refusals", func(t *testing.T) { testRefusals(t, a) })
	})
}

func get(t *testing.T, a http.Handler, path string, want int) map[string]any {
	t.Helper()
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != want {
		t.Fatalf("%s: status %d, want %d: %s", path, w.Code, want, w.Body)
	}
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

func testSearch(t *testing.T, a http.Handler) {
	seen, after := map[string]bool{}, ""
	for pages := 0; ; pages++ {
		out := get(t, a, "/api/v1/items?limit=100&region=440000&after="+url.QueryEscape(after), 200)
		if out["total"].(float64) < 2024 {
			t.Fatalf("total %v", out["total"])
		}
		for _, it := range out["items"].([]any) {
			m := it.(map[string]any)
			key := m["region"].(string) + "/" + m["code"].(string)
			if seen[key] {
				t.Fatalf("%s on two pages", key)
			}
			seen[key] = true
		}
		next, ok := out["next"].(string)
		if !ok {
			if len(seen) != int(out["total"].(float64)) {
				t.Errorf("%d items on %d pages, total %v", len(seen), pages+1, out["total"])
			}
			break
		}
		after = next
	}
	out := get(t, a, "/api/v1/items?q="+url.QueryEscape("暂住证")+"&limit=1", 200)
	if u := out["understood"].(map[string]any); u["mean"] != "居住证" {
		t.Errorf("understood %v", u)
	}
	first := out["items"].([]any)[0].(map[string]any)
	if first["package"] != "residence-permit" || len(out["items"].([]any)) != 1 {
		t.Errorf("first item %v", first)
	}
	out = get(t, a, "/api/v1/items?q=zzqqxx", 200)
	if len(out["items"].([]any)) != 0 || out["facets"] == nil {
		t.Errorf("nothing should fit: %v", out["items"])
	}
}

func testItem(t *testing.T, a http.Handler) {
	out := get(t, a, "/api/v1/items/440000/11440000006939756B2440101007000", 200)
	if out["name"] != "临时价格干预范围事项提价申报" || out["version"].(float64) != 1 || out["org"] != "11440000006939756B" {
		t.Errorf("item: %v %v %v", out["name"], out["version"], out["org"])
	}
	if m := out["materials"].([]any); len(m) != 1 || m[0].(map[string]any)["name"].(map[string]any)["zh"] != "提价申报申请报告" {
		t.Errorf("materials: %v", m)
	}
	if f := out["form"].(map[string]any); len(f["groups"].([]any)) != 3 {
		t.Errorf("form: %v", f)
	}
	found := get(t, a, "/api/v1/items?q=jzz&limit=1", 200)["items"].([]any)[0].(map[string]any)
	p := get(t, a, "/api/v1/items/"+found["region"].(string)+"/"+found["code"].(string), 200)
	if p["situations"] == nil || len(p["steps"].([]any)) < 3 {
		t.Errorf("the package's guide lacks situations or steps")
	}
	v := get(t, a, "/api/v1/items/440000/11440000006939756B2440101007000/versions", 200)
	if len(v["versions"].([]any)) != 1 {
		t.Errorf("versions: %v", v)
	}
}

func testLists(t *testing.T, a http.Handler) {
	if got := len(get(t, a, "/api/v1/divisions", 200)["divisions"].([]any)); got != 31 {
		t.Errorf("%d provinces, want 31", got)
	}
	found := get(t, a, "/api/v1/divisions?limit=3&least=4&within=440106&q="+url.QueryEscape("石牌"), 200)
	first := found["divisions"].([]any)[0].(map[string]any)
	if first["code"] != "440106006" || first["full_name"] != "广东省广州市天河区石牌街道" || found["total"] != float64(1) {
		t.Errorf("石牌 in 天河区: %v", found)
	}
	if found = get(t, a, "/api/v1/divisions?limit=3&q=cgz", 200); len(found["divisions"].([]any)) != 3 || found["total"].(float64) < 80 {
		t.Errorf("initials of 城关镇: %v", found)
	}
	if got := len(get(t, a, "/api/v1/divisions?parent=440000", 200)["divisions"].([]any)); got != 22 {
		t.Errorf("%d cities, want 21 and the practice city", got)
	}
	if got := len(get(t, a, "/api/v1/departments?region=440000", 200)["departments"].([]any)); got < 166 {
		t.Errorf("%d departments", got)
	}
}

func testRefusals(t *testing.T, a http.Handler) {
	for path, status := range map[string]int{
		"/api/v1/items?limit=0": 422, "/api/v1/items?limit=101": 422, "/api/v1/items?limit=x": 422, "/api/v1/items?region=abc": 422,
		"/api/v1/items?after=%21%21": 422, "/api/v1/items?online=maybe": 422, "/api/v1/items/440000/NOPE": 404, "/api/v1/items/999999/11440000006939756B2440101007000": 404,
		"/api/v1/divisions?parent=000001": 422, "/api/v1/divisions?q=x&within=990000": 422, "/api/v1/divisions?q=x&limit=51": 422,
		"/api/v1/items?region=990000": 422, "/api/v1/departments?region=990000": 422, "/api/v1/divisions?parent=x": 422,
	} {
		out := get(t, a, path, status)
		if out["code"] == nil || out["status"].(float64) != float64(status) {
			t.Errorf("%s: no problem document: %v", path, out)
		}
	}
}
