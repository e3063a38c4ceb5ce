package web_test

import (
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tongban/gov/limits"
	limitsweb "tongban/gov/limits/web"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

const city = "449900"

func officer(name string, permissions ...string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: "虚构·" + name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: city, Subtree: true, Permissions: permissions}}}
}

// site serves the page to one reader.
type site struct {
	t    *testing.T
	h    http.Handler
	who  auth.Principal
	lang i18n.Lang
}

func onBoth(t *testing.T, f func(s *site)) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), once.Migrations(), limits.Migrations()}, func(t *testing.T, d *db.DB) {
		bundle := i18n.NewBundle()
		for _, words := range []fs.FS{ui.Strings, limitsweb.Strings} {
			if err := bundle.Add(words); err != nil {
				t.Fatal(err)
			}
		}
		pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
			w.WriteHeader(web.Status(f.Kind))
			io.WriteString(w, web.Words(r.Context(), f)) //nolint:errcheck // a recorder
		})
		service := limits.New(limits.Deps{DB: d, Clock: clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))})
		pages.Add(limitsweb.Routes(limitsweb.Deps{Limits: service, Regions: []limitsweb.Region{{Code: city, Zh: "示例市", En: "Example City"}, {Code: "449901", Zh: "示例区", En: "Example District"}}})...)
		s := &site{t: t, lang: i18n.Chinese}
		s.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pages.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), s.who), bundle, s.lang)))
		})
		f(s)
	})
}

// get gives a page, which must have this status and these words.
func (s *site) get(path string, status int, words ...string) string {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return s.look(path, w, status, words...)
}

func (s *site) post(path string, form url.Values, status int, words ...string) string {
	s.t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return s.look(path, w, status, words...)
}

func (s *site) look(path string, w *httptest.ResponseRecorder, status int, words ...string) string {
	s.t.Helper()
	body := w.Body.String()
	if w.Code != status {
		s.t.Fatalf("%s: status %d, want %d: %.500s", path, w.Code, status, body)
	}
	for _, x := range words {
		if !strings.Contains(body, x) {
			s.t.Errorf("%s: no %q", path, x)
		}
	}
	return body
}

func proposal() url.Values {
	return url.Values{"region": {city}, "key": {"decision"}, "amount": {"12"}, "unit": {"working_days"}, "basis": {"measure"}, "citation": {"示例市优化营商环境办法第三条"}, "from": {"2026-12-01"}, "reason": {"压缩时限"}}
}

func TestList_everybodyReadsTheLaw(t *testing.T) {
	onBoth(t, func(s *site) {
		body := s.get("/limits", 200, "行政许可法》第四十二条", "20", "示例区", "黄色预警的剩余时间")
		if strings.Contains(body, `action="/limits"`) || strings.Contains(body, "changes") {
			t.Error("who may not propose is offered it")
		}
		s.lang = i18n.English
		s.get("/limits?region=449901", 200, "Administrative Licensing Law, art. 42", "Example District")
		s.get("/limits?region=110000", 404)
		s.post("/limits", proposal(), 401)
	})
}

func TestPropose_approvedByAnother(t *testing.T) {
	onBoth(t, func(s *site) {
		s.who = officer("甲", limits.MayProposeLimits.Name)
		s.get("/limits", 200, `name="amount"`, `value="warning"`, `value="short_warning"`)
		bad := proposal()
		bad.Set("amount", "30")
		body := s.post("/limits", bad, 422, "比国家规定的 20 长")
		if !strings.Contains(body, `value="30"`) || !strings.Contains(body, "压缩时限") {
			t.Error("what was entered is lost")
		}
		s.post("/limits", proposal(), 303)
		s.get("/limits", 200, "压缩时限", "/limits/"+city+"/decision/1/withdraw")
		s.post("/limits/"+city+"/decision/1/approve", url.Values{}, 403)
		s.who = officer("乙", limits.MayApproveLimits.Name)
		s.get("/limits", 200, "/limits/"+city+"/decision/1/approve", "/limits/"+city+"/decision/1/reject")
		s.post("/limits/"+city+"/decision/1/reject", url.Values{}, 422)
		s.post("/limits/"+city+"/decision/1/approve", url.Values{"note": {"同意压缩"}}, 303)
		s.get("/limits", 200, "同意压缩", "虚构·乙")
		s.post("/limits/"+city+"/decision/1/approve", url.Values{}, 409)
		s.post("/limits/"+city+"/decision/x/approve", url.Values{}, 404)
	})
}

func TestWithdraw_onesOwn(t *testing.T) {
	onBoth(t, func(s *site) {
		s.who = officer("甲", limits.MayProposeLimits.Name)
		s.post("/limits", proposal(), 303)
		s.who = officer("丁", limits.MayProposeLimits.Name)
		s.post("/limits/"+city+"/decision/1/withdraw", url.Values{}, 403)
		s.who = officer("甲", limits.MayProposeLimits.Name)
		s.post("/limits/"+city+"/decision/1/withdraw", url.Values{}, 303)
		if body := s.get("/limits", 200); strings.Contains(body, "decision/1/withdraw") {
			t.Error("what is withdrawn can be withdrawn again")
		}
	})
}
