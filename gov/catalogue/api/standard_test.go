package api_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/api"
	"tongban/gov/catalogue/changes"
	"tongban/gov/catalogue/lists"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/web"
)

// office is the interface as a person sees it who may do these things.
type office struct {
	t   *testing.T
	api http.Handler
}

func (o office) call(who, method, path, body string, status int) map[string]any {
	o.t.Helper()
	may := []string{catalogue.MayDraftChanges.Name, catalogue.MayReviewChanges.Name, catalogue.MayApproveChanges.Name, catalogue.MayDefineFields.Name, catalogue.MayDefineLists.Name, catalogue.MayImportItems.Name}
	slices.Sort(may)
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		r = r.WithContext(auth.With(r.Context(), auth.Principal{ID: who, Name: who, Kind: auth.KindOfficer, Grants: []auth.Grant{{Permissions: may, Region: "440000", Subtree: true}}}))
	}
	w := httptest.NewRecorder()
	o.api.ServeHTTP(w, r)
	if w.Code != status {
		o.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		o.t.Fatalf("%s: %v", path, err)
	}
	return out
}

func TestStandard(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), once.Migrations(), schedule.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		if _, err := cat.PublishPackage(dbtest.As(t, "test"), os.DirFS("../../../items"), "residence-permit", catalogue.PublishOptions{}); err != nil {
			t.Fatal(err)
		}
		chg := changes.NewService(changes.Deps{DB: d, Clock: c, Catalogue: cat})
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Catalogue: cat})
		api.RegisterStandard(a, api.Standard{Catalogue: cat, Changes: chg, Lists: lists.New(lists.Deps{DB: d, Clock: c, Catalogue: cat})})
		walk(office{t, a})
	})
}

const permitItem = "/api/v1/items/449901/11449901900000065F4440799902000"

func walk(o office) {
	t := o.t
	b := o.call("", "GET", "/api/v1/base-items/440799902000", "", 200)
	if b["name"] != "居住证首次申领" || b["type"] != "07" || b["version"].(float64) != 1 {
		t.Errorf("base item %v", b)
	}
	o.call("", "GET", "/api/v1/base-items/440799902999", "", 404)
	if l := o.call("", "GET", "/api/v1/base-items?region=440000&q=%E5%B1%85%E4%BD%8F", "", 200)["base_items"].([]any); len(l) != 1 {
		t.Errorf("found %v", l)
	}
	o.call("", "PUT", "/api/v1/item-elements/green_channel", `{}`, 401)
	define := `{"region":"440000","version":0,"zh":"绿色通道","en":"Green channel","kind":"yesno","group":"handling","public":true,"levels":{"base":"-","implementation":"sets","handling":"changes"}}`
	o.call("anna", "PUT", "/api/v1/item-elements/green_channel", define, 200)
	o.call("anna", "PUT", "/api/v1/item-elements/green_channel", define, 409)
	o.call("anna", "PUT", "/api/v1/item-elements/name", define, 422)

	begun := o.call("anna", "POST", "/api/v1/catalogue-changes", `{"region":"449901","kind":"change","level":"implementation","reason":"增加绿色通道","targets":[{"code":"11449901900000065F4440799902000"}]}`, 200)
	if begun["state"] != "drafting" || begun["items_touched"].(float64) != 1 {
		t.Fatalf("begun %v", begun)
	}
	one := "/api/v1/catalogue-changes/449901/1"
	o.call("berta", "GET", one, "", 200)
	o.call("", "GET", one, "", 401)
	o.call("anna", "PUT", one, `{"version":1,"reason":"增加绿色通道","items":[{"values":{"green_channel":["maybe"],"org_name":["示例市公安局示例分局"],"audience":["自然人"]}}]}`, 200)
	o.call("anna", "POST", one+"/submission", `{"version":2}`, 422)
	o.call("anna", "PUT", one, `{"version":1,"reason":"x"}`, 409)
	o.call("anna", "PUT", one, `{"version":2,"reason":"增加绿色通道","items":[{"values":{"green_channel":["true"],"org_name":["示例市公安局示例分局"],"audience":["自然人"],"promise_limit":["5","workday"]}}]}`, 200)
	o.call("anna", "POST", one+"/submission", `{"version":3}`, 200)
	o.call("anna", "POST", one+"/review", `{"version":4}`, 403)
	o.call("berta", "POST", one+"/review", `{"version":4,"note":"依据齐全"}`, 200)
	o.call("berta", "POST", one+"/approval", `{"version":5}`, 403)
	done := o.call("clara", "POST", one+"/approval", `{"version":5}`, 200)
	if done["state"] != "effective" {
		t.Fatalf("approved: %v", done["state"])
	}
	said(o)
	if p := o.call("", "GET", "/api/v1/item-lists/sharing?limit=5", "", 200); len(p["rows"].([]any)) == 0 || p["at"] == nil {
		t.Errorf("list %v", p)
	}
	o.call("", "GET", "/api/v1/item-lists/nothing", "", 404)
	if l := o.call("", "GET", "/api/v1/item-lists", "", 200)["lists"].([]any); len(l) != 6 {
		t.Errorf("%d lists", len(l))
	}
	listed(o)
	if h := o.call("", "GET", "/api/v1/halls?region=449901", "", 200)["halls"].([]any); len(h) != 1 || h[0].(map[string]any)["items"].(float64) != 1 {
		t.Errorf("halls %v", h)
	}
	near(o)
}

