package browser_test

import (
	"fmt"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// TestDesigner_package: somebody who has never seen the designer changes a form
// field, adds a material and sets a fee, looks at the preview and at what the
// change means, and publishes, in less than ten minutes, with scripts and
// without, on a wide screen and on a phone. Every page on the way is accessible.
func TestDesigner_package(t *testing.T) {
	w := open(t)
	for i, look := range []harness.Look{{Width: 1366}, {Width: 390, Height: 844, NoScript: true}} {
		t.Run(look.String(), func(t *testing.T) {
			tab, began := harness.Open(t, w.look(look, designer)), clock.System.Now()
			item := w.url + "/design/" + node.District + "/" + node.Restaurant
			write := func(name, text string) {
				harness.Eval[bool](tab, fmt.Sprintf(`(e => { e.value = ""; return true })(document.querySelector('[name="%s"]'))`, name))
				tab.Type(`[name="`+name+`"]`, text)
			}
			look := func() {
				tab.Clean()
				if n := tab.Overflow(); n > 0 {
					t.Errorf("%s is %d px too wide", tab.Title(), n)
				}
			}
			to := func(group, name string) { // on a phone the tabs of the group at hand are shown
				if i == 1 {
					tab.Follow(group, "")
				}
				tab.Follow(name, "")
			}
			tab.Go(item)
			to("申请", "表单")
			look()
			tab.Follow([]string{"店面地址", "店面的地址0"}[i], "")
			look()
			write("v.label.zh", fmt.Sprintf("店面的地址%d", i))
			write("v.errors.required.zh", "写清店面在哪里")
			tab.Follow("保存", "")
			tab.Want(fmt.Sprintf("店面的地址%d", i))
			to("内容", "材料")
			tab.Follow("加一份材料", "")
			look()
			for name, text := range map[string]string{"v.name.zh": fmt.Sprintf("平面图%d", i), "v.name.en": "Floor plan", "v.why.zh": "看厨房和就餐区分开没有。", "v.why.en": "Shows kitchen and seats.",
				"v.risk.zh": "生熟不分，吃的人会生病。", "v.risk.en": "Guests could fall ill.", "v.issued_by.zh": "申请人自己画", "v.issued_by.en": "Drawn by the applicant"} {
				write(name, text)
			}
			harness.Eval[bool](tab, `(e => { e.selectedIndex = 1; return true })(document.querySelector('[name="v.clause"]'))`)
			tab.Follow("保存", "")
			tab.Follow("收费", "")
			look()
			write("v.cents", fmt.Sprintf("%d.50", 12+i))
			write("v.citation.zh", "示例收费文件第一条")
			tab.Follow("保存", "")
			to("上线", "预览")
			look()
			tab.Follow("发布", "")
			look()
			tab.Want("没有必须改的，可以发布", fmt.Sprintf("店面的地址%d", i), "平面图", fmt.Sprintf("%d.50", 12+i), "办事人要点几下")
			tab.Follow("提交审核", "")
			tab.Want("等待法制审核")
			look()
			took := clock.System.Now().Sub(began)
			if n := tab.Clicks(); n > 17 || took > 10*time.Minute {
				t.Errorf("%d clicks that lead to the server, %v", n, took)
			}
			t.Logf("%d clicks that lead to the server, %v with every page checked", tab.Clicks(), took.Round(time.Second))
			w.approved(t, node.Restaurant)
		})
	}
}
