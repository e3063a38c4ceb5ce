package workbench_test

import (
	"net/url"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
)

// Who may hands in what the flow waits for on the page of the case; what is wrong
// comes back with what was entered, and it can be done once.
func TestHandIn_onThePageOfTheCase(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		w.Publish([]byte(casefiletest.Waiting))
		o := accepted(w)
		at := "/work/cases/" + o.c.Region + "/" + string(o.c.ID)
		lead := w.Browser("lead")
		page := lead.Get(at+"?purpose="+url.QueryEscape("登记收到的消息")).Want(200, "流程正在等的消息", "登记收到的消息：等检测结果", "消息从哪里来")
		send := page.Link(at + "/messages/lab-result")
		form := page.Fields("hand-in-lab")
		form.Set("message.lab.lab", "合格")
		form.Set("message.lab.score", "两分半")
		page = lead.Post(send, form).Want(422, "填写 sealed", "得分 的类型不对", "填写 on", "写明理由")
		if got := page.Fields("hand-in-lab").Get("message.lab.lab"); got != "合格" {
			t.Errorf("what was entered comes back as %q", got)
		}
		for k, v := range map[string]string{"score": "2.5", "sealed": "true", "on": "2026-09-08", "reason": "检测院报告第12号"} {
			form.Set("message.lab."+k, v)
		}
		w.Browser("fire").Post(send, form).Want(403)
		page = lead.Post(send, form).Want(200, "收到消息：lab-result", "检测院报告第12号")
		if strings.Contains(page.Text(), "流程正在等的消息") {
			t.Error("it is asked for again")
		}
		lead.Post(send, form).Want(409)
		if x := o.task("decide"); x.State != casework.TaskOpen {
			t.Error("the decision is not open")
		}
	})
}
