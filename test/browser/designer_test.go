package browser_test

import (
	"testing"

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
			tab := harness.Open(t, w.look(look, designer))
			tab.Go(w.url + "/design?q=%E9%A4%90%E9%A5%AE")
			tab.Clean()
			tab.Follow("开办餐饮店一件事", "")
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
			tab.Follow("步骤", "")
			tab.Follow("发布新版本", "")
			tab.Want("已发布")
			tab.Clean()
			if n := tab.Clicks(); n > 10 {
				t.Errorf("%d clicks that lead to the server", n)
			}
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
