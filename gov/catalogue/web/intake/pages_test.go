package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/api/imports"
	"tongban/gov/catalogue/intake"
	"tongban/gov/catalogue/outlet"
	pages "tongban/gov/catalogue/web/intake"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/web"
	"tongban/ui"
)

const region = "440000"

var designer = auth.Principal{ID: "acc_1", Kind: auth.KindOfficer, Name: "示例·事项管理员",
	Grants: []auth.Grant{{Permissions: []string{catalogue.MayExportItems.Name, catalogue.MayImportItems.Name}, Region: region, Subtree: true}}}

type bench struct {
	intake *intake.Service
	pages  http.Handler
	api    http.Handler
}

func onBoth(t *testing.T, f func(t *testing.T, b bench)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), schedule.Migrations(), once.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		store, err := files.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		cat := catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: os.DirFS("../../../../items")})
		in := intake.New(intake.Deps{DB: d, Clock: clock.System, Catalogue: cat, Files: store})
		out := outlet.New(outlet.Deps{DB: d, Clock: clock.System, Catalogue: cat, BaseURL: "https://example.gov.cn"})
		words := i18n.NewBundle()
		for _, f := range []fs.FS{pages.Strings, files.Strings, ui.Strings} {
			if err := words.Add(f); err != nil {
				t.Fatal(err)
			}
		}
		log := slog.New(slog.DiscardHandler)
		p := web.NewPages(log, func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
			http.Error(w, web.Words(r.Context(), f), web.Status(f.Kind))
		})
		p.Add(pages.Routes(pages.Deps{Intake: in, Outlet: out, Clock: clock.System, Region: region})...)
		a := web.NewAPI("test", "1", log)
		imports.Register(a, imports.Deps{Intake: in, Outlet: out})
		as := func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx := i18n.With(r.Context(), words, i18n.Parse(r.Header.Get("Accept-Language")))
				if r.Header.Get("X-Nobody") == "" {
					ctx = auth.With(ctx, designer)
				}
				h.ServeHTTP(w, r.WithContext(ctx))
			})
		}
		f(t, bench{in, as(p), as(a)})
	})
}

func ask(t *testing.T, h http.Handler, r *http.Request, want int) (string, http.Header) {
	t.Helper()
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != want {
		t.Fatalf("%s %s: %d, want %d: %.500s", r.Method, r.URL, w.Code, want, w.Body)
	}
	return w.Body.String(), w.Header()
}

