package casework

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/casework/desk"
	"tongban/gov/casework/history"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db/dbtest"
	"tongban/platform/id"
)

// realOfficer is an officer of the seeded town: the examiner or decider of an office.
func (w *town) realOfficer(org, role string) (account, name string) {
	w.t.Helper()
	list, err := w.s.Offices.Officers(dbtest.As(w.t, "test"), district, org, role)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range list {
		if strings.Contains(o.Name, "·") {
			return o.Account, o.Name
		}
	}
	w.t.Fatalf("no %s at %s", role, org)
	return "", ""
}

func (w *town) as(account, name, role, org string) *auth.Principal {
	p := auth.From(w.officer(name, role, org))
	p.ID = account
	return &p
}

func TestTask_claimDelegateTransfer(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		task := w.open(c)["check_fire"]
		a, b := w.officer("消防甲", RoleExaminer, fire), w.officer("消防乙", RoleExaminer, fire)
		if _, err := w.s.Claim(a, c.Region, task.ID); err != nil {
			t.Fatal(err)
		}
		_, err := w.s.Claim(b, c.Region, task.ID)
		wants(t, "claim what somebody holds", err, ErrTaskHeld)
		_, err = w.s.Complete(b, c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "do what somebody holds", err, ErrTaskHeld)

		account, name := w.realOfficer(water, RoleExaminer)
		_, err = w.s.Delegate(a, c.Region, task.ID, water, "acc_nobody", "请协助")
		wants(t, "delegate to nobody", err, ErrNoOfficer)
		if _, err = w.s.Delegate(a, c.Region, task.ID, water, account, "请核对排水图"); err != nil {
			t.Fatal(err)
		}
		_, err = w.s.Complete(a, c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "decide before the opinion is back", err, ErrDelegated)
		asked := auth.With(t.Context(), *w.as(account, name, RoleExaminer, water))
		own, err := w.s.Inbox(asked, InboxQuery{Shape: OwnTasks})
		if err != nil || len(own.Tasks) != 1 || own.Tasks[0].ID != task.ID {
			t.Errorf("inbox of who was asked: %+v %v", own, err)
		}
		_, err = w.s.Complete(asked, c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "decide when only asked for an opinion", err, ErrDelegated)
		got, err := w.s.GiveOpinion(asked, c.Region, task.ID, "排水图没有问题")
		if err != nil || got.Assignee != "acc_消防甲" || got.Delegation.Opinion != "排水图没有问题" {
			t.Fatalf("%+v %v", got, err)
		}
		_, err = w.s.GiveOpinion(asked, c.Region, task.ID, "再说一句")
		wants(t, "give an opinion nobody asks for", err, authz.ErrForbidden)

		to, toName := w.realOfficer(fire, RoleExaminer)
		_, err = w.s.Transfer(b, c.Region, task.ID, fire, to, "轮休")
		wants(t, "transfer what somebody else holds", err, ErrTaskHeld)
		if got, err = w.s.Transfer(a, c.Region, task.ID, fire, to, "轮休"); err != nil || got.Assignee != to || got.AssigneeName != toName {
			t.Fatalf("%+v %v", got, err)
		}
		_, err = w.s.Complete(a, c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "do what went to somebody else", err, ErrTaskHeld)
		head := w.officer("消防队长", RoleDecider, fire)
		if got, err = w.s.Transfer(head, c.Region, task.ID, water, "", "应由水务核对"); err != nil || got.Org != water || got.Assignee != "" {
			t.Fatalf("%+v %v", got, err)
		}
		if _, err = w.s.Complete(asked, c.Region, task.ID, Opinion{Result: Approve}); err != nil {
			t.Errorf("the office that got it: %v", err)
		}
		_, err = w.s.Complete(asked, c.Region, task.ID, Opinion{Result: Approve})
		wants(t, "do it twice", err, ErrTaskClosed)
	})
}

