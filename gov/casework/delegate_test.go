package casework

import (
	"context"
	"errors"
	"sync"
	"testing"

	"tongban/gov/casework/desk"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/once"
)

// asking delegates the fire check of a fresh case and returns who asks, who
// is asked, and the task.
func asking(t *testing.T, w *town) (c Case, task Task, asks, asked func() context.Context) {
	t.Helper()
	situation := dineIn()
	situation["drain"] = "covered" // so that the office that is asked has no step of its own
	c = w.accepted(situation)
	task = w.open(c)["check_fire"]
	account, name := w.realOfficer(water, RoleExaminer)
	asks = func() context.Context { return w.officer("消防甲", RoleExaminer, fire) }
	asked = func() context.Context { return auth.With(t.Context(), *w.as(account, name, RoleExaminer, water)) }
	if _, err := w.s.Delegate(asks(), c.Region, task.ID, water, account, "请核对排水图"); err != nil {
		t.Fatal(err)
	}
	return c, task, asks, asked
}

func TestRecall_untilItIsAnswered(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c, task, asks, asked := asking(t, w)
		_, err := w.s.Recall(asked(), c.Region, task.ID, "")
		wants(t, "by who was asked", err, ErrNotDelegated)
		_, err = w.s.Recall(w.officer("消防乙", RoleExaminer, fire), c.Region, task.ID, "")
		wants(t, "by a colleague", err, ErrNotDelegated)
		_, err = w.s.Recall(w.officer("城管", RoleExaminer, "11449901900000057L"), c.Region, task.ID, "")
		wants(t, "by another office", err, authz.ErrForbidden)
		got, err := w.s.Recall(asks(), c.Region, task.ID, " 已经查清 ")
		if err != nil || got.Assignee != "acc_消防甲" || got.Delegation.Waiting() || got.Delegation.RecallReason != "已经查清" {
			t.Fatalf("%+v %v", got, err)
		}
		version := got.Version
		if got, err = w.s.Recall(asks(), c.Region, task.ID, "再收一次"); err != nil || got.Version != version || w.count(c, "task.recalled") != 1 {
			t.Errorf("again: version %d, want %d, %v", got.Version, version, err)
		}
		_, err = w.s.GiveOpinion(asked(), c.Region, task.ID, "排水图没有问题")
		wants(t, "answer what was taken back", err, ErrRecalled)
		_, err = w.s.Open(asked(), c.Region, c.ID, "看看")
		wants(t, "read on", err, ErrRecalled)
		if in, err := w.s.Inbox(asked(), InboxQuery{Shape: OwnTasks}); err != nil || len(in.Tasks) != 0 {
			t.Errorf("inbox of who was asked: %+v %v", in, err)
		}
		if _, err = w.s.Complete(asks(), c.Region, task.ID, Opinion{Result: Approve}); err != nil {
			t.Errorf("go on: %v", err)
		}
		_, err = w.s.Recall(asks(), c.Region, task.ID, "")
		wants(t, "after the step is done", err, ErrTaskClosed)

		c, task, asks, asked = asking(t, w)
		if _, err = w.s.GiveOpinion(asked(), c.Region, task.ID, "排水图没有问题"); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Recall(asks(), c.Region, task.ID, "")
		wants(t, "after the answer", err, ErrAnswered)

		// A command that is sent again is done once.
		c, task, asks, _ = asking(t, w)
		for range 2 {
			if _, err = w.s.Recall(once.With(asks(), "recall-1"), c.Region, task.ID, ""); err != nil {
				t.Fatal(err)
			}
		}
		if n := w.count(c, "task.recalled"); n != 1 {
			t.Errorf("recorded %d times", n)
		}
	})
}

// Answer and recall at the same moment: one of them wins, and the other is told.
func TestRecall_racesTheAnswer(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		for range 6 {
			c, task, asks, asked := asking(t, w)
			var wg sync.WaitGroup
			var recall, answer error
			wg.Go(func() { _, recall = w.s.Recall(asks(), c.Region, task.ID, "") })
			wg.Go(func() { _, answer = w.s.GiveOpinion(asked(), c.Region, task.ID, "没有问题") })
			wg.Wait()
			got, err := desk.Load(t.Context(), w.db, c.Region, task.ID)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case recall == nil && errors.Is(answer, ErrRecalled):
				if got.Delegation.Opinion != "" || got.Delegation.Recalled.IsZero() {
					t.Errorf("recalled, and %+v", got.Delegation)
				}
			case answer == nil && errors.Is(recall, ErrAnswered):
				if got.Delegation.Opinion == "" || !got.Delegation.Recalled.IsZero() {
					t.Errorf("answered, and %+v", got.Delegation)
				}
			default:
				t.Errorf("recall %v, answer %v", recall, answer)
			}
			if got.Assignee != "acc_消防甲" || w.count(c, "task.recalled")+w.count(c, "task.opinion_given") != 1 {
				t.Errorf("held by %s", got.Assignee)
			}
		}
	})
}
