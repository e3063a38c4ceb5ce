package db_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// An older program does not touch a database that a newer one has made.
func TestMigrate_refusesANewerDatabase(t *testing.T) {
	first := &fstest.MapFile{Data: []byte("CREATE TABLE shop_a (region text NOT NULL, id text NOT NULL, PRIMARY KEY (region, id));\n")}
	second := &fstest.MapFile{Data: []byte("CREATE TABLE shop_b (region text NOT NULL, id text NOT NULL, PRIMARY KEY (region, id));\n")}
	newer := []db.Migrations{{Name: "shop", FS: fstest.MapFS{"0001_a.sql": first, "0002_b.sql": second}}}
	older := []db.Migrations{{Name: "shop", FS: fstest.MapFS{"0001_a.sql": first}}, {Name: "other", FS: fstest.MapFS{"0001_c.sql": {Data: []byte("CREATE TABLE other_c (region text NOT NULL, PRIMARY KEY (region));\n")}}}}
	dbtest.Run(t, newer, func(t *testing.T, d *db.DB) {
		err := d.Migrate(t.Context(), older...)
		if !errors.Is(err, db.ErrNewer) || !strings.Contains(err.Error(), "shop/0002_b.sql") {
			t.Errorf("an older program: %v", err)
		}
		if _, err := db.All(t.Context(), d, db.Value[string], `SELECT region FROM other_c WHERE region = $1`, "x"); err == nil {
			t.Error("a step was applied before the refusal")
		}
		if err := d.Migrate(t.Context(), newer...); err != nil {
			t.Errorf("the program itself: %v", err)
		}
	})
}
