package deputies_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/deputies"
	"tongban/gov/casework/operations"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/once"
)

// town is a fire brigade with two examiners, and a case at their step.
type town struct {
	*casefiletest.Town
	away, deputy context.Context
	a, b         string // their accounts
	step         casework.Task
	c            casework.Case
}

func in(t *testing.T, f func(w *town)) {
	casefiletest.Run(t, func(v *casefiletest.Town) {
		w := &town{Town: v, away: v.Officer("examiner", "examiner", casefiletest.Fire), deputy: v.Officer("examiner03", "examiner", casefiletest.Fire)}
		w.a, w.b = auth.From(w.away).ID, auth.From(w.deputy).ID
		me := v.Resident("王示例", 1)
		w.c = v.Apply(me)
		var err error
		w.c, err = v.Casework.Accept(v.Officer("受理", "decider", casefiletest.Lead), w.c.Region, w.c.ID, 0)
		v.Must(err)
		for _, x := range v.File(w.c).Tasks {
			if x.Org == casefiletest.Fire && x.State == casework.TaskOpen {
				w.step = x
			}
		}
		f(w)
	})
}

// naming is the arrangement of most tests: from today for three days.
func (w *town) naming() casework.Naming {
	n := casework.Naming{Region: casefiletest.District, Org: casefiletest.Fire, Deputy: w.b, Reason: "出差"}
	n.From, n.Until = deputies.Days("2026-09-07", "2026-09-09")
	return n
}

func (w *town) wants(what string, err, want error) {
	w.T.Helper()
	if !errors.Is(err, want) {
		w.T.Errorf("%s: %v, want %v", what, err, want)
	}
}

// task is the step as it is now.
func (w *town) task() casework.Task {
	w.T.Helper()
	t, err := w.Casework.Task(w.away, w.step.Region, w.step.ID)
	w.Must(err)
	return t
}

// open is the step of the fire brigade that is open.
func (w *town) open() casework.Task {
	w.T.Helper()
	for _, x := range w.File(w.c).Tasks {
		if x.Org == casefiletest.Fire && x.State == casework.TaskOpen {
			return x
		}
	}
	w.T.Fatal("nothing is open at the fire brigade")
	return casework.Task{}
}

// line is the last one of the timeline of a kind.
func (w *town) line(kind string) casework.Entry {
	w.T.Helper()
	all, err := w.Casework.Timeline(w.away, w.c.Region, w.c.ID)
	w.Must(err)
	var out casework.Entry
	for _, e := range all {
		if e.Kind == kind {
			out = e
		}
	}
	return out
}

func (w *town) own(ctx context.Context) []casework.Lit {
	w.T.Helper()
	page, err := w.Casework.Inbox(ctx, casework.InboxQuery{Shape: casework.OwnTasks})
	w.Must(err)
	return page.Tasks
}

func TestDeputy_doesTheWorkOfWhoIsAway(t *testing.T) {
	in(t, func(w *town) {
		s := w.Casework
		_, err := s.Claim(w.away, w.step.Region, w.step.ID)
		w.Must(err)
		yes := casework.Opinion{Result: casework.Approve, Text: "可以"}
		_, err = s.Complete(w.deputy, w.step.Region, w.step.ID, yes)
		w.wants("before it is arranged", err, casework.ErrTaskHeld)
		d, err := s.Deputies.Name(once.With(w.away, "k1"), w.naming())
		w.Must(err)
		again, err := s.Deputies.Name(once.With(w.away, "k1"), w.naming())
		if err != nil || again.ID != d.ID {
			t.Errorf("the same command twice: %v %v", again.ID, err)
		}
		if list := w.own(w.deputy); len(list) != 1 || list[0].ID != w.step.ID || list[0].Assignee != w.a {
			t.Errorf("the deputy sees %+v", list)
		}
		if ok, err := s.StandsFor(w.deputy, w.task()); err != nil || !ok {
			t.Errorf("stands in: %v %v", ok, err)
		}
		done, err := s.Complete(w.deputy, w.step.Region, w.step.ID, yes)
		w.Must(err)
		if done.Officer != w.b || done.For != w.a || done.ForName == "" || done.Assignee != w.a {
			t.Errorf("done by %s for %s", done.Officer, done.For)
		}
		line := w.line("task.completed")
		if line.Actor != w.b || line.Details["for"] != w.a || line.Details["for_name"] != done.ForName {
			t.Errorf("the timeline says %+v", line)
		}
		_, err = operations.On(s).TakeBack(w.deputy, w.step.Region, w.step.ID, "漏看一页")
		w.Must(err)
		if back := w.open(); back.Assignee != w.a {
			t.Errorf("what comes back goes to %s", back.Assignee)
		}
	})
}

