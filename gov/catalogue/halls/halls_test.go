package halls_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/platform/audit"
	"tongban/platform/auth"
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
			if h.Address.Zh == "" || h.Address.Zh == "无线下办理窗口" || h.Address.Zh == "无" || seen[h.Address.Zh] || h.Items < 1 || h.Items > last || len(h.Offices) == 0 {
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

// Positions in GCJ-02 and WGS-84 of one place are one place, within metres.
func TestPosition(t *testing.T) {
	for _, p := range []halls.Position{{23.13, 113.33, halls.GCJ02}, {39.9, 116.4, halls.GCJ02}, {31.2, 121.5, halls.GCJ02}} {
		w := p.WGS()
		raw := halls.Position{Latitude: p.Latitude, Longitude: p.Longitude, System: halls.WGS84}
		if off := halls.Metres(raw, w); off < 100 || off > 900 {
			t.Errorf("%v lies %.0f m off", p, off)
		}
		if again := w.WGS(); again != w || halls.Metres(p, w) > 0.001 {
			t.Errorf("%v and %v", p, w)
		}
	}
	// One minute of latitude is a nautical mile; at 60° one of longitude is half of it.
	if d := halls.Metres(halls.Position{Latitude: 10, Longitude: 20, System: halls.WGS84}, halls.Position{Latitude: 10 + 1.0/60, Longitude: 20, System: halls.WGS84}); d < 1850 || d > 1856 {
		t.Errorf("a nautical mile is %f", d)
	}
	if d := halls.Metres(halls.Position{Latitude: 60, Longitude: 20, System: halls.WGS84}, halls.Position{Latitude: 60, Longitude: 20 + 1.0/60, System: halls.WGS84}); d < 925 || d > 928 {
		t.Errorf("half of it is %f", d)
	}
	if p := (halls.Position{Latitude: 51.5, Longitude: -0.1, System: halls.GCJ02}); p.Valid() {
		t.Error("GCJ-02 in London")
	}
	for _, p := range []halls.Position{{91, 0, halls.WGS84}, {0, 181, halls.WGS84}, {23, 113, ""}} {
		if p.Valid() {
			t.Errorf("%v is a place", p)
		}
	}
}

// Where a hall lies is said by who may, for a hall that guides name, and nearest is
// by distance; there are no positions that nobody gave.
func TestNearest(t *testing.T) {
	dbtest.Run(t, []db.Migrations{audit.Migrations(), schedule.Migrations(), catalogue.Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
		cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
		if err := cat.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := halls.New(halls.Deps{DB: d, Clock: c, Catalogue: cat})
		here := halls.Position{Latitude: 23.10, Longitude: 113.30, System: halls.WGS84}
		if list, err := s.Nearest(t.Context(), here, 5); err != nil || len(list) != 0 {
			t.Fatalf("positions that nobody gave: %v, %v", list, err)
		}
		all, err := s.In(t.Context(), "440000")
		if err != nil {
			t.Fatal(err)
		}
		may := auth.With(t.Context(), auth.Principal{ID: "acc_1", Name: "示例·管理员", Kind: auth.KindOfficer, Grants: []auth.Grant{{Region: "440000", Subtree: true, Permissions: []string{catalogue.MayImportItems.Name}}}})
		far, near := all[0].Address.Zh, all[1].Address.Zh
		if _, err := s.Put(t.Context(), "440000", far, here, "测绘"); err == nil {
			t.Error("anybody places a hall")
		}
		if _, err := s.Put(may, "440000", "没有这个地址", here, "测绘"); !errors.Is(err, halls.ErrNoHall) {
			t.Errorf("an address of no guide: %v", err)
		}
		if _, err := s.Put(may, "440000", far, halls.Position{Latitude: 23, Longitude: 113}, "测绘"); !errors.Is(err, halls.ErrPosition) {
			t.Errorf("no system: %v", err)
		}
		if _, err := s.Put(may, "440000", far, here, " "); !errors.Is(err, halls.ErrSource) {
			t.Errorf("no source: %v", err)
		}
		first, err := s.Put(may, "440000", far, halls.Position{Latitude: 23.2, Longitude: 113.3, System: halls.WGS84}, "示例测绘")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Put(may, "440000", near, halls.Position{Latitude: 23.11, Longitude: 113.31, System: halls.GCJ02}, "示例地名库"); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Hour)
		if again, err := s.Put(may, "440000", far, first.Given, "示例测绘"); err != nil || !again.At.Equal(first.At) {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		list, err := s.Nearest(t.Context(), here, 5)
		if err != nil || len(list) != 2 || list[0].Address.Zh != near || list[1].Address.Zh != far || list[0].Metres > 2500 || list[1].Metres < 11000 || list[1].Metres > 11300 {
			t.Errorf("%+v, %v", list, err)
		}
		if list, _ := s.Nearest(t.Context(), here, 1); len(list) != 1 {
			t.Errorf("%d halls, want one", len(list))
		}
	})
}
