package counter_test

import (
	"net/url"
	"strings"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
)

// decided brings an application to its certificate, an officer a step.
func (h hall) decided(c casework.Case) casework.Case {
	h.T.Helper()
	c, err := h.Casework.Accept(h.Officer("head", "decider", ""), c.Region, c.ID, 0)
	h.Must(err)
	for range 20 {
		f := h.File(c)
		if f.State == casework.Decided {
			return f.Case
		}
		for _, t := range f.Tasks {
			if t.State == casework.TaskOpen {
				_, err := h.Casework.Complete(h.Officer("o·"+t.Element, "decider", t.Org), t.Region, t.ID, casework.Opinion{Result: casework.Approve, Text: "同意"})
				h.Must(err)
			}
		}
	}
	h.T.Fatal("never decided")
	return c
}

func TestHandout_onPaperOnceAndAgainWithAReason(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		me := w.Resident("李虚构", 501)
		c := h.decided(w.Apply(me))
		h.Get("/counter/handouts").Want(200, "现在没有等待发放的文书")
		receipt := h.Get("/counter/receipts/"+c.Number).Want(200, "备一份纸质文书")
		page := h.Post(receipt.Link(`/handouts$`), url.Values{"number": {c.Number}}).Want(200, "谁来领取", "李虚构", "打印送达回证")
		h.Get("/counter/handouts").Want(200, "李虚构", casework.ShowNumber(c.Number), "没有法定期限", "窗口领取 1", "邮寄 0")
		h.Get("/counter/handouts?tab=post").Want(200, "现在没有等待发放的文书", "窗口领取 1")
		h.Get("/counter/handouts?after=garbage").Want(422)
		h.Post("/counter/identify", number(501)).Want(200, "可以领取", "去发放")

		slip := h.Get(page.Path + "/slip.pdf")
		if slip.Status != 200 || !strings.HasPrefix(slip.Raw, "%PDF-") {
			t.Errorf("slip: %d %.20q", slip.Status, slip.Raw)
		}
		in := url.Values{"version": {"1"}, "number": {casefiletest.Number(501)[:17] + "?"}, "name": {"李虚构"}}
		h.Post(page.Path+"/hand-over", in).Want(422, "公民身份号码", "李虚构")
		in = url.Values{"version": {"1"}, "number": {casefiletest.Number(700)}, "name": {"赵示例"}}
		h.Post(page.Path+"/hand-over", in).Want(422, "看过授权委托书原件并留存后")
		in.Set("letter", "yes")
		h.Post(page.Path+"/hand-over", in).Want(200, "已领取", "赵示例", "代理人，看过授权委托书")
		h.Post(page.Path+"/hand-over", in).Want(409)

		h.Post("/counter/cases/"+c.Region+"/"+string(c.ID)+"/handouts", url.Values{"number": {c.Number}}).Want(422, "写明再次发放的原因")
		again := h.Post("/counter/cases/"+c.Region+"/"+string(c.ID)+"/handouts", url.Values{"number": {c.Number}, "reason": {"证件遗失"}}).Want(200, "再次发放的原因", "证件遗失")
		if again.Path == page.Path {
			t.Error("the second time is the first one")
		}
		me2 := w.Browser("李虚构")
		me2.Get(page.Path).Want(403)
		w.Officer("stranger", "examiner", "")
		w.Browser("stranger").Get(page.Path).Want(403)
	})
}

func TestIntake_asksHowTheDecisionIsWanted(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		h := open(w)
		d := h.begun(w.Resident("李虚构", 501))
		in := number(501)
		in.Set("draft", d.Code)
		page := h.Post("/counter/identify", in).Want(200, "结果怎样给您") // the form of the restaurant asks itself
		form := page.Fields("intake")
		form.Set("act", "save")
		form.Set("form.receive", "mail")
		path := strings.Split(page.Path, "?")[0]
		form = h.Send(path, form).Want(200, "收件地址").Fields("intake")
		form.Set("act", "save")
		form.Set("form.mail_name", "李虚构")
		form.Set("form.mail_address", "示例区虚构路1号")
		h.Send(path, form).Want(200, "已保存", "示例区虚构路1号")
		fresh, err := h.Casework.Draft(w.Resident("李虚构", 501), d.Region, d.ID)
		h.Must(err)
		d = fresh
		if got := d.Wanted(h.offer().Form); got.Way != casework.ByPost || got.Name != "李虚构" || got.Address != "示例区虚构路1号" || got.Phone == "" {
			t.Errorf("%+v", got)
		}
	})
}
