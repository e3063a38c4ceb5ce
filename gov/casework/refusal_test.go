package casework

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/fault"
)

func wants(t *testing.T, what string, err error, want *fault.Fault) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %s", what, err, want.Code)
	}
}

func TestSupplement_onceAndTheClockStands(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, officer := w.resident("王示例"), w.officer("受理", RoleExaminer, lead)
		c := w.apply(me, dineIn())
		w.clock.Set(at(9, 9, 10))
		items := []SupplementItem{
			{Target: "material.layout", Name: "布局图", Reason: "看不清", How: "重新拍照上传"},
			{Target: "form.shop_address", Name: "地址", Reason: "缺门牌号", How: "写到门牌号"},
		}
		_, err := w.s.AskSupplement(officer, c.Region, c.ID, c.Version, []SupplementItem{{Target: "x"}}, "")
		var p Problems
		if !errors.As(err, &p) || len(p) != 3 {
			t.Errorf("ask without saying what: %v", err)
		}
		if _, err = w.s.AskSupplement(officer, c.Region, c.ID, c.Version, items, ""); err != nil {
			t.Fatal(err)
		}
		c = w.reload(c)
		if c.State != Supplemented || !c.AcceptDue.IsZero() || !w.open(c)[AcceptElement].Paused {
			t.Errorf("while it waits: %+v", c)
		}
		_, err = w.s.Accept(officer, c.Region, c.ID, 0)
		wants(t, "accept while it waits", err, ErrWrongState)
		_, err = w.s.AskSupplement(officer, c.Region, c.ID, 0, items, "")
		wants(t, "ask while it waits", err, ErrWrongState)

		w.clock.Set(at(9, 16, 10)) // the acceptance limit would be over
		if w.runJobs() != 0 || w.reload(c).State != Supplemented {
			t.Error("the clock ran while the applicant was asked")
		}
		_, err = w.s.SendSupplement(me, c.Region, c.ID)
		if !errors.As(err, &p) || len(p) != 2 {
			t.Errorf("send without answers: %v", err)
		}
		file := []Attachment{{Hash: "f2", Name: "布局图2.jpg", Size: 10, Kind: "jpg"}}
		if _, err = w.s.AnswerItem(me, c.Region, c.ID, 0, Answer{Files: file}); err != nil {
			t.Fatal(err)
		}
		if _, err = w.s.AnswerItem(me, c.Region, c.ID, 1, Answer{Text: "示例街 1 号"}); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.AnswerItem(me, c.Region, c.ID, 2, Answer{Text: "x"})
		wants(t, "answer what was not asked", err, ErrNoMaterial)
		_, err = w.s.AnswerItem(w.resident("李虚构"), c.Region, c.ID, 1, Answer{Text: "x"})
		wants(t, "answer for somebody else", err, ErrNoCase)
		if c, err = w.s.SendSupplement(me, c.Region, c.ID); err != nil {
			t.Fatal(err)
		}
		// One of five days was used on Tuesday 8; Wednesday 9 to Wednesday 16 touch the pause.
		want := endOf(9, 21) // 17, 18, 20 (a make-up Sunday), 21
		if c.State != Submitted || !c.AcceptDue.Equal(want) {
			t.Errorf("after the answer %s, due %v, want %v", c.State, c.AcceptDue.In(calendar.Zone), want)
		}
		_, err = w.s.SendSupplement(me, c.Region, c.ID)
		wants(t, "send twice", err, ErrWrongState)
		w.mended(c)
		w.askedAgain(c, items)
	})
}

