package deputies_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tongban/gov/casework/deputies"
)

var start = time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)

func days(from, until int) (a, b time.Time) {
	return start.AddDate(0, 0, from), start.AddDate(0, 0, until).Add(24*time.Hour - time.Microsecond)
}

func arrange(away, deputy string, from, until int, roles, items []string) deputies.Deputy {
	d := deputies.Deputy{ID: fmt.Sprint(away, deputy, from), Org: "org", Account: away, Name: away, Deputy: deputy, DeputyName: deputy, Roles: roles, Items: items}
	d.From, d.Until = days(from, until)
	return d
}

func TestClash(t *testing.T) {
	both, one := []string{"examiner", "decider"}, []string{"examiner"}
	there := []deputies.Deputy{arrange("a", "b", 0, 9, both, nil)}
	for name, c := range map[string]struct {
		d    deputies.Deputy
		want error
	}{
		"oneself":                {arrange("c", "c", 0, 1, both, nil), deputies.ErrSelf},
		"a second deputy":        {arrange("a", "c", 9, 12, one, nil), deputies.ErrTwice},
		"the day after":          {arrange("a", "c", 10, 12, one, nil), nil},
		"each for the other":     {arrange("b", "a", 5, 6, one, nil), deputies.ErrCircle},
		"who is away himself":    {arrange("c", "a", 5, 6, one, nil), deputies.ErrAway},
		"who stands in leaves":   {arrange("b", "c", 5, 6, one, nil), deputies.ErrStandsIn},
		"somebody else entirely": {arrange("c", "d", 5, 6, one, nil), nil},
		"one more to stand for":  {arrange("c", "b", 5, 6, one, nil), nil},
	} {
		if err := deputies.Clash(there, c.d); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	there[0].EndedAt = start.AddDate(0, 0, 1)
	if err := deputies.Clash(there, arrange("a", "c", 2, 3, one, nil)); err != nil {
		t.Errorf("after it was ended: %v", err)
	}
	split := []deputies.Deputy{arrange("a", "b", 0, 9, one, []string{"x"})}
	if err := deputies.Clash(split, arrange("a", "c", 0, 9, one, []string{"y"})); err != nil {
		t.Errorf("other items: %v", err)
	}
	if err := deputies.Clash(split, arrange("a", "c", 0, 9, one, nil)); !errors.Is(err, deputies.ErrTwice) {
		t.Errorf("every item: %v", err)
	}
}

// Whatever is arranged in whatever order: at any moment, for any work, nobody
// has two deputies, nobody stands in who is away himself, and whoever stands in
// can be reached in one step.
func TestClash_noChainEver(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	people, items := []string{"a", "b", "c", "d"}, []string{"x", "y"}
	roles := [][]string{{"examiner"}, {"decider"}, {"examiner", "decider"}}
	for range 300 {
		var all []deputies.Deputy
		kept := 0
		for range 25 {
			from := r.IntN(20)
			var of []string
			if r.IntN(2) == 0 {
				of = items[:1+r.IntN(2)]
			}
			d := arrange(people[r.IntN(4)], people[r.IntN(4)], from, from+r.IntN(6), roles[r.IntN(3)], of)
			if deputies.Clash(all, d) == nil {
				all, kept = append(all, d), kept+1
			}
			if len(all) > 0 && r.IntN(6) == 0 {
				all[r.IntN(len(all))].EndedAt = start
			}
		}
		for day := range 27 {
			now := start.AddDate(0, 0, day).Add(12 * time.Hour)
			for _, role := range []string{"examiner", "decider"} {
				for _, item := range items {
					away := map[string]string{}
					for _, d := range all {
						if d.StateAt(now) != deputies.Active || !d.Covers("org", role, item) {
							continue
						}
						if away[d.Account] != "" {
							t.Fatalf("%s has two deputies: %v", d.Account, all)
						}
						away[d.Account] = d.Deputy
					}
					for who, deputy := range away {
						if who == deputy || away[deputy] != "" {
							t.Fatalf("%s is represented by %s, who is away: %v", who, deputy, all)
						}
					}
				}
			}
		}
		if kept == 0 {
			t.Fatal("nothing could be arranged")
		}
	}
}

func TestStateAt(t *testing.T) {
	d := arrange("a", "b", 1, 2, []string{"examiner"}, nil)
	for at, want := range map[time.Duration]deputies.State{0: deputies.Planned, 24 * time.Hour: deputies.Active, 72*time.Hour - time.Microsecond: deputies.Active, 72 * time.Hour: deputies.Over} {
		if got := d.StateAt(start.Add(at)); got != want {
			t.Errorf("after %v: %s, want %s", at, got, want)
		}
	}
	if from, until := deputies.Days("2026-09-08", "2026-09-09"); until.Sub(from) != 48*time.Hour-time.Microsecond {
		t.Errorf("%v %v", from, until)
	}
	if from, until := deputies.Days("heute", "2026-02-30"); !from.IsZero() || !until.IsZero() {
		t.Error("days that do not exist")
	}
}
