package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tongban/data"
	"tongban/gov/catalogue"
	catalogueweb "tongban/gov/catalogue/web"
	"tongban/gov/identity/number"
	"tongban/items"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
	"tongban/ui/static"
)

var tables = []db.Migrations{audit.Migrations(), catalogue.Migrations()}

const (
	permit   = "/items/449901/11449901900000065F4440799902000"
	imported = "/items/440000/11440000006940116U244010200300103"
)

func words(t testing.TB) *i18n.Bundle {
	t.Helper()
	b := i18n.NewBundle()
	for _, f := range []fs.FS{catalogueweb.Strings, ui.Strings} {
		if err := b.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// site serves the pages over everything that ships.
func site(t testing.TB, d *db.DB, deps catalogueweb.Deps) http.Handler {
	t.Helper()
	s := catalogue.New(catalogue.Deps{DB: d, Data: data.Files, Items: os.DirFS("../../../items"),
		CheckOrg: func(code string) bool { _, err := number.ParseUSCC(code); return err == nil }})
	if err := s.Seed(dbtest.As(t, "test")); err != nil {
		t.Fatal(err)
	}
	deps.Catalogue = s
	pages := web.NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, r *http.Request, f *fault.Fault, _ string) {
		http.Error(w, web.Words(r.Context(), f), web.Status(f.Kind))
	})
	pages.Add(catalogueweb.Routes(deps)...)
	mux := http.NewServeMux()
	mux.Handle("/static/", static.Handler())
	mux.Handle("/", pages)
	return ui.WithPreferences(words(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shell := ui.Shell{Site: "示例市政务服务网", Nav: map[ui.Face][]ui.Entry{ui.Portal: {{Key: "do", Text: "我要办", Href: "/", Icon: "do"}}}}
		mux.ServeHTTP(w, r.WithContext(ui.WithShell(r.Context(), shell)))
	}))
}

func TestPages(t *testing.T) {
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) {
		deps := catalogueweb.Deps{Continue: func(context.Context) ([]catalogueweb.Continued, error) {
			return []catalogueweb.Continued{{Title: "居住证首次申领（草稿）", Href: "/my/drafts/1", Text: "还差 1 份材料", Status: ui.Status{Text: "待补正", Tone: ui.Warn}}}, nil
		}}
		h := site(t, d, deps)
		t.Run("sound", func(t *testing.T) { testSound(t, h) })
		t.Run("home", func(t *testing.T) { testHome(t, h) })
		t.Run("items", func(t *testing.T) { testItems(t, h) })
		t.Run("guide", func(t *testing.T) { testGuide(t, h) })
		t.Run("situations", func(t *testing.T) { testSituations(t, h) })
		t.Run("departments", func(t *testing.T) { testDepartments(t, h) })
	})
}

// limits of a page in gzip bytes, as the design allows.
const (
	light = 12 << 10
	heavy = 20 << 10
)

func testSound(t *testing.T, h http.Handler) {
	for path, limit := range map[string]int{
		"/": light, "/items": heavy, "/items?q=" + url.QueryEscape("公证"): heavy, "/items?q=zzqqxx": heavy, "/items?q=" + url.QueryEscape("驾照"): heavy, "/departments": light,
		"/items?department=114400000069401674&online=yes": heavy, "/items?audience=person&theme=" + url.QueryEscape("文化体育"): heavy,
		permit: heavy, imported: heavy, "/items/440000/11440000006939756B2440101007000": heavy, permit + "/situations": light, permit + "/situations?next=1": light,
		permit + "/situations?who=self&stay=no&ground=work&work=own&home=unsure": light,
	} {
		for _, lang := range []string{"zh-Hans", "en"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			p := get(t, h, path+sep+"lang="+lang)
			if p.status != http.StatusOK && !strings.Contains(path, "next=1") {
				t.Errorf("%s: status %d", p.path, p.status)
			}
			p.sound()
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write([]byte(p.raw))
			z.Close()
			if b.Len() > limit {
				t.Errorf("%s: %d bytes in gzip, at most %d", p.path, b.Len(), limit)
			}
		}
	}
}

func testHome(t *testing.T, h http.Handler) {
	p := get(t, h, "/")
	if got := p.first("h1"); got != "您想办什么事？" {
		t.Errorf("h1 %q", got)
	}
	p.has("开办餐饮店一件事", "居住证首次申领", "扶残助学金申请", "个人办事", "单位办事", "广东省司法厅", "289 个事项", fmt.Sprint(2024+len(items.Packages), " 个事项"), "175 个部门", "还差 1 份材料", "待补正")
	if p.link("居住证首次申领（草稿）") != "/my/drafts/1" {
		t.Error("the draft has no link")
	}
	for _, words := range []string{"教育科研", "开办企业", "广东省司法厅", "公证"} { // every tile leads to items
		to := p.link(words)
		if next := get(t, h, to); next.status != http.StatusOK || strings.Contains(next.raw, "没有找到") {
			t.Errorf("%s leads to %s, which has no items", words, to)
		}
	}
	if en := get(t, h, "/?lang=en"); en.first("h1") != "What do you need to get done?" {
		t.Errorf("English h1 %q", en.first("h1"))
	}
}

