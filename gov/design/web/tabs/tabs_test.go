package tabs_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/packages"
	"tongban/gov/catalogue/quality"
	"tongban/gov/design"
	designweb "tongban/gov/design/web"
	"tongban/gov/design/web/tabs"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

const region = "449901"

// noOffices: the offices of the package are enough; one is known besides.
type noOffices struct{}

func (noOffices) Departments(_ context.Context, of string) ([]identity.Org, error) {
	if of != region {
		return nil, nil
	}
	return []identity.Org{{Code: "13449901900000110A", Name: "示例区残疾人联合会", NameEn: "Example District Disabled Persons' Federation", Region: region}}, nil
}

// past gives cases that need not be kept anywhere.
type past []design.PastCase

func (p past) Recent(context.Context, string, string, string, int, []string, string) ([]design.PastCase, error) {
	return p, nil
}

type site struct {
	t     *testing.T
	h     http.Handler
	items *catalogue.Service
	d     *design.Service
	path  string
	code  string
	lang  i18n.Lang
	who   auth.Principal
}

func shipped() fs.FS { return os.DirFS("../../../../items") }

func designer(name string) auth.Principal {
	return auth.Principal{ID: "acc_" + name, Name: name, Kind: auth.KindOfficer, Grants: []auth.Grant{{Role: "designer", Region: "449900", Subtree: true, Permissions: []string{design.MayDesign.Name}}}}
}

func onBoth(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), catalogue.Migrations(), design.Migrations()}, func(t *testing.T, d *db.DB) {
		raw, err := data.Files.Open("calendar/cn_holidays_workdays.csv")
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
		scores := quality.New(quality.Deps{DB: d, Clock: c, General: catalogue.IsGeneral})
		items.Gate = func(ctx context.Context, _, c *catalogue.Content) error { _, err := scores.Gate(ctx, c); return err }
		p, err := items.PublishPackage(dbtest.As(t, "seed"), shipped(), "study-grant", catalogue.PublishOptions{Shipped: true})
		if err != nil {
			t.Fatal(err)
		}
		bundle := i18n.NewBundle()
		for _, words := range []fs.FS{ui.Strings, designweb.Strings, tabs.Strings} {
			if err := bundle.Add(words); err != nil {
				t.Fatal(err)
			}
		}
		pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
			w.WriteHeader(web.Status(f.Kind))
			io.WriteString(w, web.Words(r.Context(), f)) //nolint:errcheck // a recorder
		})
		s := &site{t: t, items: items, code: p.Code, path: "/design/" + region + "/" + p.Code, lang: i18n.Chinese, who: designer("虚构·设计员")}
		s.d = design.New(design.Deps{DB: d, Clock: c, Calendar: cal, Items: items, Orgs: noOffices{}, Quality: scores})
		pages.Add(tabs.Routes(tabs.Deps{Design: s.d, Regions: []string{region}, Rules: scores.Rules, Guide: func(w http.ResponseWriter, _ *http.Request, o *catalogue.Offer) error {
			_, err := io.WriteString(w, "guide of "+o.FullName()+" version "+o.Materials[0].Why.Zh)
			return err
		}})...)
		s.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pages.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), s.who), bundle, s.lang)))
		})
		f(t, s)
	})
}

