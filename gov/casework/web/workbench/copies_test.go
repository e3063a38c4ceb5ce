package workbench_test

import (
	"net/url"
	"testing"

	"tongban/gov/casework/web/casefile/casefiletest"
)

func TestCopies_informReadMark(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		w.Officer("city", "examiner", "11449901900000057L")
		step, b, city := o.step("check_fire"), w.Browser("fire"), w.Browser("city")
		b.Post(act(step, "copy"), nil).Want(422, "选择抄送给谁")
		b.Post(act(step, "copy"), url.Values{"copy.to": {"11449901900000057L|"}, "copy.why": {"请阅知"}}).Want(200, "抄送")
		city.Get("/work").Want(200, "抄送")
		page := city.Get("/work/copies").Want(200, "请阅知", "未读", "餐饮店综合许可")
		city.Get(page.Link(`^/work/cases/`)).Want(200, "申请材料")
		city.Post(page.Link(`/read$`), nil).Want(200, "已读")
		w.Browser("water").Post(page.Link(`/read$`), nil).Want(404)
	})
}
