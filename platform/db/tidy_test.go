package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
)

const (
	readN   = `SELECT n FROM probe_count WHERE region = $1 AND id = $2`
	setN    = `UPDATE probe_count SET n = $4 WHERE region = $1 AND id = $2 AND n = $3`
	addRow  = `INSERT INTO probe_count (region, id, n) VALUES ($1, $2, 0)`
	addOnce = `INSERT INTO probe_count (region, id, n) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`
)

// Everybody adds one to the same row under the number that he read, in every
// way that a change can be made; who is told ErrStale runs again.
func TestTidy_guardedChangesAddUp(t *testing.T) {
	ways := []func(ctx context.Context, tx *db.Tx, n int) error{
		func(_ context.Context, tx *db.Tx, n int) error {
			tx.Guarded(setN, region, "sum", n, n+1)
			return nil
		},
		func(ctx context.Context, tx *db.Tx, n int) error {
			return db.Changed(tx.Exec(ctx, setN, region, "sum", n, n+1))
		},
		func(ctx context.Context, tx *db.Tx, n int) error { // the last of several statements is the stale one
			if _, err := tx.Exec(ctx, addRow, region, fmt.Sprint("extra ", n)); err != nil && !errors.Is(err, db.ErrDuplicate) {
				return err
			}
			tx.Guarded(setN, region, "sum", n, n+1)
			return nil
		},
	}
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "sum") }); err != nil {
			t.Fatal(err)
		}
		const callers, each = 9, 15
		var wg sync.WaitGroup
		var done, stale atomic.Int64
		for c := range callers {
			wg.Go(func() {
				for i := 0; i < each; {
					err := d.Tidy(ctx, func(tx *db.Tx) error {
						tx.Unaudited("test")
						n, err := db.One(ctx, tx, db.Value[int], readN, region, "sum")
						if err != nil {
							return err
						}
						return ways[c%len(ways)](ctx, tx, n)
					})
					switch {
					case err == nil:
						done.Add(1)
						i++
					case errors.Is(err, db.ErrStale) || errors.Is(err, db.ErrDuplicate):
						stale.Add(1)
					default:
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		n, err := db.One(ctx, d, db.Value[int64], readN, region, "sum")
		if err != nil || n != done.Load() || n != callers*each {
			t.Fatalf("the row says %d, %d were acknowledged (%v)", n, done.Load(), err)
		}
		t.Logf("%d were stale", stale.Load())
	})
}

func TestGuarded_refusesWhatChangesNothing(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		writes := map[string]func(context.Context, func(*db.Tx) error) error{"Write": d.Write, "Tidy": d.Tidy}
		for name, write := range writes {
			try := func(f func(tx *db.Tx)) error {
				return write(ctx, func(tx *db.Tx) error { tx.Unaudited("test"); f(tx); return nil })
			}
			if err := try(func(tx *db.Tx) { tx.Guarded(addOnce, region, name) }); err != nil {
				t.Fatal(err)
			}
			err := try(func(tx *db.Tx) {
				tx.Later(addRow, region, name+" before")
				tx.Guarded(addOnce, region, name)
				tx.Later(addRow, region, name+" after")
			})
			if !errors.Is(err, db.ErrStale) {
				t.Errorf("%s, insert: %v", name, err)
			}
			err = try(func(tx *db.Tx) { tx.Guarded(`DELETE FROM probe_count WHERE region = $1 AND id = 'nobody'`, region) })
			if !errors.Is(err, db.ErrStale) {
				t.Errorf("%s, delete: %v", name, err)
			}
			err = try(func(tx *db.Tx) { tx.Guarded(addRow, region, name) })
			if !errors.Is(err, db.ErrDuplicate) {
				t.Errorf("%s, duplicate: %v", name, err)
			}
		}
		if n := count(t, d); n != len(writes) {
			t.Errorf("%d rows, want %d", n, len(writes))
		}
	})
}

// What a closure queues, and what it executes, stands in the order it was
// written; reading after executing sees it.
func TestTidy_seesWhatItExecuted(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		err := d.Tidy(ctx, func(tx *db.Tx) error {
			if n := count(t, tx); n != 0 {
				t.Errorf("%d rows before anything", n)
			}
			if err := put(tx, ctx, "a"); err != nil {
				return err
			}
			if n := count(t, tx); n != 1 {
				t.Errorf("%d rows after executing, want 1", n)
			}
			if n := count(t, d); n != 0 {
				t.Errorf("others see %d rows before the commit", n)
			}
			tx.Later(`INSERT INTO probe_part (region, id, whole) VALUES ($1, 'p', 'a')`, region)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Tidy(ctx, func(tx *db.Tx) error { tx.Wake("x"); return nil }); err != nil {
			t.Errorf("nothing to do: %v", err)
		}
	})
}

