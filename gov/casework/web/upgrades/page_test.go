package upgrades_test

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/api"
	"tongban/gov/casework/upgrades"
	caseweb "tongban/gov/casework/web"
	"tongban/gov/casework/web/casefile/casefiletest"
	upgradesweb "tongban/gov/casework/web/upgrades"
	"tongban/gov/catalogue"
	"tongban/gov/design/plan"
	"tongban/platform/auth"
	"tongban/platform/bpmn"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

const (
	lead  = "114499019000000222"
	fire  = "11449901900000030W"
	water = "11449901900000049R"
)

var names = map[string]string{fire: "消防", water: "水务", lead: "市监"}

// site is page and interface for somebody who publishes items.
type site struct {
	*casefiletest.Town
	page, api http.Handler
	lang      i18n.Lang
	who       auth.Principal
}

func in(t *testing.T, f func(s *site)) {
	casefiletest.Run(t, func(town *casefiletest.Town) {
		bundle := i18n.NewBundle()
		for _, words := range []fs.FS{ui.Strings, caseweb.Strings, upgradesweb.Strings} {
			town.Must(bundle.Add(words))
		}
		desk := upgrades.On(town.Casework, town.Items)
		pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
			w.WriteHeader(web.Status(f.Kind))
			io.WriteString(w, web.Words(r.Context(), f)) //nolint:errcheck // a recorder
		})
		pages.Add(upgradesweb.Routes(desk)...)
		a := web.NewAPI("test", "1", slog.New(slog.DiscardHandler))
		api.RegisterUpgrades(a, api.UpgradeDeps{Desk: desk})
		s := &site{Town: town, lang: i18n.Chinese, who: auth.Principal{ID: "acc_设计", Name: "虚构·设计", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: casefiletest.Top, Subtree: true,
			Permissions: []string{upgrades.MayUpgrade.Name, catalogue.MayPublishItems.Name}}}}}
		s.page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pages.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), s.who), bundle, s.lang)))
		})
		s.api = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.ServeHTTP(w, r.WithContext(auth.With(r.Context(), s.who)))
		})
		f(s)
	})
}

// publish draws a flow whose step of the fire office has this id, and gives the version.
func (s *site) publish(id string) int {
	s.T.Helper()
	ctx := auth.With(s.T.Context(), s.who)
	p := plan.From(plan.Together, "开办餐饮店", []string{fire, water}, func(c string) string { return names[c] })
	flow := bytes.ReplaceAll(p.Write("drawn", func(c string) string { return names[c] }), []byte(`"approve_1"`), []byte(`"`+id+`"`))
	o, err := s.Items.Offer(ctx, casefiletest.District, casefiletest.Restaurant)
	s.Must(err)
	m, err := bpmn.Parse(bytes.NewReader(flow))
	s.Must(err)
	n := catalogue.NewFlow{Region: o.Region, Code: o.Code, Base: o.Version, Flow: flow, Offices: maps.Clone(o.Offices)}
	for _, t := range m.Process("").UserTasks() {
		org := t.Attrs["org"]
		if strings.HasPrefix(org, "${") {
			org = lead
		}
		n.Steps = append(n.Steps, catalogue.Step{Element: t.ID, Name: catalogue.Text{Zh: t.Name}, Org: org, Limit: catalogue.Limit{Amount: 5, Unit: catalogue.Workdays}})
	}
	out, err := s.Items.PublishFlow(ctx, n)
	s.Must(err)
	return out.Version
}

func (s *site) accepted() casework.Case {
	s.T.Helper()
	c := s.Apply(s.Resident("王示例", 1))
	c, err := s.Casework.Accept(s.Officer("受理", "decider", lead), c.Region, c.ID, 0)
	s.Must(err)
	return c
}

func (s *site) ask(h http.Handler, method, path, kind, body string, status int, words ...string) string {
	s.T.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != status {
		s.T.Fatalf("%s %s: status %d, want %d: %.600s", method, path, w.Code, status, w.Body)
	}
	for _, x := range words {
		if !strings.Contains(w.Body.String(), x) {
			s.T.Errorf("%s %s: no %q in %.3000s", method, path, x, w.Body)
		}
	}
	return w.Body.String()
}

const (
	path   = "/running/" + casefiletest.District + "/" + casefiletest.Restaurant
	asForm = "application/x-www-form-urlencoded"
)

func TestPage_looksAndMoves(t *testing.T) {
	in(t, func(s *site) {
		s.publish("approve_1")
		c := s.accepted()
		s.publish("fire_review")
		from, to := "2", "3"
		s.ask(s.page, "GET", path, "", "", 200, "在办件换版", "第 2 版", "?from="+from+"&amp;to="+to)
		s.ask(s.page, "GET", path+"?from="+from+"&to="+to, "", "", 200, c.Number, "可以换", "fire_review", "map.approve_1", `name="reason"`)
		form := url.Values{"from": {from}, "to": {to}, "map.approve_1": {"fire_review"}}
		s.ask(s.page, "POST", path, asForm, form.Encode(), 422, "请写原因")
		if s.File(c).ItemVersion != 2 {
			t.Fatal("it moved without a reason")
		}
		form.Set("reason", "流程调整")
		s.ask(s.page, "POST", path, asForm, form.Encode(), 200, "1 件中换了 1 件", c.Number, "已换")
		if s.File(c).ItemVersion != 3 {
			t.Error("it did not move")
		}
		s.lang = i18n.English
		s.ask(s.page, "GET", path, "", "", 200, "Running cases", "Version 3")
		s.who.Grants = nil
		s.ask(s.page, "GET", path, "", "", 403)
	})
}

func TestAPI_looksAndMoves(t *testing.T) {
	in(t, func(s *site) {
		s.publish("approve_1")
		a, b := s.accepted(), s.accepted()
		s.publish("fire_review")
		const running = "/api/v1/items/" + casefiletest.District + "/" + casefiletest.Restaurant + "/running"
		s.ask(s.api, "GET", running, "", "", 200, `{"version":3,"cases":0}`, `{"version":2,"cases":2}`)
		const js = "application/json"
		s.ask(s.api, "POST", running+"/upgrade-plan", js, `{"from":2,"to":3}`, 200, `"approve_1":"fire_review"`, a.Number, b.Number, `"fits":true`, `"outcome":"moved"`)
		s.ask(s.api, "POST", running+"/upgrades", js, `{"from":2,"to":3}`, 422)
		raw := s.ask(s.api, "POST", running+"/upgrades", js, `{"from":2,"to":3,"reason":"流程调整","cases":["`+string(a.ID)+`"],"mapping":{"approve_1":"fire_review"}}`, 200)
		var out struct {
			Done []struct {
				Case  string
				Moved bool
			}
		}
		if err := json.Unmarshal([]byte(raw), &out); err != nil || len(out.Done) != 1 || !out.Done[0].Moved || out.Done[0].Case != string(a.ID) {
			t.Fatalf("%s %v", raw, err)
		}
		s.ask(s.api, "POST", running+"/upgrades", js, `{"from":2,"to":3,"reason":"流程调整"}`, 200, `"moved":false`, "casework.no_upgrade")
		if s.File(a).ItemVersion != 3 || s.File(b).ItemVersion != 2 {
			t.Error("versions are not as answered")
		}
		s.who.Grants = nil
		s.ask(s.api, "GET", running, "", "", 403)
	})
}
