package web_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
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
	"tongban/gov/design"
	"tongban/gov/design/designtest"
	designweb "tongban/gov/design/web"
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

// noOffices: the offices of the package are enough.
type noOffices struct{}

func (noOffices) Departments(context.Context, string) ([]identity.Org, error) { return nil, nil }

// site serves the pages to one designer.
type site struct {
	d    *design.Service
	t    *testing.T
	h    http.Handler
	path string // of the restaurant's draft
	lang i18n.Lang
	who  auth.Principal
}

func shipped() fs.FS { return os.DirFS("../../../items") }

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
		p, err := items.PublishPackage(dbtest.As(t, "seed"), shipped(), "restaurant-opening", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		bundle := i18n.NewBundle()
		for _, words := range []fs.FS{ui.Strings, designweb.Strings} {
			if err := bundle.Add(words); err != nil {
				t.Fatal(err)
			}
		}
		pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
			w.WriteHeader(web.Status(f.Kind))
			io.WriteString(w, web.Words(r.Context(), f)) //nolint:errcheck // a recorder
		})
		s := &site{t: t, path: "/design/" + region + "/" + p.Code, lang: i18n.Chinese, who: auth.Principal{ID: "acc_1", Name: "虚构·设计员", Kind: auth.KindOfficer,
			Grants: []auth.Grant{{Role: "designer", Region: "449900", Subtree: true, Permissions: []string{design.MayDesign.Name}}}}}
		s.d = design.New(design.Deps{DB: d, Clock: c, Calendar: cal, Items: items, Orgs: noOffices{}})
		pages.Add(designweb.Routes(designweb.Deps{Design: s.d, Catalogue: items, Regions: []string{region}})...)
		s.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pages.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), s.who), bundle, s.lang)))
		})
		f(t, s)
	})
}

// publish takes the draft through its release to that version of the item.
func (s *site) publish(version int) {
	s.t.Helper()
	ctx, item := auth.With(s.t.Context(), s.who), s.path[strings.LastIndex(s.path, "/")+1:]
	d, _, err := s.d.Open(ctx, region, item)
	if err != nil {
		s.t.Fatal(err)
	}
	if out, err := designtest.Publish(ctx, s.d, region, item, d.Version, time.Time{}); err != nil || out.Version != version {
		s.t.Fatalf("published: %+v %v", out, err)
	}
}

func (s *site) get(path string) (int, string) {
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

var stated = regexp.MustCompile(`name="version" value="([0-9]+)"`)

// post sends a form with the version that the editor shows.
func (s *site) post(path string, form url.Values) (int, string, string) {
	s.t.Helper()
	_, page := s.get(s.path)
	if m := stated.FindStringSubmatch(page); m != nil && form.Get("version") == "" {
		form.Set("version", m[1])
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

func (s *site) wants(path string, words ...string) {
	s.t.Helper()
	code, page := s.get(path)
	for _, w := range words {
		if code != http.StatusOK || !strings.Contains(page, w) {
			s.t.Errorf("%s: %d, no %q", path, code, w)
		}
	}
}

func offices(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`name="offices" value="([0-9A-Z]{18})"`).FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	if len(out) < 3 {
		t.Fatalf("offices to choose: %v", out)
	}
	return out
}

// TestDesigner_fromTemplateToPublication is what a newcomer does.
func TestDesigner_fromTemplateToPublication(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.wants("/design?q=餐饮", "餐饮店综合许可", s.path)
		_, page := s.get(s.path)
		o := offices(t, page)
		if code, _, body := s.post(s.path+"/begin", url.Values{"template": {"supplement"}, "offices": o[:1]}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "至少勾选两个") {
			t.Fatalf("one office: %d", code)
		}
		s.must(s.path+"/begin", url.Values{"template": {"supplement"}, "offices": o[:3]})
		s.wants(s.path, "没有问题，可以发布", "申请人补正", "退回到“同时办理”", "picture.svg")
		s.wants(s.path+"/picture.svg", "<svg", "材料齐吗")
		s.wants(s.path+"/changes", "新增", "删掉")
		s.wants(s.path+"/trial", "现在轮到谁", "m=t", "同意")
		s.wants(s.path+"/expert", "bpmn-modeler.js", "parallelGateway", "各环节分到的时限", "整件 12 个工作日", "流程里写明")
		s.wants(s.path, "看发布前检查，提交审核", s.path+"/ready")
		s.publish(2)
		s.wants("/design", "还没有草稿")
	})
}

