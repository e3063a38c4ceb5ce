package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tongban/test/browser/harness"
	"tongban/test/node"
)

// looks are how the resident's part of the journey is made: on a phone and at
// a desk, with scripts and without.
var looks = []harness.Look{{Width: 390}, {Width: 1366}, {Width: 390, NoScript: true}, {Width: 1366, NoScript: true}}

// visit is a resident's way through the site; every page on it is checked.
type visit struct {
	*world
	*harness.Tab
	plain bool // without scripts the pages are the same and need not be read twice
}

// next presses a button or link and checks the page that comes.
func (v visit) next(words, of string) {
	v.Follow(words, of)
	v.Quiet()
	if n := v.Overflow(); n > 0 {
		v.T().Errorf("%s: %d px too wide", words, n)
	}
	if !v.plain {
		v.Clean()
	}
}

// A resident applies for opening a restaurant by clicks, gets the licence and
// rates the service; the offices do their part meanwhile.
func TestJourney_resident(t *testing.T) {
	w := open(t)
	for _, look := range looks {
		t.Run(look.String(), func(t *testing.T) {
			v := visit{w, harness.Open(t, w.look(look, node.Resident)), look.NoScript}
			v.find()
			v.situation()
			v.form()
			v.materials()
			v.Want("虚构小馆", "布局图.pdf")
			v.next("提交「餐饮店综合许可」申请", "")
			v.Want("已经提交", "下载收件凭证")
			at := harness.Eval[string](v.Tab, "location.pathname")
			w.grant(t, at)
			v.Go(w.url + "/my")
			v.next("餐饮店综合许可", "准予")
			v.Go(w.url + at)
			v.Want("准予", "餐饮店综合许可证")
			v.next("评价这次服务", "")
			v.Choose("非常满意")
			v.next("送出评价", "")
			v.Want("评价已收到")
		})
	}
}

// find goes from the start page to the first question.
func (v visit) find() {
	v.Go(v.url + "/")
	v.Clean()
	v.Type(`main input[name="q"]`, "开餐馆")
	v.next("搜索", "")
	v.next("在线办理", "餐饮店综合许可")
	v.next("开始", "")
}

func (v visit) situation() {
	for _, answer := range []string{"还没有营业执照", "租的", "设堂食", "不承诺，先到店检查", "自己接入城镇管网", "要设"} {
		v.Choose(answer)
		v.next("继续", "")
	}
}

func (v visit) form() {
	for _, f := range [][2]string{{"想登记的字号", "虚构小馆"}, {"店面地址", "示例路 1 号"}, {"使用面积", "86.5"}, {"其中厨房面积", "20"}} {
		v.Fill(f[0], f[1])
	}
	v.Choose("示例街道")
	v.next("保存并继续", "") // the day on which the lease ends is missing
	v.Want("租期到哪天")
	v.Fill("租期到哪天", "2028-12-31")
	v.next("保存并继续", "")
	v.Choose("热食类")
	for _, f := range [][2]string{{"座位数", "30"}, {"从业人数", "4"}, {"食品安全管理人员姓名", "王示例"}, {"打算哪天开业", "2026-12-01"}} {
		v.Fill(f[0], f[1])
	}
	v.Choose("只要电子证照")
	v.Choose("我承诺所填内容和材料真实")
	v.next("保存并继续", "")
}

func (v visit) materials() {
	for _, way := range []string{"不用交，由办理部门用「人口基础信息库」核对", "不用交，由办理部门用「房屋租赁备案」核对", "不用交，由办理部门调取「健康证明电子证照」"} {
		v.Choose(way) // consent is the applicant's own act
	}
	for label, name := range map[string]string{"设备布局和操作流程图": "布局图.pdf", "食品安全规章制度": "厨房制度.pdf", "消防平面布置图和灭火疏散预案": "灭火疏散预案.pdf",
		"污水接入和隔油设施示意图": "隔油池.jpg", "户外广告设计图和位置图": "招牌.png"} {
		v.Attach("上传「"+label+"」", v.file(name))
	}
	v.next("保存并核对", "")
}

// grant has the offices decide the case at an address.
func (w *world) grant(t *testing.T, at string) {
	t.Helper()
	part := strings.Split(at, "/")
	if len(part) != 4 || part[1] != "cases" {
		t.Fatalf("%s is no case", at)
	}
	w.Finish(part[2], part[3])
}

// From a search to the open form: two clicks (the search, and 在线办理).
func TestClicks_searchToForm(t *testing.T) {
	w := open(t)
	tab := harness.Open(t, w.look(harness.Look{Width: 390}, node.Resident))
	tab.Go(w.url + "/")
	tab.Type(`main input[name="q"]`, "开餐馆")
	tab.Follow("搜索", "")
	tab.Follow("在线办理", "餐饮店综合许可")
	tab.Want("开始")
	if n := tab.Clicks(); n > 2 {
		t.Errorf("%d clicks, at most 2", n)
	}
	t.Logf("search to form: %d clicks", tab.Clicks())
}

// With everything known, two clicks apply: open what is kept, submit.
func TestClicks_everythingKnown(t *testing.T) {
	w := open(t)
	w.Draft(node.Resident)
	tab := harness.Open(t, w.look(harness.Look{Width: 390}, node.Resident))
	tab.Go(w.url + "/")
	tab.Follow("餐饮店综合许可", "最后保存于")
	tab.Want("提交前核对一遍")
	tab.Follow("提交「餐饮店综合许可」申请", "")
	tab.Want("已经提交")
	if n := tab.Clicks(); n > 2 {
		t.Errorf("%d clicks, at most 2", n)
	}
	t.Logf("apply with everything known: %d clicks", tab.Clicks())
}

// An approver opens a case and decides: two clicks, and the next case opens by
// itself.
func TestClicks_approve(t *testing.T) {
	w := open(t)
	first, second := w.Accepted(node.Resident), w.Accepted(node.Resident)
	tab := harness.Open(t, w.look(harness.Look{}, "示例审查员·消防救援大队"))
	tab.Go(w.url + "/work?shape=post")
	before := tab.Clicks()
	tab.Do(chromedp.Click(chromedp.CSS("body"))) // a click on nothing leads nowhere
	tab.Follow(first.Number[:4], "")
	tab.Want("消防安全现场检查")
	tab.Follow("通过", "")
	if n := tab.Clicks() - before; n > 2 {
		t.Errorf("%d clicks, at most 2", n)
	}
	shown := harness.Eval[string](tab, `document.querySelector("main").textContent.replace(/\s+/g, "")`)
	if !strings.Contains(shown, first.Number) {
		t.Errorf("nobody says that %s is done: %.300s", first.Number, shown)
	}
	if !strings.Contains(harness.Eval[string](tab, "location.href"), "/work/tasks/") || !strings.Contains(shown, second.Number) {
		t.Errorf("the next case is not open but %s", harness.Eval[string](tab, "location.href"))
	}
	t.Logf("approve: %d clicks", tab.Clicks()-before)
}
