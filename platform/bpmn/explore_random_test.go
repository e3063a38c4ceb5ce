package bpmn

import (
	"math/rand/v2"
	"testing"
)

// randomShape grows a block with about n tasks.
func randomShape(rng *rand.Rand, n int) *shape {
	if n <= 1 {
		return &shape{op: "TTTMQWNG"[rng.IntN(8)]}
	}
	if rng.IntN(4) == 0 {
		return &shape{op: "LBIC"[rng.IntN(4)], kids: []*shape{randomShape(rng, n-1)}}
	}
	k := 1 + rng.IntN(n-1)
	return &shape{op: "SAAXO"[rng.IntN(5)], kids: []*shape{randomShape(rng, k), randomShape(rng, n-k)}}
}

// TestExplore_random walks large graphs at random with every operation, and
// holds every state against the graph as the enumeration does. At the end of
// each walk the instance must reach its end.
func TestExplore_random(t *testing.T) {
	graphs := 150
	if reach() > 1 {
		graphs = 5000
	}
	ops, refused := 0, 0
	for seed := range uint64(graphs) {
		rng := rand.New(rand.NewPCG(seed, 11))
		s := randomShape(rng, 8+rng.IntN(13))
		x, err := newExplorer(s.String(), graphOf(s), s, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		in, _, err := x.e.Start(x.p, nil, t0)
		if err != nil {
			t.Fatal(err)
		}
		x.visit(in)
		for range 120 {
			if in.Ended() {
				break
			}
			x.branch = rng.IntN(3)
			act, may := x.choose(rng, in)
			i := x.apply(in, "a random step", may, act)
			ops++
			switch {
			case i >= 0:
				in = x.states[i]
			case i == -2:
				refused++
			default:
				in = x.states[len(x.states)-1]
			}
			if rng.IntN(20) == 0 && !in.Ended() {
				x.stand(in)
			}
		}
		if len(x.bad) == 0 && !in.Ended() && !x.finish(in) {
			x.complain(in, "cannot reach an end")
		}
		for _, b := range x.bad {
			t.Errorf("seed %d: %s", seed, b)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d graphs, %d operations, %d of them refused", graphs, ops, refused)
}

// choose picks an operation and says whether it may be refused.
func (x *explorer) choose(rng *rand.Rand, in *Instance) (func(*Instance) ([]Change, error), bool) {
	open := in.Open()
	if waits := in.Waits(); len(waits) > 0 && (len(open) == 0 || rng.IntN(12) == 0) {
		w := waits[rng.IntN(len(waits))]
		return func(c *Instance) ([]Change, error) { return x.e.Trigger(x.p, c, w.ID, nil, t0) }, false
	}
	k := open[rng.IntN(len(open))]
	complete := func(c *Instance) ([]Change, error) { return x.e.Complete(x.p, c, k.ID, nil, t0) }
	switch n := rng.IntN(20); {
	case n < 8 && !k.Held:
		return complete, false
	case n == 8 && len(in.Timers()) > 0:
		d := in.Timers()[rng.IntN(len(in.Timers()))]
		return func(c *Instance) ([]Change, error) { return x.e.Fire(x.p, c, d.ID, d.Due) }, false
	case n < 11:
		if list := x.e.ReturnTargets(x.p, in, k.ID); len(list) > 0 {
			to := list[rng.IntN(len(list))].ID
			return func(c *Instance) ([]Change, error) { return x.e.Return(x.p, c, k.ID, to, t0) }, false
		}
	case n == 11:
		return func(c *Instance) ([]Change, error) { return x.e.Resubmit(x.p, c, k.ID, nil, t0) }, !k.Return
	case n == 12 && k.Sender != "":
		return func(c *Instance) ([]Change, error) { return x.e.TakeBack(x.p, c, k.Sender, t0) }, false
	case n == 13:
		to := x.tasks[rng.IntN(len(x.tasks))]
		return func(c *Instance) ([]Change, error) { return x.e.Jump(x.p, c, k.ID, to, t0) }, true
	case n < 16:
		s := Signer{Place: []Place{Before, Beside, After}[rng.IntN(3)], Rule: []string{"", "any", "50%"}[rng.IntN(3)]}
		return func(c *Instance) ([]Change, error) { return x.e.AddSigner(x.p, c, k.ID, s, t0) }, k.Element == "s"
	case n == 16:
		if list := in.Signers(k.ID); len(list) > 0 {
			id := list[rng.IntN(len(list))].ID
			return func(c *Instance) ([]Change, error) { return x.e.TakeAway(x.p, c, id, t0) }, true
		}
	case n == 17:
		return func(c *Instance) ([]Change, error) { return x.e.Opened(x.p, c, k.ID, t0) }, false
	case n == 18 && rng.IntN(4) == 0:
		return func(c *Instance) ([]Change, error) { return x.e.ReturnToStart(x.p, c, k.ID, t0) }, k.Element == "s"
	}
	return complete, k.Held
}