func testItems(t *testing.T, h http.Handler) {
	p := get(t, h, "/items?q=jzz")
	if p.link("居住证首次申领") != permit {
		t.Errorf("jzz does not lead to the permit but to %s", p.link("居住证首次申领"))
	}
	apply := ""
	p.each("a", func(n *html.Node) {
		if attr(n, "aria-label") == "在线办理：居住证首次申领" {
			apply = attr(n, "href")
		}
	})
	if apply != "/apply/449901/11449901900000065F4440799902000" {
		t.Errorf("apply leads to %q", apply)
	}
	get(t, h, "/items?q="+url.QueryEscape("驾照")).has("已同时按“驾驶”查找“驾照”")
	get(t, h, "/items?q="+url.QueryEscape("龘龘魑魅魍魉饕餮查询")).has("没有找到对得上的事项", "名称相近的事项", "12345")
	get(t, h, "/items?q=zzqqxx").has("没有找到对得上的事项", "查看全部事项")
	one := get(t, h, "/items?q="+url.QueryEscape("公证"))
	next := one.link("下一页")
	if two := get(t, h, next); two.status != http.StatusOK || two.link("回到第一页") == "" || two.first("h2") == one.first("h2") {
		t.Errorf("the second page %q", next)
	}
	f := get(t, h, "/items?department=114400000069401674&online=yes")
	f.has("广东省司法厅", "可以网上办", "全部清除")
	if to := f.link("可以网上办×"); to != "/items?department=114400000069401674" {
		t.Errorf("taking a filter away leads to %q", to)
	}
	for _, q := range []string{"?q=%ff", "?q=" + strings.Repeat("a", 5000), "?theme=%00"} {
		if p := get(t, h, "/items"+q); p.status != http.StatusOK {
			t.Errorf("%.40s: status %d", q, p.status)
		}
	}
	if p := get(t, h, "/items?region=zz"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.raw, "没有编码为 zz 的区划") || p.link("居住证首次申领") == "" {
		t.Errorf("an unknown region: status %d", p.status)
	}
	if p := get(t, h, "/departments?region=990000"); p.status != http.StatusUnprocessableEntity {
		t.Errorf("offices of an unknown region: status %d", p.status)
	}
	for q, want := range map[string]string{"jzz": "按拼音或者拼音首字母“jzz”查找", "駕駛證": "按简体字“驾驶证”查找", "我想开一家饭店要什么手续": "餐饮店综合许可"} {
		get(t, h, "/items?q="+url.QueryEscape(q)).has(want)
	}
	if p := get(t, h, "/items?q=44010200300Y"); p.status != http.StatusSeeOther { // a base item that nothing implements
		t.Errorf("a basic code: status %d", p.status)
	}
	if x := get(t, h, "/items?q="+url.QueryEscape(`"><script>alert(1)</script>`)); strings.Contains(x.raw, "<script>alert") {
		t.Error("what was typed came back as markup")
	}
}

