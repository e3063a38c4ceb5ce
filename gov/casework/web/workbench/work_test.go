package workbench_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/catalogue"
	"tongban/gov/identity/number"
	"tongban/items"
	"tongban/platform/db/dbtest"
)

func TestWork_fromInboxToDecision(t *testing.T) {
	casefiletest.Run(t, func(w *casefiletest.Town) {
		o := accepted(w)
		lead := w.Browser("lead")
		box := lead.Get("/work?shape=post").Want(200, casework.ShowNumber(o.c.Number), "办理市场主体登记", "剩余时限")
		done := lead.Post("/work/claim", url.Values{"task": {box.Link(`^449901/task_`)}}).Want(200, "已签收 1 件", "我的待办")
		page := lead.Get(done.Link(`^/work/tasks/`)).Want(200, "在您手里", "申请内容", "申请材料", "各单位办理情况", "消防安全现场检查", "4499**********"+casefiletest.Number(1)[14:])
		if strings.Contains(page.Raw, casefiletest.Number(1)) {
			t.Error("the whole number is on the page")
		}
		form := page.Fields("decide")
		form.Set("result", "approve")
		form.Set("check."+o.offer().ConditionList[0].ID, "yes")
		next := lead.Post(page.Link(`/decide\?`), form).Want(200, casework.ShowNumber(o.c.Number)+" 的这一环节已办好：通过")
		if !strings.HasPrefix(next.Path, "/work") {
			t.Errorf("led to %s", next.Path)
		}
		o.approve("water", "check_drain")
		o.approve("fire", "check_fire")
		o.approve("lead", "check_food")
		o.approve("head", "decide")
		f := o.File(o.c)
		if f.State != casework.Decided || f.Outcome != casework.Granted {
			t.Fatalf("%s %s", f.State, f.Outcome)
		}
		w.Browser("head").Get("/work/cases/449901/"+string(o.c.ID)+"?purpose=复核").Want(200, "准予", "办结：准予")
	})
}

// approve decides a step in favour, the way an officer does: open, decide.
func (o office) approve(who, element string) {
	o.T.Helper()
	b, step := o.Browser(who), o.step(element)
	form := b.Get(step).Want(200).Fields("decide")
	form.Set("result", "approve")
	told := "这一环节已办好：通过"
	if element == "decide" {
		told = "已办结：准予"
	}
	b.Post(act(step, "decide"), form).Want(200, told)
}

// What a registration gives is filled in by whoever registers, and by nobody else.
func TestDecide_fillsIn(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		_, err := w.Items.PublishPackage(dbtest.As(t, "test"), items.Files, "birth-registration", catalogue.PublishOptions{})
		w.Must(err)
		birth := time.Date(2026, 8, 3, 0, 0, 0, 0, time.UTC)
		o.c = w.ApplyFor(o.me, "11449901900000065F4440799921000", map[string]string{"married": "yes"}, map[string]string{"child_name": "王小虚构", "child_birth": "2026-08-03"})
		if o.c, err = w.Casework.Accept(w.Officer("window", "clerk", ""), o.c.Region, o.c.ID, o.c.Version); err != nil {
			t.Fatal(err)
		}
		const police = "11449901900000065F"
		w.Officer("checker", "examiner", police)
		w.Officer("registrar", "decider", police)
		if page := w.Browser("checker").Get(o.step("check")).Want(200); strings.Contains(page.Raw, "child_number") {
			t.Error("another step fills it in")
		}
		o.approve("checker", "check")
		b, step := w.Browser("registrar"), o.step("decide")
		form := b.Get(step).Want(200, "登记结果", "孩子的公民身份号码").Fields("decide")
		form.Set("result", "approve")
		b.Post(act(step, "decide"), form).Want(422, "填写登记时编制的公民身份号码")
		form.Set("fields.child_number", string(number.FictionalBorn(casefiletest.District, birth.AddDate(0, 0, 1), 2)))
		again := b.Post(act(step, "decide"), form).Want(422, "公民身份号码与孩子的出生日期或者性别不一致").Fields("decide")
		if again.Get("fields.child_number") != form.Get("fields.child_number") {
			t.Error("what was typed is lost")
		}
		form.Set("fields.child_number", string(number.FictionalBorn(casefiletest.District, birth, 2)))
		b.Post(act(step, "decide"), form).Want(200, "已办结：准予")
	})
}

