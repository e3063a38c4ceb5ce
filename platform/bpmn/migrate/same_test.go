package migrate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/platform/bpmn"
)

// TestApply_sameVersion moves instances of the shipped flows to the version they
// are on, in the middle of random walks with returns and signers: nothing may
// change, and they go on to their end.
func TestApply_sameVersion(t *testing.T) {
	files, err := filepath.Glob("../../../items/*/flow.bpmn")
	if err != nil || len(files) == 0 {
		t.Fatal("no flows are shipped", err)
	}
	moved := 0
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 3))
		raw, err := os.ReadFile(files[rng.IntN(len(files))])
		if err != nil {
			t.Fatal(err)
		}
		m, err := bpmn.Parse(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		p := m.Process("")
		e := &bpmn.Engine{
			Due: func(_ string, from time.Time) (time.Time, error) { return from.AddDate(0, 0, 3), nil },
			Eval: func(text string, vars map[string]any) (any, error) { // the dice decide, lists have three members
				if v, err := bpmn.Eval(text, vars); err == nil && v != nil {
					return v, nil
				}
				return rng.IntN(3) == 0, nil
			},
		}
		partners := []any{map[string]any{"org": "1", "name": "示例一"}, map[string]any{"org": "2", "name": "示例二"}}
		in, _, err := e.Start(p, map[string]any{"partners": partners, "offices": partners}, now)
		for i := 0; err == nil && !in.Ended() && i < 60 && len(in.Open()) > 0; i++ {
			before := picture(in)
			if _, err := Apply(e, p, p, in, nil, now); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if after := picture(in); after != before {
				t.Fatalf("seed %d:\n%s\n%s", seed, before, after)
			}
			moved++
			err = step(e, p, in, rng)
		}
		if err != nil {
			t.Logf("seed %d: %v", seed, err) // a condition that the dice cannot answer
		}
	}
	if moved < 300 {
		t.Errorf("only %d migrations were looked at", moved)
	}
}

func picture(in *bpmn.Instance) string {
	s := ""
	for _, k := range in.Open() {
		s += fmt.Sprintln(k.ID, k.Element, k.Index, k.Held)
	}
	for _, d := range in.Timers() {
		s += fmt.Sprintln(d.ID, d.Element, d.Due)
	}
	return s
}

func step(e *bpmn.Engine, p *bpmn.Process, in *bpmn.Instance, rng *rand.Rand) error {
	k := in.Open()[rng.IntN(len(in.Open()))]
	if k.Held {
		return nil
	}
	switch targets := e.ReturnTargets(p, in, k.ID); {
	case len(targets) > 0 && rng.IntN(5) == 0:
		_, err := e.Return(p, in, k.ID, targets[rng.IntN(len(targets))].ID, now)
		return err
	case rng.IntN(8) == 0:
		if def, ok := p.UserTask(k.Element); ok && def.ID != "" {
			_, err := e.AddSigner(p, in, k.ID, bpmn.Signer{Place: bpmn.Beside}, now)
			return err
		}
	case len(k.Timers) > 0 && rng.IntN(6) == 0:
		_, err := e.Fire(p, in, k.Timers[0].ID, now)
		return err
	}
	_, err := e.Complete(p, in, k.ID, nil, now)
	return err
}