// mended checks that the answers are in the application.
func (w *town) mended(c Case) {
	w.t.Helper()
	f, err := w.s.Open(w.resident("王示例"), c.Region, c.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	if n := len(f.Application.Materials["layout"].Files); n != 2 || f.Application.Form["shop_address"] != "示例街 1 号" {
		w.t.Errorf("application after the answer: %d files, %q", n, f.Application.Form["shop_address"])
	}
}

// askedAgain checks that only the head of the organ asks a second time.
func (w *town) askedAgain(c Case, items []SupplementItem) {
	t, officer := w.t, w.officer("受理", RoleExaminer, lead)
	t.Helper()
	_, err := w.s.AskSupplement(officer, c.Region, c.ID, 0, items, "")
	wants(t, "ask again", err, ErrAskedBefore)
	_, err = w.s.AskSupplement(officer, c.Region, c.ID, 0, items, "漏看一页")
	wants(t, "ask again without being head", err, ErrAskedBefore)
	head := auth.From(w.officer("局长", RoleDecider, lead))
	head.Grants = append(head.Grants, auth.From(officer).Grants...)
	if _, err = w.s.AskSupplement(auth.With(t.Context(), head), c.Region, c.ID, 0, items, "漏看一页"); err != nil {
		t.Errorf("ask again as head: %v", err)
	}
}

func TestAcceptance_lapseOfTime(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.apply(w.resident("王示例"), dineIn())
		w.clock.Set(c.AcceptDue)
		if w.runJobs() != 0 {
			t.Error("a job ran before the limit was over")
		}
		w.clock.Set(c.AcceptDue.Add(time.Second))
		if w.runJobs() != 1 {
			t.Error("no job ran")
		}
		c = w.reload(c)
		if c.State != Accepted || !c.Deemed || !c.AcceptedAt.Equal(c.SubmittedAt) {
			t.Errorf("deemed accepted: %+v", c)
		}
		if len(w.open(c)) != 3 {
			t.Errorf("open: %v", keys(w.open(c)))
		}
		_, err := w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, 0)
		wants(t, "accept afterwards", err, ErrWrongState)
	})
}

func TestSupplement_forNothing(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.apply(w.resident("王示例"), dineIn())
		_, err := w.s.AskSupplement(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, c.Version, nil, "")
		wants(t, "ask for nothing", err, ErrNothingAsked)
	})
}

func TestRefuseAcceptance(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me, officer := w.resident("王示例"), w.officer("受理", RoleExaminer, lead)
		c := w.apply(me, dineIn())
		elsewhere := Refusal{Grounds: []string{"law.not_competent"}, Facts: "店址在邻区", Pass: "请到邻区市场监督管理部门申请"}
		_, err := w.s.RefuseAcceptance(officer, c.Region, c.ID, 0, Refusal{Facts: "不属于本机关"})
		refusedAt(t, "free text alone", err, "refusal.grounds")
		_, err = w.s.RefuseAcceptance(officer, c.Region, c.ID, 0, Refusal{Grounds: []string{"material.lease"}, Facts: "没有租约", Pass: "补租约"})
		refusedAt(t, "a material that nobody asked for", err, "refusal.grounds")
		_, err = w.s.RefuseAcceptance(officer, c.Region, c.ID, 0, Refusal{Grounds: elsewhere.Grounds})
		refusedAt(t, "without facts, and where else to go", err, "refusal.facts", "refusal.pass")
		_, err = w.s.RefuseAcceptance(w.officer("消防", RoleExaminer, fire), c.Region, c.ID, 0, elsewhere)
		wants(t, "by another office", err, authz.ErrForbidden)
		_, err = w.s.RefuseAcceptance(officer, c.Region, c.ID, c.Version+1, elsewhere)
		wants(t, "in view of another version", err, ErrStale)
		if c, err = w.s.RefuseAcceptance(officer, c.Region, c.ID, c.Version, elsewhere); err != nil || c.State != NotAccepted {
			t.Fatalf("%v %v", c.State, err)
		}
		w.refusalTells(me, c, "第三十二条第一款第（二）项", "店址在邻区", "请到邻区市场监督管理部门申请")
		w.clock.Advance(30 * 24 * time.Hour)
		w.runJobs()
		if w.reload(c).State != NotAccepted {
			t.Error("the lapse of time undid the refusal")
		}
		_, err = w.s.Withdraw(me, c.Region, c.ID, "不办了")
		wants(t, "withdraw afterwards", err, ErrClosed)
	})
}

