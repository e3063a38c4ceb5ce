package catalogue_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/schedule"
)

var tables = []db.Migrations{audit.Migrations(), schedule.Migrations(), catalogue.Migrations()}

// shipped is the tree of shipped packages.
func shipped() fs.FS { return os.DirFS("../../items") }

func checkOrg(code string) bool { _, err := number.ParseUSCC(code); return err == nil }

type bundle struct {
	*catalogue.Service
	db    *db.DB
	clock *clock.Fake
	ctx   context.Context
}

func newBundle(t testing.TB, d *db.DB) bundle {
	c := clock.NewFake(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC))
	s := catalogue.New(catalogue.Deps{DB: d, Clock: c, Data: data.Files, Items: shipped(), CheckOrg: checkOrg})
	return bundle{s, d, c, dbtest.As(t, "catalogue test")}
}

// onBoth runs f on both engines with an empty catalogue.
func onBoth(t *testing.T, f func(t *testing.T, b bundle)) {
	t.Helper()
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) { f(t, newBundle(t, d)) })
}

// seeded runs f on both engines with everything that ships.
func seeded(t *testing.T, f func(t *testing.T, b bundle)) {
	t.Helper()
	onBoth(t, func(t *testing.T, b bundle) {
		if err := b.Seed(b.ctx); err != nil {
			t.Fatal(err)
		}
		f(t, b)
	})
}

func shippedFile(name string) ([]byte, error) { return fs.ReadFile(shipped(), name) }

func isCode(err error, want error) bool { return errors.Is(err, want) }
