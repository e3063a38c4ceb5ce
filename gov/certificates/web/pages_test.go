package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	certificatesapi "tongban/gov/certificates/api"
	"tongban/gov/certificates/keys"
	"tongban/gov/certificates/kinds"
	certificatesweb "tongban/gov/certificates/web"
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
	"tongban/ui/static"
)

const (
	region = "449901"
	office = "114499019000000222"
	name   = "示例·𠮷𪚥䶮"
	number = "449901199001010015"
)

var tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), certificates.Migrations()}

type site struct {
	t       testing.TB
	s       *certificates.Service
	types   *kinds.Service
	d       *db.DB
	clock   *clock.Fake
	handler http.Handler
	trust   certificates.Trust
}

// callers are who the tests come as; the header names one.
var callers = map[string]auth.Principal{
	"holder":   person("per_wang"),
	"stranger": person("per_li"),
	"officer":  officerOf(office, "certificates.manage", "certificates.read"),
	"designer": officerOf("", "certificates.types.define"),
	"approver": officerOf("", "certificates.types.approve"),
	"other":    officerOf("11449901900000049R", "certificates.manage", "certificates.read"),
}

func person(id string) auth.Principal {
	return auth.Principal{ID: "acc_" + id, Kind: auth.KindPerson, Name: id, Person: id, Grants: []auth.Grant{{Permissions: []string{"certificates.hold"}, Own: true}}}
}

func officerOf(org string, permissions ...string) auth.Principal {
	return auth.Principal{ID: "acc_" + org + permissions[0], Kind: auth.KindOfficer, Name: org, Grants: []auth.Grant{{Permissions: permissions, Region: region, Org: org}}}
}

func words(t testing.TB) *i18n.Bundle {
	t.Helper()
	b := i18n.NewBundle()
	for _, f := range []fs.FS{certificatesweb.Strings, files.Strings, ui.Strings} {
		if err := b.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func newSite(t testing.TB, d *db.DB) *site {
	t.Helper()
	x := &site{t: t, d: d, clock: clock.NewFake(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))}
	key, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: x.clock})
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keys := certificates.NodeKeys{Signer: key}
	x.trust = certificates.TrustOf(key, "https://zwfw.tongban.example")
	x.s = certificates.New(certificates.Deps{DB: d, Clock: x.clock, Signer: keys, Checker: keys, Seal: key, Forms: key, Trust: x.trust, Files: store,
		BaseURL: "https://zwfw.tongban.example", Regions: []string{region}})
	x.types = kinds.New(kinds.Deps{DB: d, Clock: x.clock})
	log := slog.New(slog.DiscardHandler)
	pages := web.NewPages(log, func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, f.Code+" "+web.Words(r.Context(), f), web.Status(f.Kind))
	})
	pages.Add(certificatesweb.Routes(certificatesweb.Deps{Certificates: x.s, Types: x.types, TypeRegion: region, ItemsOf: itemsOf})...)
	api := web.NewAPI("test", "1", log)
	certificatesapi.Register(api, certificatesapi.Deps{Certificates: x.s, Types: x.types, ItemsOf: itemsOf})
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.Handle("/api/", api)
	mux.Handle("/", pages)
	x.handler = ui.WithPreferences(words(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := ui.WithShell(r.Context(), ui.Shell{Site: "示例市政务服务网", Nav: map[ui.Face][]ui.Entry{ui.Portal: {{Key: "verify", Text: "查验", Href: "/verify", Icon: "shield"}}}})
		if p, ok := callers[r.Header.Get("Test-Caller")]; ok {
			ctx = auth.With(ctx, p)
		}
		mux.ServeHTTP(w, r.WithContext(ctx))
	}))
	return x
}

func onBoth(t *testing.T, f func(t *testing.T, x *site)) {
	t.Helper()
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) { f(t, newSite(t, d)) })
}

