package casework

import (
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/casework/history"
	"tongban/gov/casework/recount"
	"tongban/gov/facts"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// days is the shipped calendar with some more days off in September, where the
// limits of cases that begin on 7 September run.
func days(t *testing.T, off ...int) *calendar.Calendar {
	t.Helper()
	f, err := data.Files.Open(data.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries, bad, err := calendar.Read(f)
	if err != nil || len(bad) > 0 {
		t.Fatal(err, bad)
	}
	for _, d := range off {
		entries = append(entries, calendar.Entry{Date: calendar.NewDate(2026, time.September, d), Kind: calendar.Holiday, NameZH: "虚构节", NameEN: "Invented day"})
	}
	c, err := calendar.New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// announced counts the facts of a type about a case.
func (w *town) announced(c Case, kind string) int {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.db, db.Value[int], `SELECT count(*) FROM events_outbox WHERE region = $1 AND aggregate = $2 AND type = $3`, c.Region, string(c.ID), kind)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// newDays lets the days change as the operator's command does: another process
// plans, this one reads them when it hears of it.
func (w *town) newDays(c *calendar.Calendar) {
	w.t.Helper()
	w.s.NewDays = func() error { w.cal.Become(c); return nil }
	err := w.db.Write(auth.System(w.t.Context(), "operator:import"), func(tx *db.Tx) error {
		tx.Unaudited("the command records the days")
		w.s.PlanRecountTx(tx, c.Version())
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) runAll() {
	w.t.Helper()
	for w.runJobs() > 0 {
	}
}

// When days off are imported, the dates of open cases move with them, each once,
// on record, announced and on the timeline; closed ones do not, and of stopped
// ones the timers of their flows alone.
func TestRecount_newDaysMoveOpenCases(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		fresh := w.apply(w.resident("王示例"), dineIn())
		running, stopped := w.accepted(dineIn()), w.accepted(dineIn())
		boss := w.officer("受理", RoleExaminer, lead)
		stopped, err := w.s.Pause(boss, stopped.Region, stopped.ID, Stop{Kind: "inspection", Reason: "现场检验"})
		if err != nil {
			t.Fatal(err)
		}
		gone := w.apply(w.resident("王示例"), dineIn())
		if gone, err = w.s.Withdraw(w.resident("王示例"), gone.Region, gone.ID, "不办了"); err != nil {
			t.Fatal(err)
		}
		before := w.open(running)
		next := days(t, 8) // a Tuesday
		var listed []Recounted
		if err := w.s.Recounts(auth.System(t.Context(), "operator:import"), next, func(r Recounted) { listed = append(listed, r) }); err != nil || len(listed) != 3 {
			t.Fatalf("%d cases would move: %v", len(listed), err)
		}
		for _, r := range listed {
			switch still := r.Before.Equal(r.Now); {
			case r.ID == stopped.ID && (!still || r.Timers == 0 || r.Steps > 0), r.ID == running.ID && (still || r.Timers == 0 || r.Steps == 0), r.ID == fresh.ID && (still || r.Timers > 0):
				t.Errorf("%s: %v → %v, %d steps, %d timers", r.Number, r.Before, r.Now, r.Steps, r.Timers)
			}
		}
		if again := w.open(running); again["examine"].Due != before["examine"].Due || w.count(running, "case.recounted") != 0 {
			t.Error("looking has changed something")
		}
		w.newDays(next)
		w.runAll()

		moved := w.reload(fresh)
		if want := w.cal.Due(fresh.SubmittedAt, fresh.Terms.Accept, nil).Due; !moved.AcceptDue.Equal(want) || !moved.AcceptDue.Equal(fresh.AcceptDue.AddDate(0, 0, 1)) && moved.AcceptDue.Sub(fresh.AcceptDue) < 24*time.Hour {
			t.Errorf("acceptance: %v, was %v, want %v", moved.AcceptDue, fresh.AcceptDue, want)
		}
		now := w.reload(running)
		if !now.PromiseDue.After(running.PromiseDue) || !now.LegalDue.After(running.LegalDue) || w.cal.WorkingDaysBetween(running.PromiseDue, now.PromiseDue) != 1 {
			t.Errorf("promise %v, was %v; law %v, was %v", now.PromiseDue, running.PromiseDue, now.LegalDue, running.LegalDue)
		}
		after := w.open(running)
		for element, task := range after {
			if task.Due.Equal(before[element].Due) || task.Due.After(now.Due()) {
				t.Errorf("step %s: %v, was %v", element, task.Due, before[element].Due)
			}
		}
		for _, c := range []Case{fresh, running} {
			if w.count(c, "case.recounted") != 1 || w.announced(c, facts.CaseRecounted{}.Type()) != 1 {
				t.Errorf("%s: %d lines, %d facts", c.Number, w.count(c, "case.recounted"), w.announced(c, facts.CaseRecounted{}.Type()))
			}
		}
		if got := w.reload(gone); got.Version != gone.Version || w.count(gone, "case.recounted") != 0 {
			t.Error("withdrawn: touched")
		}
		if got := w.reload(stopped); !got.Due().Equal(stopped.Due()) || w.count(stopped, "case.recounted") != 1 {
			t.Errorf("stopped: due %v, was %v; only the timers of its flow move", got.Due(), stopped.Due())
		}
		line := w.lastLine(running)
		if !strings.Contains(line.Text, " → ") || line.Actor != "system:schedule" {
			t.Errorf("the timeline says %q by %q", line.Text, line.Actor)
		}

		w.clock.Advance(recount.Again)
		w.runAll()
		if got := w.reload(running); got.Version != now.Version {
			t.Error("counted twice")
		}
	})
}

func (w *town) lastLine(c Case) Entry {
	w.t.Helper()
	entries, err := history.OfCase(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil || len(entries) == 0 {
		w.t.Fatal(err)
	}
	return entries[len(entries)-1]
}

// A case that somebody worked on by the old days, while they changed, is found
// by the second look.
func TestRecount_secondLook(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.apply(w.resident("王示例"), dineIn())
		old, next := days(t), days(t, 8)
		w.newDays(next)
		w.runAll()
		moved := w.reload(c).AcceptDue
		w.cal.Become(old)
		late := w.apply(w.resident("王示例"), dineIn())
		w.cal.Become(next)
		w.clock.Advance(recount.Again)
		w.runAll()
		if got := w.reload(late); !got.AcceptDue.Equal(moved) || w.count(late, "case.recounted") != 1 {
			t.Errorf("%v, want %v", got.AcceptDue, moved)
		}
	})
}

// The law accepts a case by the days as they are now: not on the old date.
func TestRecount_deemedAcceptanceMoves(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.apply(w.resident("王示例"), dineIn())
		w.newDays(days(t, 8))
		w.runAll()
		w.clock.Set(c.AcceptDue.Add(time.Hour))
		w.runAll()
		if got := w.reload(c); got.State != Submitted {
			t.Fatalf("on the old date: %s", got.State)
		}
		w.clock.Set(w.reload(c).AcceptDue.Add(time.Hour))
		w.runAll()
		if got := w.reload(c); !got.Deemed {
			t.Errorf("on the new date: %s", got.State)
		}
	})
}

