package dbtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Variable names the environment variable that holds the PostgreSQL server.
const Variable = "TONGBAN_TEST_POSTGRES"

// Run runs f once per engine, each with a fresh database migrated with all.
func Run(t *testing.T, all []db.Migrations, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		d := SQLite(t, all)
		d.Rehearse()
		f(t, d)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		d := Postgres(t, all)
		d.Rehearse()
		f(t, d)
	})
}

// SQLite opens a migrated database file that is gone after the test. Writes
// are not rehearsed: for benchmarks and crash tests.
func SQLite(t testing.TB, all []db.Migrations) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	body, err := sqliteTemplate(all)
	if err != nil {
		t.Fatalf("template: %v", err)
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path)
}

// Postgres opens a migrated database that is gone after the test, or skips the
// test when there is no server. Writes are not rehearsed.
func Postgres(t testing.TB, all []db.Migrations) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t, all))
}

// HasPostgres tells whether PostgreSQL is tested here.
func HasPostgres() bool { return os.Getenv(Variable) != "" }

// Server is the address of the PostgreSQL server; without one the test is skipped.
func Server(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Skip("PostgreSQL is not tested here: " + Variable + " is not set")
	}
	return server
}

// PostgresURL is the address of a migrated database that is gone after the test.
func PostgresURL(t testing.TB, all []db.Migrations) string {
	t.Helper()
	return fresh(t, func(ctx context.Context, admin *db.Admin, name string) error { return clone(ctx, admin, name, all) })
}

// fresh is the address of a database that create makes and that is gone after
// the test.
func fresh(t testing.TB, create func(ctx context.Context, admin *db.Admin, name string) error) string {
	t.Helper()
	ctx := context.Background()
	admin, err := db.OpenAdmin(ctx, Server(t))
	if err != nil {
		t.Fatalf("reach PostgreSQL: %v", err)
	}
	name := "t_" + id.Secret(10)
	if err := create(ctx, admin, name); err != nil {
		t.Fatalf("clone: %v", err)
	}
	t.Cleanup(func() {
		if err := admin.DropDatabase(ctx, name); err != nil {
			t.Errorf("drop: %v", err)
		}
		admin.Close()
	})
	url, err := admin.URL(name)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// As returns a context in which a system principal with this name acts.
func As(t testing.TB, name string) context.Context { return auth.System(t.Context(), name) }

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// templates is how many migrated PostgreSQL databases are kept for next time.
const templates = 40

func clone(ctx context.Context, admin *db.Admin, name string, all []db.Migrations) error {
	sum, err := digest(all)
	if err != nil {
		return err
	}
	template := "tpl_" + sum[:24]
	err = admin.Template(ctx, template, func(url string) error {
		if err := admin.Trim(ctx, "tpl_", templates); err != nil {
			return err
		}
		return migrated(ctx, url, all)
	})
	if err != nil {
		return err
	}
	return admin.CloneDatabase(ctx, name, template)
}

func migrated(ctx context.Context, url string, all []db.Migrations) error {
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Migrate(ctx, all...)
}

// digest is the same for the same migrations in the same order.
func digest(all []db.Migrations) (string, error) {
	h := sha256.New()
	for _, m := range all {
		files, err := fs.Glob(m.FS, "*.sql")
		if err != nil {
			return "", err
		}
		for _, f := range files {
			body, err := fs.ReadFile(m.FS, f)
			if err != nil {
				return "", err
			}
			h.Write([]byte(m.Name + "/" + f + "\x00"))
			h.Write(body)
			h.Write([]byte{0})
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

var sqliteFiles = struct {
	sync.Mutex
	body map[string][]byte
}{body: map[string][]byte{}}

// sqliteTemplate returns the bytes of a migrated database file.
func sqliteTemplate(all []db.Migrations) ([]byte, error) {
	sum, err := digest(all)
	if err != nil {
		return nil, err
	}
	sqliteFiles.Lock()
	defer sqliteFiles.Unlock()
	if body, ok := sqliteFiles.body[sum]; ok {
		return body, nil
	}
	dir, err := os.MkdirTemp("", "tongban-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrated(context.Background(), "sqlite:"+path, all); err != nil {
		return nil, err
	}
	body, err := os.ReadFile(path) // closing wrote the log back into it
	if err == nil {
		sqliteFiles.body[sum] = body
	}
	return body, err
}
