package bpmn

import (
	"errors"
	"testing"
)

const line = `
start s
user a
user b
end e
s -> a
a -> b
b -> e`

func TestComplete_sequence(t *testing.T) {
	y := start(t, graph(line), map[string]any{"n": 3})
	y.expect("a")
	if got, want := brief(y.do("a", nil)), "task_done:a task_opened:b"; got != want {
		t.Fatalf("got %s", got)
	}
	if got, want := brief(y.do("b", nil)), "task_done:b passed:e ended:e"; got != want {
		t.Fatalf("got %s", got)
	}
	if !y.in.Ended() || y.in.State != Completed {
		t.Fatal("not ended")
	}
	if _, err := y.e.Complete(y.p, y.in, "x", nil, t0); !errors.Is(err, ErrEnded) {
		t.Fatal(err)
	}
}

const parallel = `
start s
user before
gate+ fork
user a
user b
user c
gate+ join
user after
gatex again
end e
s -> before
before -> fork
fork -> a
fork -> b
fork -> c
a -> join
b -> join
c -> join
join -> after
after -> again
again -> before : redo
again => e`

func TestComplete_parallelWithLoop(t *testing.T) {
	y := start(t, graph(parallel), nil)
	for wave := 1; wave <= 3; wave++ {
		y.do("before", nil)
		y.expect("a b c")
		y.do("c", nil)
		y.do("a", nil)
		y.expect("b")
		y.do("b", nil)
		y.expect("after")
		if n := count(y.log, GatewayTaken, "join"); n != wave {
			t.Fatalf("join fired %d times in wave %d", n, wave)
		}
		y.do("after", map[string]any{"redo": wave < 3})
	}
	if !y.in.Ended() {
		t.Fatal("not ended: " + y.open())
	}
}
