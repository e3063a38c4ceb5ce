package bpmn

import (
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
