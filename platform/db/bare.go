package db

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"tongban/platform/clock"
)

// Statement is one SQL statement with its arguments.
type Statement struct {
	Query string
	Args  []any
}

// Bare writes n units from as many clients with nothing around them and
// returns how many it made durable per second: the ceiling that benchmarks are
// measured against. unit(i) lists the rows of unit i. SQLite groups what waits
// into one commit; PostgreSQL sends each unit, BEGIN and COMMIT included, as one
// pipelined batch. Nobody else may write meanwhile.
func Bare(ctx context.Context, url string, clients, n int, unit func(i int) []Statement) (perSecond float64, err error) {
	write, stop, err := bareWriter(ctx, url)
	if err != nil {
		return 0, err
	}
	defer stop()
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, clients)
	start := clock.Start()
	for range clients {
		wg.Go(func() {
			for i := next.Add(1); int(i) <= n; i = next.Add(1) {
				if err := write(unit(int(i))); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	took := clock.Elapsed(start)
	select {
	case err := <-errs:
		return 0, err
	default:
	}
	return float64(n) / took.Seconds(), nil
}

func bareWriter(ctx context.Context, url string) (write func([]Statement) error, stop func(), err error) {
	if !strings.HasPrefix(url, "postgres") {
		return bareSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	}
	pool, err := pgPool(ctx, url, 16, nil)
	if err != nil {
		return nil, nil, err
	}
	return func(list []Statement) error {
		var b pgx.Batch
		b.Queue("BEGIN")
		for _, s := range list {
			b.Queue(s.Query, s.Args...)
		}
		b.Queue("COMMIT")
		return pool.SendBatch(ctx, &b).Close()
	}, pool.Close, nil
}

type bareUnit struct {
	list []Statement
	done chan error
}

func bareSQLite(ctx context.Context, path string) (write func([]Statement) error, stop func(), err error) {
	pool, err := sql.Open("sqlite", sqliteDSN(path, writePragmas))
	if err != nil {
		return nil, nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	stmts := newStmtCache(conn)
	queue := make(chan bareUnit, 1024)
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for first := range queue {
			commitBare(ctx, stmts, queue, first)
		}
	}()
	write = func(list []Statement) error {
		u := bareUnit{list, make(chan error, 1)}
		queue <- u
		return <-u.done
	}
	return write, func() { close(queue); <-ended; stmts.close(); conn.Close(); pool.Close() }, nil
}

func commitBare(ctx context.Context, stmts *stmtCache, queue chan bareUnit, u bareUnit) {
	group := make([]bareUnit, 0, maxGroup)
	_, err := stmts.exec(ctx, "BEGIN IMMEDIATE", nil)
	for more := true; more; {
		for _, s := range u.list {
			if err == nil {
				_, err = stmts.exec(ctx, s.Query, s.Args)
			}
		}
		group = append(group, u)
		more = false
		if len(group) < maxGroup {
			select {
			case u, more = <-queue:
			default:
			}
		}
	}
	if err == nil {
		_, err = stmts.exec(ctx, "COMMIT", nil)
	}
	if err != nil {
		stmts.exec(ctx, "ROLLBACK", nil)
	}
	for _, u := range group {
		u.done <- err
	}
}
