package bpmn

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// sign adds a signer named by a person and gives the changes.
func (y *play) sign(id string, where Place, who string) []Change {
	y.t.Helper()
	return y.keep(y.e.AddSigner(y.p, y.in, id, Signer{Place: where, Vars: map[string]any{"who": who}}, t0))
}

// next completes the first task that is not held and tells whose it was.
func (y *play) next() string {
	y.t.Helper()
	for _, k := range y.in.Open() {
		if k.Held {
			continue
		}
		who := k.Element
		for _, c := range y.log {
			if c.ID == k.ID && c.Kind == TaskOpened && c.Vars["who"] != nil {
				who = fmt.Sprint(c.Vars["who"])
			}
		}
		y.keep(y.e.Complete(y.p, y.in, k.ID, nil, t0))
		return who
	}
	y.t.Fatalf("nothing can be done: %s", y.look())
	return ""
}

func (y *play) orderToEnd() string {
	var list []string
	for !y.in.Ended() {
		list = append(list, y.next())
	}
	return strings.Join(list, " ")
}

const oneTask = "start s\nuser a\nuser z\nend e\ns -> a\na -> z\nz -> e"

// TestSigners_order adds signers before, beside and after one another.
func TestSigners_order(t *testing.T) {
	y := start(t, graph(oneTask), nil)
	id := y.taskOf("a")
	ch := y.sign(id, Before, "甲")
	if got := brief(ch); got != "task_held:a task_opened:a" || ch[1].Vars["who"] != "甲" {
		t.Fatal(got, ch[1].Vars)
	}
	y.sign(ch[1].ID, Before, "乙") // before the one before
	y.sign(id, After, "丙")
	y.sign(id, After, "丁")
	if _, err := y.e.Complete(y.p, y.in, id, nil, t0); !errors.Is(err, ErrSigner) {
		t.Fatal(err)
	}
	var list []string
	for _, s := range y.in.Signers(id) {
		list = append(list, s.State)
	}
	if got := strings.Join(list, " "); got != "held later later held open" {
		t.Fatal(got)
	}
	if got := y.orderToEnd(); got != "乙 甲 a 丙 丁 z" {
		t.Fatal(got)
	}
	y.explained("signers")
}

// TestSigners_takenAway takes away each of several: those who sign before him go
// with him, those after him move up.
func TestSigners_takenAway(t *testing.T) {
	y := start(t, graph(oneTask), nil)
	id := y.taskOf("a")
	beside := y.sign(id, Beside, "甲")[0].ID
	y.sign(beside, Before, "乙")
	y.sign(beside, After, "丙")
	later := y.sign(id, After, "丁")[0].ID
	if got := brief(y.keep(y.e.TakeAway(y.p, y.in, later, t0))); got != "signer_taken:a" {
		t.Fatal(got)
	}
	if got := brief(y.keep(y.e.TakeAway(y.p, y.in, beside, t0))); got != "task_cancelled:a(taken_away) signer_taken:a task_cancelled:a(taken_away)" {
		t.Fatal(got)
	}
	if _, err := y.e.TakeAway(y.p, y.in, id, t0); !errors.Is(err, ErrSigner) {
		t.Fatal("the last one was taken away", err)
	}
	if got := y.orderToEnd(); got != "a z" {
		t.Fatal(got)
	}
	y.explained("taken away")
	y = start(t, graph(oneTask), nil)
	id = y.taskOf("a")
	y.sign(id, After, "甲")
	y.sign(id, After, "乙")
	y.do("a", nil)
	if got := brief(y.keep(y.e.TakeAway(y.p, y.in, y.newest("a"), t0))); got != "task_cancelled:a(taken_away) task_opened:a" {
		t.Fatal(got) // 乙 moves up
	}
	if got := y.orderToEnd(); got != "乙 z" {
		t.Fatal(got)
	}
}

// TestSigners_inTurn takes positions out of a sequence that is not yet reached.
func TestSigners_inTurn(t *testing.T) {
	y := start(t, graph(`start s
<userTask id="a"><multiInstanceLoopCharacteristics isSequential="true" flowable:collection="${people}" flowable:elementVariable="who" flowable:outputCollection="said" flowable:outputElement="${who}"/></userTask>
user z
end e
s -> a
a -> z
z -> e`), map[string]any{"people": []any{"甲", "乙", "丙", "丁"}})
	signers := y.in.Signers(y.taskOf("a"))
	if len(signers) != 4 || signers[2].State != "later" {
		t.Fatalf("%+v", signers)
	}
	y.keep(y.e.TakeAway(y.p, y.in, signers[2].ID, t0)) // 丙
	if _, err := y.e.TakeAway(y.p, y.in, signers[2].ID, t0); !errors.Is(err, ErrNoTask) {
		t.Fatal(err)
	}
	y.next()
	y.sign(y.taskOf("a"), Beside, "戊")
	if got := y.orderToEnd(); got != "乙 戊 丁 z" {
		t.Fatal(got)
	}
	if got := fmt.Sprint(y.in.Vars["said"]); got != "[甲 乙 丁 戊]" {
		t.Fatal(got)
	}
}

