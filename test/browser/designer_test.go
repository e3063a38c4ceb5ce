package browser_test

import (
	"strconv"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

const designer = "示例事项管理员"

// TestDesigner_threeOfficesWithSupplement: somebody who has never seen the
// designer has three offices decide side by side, with a supplement loop, in
// few steps, with scripts and without. Every page on the way is accessible.
func TestDesigner_threeOfficesWithSupplement(t *testing.T) {
	w := open(t)
	for i, look := range []harness.Look{{Width: 1366}, {Width: 1366, NoScript: true}, {Width: 390, Height: 844}} {
		t.Run(look.String(), func(t *testing.T) {
			tab, began := harness.Open(t, w.look(look, designer)), clock.System.Now()
			tab.Go(w.url + "/design?q=%E9%A4%90%E9%A5%AE")
			tab.Clean()
			tab.Follow("餐饮店综合许可", "")
			if i > 0 { // drawn before: another begins anew
				harness.Eval[bool](tab, `document.querySelector(".plan-begin").open = true`)
			}
			tab.Choose("几个部门同时审查，可以请申请人补正后再看一遍")
			for _, office := range []string{"示例区消防救援大队", "示例区水务局", "示例区城市管理和综合执法局"} {
				tab.Choose(office)
			}
			tab.Follow("用这个模板", "")
			tab.Want("没有问题，可以发布", "申请人补正", "退回到“同时办理”")
			tab.Clean()
			if n := tab.Overflow(); n > 0 {
				t.Errorf("the page is %d px too wide", n)
			}
			tab.Follow("材料齐吗", "")
			tab.Want("走完这条路之后")
			tab.Clean()
			tab.Follow("试运行", "")
			tab.Follow("退回", "")
			tab.Follow("同意", "")
			tab.Follow("同意", "")
			tab.Want("申请人补正", "已交来")
			tab.Clean()
			tab.Follow("流程", "")
			tab.Follow("看发布前检查，提交审核", "")
			tab.Follow("提交审核", "")
			tab.Want("等待法制审核")
			tab.Clean()
			const chosen = 4 // template and offices
			took := clock.System.Now().Sub(began)
			if n := tab.Clicks(); n > 10 || took > 5*time.Minute {
				t.Errorf("%d clicks that lead to the server, %v", n, took)
			}
			t.Logf("%d clicks that lead to the server, %d choices on the page, %v with every page checked", tab.Clicks(), chosen, took.Round(time.Second))
		})
	}
}

// TestDesigner_fromEmpty: the same flow from an empty plan, and by the keyboard
// from there on: every act is a link, a button or a field. What leads to the
// server and what is only pressed on the page is counted apart.
func TestDesigner_fromEmpty(t *testing.T) {
	w := open(t)
	offices := []string{"示例区消防救援大队", "示例区水务局", "示例区城市管理和综合执法局"}
	for i, look := range []harness.Look{{Width: 1366}, {Width: 1366, NoScript: true}, {Width: 390, Height: 844}, {Width: 390, Height: 844, NoScript: true}} {
		t.Run(look.String(), func(t *testing.T) {
			tab, began := harness.Open(t, w.look(look, designer)), clock.System.Now()
			on := 0 // pressed on the page only
			here := func(do func()) { on++; do() }
			tab.Go(w.url + "/design/" + node.District + "/" + node.Restaurant)
			here(func() { harness.Eval[bool](tab, `document.querySelector(".plan-begin").open = true`) })
			here(func() { tab.Choose("空白，自己一步一步加") })
			tab.Follow("用这个模板", "")
			tab.Want("至少要有一步")
			tab.Clean()
			tab.Follow("并行", "") // the place to add is open while the plan is empty
			for _, office := range offices {
				here(func() { tab.Choose(office) })
			}
			tab.Follow("保存", "")
			for _, office := range offices {
				tab.Want(office+"审查", "只提意见")
			}
			here(func() {
				harness.Eval[bool](tab, `(e => { e.focus(); return document.activeElement === e })([...document.querySelectorAll(".plan > .plan-row > li:last-child > .plan-add > summary")].pop())`)
				tab.Press("\r")
				if !harness.Eval[bool](tab, `document.activeElement.parentElement.open`) {
					t.Fatal("Enter does not open the place to add a step")
				}
			})
			tab.Follow("补正循环", "")
			tab.Want("没有问题，可以发布", "申请人补正", "退回到“同时办理”")
			tab.Clean()
			if n := tab.Overflow(); n > 0 {
				t.Errorf("the page is %d px too wide", n)
			}
			tab.Follow("看发布前检查，提交审核", "")
			tab.Follow("提交审核", "")
			tab.Want("等待法制审核")
			took := clock.System.Now().Sub(began)
			if n := tab.Clicks(); n > 6 || on > 8 || took > 5*time.Minute {
				t.Errorf("%d clicks that lead to the server, %d on the page, %v", n, on, took)
			}
			t.Logf("%d clicks that lead to the server, %d on the page, %v with two pages checked", tab.Clicks(), on, took.Round(time.Second))
			if i == 0 {
				w.released(t, look, node.Restaurant)
			} else {
				w.approved(t, node.Restaurant)
			}
		})
	}
}

// TestDesigner_tableFromNothing: somebody writes a decision table from the
// answers of the item, is shown the case that no rule covers, adds its rule with
// one button and tries the table; without scripts and on a phone as well.
func TestDesigner_tableFromNothing(t *testing.T) {
	w := open(t)
	for _, look := range []harness.Look{{Width: 1366}, {Width: 390, Height: 844, NoScript: true}} {
		t.Run(look.String(), func(t *testing.T) {
			tab := harness.Open(t, w.look(look, designer))
			write := func(cell, text string) {
				harness.Eval[bool](tab, `(e => { e.value = ""; return true })(document.querySelector('[name="`+cell+`"]'))`)
				tab.Type(`[name="`+cell+`"]`, text)
			}
			tab.Go(w.url + "/design/" + node.District + "/" + node.Restaurant + "/tables")
			tab.Fill("决定什么", "收多少费，"+look.String())
			tab.Choose("使用面积")
			tab.Follow("新建", "")
			tab.Wait(`document.activeElement.name === "r0.0.0"`) // the first cell has the focus
			write("r0.0.0", "＜100")
			write("r0.1.0", "便宜")
			tab.Follow("保存", "")
			tab.Want("没有规则管到", "不小于 100")
			tab.Follow("补一条规则", "")
			write("r1.1.0", "7 +")
			tab.Follow("保存", "")
			tab.Want("没有写完")
			tab.Clean()
			write("r1.1.0", "贵")
			tab.Follow("保存", "")
			tab.Want("任何回答都有结果")
			tab.Clean()
			if n := tab.Overflow(); n > 0 {
				t.Errorf("the page is %d px too wide", n)
			}
			tab.Fill("使用面积", "120")
			tab.Follow("看结果", "")
			tab.Want("结果：贵", "适用")
		})
	}
}

// TestDesigner_expert opens the file in bpmn-js.
func TestDesigner_expert(t *testing.T) {
	w := open(t)
	tab := harness.Open(t, w.look(harness.Look{Width: 1366}, designer))
	tab.Go(w.url + "/design/" + node.District + "/" + node.Restaurant + "/expert")
	tab.Wait(`document.querySelectorAll("#canvas .djs-shape").length > 20`)
	tab.Wait(`getComputedStyle(document.querySelector("#canvas .bjs-powered-by")).display !== "none"`)
	tab.Clean()
}

// TestDesigner_expertForm: an expert chooses elements on the drawing, fills in the
// form that the server writes beside it, is told at once what cannot run, and
// saves; the form writes what the tree would have written, and what was there
// stays. Without scripts the same forms are links away.
func TestDesigner_expertForm(t *testing.T) {
	w := open(t)
	path := w.url + "/design/" + node.District + "/" + node.Restaurant
	tab := harness.Open(t, w.look(harness.Look{Width: 1366}, designer))
	tab.Go(path + "/expert")
	choose := func(id string) { // the drawing listens to the pointer, wherever it is scrolled to
		tab.Wait(`document.querySelector('#canvas g[data-element-id="` + id + `"]') !== null`)
		harness.Eval[bool](tab, `(e => { for (const k of ["mousedown", "mouseup", "click"]) { e.dispatchEvent(new MouseEvent(k, {bubbles: true, cancelable: true, view: window, button: 0})) } return true })(document.querySelector('#canvas g[data-element-id="`+id+`"] .djs-hit'))`)
		tab.Wait(`(document.querySelector('#element [name="element"]') || {}).value === "` + id + `"`)
	}
	value := func(name string) string {
		return harness.Eval[string](tab, `document.querySelector('#element [name="e.`+name+`"]').value`)
	}
	enter := func(name, text string) {
		harness.Eval[bool](tab, `(e => { e.value = `+strconv.Quote(text)+`; e.dispatchEvent(new Event("change", {bubbles: true})); return true })(document.querySelector('#element [name="e.`+name+`"]'))`)
	}
	choose("decide")
	if got := value("limit") + " " + value("post"); got != "P2WD decider" {
		t.Fatalf("the form shows %q", got)
	}
	tab.Clean()
	before := harness.Eval[int](tab, `document.querySelectorAll("#canvas .djs-shape").length`)
	enter("limit", "3") // a bare number is working days
	tab.Wait(`document.querySelector('#element [name="e.limit"]').value === "P3WD"`)
	enter("limit", "soon")
	tab.Wait(`document.querySelector("#element .err") !== null`)
	tab.Want("P5WD") // what a limit looks like
	enter("limit", "4")
	tab.Wait(`document.querySelector('#element [name="e.limit"]').value === "P4WD" && document.querySelector("#element .err") === null`)
	tab.Follow("保存", "")
	choose("decide")
	if got := value("limit"); got != "P4WD" {
		t.Errorf("after saving the limit is %q", got)
	}
	if after := harness.Eval[int](tab, `document.querySelectorAll("#canvas .djs-shape").length`); after != before {
		t.Errorf("%d shapes before, %d after saving", before, after)
	}
	tab.Go(path + "/changes")
	tab.Want("P2WD", "P4WD")

	plain := harness.Open(t, w.look(harness.Look{Width: 390, Height: 844, NoScript: true}, designer))
	plain.Go(path + "/expert?element=decide")
	plain.Fill("时限", "P2WD")
	plain.Follow("应用", "")
	plain.Want("P2WD")
	plain.Clean()
	if n := plain.Overflow(); n > 0 {
		t.Errorf("the page is %d px too wide", n)
	}
}