func TestReturn_goesBackToWhoDidIt(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		w.do(c, "register", "市监一", Approve)
		food := w.open(c)["check_food"]
		ctx := w.officer("市监二", RoleExaminer, lead)
		steps, err := w.s.Offers(ctx, c.Region, food.ID)
		if err != nil || len(steps.Returns) != 1 || steps.Returns[0].Element != "register" || len(steps.Operations) != 5 || steps.Returned {
			t.Fatalf("offered %+v %v", steps, err)
		}
		_, err = w.s.ReturnTo(ctx, c.Region, food.ID, "decide", "x", 0)
		wants(t, "back to what comes later", err, ErrNoReturn)
		_, err = w.s.ReturnTo(ctx, c.Region, food.ID, "register", "", 0)
		wants(t, "back without a reason", err, ErrNeedReason)
		_, err = w.s.Complete(ctx, c.Region, food.ID, Opinion{Result: Return, Text: "x"})
		wants(t, "an outcome that this step of the flow does not know", err, ErrNoReturn)
		if _, err = w.s.ReturnTo(ctx, c.Region, food.ID, "register", "名称有误", food.Version); err != nil {
			t.Fatal(err)
		}
		open := w.open(c)
		if got, want := keys(open), []string{"check_drain", "check_fire", "register"}; !slices.Equal(got, want) {
			t.Fatalf("open: %v", got)
		}
		if open["register"].Assignee != "acc_市监一" {
			t.Errorf("register is with %q", open["register"].Assignee)
		}
		w.do(c, "register", "市监一", Approve)
		w.do(c, "check_food", "市监二", Approve)
		w.do(c, "check_fire", "消防", Approve)
		w.do(c, "check_drain", "水务", Approve)
		w.do(c, "decide", "局长", Return) // the flow itself leads back from here
		if got := keys(w.open(c)); !slices.Equal(got, []string{"consult"}) {
			t.Fatalf("open after the decider returned it: %v", got)
		}
		w.do(c, "consult", "市监二", Approve)
		w.do(c, "decide", "局长", Approve)
		if c = w.reload(c); c.Outcome != Granted {
			t.Errorf("%+v", c)
		}
	})
}

func TestClock_pauseResumeExtend(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn()) // promise 12 working days, statute 45
		if !c.PromiseDue.Equal(endOf(9, 22)) {
			t.Errorf("promised by %v", c.PromiseDue.In(calendar.Zone)) // 8–11, 14–18, 20 (make-up), 21, 22
		}
		officer := w.officer("市监一", RoleExaminer, lead)
		before := w.open(c)["check_fire"]
		_, err := w.s.Pause(officer, c.Region, c.ID, Stop{Kind: "tea", Reason: "x"})
		wants(t, "a reason that the law does not know", err, ErrSpecial)
		_, err = w.s.Resume(officer, c.Region, c.ID, "x", 0)
		wants(t, "resume what runs", err, ErrWrongState)
		w.clock.Set(at(9, 9, 10))
		if c, err = w.s.Pause(officer, c.Region, c.ID, Stop{Kind: "testing", Reason: "油烟检测", Expected: 5}); err != nil {
			t.Fatal(err)
		}
		if !c.Paused || !c.PromiseDue.IsZero() || !w.open(c)["check_fire"].Due.IsZero() {
			t.Errorf("while it stands: %+v", c)
		}
		face, err := w.s.ClockOf(w.resident("王示例"), c.Region, c.ID)
		if err != nil || face.Running || !strings.Contains(face.Stop.Reason, "油烟检测") || len(face.Holders) != 3 {
			t.Errorf("clock: %+v %v", face, err)
		}
		_, err = w.s.Complete(w.officer("消防", RoleExaminer, fire), c.Region, before.ID, Opinion{Result: Approve})
		wants(t, "work while the clock stands", err, ErrPaused)
		_, err = w.s.Pause(officer, c.Region, c.ID, Stop{Kind: "hearing", Reason: "x"})
		wants(t, "pause twice", err, ErrPaused)
		w.clock.Set(at(9, 20, 10))
		if n := w.runJobs(); n != 0 {
			t.Errorf("%d timers ran during the pause", n)
		}
		if c, err = w.s.Resume(officer, c.Region, c.ID, "检测合格", c.Version); err != nil {
			t.Fatal(err)
		}
		// One day (8 September) was used; 9 to 20 September do not count; 21–24 and 28–30 do (25–27 Mid-Autumn), then 8–10 October (10 made up), 12.
		want := w.cal.Due(c.AcceptedAt, c.Terms.Promise, c.Terms.Stops()).Due
		if !c.PromiseDue.Equal(want) || c.PromiseDue.Before(at(10, 8, 0)) {
			t.Errorf("after the pause promised by %v, want %v", c.PromiseDue.In(calendar.Zone), want)
		}
		if due := w.open(c)["check_fire"].Due; !due.After(before.Due) {
			t.Errorf("the step's limit did not move: %v, was %v", due, before.Due)
		}
		w.extended(c)
	})
}

