package casework

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/supplements"
	"tongban/gov/design/plan"
	"tongban/gov/facts"
	"tongban/platform/calendar"
	"tongban/platform/once"
)

// papers are the titles of the papers of a case.
func (w *town) titles(c Case) string {
	w.t.Helper()
	list, err := w.papers.OfCase(w.resident("王示例"), c.Region, string(c.ID))
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, p := range list {
		out = append(out, p.Title)
	}
	return strings.Join(out, " ")
}

func blurred() []SupplementItem {
	return []SupplementItem{{Target: "material.layout", Name: "平面图", Reason: "看不清", How: "重拍"}}
}

func TestChase_beforeAcceptance(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.apply(w.resident("王示例"), dineIn())
		sup, err := w.s.AskSupplement(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, 0, blurred(), "")
		if err != nil {
			t.Fatal(err)
		}
		if n := w.cal.WorkingDaysBetween(sup.RequestedAt, sup.Until); n != w.s.Rules.Answer.Amount {
			t.Errorf("%d working days for an answer", n)
		}
		w.clock.Set(w.s.remindAt(sup).Add(-time.Second))
		if w.runJobs() != 0 {
			t.Error("reminded too early")
		}
		w.clock.Advance(time.Second)
		w.runJobs()
		if w.count(c, "case.supplements_reminded") != 1 || w.announced(c, facts.SupplementsReminded{}.Type()) != 1 {
			t.Error("not reminded once")
		}
		w.clock.Set(sup.Until)
		w.runJobs()
		if w.reload(c).State != Supplemented {
			t.Fatal("refused on the last day")
		}
		w.clock.Advance(time.Millisecond)
		w.runJobs()
		c = w.reload(c)
		if c.State != NotAccepted || !strings.Contains(c.Reason, "没有提交补正材料") || !strings.Contains(w.titles(c), "不予受理决定书") || w.count(c, "case.supplements_reminded") != 1 {
			t.Errorf("%s %q %s", c.State, c.Reason, w.titles(c))
		}
		if len(w.open(c)) != 0 || w.runJobs() != 0 {
			t.Error("something is left of it")
		}
		_, err = w.s.SendSupplement(w.resident("王示例"), c.Region, c.ID)
		wants(t, "answer afterwards", err, ErrClosed)
	})
}

func TestChase_answeredInTime(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		c := w.apply(me, dineIn())
		sup, err := w.s.AskSupplement(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, 0, blurred(), "")
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Set(sup.Until.Add(-time.Hour))
		w.runJobs()
		if _, err := w.s.AnswerItem(me, c.Region, c.ID, 0, Answer{Files: []Attachment{{Hash: strings.Repeat("7", 64), Name: "图.pdf", Size: 10, Kind: "pdf"}}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.SendSupplement(me, c.Region, c.ID); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(2 * time.Hour)
		w.runJobs()
		if c = w.reload(c); c.State != Submitted {
			t.Errorf("afterwards %s", c.State)
		}
	})
}

func TestChase_afterAcceptance(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.draw(plan.Loop, nil)
		c := w.accepted(dineIn())
		w.back(c, fire, "消防甲", "缺疏散指示图")
		w.back(c, water, "水务甲", "排水图看不清")
		sup := w.request(c)
		w.clock.Set(sup.Until.Add(time.Millisecond))
		w.runAll()
		c = w.reload(c)
		if c.State != InProgress || c.Paused || w.count(c, "case.waiting_ended") != 1 || !strings.Contains(w.titles(c), "补正期限届满告知书") {
			t.Fatalf("%s %v %s", c.State, c.Paused, w.titles(c))
		}
		all, err := supplements.OfCase(t.Context(), w.db, c.Region, c.ID)
		if err != nil || all[0].AnsweredBy != "system:schedule" || all[0].Items[0].Answered() {
			t.Errorf("%+v %v", all, err)
		}
		w.do(c, w.at(c, fire).Element, "消防甲", Approve)
	})
}