func (x *site) issue(p certificates.Paper) certificates.Paper {
	x.t.Helper()
	err := x.d.Write(auth.System(context.Background(), "test"), func(tx *db.Tx) (err error) {
		p, err = x.s.IssueTx(context.Background(), tx, p)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return p
}

func certificate() certificates.Paper {
	return certificates.Paper{Kind: certificates.Certificate, Region: region, Case: "cas_1", CaseNumber: "4499012600000017", Item: "1", ItemName: "居住证首次申领", Issuer: office,
		IssuerName: "示例区公安分局（虚构）", Owners: []string{"per_wang"}, HolderName: name, HolderNumber: number, Type: "11449901900000065F001", Title: "居住证",
		Fields:    []certificates.Field{{Key: "name", Label: "姓名", LabelEn: "Name", Value: name}, {Key: "number", Label: "公民身份号码", LabelEn: "ID number", Value: number}, {Key: "address", Label: "居住地住址", LabelEn: "Address", Value: "示例区虚构街道样张路1号"}},
		Text:      []string{"持证人在示例区居住。"},
		ValidFrom: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), ValidUntil: time.Date(2027, 11, 22, 15, 59, 59, 0, time.UTC)}
}

// do answers one request of a caller ("" is nobody).
func (x *site) do(caller, method, path, kind string, body []byte) *httptest.ResponseRecorder {
	x.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Test-Caller", caller)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, r)
	for _, key := range regexp.MustCompile(`⟦[^⟧]*⟧`).FindAllString(w.Body.String(), -1) {
		if !strings.HasPrefix(key, "⟦fault.authz.") { // the app has those
			x.t.Errorf("%s: a text is missing: %s", path, key)
		}
	}
	return w
}

func (x *site) get(caller, path string) *httptest.ResponseRecorder {
	x.t.Helper()
	return x.do(caller, http.MethodGet, path, "", nil)
}

func (x *site) post(caller, path string, pairs ...string) *httptest.ResponseRecorder {
	x.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return x.do(caller, http.MethodPost, path, "application/x-www-form-urlencoded", []byte(v.Encode()))
}

func (x *site) upload(body []byte) *httptest.ResponseRecorder {
	x.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "居住证.pdf")
	if err != nil {
		x.t.Fatal(err)
	}
	part.Write(body)
	m.Close()
	return x.do("", http.MethodPost, "/verify", m.FormDataContentType(), b.Bytes())
}

func want(t *testing.T, what string, w *httptest.ResponseRecorder, status int, texts ...string) string {
	t.Helper()
	body := w.Body.String()
	if w.Code != status {
		t.Errorf("%s: status %d, want %d\n%.300s", what, w.Code, status, body)
	}
	for _, s := range texts {
		if !strings.Contains(body, s) {
			t.Errorf("%s: no %q in\n%s", what, s, body)
		}
	}
	return body
}

func TestVerify_byCode(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		want(t, "form", x.get("", "/verify"), 200, `name="code"`, `name="file"`, `enctype="multipart/form-data"`)
		w := x.post("", "/verify", "code", " "+strings.ToLower(certificates.ShowCode(p.Code))+" ")
		if w.Code != 303 || w.Header().Get("Location") != "/verify/"+p.Code {
			t.Fatalf("typed: %d %s", w.Code, w.Header().Get("Location"))
		}
		body := want(t, "valid", x.get("", "/verify/"+p.Code), 200, "有效", "示*****", "4499**********0015", "示例区公安分局（虚构）", "居住证", p.Number, "2027年11月22日", "以上情况截至", "2026年11月23日 09:00", "相符")
		for _, secret := range []string{name, number, "样张路", "cas_1", "per_wang"} {
			if strings.Contains(body, secret) {
				t.Errorf("the public page shows %q", secret)
			}
		}
		want(t, "in English", x.get("", "/verify/"+p.Code+"?lang=en"), 200, "is valid now", "As of", "22 November 2027")
		want(t, "empty", x.post("", "/verify", "code", ""), 422, "填写查验码", `href="#f-code"`)
		want(t, "short", x.post("", "/verify", "code", "ABC"), 422, `value="ABC"`, "查验码是 12 位")
		want(t, "unknown", x.get("", "/verify/AAAA-AAAA-AAAA"), 404, "没有用这个查验码签发的文书", `value="AAAA-AAAA-AAAA"`)
		want(t, "nonsense", x.get("", "/verify/%3Cscript%3E"), 404, "查验码是 12 位", "&lt;script&gt;")
		x.clock.Set(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
		want(t, "expired", x.get("", "/verify/"+p.Code), 200, "已过期", "有效期到2027年11月22日")
		for range 40 {
			x.get("", "/verify/AAAA-AAAA-AAAA")
		}
		want(t, "guessing", x.get("", "/verify/AAAA-AAAA-AAAA"), 429, "certificates.too_many_guesses")
	})
}