// Thinking holds nobody up: another write commits while a closure has read and
// not yet written.
func TestTidy_readingHoldsNobodyUp(t *testing.T) {
	plain(t, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		inside, free, end := make(chan bool), make(chan bool), make(chan error)
		go func() {
			end <- d.Tidy(ctx, func(tx *db.Tx) error {
				count(t, tx)
				inside <- true
				<-free
				return put(tx, ctx, "slow")
			})
		}()
		<-inside
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "quick") }); err != nil {
			t.Fatal(err)
		}
		close(free)
		if err := <-end; err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
	})
}

// Lists of statements and closures that hold the turn share groups; those that
// fail, panic or leave take nobody with them.
func TestTidy_neighboursStandAlone(t *testing.T) {
	plain(t, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		var wg sync.WaitGroup
		var acknowledged sync.Map
		for c := range 16 {
			wg.Go(func() {
				for i := range 40 {
					id := fmt.Sprintf("%02d-%02d", c, i)
					mine, cancel := context.WithCancel(ctx)
					err := d.Tidy(mine, func(tx *db.Tx) error { return tidyOne(mine, tx, cancel, id, i) })
					cancel()
					if err == nil {
						acknowledged.Store(id, true)
					}
					if good := i%8 < 2; good != (err == nil) {
						t.Errorf("%s: %v", id, err)
					}
				}
			})
		}
		wg.Wait()
		rows, err := db.All(ctx, d, db.Value[string], `SELECT id FROM probe_count WHERE region = $1`, region)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range rows {
			if _, ok := acknowledged.LoadAndDelete(id); !ok {
				t.Errorf("%s is there without having been acknowledged", id)
			}
		}
		acknowledged.Range(func(id, _ any) bool { t.Errorf("%s was acknowledged and is lost", id); return true })
	})
}

// tidyOne writes a row in one of eight ways; only the first two end well.
func tidyOne(ctx context.Context, tx *db.Tx, cancel func(), id string, i int) error {
	tx.Unaudited("test")
	switch i % 8 {
	case 0:
		tx.Later(addRow, region, id)
	case 1:
		return put(tx, ctx, id)
	case 2: // a list that fails
		tx.Later(addRow, region, id)
		tx.Later(addRow, region, id)
	case 3:
		tx.Later(addRow, region, id)
		tx.Guarded(setN, region, id, 7, 8)
	case 4:
		put(tx, ctx, id)
		panic("boom")
	case 5:
		tx.Later(addRow, region, id)
		panic("boom")
	case 6: // queued statements that fail behind an executed one
		tx.Later(addRow, region, id)
		return put(tx, ctx, id)
	case 7:
		put(tx, ctx, id)
		cancel()
		_, err := tx.Exec(ctx, `UPDATE probe_count SET n = 1 WHERE region = $1 AND id = $2`, region, id)
		return err
	}
	return nil
}

func TestTidy_contextEndsBeforeItsTurn(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	inside, free := make(chan bool), make(chan bool)
	go d.Write(ctx, func(tx *db.Tx) error { inside <- true; <-free; return nil })
	<-inside
	for name, f := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"executed": func(ctx context.Context, tx *db.Tx) error { return put(tx, ctx, "late") },
		"queued": func(_ context.Context, tx *db.Tx) error {
			tx.Unaudited("test")
			tx.Later(addRow, region, "late")
			return nil
		},
	} {
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		if err := d.Tidy(short, func(tx *db.Tx) error { return f(short, tx) }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	close(free)
	if err := d.Tidy(ctx, func(tx *db.Tx) error { tx.Unaudited("test"); tx.Later(addRow, region, "next"); return nil }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	d.Close()
	err := d.Tidy(ctx, func(tx *db.Tx) error { tx.Unaudited("test"); tx.Later(addRow, region, "after"); return nil })
	if !fault.IsKind(err, fault.KindUnavailable) {
		t.Errorf("a closed database took a list: %v", err)
	}
}

func TestRehearse_catchesReadingWhatIsQueued(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		defer func() {
			if recover() == nil {
				t.Error("reading what is only queued did not panic")
			}
		}()
		d.Tidy(ctx, func(tx *db.Tx) error {
			tx.Unaudited("test")
			tx.Later(addRow, region, "a")
			_, err := db.One(ctx, tx, db.Value[int], readN, region, "a")
			return err
		})
	})
}