func testGuide(t *testing.T, h http.Handler) {
	p := get(t, h, permit)
	if p.first("h1") != "居住证首次申领" || p.link("看看我要带什么") != permit+"/situations" || p.link("在线办理") != "/apply/449901/11449901900000065F4440799902000" {
		t.Errorf("h1 %q, links %q %q", p.first("h1"), p.link("看看我要带什么"), p.link("在线办理"))
	}
	p.has("能不能办", "要带什么", "多久办好", "多少钱", "去哪办", "要跑几次", "5 个工作日", "15 日", "《居住证暂行条例》第九条", "可以不交，用这些代替", "居民身份证电子证照", "示例区政务服务中心", "第 1 版", "行政复议", "12345")
	first, box := -1, strings.Index(p.raw, `class="ans"`)
	if first = strings.Index(p.raw, "<h2"); box < 0 || box > first {
		t.Error("the answer box does not come first")
	}
	if clause := strings.Index(p.raw, "依据：《居住证暂行条例》第九条第一款"); clause < 0 || !strings.Contains(p.raw, "出具：公安机关") {
		t.Error("a material without its clause or who issues it")
	}
	if old := get(t, h, permit+"?on=2020-01-02"); old.status != http.StatusNotFound || !strings.Contains(old.raw, "最早的一版自") {
		t.Errorf("a day before the first guide: status %d, %.100s", old.status, old.raw)
	}
	g := get(t, h, imported)
	g.has("指南没有写明", "参加办理的部门", "省级发改委", "2021年5月", "办理前先核实", "广东省教育厅", "020-37627229", "在线办理")
	if strings.Contains(g.raw, "${") {
		t.Error("an expression of the flow shows")
	}
	en := get(t, h, imported+"?lang=en")
	en.has("This guide is in Chinese only", "The guide does not say", "40 working days")
	silent := get(t, h, "/items/440000/114400000069401674244200901700006")
	silent.has("指南没有写明")
	for _, path := range []string{permit + "/flow.svg", imported + "/flow.svg"} {
		if f := get(t, h, path); f.status != http.StatusOK || !strings.HasPrefix(f.raw, "<svg") || strings.Contains(f.raw, "<script") || strings.Contains(f.raw, "${") {
			t.Errorf("%s: status %d", path, f.status)
		}
	}
	for _, path := range []string{"/items/440000/NOPE", "/items/1/2/situations", "/items/440000/NOPE/flow.svg"} {
		if p := get(t, h, path); p.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
}

func testSituations(t *testing.T, h http.Handler) {
	at := permit + "/situations"
	answers := url.Values{}
	for _, step := range []struct{ question, answer string }{{"who", "child"}, {"stay", "yes"}, {"ground", "work"}, {"work", "employed"}, {"home", "rent"}} {
		p := get(t, h, at+"?"+answers.Encode())
		var names []string
		p.each("input", func(n *html.Node) {
			if attr(n, "type") == "radio" && (len(names) == 0 || names[0] != attr(n, "name")) {
				names = append(names, attr(n, "name"))
			}
			if attr(n, "type") == "hidden" && attr(n, "name") != "back" && answers.Get(attr(n, "name")) != attr(n, "value") {
				t.Errorf("%s: hidden %s=%s", p.path, attr(n, "name"), attr(n, "value"))
			}
		})
		if len(names) != 1 || names[0] != step.question {
			t.Fatalf("after %v the page asks %v, want %s", answers, names, step.question)
		}
		if missing := get(t, h, at+"?"+answers.Encode()+"&next=1"); missing.status != http.StatusUnprocessableEntity || !strings.Contains(missing.raw, "选择一项再继续") {
			t.Errorf("%s without an answer: status %d", step.question, missing.status)
		}
		answers.Set(step.question, step.answer)
	}
	p := get(t, h, at+"?"+answers.Encode())
	if got := p.first("h1"); got != "按您的情形，要准备 5 份材料" {
		t.Errorf("h1 %q", got)
	}
	p.has("申领人居民身份证", "代办人居民身份证", "房屋租赁合同", "劳动合同", "您的回答", "5 个工作日")
	if strings.Contains(p.raw, "住宿证明") || strings.Contains(p.raw, "学生证") {
		t.Error("the list holds what is not needed")
	}
	if to := p.link("用这些回答开始办理"); to != "/apply/449901/11449901900000065F4440799902000?"+answers.Encode() {
		t.Errorf("apply leads to %q", to)
	}
	if change := p.link("更改"); change != at {
		t.Errorf("the first answer is changed at %q", change)
	}
	get(t, h, at+"?who=self&stay=no&ground=home&home=own").has("您现在")
	if r := get(t, h, imported+"/situations"); r.status != http.StatusSeeOther {
		t.Errorf("an item without questions: status %d", r.status)
	}
	if p := get(t, h, at+"?who=nonsense&home=rent"); !strings.Contains(p.first("h1"), "办给谁") {
		t.Errorf("an answer that is none: %q", p.first("h1"))
	}
}

func testDepartments(t *testing.T, h http.Handler) {
	p := get(t, h, "/departments")
	p.has("175 个部门", fmt.Sprint(2024+len(items.Packages), " 个事项"), "广东省司法厅", "通不过校验")
	n := 0
	p.each("a", func(a *html.Node) {
		if strings.HasPrefix(attr(a, "href"), "/items?department=") {
			n++
		}
	})
	if n != 175 {
		t.Errorf("%d departments, want 166 imported and nine of the practice district", n)
	}
}

// Both languages have the same keys with the same names in braces.
func TestStrings_agree(t *testing.T) {
	b := words(t)
	zh, en := b.Words(i18n.Chinese), b.Words(i18n.English)
	for key, text := range zh {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s has no English", key)
		}
		for _, part := range strings.Split(text, "{")[1:] {
			name, _, _ := strings.Cut(part, "}")
			if !strings.HasSuffix(key, ".one") && !strings.Contains(other, "{"+name+"}") && !strings.HasPrefix(key, "ui.") {
				t.Errorf("%s: English lacks {%s}", key, name)
			}
		}
	}
	for key := range en {
		if _, ok := zh[key]; !ok {
			t.Errorf("%s has no Chinese", key)
		}
	}
	for key, text := range zh {
		for _, banned := range []string{"请", "对不起", "抱歉", "非法", "无效", "操作失败", "系统繁忙", "参数错误", "详见附件", "其他材料", "视情况而定", "！", "点击这里"} {
			if strings.HasPrefix(key, "catalogue.") && strings.Contains(strings.ReplaceAll(text, "申请", ""), banned) {
				t.Errorf("%s says %q", key, banned)
			}
		}
	}
}
