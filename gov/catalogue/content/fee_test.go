package content

import "testing"

// That nothing is charged, and that something is without saying how much, both
// stay what they are in whatever order the elements come.
func TestSet_whetherThereIsAFee(t *testing.T) {
	for _, x := range []struct{ fee, cents, wantFee, wantCents string }{
		{"false", "", "false", "0"}, {"true", "", "true", ""}, {"true", "500", "true", "500"}, {"", "", "", ""}, {"", "0", "false", "0"},
	} {
		for _, order := range [][]string{{"is_fee", "fee_cents"}, {"fee_cents", "is_fee"}} {
			it := Item{}
			for _, key := range order {
				if err := Set(&it, key, map[string][]string{"is_fee": {x.fee}, "fee_cents": {x.cents}}[key]); err != nil {
					t.Fatal(err)
				}
			}
			if x.fee == "" && order[0] == "fee_cents" {
				continue // saying nothing about the fee takes the amount away
			}
			if got := first(Get(&it, "is_fee"), "") + " " + first(Get(&it, "fee_cents"), ""); got != x.wantFee+" "+x.wantCents {
				t.Errorf("%v of %+v: %q", order, x, got)
			}
		}
	}
	it := Item{Fee: Fee{Known: true, Cents: 500}}
	if Set(&it, "is_fee", []string{"true"}) != nil || Set(&it, "fee_cents", nil) != nil || first(Get(&it, "is_fee"), "") != "true" || it.Fee.Known {
		t.Errorf("an amount taken away: %+v", it)
	}
}
