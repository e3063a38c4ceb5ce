package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/rights"
	"tongban/gov/certificates"
	"tongban/gov/design/plan"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
)

// back gives a step back with what is wanted.
func (w *town) back(c Case, org, officer, text string) {
	w.t.Helper()
	x := w.at(c, org)
	if _, err := w.s.Complete(w.officer(officer, RoleExaminer, org), c.Region, x.ID, Opinion{Result: Return, Text: text}); err != nil {
		w.t.Fatal(err)
	}
}

// request is the one that the applicant has to answer.
func (w *town) request(c Case) Supplement {
	w.t.Helper()
	f, err := w.s.Open(w.resident("王示例"), c.Region, c.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range f.Supplements {
		if s.AnsweredAt.IsZero() {
			return s
		}
	}
	w.t.Fatalf("nothing is asked, the case is %s", f.State)
	return Supplement{}
}

func TestAsk_theFlowAsksWithWhatTheStepsSaid(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Loop, nil)
		c := w.accepted(dineIn())
		promise := c.PromiseDue
		w.back(c, fire, "消防甲", "缺疏散指示图")
		if w.reload(c).State != InProgress {
			t.Fatal("asked before the other office has spoken")
		}
		w.back(c, water, "水务甲", "排水图看不清")
		c = w.reload(c)
		sup := w.request(c)
		if c.State != Supplemented || !c.Paused || !c.PromiseDue.Equal(promise) || len(sup.Items) != 2 || len(sup.Tasks) != 1 {
			t.Fatalf("%s paused %v due %v, asked %+v", c.State, c.Paused, c.PromiseDue, sup)
		}
		if !strings.Contains(sup.Items[0].Reason+sup.Items[1].Reason, "缺疏散指示图") || !strings.Contains(sup.Items[0].Reason+sup.Items[1].Reason, "排水图看不清") {
			t.Errorf("asked %+v", sup.Items)
		}
		var step Task
		for _, x := range w.open(c) {
			step = x
		}
		if step.Role != RoleApplicant || !step.Paused {
			t.Errorf("open %+v", step)
		}
		boss := w.officer("局长", RoleDecider, lead)
		_, err := w.s.Complete(boss, c.Region, step.ID, Opinion{Result: Approve})
		wants(t, "an officer does the applicant's step", err, ErrWithApplicant)
		_, err = w.s.Transfer(boss, c.Region, step.ID, lead, "", "x")
		wants(t, "an officer transfers it", err, ErrWithApplicant)
		me := w.resident("王示例")
		_, err = w.s.SendSupplement(me, c.Region, c.ID)
		wants(t, "send nothing", err, ErrInvalid)
		w.clock.Advance(10 * 24 * time.Hour)
		if w.runJobs() != 0 {
			t.Error("timers ran while the applicant mends")
		}
		for i := range sup.Items {
			if _, err = w.s.AnswerItem(me, c.Region, c.ID, i, Answer{Text: "补上了"}); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.s.SendSupplement(w.resident("李虚构"), c.Region, c.ID)
		wants(t, "a stranger answers", err, ErrNoCase)
		if c, err = w.s.SendSupplement(me, c.Region, c.ID); err != nil {
			t.Fatal(err)
		}
		if c = w.reload(c); c.State != InProgress || c.Paused || !c.PromiseDue.Equal(promise) { // no law stops the clock here
			t.Errorf("afterwards %s paused %v, due %v, was %v", c.State, c.Paused, c.PromiseDue, promise)
		}
		if again := w.at(c, fire); again.Assignee != "acc_消防甲" {
			t.Errorf("the step came back to %q", again.Assignee)
		}
		_, err = w.s.SendSupplement(me, c.Region, c.ID)
		wants(t, "answer twice", err, ErrWrongState)
		w.do(c, w.at(c, fire).Element, "消防甲", Approve)
		w.back(c, water, "水务甲", "还是看不清")
		if sup = w.request(c); len(sup.Items) != 1 || sup.Items[0].Reason != "还是看不清" {
			t.Errorf("the second time asked %+v", sup.Items)
		}
		if _, err = w.s.EndWaiting(w.officer("水务甲", RoleExaminer, water), c.Region, c.ID, "", 0); err == nil {
			t.Error("ended without a reason")
		}
		if c, err = w.s.EndWaiting(boss, c.Region, c.ID, "申请人未答复", 0); err != nil || c.State != InProgress {
			t.Fatalf("%s %v", c.State, err)
		}
		w.do(c, w.at(c, fire).Element, "消防甲", Approve)
		w.do(c, w.at(c, water).Element, "水务甲", Approve)
		w.do(c, w.at(c, lead).Element, "局长", Approve)
		if c = w.reload(c); c.Outcome != Granted || w.count(c, "case.supplements_answered") != 1 || w.count(c, "case.waiting_ended") != 1 {
			t.Errorf("%+v", c)
		}
	})
}

