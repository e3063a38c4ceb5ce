package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
)

var schema = []db.Migrations{{Name: "probe", FS: fstest.MapFS{"0001_probe.sql": {Data: []byte(`
-- What the tests of this package write to.
CREATE TABLE probe_count (region text NOT NULL, id text NOT NULL, n bigint NOT NULL, PRIMARY KEY (region, id));
CREATE TABLE probe_part (region text NOT NULL, id text NOT NULL, whole text NOT NULL, PRIMARY KEY (region, id),
	FOREIGN KEY (region, whole) REFERENCES probe_count (region, id));
CREATE TABLE probe_kind (region text NOT NULL, id text NOT NULL, amount bigint, ok boolean, body bytea, doc jsonb, at timestamptz, note text,
	PRIMARY KEY (region, id));
`)}}}}

const region = "449901"

func put(tx *db.Tx, ctx context.Context, id string) error {
	tx.Unaudited("test")
	_, err := tx.Exec(ctx, `INSERT INTO probe_count (region, id, n) VALUES ($1, $2, 0)`, region, id)
	return err
}

func count(t *testing.T, d db.Reader) int {
	t.Helper()
	n, err := db.One(context.Background(), d, db.Value[int], `SELECT count(*) FROM probe_count WHERE region = $1`, region)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// plain runs f on both engines without rehearsal.
func plain(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); f(t, dbtest.SQLite(t, schema)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); f(t, dbtest.Postgres(t, schema)) })
}

func TestWrite_allOrNothing(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "a") }); err != nil {
			t.Fatal(err)
		}
		refuse := fault.Conflict("probe.no")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := put(tx, ctx, "b"); err != nil {
				return err
			}
			return refuse
		})
		if !errors.Is(err, refuse) {
			t.Fatalf("got %v, want the function's own error", err)
		}
		if n := count(t, d); n != 1 {
			t.Fatalf("%d rows, want 1", n)
		}
		err = d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "a") })
		if !errors.Is(err, db.ErrDuplicate) {
			t.Fatalf("got %v, want ErrDuplicate", err)
		}
	})
}