// Many cases are counted one at a time, and a node that starts with other
// days than it counted by catches up, once.
func TestRecount_manyAndCatchUp(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var cases []Case
		for range 5 {
			cases = append(cases, w.apply(w.resident("王示例"), dineIn()))
		}
		w.cal.Become(days(t, 8)) // a new release
		if err := w.s.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		moved := func() (n int) {
			for _, c := range cases {
				n += w.count(c, "case.recounted")
			}
			return n
		}
		if n := w.runJobs(); n != 3 || moved() != 1 { // one job per region, one case per commit
			t.Errorf("%d jobs at first, %d cases", n, moved())
		}
		w.runAll()
		for _, c := range cases {
			if w.count(c, "case.recounted") != 1 {
				t.Errorf("%s: %d times", c.Number, w.count(c, "case.recounted"))
			}
		}
		w.clock.Advance(recount.Again)
		w.runAll()
		if err := w.s.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		overdue, _, err := schedule.Backlog(t.Context(), w.db, w.clock.Now())
		if err != nil || overdue != 0 {
			t.Errorf("%d jobs after everything is done: %v", overdue, err)
		}
	})
}

// Timers inside flows follow the days off like dates do, on the schedule too,
// and keep their moment when nothing moves them.
func TestRecount_timersOfFlowsMove(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		timers := func() map[string][2]time.Time { // element → in the flow, on the schedule
			t.Helper()
			k, err := loadWork(t.Context(), w.db, c.Region, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string][2]time.Time{}
			for _, d := range k.flow.Instance.Timers() {
				at, err := db.One(t.Context(), w.db, db.Value[db.Time], `SELECT due_at FROM schedule_job WHERE region = $1 AND kind = $2 AND key = $3`, c.Region, JobTimer, timerKey(c.ID, d.ID))
				if err != nil {
					t.Fatal(err)
				}
				out[d.Element] = [2]time.Time{d.Due, at.Time}
			}
			return out
		}
		before := timers()
		if len(before) < 2 {
			t.Fatalf("the flow has the timers %v", before)
		}
		w.newDays(days(t, 8))
		w.runAll()
		for element, now := range timers() {
			was := before[element]
			if w.cal.WorkingDaysBetween(was[0], now[0]) != 1 || !now[1].Equal(now[0]) {
				t.Errorf("%s: %v, was %v, on the schedule %v", element, now[0], was[0], now[1])
			}
		}
		moved := w.reload(c)
		w.clock.Advance(recount.Again)
		w.runAll()
		if got := w.reload(c); got.Version != moved.Version || w.count(c, "case.recounted") != 1 {
			t.Error("counted twice")
		}
	})
}