func TestAsk_aHolderAsksAndGoesOn(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Together, func(p *plan.Plan) {
			branch(p, fire).Operations, branch(p, water).Operations = []string{rights.Supplement}, nil
		})
		c := w.accepted(dineIn())
		x, wet := w.at(c, fire), w.at(c, water)
		a, b := w.officer("消防甲", RoleExaminer, fire), w.officer("水务甲", RoleExaminer, water)
		item := []SupplementItem{{Reason: "缺疏散图", How: "补一张"}, {Target: "material.layout", Name: "平面图", Reason: "看不清", How: "重拍"}}
		_, err := w.s.AskApplicant(b, c.Region, wet.ID, Asking{Items: item})
		wants(t, "where the flow does not allow it", err, rights.ErrOperation)
		_, err = w.s.AskApplicant(b, c.Region, x.ID, Asking{Items: item})
		wants(t, "another office", err, authz.ErrForbidden)
		_, err = w.s.AskApplicant(a, c.Region, x.ID, Asking{})
		wants(t, "for nothing", err, ErrNothingAsked)
		_, err = w.s.AskApplicant(a, c.Region, x.ID, Asking{Items: item, Version: 99})
		wants(t, "in view of another version", err, ErrStale)
		_, err = w.s.AskApplicant(a, c.Region, x.ID, Asking{Items: item, Basis: strings.Repeat("法", 501)})
		wants(t, "an endless basis", err, ErrInvalid)
		if _, err = w.s.AskApplicant(a, c.Region, x.ID, Asking{Items: item, Basis: "《示例条例》第十条", Version: x.Version}); err != nil {
			t.Fatal(err)
		}
		if got := w.reload(c); !got.PromiseDue.IsZero() || got.Terms.Pauses[0].Basis != "《示例条例》第十条" {
			t.Errorf("the law that was named does not stop the clock: %v %+v", got.PromiseDue, got.Terms.Pauses)
		}
		if w.flowOf(c).Suspended() != true {
			t.Error("the flow goes on while the clock stands")
		}
		papers, err := w.papers.OfCase(auth.System(t.Context(), "test"), c.Region, string(c.ID))
		last := papers[len(papers)-1]
		if err != nil || last.Kind != certificates.Supplement || last.Issuer != fire || last.IssuerName != x.OrgName {
			t.Errorf("in whose name it is asked: %s %s, %v", last.Kind, last.IssuerName, err)
		}
		lines, err := w.s.Timeline(a, c.Region, c.ID)
		if at := slices.IndexFunc(lines, func(e Entry) bool { return e.Kind == "case.supplements_requested" }); err != nil || at < 0 || lines[at].Org != fire {
			t.Errorf("and in the timeline: %+v, %v", lines, err)
		}
		_, err = w.s.Complete(b, c.Region, wet.ID, Opinion{Result: Approve})
		wants(t, "the other branch decides on what is changing", err, ErrWrongState)
		_, err = w.s.AskApplicant(a, c.Region, x.ID, Asking{Items: item})
		wants(t, "ask while asking", err, ErrWrongState)
		me := w.resident("王示例")
		for i := range item {
			if _, err = w.s.AnswerItem(me, c.Region, c.ID, i, Answer{Text: "补上了", Files: []Attachment{{Hash: strings.Repeat("7", 64), Name: "图.pdf", Size: 10, Kind: "pdf"}}}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err = w.s.SendSupplement(me, c.Region, c.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.at(c, fire); got.ID != x.ID || got.Assignee != "acc_消防甲" || got.Paused || got.Due.IsZero() {
			t.Errorf("the step after the answer: %+v", got)
		}
		f, err := w.s.Open(a, c.Region, c.ID, "看补正")
		if err != nil || len(f.Application.Materials["layout"].Files) != 2 {
			t.Errorf("the file did not come to its material: %+v %v", f.Application.Materials["layout"], err)
		}
		w.do(c, x.Element, "消防甲", Approve)
		w.do(c, wet.Element, "水务甲", Approve)
		w.do(c, w.at(c, lead).Element, "局长", Approve)
		if c = w.reload(c); c.Outcome != Granted {
			t.Errorf("%+v", c)
		}
	})
}

func TestAsk_withdrawWhileAsked(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Loop, nil)
		c := w.accepted(dineIn())
		w.back(c, fire, "消防甲", "缺图")
		w.back(c, water, "水务甲", "缺图")
		c, err := w.s.Withdraw(w.resident("王示例"), c.Region, c.ID, "不办了")
		if err != nil || c.State != Withdrawn || c.Paused || len(w.open(c)) != 0 {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := cases.Next(Supplemented, false, cases.ActAnswerLater); err == nil {
			t.Error("an answer to a request before acceptance goes on with the flow")
		}
	})
}

// flowOf is the flow of a case as it is kept.
func (w *town) flowOf(c Case) *bpmn.Instance {
	w.t.Helper()
	x, err := loadWork(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return x.flow.Instance
}
