package operations_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/operations"
	"tongban/gov/casework/rights"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/design/plan"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/bpmn"
	"tongban/platform/once"
)

const (
	lead  = "114499019000000222"
	fire  = "11449901900000030W"
	water = "11449901900000049R"
)

// world is a case in a drawn flow: fire and water side by side, then the decision.
type world struct {
	*casefiletest.Town
	ops operations.Desk
	c   casework.Case
	me  context.Context
}

func in(t *testing.T, allowed []string, f func(w *world)) {
	casefiletest.Run(t, func(town *casefiletest.Town) {
		w := &world{Town: town, ops: operations.On(town.Casework)}
		names := map[string]string{fire: "消防", water: "水务", lead: "市监"}
		p := plan.From(plan.Together, "开办餐饮店", []string{fire, water}, func(c string) string { return names[c] })
		p.Each(func(s *plan.Step, _ plan.Place) bool { s.Operations = allowed; return true })
		p.Decide.Operations = rights.Operations
		w.Publish(p.Write("drawn", func(c string) string { return names[c] }))
		w.me = w.Resident("王示例", 1)
		w.c = w.Apply(w.me)
		var err error
		w.c, err = w.Casework.Accept(w.Officer("受理", "decider", lead), w.c.Region, w.c.ID, 0)
		w.Must(err)
		f(w)
	})
}

// at lists the open steps of an office.
func (w *world) at(org string) []casework.Task {
	w.T.Helper()
	var out []casework.Task
	for _, t := range w.File(w.c).Tasks {
		if t.Org == org && t.State == casework.TaskOpen {
			out = append(out, t)
		}
	}
	return out
}

func (w *world) one(org string) casework.Task {
	w.T.Helper()
	all := w.at(org)
	if len(all) != 1 {
		w.T.Fatalf("%d steps are open at %s", len(all), org)
	}
	return all[0]
}

func (w *world) examiner(name, org string) context.Context { return w.Officer(name, "examiner", org) }

func (w *world) approve(ctx context.Context, t casework.Task) error {
	_, err := w.Casework.Complete(ctx, t.Region, t.ID, casework.Opinion{Result: casework.Approve, Text: "可以"})
	return err
}

func (w *world) wants(what string, err, want error) {
	w.T.Helper()
	if !errors.Is(err, want) {
		w.T.Errorf("%s: %v, want %v", what, err, want)
	}
}

// finish approves everything that is open until the case is decided.
func (w *world) finish() {
	w.T.Helper()
	for i := range 9 {
		f := w.File(w.c)
		if f.State == casework.Decided {
			if f.Outcome != casework.Granted {
				w.T.Errorf("decided: %s", f.Outcome)
			}
			return
		}
		for _, t := range f.Tasks {
			if t.State == casework.TaskOpen && !t.Held {
				w.T.Helper()
				ctx := w.Officer(fmt.Sprint("末", i, t.ID), t.Role, t.Org)
				if t.Assignee != "" {
					p := auth.From(ctx)
					p.ID = t.Assignee
					ctx = auth.With(w.T.Context(), p)
				}
				w.Must(w.approve(ctx, t))
			}
		}
	}
	w.T.Errorf("the case does not end: %+v", w.File(w.c).Tasks)
}

func TestSigner_beforeHoldsBesideAndAfterCount(t *testing.T) {
	in(t, []string{rights.Add}, func(w *world) {
		a, x := w.examiner("消防甲", fire), w.one(fire)
		add := func(ctx context.Context, place, org string) error {
			_, err := w.ops.AddSigner(ctx, x.Region, x.ID, operations.Signer{Place: place, Org: org, Reason: "请一起看"})
			return err
		}
		w.wants("another office adds", add(w.examiner("水务甲", water), "before", water), authz.ErrForbidden)
		w.wants("an office that is not there", add(a, "before", "nowhere"), casework.ErrNoOffice)
		w.wants("a place that is none", add(a, "under", lead), bpmn.ErrSigner)
		_, err := w.ops.AddSigner(a, x.Region, x.ID, operations.Signer{Place: "before", Org: lead})
		w.wants("without a reason", err, casework.ErrNeedReason)
		w.Must(add(a, "before", lead))
		w.wants("done before the signer", w.approve(a, w.one(fire)), casework.ErrHeld)
		before := w.one(lead)
		if before.Signer != "before" || !w.one(fire).Held {
			t.Errorf("%+v", before)
		}
		w.Must(w.approve(w.examiner("市监甲", lead), before))
		if w.one(fire).Held {
			t.Error("it still waits")
		}
		w.Must(add(a, "after", lead))
		w.Must(add(a, "beside", lead))
		list, err := w.ops.Signers(a, x.Region, x.ID)
		if err != nil || len(list) != 2 {
			t.Fatalf("signers %+v %v", list, err)
		}
		for _, s := range list {
			if s.Place == "beside" {
				_, err = w.ops.TakeAway(a, x.Region, x.ID, s.ID, "不用了")
				w.Must(err)
				_, err = w.ops.TakeAway(a, x.Region, x.ID, s.ID, "再减一次")
				w.wants("taken away twice", err, bpmn.ErrNoTask)
			}
		}
		if len(w.at(lead)) != 0 {
			t.Error("who was taken away still has a step")
		}
		w.Must(w.approve(a, w.one(fire)))
		if after := w.one(lead); after.Signer != "after" {
			t.Errorf("after it: %+v", after)
		}
		w.finish()
	})
}