// near puts a hall on the ground and finds it from there.
func near(o office) {
	t := o.t
	hall := o.call("", "GET", "/api/v1/halls?region=449901", "", 200)["halls"].([]any)[0].(map[string]any)
	if hall["place"] != nil {
		t.Errorf("a position that nobody gave: %v", hall)
	}
	here := `{"latitude":23.10,"longitude":113.30,"system":"wgs84"}`
	if list := o.call("", "POST", "/api/v1/halls/nearest", here, 200)["halls"].([]any); len(list) != 0 {
		t.Errorf("%v", list)
	}
	address := hall["address"].(map[string]any)["zh"].(string)
	place := `{"places":[{"address":"` + address + `","latitude":23.11,"longitude":113.31,"system":"gcj02","source":"示例地名库"}]}`
	o.call("", "PUT", "/api/v1/halls/449901/places", place, 401)
	o.call("anna", "PUT", "/api/v1/halls/449901/places", `{"places":[{"address":"没有","latitude":23.11,"longitude":113.31,"system":"gcj02","source":"x"}]}`, 404)
	o.call("anna", "PUT", "/api/v1/halls/449901/places", `{"places":[{"address":"`+address+`","latitude":23.11,"longitude":113.31,"system":"bd09","source":"x"}]}`, 422)
	for range 2 {
		if got := o.call("anna", "PUT", "/api/v1/halls/449901/places", place, 200); got["placed"].(float64) != 1 {
			t.Errorf("%v", got)
		}
	}
	list := o.call("", "POST", "/api/v1/halls/nearest", here, 200)["halls"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["region"] != "449901" || list[0].(map[string]any)["metres"].(float64) < 1000 || list[0].(map[string]any)["metres"].(float64) > 2500 {
		t.Errorf("%v", list)
	}
	hall = o.call("", "GET", "/api/v1/halls?region=449901", "", 200)["halls"].([]any)[0].(map[string]any)
	if p := hall["place"].(map[string]any); p["system"] != "gcj02" || p["latitude"].(float64) != 23.11 || p["source"] != "示例地名库" {
		t.Errorf("%v", p)
	}
	o.call("", "POST", "/api/v1/halls/nearest", `{"latitude":99,"longitude":113.30,"system":"wgs84"}`, 422)
}

// listed makes a list through the interface: one proposes, another approves.
func listed(o office) {
	t := o.t
	const all = "/api/v1/list-definitions"
	body := `{"id":"one_visit","region":"449900","name":{"zh":"跑一次清单","en":"One visit"},"lead":{"zh":"只跑一次。","en":"One visit."},"visits":1,"columns":["name","org_name"],"reason":"便民"}`
	o.call("", "POST", all, body, 401)
	o.call("anna", "POST", all, strings.Replace(body, `"name","org_name"`, `"org_name"`, 1), 422)
	made := o.call("anna", "POST", all, body, 200)
	if made["number"].(float64) != 1 || made["state"] != "proposed" {
		t.Fatalf("proposed: %v", made)
	}
	o.call("anna", "POST", all+"/one_visit/1/approval", `{}`, 403)
	o.call("berta", "POST", all+"/one_visit/1/rejection", `{}`, 422)
	o.call("berta", "POST", all+"/one_visit/2/approval", `{}`, 404)
	o.call("berta", "POST", all+"/one_visit/1/approval", `{}`, 200)
	o.call("anna", "POST", all+"/one_visit/1/withdrawal", `{}`, 409)
	if l := o.call("anna", "GET", all, "", 200)["definitions"].([]any); len(l) != 1 || l[0].(map[string]any)["decided_by"] != "berta" {
		t.Errorf("definitions %v", l)
	}
	o.call("", "GET", "/api/v1/item-lists/one_visit?limit=5", "", 200)
	if l := o.call("", "GET", "/api/v1/item-lists", "", 200)["lists"].([]any); len(l) != 7 {
		t.Errorf("%d lists", len(l))
	}
}

// said looks at the item today and in the version before: the new element is in
// the one and not in the other.
func said(o office) {
	t := o.t
	now, was := o.call("", "GET", permitItem, "", 200), o.call("", "GET", permitItem+"?version=1", "", 200)
	has := func(m map[string]any) bool {
		return slices.ContainsFunc(m["elements"].([]any), func(e any) bool { return e.(map[string]any)["key"] == "green_channel" })
	}
	if now["version"].(float64) != 2 || !has(now) || was["version"].(float64) != 1 || has(was) {
		t.Errorf("now version %v with the element %v, before version %v with it %v", now["version"], has(now), was["version"], has(was))
	}
	if on := o.call("", "GET", permitItem+"?on=2026-11-22", "", 200); on["version"].(float64) != 2 {
		t.Errorf("today: version %v", on["version"])
	}
	o.call("", "GET", permitItem+"?on=2020-01-01", "", 404)
	o.call("", "GET", permitItem+"?on=yesterday", "", 422)
}