// A day that an applicant was told moves back with the days off, never forward;
// the day until which a paper has to leave moves both ways. Each is on record.
func TestRecount_daysThatWereTold(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		c := w.apply(me, dineIn())
		sup, err := w.s.AskSupplement(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, 0, blurred(), "")
		if err != nil {
			t.Fatal(err)
		}
		done := w.granted(me, dineIn(), Delivery{Way: AtCounter})
		paper := func() LitHandout {
			page, err := w.s.Handouts.Waiting(w.hall("出件员"), AtCounter, "", 10)
			if err != nil || len(page.List) != 1 {
				t.Fatal(page, err)
			}
			return page.List[0]
		}
		before := paper()
		usualDays := days(t)
		more := days(t, 9, 10) // Wednesday and Thursday
		var listed []Recounted
		if err := w.s.Recounts(auth.System(t.Context(), "operator:import"), more, func(r Recounted) { listed = append(listed, r) }); err != nil || len(listed) != 1 || !listed[0].Answer {
			t.Errorf("said beforehand: %+v, %v", listed, err)
		}
		w.newDays(more)
		w.runAll()
		now, err := openSupplement(t.Context(), w.db, c.Region, c.ID)
		if err != nil || w.cal.WorkingDaysBetween(sup.RequestedAt, now.Until) != w.s.Rules.Answer.Amount || !now.Until.After(sup.Until) || !now.Counted.Due.Equal(now.Until) || now.Counted.Version != w.cal.Version() {
			t.Errorf("answer until %v, was %v; %v", now.Until, sup.Until, err)
		}
		if w.count(c, "case.recounted") != 1 {
			t.Error("the case does not say so")
		}
		after := paper()
		if want := w.cal.Due(before.Counted.Start, w.s.Rules.Delivery, nil).Due; !after.Due.Equal(want) || !after.Due.After(before.Due) || w.count(done, "result.recounted") != 1 {
			t.Errorf("paper until %v, was %v, want %v", after.Due, before.Due, want)
		}

		w.newDays(usualDays)
		w.runAll()
		still, err := openSupplement(t.Context(), w.db, c.Region, c.ID)
		if err != nil || !still.Until.Equal(now.Until) {
			t.Errorf("what was told was taken back: %v, was %v; %v", still.Until, now.Until, err)
		}
		if again := paper(); !again.Due.Equal(before.Due) {
			t.Errorf("paper until %v, want %v", again.Due, before.Due)
		}
		w.clock.Set(sup.Until.Add(time.Second)) // the day that was told first
		w.runJobs()
		if w.reload(c).State != Supplemented {
			t.Error("the first day still counts")
		}
		w.clock.Set(still.Until.Add(time.Second))
		w.runAll()
		if w.reload(c).State == Supplemented {
			t.Error("nothing follows on the last day")
		}
	})
}
