package items_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"tongban/gov/catalogue/decisions"
	"tongban/items"
)

// What a decision table says of the answers agrees with what the questions say: a way with a warning is not met, one on
// which the applicant is unsure is to be looked at, every other is met; and each is told with its reason.
func TestDecisions_agreeWithTheQuestions(t *testing.T) {
	found := 0
	each(t, func(t *testing.T, p pack) {
		raw, err := items.Files.ReadFile(p.name + "/decisions.dmn")
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		m, err := decisions.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		found++
		seen := map[any]int{}
		for _, path := range p.paths(t) {
			want := "met"
			for q, o := range path {
				switch {
				case o.Warning != nil:
					want = "not_met"
				case o.Unsure && want == "met" && q != "who": // who hands it in makes no difference
					want = "look"
				}
			}
			r, err := m.Decide("precheck", p.answers(path), time.Time{})
			if err != nil || r.Value != want || len(r.Rules) != 1 || r.Zh == "" || r.En == "" {
				t.Fatalf("%v: %+v, want %s; %v", path, r, want, err)
			}
			seen[r.Value]++
		}
		if len(seen) != 3 {
			t.Errorf("of three results only these come out: %v", seen)
		}
	})
	if found == 0 {
		t.Error("no package decides by tables")
	}
}
