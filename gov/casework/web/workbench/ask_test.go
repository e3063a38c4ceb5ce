package workbench_test

import (
	"net/url"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
)

func TestAsk_theApplicantIsSentWhatTheHolderWants(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, b := o.step("check_fire"), w.Browser("fire")
		page := b.Get(step).Want(200, "退回申请人补正")
		v := url.Values{"version": {page.Fields("decide").Get("version")}}
		b.Post(act(step, "supplement"), v).Want(422, "退回申请人补正")
		v.Set("supplement.why", "缺疏散图")
		v.Set("supplement.how", "补一张平面图")
		v.Set("supplement.material", "layout")
		v.Set("supplement.name.layout", "平面图")
		b.Post(act(step, "supplement"), v).Want(200, "正在等申请人补正", "缺疏散图", "等待答复")
		w.Browser("lead").Get(o.step("register")).Want(200, "正在等申请人补正")
		f := o.File(o.c)
		if f.State != casework.Supplemented || len(f.Supplements) != 1 || f.Supplements[0].Items[0].Target != "material.layout" {
			t.Fatalf("%s %+v", f.State, f.Supplements)
		}
		b.Post(act(step, "supplement"), v).Want(409)
		lead, at := w.Browser("lead"), o.step("register")
		lead.Post(act(at, "wait"), url.Values{"version": {itoa(f.Version)}}).Want(422, "不再等待申请人")
		lead.Post(act(at, "wait"), url.Values{"version": {itoa(f.Version)}, "wait.why": {"申请人没有答复"}}).Want(200, "不再等待补正")
		if f = o.File(o.c); f.State != casework.InProgress || f.Paused {
			t.Errorf("%s paused %v", f.State, f.Paused)
		}
		b.Get(step).Want(200, "在您手里")
	})
}
