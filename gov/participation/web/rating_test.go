package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tongban/gov/participation"
	ratingweb "tongban/gov/participation/web"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

const path = "/cases/449901/case_1/rating"

// site serves the page to the owner of a decided case; the header As names
// another person.
func site(t *testing.T, d *db.DB) (string, *participation.Service) {
	t.Helper()
	s := participation.New(participation.Deps{DB: d, Clock: clock.NewFake(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC))})
	err := d.Write(dbtest.As(t, "events"), func(tx *db.Tx) error {
		return s.InviteTx(dbtest.As(t, "events"), tx, participation.Rating{Region: "449901", Case: "case_1", CaseNumber: "123456782", Item: "i", ItemName: "居住证首次申领", Org: "o", Owners: []string{"per_1"}, DecidedAt: s.Clock.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	bundle := i18n.NewBundle()
	for _, f := range []error{bundle.Add(ui.Strings), bundle.Add(ratingweb.Strings)} {
		if f != nil {
			t.Fatal(f)
		}
	}
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, web.Words(r.Context(), f), web.Status(f.Kind))
	})
	pages.Add(ratingweb.Routes(ratingweb.Deps{Participation: s})...)
	srv := httptest.NewServer(ui.WithPreferences(bundle, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		person := "per_1"
		if as := r.Header.Get("As"); as != "" {
			person = as
		}
		if person == "supervisor" {
			p := auth.Principal{ID: "acc_s", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{participation.MayFollow.Name, participation.MayReadRatings.Name}}}}
			pages.ServeHTTP(w, r.WithContext(auth.With(r.Context(), p)))
			return
		}
		p := auth.Principal{ID: "acc_" + person, Kind: auth.KindPerson, Person: person, Grants: []auth.Grant{{Role: "resident", Own: true, Permissions: []string{participation.MayRate.Name}}}}
		pages.ServeHTTP(w, r.WithContext(auth.With(r.Context(), p)))
	})))
	t.Cleanup(srv.Close)
	return srv.URL, s
}

func ask(t *testing.T, method, url, as string, form url.Values) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("As", as)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if m := regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(string(body)); m != "" {
		t.Errorf("%s: a text is missing: %s", url, m)
	}
	return res.StatusCode, string(body)
}

// radio finds the value of the radio with these words.
func radio(t *testing.T, page, words string) string {
	t.Helper()
	m := regexp.MustCompile(`value="(\d)"[^>]*>\s*<label[^>]*>` + words + `</label>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no radio %q in\n%s", words, page)
	}
	return m[1]
}

// A supervisor sees a bad rating, says what was done, and the applicant reads it.
func TestBad_followedUp(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), participation.Migrations()}, func(t *testing.T, d *db.DB) {
		root, _ := site(t, d)
		if status, page := ask(t, "GET", root+"/ratings", "supervisor", nil); status != 200 || !strings.Contains(page, "没有待处理的差评") {
			t.Fatalf("%d\n%s", status, page)
		}
		_, page := ask(t, "GET", root+path, "", nil)
		ask(t, "POST", root+path, "", url.Values{"grade": {radio(t, page, "不满意")}, "text": {"跑了三次"}})
		status, page := ask(t, "GET", root+"/ratings", "supervisor", nil)
		if status != 200 || !strings.Contains(page, "跑了三次") || !strings.Contains(page, "123456782") || !strings.Contains(page, "待处理") {
			t.Fatalf("%d\n%s", status, page)
		}
		seen := regexp.MustCompile(`name="seen" value="([^"]*)"`).FindStringSubmatch(page)[1]
		form := url.Values{"seen": {seen}, "text.case_1": {"好"}}
		if status, page = ask(t, "POST", root+"/ratings/449901/case_1", "supervisor", form); status != 422 || !strings.Contains(page, "至少 5 个字") {
			t.Fatalf("says nothing: %d\n%s", status, page)
		}
		form.Set("text.case_1", "已致电致歉，并改了指南")
		if status, page = ask(t, "POST", root+"/ratings/449901/case_1", "supervisor", form); status != 200 || !strings.Contains(page, "已记录") {
			t.Fatalf("%d\n%s", status, page)
		}
		if _, page = ask(t, "GET", root+"/ratings?all=1", "supervisor", nil); !strings.Contains(page, "已处理") || !strings.Contains(page, "并改了指南") {
			t.Fatalf("%s", page)
		}
		if _, page = ask(t, "GET", root+path, "", nil); !strings.Contains(page, "并改了指南") {
			t.Fatalf("the applicant does not read it:\n%s", page)
		}
	})
}

func TestRating_gradeOfTheWords(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), events.Migrations(), participation.Migrations()}, func(t *testing.T, d *db.DB) {
		root, s := site(t, d)
		status, page := ask(t, "GET", root+path, "", nil)
		if status != 200 || strings.Count(page, `type="radio"`) != 5 {
			t.Fatalf("%d\n%s", status, page)
		}
		if status, page = ask(t, "POST", root+path, "", url.Values{"text": {"很快"}}); status != 422 || !strings.Contains(page, "选一个等级") || !strings.Contains(page, "很快") {
			t.Fatalf("without a grade: %d\n%s", status, page)
		}
		if status, page = ask(t, "POST", root+path, "", url.Values{"grade": {radio(t, page, "非常满意")}, "text": {strings.Repeat("长", 501)}}); status != 422 || !strings.Contains(page, "501") {
			t.Fatalf("too long: %d", status)
		}
		status, page = ask(t, "POST", root+path, "", url.Values{"grade": {radio(t, page, "不满意")}, "indicators": {"guide"}, "text": {"指南不清楚"}})
		if status != 200 || !strings.Contains(page, "评价已收到") || !strings.Contains(page, "原因记下了") {
			t.Fatalf("thanks: %d\n%s", status, page)
		}
		mine := auth.With(t.Context(), auth.Principal{ID: "acc_per_1", Kind: auth.KindPerson, Person: "per_1", Grants: []auth.Grant{{Own: true, Permissions: []string{participation.MayRate.Name}}}})
		if r, err := s.Invitation(mine, "449901", "case_1"); err != nil || r.Grade != participation.Dissatisfied || len(r.Indicators) != 1 {
			t.Fatalf("kept: %+v %v", r, err)
		}
		if status, page = ask(t, "GET", root+path+"?change=1&lang=en", "", nil); status != 200 || !strings.Contains(page, "指南不清楚") || !strings.Contains(page, "Very dissatisfied") {
			t.Fatalf("change: %d\n%s", status, page)
		}
		if status, _ = ask(t, "POST", root+path, "", url.Values{"grade": {"5"}, "indicators": {"guide"}}); status != 200 {
			t.Fatalf("changed once: %d", status)
		}
		if r, _ := s.Invitation(mine, "449901", "case_1"); r.Grade != participation.VerySatisfied || len(r.Indicators) != 0 {
			t.Fatalf("after the change: %+v", r)
		}
		if status, page = ask(t, "POST", root+path, "", url.Values{"grade": {"5"}}); status != 409 || !strings.Contains(page, "不能再改") {
			t.Fatalf("changed twice: %d %s", status, page)
		}
		if status, _ = ask(t, "GET", root+path, "per_2", nil); status != 404 {
			t.Fatalf("a stranger: %d", status)
		}
	})
}
