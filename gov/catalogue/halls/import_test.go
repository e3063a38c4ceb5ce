package halls_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/halls"
	"tongban/gov/catalogue/rows"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/schedule"
)

func settled(t *testing.T, d *db.DB) *halls.Service {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
	cat := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: os.DirFS("../../../items")})
	if err := cat.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return halls.New(halls.Deps{DB: d, Clock: c, Catalogue: cat})
}

var schema = []db.Migrations{audit.Migrations(), schedule.Migrations(), catalogue.Migrations()}

// A file of positions: what fits goes in, once, and stands in the record; every row
// that does not fit is told with what to do.
func TestImport(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		s := settled(t, d)
		ctx := dbtest.As(t, "operator")
		list, err := s.In(ctx, "440000")
		if err != nil {
			t.Fatal(err)
		}
		quoted := func(i int) string { return `"` + strings.ReplaceAll(list[i].Address.Zh, `"`, `""`) + `"` }
		file := "region,name,address,phone,latitude,longitude,system,source\n" +
			"440000,示例," + quoted(0) + ",12345,23.2,113.3,wgs84,示例测绘\n" +
			"440000,," + quoted(1) + ",,23.11,113.31,GCJ02,\n" +
			"440000,,没有这个地址,,23.11,113.31,gcj02,\n" +
			"440000,," + quoted(2) + ",,113.31,23.11,wgs84,\n" +
			"440000,," + quoted(2) + ",,23.11,113.31,,\n" +
			"330000,," + quoted(2) + ",,23.11,113.31,wgs84,\n" +
			"440000,," + quoted(0) + ",,23.3,113.3,wgs84,\n" +
			"440000,,短了\n"
		var bad []string
		opt := halls.ImportOptions{Region: "440000", Source: "示例地名库", Problem: func(p rows.Problem) { bad = append(bad, fmt.Sprint(p.Line, " ", p.English())) }}
		run := func(what string, file string, want halls.Report) {
			t.Helper()
			bad = nil
			if r, err := s.Import(ctx, strings.NewReader(file), opt); err != nil || r != want {
				t.Errorf("%s: %s, %v\n%s", what, r.English(), err, strings.Join(bad, "\n"))
			}
		}
		placed := func() int {
			n, err := db.One(ctx, d, db.Value[int], `SELECT count(*) FROM catalogue_hall_place`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		opt.DryRun = true
		run("dry", file, halls.Report{DryRun: true, Read: 8, New: 2, Rejected: 6})
		if placed() != 0 {
			t.Error("a dry run writes")
		}
		opt.DryRun = false
		run("first", file, halls.Report{Read: 8, New: 2, Rejected: 6})
		for i, want := range []string{`4 address: no guide of 440000 names the address "没有这个地址"`, "5 latitude: “113.31, 23.11” is no position", `6 system: "" is no system`, `7 region: division "330000" is not within 440000`,
			"8 address: line 2 is about the same hall", "9 this line has 3 columns, the first has 8"} {
			if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
				t.Errorf("no word of %q in\n%s", want, strings.Join(bad, "\n"))
			}
		}
		run("again", file, halls.Report{Read: 8, Same: 2, Rejected: 6})
		run("moved, as JSON", fmt.Sprintf(`{"region":"440000","address":%q,"latitude":23.25,"longitude":"113.3","system":"wgs84","source":"示例测绘"}`, list[0].Address.Zh), halls.Report{Read: 1, Changed: 1})
		if n, err := db.One(ctx, d, db.Value[int], `SELECT count(*) FROM audit_entry WHERE action = 'catalogue.hall.placed'`); placed() != 2 || err != nil || n != 3 {
			t.Errorf("%d placed, %d acts, %v", placed(), n, err)
		}
		near, err := s.Nearest(ctx, halls.Position{Latitude: 23.25, Longitude: 113.3, System: halls.WGS84}, 5)
		if err != nil || len(near) != 2 || near[0].Address.Zh != list[0].Address.Zh || near[1].Source != "示例地名库" {
			t.Errorf("%+v, %v", near, err)
		}
		for _, f := range []string{"", "region,address,latitude,longitude\n"} {
			if _, err := s.Import(ctx, strings.NewReader(f), opt); !errors.Is(err, halls.ErrFile) {
				t.Errorf("%q: %v", f, err)
			}
		}
		if _, err := s.Import(t.Context(), strings.NewReader(file), opt); err == nil {
			t.Error("anybody imports")
		}
	})
}

// The practice town has a position from the start, in the open sea and said to be
// practice data; a second start changes nothing.
func TestSeed(t *testing.T) {
	s := settled(t, dbtest.SQLite(t, schema))
	for range 2 {
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	near, err := s.Nearest(t.Context(), halls.Position{Latitude: 21.5, Longitude: 113.9, System: halls.WGS84}, 5)
	if err != nil || len(near) != 1 || near[0].Region != "449901" || near[0].Metres > 1 || !strings.Contains(near[0].Source, "演练") {
		t.Errorf("%+v, %v", near, err)
	}
}
