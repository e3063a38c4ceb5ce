package bpmn

import (
	"errors"
	"testing"
)

const twoDeep = `
start s
user accept
gate+ fork
user a1
user a2
gate+ inner
user b1
user b2
user c
gate+ join
user sign
end e
s -> accept
accept -> fork
fork -> a1
a1 -> a2
a2 -> join
fork -> c
c -> inner
inner -> b1
inner -> b2
b1 -> join
b2 -> join
join -> sign
sign -> e`

// TestReturn_table plays a prefix, sends one task back, and looks at what is
// open, then plays on in every remaining task and counts the firings of the join.
func TestReturn_table(t *testing.T) {
	cases := []struct {
		name     string
		play     []string
		from, to string
		open     string
		ch       string
	}{
		{"same branch", []string{"accept", "a1"}, "a2", "a1", "a1 c", "task_cancelled:a2(returned) task_opened:a1"},
		{"before the fork", []string{"accept", "a1"}, "a2", "accept", "accept",
			"task_cancelled:a2(returned) task_cancelled:c(returned) task_opened:accept"},
		{"before the fork while the sibling waits at the join", []string{"accept", "a1", "a2"}, "c", "accept", "accept",
			"task_cancelled:c(returned) task_opened:accept"},
		{"inner fork, same branch of the outer", []string{"accept", "a1", "c"}, "b1", "c", "a2 c",
			"task_cancelled:b1(returned) task_cancelled:b2(returned) task_opened:c"},
		{"inner fork, one branch already waits", []string{"accept", "c", "b1"}, "b2", "c", "a1 c",
			"task_cancelled:b2(returned) task_opened:c"},
		{"inner fork to before the outer", []string{"accept", "a1", "c"}, "b1", "accept", "accept",
			"task_cancelled:b1(returned) task_cancelled:a2(returned) task_cancelled:b2(returned) task_opened:accept"},
		{"after the join into one branch", []string{"accept", "a1", "a2", "c", "b1", "b2"}, "sign", "a1", "a1",
			"task_cancelled:sign(returned) task_opened:a1"},
		{"after the join into an inner branch", []string{"accept", "a1", "a2", "c", "b1", "b2"}, "sign", "b2", "b2",
			"task_cancelled:sign(returned) task_opened:b2"},
		{"after the join to before the inner fork", []string{"accept", "a1", "a2", "c", "b1", "b2"}, "sign", "c", "c",
			"task_cancelled:sign(returned) task_opened:c"},
		{"after the join to before everything", []string{"accept", "a1", "a2", "c", "b1", "b2"}, "sign", "accept", "accept",
			"task_cancelled:sign(returned) task_opened:accept"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			y := start(t, graph(twoDeep), nil)
			for _, el := range c.play {
				y.do(el, nil)
			}
			y.log = nil
			if got := brief(y.back(c.from, c.to)); got != c.ch {
				t.Errorf("changes\n got %s\nwant %s", got, c.ch)
			}
			y.expect(c.open)
			for i := 0; !y.in.Ended(); i++ {
				if i > 20 || len(y.in.Open()) == 0 {
					t.Fatalf("does not end; stuck at %v", y.in.Stuck())
				}
				y.do(y.in.Open()[0].Element, nil)
			}
			if n := count(y.log, GatewayTaken, "join"); n != 1 {
				t.Errorf("join fired %d times", n)
			}
			if n := count(y.log, TaskOpened, "sign"); n != 1 {
				t.Errorf("sign opened %d times", n)
			}
			if len(y.in.Tokens)+len(y.in.Frames) != 0 {
				t.Errorf("left over: %d tokens, %d frames", len(y.in.Tokens), len(y.in.Frames))
			}
		})
	}
}

