package workbench_test

import (
	"net/url"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
)

func TestOperations_onTheTaskPage(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, b, head := o.step("check_fire"), w.Browser("fire"), w.Browser("head")
		page := b.Get(step).Want(200, "更多操作", "加签、减签", "抄送", "转办")
		v := url.Values{"version": {page.Fields("decide").Get("version")}, "addsigner.place": {"before"}}
		b.Post(act(step, "addsigner"), v).Want(422, "选择加给谁")
		v.Set("addsigner.to", "11449901900000049R|")
		b.Post(act(step, "addsigner"), v).Want(422, "加签原因")
		v.Set("addsigner.why", "先看排水")
		page = b.Post(act(step, "addsigner"), v).Want(200, "减签", "：加签")
		form := b.Get(step).Fields("decide")
		form.Set("result", "approve")
		b.Post(act(step, "decide"), form).Want(409, "先等加签的人")
		signer := page.Link(`^task_[a-z0-9]+$`)
		b.Post(act(step, "takeaway"), url.Values{"takeaway.to": {signer}, "takeaway.why": {"不用了"}}).Want(200, "减签")
		head.Get(step).Want(200, "催办", "跳转到别的环节", "作废")
		head.Post(act(step, "urge"), url.Values{"urge.why": {"今天要办"}}).Want(200, "：催办")
		head.Post(act(step, "urge"), nil).Want(422, "今天催办过了")
		form = b.Get(step).Fields("decide")
		form.Set("result", "approve")
		b.Post(act(step, "decide"), form).Want(200)
		b.Get(step).Want(200, "取回")
		b.Post(act(step, "takeback"), url.Values{"takeback.why": {"写错了"}}).Want(200, "：取回")
		f := o.File(o.c)
		for _, x := range f.Tasks {
			if x.Element == "check_fire" && x.State == casework.TaskOpen {
				step = "/work/tasks/449901/" + string(x.ID) + "?case=" + string(o.c.ID)
			}
		}
		b.Get(step).Want(200, "在您手里")
		b.Post(act(step, "void"), url.Values{"version": {itoa(f.Version)}, "void.why": {"x"}}).Want(403)
		head.Post(act(step, "void"), url.Values{"version": {itoa(f.Version)}, "void.why": {"重复立件"}}).Want(200, "已作废")
		w.Browser("王示例")
	})
}
