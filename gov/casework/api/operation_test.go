package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/api"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/auth"
	"tongban/platform/web"
)

type m = map[string]any

// office is a town with the interface open, and one accepted case.
type office struct {
	*casefiletest.Town
	url  string
	who  map[string]auth.Principal
	c    casework.Case
	keys int
}

func open(w *casefiletest.Town) *office {
	o := &office{Town: w, who: map[string]auth.Principal{}}
	a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
	api.Register(a, api.Deps{Casework: w.Casework, Files: w.Files, Address: func(context.Context) string { return "127.0.0.1" }})
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		a.ServeHTTP(rw, r.WithContext(auth.With(r.Context(), o.who[r.Header.Get("As")])))
	}))
	w.T.Cleanup(srv.Close)
	o.url = srv.URL
	o.c = w.Apply(w.Resident("王示例", 1))
	var err error
	o.c, err = w.Casework.Accept(w.Officer("受理", "decider", casefiletest.Lead), o.c.Region, o.c.ID, 0)
	w.Must(err)
	for _, p := range []struct{ name, role, org string }{{"examiner", "examiner", casefiletest.Fire}, {"examiner03", "examiner", casefiletest.Fire}, {"water", "examiner", casefiletest.Water}, {"head", "decider", casefiletest.Lead}} {
		o.who[p.name] = auth.From(w.Officer(p.name, p.role, p.org))
	}
	return o
}

// call sends a command with a key of its own and wants a status.
func (o *office) call(who, method, path string, body m, status int) m {
	o.T.Helper()
	o.keys++
	return o.again(who, method, path, body, status, fmt.Sprint("key-", o.keys))
}

func (o *office) again(who, method, path string, body m, status int, key string) m {
	o.T.Helper()
	raw, err := json.Marshal(body)
	o.Must(err)
	r, err := http.NewRequest(method, o.url+path, bytes.NewReader(raw))
	o.Must(err)
	r.Header.Set("As", who)
	r.Header.Set("Content-Type", "application/json")
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(r)
	o.Must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	o.Must(err)
	out := m{}
	if len(text) > 0 && json.Unmarshal(text, &out) != nil {
		o.T.Fatalf("%s %s: not JSON: %s", method, path, text)
	}
	if res.StatusCode != status {
		o.T.Fatalf("%s %s as %s: %d, want %d: %s", method, path, who, res.StatusCode, status, text)
	}
	return out
}

// step is the path of the open step of an office.
func (o *office) step(org string) string {
	o.T.Helper()
	for _, t := range o.File(o.c).Tasks {
		if t.Org == org && t.State == casework.TaskOpen {
			return "/api/v1/tasks/" + t.Region + "/" + string(t.ID)
		}
	}
	o.T.Fatalf("nothing is open at %s", org)
	return ""
}

func TestOperations_overHTTP(t *testing.T) {
	casefiletest.Run(t, func(w *casefiletest.Town) {
		o := open(w)
		fire := o.step(casefiletest.Fire)
		o.call("examiner", "POST", fire+"/delegation", m{"office": casefiletest.Water, "officer": "acc_nobody", "reason": "看排水"}, 422)
		o.call("examiner", "POST", fire+"/delegation", m{"office": casefiletest.Water, "reason": "看排水"}, 422)
		o.call("examiner", "POST", fire+"/transfer", m{"office": "914499010000000000", "reason": "不归我们"}, 422)
		o.call("examiner", "POST", fire+"/transfer", m{"office": casefiletest.Water, "officer": o.who["examiner03"].ID, "reason": "不在那个单位"}, 422)
		o.call("water", "POST", fire+"/transfer", m{"office": casefiletest.Water, "reason": "给我"}, 403)
		o.call("examiner", "POST", fire+"/signers", m{"place": "under", "office": casefiletest.Water, "reason": "x"}, 422)
		o.call("examiner", "POST", fire+"/return", m{"to": "nowhere", "reason": "x"}, 422)
		if got := o.call("examiner", "POST", fire+"/opening", nil, 200); got["opened_by"] != o.who["examiner"].Name {
			t.Errorf("opened: %v", got)
		}
		o.call("water", "POST", fire+"/opening", nil, 200) // a look of somebody else says nothing
		o.call("water", "POST", fire+"/rejection", m{"grounds": []string{"reason.layout"}, "facts": "x"}, 403)
		o.call("head", "POST", fire+"/rejection", m{}, 422)
		first := o.again("head", "POST", fire+"/rejection", m{"grounds": []string{"reason.layout"}, "facts": "生熟加工区没有分开"}, 200, "one")
		again := o.again("head", "POST", fire+"/rejection", m{"grounds": []string{"reason.layout"}, "facts": "生熟加工区没有分开"}, 200, "one")
		if first["state"] != "done" || first["result"] != "refuse" || again["id"] != first["id"] {
			t.Errorf("%v, again %v", first, again)
		}
		o.again("head", "POST", fire+"/urging", m{}, 409, "one") // the key is that of another command
		if f := o.File(o.c); f.Outcome != casework.Refused {
			t.Errorf("%s %s", f.State, f.Outcome)
		}
		o.call("head", "POST", fire+"/rejection", m{"grounds": []string{"reason.layout"}, "facts": "x"}, 409)
	})
}

