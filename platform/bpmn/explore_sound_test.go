package bpmn

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tongban/platform/bpmn/explore"
)

// wild draws a process in which anything may follow anything.
func wild(rng *rand.Rand, n int) string {
	d := &drawing{}
	d.put(`<startEvent id="s"/><endEvent id="e"/>`)
	kinds := make([]int, n)
	for i := range n {
		kinds[i] = rng.IntN(5)
		d.put(`<%s id="g%d"/>`, []string{"userTask", "userTask", "parallelGateway", "exclusiveGateway", "inclusiveGateway"}[kinds[i]], i)
	}
	d.flow("f", "s", "g0", "")
	in := make([]int, n)
	in[0] = 1
	link := func(i, j, k int) {
		cond := ""
		if kinds[i] >= 3 {
			cond = fmt.Sprintf("pick%d", k)
		}
		to := "e"
		if j < n {
			to = fmt.Sprintf("g%d", j)
			in[j]++
		}
		d.flow(fmt.Sprintf("f%d-%d-%d", i, j, k), fmt.Sprintf("g%d", i), to, cond)
	}
	for i := range n {
		outs := 1
		if kinds[i] >= 2 {
			outs = 1 + rng.IntN(2)
		}
		for k := range outs {
			j := i + 1 + rng.IntN(min(3, n-i))
			if rng.IntN(12) == 0 && kinds[i] >= 3 {
				j = rng.IntN(i + 1)
			}
			link(i, min(j, n), k)
		}
	}
	for j := 1; j < n; j++ {
		if in[j] == 0 {
			link(rng.IntN(j), j, 9)
		}
	}
	return wrap(strings.Join(d.lines, "\n"))
}

// TestSound_agreesWithTheEngine plays wild processes: where the engine gets
// stuck, package explore must have warned; where it did not warn, every walk
// reaches its end.
func TestSound_agreesWithTheEngine(t *testing.T) {
	stuck, clean, warned := 0, 0, 0
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 5))
		src := wild(rng, 3+rng.IntN(7))
		m, err := Parse(strings.NewReader(src))
		if err != nil {
			continue
		}
		p := m.Process("")
		r := explore.Check(p, 0)
		waits, bad := false, len(r.Warnings) > 0 || r.Cut
		for _, w := range r.Warnings {
			waits = waits || w.Kind == explore.Waits || w.Kind == explore.Twice
		}
		if bad {
			warned++
		} else {
			clean++
		}
		for walk := range 6 {
			e := &Engine{Eval: func(string, map[string]any) (any, error) { return rng.IntN(2) == 0, nil }}
			in, _, err := e.Start(p, nil, t0)
			steps := 0
			for ; err == nil && !in.Ended() && steps < 150 && len(in.Open()) > 0; steps++ {
				open := in.Open()
				_, err = e.Complete(p, in, open[rng.IntN(len(open))].ID, nil, t0)
			}
			if err != nil { // no condition held, or a circle: the dice, not the process
				continue
			}
			if s := in.Stuck(); len(s) > 0 {
				if stuck++; !waits {
					t.Fatalf("seed %d, walk %d: stuck at %v without a warning: %+v\n%s", seed, walk, s, r, src)
				}
			} else if !bad && !in.Ended() && steps < 150 {
				t.Fatalf("seed %d, walk %d: no warning, and it does not end\n%s", seed, walk, src)
			}
		}
	}
	if stuck == 0 || clean == 0 || warned == 0 {
		t.Errorf("%d stuck, %d clean, %d warned: the test looks at nothing", stuck, clean, warned)
	}
	t.Logf("%d processes without warnings, %d with; %d walks got stuck", clean, warned, stuck)
}

// TestSound_blocks finds nothing wrong with graphs that are built from blocks.
func TestSound_blocks(t *testing.T) {
	list, _ := allShapes(1)
	for _, s := range list {
		p := parse(t, graphOf(s))
		if r := explore.Check(p, 0); len(r.Warnings) > 0 || r.Cut {
			t.Errorf("%s: %+v", s, r)
		}
	}
}