func TestSigner_onlyWhereTheFlowAllows(t *testing.T) {
	in(t, []string{rights.Transfer}, func(w *world) {
		x := w.one(fire)
		_, err := w.ops.AddSigner(w.examiner("消防甲", fire), x.Region, x.ID, operations.Signer{Place: "before", Org: lead, Reason: "x"})
		w.wants("add", err, rights.ErrOperation)
	})
}

func TestUrge_onceADay(t *testing.T) {
	in(t, nil, func(w *world) {
		x, boss := w.one(fire), w.Officer("局长", "decider", lead)
		_, err := w.ops.Urge(w.examiner("水务甲", water), x.Region, x.ID, "")
		w.wants("another partner urges", err, authz.ErrForbidden)
		_, err = w.ops.Urge(boss, x.Region, x.ID, "今天要办")
		w.Must(err)
		_, err = w.ops.Urge(boss, x.Region, x.ID, "快")
		w.wants("at once again", err, casework.ErrUrged)
		w.Clock.Advance(25 * time.Hour)
		ctx := once.With(boss, "key-1")
		for range 2 { // the same command twice is one
			if _, err = w.ops.Urge(ctx, x.Region, x.ID, "还没办"); err != nil {
				t.Error(err)
			}
		}
		w.finish()
	})
}

func TestTakeBack_untilItIsOpened(t *testing.T) {
	in(t, nil, func(w *world) {
		a, b := w.examiner("消防甲", fire), w.examiner("水务甲", water)
		x, y := w.one(fire), w.one(water)
		_, err := w.ops.TakeBack(a, x.Region, x.ID, "还没办")
		w.wants("what is not done", err, bpmn.ErrTakeBack)
		w.Must(w.approve(a, x))
		_, err = w.ops.TakeBack(b, x.Region, x.ID, "不是我的")
		w.wants("by somebody else", err, bpmn.ErrTakeBack)
		_, err = w.ops.TakeBack(a, x.Region, x.ID, "写错了")
		w.Must(err)
		if again := w.one(fire); again.ID == x.ID || again.Assignee != auth.From(a).ID {
			t.Errorf("again: %+v", again)
		}
		w.Must(w.approve(a, w.one(fire)))
		w.Must(w.approve(b, y))
		_, err = w.ops.TakeBack(b, y.Region, y.ID, "漏看一页")
		w.Must(err)
		if len(w.at(lead)) != 0 {
			t.Error("the decision is still open")
		}
		last := w.one(water)
		w.Must(w.approve(b, last))
		boss := w.Officer("局长", "decider", lead)
		_, err = w.Casework.Claim(boss, last.Region, w.one(lead).ID)
		w.Must(err)
		_, err = w.ops.TakeBack(b, last.Region, last.ID, "来不及了")
		w.wants("after the next one has opened it", err, casework.ErrOpened)
		w.Must(w.approve(boss, w.one(lead)))
	})
}

