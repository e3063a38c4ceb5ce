package stock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	stockapi "tongban/gov/certificates/api/stock"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	stockweb "tongban/gov/certificates/web/stock"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sign"
	"tongban/platform/web"
	"tongban/ui"
)

const (
	office = "114499019000000222"
	health = "114499019000000222103"
)

var tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), certificates.Migrations()}

type site struct {
	t     *testing.T
	stock *stock.Service
	certs *certificates.Service
	types *kinds.Service
	clock *clock.Fake
	pages http.Handler
	api   http.Handler
}

func officerOf(id, org string, permissions ...string) auth.Principal {
	slices.Sort(permissions)
	return auth.Principal{ID: id, Kind: auth.KindOfficer, Name: id, Grants: []auth.Grant{{Permissions: permissions, Region: identity.SampleDistrict, Org: org}}}
}

// callers are who the tests come as; the header names one.
var callers = map[string]auth.Principal{
	"taker":    officerOf("acc_taker", office, stock.MaySee.Name, stock.MayTakeIn.Name),
	"releaser": officerOf("acc_releaser", office, stock.MaySee.Name, stock.MayRelease.Name),
	"other":    officerOf("acc_other", "11449901900000049R", stock.MaySee.Name, stock.MayTakeIn.Name, stock.MayRelease.Name),
}

func newSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	x := &site{t: t, clock: clock.NewFake(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))}
	key := must(sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: x.clock}))
	store := must(files.Open(t.TempDir()))
	who := must(identity.New(identity.Deps{DB: d, Clock: x.clock, Region: "440000", Key: make([]byte, 32)}))
	x.types = kinds.New(kinds.Deps{DB: d, Clock: x.clock})
	if err := x.types.Seed(t.Context(), identity.SampleDistrict); err != nil {
		t.Fatal(err)
	}
	keys := certificates.NodeKeys{Signer: key}
	x.certs = certificates.New(certificates.Deps{DB: d, Clock: x.clock, Signer: keys, Checker: keys, Seal: key, Forms: key, Trust: certificates.TrustOf(key, "https://zwfw.tongban.example"), Files: store,
		BaseURL: "https://zwfw.tongban.example", Regions: []string{identity.SampleDistrict}, Kinds: x.types})
	x.stock = stock.New(stock.Deps{DB: d, Clock: x.clock, Certificates: x.certs, Types: x.types, People: who, Files: store, Regions: []string{identity.SampleDistrict}})
	x.certs.Stock = x.stock
	bundle := i18n.NewBundle()
	for _, f := range []fs.FS{stockweb.Strings, files.Strings, ui.Strings} {
		if err := bundle.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	pages := web.NewPages(log, func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, f.Code+" "+web.Words(r.Context(), f), web.Status(f.Kind))
	})
	pages.Add(stockweb.Routes(stockweb.Deps{Stock: x.stock, Types: x.types, Files: store, Clock: x.clock, Region: identity.SampleDistrict})...)
	api := web.NewAPI("test", "1", log)
	stockapi.Register(api, stockapi.Deps{Stock: x.stock})
	as := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := i18n.With(r.Context(), bundle, i18n.Parse(r.Header.Get("Accept-Language")))
			if p, ok := callers[r.Header.Get("As")]; ok {
				ctx = auth.With(ctx, p)
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	x.pages, x.api = as(pages), as(api)
	return x
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (x *site) send(h http.Handler, who, method, path, kind string, body []byte) *httptest.ResponseRecorder {
	x.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("As", who)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// page gets a page that has to be there and to have some words.
func (x *site) page(who, path string, has ...string) string {
	x.t.Helper()
	w := x.send(x.pages, who, http.MethodGet, path, "", nil)
	if w.Code != http.StatusOK {
		x.t.Fatalf("GET %s as %s: %d %s", path, who, w.Code, w.Body)
	}
	for _, s := range has {
		if !strings.Contains(w.Body.String(), s) {
			x.t.Errorf("GET %s as %s: no %q", path, who, s)
		}
	}
	return w.Body.String()
}

// post sends a form and gives where it leads.
func (x *site) post(who, path string, pairs ...string) string {
	x.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	w := x.send(x.pages, who, http.MethodPost, path, "application/x-www-form-urlencoded", []byte(v.Encode()))
	if w.Code != http.StatusSeeOther {
		x.t.Fatalf("POST %s as %s: %d %s", path, who, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func (x *site) work() {
	x.t.Helper()
	for {
		did, err := x.stock.WorkOnce(context.Background())
		if err != nil {
			x.t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

func upload(t *testing.T, file []byte, fields ...string) (string, []byte) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if file != nil {
		must(must(m.CreateFormFile("file", "health.csv")).Write(file))
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), b.Bytes()
}

// Two officers bring the sample file from the page to certificates that verify.
func TestPages_fromSampleToSigned(t *testing.T) {
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		x := newSite(t, d)
		x.page("taker", "/stock", "健康证明", "/stock/sample.csv?type="+health)
		sample := x.send(x.pages, "taker", http.MethodGet, "/stock/sample.csv?type="+health, "", nil).Body.Bytes()
		kind, body := upload(t, nil, "type", health, "grade", "A")
		if w := x.send(x.pages, "taker", http.MethodPost, "/stock", kind, body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "请选择台账文件") {
			t.Errorf("no file: %d", w.Code)
		}
		kind, body = upload(t, sample, "type", health, "grade", "D")
		if w := x.send(x.pages, "taker", http.MethodPost, "/stock", kind, body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "可信等级") {
			t.Errorf("grade D: %d", w.Code)
		}
		kind, body = upload(t, sample, "type", "11449901900000030W001", "grade", "A", "issuer", health[:18], "issuer_name", "示例区市场监督管理局")
		if w := x.send(x.pages, "taker", http.MethodPost, "/stock", kind, body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "由这些机构颁发：示例区消防救援大队、消防救援；示例区市场监督管理局不在其中") {
			t.Errorf("of a type that others issue: %d", w.Code)
		}
		kind, body = upload(t, sample, "type", health, "grade", "A")
		w := x.send(x.pages, "taker", http.MethodPost, "/stock", kind, body)
		if w.Code != http.StatusSeeOther {
			t.Fatalf("upload: %d %s", w.Code, w.Body)
		}
		mapping := w.Header().Get("Location")
		run := strings.TrimSuffix(mapping, "/mapping")
		x.page("taker", mapping, "王示例", "col.holder_name", "没有问题")
		if w := x.send(x.pages, "other", http.MethodGet, run, "", nil); w.Code != http.StatusNotFound {
			t.Errorf("another office: %d", w.Code)
		}
		if w := x.send(x.pages, "taker", http.MethodPost, mapping, "application/x-www-form-urlencoded", []byte("then=try")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "没有对应的列") {
			t.Errorf("no columns: %d", w.Code)
		}
		x.post("taker", mapping, "name", "健康证明台账", "then", "try", "col.number", "证照编号", "col.holder_name", "持证主体", "col.holder_number", "持证主体代码", "col.granted", "颁发日期", "col.valid_from", "有效期起始日期", "col.valid_until", "有效期截止日期",
			"col.field.name", "持证主体", "col.field.number", "持证主体代码", "col.field.sex", "性别", "fix.field.hospital", "示例区虚构医院", "col.field.examined", "体检日期")
		x.work()
		x.page("taker", run, "已试运行", "日期写法不对", "重复的行", "正式接收")
		if csv := x.send(x.pages, "taker", http.MethodGet, run+"/findings.csv", "", nil).Body.String(); !strings.Contains(csv, "某年某日") {
			t.Errorf("findings: %s", csv)
		}
		x.post("taker", run+"/act", "act", "take")
		x.work()
		if body := x.page("taker", run, "已接收，待放行"); strings.Contains(body, `value="release"`) {
			t.Error("who took it in is offered the release")
		}
		if w := x.send(x.pages, "taker", http.MethodPost, run+"/act", "application/x-www-form-urlencoded", []byte("act=release")); w.Code != http.StatusForbidden {
			t.Errorf("released by the taker: %d", w.Code)
		}
		x.page("releaser", run, `value="release"`, "抽查记录", "示例〔2026〕0001号", "王示例 4499****")
		if body := x.page("releaser", run+"?from=4"); strings.Contains(body, "示例〔2026〕0001号") || strings.Count(body, "<tr") < 2 {
			t.Error("records from a line on")
		}
		x.post("releaser", run+"/act", "act", "release")
		x.page("releaser", run, "签发多少条")
		x.post("releaser", run+"/act", "act", "issue", "n", "1")
		x.work()
		x.page("releaser", run, "已放行，分批签发")
		x.post("releaser", run+"/act", "act", "issue")
		x.work()
		x.page("releaser", run, "已签发")
		if r, err := x.certs.CheckNumber(t.Context(), "示例〔2026〕0001号", "王示例", "x"); err != nil || !r.OK {
			t.Errorf("check: %+v %v", r, err)
		}
		x.page("releaser", "/stock", "health.csv")
		for _, path := range []string{"/stock", run} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("As", "releaser")
			r.Header.Set("Accept-Language", "en")
			w := httptest.NewRecorder()
			if x.pages.ServeHTTP(w, r); !strings.Contains(w.Body.String(), "Health certificate of food workers") {
				t.Errorf("%s in English names the type in Chinese", path)
			}
		}
		x.again(sample)
	})
}

// again takes the same certificates in once more, one under another name: what
// is signed already is compared with it, and not replaced here.
func (x *site) again(sample []byte) {
	x.t.Helper()
	kind, body := upload(x.t, bytes.Replace(sample, []byte("赵虚构"), []byte("赵虚拟"), 1), "type", health, "grade", "A")
	mapping := x.send(x.pages, "taker", http.MethodPost, "/stock", kind, body).Header().Get("Location")
	run := strings.TrimSuffix(mapping, "/mapping")
	if list := x.page("releaser", "/stock", run); strings.Contains(list, mapping) {
		x.t.Error("who may not map is led to the mapping")
	}
	x.page("taker", run, `value="withdraw"`)
	x.post("taker", run+"/act", "act", "try")
	x.work()
	x.post("taker", run+"/act", "act", "take")
	x.work()
	doubts := x.page("taker", run+"/doubts", "赵虚拟", "赵虚构", "不一致", "另一份已经签发", `value="drop"`)
	if strings.Contains(doubts, `value="replace"`) {
		x.t.Error("a signed certificate is offered to be replaced")
	}
	line := doubts[strings.Index(doubts, `name="how`)+len(`name="how`):]
	line = line[:strings.Index(line, `"`)]
	w := x.send(x.pages, "taker", http.MethodPost, run+"/doubts/"+line, "application/x-www-form-urlencoded", []byte("how"+line+"=drop"))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "checked") {
		x.t.Errorf("without a reason: %d, and what was chosen is lost", w.Code)
	}
}

// The same by the interface, with a doubt settled.
func TestAPI_fromFileToSettled(t *testing.T) {
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		x := newSite(t, d)
		ask := func(who, method, path string, body any, want int) map[string]any {
			t.Helper()
			raw, kind := []byte(nil), "application/json"
			switch b := body.(type) {
			case []byte:
				raw, kind = b, "application/octet-stream"
			case nil:
			default:
				raw = must(json.Marshal(b))
			}
			w := x.send(x.api, who, method, path, kind, raw)
			if w.Code != want {
				t.Fatalf("%s %s as %s: %d %s", method, path, who, w.Code, w.Body)
			}
			var out map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
				t.Fatal(err)
			}
			return out
		}
		ty := must(x.types.InForce(t.Context(), health))
		file := stock.Example(ty, ty.By.Zh, x.clock.Now())
		two := bytes.Replace(file, []byte("示例〔2026〕0002号"), []byte("示例〔2026〕0001号"), 1) // two people, one number
		begun := ask("taker", http.MethodPost, "/api/v1/stock-runs/"+identity.SampleDistrict+"?name=h.csv&type="+health, two, http.StatusOK)
		run := fmt.Sprintf("/api/v1/stock-runs/%s/%s", begun["region"], begun["id"])
		ask("other", http.MethodGet, run, nil, http.StatusNotFound)
		for _, act := range []string{"try", "take"} {
			ask("taker", http.MethodPost, run+"/acts", map[string]any{"act": act}, http.StatusOK)
			x.work()
		}
		got := ask("taker", http.MethodGet, run, nil, http.StatusOK)
		if got["state"] != "held" || got["report"].(map[string]any)["conflicts"].(float64) != 1 {
			t.Fatalf("%v", got)
		}
		if f := ask("taker", http.MethodGet, run+"/findings?rule=conflict", nil, http.StatusOK)["findings"].([]any); len(f) != 1 {
			t.Errorf("findings: %v", f)
		}
		doubts := ask("taker", http.MethodGet, run+"/doubts", nil, http.StatusOK)["doubts"].([]any)
		line := int(doubts[0].(map[string]any)["line"].(float64))
		ask("taker", http.MethodPost, fmt.Sprintf("%s/doubts/%d", run, line), map[string]any{"how": "drop", "note": ""}, http.StatusUnprocessableEntity)
		settled := ask("taker", http.MethodPost, fmt.Sprintf("%s/doubts/%d", run, line), map[string]any{"how": "drop", "note": "重号"}, http.StatusOK)
		if settled["state"] != "discarded" {
			t.Errorf("%v", settled)
		}
		ask("taker", http.MethodPost, run+"/acts", map[string]any{"act": "release"}, http.StatusForbidden)
		ask("releaser", http.MethodPost, run+"/acts", map[string]any{"act": "release"}, http.StatusOK)
		ask("releaser", http.MethodPost, run+"/acts", map[string]any{"act": "issue"}, http.StatusOK)
		x.work()
		if list := ask("releaser", http.MethodGet, "/api/v1/stock-runs", nil, http.StatusOK)["runs"].([]any); list[0].(map[string]any)["state"] != "issued" {
			t.Errorf("%v", list)
		}
	})
}