func TestDecide_whatComesTooLateTellsWhoWasFirst(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step := o.step("register")
		form := w.Browser("lead").Get(step).Want(200).Fields("decide")
		form.Set("result", "approve")
		w.Browser("lead").Post(act(step, "decide"), form).Want(200)
		w.Browser("lead").Post(act(step, "decide"), form).Want(409, "这一步没有办成", "办理市场主体登记：通过", "lead")
		if page := w.Browser("lead").Get(step).Want(200, "lead 于 2026年9月7日"); strings.Contains(page.Raw, "名称里混有形近字母") {
			t.Error("a plain name is warned of")
		}
		w.Browser("head").Post(act(step, "claim"), nil).Want(409)
		// Whoever accepts is told of a Cyrillic letter in a name; the case goes on.
		other := w.ApplyWith(w.Resident("王示例", 600), map[string]string{"shop_name": "示例А餐馆（虚构）"})
		w.Browser("window").Get("/work/cases/449901/"+string(other.ID)+"?purpose=受理审查").Want(200, "名称里混有形近字母", "“示例А餐馆（虚构）”里的 А U+0410 是西里尔字母")
		_, err := w.Casework.Accept(w.Officer("window", "clerk", ""), other.Region, other.ID, other.Version)
		w.Must(err)
	})
}

func TestDecide_refusalNeedsItsReason(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, b := o.step("register"), w.Browser("lead")
		page := b.Get(step).Want(200, "哪一条不符合", "怎样可以通过")
		form := page.Fields("decide")
		form.Set("result", "refuse")
		form.Set("opinion", "写好的意见")
		b.Post(act(step, "decide"), form).Want(422, "选择哪一条不符合：", "写明核查到的情况", "写好的意见")
		form.Set("refuse.facts", "现场照片看不到隔油池")
		b.Post(act(step, "decide"), form).Want(422, "选择哪一条不符合：")
		form["refuse.materials"] = []string{"material.drain_plan"}
		b.Post(act(step, "decide"), form).Want(422, "写明怎样可以通过")
		form["refuse.grounds"] = []string{"reason." + o.offer().Result.Refusal.Reasons[0].ID}
		form.Set("refuse.pass", "补一张看得清的照片")
		b.Post(act(step, "decide"), form).Want(200)
		for _, x := range o.File(o.c).Tasks {
			if x.Element == "register" && (x.Result != casework.Refuse || !strings.Contains(x.Opinion, "怎样可以通过：") || !strings.Contains(x.Opinion, "看不到隔油池") || !strings.Contains(x.Opinion, "补一张看得清的照片")) {
				t.Errorf("%s %s: opinion %q", x.State, x.Result, x.Opinion)
			}
		}
		b.Post(act(o.step("check_fire"), "decide"), form).Want(403)
		form.Set("result", "burn")
		b.Post(act(o.step("check_fire"), "decide"), form).Want(422)
	})
}

func (o office) offer() *catalogue.Offer {
	o.T.Helper()
	offer, err := o.Casework.Offer(o.me, o.c.Region, o.c.Item, o.c.ItemVersion)
	o.Must(err)
	return offer
}

func TestTask_pauseResumeExtend(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, b := o.step("register"), w.Browser("lead")
		version := func() url.Values { return url.Values{"version": {itoa(o.File(o.c).Version)}} }
		b.Post(act(step, "pause"), version()).Want(422)
		in := version()
		in.Set("pause.kind", "inspection")
		in.Set("pause.why", "要到店检验")
		in.Set("pause.expected", "五天")
		b.Post(act(step, "pause"), in).Want(422, "要到店检验")
		in.Set("pause.expected", "5")
		page := b.Post(act(step, "pause"), in)
		if page.Status == 422 { // the rules name the kind otherwise: take theirs
			in.Set("pause.kind", w.Casework.Rules.Special[0].Kind)
			page = b.Post(act(step, "pause"), in)
		}
		page.Want(200, "特别程序进行中", "特别程序已开始", "时限暂停计算")
		if b.Get(step).Want(200).Fields("decide").Has("version") {
			t.Error("a decision is offered while the clock stands")
		}
		in = version()
		in.Set("resume.why", "检验合格")
		b.Post(act(step, "resume"), in).Want(200, "检验合格", "恢复计时")
		in = version()
		in.Set("extend.days", "99")
		in.Set("extend.why", "等外地核验")
		b.Post(act(step, "extend"), in).Want(403)
		head := w.Browser("head")
		head.Post(act(step, "extend"), in).Want(422, "等外地核验")
		in.Set("extend.days", "5")
		head.Post(act(step, "extend"), in).Want(200, "办理期限已延长")
		head.Post(act(step, "extend"), in).Want(409)
	})
}