func TestWrite_refusals(t *testing.T) {
	plain(t, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		var kept *db.Tx
		cases := []struct {
			name string
			ctx  context.Context
			f    func(tx *db.Tx) error
			want error
		}{
			{"anonymous", context.Background(), func(tx *db.Tx) error { return put(tx, ctx, "x") }, fault.NoActor},
			{"nested", ctx, func(tx *db.Tx) error {
				return d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "x") })
			}, db.ErrNested},
			{"unaudited", ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO probe_count (region, id, n) VALUES ($1, 'x', 0)`, region)
				return err
			}, fault.Internal("db.unaudited")},
			{"hidden failure", ctx, func(tx *db.Tx) error {
				put(tx, ctx, "x")
				put(tx, ctx, "x")
				return nil
			}, db.ErrDuplicate},
			{"goes on after a failure", ctx, func(tx *db.Tx) error {
				put(tx, ctx, "x")
				put(tx, ctx, "x")
				return put(tx, ctx, "y")
			}, db.ErrDuplicate},
			{"statement while reading", ctx, func(tx *db.Tx) error {
				put(tx, ctx, "x")
				return db.Each(ctx, tx, func(db.Row) error { return put(tx, ctx, "y") }, `SELECT id FROM probe_count WHERE region = $1`, region)
			}, db.ErrReading},
			{"not UTF-8", ctx, func(tx *db.Tx) error { return put(tx, ctx, "\xff") }, db.ErrBadText},
			{"NUL", ctx, func(tx *db.Tx) error { return put(tx, ctx, "a\x00b") }, db.ErrBadText},
			{"queued NUL", ctx, func(tx *db.Tx) error {
				tx.Unaudited("test")
				tx.Later(`INSERT INTO probe_count (region, id, n) VALUES ($1, $2, 0)`, region, "\x00")
				return nil
			}, db.ErrBadText},
			{"queued duplicate", ctx, func(tx *db.Tx) error {
				tx.Later(`INSERT INTO probe_count (region, id, n) VALUES ($1, $2, 0)`, region, "x")
				return put(tx, ctx, "x")
			}, db.ErrDuplicate},
			{"panic", ctx, func(tx *db.Tx) error { put(tx, ctx, "x"); panic("boom") }, fault.Internal("db.panic")},
			{"used afterwards", ctx, func(tx *db.Tx) error { kept = tx; return nil }, nil},
		}
		for _, c := range cases {
			if err := d.Write(c.ctx, c.f); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, err, c.want)
			}
		}
		if err := put(kept, ctx, "x"); !errors.Is(err, db.ErrOver) {
			t.Errorf("a Tx after its Write: %v", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows are there after refusals only", n)
		}
	})
}

// Everybody adds one to the same row, reading it first.
func TestWrite_isSerial(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "sum") }); err != nil {
			t.Fatal(err)
		}
		const callers, each = 8, 15
		var wg sync.WaitGroup
		var done atomic.Int64
		for range callers {
			wg.Go(func() {
				for range each {
					err := d.Write(ctx, func(tx *db.Tx) error {
						tx.Unaudited("test")
						n, err := db.One(ctx, tx, db.Value[int], `SELECT n FROM probe_count WHERE region = $1 AND id = $2`, region, "sum")
						if err != nil {
							return err
						}
						_, err = tx.Exec(ctx, `UPDATE probe_count SET n = $3 WHERE region = $1 AND id = $2`, region, "sum", n+1)
						return err
					})
					switch {
					case err == nil:
						done.Add(1)
					case !fault.IsKind(err, fault.KindUnavailable):
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		n, err := db.One(ctx, d, db.Value[int64], `SELECT n FROM probe_count WHERE region = $1 AND id = $2`, region, "sum")
		if err != nil || n != done.Load() {
			t.Fatalf("the row says %d, %d were acknowledged (%v)", n, done.Load(), err)
		}
		if done.Load() < callers*each*9/10 {
			t.Errorf("only %d of %d went through", done.Load(), callers*each)
		}
	})
}

// Failing, panicking and leaving writes must not touch their neighbours.
func TestWrite_neighboursStandAlone(t *testing.T) {
	plain(t, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		var wg sync.WaitGroup
		var acknowledged sync.Map
		for c := range 16 {
			wg.Go(func() {
				for i := range 40 {
					id := fmt.Sprintf("%02d-%02d", c, i)
					mine, cancel := context.WithCancel(ctx)
					err := d.Write(mine, func(tx *db.Tx) error {
						if err := put(tx, mine, id); err != nil {
							return err
						}
						switch i % 5 {
						case 1:
							return errors.New("no")
						case 2:
							panic("boom")
						case 3:
							cancel()
							_, err := tx.Exec(mine, `UPDATE probe_count SET n = 1 WHERE region = $1 AND id = $2`, region, id)
							return err
						}
						return nil
					})
					cancel()
					if err == nil {
						acknowledged.Store(id, true)
					}
					if good := i%5 == 0 || i%5 == 4; good != (err == nil) {
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

func TestWrite_contextEndsBeforeItsTurn(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	ctx := dbtest.As(t, "test")
	inside, free := make(chan bool), make(chan bool)
	go d.Write(ctx, func(tx *db.Tx) error { inside <- true; <-free; return nil })
	<-inside
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if err := d.Write(short, func(tx *db.Tx) error { return put(tx, short, "late") }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(free)
	if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "next") }); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestWrite_wakesAfterCommitOnly(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		woken := d.Woken("probe")
		d.Write(ctx, func(tx *db.Tx) error { tx.Wake("probe"); return errors.New("no") })
		select {
		case <-woken:
			t.Fatal("woken by a write that failed")
		default:
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { tx.Wake("probe"); return put(tx, ctx, "a") }); err != nil {
			t.Fatal(err)
		}
		select {
		case <-woken:
		default:
			t.Fatal("not woken")
		}
	})
}

func TestWrite_afterClose(t *testing.T) {
	plain(t, func(t *testing.T, d *db.DB) {
		ctx := auth.System(context.Background(), "test")
		d.Close()
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, "a") }); err == nil {
			t.Error("a closed database took a write")
		}
	})
}

func TestRehearse_catchesSideEffects(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		runs := 0
		if err := d.Write(ctx, func(tx *db.Tx) error { runs++; return put(tx, ctx, "a") }); err != nil {
			t.Fatal(err)
		}
		if runs != 2 {
			t.Errorf("ran %d times, want 2", runs)
		}
		defer func() {
			if recover() == nil {
				t.Error("an unaudited change did not panic")
			}
		}()
		d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE probe_count SET n = 1 WHERE region = $1`, region)
			return err
		})
	})
}