func TestReturn_refused(t *testing.T) {
	y := start(t, graph(twoDeep), nil)
	y.do("accept", nil)
	y.do("a1", nil)
	for _, to := range []string{"c", "b1", "sign", "a2", "join", "nowhere"} {
		before := string(mustJSON(t, y.in))
		if _, err := y.e.Return(y.p, y.in, y.taskOf("a2"), to, t0); !errors.Is(err, ErrReturn) {
			t.Errorf("to %s: %v", to, err)
		}
		if after := string(mustJSON(t, y.in)); after != before {
			t.Errorf("a refused return changed the instance\n%s\n%s", before, after)
		}
	}
	if _, err := y.e.Return(y.p, y.in, "none", "a1", t0); !errors.Is(err, ErrNoTask) {
		t.Error(err)
	}
}

func TestReturn_twiceAndTargets(t *testing.T) {
	y := start(t, graph(twoDeep), nil)
	for _, el := range []string{"accept", "a1", "a2", "c", "b1", "b2"} {
		y.do(el, nil)
	}
	var got []string
	for _, d := range y.e.ReturnTargets(y.p, y.in, y.taskOf("sign")) {
		got = append(got, d.ID)
	}
	if want := "[accept a1 a2 c b1 b2]"; fmtList(got) != want {
		t.Errorf("targets %v, want %s", got, want)
	}
	y.back("sign", "b1")
	y.expect("b1")
	y.back("b1", "c") // its sibling b2 waits, finished, at the join
	y.expect("c")
	y.do("c", nil)
	y.expect("b1 b2")
	y.back("b2", "accept")
	y.expect("accept")
}