func TestDecision_refusedAndClosed(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		for _, step := range []string{"check_drain", "register", "check_food"} {
			w.do(c, step, "审查", Approve)
		}
		task := w.open(c)["check_fire"]
		_, err := w.s.Complete(w.officer("消防", RoleExaminer, fire), c.Region, task.ID, Opinion{Result: Refuse, Text: "写了很多，就是没有说哪一条"})
		refusedAt(t, "free text alone", err, "refusal.grounds", "refusal.facts")
		_, err = w.s.Complete(w.officer("消防", RoleExaminer, fire), c.Region, task.ID, Opinion{Result: Refuse, Refusal: Refusal{Grounds: []string{"condition.nothing"}, Facts: "有"}})
		refusedAt(t, "a ground that the item does not list", err, "refusal.grounds")
		_, err = w.s.Complete(w.officer("消防", RoleExaminer, fire), c.Region, task.ID, Opinion{Result: Refuse, Refusal: Refusal{Grounds: []string{"condition.fire"}, Facts: "没有检查记录"}})
		refusedAt(t, "without how to pass", err, "refusal.pass")
		_, err = w.s.Complete(w.officer("水务", RoleExaminer, water), c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "another office's step", err, authz.ErrForbidden)
		_, err = w.s.Complete(w.officer("消防", RoleExaminer, fire), c.Region, task.ID, Opinion{Result: Approve, Version: task.Version + 3})
		wants(t, "in view of another version", err, ErrStale)
		_, err = w.s.Complete(w.resident("王示例"), c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "by the applicant", err, authz.ErrForbidden)
		w.do(c, "check_fire", "消防", Refuse)
		if _, ok := w.open(c)["consult"]; !ok { // one refusal leads to the consultation
			t.Fatalf("open: %v", keys(w.open(c)))
		}
		w.do(c, "consult", "审查", Refuse)
		decide := w.open(c)["decide"]
		both := auth.From(w.officer("审查", RoleDecider, lead))
		_, err = w.s.Complete(auth.With(t.Context(), both), c.Region, decide.ID, Opinion{Result: Refuse, Refusal: against})
		wants(t, "decide what one has examined", err, ErrTwoPersons)
		_, err = w.s.Claim(auth.With(t.Context(), both), c.Region, decide.ID)
		wants(t, "claim what one has examined", err, ErrTwoPersons)
		w.do(c, "decide", "局长", Refuse)
		c = w.reload(c)
		if c.State != Decided || c.Outcome != Refused || c.Reason == "" || c.Certificate != "" {
			t.Fatalf("%+v", c)
		}
		_, err = w.s.Complete(w.officer("局长", RoleDecider, lead), c.Region, decide.ID, Opinion{Result: Approve})
		wants(t, "decide twice", err, ErrAlreadyDecided)
		_, err = w.s.Withdraw(w.resident("王示例"), c.Region, c.ID, "不办了")
		wants(t, "withdraw after the decision", err, ErrAlreadyDecided)
		_, err = w.s.Pause(w.officer("审查", RoleExaminer, lead), c.Region, c.ID, Stop{Kind: "hearing", Reason: "听证"})
		wants(t, "pause after the decision", err, ErrAlreadyDecided)
		_, err = w.s.Extend(w.officer("局长", RoleDecider, lead), c.Region, c.ID, 0, "情况复杂", 0)
		wants(t, "extend after the decision", err, ErrAlreadyDecided)
		papers, err := w.papers.OfCase(w.resident("王示例"), c.Region, string(c.ID))
		if err != nil || len(papers) != 3 || papers[2].Kind != "refusal" {
			t.Errorf("papers %v %v", papers, err)
		}
		w.refusalTells(w.resident("王示例"), c, "第三十三条", "现场的生熟加工区没有分开", "补交房屋使用证明", "按核查意见改好布局")
	})
}

// refusedAt wants the problems of a refusal at these fields.
func refusedAt(t *testing.T, what string, err error, fields ...string) {
	t.Helper()
	var p Problems
	if !errors.As(err, &p) {
		t.Errorf("%s: %v", what, err)
		return
	}
	var got []string
	for _, x := range p {
		got = append(got, x.Field)
	}
	if !slices.Equal(got, fields) {
		t.Errorf("%s: problems at %v, want %v", what, got, fields)
	}
}