func TestKinds_crossUnchanged(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		type doc struct{ A, B string }
		at := time.Date(2026, 11, 22, 15, 4, 5, 123456000, time.UTC)
		err := d.Write(ctx, func(tx *db.Tx) error {
			tx.Unaudited("test")
			_, err := tx.Exec(ctx, `INSERT INTO probe_kind (region, id, amount, ok, body, doc, at, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				region, "a", int64(1)<<60, true, []byte{0, 1, 255}, db.AsJSON(doc{"通办", "𠮷"}), db.At(at), "12e3")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		type row struct {
			amount int64
			ok     bool
			body   []byte
			doc    db.JSON[doc]
			at     db.Time
			note   string
		}
		got, err := db.One(ctx, d, func(r db.Row) (x row, err error) {
			err = r.Scan(&x.amount, &x.ok, &x.body, &x.doc, &x.at, &x.note)
			return x, err
		}, `SELECT amount, ok, body, doc, at, note FROM probe_kind WHERE region = $1 AND at <= $2`, region, db.At(at))
		if err != nil {
			t.Fatal(err)
		}
		if got.amount != 1<<60 || !got.ok || string(got.body) != "\x00\x01\xff" || got.doc.V.B != "𠮷" || !got.at.Equal(at) || got.note != "12e3" {
			t.Errorf("came back as %+v", got)
		}
	})
}

func TestTx_loadTakesEveryKindOfValue(t *testing.T) {
	dbtest.Run(t, schema, func(t *testing.T, d *db.DB) {
		ctx := dbtest.As(t, "test")
		columns := []string{"region", "id", "amount", "ok", "body", "doc", "at", "note"}
		at := time.Date(2026, 11, 22, 8, 0, 0, 123000, time.UTC)
		rows := make([][]any, 137) // more than one statement holds
		for i := range rows {
			rows[i] = []any{region, fmt.Sprintf("%03d", i), int64(i), i%2 == 0, []byte{0, byte(i)}, `{"n": "字"}`, db.At(at), "注"}
		}
		load := func(rows [][]any) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				tx.Unaudited("test")
				return tx.Load(ctx, "probe_kind", columns, rows)
			})
		}
		if err := load(rows); err != nil {
			t.Fatal(err)
		}
		if err := load([][]any{{region, "200", nil, false, nil, nil, nil, nil}, rows[7]}); !errors.Is(err, db.ErrDuplicate) {
			t.Errorf("a second row of the same key: %v", err)
		}
		n, err := db.One(ctx, d, db.Value[int], `SELECT count(*) FROM probe_kind WHERE region = $1`, region)
		if err != nil || n != len(rows) {
			t.Errorf("%d rows, %v", n, err)
		}
		type row struct {
			amount int64
			ok     bool
			body   []byte
			n      string
			at     db.Time
		}
		got, err := db.One(ctx, d, func(r db.Row) (x row, err error) {
			err = r.Scan(&x.amount, &x.ok, &x.body, &x.n, &x.at)
			return x, err
		}, `SELECT amount, ok, body, doc ->> 'n', at FROM probe_kind WHERE region = $1 AND id = '136' AND note = '注'`, region)
		if err != nil || got.amount != 136 || !got.ok || string(got.body) != "\x00\x88" || got.n != "字" || !got.at.Time.Equal(at) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