func (s *site) get(path string) (int, string) {
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

func (s *site) wants(path string, words ...string) string {
	s.t.Helper()
	code, page := s.get(path)
	for _, w := range words {
		if code != http.StatusOK || !strings.Contains(page, w) {
			s.t.Errorf("%s: %d, no %q", path, code, w)
		}
	}
	return page
}

var stated = regexp.MustCompile(`name="version" value="([0-9]+)"`)

// post sends a form with the version that the page shows, unless it has one.
func (s *site) post(path string, form url.Values) (int, string, string) {
	s.t.Helper()
	if form.Get("version") == "" {
		_, page := s.get(s.path + "/materials")
		if m := stated.FindStringSubmatch(page); m != nil {
			form.Set("version", m[1])
		}
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

func (s *site) must(path string, form url.Values) string {
	s.t.Helper()
	code, to, body := s.post(path, form)
	if code != http.StatusSeeOther {
		s.t.Fatalf("%s: %d %s", path, code, body)
	}
	return to
}

var (
	formPattern   = regexp.MustCompile(`(?s)<form [^>]*class="part-form".*?</form>`)
	inputPattern  = regexp.MustCompile(`(?s)<(input|textarea|select)\b([^>]*)>(.*?)`)
	attribute     = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
	optionPattern = regexp.MustCompile(`(?s)<option value="([^"]*)"( selected)?`)
)

// filled reads the form of a row as a browser would send it unchanged.
func (s *site) filled(path, row string) url.Values {
	s.t.Helper()
	_, page := s.get(path)
	for _, f := range formPattern.FindAllString(page, -1) {
		if !strings.Contains(f, `name="row" value="`+row+`"`) {
			continue
		}
		return sent(f)
	}
	s.t.Fatalf("%s: no form for %s", path, row)
	return nil
}

// sent is what a browser sends for a form.
func sent(form string) url.Values {
	out := url.Values{"do": {"save"}}
	un := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&")
	for _, at := range inputPattern.FindAllStringSubmatchIndex(form, -1) {
		kind, attrs, rest := form[at[2]:at[3]], form[at[4]:at[5]], form[at[1]:]
		a := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(attrs, -1) {
			a[m[1]] = un.Replace(m[2])
		}
		if a["name"] == "" {
			continue
		}
		switch {
		case kind == "select":
			list, value := rest[:strings.Index(rest, "</select>")], ""
			for i, o := range optionPattern.FindAllStringSubmatch(list, -1) {
				if i == 0 || o[2] != "" {
					value = un.Replace(o[1])
				}
			}
			out.Add(a["name"], value)
		case kind == "textarea":
			out.Add(a["name"], un.Replace(rest[:strings.Index(rest, "</textarea>")]))
		case a["type"] == "checkbox":
			if strings.Contains(attrs, " checked") {
				out.Add(a["name"], a["value"])
			}
		default:
			out.Add(a["name"], a["value"])
		}
	}
	return out
}

// A form that is sent as it stands changes nothing, whatever tab it is on.
func TestSave_unchanged(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		d, a, err := s.d.Whole(auth.With(t.Context(), s.who), region, s.code)
		if err != nil {
			t.Fatal(err)
		}
		before := d.Package(a).Files(nil)
		for _, x := range [][2]string{{"materials", "materials/household_book"}, {"form", "form/groups/study/fields/enrolled"}, {"form", "form/groups/student/fields/grade"}, {"situations", "situations/questions/" + d.Parts.Situations.Questions[0].ID},
			{"elements", "sheet:name"}, {"elements", "sheet:answers"}, {"clock", "sheet:legal"}, {"fees", "sheet:fee"}, {"basis", "item/basis/aid"}, {"result", "sheet:certificate"}, {"windows", "item/places/#0"}, {"elements", "item/conditions/card"}} {
			at := s.path + "/" + x[0]
			if !strings.HasPrefix(x[1], "sheet:") {
				at += "?row=" + url.QueryEscape(x[1])
			}
			s.must(s.path+"/parts/"+x[0], s.filled(at, x[1]))
		}
		d, a, err = s.d.Whole(auth.With(t.Context(), s.who), region, s.code)
		if err != nil {
			t.Fatal(err)
		}
		for name, b := range d.Package(a).Files(nil) {
			if !bytes.Equal(b, before[name]) {
				t.Errorf("%s changed:\n%s", name, firstDifference(before[name], b))
			}
		}
	})
}

func firstDifference(a, b []byte) string {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return "-" + x[i] + "\n+" + y[i]
		}
	}
	return "another length"
}

