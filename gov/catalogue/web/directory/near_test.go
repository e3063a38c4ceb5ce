package directory_test

import (
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/gov/catalogue/lists"
	"tongban/gov/catalogue/web/directory"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/web"
	"tongban/ui"
)

// portal serves the pages; who acts is said by a header.
func portal(t *testing.T, d *db.DB) *httptest.Server {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
	cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../../items")})
	if _, err := cat.PublishPackage(dbtest.As(t, "test"), os.DirFS("../../../../items"), "residence-permit", catalogue.PublishOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := cat.ImportDivisions(dbtest.As(t, "test"), strings.NewReader("code,name,level,parent\n44,广东省,1,\n4499,示例市,2,44\n449901,示例区,3,4499\n"), catalogue.DivisionOptions{}); err != nil {
		t.Fatal(err)
	}
	words := i18n.NewBundle()
	for _, f := range []fs.FS{directory.Strings, ui.Strings} {
		if err := words.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, web.Words(r.Context(), f), web.Status(f.Kind))
	})
	pages.Add(directory.Routes(directory.Deps{Catalogue: cat, Lists: lists.New(lists.Deps{DB: d, Clock: c, Catalogue: cat}), Halls: halls.New(halls.Deps{DB: d, Clock: c, Catalogue: cat}), Region: "449901", Top: "440000"})...)
	srv := httptest.NewServer(ui.WithPreferences(words, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := ui.WithShell(r.Context(), ui.Shell{Site: "示例市政务服务网"})
		if who := r.Header.Get("As"); who != "" {
			ctx = auth.With(ctx, auth.Principal{ID: who, Name: who, Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{catalogue.MayImportItems.Name}}}})
		}
		pages.ServeHTTP(w, r.WithContext(ctx))
	})))
	t.Cleanup(srv.Close)
	return srv
}

func ask(t *testing.T, who, method, address string, form url.Values) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("As", who)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(body)
}

// An administrator says where a hall lies, in a system that is named; everybody
// finds it by distance, with a script or without; no position stands in an address.
func TestHalls_nearMe(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), schedule.Migrations(), once.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		url0 := portal(t, d).URL
		wants := func(code int, body string, status int, words ...string) {
			t.Helper()
			if code != status {
				t.Fatalf("status %d, want %d: %.300s", code, status, body)
			}
			for _, w := range words {
				if !strings.Contains(body, w) {
					t.Errorf("no %q", w)
				}
			}
		}
		code, head, body := ask(t, "", "GET", url0+"/halls?region=449901", nil)
		wants(code, body, 200, "离我近的大厅", `action="/halls/near"`, "data-here hidden", "/halls/files/near.js", "填经纬度找")
		if got := head.Get("Permissions-Policy"); !strings.Contains(got, "geolocation=(self)") || strings.Contains(body, "登记坐标") {
			t.Errorf("policy %q", got)
		}
		if strings.Contains(body, "下级地区") {
			t.Error("a division above stands below")
		}
		code, _, body = ask(t, "", "GET", url0+"/halls/files/near.js", nil)
		wants(code, body, 200, "click", "getCurrentPosition")
		if strings.Index(body, "getCurrentPosition") < strings.Index(body, "click") {
			t.Error("the position is asked before the button is pressed")
		}
		here := url.Values{"latitude": {"23.10"}, "longitude": {"113.30"}, "system": {"wgs84"}}
		code, head, body = ask(t, "", "POST", url0+"/halls/near", here)
		wants(code, body, 200, "还没有登记了坐标的大厅", `href="/halls"`)
		if head.Get("Cache-Control") != "no-store" {
			t.Error("a page about a position is kept")
		}
		code, _, body = ask(t, "", "POST", url0+"/halls/near", url.Values{"latitude": {"北"}, "longitude": {"113"}, "system": {"wgs84"}})
		wants(code, body, 422, "填纬度", `value="北"`)

		code, _, body = ask(t, "anna", "GET", url0+"/halls?region=449901", nil)
		wants(code, body, 200, "登记坐标", `name="latitude.0"`)
		_, rest, _ := strings.Cut(body, `name="address" value="`)
		address, _, _ := strings.Cut(rest, `"`)
		place := url.Values{"region": {"449901"}, "hall": {"0"}, "address": {address}, "latitude.0": {"23.11"}, "longitude.0": {"113.31"}, "system.0": {"gcj02"}, "source.0": {"示例地名库"}}
		if code, _, _ := ask(t, "", "POST", url0+"/halls/places", place); code != 401 && code != 303 && code != 403 {
			t.Errorf("anybody places a hall: %d", code)
		}
		if code, head, body := ask(t, "anna", "POST", url0+"/halls/places", place); code != 303 || head.Get("Location") != "/halls?region=449901" {
			t.Fatalf("%d %s: %.200s", code, head.Get("Location"), body)
		}
		code, _, body = ask(t, "", "GET", url0+"/halls?region=449901&lang=en", nil)
		wants(code, body, 200, "23.11000, 113.31000", "GCJ-02 (maps published in China)", "示例地名库")
		code, _, body = ask(t, "", "POST", url0+"/halls/near", here)
		wants(code, body, 200, "约 1.", "公里", "GCJ-02")
		far := url.Values{"latitude": {"23.112"}, "longitude": {"113.305"}, "system": {"wgs84"}}
		code, _, body = ask(t, "", "POST", url0+"/halls/near", far)
		wants(code, body, 200, "约 ", " 米")
	})
}