// extended checks that the head of the organ may lengthen the limits, once.
func (w *town) extended(c Case) {
	t, officer, head := w.t, w.officer("市监一", RoleExaminer, lead), w.officer("局长", RoleDecider, lead)
	t.Helper()
	_, err := w.s.Extend(officer, c.Region, c.ID, 0, "情况复杂", 0)
	wants(t, "extend without being head", err, authz.ErrForbidden)
	_, err = w.s.Extend(head, c.Region, c.ID, 16, "情况复杂", 0)
	wants(t, "extend by more than the law allows", err, ErrInvalid)
	legal := c.LegalDue
	if c, err = w.s.Extend(head, c.Region, c.ID, 0, "情况复杂", 0); err != nil || c.Terms.Extension.Days != 15 {
		t.Fatalf("%+v %v", c.Terms.Extension, err)
	}
	if n := w.cal.WorkingDaysBetween(legal, c.LegalDue); n != 15 {
		t.Errorf("extended by %d days", n)
	}
	_, err = w.s.Extend(head, c.Region, c.ID, 0, "还是复杂", 0)
	wants(t, "extend twice", err, ErrExtendedBefore)
	again := w.reload(c)
	stored := []time.Time{again.LegalDue, again.PromiseDue}
	again.Recompute(w.cal)
	if !stored[0].Equal(again.LegalDue) || !stored[1].Equal(again.PromiseDue) {
		t.Errorf("kept %v, computed again %v %v", stored, again.LegalDue, again.PromiseDue)
	}
	face, err := w.s.ClockOf(w.resident("王示例"), c.Region, c.ID)
	if err != nil || !face.Running || !face.Legal.Due.Equal(c.LegalDue) || !strings.Contains(face.Promise.Derivation.Text("zh-Hans"), "油烟检测") {
		t.Errorf("clock: %+v %v", face.Legal, err)
	}
}

func TestTimer_remindsTheHolder(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn()) // check_fire has 8 days, its reminder comes after 6
		fireTask := w.open(c)["check_fire"]
		w.clock.Set(at(9, 15, 23))
		w.runJobs()
		if n := w.count(c, "task.reminded"); n != 1 { // check_food's comes later; check_drain and check_fire after six days
			w.clock.Set(at(9, 16, 10))
			w.runJobs()
			if n = w.count(c, "task.reminded"); n != 2 {
				t.Errorf("%d reminders", n)
			}
		}
		if _, ok := w.open(c)["check_fire"]; !ok || w.open(c)["check_fire"].ID != fireTask.ID {
			t.Error("the reminder interrupted the step")
		}
		w.do(c, "check_fire", "消防", Approve)
		w.clock.Advance(30 * 24 * time.Hour)
		w.runJobs()
		if n := w.count(c, "task.reminded"); n > 3 {
			t.Errorf("%d reminders at the end", n)
		}
	})
}

func (w *town) count(c Case, kind string) int {
	w.t.Helper()
	entries, err := history.OfCase(w.t.Context(), w.db, c.Region, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func TestComplete_departmentsAtTheSameMoment(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		var wg sync.WaitGroup
		errs := make([]error, 0)
		var mu sync.Mutex
		for element, task := range w.open(c) {
			for i := range 2 { // each step twice at once: one of them must lose
				ctx := w.officer(fmt.Sprint(element, i), RoleExaminer, task.Org)
				wg.Go(func() {
					_, err := w.s.Complete(ctx, c.Region, task.ID, Opinion{Result: Approve})
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				})
			}
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				wants(t, "the second of two", err, ErrTaskClosed)
			}
		}
		if got := keys(w.open(c)); won != 3 || !slices.Equal(got, []string{"check_food"}) {
			t.Errorf("%d won, open %v", won, got)
		}
	})
}

