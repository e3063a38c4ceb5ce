// Package dbtest gives every test its own migrated database and runs it on
// both engines: SQLite always, PostgreSQL when TONGBAN_TEST_POSTGRES holds the
// URL of a server on which databases may be created.
package dbtest

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Run runs f once per engine, each with a fresh database migrated with all.
func Run(t *testing.T, all []db.Migrations, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), all))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := os.Getenv("TONGBAN_TEST_POSTGRES")
		if server == "" {
			t.Skip("PostgreSQL is not tested here: TONGBAN_TEST_POSTGRES is not set")
		}
		f(t, open(t, create(t, server), all))
	})
}

func open(t testing.TB, url string, all []db.Migrations) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context(), all...); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return d
}

func create(t testing.TB, server string) string {
	t.Helper()
	name := "t_" + id.Secret(10)
	admin, err := db.OpenAdmin(context.Background(), server)
	if err != nil {
		t.Fatalf("reach PostgreSQL: %v", err)
	}
	if err := admin.CreateDatabase(context.Background(), name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin.DropDatabase(context.Background(), name)
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// As returns a context in which a system principal with this name acts.
func As(t testing.TB, name string) context.Context { return auth.System(t.Context(), name) }