// The whole text of a code is checked for what is signed in it, not only for
// the address.
func TestVerify_byScannedText(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		f, err := x.s.Paper(auth.System(t.Context(), "test"), p.Region, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		list, err := x.s.Codes(f)
		if err != nil {
			t.Fatal(err)
		}
		text := "https://zwfw.tongban.example/verify/" + p.Code + "#" + list[0]
		body := want(t, "good", x.post("", "/verify", "code", text), 200, "有效", "示*****", "二维码里的签名是本网站信任的密钥签的", "样张路", "A级：颁发机构签发")
		if strings.Contains(body, number) && !strings.Contains(body, "样张路") {
			t.Error("the number of the holder is shown")
		}
		b := []byte(text)
		b[len(b)-9] ^= 1
		want(t, "altered", x.post("", "/verify", "code", string(b)), 200, "不能作数")
	})
}

func TestVerify_byFile(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		file := x.get("holder", "/papers/"+region+"/"+p.ID+".pdf").Body.Bytes()
		want(t, "genuine", x.upload(file), 200, "有效", p.Number, "示*****", "示例节点", "页面上的文字与签发数据逐项一致")
		changed := bytes.Clone(file)
		changed[len(changed)/3] ^= 1
		body := want(t, "changed", x.upload(changed), 200, "不能作数", "这份文件签名以后改动过", "不符", "没有核对")
		if strings.Contains(body, "现在有效。") {
			t.Error("a changed file is called valid")
		}
		want(t, "cut", x.upload(file[:len(file)-100]), 200, "不能作数", "这份文件不完整")
		want(t, "no PDF", x.upload([]byte("hello")), 200, "不能作数", "这不是本网站签发的任何一种文件")
		want(t, "empty", x.upload(nil), 422, "「居住证.pdf」里没有内容")
		want(t, "too big", x.upload(make([]byte, 20<<20+1)), 422, "「居住证.pdf」有 20.", "上限 20 MB")
		var none bytes.Buffer
		m := multipart.NewWriter(&none)
		m.Close()
		want(t, "no file", x.do("", "POST", "/verify", m.FormDataContentType(), none.Bytes()), 422, "选择要查验的文件")
	})
}

func TestPaper_pagesAndFile(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		path := "/papers/" + region + "/" + p.ID
		want(t, "holder", x.get("holder", path), 200, name, number, "样张路", certificates.ShowCode(p.Code), path+".pdf", "/verify/"+p.Code)
		w := x.get("holder", path+".pdf")
		want(t, "file", w, 200, "%PDF-1.7")
		_, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
		if err != nil || params["filename"] != "居住证 "+p.Number+".pdf" || w.Header().Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %v %v", w.Header().Get("Content-Disposition"), params, err)
		}
		for _, last := range []string{"", ".pdf"} {
			want(t, "stranger "+last, x.get("stranger", path+last), 404, "certificates.no_paper")
			want(t, "other office "+last, x.get("other", path+last), 404, "certificates.no_paper")
			want(t, "nobody "+last, x.get("", path+last), 401)
			want(t, "no such paper "+last, x.get("holder", "/papers/"+region+"/pap_x"+last), 404)
		}
		want(t, "officer", x.get("officer", path), 200, "办理变动", "/acts/revoke", "/acts/renew")
		want(t, "list", x.get("holder", "/my/papers"), 200, "居住证", p.Number, path)
		want(t, "empty list", x.get("stranger", "/my/papers"), 200, "还没有证照和文书")
		if strings.Contains(x.get("holder", path).Body.String(), "/acts/") {
			t.Error("the holder is offered to revoke")
		}
		next := x.post("officer", path+"/acts/renew", "reason", "居住状况未变", "basis", "《居住证暂行条例》第十条", "until", "2028-11-22").Header().Get("Location")
		if next == "" || next == path {
			t.Fatalf("renewed: %q", next)
		}
		want(t, "version before", x.get("holder", next), 200, "上一版本", p.Identifier, `href="`+path+`"`)
		want(t, "version before in English", x.get("holder", next+"?lang=en"), 200, "See the version before")
		want(t, "next version", x.get("holder", path), 200, "查看新版本", `href="`+next+`"`)
	})
}

