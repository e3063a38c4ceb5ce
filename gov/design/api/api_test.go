package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/design"
	"tongban/gov/design/api"
	"tongban/gov/design/plan"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/once"
	"tongban/platform/web"
)

const (
	region = "449901"
	lead   = "114499019000000222"
	fire   = "11449901900000030W"
	water  = "11449901900000049R"
)

type noOffices struct{}

func (noOffices) Departments(context.Context, string) ([]identity.Org, error) { return nil, nil }

func shipped() fs.FS { return os.DirFS("../../../items") }

// desk calls the interface; path is the restaurant's draft.
type desk struct {
	t    *testing.T
	a    *web.API
	path string
}

func officer(permissions ...string) auth.Principal {
	return auth.Principal{ID: "acc_1", Name: "虚构·设计员", Kind: auth.KindOfficer, Grants: []auth.Grant{{Role: "designer", Region: "449900", Subtree: true, Permissions: permissions}}}
}

func other(name string, may authz.Permission) auth.Principal {
	p := officer(may.Name)
	p.ID, p.Name = "acc_"+name, name
	return p
}

// published takes the draft of that version through its release.
func (d desk) published(version int) {
	d.t.Helper()
	at := map[string]any{"version": version}
	d.call(approver, "POST", "/publication", at, 409)
	if out := d.call(designer, "POST", "/release", map[string]any{"version": version, "note": "改了时限"}, 200); out["stage"] != "review" {
		d.t.Errorf("%v", out["stage"])
	}
	d.call(designer, "POST", "/release", at, 409)
	waiting := desk{d.t, d.a, "/api/v1/regions/" + region}
	elsewhere := other("虚构·别的部门的法制员", catalogue.MayReviewChanges)
	elsewhere.Grants[0].Org = water
	for want, who := range []auth.Principal{elsewhere, reviewer} { // none, one
		if list := waiting.call(who, "GET", "/releases", nil, 200)["drafts"].([]any); len(list) != want {
			d.t.Errorf("%s sees %d drafts, not %d", who.Name, len(list), want)
		}
	}
	d.call(designer, "POST", "/release/review", at, 403)
	if out := d.call(reviewer, "POST", "/release/review", at, 200); out["stage"] != "approval" || len(out["entries"].([]any)) != 2 {
		d.t.Errorf("%v", out["entries"])
	}
	d.call(reviewer, "POST", "/publication", at, 403)
	if out := d.call(approver, "POST", "/publication", at, 200); out["version"] != 2.0 {
		d.t.Errorf("%v", out)
	}
}

var (
	designer = officer(design.MayDesign.Name)
	reviewer = other("虚构·法制员", catalogue.MayReviewChanges)
	approver = other("虚构·批准人", catalogue.MayPublishItems)
)

func onBoth(t *testing.T, f func(d desk)) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), once.Migrations(), catalogue.Migrations(), design.Migrations()}, func(t *testing.T, d *db.DB) {
		raw, err := data.Files.Open(data.Calendar)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		cal, err := calendar.Load(raw)
		if err != nil {
			t.Fatal(err)
		}
		c := clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))
		items := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: shipped()})
		p, err := items.PublishPackage(dbtest.As(t, "seed"), shipped(), "restaurant-opening", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Design: design.New(design.Deps{DB: d, Clock: c, Calendar: cal, Items: items, Orgs: noOffices{}})})
		f(desk{t, a, "/api/v1/designs/" + region + "/" + p.Code})
	})
}