func post(path string, form url.Values) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func upload(name, body string) *http.Request {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, _ := m.CreateFormFile("file", name) // to memory
	w.Write([]byte(body))
	m.Close()
	r := httptest.NewRequest("POST", "/imports", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

const sheet = "事项名称,实施编码,事项类型代码,实施主体,统一社会信用代码\n虚构事项,11440000006939756B2440101901000,21,虚构机构,11440000006939756B\n,短,01,虚构机构,11440000006939756B\n"

func TestPages_fromTheFileToTheItems(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		_, h := ask(t, b.pages, upload(`C:\表\省表.csv`, sheet), http.StatusSeeOther)
		at := strings.TrimSuffix(h.Get("Location"), "/mapping")
		body, _ := ask(t, b.pages, httptest.NewRequest("GET", at+"/mapping", nil), 200)
		if !strings.Contains(body, `name="code.item_type.21"`) || !strings.Contains(body, "省表") {
			t.Fatalf("the code 21 is not asked for: %.300s", body)
		}
		form := url.Values{"format": {"sheet"}, "role.0": {"item"}, "code.item_type.21": {"20"}, "name": {"省表"}, "then": {"try"}}
		for i, key := range []string{"name", "task_code", "task_type_code", "dept_name", "dept_uscc"} {
			form.Set("col.0."+string(rune('0'+i)), key)
		}
		ask(t, b.pages, post(at+"/mapping", form), http.StatusSeeOther)
		body, h = ask(t, b.pages, httptest.NewRequest("GET", at, nil), 200)
		if !strings.Contains(body, "排队") || !strings.Contains(body, "<progress") {
			t.Errorf("no progress: %s %.400s", h.Get("Refresh"), body)
		}
		ask(t, b.pages, post(at+"/start", url.Values{"way": {"real"}}), http.StatusConflict)
		b.work(t)
		body, _ = ask(t, b.pages, httptest.NewRequest("GET", at, nil), 200)
		for _, want := range []string{"已试运行", "将新增", "正式导入", "不是实施编码", "problems.csv"} {
			if !strings.Contains(body, want) {
				t.Errorf("the result does not say %s", want)
			}
		}
		ask(t, b.pages, post(at+"/start", url.Values{"way": {"real"}}), http.StatusSeeOther)
		b.work(t)
		body, h = ask(t, b.pages, httptest.NewRequest("GET", at+"/problems.csv", nil), 200)
		if !strings.Contains(body, "省表,3,") || !strings.Contains(h.Get("Content-Disposition"), "attachment") {
			t.Errorf("problems: %q", body)
		}
		if body, _ = ask(t, b.pages, httptest.NewRequest("GET", "/items/440000/11440000006939756B2440101901000/linked-data", nil), 200); !strings.Contains(body, "虚构事项") {
			t.Errorf("linked data: %.300s", body)
		}
		if body, _ = ask(t, b.pages, httptest.NewRequest("GET", "/sitemap.xml", nil), 200); !strings.Contains(body, "11440000006939756B2440101901000") {
			t.Errorf("site map: %.300s", body)
		}
		if body, _ = ask(t, b.pages, httptest.NewRequest("GET", "/robots.txt", nil), 200); !strings.Contains(body, "/sitemap.xml\n") || !strings.Contains(body, "Disallow: /verify/\n") {
			t.Errorf("robots: %q", body)
		}
		if body, h = ask(t, b.pages, httptest.NewRequest("GET", "/exports/file?format=guides", nil), 200); !strings.Contains(body, "虚构事项") || !strings.Contains(h.Get("Content-Disposition"), ".jsonl") {
			t.Errorf("export: %.300s", body)
		}
		ask(t, b.pages, httptest.NewRequest("GET", "/exports/file?format=xlsx&since=gestern", nil), http.StatusUnprocessableEntity)
		ask(t, b.pages, httptest.NewRequest("GET", "/exports/file?format=paper", nil), http.StatusUnprocessableEntity)
		ask(t, b.pages, upload("leer.csv", ""), http.StatusUnprocessableEntity)
		ask(t, b.pages, upload("a.pdf", "%PDF-1.7"), http.StatusUnprocessableEntity)
	})
}

func (b bench) work(t *testing.T) {
	t.Helper()
	if did, err := b.intake.WorkOnce(context.Background()); err != nil || !did {
		t.Fatalf("did %v, %v", did, err)
	}
}

func TestAPI_fromTheFileToTheItems(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		send := func(method, path, kind, body string, want int) map[string]any {
			t.Helper()
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.Header.Set("Content-Type", kind)
			raw, _ := ask(t, b.api, r, want)
			var out map[string]any
			if err := json.Unmarshal([]byte(raw), &out); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
			return out
		}
		const plain = "application/json"
		run := send("POST", "/api/v1/imports/440000?name=x.csv", "application/octet-stream", sheet, 200)
		at := "/api/v1/imports/440000/" + run["id"].(string)
		m, _ := json.Marshal(run["mapping"])
		full := strings.Replace(string(m), `"item_type":{`, `"item_type":{"21":"20",`, 1)
		send("PUT", at+"/mapping", plain, full, 200)
		send("PUT", at+"/mapping", plain, strings.Replace(full, `"21":"20"`, `"21":"99"`, 1), 422)
		send("POST", at+"/start", plain, `{"dry_run":true}`, 200)
		b.work(t)
		got := send("GET", at, plain, "", 200)
		if r := got["report"].(map[string]any); got["state"] != "done" || r["new"] != 1.0 || r["rejected"] != 1.0 {
			t.Errorf("got %v", got)
		}
		if p := send("GET", at+"/problems", plain, "", 200)["problems"].([]any); len(p) != 2 || p[0].(map[string]any)["line"] != 3.0 {
			t.Errorf("problems: %v", p)
		}
		if l := send("GET", "/api/v1/imports/440000", plain, "", 200)["imports"].([]any); len(l) != 1 {
			t.Errorf("imports: %v", l)
		}
		send("GET", "/api/v1/imports/440000/imp_none", plain, "", 404)
		r := httptest.NewRequest("GET", at, nil)
		r.Header.Set("X-Nobody", "1")
		ask(t, b.api, r, http.StatusUnauthorized)
	})
}
