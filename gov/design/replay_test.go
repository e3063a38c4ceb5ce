package design_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/quality"
	"tongban/gov/design"
	"tongban/gov/design/designtest"
	"tongban/gov/design/parts"
	"tongban/platform/clock"
	"tongban/platform/db/dbtest"
)

// decided gives as many past cases as are asked for, every third refused.
type decided struct{}

func (decided) Recent(_ context.Context, _, _, _ string, n int, _ []string, _ string) ([]design.PastCase, error) {
	var out []design.PastCase
	for i := range n {
		out = append(out, design.PastCase{Number: fmt.Sprint("R", i), Version: 1, Refused: i%3 == 0, Answers: map[string]string{"fire_way": []string{"pledge", "inspect"}[i%2], "pledge": "yes"}})
	}
	return out, nil
}

// A thousand past cases, granted and refused, are tried at once; what differs is
// counted for all of them.
func TestReplay_thousandAndRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		p, err := b.items.PublishPackage(dbtest.As(t, "seed"), shipped(), "fire-safety-check", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b.Cases = decided{}
		if _, _, err := b.Set(ctx, region, p.Code, 0, "situations", []parts.Edit{{Path: "situations/variations", Value: []any{}}}, false); err != nil {
			t.Fatal(err)
		}
		d, a, err := b.Whole(ctx, region, p.Code)
		if err != nil {
			t.Fatal(err)
		}
		began := clock.System.Now()
		r, err := b.Replay(ctx, d, a, 5000, "承诺的时限改成一样，看谁受影响")
		if err != nil {
			t.Fatal(err)
		}
		if r.Cases != design.MaxReplay || r.Refused != 334 || r.Same != 500 || r.Count["limit"] != 500 || len(r.Differing) != 200 {
			t.Errorf("%d cases, %d refused, %d same, %v, %d told", r.Cases, r.Refused, r.Same, r.Count, len(r.Differing))
		}
		took := clock.System.Now().Sub(began)
		if took > 10*time.Second {
			t.Errorf("a thousand cases took %v", took)
		}
		t.Logf("%d cases in %v", r.Cases, took.Round(time.Millisecond))
	})
}

// asked keeps what somebody asked to let pass.
type asked struct{ hash string }

func (*asked) Gate(context.Context, *catalogue.Content) (quality.Report, error) {
	return quality.Report{}, nil
}

func (*asked) GateOf(context.Context, string) (int, error) { return 70, nil }

func (k *asked) Ask(_ context.Context, c *catalogue.Content, _ string) (quality.Waiver, error) {
	k.hash = quality.HashOf(c)
	return quality.Waiver{}, nil
}

// Who draws the flow alone asks for exactly the content that is published then.
func TestAskToPass_flowAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		k := &asked{}
		b.Quality = k
		var gated string
		b.items.Gate = func(_ context.Context, _, c *content.Content) error { gated = quality.HashOf(c); return nil }
		d := build(t, ctx, b)
		whole, a, err := b.Whole(ctx, region, b.code)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.AskToPass(ctx, whole, a, "流程改短，指南随后补"); err != nil {
			t.Fatal(err)
		}
		if _, err := designtest.Publish(ctx, b.Service, region, b.code, d.Version, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if k.hash == "" || k.hash != gated {
			t.Errorf("asked for %q, published %q", k.hash, gated)
		}
	})
}
