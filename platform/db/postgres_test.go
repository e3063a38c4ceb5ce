package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// Two writes that each read what the other changes: one of them must run again,
// whether the collision shows in a statement, in a queued one or at the commit,
// and even when the function hides the error.
func TestPostgres_collisionsAreRunAgain(t *testing.T) {
	d := dbtest.Postgres(t, schema)
	ctx := auth.System(context.Background(), "test")
	for _, id := range []string{"a", "b"} {
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, id) }); err != nil {
			t.Fatal(err)
		}
	}
	read := func(tx *db.Tx, id string) (int, error) {
		return db.One(ctx, tx, db.Value[int], `SELECT n FROM probe_count WHERE region = $1 AND id = $2`, region, id)
	}
	const update = `UPDATE probe_count SET n = $3 WHERE region = $1 AND id = $2`
	ways := map[string]func(tx *db.Tx, from, to string) error{
		"statement": func(tx *db.Tx, from, to string) error {
			n, err := read(tx, from)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, update, region, to, n+1)
			return err
		},
		"queued": func(tx *db.Tx, from, to string) error {
			n, err := read(tx, from)
			tx.Later(update, region, to, n+1)
			return err
		},
		"hidden": func(tx *db.Tx, from, to string) error {
			n, err := read(tx, from)
			if err != nil {
				return nil
			}
			tx.Exec(ctx, update, region, to, n+1)
			return nil
		},
	}
	for name, way := range ways {
		runs := 0
		var mu sync.Mutex
		for range 20 {
			var wg sync.WaitGroup
			meet := make(chan bool)
			for i, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
				wg.Go(func() {
					first := true
					err := d.Write(ctx, func(tx *db.Tx) error {
						tx.Unaudited("test")
						mu.Lock()
						runs++
						mu.Unlock()
						if _, err := read(tx, pair[0]); err != nil {
							return err
						}
						if first { // both have read before either writes
							first = false
							if i == 0 {
								meet <- true
							} else {
								<-meet
							}
						}
						return way(tx, pair[0], pair[1])
					})
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			wg.Wait()
		}
		if runs <= 40 {
			t.Errorf("%s: no collision in %d runs", name, runs)
		}
	}
	// Serial: each write sets one to the other plus one, so they differ by one.
	a, _ := db.One(ctx, d, db.Value[int], `SELECT n FROM probe_count WHERE region = $1 AND id = 'a'`, region)
	b, _ := db.One(ctx, d, db.Value[int], `SELECT n FROM probe_count WHERE region = $1 AND id = 'b'`, region)
	if a-b != 1 && b-a != 1 {
		t.Errorf("a = %d, b = %d is no serial outcome", a, b)
	}
}

// Losing the connection before the commit costs a retry, nothing else.
func TestPostgres_backendsEnd(t *testing.T) {
	url := dbtest.PostgresURL(t, schema)
	ctx := auth.System(context.Background(), "test")
	d, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	kill := func() {
		admin, err := db.Open(ctx, url)
		if err != nil {
			t.Error(err)
			return
		}
		defer admin.Close()
		db.All(ctx, admin, db.Value[bool], `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	}
	for i := range 6 {
		killed := false
		err := d.Write(ctx, func(tx *db.Tx) error {
			if i%2 == 0 && !killed {
				killed = true
				if err := put(tx, ctx, fmt.Sprint("x", i)); err != nil {
					return err
				}
				kill()
			}
			return put(tx, ctx, fmt.Sprint(i))
		})
		if err != nil {
			t.Errorf("write %d: %v", i, err)
		}
		if i%2 == 1 {
			kill() // idle connections die too
		}
		if _, err := db.One(ctx, d, db.Value[int], `SELECT count(*) FROM probe_count WHERE region = $1`, region); err != nil && !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("read %d: %v", i, err)
		}
	}
	if n := count(t, d); n != 6 {
		t.Errorf("%d rows, want 6", n)
	}
}

// A connection that dies at the commit is reported as unknown, never as done
// and never as undone.
func TestPostgres_outcomeUnknown(t *testing.T) {
	url := dbtest.PostgresURL(t, schema)
	ctx := auth.System(context.Background(), "test")
	d, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	tried := false
	err = d.Write(ctx, func(tx *db.Tx) error {
		if tried {
			return errors.New("ran again although the outcome was unknown")
		}
		tried = true
		tx.Later(`SELECT pg_terminate_backend(pg_backend_pid())`)
		return put(tx, ctx, "a")
	})
	if !errors.Is(err, db.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if n := count(t, d); n > 1 {
		t.Errorf("%d rows", n)
	}
}

func TestPostgres_isDown(t *testing.T) {
	ctx := auth.System(context.Background(), "test")
	if _, err := db.Open(ctx, "postgres://nobody@127.0.0.1:1/none?sslmode=disable&connect_timeout=2"); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