// TestDesigner_changesStepsOneByOne uses every act of the tree.
func TestDesigner_changesStepsOneByOne(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.must(s.path+"/begin", url.Values{"template": {"short"}})
		to := s.must(s.path+"/steps", url.Values{"kind": {"condition"}, "index": {"1"}, "branch": {"0"}, "owner": {""}})
		if !strings.Contains(to, "step=condition_1") {
			t.Fatal(to)
		}
		s.wants(s.path, "写明什么时候走这条路")
		s.must(s.path+"/steps/condition_1", url.Values{"name": {"同意吗"}, "b0.name": {"不同意"}, "b0.subject": {"approve_1", ""}, "b0.op": {"is", "is"}, "b0.value": {"refuse", ""}, "b0.back": {"approve_1"}})
		s.wants(s.path, "同意吗", "不同意：当 “审查”不同意", "退回到“审查”", "没有问题")
		s.must(s.path+"/steps/condition_1/branch", url.Values{})
		s.wants(s.path, "第 2 条路：写明什么时候走这条路")
		s.must(s.path+"/steps/condition_1/unbranch", url.Values{"branch": {"1"}})
		s.must(s.path+"/steps", url.Values{"kind": {"joint"}, "index": {"0"}, "branch": {"1"}, "owner": {"condition_1"}})
		s.must(s.path+"/steps/joint_1", url.Values{"name": {"会签"}, "offices": {"partners"}, "mode": {"share"}, "share": {"60"}, "post": {"examiner"}, "days": {"3"}})
		s.wants(s.path+"?step=joint_1", "事项里列出的联办部门 · 按比例 · 3 个工作日", `value="60"`)
		if code, _, body := s.post(s.path+"/steps/joint_1", url.Values{"name": {"会签"}, "days": {"three"}, "mode": {"all"}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "时限填 1 到") {
			t.Fatalf("%d", code)
		}
		s.must(s.path+"/steps/approve_1/down", url.Values{})
		s.wants(s.path, "不在前面")
		s.must(s.path+"/steps/approve_1/up", url.Values{})
		s.must(s.path+"/steps/joint_1/remove", url.Values{})
		if code, _, _ := s.post(s.path+"/steps/joint_1/remove", url.Values{}); code != http.StatusNotFound {
			t.Fatalf("a step that is gone: %d", code)
		}
		if code, _, body := s.post(s.path+"/steps/approve_1/remove", url.Values{"version": {"1"}}); code != http.StatusConflict || !strings.Contains(body, "虚构·设计员") {
			t.Fatalf("an old state: %d %s", code, body)
		}
		s.must(s.path+"/discard", url.Values{})
		s.wants("/design", "还没有草稿")
	})
}

// TestDesigner_fromNothing: an empty plan, offices side by side in one form, a
// supplement loop in one act; what stands in a form is what it sends back.
func TestDesigner_fromNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		_, page := s.get(s.path)
		o := offices(t, page)
		s.must(s.path+"/begin", url.Values{"template": {"blank"}})
		s.wants(s.path, "至少要有一步", `<details class="plan-add" open>`)
		at := func(index string) url.Values { return url.Values{"index": {index}, "branch": {"0"}, "owner": {""}} }
		add := at("0")
		add.Set("kind", "loop")
		if code, _, _ := s.post(s.path+"/steps", add); code != http.StatusNotFound {
			t.Errorf("a loop around nothing: %d", code)
		}
		add.Set("kind", "parallel")
		s.must(s.path+"/steps", add)
		s.wants(s.path+"?step=parallel_1", "同时由哪些部门审查")
		s.must(s.path+"/steps/parallel_1", url.Values{"name": {"同时办理"}, "offices": o[:3]})
		add = at("1")
		add.Set("kind", "loop")
		if to := s.must(s.path+"/steps", add); !strings.HasSuffix(to, "#s-condition_1") {
			t.Error(to)
		}
		s.wants(s.path, "没有问题，可以发布", "只提意见", "可退回、转办、委派", "看全部内容和材料")
		_, page = s.get(s.path)
		step := regexp.MustCompile(`\?step=(approve_[0-9]+)`).FindStringSubmatch(page)[1]
		_, page = s.get(s.path + "?step=" + step)
		if !regexp.MustCompile(`<input type="checkbox" value="yes" checked[^>]*name="opinion"`).MatchString(page) {
			t.Error("the form does not show that the step gives an opinion")
		}
		s.must(s.path+"/steps/"+step, url.Values{"name": {"看现场"}, "office": {o[0]}, "post": {"examiner"}, "days": {"3"}, "groups": {"shop"}})
		s.wants(s.path, "看现场", "看 1/")
	})
}

func TestDesigner_fileThatDoesNotRunIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		file := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true"><startEvent id="s"/><complexGateway id="c"/></process></definitions>`
		s.must(s.path+"/file", url.Values{"file": {file}})
		s.wants(s.path+"/expert", "complexGateway", "不能运行：复杂网关 c，复杂网关不能运行")
		if _, err := s.d.HandIn(auth.With(t.Context(), s.who), region, s.path[strings.LastIndex(s.path, "/")+1:], 1, time.Time{}, ""); !errors.Is(err, design.ErrProblems) {
			t.Fatal(err)
		}
		if code, _, body := s.post(s.path+"/file", url.Values{"file": {"我写的"}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "我写的") {
			t.Fatalf("what was sent is lost: %d", code)
		}
	})
}

func TestDesigner_inEnglish(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		s.must(s.path+"/begin", url.Values{"template": {"short"}})
		s.lang = i18n.English
		for _, p := range []string{"", "?step=approve_1", "/trial", "/changes", "/expert"} {
			_, page := s.get(s.path + p)
			if strings.Contains(page, "design.") && regexp.MustCompile(`>design\.[a-z]`).MatchString(page) {
				t.Errorf("%s: a word is missing", p)
			}
		}
		s.wants(s.path, "Examination", "No problems")
	})
}