func TestTask_delegateTransferReturn(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, b := o.step("register"), w.Browser("lead")
		b.Post(act(step, "delegate"), url.Values{"delegate.why": {"看看选址"}}).Want(422, "选择委派给谁", "看看选址")
		page := b.Get(step)
		to := page.Link(`^` + casefiletest.Lead + `\|acc_`)
		b.Post(act(step, "delegate"), url.Values{"delegate.to": {to}}).Want(422)
		b.Post(act(step, "delegate"), url.Values{"delegate.to": {to}, "delegate.why": {"看看选址"}, "number": {o.c.Number}}).Want(200, "已委派，等对方答复")
		b.Get(step).Want(200, "提意见")
		b.Post(act(step, "transfer"), url.Values{"transfer.to": {"nobody"}, "transfer.why": {"x"}}).Want(422, "选择转给谁")
		w.Browser("head").Post(act(step, "transfer"), url.Values{"transfer.to": {casefiletest.Lead + "|"}, "transfer.why": {"收回重新分配"}, "number": {o.c.Number}}).Want(200, "已转办")
		b.Get(step).Want(200, "还没有人签收", "收回重新分配")
		for _, s := range []struct{ who, element string }{{"lead", "register"}, {"water", "check_drain"}, {"fire", "check_fire"}} {
			o.approve(s.who, s.element)
		}
		back := o.step("check_food")
		targets := b.Get(back).Want(200, "退回前面的环节")
		v := targets.Fields("decide").Get("version")
		b.Post(act(back, "return"), url.Values{"version": {v}, "return.why": {"登记地址不对"}}).Want(422, "选择退回到哪个环节", "登记地址不对")
		b.Post(act(back, "return"), url.Values{"version": {v}, "return.to": {"register"}, "return.why": {"登记地址不对"}}).Want(200)
		o.step("register")
	})
}

func TestTask_othersAreRefused(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step := o.step("register")
		page := w.Browser("lead").Get(step)
		file := page.Link(`^/work/files/`)
		w.Officer("librarian", "librarian", "")
		w.Resident("李虚构", 501)
		paths := []string{step, "/work/cases/449901/" + string(o.c.ID) + "?purpose=x", file, "/work/cases/449901/" + string(o.c.ID) + "/clock", "/work/cases/449901/" + string(o.c.ID) + "/flow.svg"}
		for _, p := range paths {
			for _, who := range []string{"other", "librarian", "李虚构", ""} {
				if got := w.Browser(who).Get(p).Status; got != 403 && got != 404 && got != 401 {
					t.Errorf("%q gets %d at %s", who, got, p)
				}
			}
			w.Browser("lead").Get(p).Want(200)
		}
		for _, verb := range []string{"claim", "release", "decide", "return", "delegate", "opinion", "transfer", "pause", "resume", "unmask"} {
			in := url.Values{"version": {"1"}, "result": {"approve"}, "reason": {"x"}, "return.to": {"register"}, "return.why": {"x"}, "delegate.to": {"a|b"}, "delegate.why": {"x"}, "give.why": {"x"},
				"transfer.to": {casefiletest.Lead + "|"}, "transfer.why": {"x"}, "pause.kind": {w.Casework.Rules.Special[0].Kind}, "pause.why": {"x"}, "resume.why": {"x"}}
			if got := w.Browser("other").Post(act(step, verb), in).Status; got < 400 {
				t.Errorf("another office may %s: %d", verb, got)
			}
		}
		served := w.Browser("lead").Get(file).Want(200)
		if served.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(served.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("file headers %v", served.Header)
		}
		if d := w.Browser("lead").Get(file + "?download=1").Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
			t.Errorf("download as %q", d)
		}
		w.Browser("lead").Get(file[:len(file)-4] + "0000").Want(404)
		w.Browser("lead").Get("/work/tasks/449901/task_none").Want(404)
		w.Browser("lead").Get(step[:strings.Index(step, "?")]).Want(200) // found without the case in the address
	})
}