// Somebody who never saw the service before changes a field, a material and a
// fee, looks at it and publishes it.
func TestPublish_fieldMaterialFee(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		form := s.filled(s.path+"/form?row="+url.QueryEscape("form/groups/study/fields/school"), "form/groups/study/fields/school")
		form.Set("v.label.zh", "就读学校")
		form.Set("v.errors.required.zh", "填写就读的学校")
		s.must(s.path+"/parts/form", form)

		to := s.must(s.path+"/parts/materials", url.Values{"do": {"add:materials"}})
		if !strings.Contains(to, "row=materials%2Fmaterial_1") {
			t.Fatal(to)
		}
		s.wants(s.path+"/ready", "没有写。中文和英文都要有。") // a material without words
		form = s.filled(s.path+"/materials?row="+url.QueryEscape("materials/material_1"), "materials/material_1")
		for k, v := range map[string]string{"v.name.zh": "在读证明", "v.name.en": "Certificate of enrolment", "v.why.zh": "核对在读。", "v.why.en": "Shows enrolment.", "v.risk.zh": "已经离校的人领钱。", "v.risk.en": "People who left would be paid.",
			"v.clause": "funds", "v.issued_by.zh": "学校", "v.issued_by.en": "School", "v.instead.0.kind": "data", "v.instead.0.name.zh": "学籍库", "v.instead.0.name.en": "Student register", "v.instead.0.source": "students"} {
			form.Set(k, v)
		}
		s.must(s.path+"/parts/materials", form)

		form = s.filled(s.path+"/fees", "sheet:fee")
		form.Set("v.cents", "12.50")
		form.Set("v.citation.zh", "示例收费文件第一条")
		s.must(s.path+"/parts/fees", form)

		s.wants(s.path+"/ready", "没有必须改的，可以发布。", "就读学校", "12.50", "在读证明", "办事人要点几下", "改动记录")
		s.wants(s.path+"/preview/guide", "guide of")
		s.wants(s.path+"/preview/form?lang=en&who=self", "The student")
		s.released()
		o, err := s.items.Offer(t.Context(), region, s.code)
		if err != nil || o.Version != 2 || o.Fee.Cents != 1250 || o.PackageVersion != "4" || !o.OwnFlow {
			t.Fatalf("version %d, fee %d, package version %s, %v", o.Version, o.Fee.Cents, o.PackageVersion, err)
		}
		for _, f := range o.Form.Fields() {
			if f.ID == "school" && (f.Label.Zh != "就读学校" || f.Errors["required"].Zh != "填写就读的学校") {
				t.Errorf("%+v", f)
			}
		}
		// the next start with the shipped package leaves it as it is
		p, err := s.items.PublishPackage(dbtest.As(t, "seed"), shipped(), "study-grant", catalogue.PublishOptions{Shipped: true})
		if err != nil || p.Version != 2 {
			t.Errorf("%+v %v", p, err)
		}
	})
}

// Two designers work at once: what they do in different places goes in beside
// each other; the same place is shown to who saves last, with what both entered.
func TestSave_twoDesigners(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		row := "materials/household_book"
		path := s.path + "/materials?row=" + url.QueryEscape(row)
		one, two := s.filled(path, row), s.filled(path, row)
		one.Set("v.why.zh", "甲写的。")
		s.who = designer("虚构·甲")
		s.must(s.path+"/parts/materials", one)
		two.Set("v.risk.zh", "乙写的。")
		s.who = designer("虚构·乙")
		s.must(s.path+"/parts/materials", two)
		s.wants(path, "甲写的。", "乙写的。")

		three := s.filled(path, row)
		late := s.filled(path, row)
		three.Set("v.why.zh", "甲又写的。")
		s.who = designer("虚构·甲")
		s.must(s.path+"/parts/materials", three)
		late.Set("v.why.zh", "乙也写的。")
		s.who = designer("虚构·乙")
		code, _, body := s.post(s.path+"/parts/materials", late)
		if code != http.StatusConflict || !strings.Contains(body, "虚构·甲") || !strings.Contains(body, "乙也写的。") || !strings.Contains(body, "甲又写的。") {
			t.Fatalf("%d %s", code, body)
		}
		again := sent(formPattern.FindString(body))
		if again.Get("force") == "" || again.Get("v.why.zh") != "乙也写的。" {
			t.Fatalf("%v", again)
		}
		s.must(s.path+"/parts/materials", again)
		s.wants(path, "乙也写的。")
		s.wants(s.path+"/ready", "虚构·甲", "虚构·乙")
	})
}

