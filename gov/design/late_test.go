package design_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/gov/design/parts"
	"tongban/platform/db/dbtest"
)

// What ships with a shorter promise in some situation keeps it; a promise that
// the steps cannot keep is a problem that names the situation and both days.
func TestCheck_promiseOfASituation(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, b bench) {
		out, err := b.items.PublishPackage(dbtest.As(t, "seed"), shipped(), "fire-safety-check", catalogue.PublishOptions{})
		if err != nil {
			t.Fatal(err)
		}
		code := out.Code
		d, a, err := b.Whole(ctx, region, code)
		if err != nil {
			t.Fatal(err)
		}
		if list := b.Check(d, a); len(list) > 0 {
			t.Errorf("what ships: %+v", list)
		}
		if len(a.Offer.Situations.Variations) != 1 || a.Offer.In(map[string]string{"fire_way": "pledge"}).Promise.Amount != 4 || a.Offer.In(map[string]string{"fire_way": "inspect"}).Promise.Amount != 8 {
			t.Errorf("variations: %+v", a.Offer.Situations.Variations)
		}
		_, _, err = b.Set(ctx, region, code, 0, "situations", []parts.Edit{{Path: "situations/variations/pledged/promise_limit/amount", Value: json.Number("1")}}, false)
		if err != nil {
			t.Fatal(err)
		}
		d, a, err = b.Whole(ctx, region, code)
		if err != nil {
			t.Fatal(err)
		}
		list := b.Check(d, a)
		if len(list) != 1 || list[0].Code != "variation" || !slices.ContainsFunc(list[0].Pairs, func(x any) bool { s, ok := x.(string); return ok && strings.Contains(s, "作承诺") }) {
			t.Errorf("one day for two steps: %+v", list)
		}
	})
}