// TestSigners_refused says where nobody can be added.
func TestSigners_refused(t *testing.T) {
	y := start(t, graph(`start s
<serviceTask id="svc" tongban:implementation="x"/>
<userTask id="again"><standardLoopCharacteristics loopMaximum="2"/></userTask>
end e
s -> svc
svc -> again
again -> e`), nil)
	try := func(id string, s Signer, want error) {
		t.Helper()
		before := string(mustJSON(t, y.in))
		if _, err := y.e.AddSigner(y.p, y.in, id, s, t0); !errors.Is(err, want) {
			t.Errorf("%+v: %v", s, err)
		}
		if string(mustJSON(t, y.in)) != before {
			t.Error("a refusal changed the instance")
		}
	}
	try(y.taskOf("svc"), Signer{Place: Beside}, ErrSigner)
	y.do("svc", nil)
	id := y.taskOf("again")
	try(id, Signer{Place: Beside}, ErrSigner)
	try(id, Signer{Place: "above"}, ErrSigner)
	try("nobody", Signer{Place: Before}, ErrNoTask)
	try(id, Signer{Place: Before, Vars: map[string]any{"x": make(chan int)}}, ErrVariable)
	y.sign(id, Before, "甲")
	if got := y.orderToEnd(); got != "甲 again again" {
		t.Fatal(got)
	}
}

// TestContinue_byTheCallersCalendar lets the caller say what a suspension does to
// a time, as working days demand.
func TestContinue_byTheCallersCalendar(t *testing.T) {
	y := start(t, graph("start s\nuser a\nafter P5D late on a\nuser l\nend e\nend e2\ns -> a\na -> e\nlate -> l\nl -> e2"), nil)
	y.e.Resumed = func(due, from, to time.Time) time.Time {
		if !from.Equal(t0) || !to.Equal(t0.AddDate(0, 0, 3)) {
			t.Errorf("%v to %v", from, to)
		}
		return due.AddDate(0, 0, 100)
	}
	due := y.in.Timers()[0].Due
	y.keep(y.e.Suspend(y.p, y.in, t0))
	if d := y.in.Timers()[0]; d.Rest != 5*24*time.Hour {
		t.Fatal(d.Rest)
	}
	if _, err := y.e.Suspend(y.p, y.in, t0); !errors.Is(err, ErrSuspended) {
		t.Fatal(err)
	}
	y.keep(y.e.Continue(y.p, y.in, t0.AddDate(0, 0, 3)))
	if got := y.in.Timers()[0].Due; !got.Equal(due.AddDate(0, 0, 100)) {
		t.Fatal(got)
	}
	if _, err := y.e.Continue(y.p, y.in, t0); !errors.Is(err, ErrRunning) {
		t.Fatal(err)
	}
}

// TestTakeBack_signerHoldsAgain: when the completion of a signer before a task
// is taken back, the task is told to wait again.
func TestTakeBack_signerHoldsAgain(t *testing.T) {
	y := start(t, graph("start s\nuser a\nend e\ns -> a\na -> e"), nil)
	a := y.in.Open()[0].ID
	if _, err := y.e.AddSigner(y.p, y.in, a, Signer{Place: Before}, t0); err != nil {
		t.Fatal(err)
	}
	var signer string
	for _, k := range y.in.Open() {
		if k.ID != a {
			signer = k.ID
		}
	}
	ch, err := y.e.Complete(y.p, y.in, signer, nil, t0)
	if err != nil || !strings.Contains(brief(ch), "task_released:a") {
		t.Fatal(brief(ch), err)
	}
	ch, err = y.e.TakeBack(y.p, y.in, signer, t0)
	if err != nil || !strings.Contains(brief(ch), "task_held:a") || !strings.Contains(brief(ch), "task_opened:a") {
		t.Fatal(brief(ch), err)
	}
	for _, k := range y.in.Open() {
		if k.ID == a && !k.Held {
			t.Error("it does not wait")
		}
	}
}