func TestUnmask_isOnRecord(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		step, b := o.step("register"), w.Browser("lead")
		b.Post(act(step, "unmask"), url.Values{"reason": {" "}}).Want(422)
		b.Post(act(step, "unmask"), url.Values{"reason": {"核对营业执照"}}).Want(200, casefiletest.Number(1), "号码已完整显示")
		list, err := w.Casework.ReadersOf(o.me, o.c.Region, o.c.ID, "", 10)
		w.Must(err)
		if len(list) == 0 || list[0].Purpose != "查看完整号码：核对营业执照" {
			t.Errorf("readings %+v", list)
		}
	})
}

func TestInbox_filtersLieInTheAddress(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := accepted(w)
		b := w.Browser("lead")
		b.Get("/work?shape=post&item=餐饮").Want(200, casework.ShowNumber(o.c.Number), "清除筛选")
		b.Get("/work?shape=post&item=没有这种").Want(200, "没有符合条件的办件")
		b.Get("/work?shape=post&light=red").Want(200, "没有符合条件的办件")
		b.Get("/work?shape=own&number="+o.c.Number).Want(200, "不在这个列表里")
		b.Get("/work?shape=sideways").Want(422)
		b.Get("/work?shape=post&after=nonsense").Want(422)
		w.Clock.Advance(40 * 24 * 3600 * 1e9)
		b.Get("/work?shape=post&light=red").Want(200, casework.ShowNumber(o.c.Number), "红牌 超期")
		w.Browser("").Get("/work").Want(401)
	})
}

func TestAcceptance_askForEverythingOnce(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		b, base := w.Browser("decider02"), "/work/cases/449901/"+string(o.c.ID)
		page := b.Get(base).Want(200, "受理审查", "一次性告知补正")
		v := url.Values{"version": {itoa(o.c.Version)}, "act": {"preview"}}
		b.Post(base+"/ask", v).Want(422, "勾选至少一项")
		target := page.Link(`^material\.`)
		v.Set("ask", target)
		b.Post(base+"/ask", v).Want(422, "哪里不对")
		v.Set("ask.reason."+target, "看不清公章")
		v.Set("ask.how."+target, "重新拍照")
		v.Set("ask.until", "明年")
		b.Post(base+"/ask", v).Want(422, "写成年月日")
		v.Set("ask.until", "2030-01-01")
		b.Post(base+"/ask", v).Want(422, "最后一天要在")
		v.Del("ask.until")
		b.Post(base+"/ask", v).Want(200, "申请人将看到的内容", "看不清公章", "重新拍照", "只发送一次", "前全部备齐")
		if o.File(o.c).State != casework.Submitted {
			t.Error("a preview sent it")
		}
		v.Set("act", "edit")
		b.Post(base+"/ask", v).Want(200, "一次性告知补正")
		v.Set("act", "send")
		sent := b.Post(base+"/ask", v).Want(200, "补正告知已发给申请人", casework.ShowNumber(o.c.Number)+" 等待补正")
		if strings.Contains(sent.Raw, "已办好") || strings.Contains(sent.Raw, "已办结") {
			t.Error("a request for supplements is called done")
		}
		b.Get("/work?done=" + o.c.Number + "&act=burn").Want(200)
		if f := o.File(o.c); f.State != casework.Supplemented || len(f.Supplements) != 1 || f.Supplements[0].Items[0].Reason != "看不清公章" {
			t.Fatalf("%s %+v", f.State, f.Supplements)
		}
		b.Post(base+"/ask", v).Want(409, "一次性告知补正")
		b.Post(base+"/accept", url.Values{"version": {itoa(o.File(o.c).Version)}}).Want(409, "这一步没有办成")
	})
}

func TestAcceptance_refusalNamesItsGround(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		b, base := w.Browser("decider02"), "/work/cases/449901/"+string(o.c.ID)
		v := url.Values{"version": {itoa(o.c.Version)}, "refuse.facts": {"店在邻区"}}
		b.Post(base+"/refuse", v).Want(422, "选择哪一条不符合：", "店在邻区")
		v.Set("refuse.grounds", "law.not_competent")
		b.Post(base+"/refuse", v).Want(422, "写明怎样可以通过")
		v.Set("refuse.pass", "到示例市办理")
		v.Set("version", "7")
		b.Post(base+"/refuse", v).Want(409)
		v.Set("version", itoa(o.c.Version))
		b.Post(base+"/refuse", v).Want(200, "已决定不予受理")
		if f := o.File(o.c); f.State != casework.NotAccepted || !strings.Contains(f.Reason, "第（二）项") {
			t.Errorf("%s %q", f.State, f.Reason)
		}
	})
}

func itoa(n int) string { return strconv.Itoa(n) }
