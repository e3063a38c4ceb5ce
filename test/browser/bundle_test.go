package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// A resident applies for a one thing without scripts, on a phone: the guide says
// what it consists of, the page before handing in who gets what, and one page
// shows everything after. The offices see where the others stand; when the
// registration is granted, the part that waited has begun.
func TestJourney_oneThing(t *testing.T) {
	w := open(t)
	d := w.DraftOf(node.Resident, node.OneThing)
	v := visit{w, harness.Open(t, w.look(harness.Look{Width: 390, NoScript: true}, node.Resident)), true}
	v.Go(w.url + "/items/" + node.District + "/" + node.OneThing)
	v.Want("分成 5 个事项办理", "食品经营许可", "“营业执照登记”办好后自动提交", "还没有决定的其他事项一并撤回")
	v.Go(fmt.Sprintf("%s/drafts/%s/%s/check", w.url, d.Region, d.ID))
	v.Want("分给 5 个部门事项办理", "示例区消防救援大队", "“营业执照登记”的结果（自动转交）")
	v.next("提交「开办餐饮店一件事」申请", "")
	v.Want("已经提交", "下载收件凭证", "等待前一项", "5 项中 0 项已办结")
	at := harness.Eval[string](v.Tab, "location.pathname")
	id := at[strings.LastIndex(at, "/")+1:]

	b, err := w.Bundles.OfDraft(w.As(node.Resident), d.Region, d.ID)
	if err != nil || string(b.ID) != id {
		t.Fatalf("%s: %+v %v", at, b, err)
	}
	register, _ := b.Part("register")
	officer := harness.Open(t, w.look(harness.Look{Width: 1366}, node.Clerk))
	officer.Go(w.url + "/counter/cases/" + register.Case.Region + "/" + string(register.Case.ID))
	officer.Want("同一件事的其他事项", "食品经营许可（餐饮服务）", "等待前一项")
	officer.Clean()
	officer.Go(w.url + "/counter/bundles/" + b.Number)
	officer.Want("收件凭证", "营业执照登记", "示例区水务局")
	officer.Clean()

	if _, err := w.Casework.Accept(w.As(node.Clerk), register.Case.Region, register.Case.ID, 0); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if c := w.Finish(register.Case.Region, string(register.Case.ID)); c.Outcome != casework.Granted {
		t.Fatalf("registration is %s", c.State)
	}
	w.Settle()
	v.Go(w.url + at)
	v.Want("5 项中 1 项已办结", "前一项办好，自动提交", "营业执照")
	v.next("撤回这一项", "营业前消防安全检查")
	v.Want("其他事项照常办理")
}