// What is said against an application reaches the service whole.
func TestRefuseAcceptance_overHTTP(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		c := w.Apply(w.Resident("王示例", 1))
		at := fmt.Sprintf("/api/v1/cases/%s/%s/acceptance-refusal", c.Region, c.ID)
		o.call("head", "POST", at, m{}, 422)
		if got := o.call("head", "POST", at, m{"grounds": []string{"law.not_competent"}, "facts": "属于市级事权", "how_to_pass": "向市级机关申请", "version": c.Version}, 200); got["state"] != "refused_acceptance" {
			t.Errorf("%v", got)
		}
	})
}

// The last day for an answer is the region's, or the one that is asked for
// within its bounds; before acceptance and at a step.
func TestSupplement_untilOverHTTP(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		c := w.Apply(w.Resident("王示例", 1))
		span, err := w.Casework.AnswerSpan(t.Context(), w.Casework.DB, &c)
		w.Must(err)
		at := fmt.Sprintf("/api/v1/cases/%s/%s/supplement-requests", c.Region, c.ID)
		items := []m{{"target": "material.layout", "name": "布局图", "reason": "看不清", "how": "重画"}}
		for _, bad := range []string{"soon", (span.Last + 1).String(), (span.First - 1).String()} {
			o.call("head", "POST", at, m{"items": items, "until": bad}, 422)
		}
		got := o.call("head", "POST", at, m{"items": items, "until": span.Last.String()}, 201)
		if until, err := time.Parse(time.RFC3339, fmt.Sprint(got["until"])); err != nil || !until.Equal(span.Last.End()) {
			t.Errorf("%v", got)
		}
		fire := o.step(casefiletest.Fire)
		o.call("examiner", "POST", fire+"/supplement-requests", m{"items": []m{{"reason": "缺图", "how": "补一张"}}, "until": "2020-01-01"}, 422)
		o.call("examiner", "POST", fire+"/supplement-requests", m{"items": []m{{"reason": "缺图", "how": "补一张"}}, "until": span.Last.String()}, 200)
		if f := o.File(o.c); len(f.Supplements) != 1 || !f.Supplements[0].Until.Equal(span.Last.End()) {
			t.Errorf("%+v", f.Supplements)
		}
	})
}

func TestDeputies_overHTTP(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		fire := o.step(casefiletest.Fire)
		o.call("examiner", "POST", fire+"/claim", nil, 200)
		body := m{"region": casefiletest.District, "office": casefiletest.Fire, "deputy": o.who["examiner03"].ID, "from": "2026-09-07", "until": "2026-09-09", "reason": "出差"}
		o.call("water", "POST", "/api/v1/deputies", body, 422)
		d := o.call("examiner", "POST", "/api/v1/deputies", body, 201)
		if d["state"] != "active" || d["officer"] != o.who["examiner"].ID {
			t.Errorf("%v", d)
		}
		o.call("examiner", "POST", "/api/v1/deputies", body, 409)
		body["deputy"] = o.who["examiner"].ID
		o.call("examiner", "POST", "/api/v1/deputies", body, 422)
		if list := o.call("examiner03", "GET", "/api/v1/deputies", nil, 200)["deputies"].([]any); len(list) != 1 {
			t.Errorf("%v", list)
		}
		at := fmt.Sprintf("/api/v1/offices/%s/%s/deputies", casefiletest.District, casefiletest.Fire)
		o.call("examiner", "GET", at, nil, 403)
		if got := o.call("examiner03", "POST", fire+"/completion", m{"result": "approve", "opinion": "可以"}, 200); got["for"] != o.who["examiner"].ID {
			t.Errorf("%v", got)
		}
		end := fmt.Sprintf("/api/v1/deputies/%s/%s/ending", d["region"], d["id"])
		o.call("water", "POST", end, m{"reason": "x"}, 403)
		if got := o.call("examiner", "POST", end, m{"reason": "回来了"}, 200); got["state"] != "over" {
			t.Errorf("%v", got)
		}
	})
}

// A program hands in what the flow of a case waits for, once, and is told what it
// waits for.
func TestMessages_overHTTP(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		w.Publish([]byte(casefiletest.Waiting))
		o := open(w)
		at := fmt.Sprintf("/api/v1/cases/%s/%s/messages", o.c.Region, o.c.ID)
		list := o.call("head", "GET", at, nil, 200)["messages"].([]any)
		if len(list) != 1 || list[0].(m)["name"] != "lab-result" || list[0].(m)["stops"] != true || len(list[0].(m)["values"].([]any)) != 4 {
			t.Fatalf("%v", list)
		}
		body := m{"values": m{"lab": "合格", "score": "2.5", "sealed": "true", "on": "2026-09-08"}, "reason": "检测院回传"}
		o.call("examiner", "POST", at+"/lab-result", body, 403) // the fire office
		o.call("head", "POST", at+"/other", body, 409)
		o.call("head", "POST", at+"/lab-result", m{"values": m{"lab": "合格"}, "reason": "x"}, 422)
		o.call("head", "POST", at+"/lab-result", m{"values": body["values"]}, 422)
		for range 2 { // the office that the drawing names; its sender did not hear of the first
			if got := o.again("water", "POST", at+"/lab-result", body, 200, "lab"); got["state"] != "in_progress" {
				t.Errorf("%v", got)
			}
		}
		o.call("head", "POST", at+"/lab-result", body, 409)
		if list := o.call("head", "GET", at, nil, 200)["messages"].([]any); len(list) != 0 {
			t.Errorf("%v", list)
		}
	})
}