// A package travels as a ZIP and lands as a draft; what is no package is refused.
func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		r := httptest.NewRecorder()
		s.h.ServeHTTP(r, httptest.NewRequest("GET", s.path+"/package.zip", nil))
		raw := r.Body.Bytes()
		files, err := packages.FromZip(raw)
		if err != nil {
			t.Fatal(err)
		}
		files[packages.ItemFile] = bytes.Replace(files[packages.ItemFile], []byte("扶残助学金申请"), []byte("扶残助学金申请（导入）"), 1)
		changed, err := packages.Zip("study-grant", files)
		if err != nil {
			t.Fatal(err)
		}
		send := func(b []byte, version string) (int, string, string) {
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			f, _ := w.CreateFormFile("file", "x.zip") // a buffer
			f.Write(b)                                //nolint:errcheck // a buffer
			if version != "" {
				w.WriteField("version", version) //nolint:errcheck // a buffer
			}
			w.Close() //nolint:errcheck // a buffer
			q := httptest.NewRequest("POST", "/design/import", &body)
			q.Header.Set("Content-Type", w.FormDataContentType())
			r := httptest.NewRecorder()
			s.h.ServeHTTP(r, q)
			return r.Code, r.Header().Get("Location"), r.Body.String()
		}
		if code, to, body := send(changed, ""); code != http.StatusSeeOther || to != s.path+"/ready" {
			t.Fatalf("%d %s %s", code, to, body)
		}
		s.wants(s.path+"/ready", "扶残助学金申请（导入）", "导入整个事项包")
		if code, _, body := send(changed, ""); code != http.StatusConflict || !strings.Contains(body, "虚构·设计员") {
			t.Errorf("over a draft: %d %s", code, body)
		}
		if code, _, _ := send(changed, "1"); code != http.StatusSeeOther {
			t.Errorf("over a draft that is named: %d", code)
		}
		if code, _, body := send([]byte("no zip"), ""); code != http.StatusUnprocessableEntity || !strings.Contains(body, "没有改动任何东西") {
			t.Errorf("no ZIP: %d %s", code, body)
		}
	})
}