func TestRevoke_pages(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		path := "/papers/" + region + "/" + p.ID
		want(t, "form", x.get("officer", path+"/acts/revoke"), 200, `name="reason"`, `name="basis"`, "不办了，返回", "吊销《居住证》")
		want(t, "holder", x.get("holder", path+"/acts/revoke"), 403)
		want(t, "other office", x.get("other", path+"/acts/revoke"), 404)
		want(t, "no basis", x.post("officer", path+"/acts/revoke", "reason", "查实不在此居住"), 422, "查实不在此居住", "写明依据，到条款项")
		w := x.post("officer", path+"/acts/revoke", "reason", "查实不在此居住", "basis", "《居住证暂行条例》第十八条")
		if w.Code != 303 || w.Header().Get("Location") != path {
			t.Fatalf("revoked: %d %s", w.Code, w.Body)
		}
		want(t, "page", x.get("holder", path), 200, "已吊销", "查实不在此居住", "《居住证暂行条例》第十八条")
		want(t, "check", x.get("", "/verify/"+p.Code), 200, "已吊销", "查实不在此居住", "不能使用", "不符")
		want(t, "twice", x.post("officer", path+"/acts/revoke", "reason", "a", "basis", "b"), 409, "certificates.not_now", "已吊销")
	})
}

// exposed is a register whose keys others have had all along.
type exposed struct{ trust certificates.Trust }

func (e *exposed) Keys(string) (keys.Office, error) { return nil, keys.ErrKeyRevoked }
func (e *exposed) Trust() *certificates.Trust       { return &e.trust }

// A paper on record whose key others had when it was issued is refused on the page of
// its code with that reason, and its holder reads the same.
func TestKeyRevoked_isSaid(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		ring := &exposed{x.trust}
		ring.trust.Keys = slices.Clone(x.trust.Keys)
		for i := range ring.trust.Keys {
			ring.trust.Keys[i].State, ring.trust.Keys[i].Until = "revoked", p.IssuedAt.Add(-time.Hour)
		}
		x.s.Keyring = ring
		body := want(t, "check", x.get("", "/verify/"+p.Code), 200, "不能作数", "签名的密钥在签发时可能已被他人掌握")
		if strings.Contains(body, "居住证") {
			t.Error("its content is shown")
		}
		want(t, "list", x.get("holder", "/my/papers"), 200, "签名的密钥在签发时可能已被他人掌握")
	})
}

func TestTampered_neverShown(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		err := x.d.Write(auth.System(context.Background(), "intruder"), func(tx *db.Tx) error {
			tx.Unaudited("tampering")
			return db.Changed(tx.Exec(context.Background(), `UPDATE certificates_paper SET data = replace(data, '样张路1号', '样张路2号') WHERE id = $1`, p.ID))
		})
		if err != nil {
			t.Fatal(err)
		}
		path := "/papers/" + region + "/" + p.ID
		for what, w := range map[string]*httptest.ResponseRecorder{"check": x.get("", "/verify/"+p.Code), "page": x.get("holder", path), "file": x.get("holder", path+".pdf")} {
			if body := want(t, what, w, 500, "certificates.tampered"); strings.Contains(body, "居住证") {
				t.Errorf("%s shows it", what)
			}
		}
		if body := want(t, "list", x.get("holder", "/my/papers"), 200, "已停用", "这份文书已停止提供"); strings.Contains(body, p.Number) || strings.Contains(body, "样张路") {
			t.Error("the list shows it")
		}
	})
}

