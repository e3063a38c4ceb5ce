package halls_test

import (
	"os"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/schedule"
)

// The halls of real guides and of a package: one place once, with its offices.
func TestIn_realGuides(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), schedule.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		if err := cat.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := halls.New(halls.Deps{DB: d, Clock: c, Catalogue: cat})
		list, err := s.In(t.Context(), "440000")
		if err != nil || len(list) < 20 {
			t.Fatalf("%d halls, %v", len(list), err)
		}
		seen, last := map[string]bool{}, 1<<30
		for _, h := range list {
			if h.Address.Zh == "" || seen[h.Address.Zh] || h.Items < 1 || h.Items > last || len(h.Offices) == 0 {
				t.Errorf("%+v", h)
			}
			seen[h.Address.Zh], last = true, h.Items
		}
		district, err := s.In(t.Context(), "449901")
		if err != nil || len(district) == 0 || district[0].Name.Zh == "" || district[0].Hours.Empty() {
			t.Fatalf("%+v, %v", district, err)
		}
		if _, err := s.In(t.Context(), "999999"); err == nil {
			t.Error("a division that is not there")
		}
	})
}
