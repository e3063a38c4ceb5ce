package db_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"modernc.org/sqlite"

	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// A commit that fails acknowledges nothing, and the next group works.
func TestSQLite_commitFails(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	var refuse atomic.Bool
	db.WriterConn(d, func(conn any) {
		conn.(interface{ RegisterCommitHook(sqlite.CommitHookFn) }).RegisterCommitHook(func() int32 {
			if refuse.Load() {
				return 1
			}
			return 0
		})
	})
	refuse.Store(true)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, fmt.Sprint(i)) })
			if !errors.Is(err, db.ErrUnavailable) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	refuse.Store(false)
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "after") }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// A constraint that is only checked at COMMIT leaves the engine's transaction
// open; it must be rolled back.
func TestSQLite_commitFailsAndStaysOpen(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	err := d.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("test")
		if _, err := tx.Exec(ctx, `PRAGMA defer_foreign_keys = ON`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO probe_part (region, id, whole) VALUES ($1, 'p', 'nowhere')`, region)
		return err
	})
	if !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "after") }); err != nil {
		t.Fatal(err)
	}
}

// When the engine rolls the transaction back under the group, its members are
// told, those behind it go on.
func TestSQLite_transactionEndsUnderTheGroup(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	inside, free := make(chan bool), make(chan bool)
	results := make(chan error, 3)
	go func() {
		results <- d.Write(ctx, func(tx *db.Tx) error { inside <- true; <-free; return put(tx, ctx, "first") })
	}()
	<-inside
	go func() {
		results <- d.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("test")
			tx.Exec(ctx, `ROLLBACK`)
			_, err := tx.Exec(ctx, `SELECT no_such_function()`)
			return err
		})
	}()
	time.Sleep(20 * time.Millisecond) // both wait in the same group now
	close(free)
	failed := 0
	for range 2 {
		if err := <-results; err != nil {
			failed++
		}
	}
	if failed != 2 || count(t, d) != 0 {
		t.Errorf("%d of 2 were refused, %d rows are there", failed, count(t, d))
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "after") }); err != nil {
		t.Fatal(err)
	}
}

func TestSQLite_connectionBreaks(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	write := func(id string) error { return d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, id) }) }
	if err := write("a"); err != nil {
		t.Fatal(err)
	}
	db.BreakWriterConn(d)
	if err := write("b"); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// A disk that is full refuses, loses nothing acknowledged, and works again by
// itself when there is room.
func TestSQLite_diskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("a small disk cannot be made here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ctx := dbtest.As(t, "test")
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(dir, "full.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx, schema...); err != nil {
		t.Fatal(err)
	}
	note := strings.Repeat("办", 3000)
	var acknowledged, refused atomic.Int64
	fill := func(prefix string, n int) {
		var wg sync.WaitGroup
		for c := range 8 {
			wg.Go(func() {
				for i := range n {
					err := d.Write(ctx, func(tx *db.Tx) error {
						tx.Unaudited("test")
						tx.Later(`INSERT INTO probe_kind (region, id, note) VALUES ($1, $2, $3)`, region, fmt.Sprint(prefix, c, "-", i), note)
						return nil
					})
					switch {
					case err == nil:
						acknowledged.Add(1)
					case errors.Is(err, db.ErrUnavailable):
						refused.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
	fill("a", 60)
	if refused.Load() == 0 {
		t.Fatal("the disk did not fill up")
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	before := refused.Load()
	fill("b", 10)
	if refused.Load() != before {
		t.Errorf("%d writes were refused although there is room again", refused.Load()-before)
	}
	n, err := db.One(ctx, d, db.Value[int64], `SELECT count(*) FROM probe_kind WHERE region = $1`, region)
	if err != nil || n != acknowledged.Load() {
		t.Errorf("%d rows, %d acknowledged (%v)", n, acknowledged.Load(), err)
	}
}

func TestSQLite_groupsShareCommits(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	var wg sync.WaitGroup
	for c := range 32 {
		wg.Go(func() {
			for i := range 20 {
				if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, fmt.Sprint(c, "-", i)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	groups, writes := db.Groups(d)
	if writes != 640 || groups > writes/2 {
		t.Errorf("%d commits for %d writes", groups, writes)
	}
}

// Lists alone share a group without savepoints: one that fails takes nothing
// back but its own.
func TestSQLite_listsRunAgainWithoutTheStale(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "lists.db")
	ctx := dbtest.As(t, "test")
	var open [2]*db.DB
	for i := range open {
		d, err := db.Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(ctx, schema...); err != nil {
			t.Fatal(err)
		}
		open[i] = d
	}
	d, other := open[0], open[1]
	inside, free := make(chan bool), make(chan bool)
	held := make(chan error, 1)
	go func() { // another process has the file, so that the lists gather
		held <- other.Write(ctx, func(tx *db.Tx) error { inside <- true; <-free; return put(tx, ctx, "held") })
	}()
	<-inside
	const lists = 24
	var wg sync.WaitGroup
	before, _ := db.Groups(d)
	for i := range lists {
		wg.Go(func() {
			err := d.Tidy(ctx, func(tx *db.Tx) error {
				tx.Unaudited("test")
				id := fmt.Sprint("row ", i)
				tx.Later(addRow, region, id)
				tx.Later(addRow, region, id+" too")
				if i%5 == 3 {
					tx.Guarded(setN, region, id, 7, 8)
				}
				return nil
			})
			if stale := i%5 == 3; stale != errors.Is(err, db.ErrStale) || !stale && err != nil {
				t.Errorf("list %d: %v", i, err)
			}
		})
	}
	time.Sleep(30 * time.Millisecond)
	close(free)
	wg.Wait()
	if err := <-held; err != nil {
		t.Fatal(err)
	}
	if groups, _ := db.Groups(d); groups-before > 3 {
		t.Errorf("%d commits for %d lists: they did not share", groups-before, lists)
	}
	if n := count(t, d); n != 1+2*(lists-5) {
		t.Errorf("%d rows, want %d", n, 1+2*(lists-5))
	}
}

// After a rest only one connection is left, and everything works as before.
func TestRest_letsConnectionsGo(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	write := func(key string) {
		t.Helper()
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, key) }); err != nil {
			t.Fatal(err)
		}
	}
	write("before")
	var ready, wg sync.WaitGroup
	ready.Add(4)
	for range 4 { // four readers at once
		wg.Go(func() {
			var once sync.Once
			err := db.Each(ctx, d, func(db.Row) error {
				once.Do(func() { ready.Done(); ready.Wait() })
				return nil
			}, `SELECT 1`)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if open := d.Stats().Open; open < 5 {
		t.Fatalf("%d connections are open before, want at least 4 readers and the writer", open)
	}
	for range 3 { // it may be said again and again
		d.Rest()
	}
	if open := d.Stats().Open; open > 2 {
		t.Errorf("%d connections are open afterwards, want one reader and the writer at most", open)
	}
	write("after")
	d.Rest()
	write("again")
	if n := count(t, d); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
}