func TestTrust_worksOffline(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		file := x.get("holder", "/papers/"+region+"/"+p.ID+".pdf").Body.Bytes()
		w := x.get("", "/.well-known/tongban-trust.json")
		want(t, "trust", w, 200, "tongban-trust-v1", "BEGIN CERTIFICATE")
		if strings.Contains(w.Body.String(), "PRIVATE") {
			t.Fatal("a private key is published")
		}
		trust, err := certificates.ParseTrust(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if r := certificates.VerifyFile(file, trust, x.clock.Now()); !r.OK || r.Online {
			t.Errorf("%+v", r)
		}
	})
}

func TestAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, x *site) {
		p := x.issue(certificate())
		read := func(what string, w *httptest.ResponseRecorder, status int) map[string]any {
			t.Helper()
			want(t, what, w, status)
			var out map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			return out
		}
		r := read("verification", x.get("", "/api/v1/papers/"+certificates.ShowCode(p.Code)+"/verification"), 200)
		if r["ok"] != true || r["status"] != "valid" || strings.Contains(x.get("", "/api/v1/papers/"+p.Code+"/verification").Body.String(), number) {
			t.Errorf("%v", r)
		}
		if r := read("unknown code", x.get("", "/api/v1/papers/AAAAAAAAAAAA/verification"), 404); r["code"] != "certificates.no_paper" {
			t.Errorf("%v", r)
		}
		one := "/api/v1/papers/" + region + "/" + p.ID
		w := x.get("holder", one+"/file")
		want(t, "file", w, 200, "%PDF-1.7")
		file := w.Body.Bytes()
		if w.Header().Get("Content-Type") != "application/pdf" {
			t.Errorf("type %s", w.Header().Get("Content-Type"))
		}
		if r := read("file as PDF", x.do("", "POST", "/api/v1/verifications", "application/pdf", file), 200); r["ok"] != true || r["online"] != true {
			t.Errorf("%v", r)
		}
		for version, named := range map[string]bool{"": true, "&metadata=2": true, "&metadata=1": false} {
			parts := strings.Split(x.get("holder", one+"/file?form=jws"+version).Body.String(), ".")
			said, err := base64.RawURLEncoding.DecodeString(parts[min(1, len(parts)-1)])
			if err != nil || !bytes.Contains(said, []byte(`"ZZQZSJ":`)) || bytes.Contains(said, []byte(`"ZZQZMC":`)) != named {
				t.Errorf("metadata %q: %v %s", version, err, said)
			}
		}
		read("metadata of no version", x.get("holder", one+"/file?form=jws&metadata=3"), 422)
		packed, _ := json.Marshal(map[string][]byte{"file": file})
		if r := read("file as JSON", x.do("", "POST", "/api/v1/verifications", "application/json", packed), 200); r["ok"] != true {
			t.Errorf("%v", r)
		}
		if r := read("changed", x.do("", "POST", "/api/v1/verifications", "application/pdf", bytes.Replace(file, []byte("1.7"), []byte("1.6"), 1)), 200); r["ok"] != false || r["reason"] != "sign.tampered" {
			t.Errorf("%v", r)
		}
		if r := read("no base64", x.do("", "POST", "/api/v1/verifications", "application/json", []byte(`{"file":"%%%"}`)), 422); r["code"] != "certificates.bad_file" {
			t.Errorf("%v", r)
		}
		if r := read("list", x.get("holder", "/api/v1/papers?limit=10"), 200); len(r["papers"].([]any)) != 1 {
			t.Errorf("%v", r)
		}
		if r := read("empty list", x.get("stranger", "/api/v1/papers"), 200); len(r["papers"].([]any)) != 0 {
			t.Errorf("%v", r)
		}
		if r := read("paper", x.get("holder", one), 200); r["holder_name"] != name || r["file"] != one+"/file" {
			t.Errorf("%v", r)
		}
		for caller, status := range map[string]int{"stranger": 404, "other": 404, "": 401} {
			read("paper for "+caller, x.get(caller, one), status)
			read("file for "+caller, x.get(caller, one+"/file"), status)
		}
		read("list for nobody", x.get("", "/api/v1/papers"), 401)
		read("list for an officer", x.get("officer", "/api/v1/papers"), 403)
	})
}