func (d desk) call(who auth.Principal, method, path string, body any, want int) map[string]any {
	d.t.Helper()
	r := httptest.NewRequest(method, d.path+path, http.NoBody)
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		r = httptest.NewRequest(method, d.path+path, bytes.NewReader(raw))
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	d.a.ServeHTTP(w, r.WithContext(auth.With(d.t.Context(), who)))
	if w.Code != want {
		d.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	out := map[string]any{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			d.t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	return out
}

func tree(days int) json.RawMessage {
	names := map[string]string{lead: "市监", fire: "消防", water: "水务"}
	p := plan.From(plan.Loop, "开办餐饮店", []string{fire, water}, func(c string) string { return names[c] })
	p.Decide.Days = days
	return p.JSON()
}

// A program draws, looks, tries and publishes what the pages do.
func TestAPI_drawTryPublish(t *testing.T) {
	onBoth(t, func(d desk) {
		first := d.call(designer, "GET", "", nil, 200)
		if first["version"] != 0.0 || first["base"] != 1.0 || !strings.Contains(first["bpmn"].(string), "<bpmn:process") {
			t.Fatalf("%v", first)
		}
		drawn := d.call(designer, "PUT", "", map[string]any{"version": 0, "tree": tree(2)}, 200)
		if drawn["version"] != 1.0 || drawn["tree"] == nil || len(drawn["problems"].([]any)) != 0 {
			t.Fatalf("%v", drawn["problems"])
		}
		d.call(designer, "PUT", "", map[string]any{"version": 0, "tree": tree(3)}, 409)
		if list := d.call(designer, "GET", "/changes", nil, 200)["changes"].([]any); len(list) < 4 {
			t.Errorf("%d changes", len(list))
		}
		var moves []map[string]any
		try := func() map[string]any { return d.call(designer, "POST", "/trial", map[string]any{"moves": moves}, 200) }
		for range 9 {
			out := try()
			if out["decision"] != nil {
				break
			}
			moves = append(moves, map[string]any{"id": out["open"].([]any)[0].(map[string]any)["id"], "result": "approve"})
		}
		if out := try(); out["decision"] != "issue" || len(out["passed"].([]any)) != 3 {
			t.Errorf("the trial ends with %v after %v", out["decision"], out["passed"])
		}
		d.published(1)
		if next := d.call(designer, "GET", "", nil, 200); next["base"] != 2.0 || next["version"] != 0.0 {
			t.Errorf("the next draft: base %v, version %v", next["base"], next["version"])
		}
	})
}

// Decision tables travel beside the flow; what is wrong in them is listed and
// stops the publication.
func TestAPI_tables(t *testing.T) {
	onBoth(t, func(d desk) {
		d.call(designer, "PUT", "", map[string]any{"version": 0, "tree": tree(2)}, 200)
		const table = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m"><inputData id="i1" name="area"><variable name="area" typeRef="number"/></inputData>
<decision id="size" name="规模"><variable name="规模" typeRef="string"/><informationRequirement><requiredInput href="#i1"/></informationRequirement>
<decisionTable><input label="area"><inputExpression typeRef="number"><text>area</text></inputExpression></input><output/><rule><inputEntry><text>&lt; 100</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>%s</decisionTable></decision></definitions>`
		out := d.call(designer, "PUT", "/tables", map[string]any{"version": 1, "dmn": fmt.Sprintf(table, "")}, 200)
		list := out["problems"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["code"] != "tables.gap" || !strings.Contains(out["dmn"].(string), "规模") {
			t.Fatalf("%v", list)
		}
		d.call(designer, "POST", "/release", map[string]any{"version": 2}, 422)
		out = d.call(designer, "PUT", "/tables", map[string]any{"version": 2, "dmn": fmt.Sprintf(table, `<rule><inputEntry><text>&gt;= 100</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule>`)}, 200)
		if len(out["problems"].([]any)) != 0 {
			t.Fatalf("%v", out["problems"])
		}
		if out = d.call(designer, "PUT", "/tables", map[string]any{"version": 3, "dmn": ""}, 200); out["dmn"] != nil {
			t.Errorf("taken away: %v", out["dmn"])
		}
		d.call(designer, "PUT", "/tables", map[string]any{"version": 4, "dmn": "hello"}, 422)
	})
}

func TestAPI_refusals(t *testing.T) {
	onBoth(t, func(d desk) {
		d.call(auth.Principal{}, "GET", "", nil, 401)
		d.call(officer(catalogue.MayPublishItems.Name), "GET", "", nil, 403)
		d.call(designer, "DELETE", "?version=1", nil, 404)
		d.call(designer, "PUT", "", map[string]any{"version": 0, "tree": map[string]any{"nonsense": 1}}, 422)
		d.call(designer, "PUT", "", map[string]any{"version": 0, "bpmn": "hello"}, 422)
		out := d.call(designer, "PUT", "", map[string]any{"version": 0, "bpmn": `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/><complexGateway id="x"/></process></definitions>`}, 200)
		p := out["problems"].([]any)[0].(map[string]any)
		if p["code"] != "bpmn" || p["line"].(float64) < 1 || p["element"] == "" || p["reason"] == "" {
			t.Errorf("%v", p)
		}
		d.call(designer, "POST", "/trial", map[string]any{"moves": []map[string]any{{"id": "t9", "result": "approve"}}}, 422)
		d.call(designer, "DELETE", "?version=1", nil, 204)
		if out := d.call(designer, "GET", "", nil, 200); out["version"] != 0.0 {
			t.Errorf("%v", out["version"])
		}
	})
}