func TestDeputy_endsByItselfAndEarly(t *testing.T) {
	in(t, func(w *town) {
		s := w.Casework
		_, err := s.Claim(w.away, w.step.Region, w.step.ID)
		w.Must(err)
		d, err := s.Deputies.Name(w.away, w.naming())
		w.Must(err)
		w.Clock.Set(d.Until)
		if len(w.own(w.deputy)) != 1 {
			t.Error("on the last day the deputy sees nothing")
		}
		w.Clock.Advance(time.Microsecond)
		if len(w.own(w.deputy)) != 0 {
			t.Error("after the last day the deputy still sees it")
		}
		_, err = s.Complete(w.deputy, w.step.Region, w.step.ID, casework.Opinion{Result: casework.Approve})
		w.wants("after the last day", err, casework.ErrTaskHeld)
		_, err = s.Deputies.End(w.away, d.Region, d.ID, "")
		w.wants("end what is over", err, deputies.ErrOver)
		n := w.naming()
		n.From, n.Until = deputies.Days("2026-09-10", "2026-09-20")
		d, err = s.Deputies.Name(w.away, n)
		w.Must(err)
		_, err = s.Deputies.End(w.Officer("水务甲", "examiner", casefiletest.Water), d.Region, d.ID, "")
		w.wants("a stranger ends it", err, authz.ErrForbidden)
		for range 2 {
			if d, err = s.Deputies.End(w.deputy, d.Region, d.ID, "我也要外出"); err != nil || d.EndReason != "我也要外出" {
				t.Errorf("%+v %v", d, err)
			}
		}
		if len(w.own(w.deputy)) != 0 {
			t.Error("after it was ended the deputy still sees it")
		}
	})
}

func TestDeputy_whoMay(t *testing.T) {
	in(t, func(w *town) {
		s, n := w.Casework.Deputies, w.naming()
		try := func(ctx context.Context, what string, want error, change func(n *casework.Naming)) {
			w.T.Helper()
			n := n
			change(&n)
			_, err := s.Name(ctx, n)
			w.wants(what, err, want)
		}
		try(w.away, "without a reason", casework.ErrNeedReason, func(n *casework.Naming) { n.Reason = " " })
		try(w.away, "oneself", deputies.ErrSelf, func(n *casework.Naming) { n.Deputy = w.a })
		try(w.away, "yesterday", deputies.ErrPeriod, func(n *casework.Naming) { n.From, n.Until = deputies.Days("2026-09-01", "2026-09-06") })
		try(w.away, "backwards", deputies.ErrPeriod, func(n *casework.Naming) { n.From, n.Until = deputies.Days("2026-09-20", "2026-09-10") })
		try(w.away, "two years", deputies.ErrPeriod, func(n *casework.Naming) { n.Until = n.Until.AddDate(2, 0, 0) })
		try(w.away, "somebody of another office", deputies.ErrNotPost, func(n *casework.Naming) {
			n.Deputy = auth.From(w.Officer("examiner04", "examiner", casefiletest.Water)).ID
		})
		try(w.away, "somebody with another post", deputies.ErrNotPost, func(n *casework.Naming) {
			n.Deputy = auth.From(w.Officer("decider03", "decider", casefiletest.Fire)).ID
		})
		try(w.away, "an item that is not there", deputies.ErrNoItem, func(n *casework.Naming) { n.Items = []string{"9"} })
		try(w.deputy, "for a colleague", authz.ErrForbidden, func(n *casework.Naming) { n.Account = w.a })
		try(w.Officer("水务局长", "decider", casefiletest.Water), "the head of another office", authz.ErrForbidden, func(n *casework.Naming) { n.Account = w.a })
		n.Account, n.Items = w.a, []string{casefiletest.Restaurant}
		for i, ctx := range []context.Context{w.Officer("消防局长", "decider", casefiletest.Fire), w.Officer("安全员", "security", "")} {
			d, err := s.Name(ctx, n)
			if err != nil || d.SetBy != auth.From(ctx).ID || d.Account != w.a {
				t.Fatalf("administrator %d: %+v %v", i, d, err)
			}
			_, err = s.Name(w.away, w.naming())
			w.wants("a second one", err, deputies.ErrTwice)
			if list, err := s.OfOffice(ctx, d.Region, d.Org); err != nil || len(list) != i+1 || list[0].ID != d.ID {
				t.Errorf("the office has %v %v", list, err)
			}
			_, err = s.End(ctx, d.Region, d.ID, "回来了")
			w.Must(err)
		}
		_, err := s.OfOffice(w.away, casefiletest.District, casefiletest.Fire)
		w.wants("an examiner looks at the office's", err, authz.ErrForbidden)
		if mine, err := s.Mine(w.deputy); err != nil || len(mine) != 2 {
			t.Errorf("the deputy's list: %v %v", mine, err)
		}
	})
}