// refusalTells wants a notice with clause, facts and how to pass, and both
// remedies with period and body told once.
func (w *town) refusalTells(me context.Context, c Case, parts ...string) {
	w.t.Helper()
	found, err := w.papers.OfCase(me, c.Region, string(c.ID))
	if err != nil || len(found) == 0 {
		w.t.Fatalf("papers: %v %v", found, err)
	}
	said := ""
	for _, f := range found[len(found)-1].Fields {
		said += f.Value + "\n"
	}
	once := []string{"60日", "6个月", "示例区人民政府", "有管辖权的人民法院", "行政复议法》第二十条", "行政诉讼法》第四十六条"}
	for _, part := range append(once, parts...) {
		if n := strings.Count(said, part); n != 1 {
			w.t.Errorf("the notice says %q %d times:\n%s", part, n, said)
		}
	}
	for _, twice := range []string{"六十日", "六个月", "。。"} {
		if strings.Contains(said, twice) {
			w.t.Errorf("the notice says %q:\n%s", twice, said)
		}
	}
}

func TestWithdraw_cancelsEverything(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		c := w.accepted(dineIn())
		_, err := w.s.Withdraw(w.resident("李虚构"), c.Region, c.ID, "不办了")
		wants(t, "by a stranger", err, ErrNoCase)
		_, err = w.s.Withdraw(me, c.Region, c.ID, "")
		wants(t, "without a reason", err, ErrNeedReason)
		task := w.open(c)["check_fire"]
		if c, err = w.s.Withdraw(me, c.Region, c.ID, "店不开了"); err != nil || c.State != Withdrawn {
			t.Fatalf("%v %v", c.State, err)
		}
		if len(w.open(c)) != 0 {
			t.Errorf("open: %v", keys(w.open(c)))
		}
		w.clock.Advance(60 * 24 * time.Hour)
		if n := w.runJobs(); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
		_, err = w.s.Complete(w.officer("消防", RoleExaminer, fire), c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "a step of it", err, ErrClosed)
	})
}

func TestCase_hiddenFromStrangers(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		_, err := w.s.Open(w.resident("李虚构"), c.Region, c.ID, "好奇")
		wants(t, "another resident", err, ErrNoCase)
		_, err = w.s.Timeline(w.resident("李虚构"), c.Region, c.ID)
		wants(t, "timeline for another resident", err, ErrNoCase)
		_, err = w.s.Open(w.officer("城管", RoleExaminer, "11449901900000057L"), c.Region, c.ID, "看看")
		wants(t, "an office that has no step of it", err, authz.ErrForbidden)
		_, err = w.s.Open(w.officer("消防", RoleExaminer, fire), c.Region, c.ID, "")
		wants(t, "without a purpose", err, ErrNeedPurpose)
		if _, err = w.s.Open(w.officer("消防", RoleExaminer, fire), c.Region, c.ID, "消防安全检查"); err != nil {
			t.Fatal(err)
		}
		readers, err := w.s.ReadersOf(w.resident("王示例"), c.Region, c.ID, "", 10)
		if err != nil || len(readers) != 1 || readers[0].Purpose != "消防安全检查" || readers[0].Org != fire {
			t.Errorf("readers: %+v %v", readers, err)
		}
		_, err = w.s.ReadersOf(w.resident("李虚构"), c.Region, c.ID, "", 10)
		wants(t, "readers for a stranger", err, ErrNoCase)
		_, err = w.s.Open(t.Context(), c.Region, c.ID, "x")
		if !fault.IsKind(err, fault.KindUnauthenticated) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestProgress_withNumberAndFourDigits(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		n := w.person["王示例"].Number
		p, err := w.s.CaseByNumber(t.Context(), ShowNumber(c.Number), n[len(n)-4:], "10.0.0.1")
		if err != nil || p.State != Accepted || len(p.Steps) != 2 || p.Steps[1].Name != "" {
			t.Errorf("%+v %v", p, err)
		}
		_, err = w.s.CaseByNumber(t.Context(), c.Number, "0000", "10.0.0.1")
		wants(t, "wrong digits", err, ErrNoCase)
		_, err = w.s.CaseByNumber(t.Context(), "123456789", n[len(n)-4:], "10.0.0.1")
		wants(t, "mistyped number", err, ErrNoCase)
	})
}
