package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tongban/gov/limits"
	"tongban/gov/limits/api"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/once"
	"tongban/platform/web"
)

const city = "449900"

// desk calls the interface as different officers.
type desk struct {
	t *testing.T
	a *web.API
}

func officer(name string, permissions ...string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: "虚构·" + name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: city, Subtree: true, Permissions: permissions}}}
}

var (
	proposer   = officer("甲", limits.MayProposeLimits.Name)
	supervisor = officer("乙", limits.MayApproveLimits.Name)
	both       = officer("丙", limits.MayApproveLimits.Name, limits.MayProposeLimits.Name)
)

func onBoth(t *testing.T, f func(d desk)) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), limits.Migrations()}, func(t *testing.T, d *db.DB) {
		s := limits.New(limits.Deps{DB: d, Clock: clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))})
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.Register(a, api.Deps{Limits: s, Region: known})
		f(desk{t, a})
	})
}

// known stands for the list of divisions.
func known(_ context.Context, parameter, code string) error {
	if code == "999999" {
		return fault.Invalid("test.no_region").With("parameter", parameter)
	}
	return nil
}

// call sends a command and gives the answer, which must have this status.
func (d desk) call(who auth.Principal, method, path string, body any, want int) map[string]any {
	d.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	if body == nil {
		r = httptest.NewRequest(method, path, http.NoBody)
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	d.a.ServeHTTP(w, r.WithContext(auth.With(d.t.Context(), who)))
	if w.Code != want {
		d.t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, want, w.Body)
	}
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		d.t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
	}
	return out
}

func proposal(change map[string]any) map[string]any {
	out := map[string]any{"region": city, "key": "decision", "amount": 12, "unit": "working_days", "basis": "measure", "citation": "示例市优化营商环境办法第三条", "from": "2026-12-01", "reason": "压缩时限"}
	for k, v := range change {
		out[k] = v
	}
	return out
}

func (d desk) limit(region, key string) map[string]any {
	d.t.Helper()
	for _, x := range d.call(auth.Principal{}, "GET", "/api/v1/limits?region="+region, nil, 200)["limits"].([]any) {
		if m := x.(map[string]any); m["key"] == key {
			return m
		}
	}
	d.t.Fatalf("no limit %s in %s", key, region)
	return nil
}

// The whole life of a rule: anybody reads, one proposes, another approves.
func TestAPI_twoPersonsMakeARule(t *testing.T) {
	onBoth(t, func(d desk) {
		law := d.limit(city, "decision")
		if law["amount"] != 20.0 || law["citation"] == "" || law["region"] != limits.NationalRegion {
			t.Fatalf("the law says %v", law)
		}
		const rules = "/api/v1/limits"
		d.call(supervisor, "POST", rules, proposal(nil), 403)
		r := d.call(both, "POST", rules, proposal(nil), 200)
		if r["state"] != "proposed" || r["number"] != 1.0 {
			t.Fatalf("%v", r)
		}
		one := rules + "/" + city + "/decision/1"
		d.call(both, "POST", one+"/approval", map[string]any{}, 403) // he proposed it himself
		d.call(proposer, "POST", one+"/approval", map[string]any{}, 403)
		if r = d.call(supervisor, "POST", one+"/approval", map[string]any{"note": "同意"}, 200); r["state"] != "approved" || r["from"] != "2026-12-01" {
			t.Fatalf("%v", r)
		}
		if got := d.limit(city, "decision"); got["amount"] != 20.0 {
			t.Errorf("it counts before its first day: %v", got)
		}
		d.call(supervisor, "POST", one+"/rejection", map[string]any{"note": "不同意"}, 409)
		d.call(supervisor, "POST", rules+"/"+city+"/decision/9/approval", map[string]any{}, 404)
	})
}

func TestAPI_rejectAndWithdraw(t *testing.T) {
	onBoth(t, func(d desk) {
		const rules = "/api/v1/limits"
		d.call(proposer, "POST", rules, proposal(nil), 200)
		d.call(proposer, "POST", rules, proposal(map[string]any{"amount": 10}), 200)
		one, two := rules+"/"+city+"/decision/1", rules+"/"+city+"/decision/2"
		d.call(supervisor, "POST", one+"/rejection", map[string]any{}, 422) // without a reason
		if r := d.call(supervisor, "POST", one+"/rejection", map[string]any{"note": "办不到"}, 200); r["state"] != "rejected" {
			t.Errorf("%v", r)
		}
		d.call(both, "POST", two+"/withdrawal", map[string]any{}, 403) // it is not his
		if r := d.call(proposer, "POST", two+"/withdrawal", map[string]any{}, 200); r["state"] != "withdrawn" {
			t.Errorf("%v", r)
		}
	})
}

// What cannot be taken is refused at its field.
func TestAPI_refusals(t *testing.T) {
	onBoth(t, func(d desk) {
		for name, c := range map[string]struct {
			change map[string]any
			field  string
		}{
			"longer than the law":   {map[string]any{"amount": 30}, "basis"},
			"in the past":           {map[string]any{"from": "2026-11-01"}, "from"},
			"without a reason":      {map[string]any{"reason": ""}, "reason"},
			"a warning much before": {map[string]any{"key": "warning", "amount": 30}, "amount"},
			"a unit of one's own":   {map[string]any{"unit": "weeks"}, "unit"},
		} {
			out := d.call(proposer, "POST", "/api/v1/limits", proposal(c.change), 422)
			raw, _ := json.Marshal(out)
			if !bytes.Contains(raw, []byte(c.field)) {
				t.Errorf("%s: %s", name, raw)
			}
		}
		d.call(proposer, "POST", "/api/v1/limits", proposal(map[string]any{"region": "110000"}), 403)
		d.call(auth.Principal{}, "POST", "/api/v1/limits", proposal(nil), 401)
		d.call(auth.Principal{}, "GET", "/api/v1/limits?region=999999", nil, 422)
	})
}
