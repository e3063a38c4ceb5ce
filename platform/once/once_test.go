package once_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/id"
	"tongban/platform/once"
)

var migrations = []db.Migrations{once.Migrations(), {Name: "made", FS: fstest.MapFS{"0001_made.sql": {Data: []byte(
	`CREATE TABLE made_thing (region text NOT NULL, id text NOT NULL, PRIMARY KEY (region, id));`)}}}}

const region = "449901"

// makeOnce makes a thing once per key and returns its id.
func makeOnce(d *db.DB, ctx context.Context, command string) (thing string, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("test")
		thing, err = once.Do(ctx, tx, region, command, func() (string, error) {
			v := id.New("thing")
			_, err := tx.Exec(ctx, `INSERT INTO made_thing (region, id) VALUES ($1, $2)`, region, v)
			return v, err
		})
		return err
	})
	return thing, err
}

func made(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.One(context.Background(), d, db.Value[int], `SELECT count(*) FROM made_thing WHERE region = $1`, region)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDo_oneEffectPerKeyAndCaller(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		li := once.With(auth.System(context.Background(), "li"), "k1")
		first, err := makeOnce(d, li, "make")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := makeOnce(d, li, "make"); err != nil || again != first {
			t.Errorf("the second time: %q %v", again, err)
		}
		if _, err := makeOnce(d, li, "break"); !errors.Is(err, once.ErrKeyReused) {
			t.Errorf("another command with the key: %v", err)
		}
		zhang := once.With(auth.System(context.Background(), "zhang"), "k1")
		if other, err := makeOnce(d, zhang, "make"); err != nil || other == first {
			t.Errorf("another caller: %q %v", other, err)
		}
		if _, err := makeOnce(d, once.With(li, strings.Repeat("k", 201)), "make"); !errors.Is(err, once.ErrBadKey) {
			t.Errorf("a key without end: %v", err)
		}
		if n := made(t, d); n != 2 {
			t.Errorf("%d things, want 2", n)
		}
		if err := once.Forget(li, d, clock.System.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := makeOnce(d, li, "make"); err != nil || made(t, d) != 3 {
			t.Errorf("after forgetting: %v, %d things", err, made(t, d))
		}
	})
}

// Impatient callers send the same command at the same time.
func TestDo_race(t *testing.T) {
	dbtest.Run(t, migrations, func(t *testing.T, d *db.DB) {
		for round := range 20 {
			ctx := once.With(auth.System(context.Background(), "li"), fmt.Sprint("k", round))
			results := make([]string, 6)
			var wg sync.WaitGroup
			for i := range results {
				wg.Go(func() {
					var err error
					if results[i], err = makeOnce(d, ctx, "make"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for _, r := range results {
				if r != results[0] {
					t.Fatalf("round %d: %v", round, results)
				}
			}
		}
		if n := made(t, d); n != 20 {
			t.Errorf("%d things, want 20", n)
		}
	})
}