// A deputy decides no more than who is away could.
func TestDeputy_twoPersonsStayTwo(t *testing.T) {
	in(t, func(w *town) {
		w.c.Terms.Acted = nil
		boss, other := w.Officer("decider", "decider", casefiletest.Lead), w.Officer("decider02", "decider", casefiletest.Lead)
		n := casework.Naming{Region: casefiletest.District, Org: casefiletest.Lead, Deputy: auth.From(other).ID, Roles: []string{"decider"}, Reason: "开会"}
		n.From, n.Until = deputies.Days("2026-09-07", "2026-09-30")
		_, err := w.Casework.Deputies.Name(boss, n)
		w.Must(err)
		var decide casework.Task
		for range 9 { // who is away examines every step himself, until the decision is open
			open := false
			for _, x := range w.File(w.c).Tasks {
				if x.State != casework.TaskOpen {
					continue
				}
				if x.Role == casework.RoleDecider {
					decide = x
					continue
				}
				open = true
				ctx := w.Officer("decider", "examiner", x.Org)
				_, err := w.Casework.Complete(ctx, x.Region, x.ID, casework.Opinion{Result: casework.Approve, Text: "可以"})
				w.Must(err)
			}
			if !open && decide.ID != "" {
				break
			}
		}
		_, err = w.Casework.Transfer(w.Officer("decider", "decider", casefiletest.Lead), decide.Region, decide.ID, casefiletest.Lead, auth.From(boss).ID, "我来")
		w.Must(err)
		_, err = w.Casework.Complete(other, decide.Region, decide.ID, casework.Opinion{Result: casework.Approve, Text: "准予"})
		w.wants("in the place of who examined", err, casework.ErrTwoPersons)
	})
}

// A deputy answers what somebody of another office asks of who is away: he finds
// it in his inbox, reads the case, and both are named; others do not.
func TestDeputy_answersOpinions(t *testing.T) {
	in(t, func(w *town) {
		s := w.Casework
		asks := w.Officer("市监甲", "examiner", casefiletest.Lead)
		var step casework.Task
		for _, x := range w.File(w.c).Tasks {
			if x.Org == casefiletest.Lead && x.State == casework.TaskOpen {
				step = x
			}
		}
		_, err := s.Delegate(asks, step.Region, step.ID, casefiletest.Fire, w.a, "请核对疏散图")
		w.Must(err)
		_, err = s.GiveOpinion(w.deputy, step.Region, step.ID, "没有问题")
		w.wants("before it is arranged", err, authz.ErrForbidden)
		_, err = s.Deputies.Name(w.away, w.naming())
		w.Must(err)
		found := w.own(w.deputy)
		if len(found) != 1 || found[0].ID != step.ID {
			t.Fatalf("the deputy sees %+v", found)
		}
		if f, err := s.Open(w.deputy, w.c.Region, w.c.ID, "征询意见"); err != nil || len(f.Application.Form) == 0 {
			t.Errorf("the deputy reads %v %v", f.Application.Form, err)
		}
		_, err = s.GiveOpinion(w.Officer("消防丙", "examiner", casefiletest.Fire), step.Region, step.ID, "没有问题")
		w.wants("a colleague who stands in for nobody", err, authz.ErrForbidden)
		_, err = s.Complete(w.deputy, step.Region, step.ID, casework.Opinion{Result: casework.Approve, Text: "可以"})
		w.wants("the step itself", err, casework.ErrDelegated)
		for range 2 { // its sender did not hear of the first
			done, err := s.GiveOpinion(once.With(w.deputy, "opinion-1"), step.Region, step.ID, "疏散图没有问题")
			w.Must(err)
			if done.Delegation.Waiting() || done.Delegation.GivenName == "" || done.Assignee != auth.From(asks).ID {
				t.Fatalf("%+v", done.Delegation)
			}
		}
		if line := w.line("task.opinion_given"); line.Actor != w.b || line.Details["for"] != w.a {
			t.Errorf("the timeline says %+v", line)
		}
		if left := w.own(w.deputy); len(left) != 0 {
			t.Errorf("it is still in the inbox: %+v", left)
		}
		w.Clock.Advance(5 * 24 * time.Hour)
		_, err = s.Delegate(asks, step.Region, step.ID, casefiletest.Fire, w.a, "再看一次")
		w.Must(err)
		_, err = s.GiveOpinion(w.deputy, step.Region, step.ID, "没有问题")
		w.wants("after it is over", err, authz.ErrForbidden)
	})
}