func TestReturn_cancelsTimersBeside(t *testing.T) {
	y := start(t, graph(`
start s
user accept
gate+ fork
user a
user b
after PT1H late on b keep
user remind
end r
gate+ join
user z
end e
s -> accept
accept -> fork
fork -> a
fork -> b
late -> remind
remind -> r
a -> join
b -> join
join -> z
z -> e`), nil)
	y.do("accept", nil)
	y.fire("late")
	y.expect("a b remind")
	if got, want := brief(y.back("a", "accept")), "task_cancelled:a(returned) task_cancelled:b(returned) task_cancelled:remind(returned) task_opened:accept"; got != want {
		t.Errorf("got %s", got)
	}
	y.do("accept", nil)
	y.fire("late")
	y.do("a", nil)
	y.do("b", nil)
	y.expect("remind z") // the fork has joined without the reminder, which now stands outside
	if _, err := y.e.Return(y.p, y.in, y.taskOf("remind"), "accept", t0); !errors.Is(err, ErrReturn) {
		t.Errorf("the reminder took the line back with it: %v", err)
	}
	y.back("z", "accept")
	y.expect("accept remind")
	y.do("remind", nil)
	y.do("accept", nil)
	if got, want := brief(y.back("b", "accept")), "task_cancelled:b(returned) timer_cancelled:late task_cancelled:a(returned) task_opened:accept"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestReturn_acrossPartedForks has an inner fork whose branches join different
// branches of the outer one: going back between them would lose work, going back
// before both is right.
func TestReturn_acrossPartedForks(t *testing.T) {
	y := start(t, graph(`
start s
user first
gate+ fork1
user a
user mid
gate+ fork2
user b
user c
gate+ join1
user d
gate+ join2
user last
end e
s -> first
first -> fork1
fork1 -> a
fork1 -> mid
mid -> fork2
fork2 -> b
fork2 -> c
a -> join1
b -> join1
join1 -> d
d -> join2
c -> join2
join2 -> last
last -> e`), nil)
	for _, el := range []string{"first", "a", "mid", "b"} {
		y.do(el, nil)
	}
	y.expect("c d")
	for _, from := range []string{"c", "d"} {
		if _, err := y.e.Return(y.p, y.in, y.taskOf(from), "mid", t0); !errors.Is(err, ErrReturn) {
			t.Errorf("%s to mid: %v", from, err)
		}
	}
	y.back("d", "b")
	y.expect("b c")
	y.do("b", nil)
	y.expect("c d")
	y.back("c", "first")
	y.expect("first")
	for _, el := range []string{"first", "a", "mid", "c", "b", "d", "last"} {
		y.do(el, nil)
	}
	if !y.in.Ended() {
		t.Fatal("not ended")
	}
}

// twoWaves has a timer that starts a second wave through the same fork.
const twoWaves = `
start s
user w
after PT1H again on w keep
user pre
gate+ fork
user a
user b
gate+ join
user z
end e
s -> w
w -> pre
again -> pre
pre -> fork
fork -> a
fork -> b
a -> join
b -> join
join -> z
z -> e`

// TestReturn_waves has two waves inside one fork at once: branches must join
// with their own wave, and going back in one must leave the other alone.
func TestReturn_waves(t *testing.T) {
	y := start(t, graph(twoWaves), nil)
	y.fire("again")
	y.do("w", nil)
	y.do("pre", nil)
	y.do("pre", nil)
	y.expect("a a b b")
	k := y.in.Open() // wave 1: 0 and 1 or 2, by age of the fork
	as, bs := ids(k, "a"), ids(k, "b")
	for _, id := range []string{as[0], as[1], bs[1]} {
		y.keep(y.e.Complete(y.p, y.in, id, nil, t0))
	}
	y.expect("b z")
	if got, want := brief(y.back("z", "pre")), "task_cancelled:z(returned) task_opened:pre"; got != want {
		t.Fatalf("the waves are mixed: %s", got)
	}
	y.expect("b pre")
	for !y.in.Ended() {
		y.do(y.in.Open()[0].Element, nil)
	}
	if n := count(y.log, GatewayTaken, "join"); n != 3 {
		t.Errorf("join fired %d times", n)
	}
}

// TestReturn_undoMeetsNextWave takes a join back while a branch of another wave
// already waits at it.
func TestReturn_undoMeetsNextWave(t *testing.T) {
	y := start(t, graph(twoWaves), nil)
	y.fire("again")
	y.do("w", nil)
	y.do("pre", nil)
	y.do("a", nil)
	y.do("b", nil)
	y.expect("pre z")
	y.do("pre", nil)
	y.do("a", nil) // waits at the join
	y.expect("b z")
	y.back("z", "a") // the first wave's b waits at the join now, and meets the other a
	y.expect("a b z")
	for !y.in.Ended() {
		if len(y.in.Open()) == 0 {
			t.Fatalf("stuck at %v", y.in.Stuck())
		}
		y.do(y.in.Open()[0].Element, nil)
	}
}

func ids(list []TaskState, el string) (out []string) {
	for _, k := range list {
		if k.Element == el {
			out = append(out, k.ID)
		}
	}
	return out
}

// TestResubmit_oneInsideTheOther sends a matter back twice and straight forward
// twice, and again after a completion that was taken back.
func TestResubmit_oneInsideTheOther(t *testing.T) {
	y := start(t, graph("start s\nuser a\nuser b\nuser c\nend e\ns -> a\na -> b\nb -> c\nc -> e"), nil)
	y.do("a", nil)
	y.do("b", nil)
	y.back("c", "b")
	y.back("b", "a")
	resubmit := func(el string) {
		t.Helper()
		if !y.in.Open()[0].Return {
			t.Fatalf("%s cannot go straight back", el)
		}
		y.keep(y.e.Resubmit(y.p, y.in, y.taskOf(el), nil, t0))
	}
	resubmit("a")
	y.expect("b")
	id := y.taskOf("b")
	y.do("b", nil) // the normal way after all
	if y.in.Open()[0].Return {
		t.Fatal("c was never sent back")
	}
	y.keep(y.e.TakeBack(y.p, y.in, id, t0))
	y.expect("b")
	resubmit("b")
	y.expect("c")
	y.do("c", nil)
}