func TestStrings_sameKeysInBothLanguages(t *testing.T) {
	b := i18n.NewBundle()
	if err := b.Add(certificatesweb.Strings); err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\{\w+\}`)
	zh, en := b.Words(i18n.Chinese), b.Words(i18n.English)
	for k, v := range zh {
		if _, ok := en[k]; !ok {
			t.Errorf("no English for %s", k)
		}
		for _, n := range names.FindAllString(v, -1) {
			if !strings.Contains(en[k], n) {
				t.Errorf("%s: English lacks %s", k, n)
			}
		}
	}
	for k := range en {
		if _, ok := zh[k]; !ok {
			t.Errorf("no Chinese for %s", k)
		}
	}
}

// TestShow writes the pages to files for looking at them, when asked to.
func TestShow(t *testing.T) {
	address := os.Getenv("TONGBAN_SHOW_AT")
	if address == "" {
		t.Skip("TONGBAN_SHOW_AT is not set")
	}
	x := newSite(t, dbtest.SQLite(t, tables))
	good, gone := x.issue(certificate()), x.issue(certificate())
	receipt := certificate()
	receipt.Kind, receipt.Title, receipt.Type = certificates.Receipt, "收件凭证", ""
	x.issue(receipt)
	if _, err := x.s.Act(auth.With(context.Background(), callers["officer"]), region, gone.ID, certificates.Order{Act: certificates.Revoke, Reason: "查实不在此居住", Basis: "《居住证暂行条例》第十八条"}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/as/{caller}/{rest...}", func(w http.ResponseWriter, r *http.Request) {
		c := r.Clone(r.Context())
		c.URL.Path = "/" + r.PathValue("rest")
		c.Header.Set("Test-Caller", r.PathValue("caller"))
		x.handler.ServeHTTP(w, c)
	})
	mux.HandleFunc("/ids", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, good.Code+" "+gone.Code+" "+good.ID+" "+gone.ID)
	})
	mux.HandleFunc("/changed", func(w http.ResponseWriter, r *http.Request) {
		file := x.get("holder", "/papers/"+region+"/"+good.ID+".pdf").Body.Bytes()
		file[len(file)/3] ^= 1
		w.Header().Set("Content-Type", "text/html")
		io.Copy(w, x.upload(file).Body)
	})
	mux.HandleFunc("/phone/{path...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<body style="margin:0"><iframe style="border:0;width:390px;height:100vh" src="/`+html.EscapeString(r.PathValue("path"))+`"></iframe>`)
	})
	mux.Handle("/", x.handler)
	t.Log(http.ListenAndServe(address, mux))
}

// A holder downloads every form from the page of the paper, and the public page
// checks each of them by file.
func TestPaper_forms(t *testing.T) {
	x := newSite(t, dbtest.SQLite(t, tables))
	p := x.issue(certificate())
	path := "/papers/" + region + "/" + p.ID
	page := x.get("holder", path).Body.String()
	for suffix, kind := range map[string]string{".ofd": "application/ofd", ".jws": "application/jose", ".jws?alg=ES256": "application/jose", ".jws?alg=SM2-SM3": "application/jose", ".json": "application/json"} {
		if !strings.Contains(page, path+suffix) {
			t.Errorf("the page does not offer %s", suffix)
		}
		w := x.get("holder", path+suffix)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %v", suffix, w.Code, w.Header())
			continue
		}
		file := w.Body.Bytes()
		if got := x.upload(file).Body.String(); !strings.Contains(got, "有效") || strings.Contains(got, "不能作数") || strings.Contains(got, "⟦") {
			t.Errorf("%s is refused: %.2000s", suffix, got)
		}
		file[len(file)/2] ^= 1
		if got := x.upload(file).Body.String(); !strings.Contains(got, "不能作数") || strings.Contains(got, "⟦") {
			t.Errorf("%s, changed: %.2000s", suffix, got)
		}
	}
	if w := x.get("stranger", path+".ofd"); w.Code == http.StatusOK {
		t.Error("a stranger downloads it")
	}
}
