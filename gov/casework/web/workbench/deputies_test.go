package workbench_test

import (
	"net/url"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/auth"
)

func TestDeputies_onTheirPage(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		away := w.Officer("examiner", "examiner", casefiletest.Fire)
		deputy := auth.From(w.Officer("examiner03", "examiner", casefiletest.Fire)).ID
		other := auth.From(w.Officer("examiner04", "examiner", casefiletest.Water)).ID
		step, a, b := o.step("check_fire"), w.Browser("examiner"), w.Browser("examiner03")
		a.Post(act(step, "claim"), url.Values{}).Want(200, "在您手里")
		page := a.Get("/work/deputies").Want(200, "委托代理", "没有委托", "同一单位、担任同样岗位的人")
		form := page.Fields("deputy")
		a.Post("/work/deputies", form).Want(422, "选择由谁代理", "填写从哪一天起", "填写到哪一天止")
		form.Set("deputy", other)
		form.Set("from", "2026-09-07")
		form.Set("until", "2026-09-01")
		form.Set("reason", "出差")
		a.Post("/work/deputies", form).Want(422, "开始和结束的日期不对")
		form.Set("until", "2026-09-11")
		a.Post("/work/deputies", form).Want(422, "担任同样的岗位")
		form.Set("deputy", auth.From(away).ID)
		a.Post("/work/deputies", form).Want(422, "不能委托自己")
		form.Set("deputy", deputy)
		a.Post("/work/deputies", form).Want(200, "已委托", "代理我", "代理中", "原因：出差")
		a.Post("/work/deputies", form).Want(422, "先结束那一项")

		b.Get("/work?shape=own").Want(200, "消防安全现场检查")
		page = b.Get(step).Want(200, "您正在代理，可以替")
		f := page.Fields("decide")
		f.Set("result", "approve")
		b.Post(act(step, "decide"), f).Want(200)
		page = b.Get(step).Want(200, "（代 ")
		if !strings.Contains(page.Text(), auth.From(w.Officer("examiner03", "examiner", casefiletest.Fire)).Name+"（代 "+auth.From(away).Name+"）") {
			t.Errorf("the timeline does not name both: %.900s", page.Text())
		}
		list := b.Get("/work/deputies").Want(200, "我代理", "提前结束")
		b.Post(list.Link(`/work/deputies/.*/end`), url.Values{"why": {"他回来了"}}).Want(200, "委托已结束", "已结束", "他回来了")
	})
}

func TestDeputies_byAnAdministrator(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		accepted(w)
		away := auth.From(w.Officer("examiner", "examiner", casefiletest.Fire)).ID
		deputy := auth.From(w.Officer("examiner03", "examiner", casefiletest.Fire)).ID
		w.Officer("安全员", "security", "")
		w.Officer("消防局长", "decider", casefiletest.Fire)
		w.Browser("examiner").Get("/admin/deputies").Want(403)
		chief := w.Browser("安全员")
		chief.Get("/admin/deputies").Want(200, "本单位的委托代理", "哪个单位")
		at := "/admin/deputies?" + url.Values{"office": {casefiletest.District + "|" + casefiletest.Fire}}.Encode()
		form := chief.Get(at).Want(200, "谁不在岗").Fields("deputy")
		form.Set("deputy", deputy)
		form.Set("from", "2026-09-07")
		form.Set("until", "2026-09-30")
		chief.Post(at, form).Want(422, "选择谁不在岗", "写明原因")
		form.Set("away", away)
		form.Set("reason", "病假")
		page := chief.Post(at, form).Want(200, "代理", "病假", "已委托")
		w.Browser("消防局长").Get("/admin/deputies").Want(200, "病假")
		end := page.Link(`/admin/deputies/.*/end`)
		w.Browser("examiner03").Post(end, url.Values{}).Want(403)
		w.Browser("消防局长").Post(end, url.Values{}).Want(200, "委托已结束")
	})
}

// To reject is an act of who decides in the office in charge, from any step;
// others are offered nothing of the kind.
func TestReject_onTheTaskPage(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, head := o.step("check_fire"), w.Browser("head")
		if page := w.Browser("fire").Get(step).Want(200); strings.Contains(page.Text(), "驳回") {
			t.Error("an examiner is offered to reject")
		}
		page := head.Get(step).Want(200, "驳回申请", "其他正在办的环节一律结束")
		form := url.Values{"version": {itoa(o.task("check_fire").Version)}, "number": {o.c.Number}}
		head.Post(act(step, "reject"), form).Want(422, "选择")
		form.Set("refuse.grounds", "reason.layout")
		form.Set("refuse.facts", "现场的生熟加工区没有分开")
		w.Browser("fire").Post(act(step, "reject"), form).Want(403)
		page = head.Post(act(step, "reject"), form).Want(200)
		f := o.File(o.c)
		if f.State != casework.Decided || f.Outcome != casework.Refused || !strings.Contains(f.Reason, "生熟") {
			t.Errorf("%s %s %q %.300s", f.State, f.Outcome, f.Reason, page.Text())
		}
		for _, x := range f.Tasks {
			if x.State == casework.TaskOpen {
				t.Errorf("%s is still open", x.Name)
			}
		}
	})
}

// What was sent can be taken back until its holder looks at it, and the sender
// is told who did.
func TestTakeBack_untilThePageIsOpened(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		for _, s := range [][2]string{{"check_drain", "water"}, {"check_fire", "fire"}, {"register", "lead"}} {
			f := w.Browser(s[1]).Get(o.step(s[0])).Want(200).Fields("decide")
			f.Set("result", "approve")
			w.Browser(s[1]).Post(act(o.step(s[0]), "decide"), f).Want(200)
		}
		last := o.step("check_food")
		f := w.Browser("lead").Get(last).Want(200).Fields("decide")
		f.Set("result", "approve")
		w.Browser("lead").Post(act(last, "decide"), f).Want(200)
		w.Browser("lead").Get(last).Want(200, "取回")
		w.Browser("fire").Get(o.step("decide")).Want(200) // not his: that he looks means nothing
		w.Browser("lead").Get(last).Want(200, "取回")
		w.Browser("head").Get(o.step("decide")).Want(200)
		page := w.Browser("lead").Get(last).Want(200, "不能取回：head")
		if strings.Contains(page.Text(), "取回，重新办理") {
			t.Error("it is offered all the same")
		}
		w.Browser("lead").Post(act(last, "takeback"), url.Values{"takeback.why": {"x"}}).Want(409, "已经打开下一环节")
	})
}
