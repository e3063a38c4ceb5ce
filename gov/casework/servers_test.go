package casework

import (
	"fmt"
	"sync"
	"testing"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

// inTwoServers runs f with two services on one database, as replicas are, and
// without rehearsal, so that what one remembers is really used.
func inTwoServers(t *testing.T, f func(t *testing.T, w *town, here, there *Service)) {
	all := []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), identity.Migrations(), catalogue.Migrations(), certificates.Migrations(), Migrations()}
	for name, open := range map[string]func(testing.TB, []db.Migrations) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t, open(t, all))
			f(t, w, w.s, New(w.s.Deps))
		})
	}
}

// What a server remembers of a draft never decides anything: changes made by
// another server are seen, whether the change goes through or is refused.
func TestDraft_changedByAnotherServer(t *testing.T) {
	inTwoServers(t, func(t *testing.T, w *town, here, there *Service) {
		me, clerk := w.resident("王示例"), w.officer("窗口", RoleClerk, "")
		d, err := here.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		set := func(s *Service, version int, k, v string) Draft {
			t.Helper()
			d, err := s.Save(me, d.Region, d.ID, version, Edit{Form: map[string]string{k: v}})
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		a := set(here, d.Version, "shop_name", "小店")
		a.Form["shop_name"] = "what a caller does to its draft is its own affair"
		b := set(there, a.Version, "area", "80")
		c := set(here, a.Version, "kitchen_area", "20") // by a copy that is old
		if c.Version != b.Version+1 || c.Form["shop_name"] != "小店" || c.Form["area"] != "80" || c.Form["kitchen_area"] != "20" {
			t.Errorf("version %d, form %v", c.Version, c.Form)
		}
		b = set(there, c.Version, "area", "81")
		_, err = here.Save(me, d.Region, d.ID, c.Version, Edit{Form: map[string]string{"area": "82"}})
		wants(t, "a clash with what the other server wrote", err, ErrStale)
		if _, err := there.Identify(clerk, d.Region, d.ID, w.person["王示例"].Number); err != nil {
			t.Fatal(err)
		}
		set(here, b.Version+1, "area", "83") // seen on the other server: newer than the copy
		if _, err := here.Save(clerk, d.Region, d.ID, 0, Edit{Form: map[string]string{"area": "84"}}); err != nil {
			t.Errorf("a clerk whom only the other server knows: %v", err)
		}
		if err := there.Discard(me, d.Region, d.ID); err != nil {
			t.Fatal(err)
		}
		_, err = here.Save(me, d.Region, d.ID, 0, Edit{Form: map[string]string{"area": "85"}})
		wants(t, "a draft that the other server has discarded", err, ErrDraftClosed)
	})
}

// Everybody edits one draft on two servers at once: no edit is lost, none is
// made twice.
func TestDraft_editedOnTwoServersAtOnce(t *testing.T) {
	inTwoServers(t, func(t *testing.T, w *town, here, there *Service) {
		me := w.resident("王示例")
		d, err := here.Start(me, Start{Region: district, Item: restaurant})
		if err != nil {
			t.Fatal(err)
		}
		const editors, each = 6, 10
		var wg sync.WaitGroup
		for e := range editors {
			s := []*Service{here, there}[e%2]
			wg.Go(func() {
				for i := range each {
					if _, err := s.Save(me, d.Region, d.ID, 0, Edit{Form: map[string]string{fmt.Sprint("field", e): fmt.Sprint(i)}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		end, err := there.Draft(me, d.Region, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		if end.Version != d.Version+editors*each {
			t.Errorf("version %d after %d edits of version %d", end.Version, editors*each, d.Version)
		}
		for e := range editors {
			if got := end.Form[fmt.Sprint("field", e)]; got != fmt.Sprint(each-1) {
				t.Errorf("field%d is %q", e, got)
			}
		}
	})
}
