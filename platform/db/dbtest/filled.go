package dbtest

import (
	"context"
	"os"
	"testing"

	"tongban/platform/db"
	"tongban/platform/id"
)

// Filled is a PostgreSQL database that was migrated and filled once, for tests
// to begin with; "" is none.
type Filled string

// Fill makes one. Whoever makes it drops it after the last test.
func Fill(all []db.Migrations, fill func(url string) error) (Filled, error) {
	ctx := context.Background()
	admin, err := db.OpenAdmin(ctx, os.Getenv(Variable))
	if err != nil {
		return "", err
	}
	defer admin.Close()
	name := "filled_" + id.Secret(10)
	if err := clone(ctx, admin, name, all); err != nil {
		return "", err
	}
	url, err := admin.URL(name)
	if err == nil {
		err = fill(url)
	}
	return Filled(name), err
}

// URL is the address of a copy that is gone after the test.
func (f Filled) URL(t testing.TB) string {
	t.Helper()
	return fresh(t, func(ctx context.Context, admin *db.Admin, name string) error {
		return admin.CloneDatabase(ctx, name, string(f))
	})
}

// Drop removes it.
func (f Filled) Drop() error {
	if f == "" {
		return nil
	}
	ctx := context.Background()
	admin, err := db.OpenAdmin(ctx, os.Getenv(Variable))
	if err != nil {
		return err
	}
	defer admin.Close()
	return admin.DropDatabase(ctx, string(f))
}