func TestInbox_shapesAndPages(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		for range 5 {
			w.accepted(dineIn())
			w.clock.Advance(24 * time.Hour)
		}
		ctx := w.officer("消防甲", RoleExaminer, fire)
		var seen []TaskID
		var last time.Time
		after := ""
		for {
			in, err := w.s.Inbox(ctx, InboxQuery{Shape: PostTasks, After: after, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range in.Tasks {
				if x.Due.Before(last) || x.Org != fire || slices.Contains(seen, x.ID) {
					t.Errorf("%v at %s after %v", x.Due, x.Org, last)
				}
				last, seen = x.Due, append(seen, x.ID)
			}
			if after = in.Next; after == "" {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d tasks of the post", len(seen))
		}
		if _, err := w.s.Claim(ctx, district, seen[0]); err != nil {
			t.Fatal(err)
		}
		for shape, want := range map[Shape]int{OwnTasks: 1, PostTasks: 4, DepartmentTasks: 5} {
			in, err := w.s.Inbox(ctx, InboxQuery{Shape: shape})
			if err != nil || len(in.Tasks) != want {
				t.Errorf("%s: %d, want %d, %v", shape, len(in.Tasks), want, err)
			}
		}
		_, err := w.s.Inbox(ctx, InboxQuery{Shape: RegionTasks})
		wants(t, "the region's without the right", err, authz.ErrForbidden)
		in, err := w.s.Inbox(w.officer("监察", "supervisor", ""), InboxQuery{Shape: RegionTasks, Limit: 100})
		if err != nil || len(in.Tasks) != 15 {
			t.Errorf("the region's: %d %v", len(in.Tasks), err)
		}
		_, err = w.s.Inbox(ctx, InboxQuery{Shape: OwnTasks, After: "nonsense"})
		wants(t, "a made-up place", err, id.ErrCursor)

		// Somebody who holds posts in very many offices.
		p := auth.From(ctx)
		for i := range 40 {
			g := p.Grants[0]
			g.Org = fmt.Sprintf("1144990190000%05d", i)
			p.Grants = append(p.Grants, g)
		}
		if in, err = w.s.Inbox(auth.With(t.Context(), p), InboxQuery{Shape: PostTasks, Limit: 50}); err != nil || len(in.Tasks) != 4 {
			t.Errorf("with many posts: %d %v", len(in.Tasks), err)
		}
	})
}

func TestWatch_redAndYellow(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		c := w.accepted(dineIn())
		w.apply(w.resident("李虚构"), dineIn()) // waits for acceptance
		boss := w.officer("监察", "supervisor", "")
		_, err := w.s.Watch(w.officer("消防", RoleExaminer, fire), WatchQuery{By: ByOffice})
		wants(t, "without the right", err, authz.ErrForbidden)
		w.clock.Set(at(9, 8, 9)) // register (1 day) is due today: it is near in the last office hours only
		rows, err := w.s.Watch(boss, WatchQuery{By: ByOffice})
		if err != nil || len(rows) != 0 {
			t.Errorf("on the morning of the last day: %+v %v", rows, err)
		}
		if list, err := w.s.WatchList(boss, WatchQuery{}); err != nil || len(list.Tasks) != 0 {
			t.Errorf("on the morning of the last day: %+v %v", list, err)
		}
		w.clock.Set(at(9, 8, 16))
		rows, err = w.s.Watch(boss, WatchQuery{By: ByOffice})
		if err != nil || len(rows) != 1 || rows[0].Key != lead || rows[0].Yellow != 1 || rows[0].Red != 0 {
			t.Errorf("on the last day: %+v %v", rows, err)
		}
		w.clock.Set(at(9, 9, 9))
		rows, err = w.s.Watch(boss, WatchQuery{By: ByHolder})
		if err != nil || len(rows) != 1 || rows[0].Red != 1 || rows[0].Yellow != 0 {
			t.Errorf("a day late: %+v %v", rows, err)
		}
		list, err := w.s.WatchList(boss, WatchQuery{Light: Red, Org: lead})
		if err != nil || len(list.Tasks) != 1 || list.Tasks[0].Case != c.ID || list.Tasks[0].Element != "register" || list.Tasks[0].Light != Red {
			t.Errorf("behind it: %+v %v", list, err)
		}
		list, err = w.s.WatchList(boss, WatchQuery{Light: Yellow})
		if err != nil || len(list.Tasks) != 0 {
			t.Errorf("yellow: %+v %v", list, err)
		}
		w.clock.Set(at(9, 14, 9)) // acceptance of the other case is due today
		list, err = w.s.WatchList(boss, WatchQuery{Light: Yellow, Item: restaurant})
		if err != nil || !slices.ContainsFunc(list.Tasks, func(x Lit) bool { return x.Element == AcceptElement }) {
			t.Errorf("acceptance is not watched: %+v %v", list, err)
		}
	})
}

