package bpmn

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

const watched = `
start s
user a
after PT2H stop on a
after R3/PT30M nag on a keep
user late
manual note
end e
end e2
end e3
s -> a
a -> e
stop -> late
late -> e2
nag -> note
note -> e3`

func TestFire_boundary(t *testing.T) {
	y := start(t, graph(watched), nil)
	if got := brief(y.log); got != "passed:s task_opened:a timer_set:stop timer_set:nag" {
		t.Fatal(got)
	}
	if d := y.in.Timers()[0]; !d.Due.Equal(t0.Add(2*time.Hour)) || d.Host != "a" {
		t.Fatalf("%+v", d)
	}
	for i := 1; i <= 3; i++ {
		want := "timer_fired:nag timer_set:nag passed:note passed:e3"
		if i == 3 {
			want = "timer_fired:nag passed:note passed:e3"
		}
		if got := brief(y.fire("nag")); got != want {
			t.Fatalf("%d: %s", i, got)
		}
		y.expect("a")
	}
	if got := brief(y.fire("stop")); got != "timer_fired:stop task_cancelled:a(interrupted) task_opened:late" {
		t.Fatal(got)
	}
	y.back("late", "a") // the interrupted task lies before the escalation
	y.expect("a")
	if n := len(y.in.Timers()); n != 2 {
		t.Fatalf("%d timers after coming back", n)
	}
	if got := brief(y.do("a", nil)); got != "task_done:a timer_cancelled:stop timer_cancelled:nag passed:e ended:e" {
		t.Fatal(got)
	}
}

func TestFire_catchAndUnknown(t *testing.T) {
	y := start(t, graph("start s\nafter P1D wait\nuser a\nend e\ns -> wait\nwait -> a\na -> e"), nil)
	if _, err := y.e.Fire(y.p, y.in, "zzz", t0); !errors.Is(err, ErrNoTimer) {
		t.Fatal(err)
	}
	y.fire("wait")
	y.expect("a")
}

func TestEngine_dueHook(t *testing.T) {
	p := parse(t, graph("start s\nuser a\nafter P5WD late on a\nend e\nend e2\ns -> a\na -> e\nlate -> e2"))
	var e Engine
	if _, _, err := e.Start(p, nil, t0); !errors.Is(err, ErrTimer) {
		t.Fatalf("without the hook: %v", err)
	}
	e.Due = func(d string, from time.Time) (time.Time, error) {
		if d != "P5WD" {
			t.Errorf("hook got %q", d)
		}
		return from.AddDate(0, 0, 7), nil
	}
	in, _, err := e.Start(p, nil, t0)
	if err != nil || !in.Timers()[0].Due.Equal(t0.AddDate(0, 0, 7)) {
		t.Fatal(err, in)
	}
}

func TestStart_timerFromVariable(t *testing.T) {
	p := parse(t, graph("start s\nafter ${wait} w\nend e\ns -> w\nw -> e"))
	var e Engine
	in, _, err := e.Start(p, map[string]any{"wait": "PT3H"}, t0)
	if err != nil || !in.Timers()[0].Due.Equal(t0.Add(3*time.Hour)) {
		t.Fatal(err)
	}
	if _, _, err := e.Start(p, map[string]any{"wait": "soon"}, t0); !errors.Is(err, ErrTimer) {
		t.Fatal(err)
	}
}

// TestRecount_movesWhatTheHookWorkedOut: after the days off have changed, timers
// in working days move and others stay, through suspensions and take-backs.
func TestRecount_movesWhatTheHookWorkedOut(t *testing.T) {
	p := parse(t, graph("start s\nuser a\nafter P5WD late on a\nafter P2D nag on a\nuser b\nend e\nend e2\nend e3\ns -> a\na -> b\nb -> e\nlate -> e2\nnag -> e3"))
	off := 0
	e := Engine{Due: func(d string, from time.Time) (time.Time, error) {
		return from.AddDate(0, 0, map[string]int{"P5WD": 7}[d]+off), nil
	}}
	in, _, err := e.Start(p, nil, t0)
	if err != nil {
		t.Fatal(err)
	}
	due := func(in *Instance) map[string]time.Time {
		out := map[string]time.Time{}
		for _, d := range in.Timers() {
			out[d.Element] = d.Due
		}
		return out
	}
	was := due(in)
	ch, err := e.Recount(p, in, t0)
	if err != nil || len(ch) != 0 {
		t.Fatalf("nothing has changed: %v %v", ch, err)
	}
	off = 1
	if ch, err = e.Recount(p, again(t, in), t0); err != nil || brief(ch) != "timer_set:late" || !ch[0].Due.Equal(was["late"].AddDate(0, 0, 1)) {
		t.Fatalf("%s %v", brief(ch), err)
	}
	stopped := in.Clone()
	if _, err := e.Suspend(p, stopped, t0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if ch, err = e.Recount(p, stopped, t0.Add(2*time.Hour)); err != nil || len(ch) != 0 {
		t.Fatalf("while suspended: %s %v", brief(ch), err)
	}
	if _, err = e.Continue(p, stopped, t0.Add(49*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, want := due(stopped)["late"], was["late"].AddDate(0, 0, 3); !got.Equal(want) {
		t.Errorf("after two days of standing still and one day off: %v, want %v", got, want)
	}
	if ch, err = e.Recount(p, stopped, t0.Add(50*time.Hour)); err != nil || len(ch) != 0 {
		t.Errorf("the same days again: %s %v", brief(ch), err)
	}
	off = 0
	task := in.Open()[0].ID
	if _, err := e.Complete(p, in, task, nil, t0); err != nil {
		t.Fatal(err)
	}
	off = 2
	if _, err := e.Recount(p, in, t0); err != nil {
		t.Fatal(err)
	}
	if _, err := e.TakeBack(p, in, task, t0); err != nil {
		t.Fatal(err)
	}
	if got := due(in); !got["late"].Equal(was["late"].AddDate(0, 0, 2)) || !got["nag"].Equal(was["nag"]) {
		t.Errorf("what was taken back runs by the old days: %v", got)
	}
}

// again is an instance as it comes back from where it is kept.
func again(t *testing.T, in *Instance) *Instance {
	t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	out := new(Instance)
	if err := json.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}
