package operations_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/operations"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/once"
)

// A case takes the message it waits for from those who may, as it was declared,
// once, with a reason on record; whatever else is tried is refused and changes
// nothing.
func TestReceive_whatIsAwaited(t *testing.T) {
	casefiletest.Run(t, func(town *casefiletest.Town) {
		w := &world{Town: town, ops: operations.On(town.Casework)}
		w.Publish([]byte(casefiletest.Waiting))
		w.me = w.Resident("王示例", 1)
		w.c = w.Apply(w.me)
		var err error
		w.c, err = w.Casework.Accept(w.Officer("受理", "decider", lead), w.c.Region, w.c.ID, 0)
		w.Must(err)
		officer := w.examiner("收件", lead)
		waits, err := w.Casework.Awaits(officer, w.c.Region, w.c.ID)
		if err != nil || len(waits) != 1 || waits[0].Name != "lab-result" || waits[0].Title != "等检测结果" || !waits[0].Stops || len(waits[0].Values) != 4 {
			t.Fatalf("waits for %+v %v", waits, err)
		}
		message := func(change func(m *operations.Message)) operations.Message {
			m := operations.Message{Name: "lab-result", Values: map[string]string{"lab": "合格", "score": "2.5", "sealed": "true", "on": "2026-09-08"}, Reason: "检测院回传"}
			if change != nil {
				change(&m)
			}
			return m
		}
		send := func(change func(m *operations.Message)) error {
			_, err := w.ops.Receive(officer, w.c.Region, w.c.ID, message(change))
			return err
		}
		_, err = w.ops.Receive(w.examiner("消防", fire), w.c.Region, w.c.ID, message(nil))
		w.wants("another office", err, authz.ErrForbidden)
		_, err = w.ops.Receive(w.me, w.c.Region, w.c.ID, message(nil))
		w.wants("the applicant", err, authz.ErrForbidden)
		w.wants("another message", send(func(m *operations.Message) { m.Name = "other" }), cases.ErrNotAwaited)
		w.wants("no reason", send(func(m *operations.Message) { m.Reason = " " }), casework.ErrNeedReason)
		w.wants("an old version", send(func(m *operations.Message) { m.Version = 1 }), casework.ErrStale)
		for name, change := range map[string]func(m *operations.Message){"missing": func(m *operations.Message) { delete(m.Values, "lab") }, "unknown": func(m *operations.Message) { m.Values["more"] = "x" },
			"type": func(m *operations.Message) {
				m.Values["score"], m.Values["sealed"], m.Values["on"] = "三", "maybe", "2026-02-30"
			}, "long": func(m *operations.Message) { m.Values["lab"] = strings.Repeat("合", 2001) }} {
			if err := send(change); !strings.Contains(fmt.Sprint(err), "casework.problem.message."+name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		boss := w.Officer("局长", "decider", lead)
		_, err = w.Casework.Pause(boss, w.c.Region, w.c.ID, casework.Stop{Kind: casework.Suspension, Reason: "诉讼", Basis: "示例条例第一条"})
		w.Must(err)
		w.wants("while the clock stands", send(nil), casework.ErrPaused)
		w.Clock.Advance(48 * time.Hour)
		_, err = w.Casework.Resume(boss, w.c.Region, w.c.ID, "结束", 0)
		w.Must(err)
		if f := w.File(w.c); len(f.Tasks) != 1 { // acceptance only: nothing moved
			t.Fatalf("%d steps", len(f.Tasks))
		}
		key := once.With(w.examiner("水务", water), "lab-1") // the office that the drawing names
		for range 2 {                                      // its sender did not hear of the first
			_, err = w.ops.Receive(key, w.c.Region, w.c.ID, message(nil))
			w.Must(err)
		}
		w.wants("once more", send(nil), cases.ErrNotAwaited)
		if n, err := db.One(t.Context(), w.Casework.DB, db.Value[int], `SELECT count(*) FROM audit_entry WHERE region = $1 AND action = 'casework.case.message' AND object = $2`, w.c.Region, string(w.c.ID)); err != nil || n != 1 {
			t.Errorf("%d acts in the record: %v", n, err)
		}
		w.finish()
	})
}
