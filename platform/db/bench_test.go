package db_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

// One unit of the benchmarks: a guarded update of one's own row and three rows
// that nobody reads back, as an official act writes them.
const (
	benchRead   = `SELECT n FROM probe_count WHERE region = $1 AND id = $2`
	benchUpdate = `UPDATE probe_count SET n = n + 1 WHERE region = $1 AND id = $2 AND n >= 0`
	benchInsert = `INSERT INTO probe_kind (region, id, amount, note) VALUES ($1, $2, $3, $4)`
	benchNote   = `{"action":"casework.case.accepted","officer":"acc_06ew0000000000000000000000","reason":"材料齐全"}`
	benchRows   = 64
)

var benchID atomic.Int64

func benchUnit(i int) []db.Statement {
	list := []db.Statement{{Query: benchUpdate, Args: []any{region, fmt.Sprint(i % benchRows)}}}
	for range 3 {
		list = append(list, db.Statement{Query: benchInsert, Args: []any{region, fmt.Sprintf("%012d", benchID.Add(1)), i, benchNote}})
	}
	return list
}

func benchWrite(ctx context.Context, d *db.DB, i int) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		list := benchUnit(i)
		tx.Unaudited("test")
		if _, err := db.One(ctx, tx, db.Value[int], benchRead, list[0].Args...); err != nil {
			return err
		}
		if err := db.Changed(tx.Exec(ctx, list[0].Query, list[0].Args...)); err != nil {
			return err
		}
		for _, s := range list[1:] {
			tx.Later(s.Query, s.Args...)
		}
		return nil
	})
}

func benchURL(b *testing.B, engine db.Engine) string {
	if engine == db.Postgres {
		return dbtest.PostgresURL(b, schema)
	}
	return "sqlite:" + filepath.Join(b.TempDir(), "bench.db")
}

// BenchmarkWrite prints writes per second and the ratio to the bare ceiling.
func BenchmarkWrite(b *testing.B) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		for _, clients := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("%s/%d", engine, clients), func(b *testing.B) {
				ctx := auth.System(context.Background(), "bench")
				url := benchURL(b, engine)
				d, err := db.Open(ctx, url)
				if err != nil {
					b.Fatal(err)
				}
				defer d.Close()
				if err := d.Migrate(ctx, schema...); err != nil {
					b.Fatal(err)
				}
				for i := range benchRows {
					if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, fmt.Sprint(i)) }); err != nil {
						b.Fatal(err)
					}
				}
				ceiling, err := db.Bare(ctx, url, clients, max(b.N, 64), benchUnit)
				if err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				rate := parallel(b, clients, func(i int) error { return benchWrite(ctx, d, i) })
				b.ReportMetric(rate, "writes/s")
				b.ReportMetric(ceiling, "bare/s")
				b.ReportMetric(rate/ceiling, "ratio")
			})
		}
	}
}

func parallel(b *testing.B, clients int, f func(i int) error) (perSecond float64) {
	var next atomic.Int64
	var wg sync.WaitGroup
	start := clock.Start()
	for range clients {
		wg.Go(func() {
			for i := next.Add(1); int(i) <= b.N; i = next.Add(1) {
				if err := f(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(b.N) / clock.Elapsed(start).Seconds()
}

// BenchmarkPostgres_grouping measures what sharing a transaction would bring
// on PostgreSQL: the same unit, alone in its transaction, or with a savepoint
// among fifteen others on the same connection ; what collided is counted, not run again.
func BenchmarkPostgres_grouping(b *testing.B) {
	for _, way := range []struct{ group, conns int }{{1, 8}, {1, 16}, {1, 32}, {16, 1}, {16, 4}, {16, 8}} {
		b.Run(fmt.Sprintf("group=%d/conns=%d", way.group, way.conns), func(b *testing.B) {
			ctx := auth.System(context.Background(), "bench")
			url := dbtest.PostgresURL(b, schema)
			d, err := db.Open(ctx, url)
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			for i := range benchRows {
				if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, ctx, fmt.Sprint(i)) }); err != nil {
					b.Fatal(err)
				}
			}
			var next, lost atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			start := clock.Start()
			for c := range way.conns {
				wg.Go(func() {
					conn, err := pgx.Connect(ctx, url)
					if err != nil {
						b.Error(err)
						return
					}
					defer conn.Close(ctx)
					conn.Exec(ctx, "SET enable_seqscan = off")
					for int(next.Load()) < b.N {
						if err := groupOnce(ctx, conn, way.group, c, &next); err != nil {
							lost.Add(int64(way.group))
							if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
								b.Error(err)
								return
							}
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(next.Load()-lost.Load())/clock.Elapsed(start).Seconds(), "writes/s")
			b.ReportMetric(float64(lost.Load())/float64(next.Load()), "collided")
		})
	}
}

func groupOnce(ctx context.Context, conn *pgx.Conn, group, own int, next *atomic.Int64) error {
	for k := range group {
		i := int(next.Add(1))
		list := benchUnit(i)
		list[0].Args = []any{region, fmt.Sprint(own)} // rows of its own: no collisions
		var b pgx.Batch
		if k == 0 {
			b.Queue("BEGIN ISOLATION LEVEL SERIALIZABLE")
		}
		if group > 1 {
			b.Queue("SAVEPOINT w")
		}
		b.Queue(benchRead, list[0].Args...)
		if err := conn.SendBatch(ctx, &b).Close(); err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, list[0].Query, list[0].Args...); err != nil {
			return err
		}
		b = pgx.Batch{}
		for _, s := range list[1:] {
			b.Queue(s.Query, s.Args...)
		}
		if group > 1 {
			b.Queue("RELEASE w")
		}
		if k == group-1 {
			b.Queue("COMMIT")
		}
		if err := conn.SendBatch(ctx, &b).Close(); err != nil {
			return err
		}
	}
	return nil
}