// The clock of a flow never runs in a pause: however a case is stopped and let
// run again, its reminder comes when the case has run for as long as the timer
// is long, and never while it stands.
func TestPause_timersOfFlowsNeverRunInIt(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 4))
	inTown(t, func(t *testing.T, w *town) {
		for range 4 {
			c := w.accepted(dineIn())
			boss := w.officer("局长", RoleDecider, lead)
			length := w.flowOf(c).Timers()[0].Due.Sub(w.clock.Now())
			ran := time.Duration(0)
			for step := 0; w.count(c, "task.reminded")+w.count(c, "case.timer_fired") == 0; step++ {
				if step > 200 {
					t.Fatal("no reminder ever comes")
				}
				if r.IntN(2) == 0 {
					if _, err := w.s.Pause(boss, c.Region, c.ID, Stop{Kind: "testing", Reason: "油烟检测"}); err != nil {
						t.Fatal(err)
					}
					if !w.flowOf(c).Suspended() {
						t.Fatal("the flow runs while the clock stands")
					}
					for range 3 {
						w.clock.Advance(time.Duration(r.IntN(40*24)) * time.Hour)
						w.runAll()
						if w.count(c, "task.reminded")+w.count(c, "case.timer_fired") != 0 {
							t.Fatal("a timer fired while the clock stood")
						}
					}
					if _, err := w.s.Resume(boss, c.Region, c.ID, "检测合格", 0); err != nil {
						t.Fatal(err)
					}
					continue
				}
				d := min(time.Duration(1+r.IntN(20))*time.Hour, length-ran)
				w.clock.Advance(d)
				ran += d
				w.runAll()
				fired := w.count(c, "task.reminded")+w.count(c, "case.timer_fired") > 0
				if fired != (ran >= length) {
					t.Fatalf("after %v of %v running: fired %v", ran, length, fired)
				}
			}
		}
	})
}

// One key is one command: the same key for another act on the same step is a
// conflict, not a silent success.
func TestOnce_aKeyIsForOneAct(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		x := w.at(c, fire)
		a := once.With(w.officer("消防甲", RoleExaminer, fire), "key-1")
		for range 2 {
			if _, err := w.s.Claim(a, c.Region, x.ID); err != nil {
				t.Fatal(err)
			}
		}
		_, err := w.s.Complete(a, c.Region, x.ID, Opinion{Result: Approve, Text: "可以"})
		wants(t, "another act with the key", err, once.ErrKeyReused)
		_, err = w.s.Release(a, c.Region, x.ID)
		wants(t, "a third act with the key", err, once.ErrKeyReused)
		if got := w.at(c, fire); got.State != TaskOpen || got.Assignee != "acc_消防甲" {
			t.Errorf("%+v", got)
		}
	})
}

func TestRules_answer(t *testing.T) {
	r := NationalRules()
	if r.Answer.Unit != calendar.WorkingDays || r.Remind.Amount >= r.Answer.Amount || r.Waiting.Citation != "" || !strings.Contains(r.Silence.Citation, "第三十二条") {
		t.Errorf("%+v %+v %+v", r.Answer, r.Waiting, r.Silence)
	}
}

// TestChase_dayThatTheOfficerSets: the officer gives the applicant longer within
// what the region allows, before acceptance and after; the reminder and what
// follows from silence go by that day.
func TestChase_dayThatTheOfficerSets(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.apply(w.resident("王示例"), dineIn())
		officer := w.officer("受理", RoleExaminer, lead)
		span, err := w.s.AnswerSpan(officer, w.s.DB, &c)
		if err != nil {
			t.Fatal(err)
		}
		if n := w.cal.WorkingDaysBetween(w.clock.Now(), span.Last.End()); n != 30 {
			t.Errorf("%d working days at most", n)
		}
		var bad Problems
		if _, err := w.s.AskUntil(officer, c.Region, c.ID, 0, blurred(), "", span.Last+1); !errors.As(err, &bad) || bad[0].Field != "until" {
			t.Errorf("later than the region allows: %v", err)
		}
		sup, err := w.s.AskUntil(officer, c.Region, c.ID, 0, blurred(), "", span.Last)
		if err != nil || !sup.Until.Equal(span.Last.End()) {
			t.Fatalf("until %s, %v", sup.Until, err)
		}
		w.clock.Set(span.First.End().Add(time.Hour)) // the usual day passes
		w.runJobs()
		if w.reload(c).State != Supplemented || w.count(c, "case.supplements_reminded") != 0 {
			t.Error("the usual day counted")
		}
		w.clock.Set(sup.Until.Add(time.Minute))
		w.runJobs()
		if got := w.reload(c).State; got == Supplemented {
			t.Errorf("still %s", got)
		}
	})
}