func TestRedirect_byTheOfficeInCharge(t *testing.T) {
	in(t, nil, func(w *world) {
		x, boss := w.one(fire), w.Officer("局长", "decider", lead)
		_, err := w.ops.Redirect(w.Officer("消防队长", "decider", fire), x.Region, x.ID, "decide", "x", 0)
		w.wants("the partner", err, authz.ErrForbidden)
		_, err = w.ops.Redirect(boss, x.Region, x.ID, w.one(water).Element, "x", 0)
		w.wants("into the other branch", err, bpmn.ErrJump)
		_, err = w.ops.Redirect(boss, x.Region, x.ID, "decide", "x", 99)
		w.wants("in view of another version", err, casework.ErrStale)
		o, err := w.Casework.Offer(w.me, w.c.Region, w.c.Item, w.c.ItemVersion)
		w.Must(err)
		decide := o.Steps[len(o.Steps)-1].Element
		_, err = w.ops.Redirect(boss, x.Region, x.ID, decide, "现场已经联合核查", 0)
		w.Must(err)
		if got := w.one(lead); got.Element != decide || len(w.at(water)) != 0 {
			t.Errorf("at %s, water has %v", got.Element, w.at(water))
		}
		w.Must(w.approve(boss, w.one(lead)))
	})
}

func TestVoid_endsEverything(t *testing.T) {
	in(t, nil, func(w *world) {
		_, err := w.ops.Void(w.examiner("市监甲", lead), w.c.Region, w.c.ID, "重复立件", 0)
		w.wants("an examiner", err, authz.ErrForbidden)
		boss := w.Officer("局长", "decider", lead)
		c, err := w.ops.Void(boss, w.c.Region, w.c.ID, "重复立件", 0)
		w.Must(err)
		if c.State != casework.Voided || c.State.Open() || len(w.at(fire)) != 0 {
			t.Errorf("%+v", c)
		}
		_, err = w.ops.Void(boss, w.c.Region, w.c.ID, "重复立件", 0)
		w.wants("twice", err, casework.ErrClosed)
		_, err = w.Casework.Withdraw(w.me, w.c.Region, w.c.ID, "不办了")
		w.wants("withdraw what is void", err, casework.ErrClosed)
	})
}

func TestSuspend_standsUntilResumed(t *testing.T) {
	in(t, nil, func(w *world) {
		boss := w.Officer("局长", "decider", lead)
		_, err := w.Casework.Pause(boss, w.c.Region, w.c.ID, casework.Stop{Kind: casework.Suspension, Reason: "场地权属诉讼"})
		w.wants("without a law", err, casework.ErrInvalid)
		c, err := w.Casework.Pause(boss, w.c.Region, w.c.ID, casework.Stop{Kind: casework.Suspension, Reason: "场地权属诉讼", Basis: "示例条例第十条"})
		w.Must(err)
		if !c.Paused || c.Terms.Pauses[0].Basis != "示例条例第十条" {
			t.Errorf("%+v", c.Terms.Pauses)
		}
		x := w.one(fire)
		w.wants("work meanwhile", w.approve(w.examiner("消防甲", fire), x), casework.ErrPaused)
		_, err = w.ops.Urge(boss, x.Region, x.ID, "")
		w.wants("urge meanwhile", err, casework.ErrPaused)
		w.Clock.Advance(30 * 24 * time.Hour)
		c, err = w.Casework.Resume(boss, w.c.Region, w.c.ID, "诉讼已了结", 0)
		w.Must(err)
		if c.Paused || w.one(fire).Due.Before(w.Clock.Now()) {
			t.Errorf("due %v", w.one(fire).Due)
		}
		w.finish()
	})
}

// Operations that cross: one wins, the other hears that it came too late, and
// the case goes on to its end.
func TestOperations_thatCross(t *testing.T) {
	in(t, []string{rights.Add, rights.Transfer}, func(w *world) {
		x, a, boss := w.one(fire), w.examiner("消防甲", fire), w.Officer("局长", "decider", lead)
		acts := []func() error{
			func() error { return w.approve(a, x) },
			func() error {
				_, err := w.ops.AddSigner(a, x.Region, x.ID, operations.Signer{Place: "before", Org: lead, Reason: "x", Version: x.Version})
				return err
			},
			func() error { _, err := w.ops.Urge(boss, x.Region, x.ID, ""); return err },
		}
		var wg sync.WaitGroup
		errs := make([]error, len(acts))
		for i := range acts {
			wg.Go(func() { errs[i] = acts[i]() })
		}
		wg.Wait()
		if errs[0] != nil && errs[1] != nil {
			t.Errorf("nobody won: %v", errs)
		}
		for _, err := range errs {
			if err != nil && !errors.Is(err, casework.ErrTaskClosed) && !errors.Is(err, casework.ErrHeld) && !errors.Is(err, casework.ErrStale) {
				t.Errorf("%v", err)
			}
		}
		w.finish()
	})
}