// A new item begins with what every item needs and is published when it is whole.
func TestBegin_newItem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.wants("/design/import", `value="449900"`, `<option value="449901"`, "示例区残疾人联合会") // the designer's own division, those below, and their offices
		code := "13449901900000110A4442099907000"
		to := s.must("/design/new", url.Values{"region": {region}, "code": {code}, "name": {"虚构·新事项"}, "name_en": {"Fictional new item"}})
		if to != "/design/"+region+"/"+code+"/elements" {
			t.Fatal(to)
		}
		s.wants(to, "虚构·新事项")
		for _, tab := range []string{"materials", "situations", "form", "clock", "fees", "windows", "basis", "result", "ready"} {
			s.wants("/design/"+region+"/"+code+"/"+tab, "虚构·新事项")
		}
		page := s.wants("/design/"+region+"/"+code+"/ready", "法定时限 · 依据", "不予的理由", "第一个版本", "还没有发布过", "虚构·新事项", "Fictional new item", "向…申请行政复议")
		for _, starter := range []string{"和现行版本的差别", ">实施编码<", ">办件类型<", "{authority}", "第 0 版"} {
			if strings.Contains(page, starter) {
				t.Errorf("the first version is compared with nothing: %s", starter)
			}
		}
		if strings.Count(page, "法定时限 · 依据") != 2 { // to mend, and without a clause
			t.Errorf("what has to be mended stands there %d times", strings.Count(page, "法定时限 · 依据"))
		}
		for _, raw := range []string{">item/", ">result/", ">workday<", ">true<"} {
			if strings.Contains(page, raw) {
				t.Errorf("the page says %s", raw)
			}
		}
		if to := s.must("/design/new", url.Values{"region": {region}, "code": {"442099908000"}, "org": {code[:18]}, "name": {"虚构·新事项二"}, "name_en": {"Second fictional item"}}); to != "/design/"+region+"/"+code[:19]+"442099908000/elements" {
			t.Errorf("made of office and base item: %s", to)
		}
		if to := s.must("/design/new", url.Values{"code": {"442099909000"}, "org": {"示例区残疾人联合会"}, "name": {"虚构·新事项三"}, "name_en": {"Third"}}); to != "/design/"+region+"/"+code[:19]+"442099909000/elements" {
			t.Errorf("the office, by its name, says the division: %s", to)
		}
		licence := s.must("/design/new", url.Values{"region": {region}, "code": {"440199908000"}, "org": {code[:18]}, "name": {"虚构·新许可"}, "name_en": {"Fictional licence"}})
		if page := s.wants(licence); !strings.Contains(page, `<option value="01" selected>`) {
			t.Error("the kind of item is not that of its code")
		}
	})
}

// What a new item cannot be begun with stands beside each field, and nothing of
// what was typed is lost; a code that is taken says whose it is.
func TestBegin_whatIsWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		free := "13449901900000110A4442099907000"
		s.must("/design/new", url.Values{"region": {region}, "code": {free}, "name": {"虚构·新事项"}, "name_en": {"Fictional new item"}})
		for _, c := range []struct {
			form   url.Values
			status int
			want   []string
		}{
			{url.Values{"code": {"X"}, "name": {"虚构·甲"}}, 422, []string{"编码要 12 位", "填写英文名称", `value="虚构·甲"`}},
			{url.Values{"code": {"442099907000"}, "name": {"虚构·甲"}, "name_en": {"b"}}, 422, []string{"要说由哪个部门办"}},
			{url.Values{"code": {"442099907000"}, "org": {"没有的局"}, "name": {"虚构·甲"}, "name_en": {"b"}}, 422, []string{"没有这个部门，从列表里选一个", `value="没有的局"`}},
			{url.Values{"region": {region}, "code": {"442099907000"}, "org": {"1"}, "name": {"虚构·甲"}, "name_en": {"b"}}, 422, []string{"统一社会信用代码也不对"}},
			{url.Values{"region": {region}, "code": {s.code}, "org": {"114499019000000222"}, "name": {"虚构·甲"}, "name_en": {"b"}}, 422, []string{"编码前 18 位是另一个部门"}},
			{url.Values{"region": {region}, "code": {s.code}, "name": {"虚构·甲"}, "name_en": {"b"}}, 409, []string{"这个编码已经是“扶残助学金申请”的", s.path + "/elements", `value="虚构·甲"`}},
			{url.Values{"region": {region}, "code": {free}, "name": {"虚构·甲"}, "name_en": {"b"}}, 409, []string{"虚构·设计员 正在改这个事项的草稿", "/design/" + region + "/" + free + "/elements", `value="虚构·甲"`}},
		} {
			code, _, body := s.post("/design/new", c.form)
			if code != c.status {
				t.Errorf("%v: %d", c.form, code)
			}
			for _, w := range c.want {
				if !strings.Contains(body, w) {
					t.Errorf("%v: the page does not say %s", c.form, w)
				}
			}
		}
	})
}