const school = "11440000006940116U244010200300101" // 省级教育 with eight reviewing offices

func TestGeneral_itemWithPartners(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.importGuide(school)
		me := w.resident("王示例")
		d, err := w.s.Start(me, Start{Region: top, Item: school})
		if err != nil {
			t.Fatal(err)
		}
		d = w.fill(me, d, nil)
		c, err := w.s.Submit(me, d.Region, d.ID, d.Version)
		if err != nil {
			t.Fatal(err)
		}
		if c, err = w.s.Accept(w.officer("教育厅", RoleExaminer, c.Org), c.Region, c.ID, c.Version); err != nil {
			t.Fatal(err)
		}
		tasks, err := desk.Open(t.Context(), w.db, c.Region, c.ID)
		if err != nil || len(tasks) != 8 {
			t.Fatalf("%d offices are asked, %v", len(tasks), err)
		}
		for _, x := range tasks {
			if x.Org == c.Org && x.OnBehalf == "" {
				t.Errorf("%s is with the office in charge and does not say on whose behalf", x.Name)
			}
			if _, err := w.s.Complete(w.officer("审查"+x.Name, RoleExaminer, x.Org), c.Region, x.ID, Opinion{Result: Approve}); err != nil {
				t.Fatalf("%s: %v", x.Name, err)
			}
		}
		w.do(c, "examine", "教育厅", Approve)
		w.do(c, "decide", "厅长", Approve)
		if c = w.reload(c); c.Outcome != Granted {
			t.Errorf("%+v", c)
		}
	})
}

// A step that the flow went past is told apart from one that may still come,
// and when the case is over nothing may.
func TestFlow_stepsThatWereNotTaken(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		situation := dineIn()
		situation["service"], situation["fire_way"] = "takeaway", ""
		c := w.apply(me, situation)
		file := func() map[string]bool {
			f, err := w.s.Open(me, c.Region, c.ID, "")
			if err != nil {
				t.Fatal(err)
			}
			return f.NotTaken
		}
		if len(file()) != 0 {
			t.Errorf("before acceptance: %v", file())
		}
		c, err := w.s.Accept(w.officer("受理", RoleExaminer, lead), c.Region, c.ID, c.Version)
		if err != nil {
			t.Fatal(err)
		}
		if n := file(); !n["check_fire"] || n["register"] || n["check_food"] || n["consult"] || n["decide"] {
			t.Errorf("the take-away shop does not come to the fire check alone: %v", n)
		}
		var buf strings.Builder
		if err := w.s.DrawFlow(me, &buf, c.Region, c.ID, nil); err != nil || !strings.Contains(buf.String(), "skipped") {
			t.Errorf("the picture does not tell: %v", err)
		}
		if _, err := w.s.Withdraw(me, c.Region, c.ID, "不开了"); err != nil {
			t.Fatal(err)
		}
		if n := file(); !n["check_fire"] || !n["decide"] || !n["consult"] || n["start"] {
			t.Errorf("after it was withdrawn: %v", n)
		}
		early := w.apply(me, dineIn())
		if _, err := w.s.Withdraw(me, early.Region, early.ID, "不开了"); err != nil {
			t.Fatal(err)
		}
		c = early
		if n := file(); !n["register"] || !n["decide"] {
			t.Errorf("withdrawn before acceptance: %v", n)
		}
	})
}
