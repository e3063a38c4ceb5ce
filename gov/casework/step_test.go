package casework

import (
	"errors"
	"testing"

	"tongban/gov/casework/desk"
)

// A step is got by its id, by whoever may see its case and by nobody else.
func TestTask_byID(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		step := w.open(c)["register"]
		boss := w.officer("登记", RoleExaminer, lead)
		got, err := w.s.Task(boss, c.Region, step.ID)
		if err != nil || got.ID != step.ID || got.Case != c.ID {
			t.Errorf("the office: %+v %v", got, err)
		}
		if _, err := w.s.Task(w.resident("王示例"), c.Region, step.ID); err != nil {
			t.Errorf("the applicant: %v", err)
		}
		for name, err := range map[string]error{
			"another resident": second(w.s.Task(w.resident("李虚构"), c.Region, step.ID)),
			"another office":   second(w.s.Task(w.officer("外局", RoleExaminer, "11449901900000057L"), c.Region, step.ID)),
			"no such step":     second(w.s.Task(boss, c.Region, "task_none")),
			"another region":   second(w.s.Task(boss, top, step.ID)),
		} {
			if !errors.Is(err, ErrNoTask) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second(_ Task, err error) error { return err }

// The number of a case finds its open steps among the caller's, at once.
func TestInbox_byCaseNumber(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c, other := w.accepted(dineIn()), w.accepted(dineIn())
		boss := w.officer("登记", RoleExaminer, lead)
		in, err := w.s.Inbox(boss, InboxQuery{Shape: DepartmentTasks, Filter: desk.Filter{Number: c.Number}})
		if err != nil || len(in.Tasks) == 0 || in.Next != "" {
			t.Fatalf("%d steps: %v", len(in.Tasks), err)
		}
		for _, l := range in.Tasks {
			if l.Case != c.ID || l.Org != lead {
				t.Errorf("a step of %s in %s; the other case is %s", l.CaseNumber, l.OrgName, other.Number)
			}
		}
		in, err = w.s.Inbox(w.officer("水务", RoleExaminer, water), InboxQuery{Shape: PostTasks, Filter: desk.Filter{Number: c.Number, Light: Red}})
		if err != nil || len(in.Tasks) != 0 {
			t.Errorf("another office and light: %d steps: %v", len(in.Tasks), err)
		}
	})
}
