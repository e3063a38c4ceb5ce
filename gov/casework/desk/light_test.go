package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/terms"
	"tongban/gov/limits"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// measures are the warnings of regions, as data.
type measures map[string][4]int // early, yellow, short, red

func (m measures) Limit(context.Context, db.Reader, string, string, time.Time) (calendar.Limit, error) {
	return calendar.Limit{}, nil
}

func (m measures) Warnings(region string, _ time.Time) limits.Warnings {
	n, ok := m[region]
	if !ok {
		n = [4]int{3, 1, 2, 0}
	}
	day := func(n int) calendar.Limit { return calendar.Limit{Amount: n, Unit: calendar.WorkingDays} }
	return limits.Warnings{Early: day(n[0]), Yellow: day(n[1]), Short: calendar.Limit{Amount: n[2], Unit: calendar.Hours}, Red: day(n[3])}
}

// TestLights_listsAgree: whatever the regions set, every step has one light, and
// the list of a light, the watch and the tally show exactly the steps that have it.
func TestLights_listsAgree(t *testing.T) {
	for name, m := range map[string]measures{"the law": {}, "red later": {"449901": {3, 1, 2, 2}, "440100": {3, 1, 2, 2}}, "each its own": {"449901": {5, 2, 1, 1}, "440100": {2, 1, 4, 0}}} {
		t.Run(name, func(t *testing.T) {
			dbtest.Run(t, []db.Migrations{migrations()}, func(t *testing.T, d *db.DB) {
				var tasks []Task
				number := 0
				for _, r := range []string{"449901", "440100"} {
					for _, long := range []int{1, 3, 6, 20} {
						for hours := -24 * 7; hours <= 24*9; hours += 11 {
							number++
							x := step("orgA", "item1", "示例", fmt.Sprint(100000000+number), time.Duration(hours)*time.Hour+time.Minute)
							x.Region, x.OpenedAt = r, noon.AddDate(0, 0, -long)
							tasks = append(tasks, x)
						}
					}
				}
				s, _ := hall(t, d, tasks)
				s.Rules.Source, s.Regions = m, []string{"449901", "440100"}
				ctx := auth.With(t.Context(), auth.Principal{ID: "acc_2", Kind: auth.KindOfficer, Grants: []auth.Grant{
					{Permissions: []string{MaySupervise.Name}, Region: "449901"}, {Permissions: []string{MaySupervise.Name}, Region: "440100"}}})
				want := map[terms.Light][]string{}
				for _, x := range tasks {
					l := s.Rules.At(x.Region, noon).LightAt(s.Calendar, x.OpenedAt, x.Due, noon)
					want[l] = append(want[l], x.CaseNumber)
				}
				for _, l := range []terms.Light{terms.Red, terms.Yellow, terms.Early, terms.Green} {
					narrowed, due, err := s.narrow(regionArms(s.Regions, ""), Filter{Light: l}, noon)
					if err != nil {
						t.Fatal(err)
					}
					in, err := s.list(ctx, narrowed, cursor{}, due, 100)
					got := every(t, in, err, func(after string) (Inbox, error) {
						c, err := parseCursor(after)
						if err != nil {
							return Inbox{}, err
						}
						return s.list(ctx, narrowed, c, due, 100)
					})
					same(t, "the list of "+string(l), got, want[l])
					if l == terms.Green {
						continue
					}
					in, err = s.WatchList(ctx, WatchQuery{Light: l, Limit: 100})
					same(t, "the watch of "+string(l), every(t, in, err, func(after string) (Inbox, error) {
						return s.WatchList(ctx, WatchQuery{Light: l, Limit: 100, After: after})
					}), want[l])
					if len(want[l]) == 0 {
						t.Errorf("nothing is %s: the test looks at nothing", l)
					}
				}
				rows, err := s.Watch(ctx, WatchQuery{By: ByOffice})
				if err != nil || len(rows) != 1 || rows[0].Red != len(want[terms.Red]) || rows[0].Yellow != len(want[terms.Yellow]) {
					t.Errorf("counted %+v, want %d red and %d yellow: %v", rows, len(want[terms.Red]), len(want[terms.Yellow]), err)
				}
			})
		})
	}
}

// every reads a list to its end.
func every(t *testing.T, in Inbox, err error, next func(string) (Inbox, error)) (out []string) {
	t.Helper()
	for ; ; in, err = next(in.Next) {
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range in.Tasks {
			out = append(out, x.CaseNumber)
		}
		if in.Next == "" {
			return out
		}
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: %d steps, want %d\n%v\n%v", what, len(got), len(want), got, want)
	}
}
