package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/app"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/test/node"
)

// A second server over the folder, or over its database file, is refused with
// the name of the first; commands beside it are not.
func TestOpen_oneServer(t *testing.T) {
	n := node.Open(t, node.Options{Set: func(o *app.Options) { o.Serving, o.BaseURL = true, "http://127.0.0.1:9" }})
	open := func(o app.Options) error {
		a, err := app.Open(t.Context(), o)
		if err == nil {
			a.Close()
		}
		return err
	}
	if err := open(app.Options{DataDir: n.DataDir, Serving: true}); !errors.Is(err, app.ErrServed) || !strings.Contains(err.Error(), "serves http://127.0.0.1:9 since") {
		t.Errorf("a second server: %v", err)
	}
	if err := open(app.Options{DataDir: n.DataDir}); err != nil {
		t.Errorf("a command beside it: %v", err)
	}
	if by, err := (app.Options{DataDir: n.DataDir}).Served(); err != nil || !strings.Contains(by, "http://127.0.0.1:9") {
		t.Errorf("served by %q: %v", by, err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(app.Options{DataDir: n.DataDir, Serving: true}); err != nil {
		t.Errorf("after it has ended: %v", err)
	}
	if by, err := (app.Options{DataDir: n.DataDir}).Served(); err != nil || by != "" {
		t.Errorf("served by %q: %v", by, err)
	}
}

func TestOpen_oneServerOfADatabaseElsewhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "elsewhere.db")
	first, err := app.Open(t.Context(), app.Options{DataDir: t.TempDir(), Database: "sqlite:" + file, Serving: true})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := app.Open(t.Context(), app.Options{DataDir: t.TempDir(), Database: "sqlite:" + file, Serving: true}); !errors.Is(err, app.ErrServed) {
		t.Errorf("from another folder: %v", err)
	}
}

// An older release leaves the database of a newer one alone, and says what to do.
func TestOpen_newerTables(t *testing.T) {
	n := node.Open(t, node.Options{})
	err := n.DB.Write(auth.System(t.Context(), "test"), func(tx *db.Tx) error {
		tx.Unaudited("a newer release")
		_, err := tx.Exec(t.Context(), `INSERT INTO db_migration (name, file, sum) VALUES ($1, $2, $3)`, "casework", "0999_later.sql", "x")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = app.Open(t.Context(), app.Options{DataDir: n.DataDir})
	if !errors.Is(err, db.ErrNewer) || !strings.Contains(err.Error(), "casework/0999_later.sql") || !strings.Contains(err.Error(), "restore the backup") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(n.DataDir, "tongban.db")); err != nil {
		t.Error(err)
	}
}
