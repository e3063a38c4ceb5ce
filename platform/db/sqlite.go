package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

func openSQLite(ctx context.Context, path string) (*DB, error) {
	pragmas := url.Values{"_pragma": {
		"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(10000)",
		"foreign_keys(1)", "cache_size(-32000)", "temp_store(MEMORY)",
	}}
	dsn := "file:" + path + "?" + pragmas.Encode()
	write, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		write.Close()
		return nil, err
	}
	read, err := sql.Open("sqlite", dsn+"&_query_only=1")
	if err != nil {
		write.Close()
		return nil, err
	}
	read.SetMaxOpenConns(4 * runtime.NumCPU())
	read.SetMaxIdleConns(4 * runtime.NumCPU())
	d := &DB{engine: SQLite, read: read, write: write, url: path}
	d.group = startGroupWriter(write)
	return d, nil
}

func classifySQLite(err error) *fault.Fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrDuplicate
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY:
		return ErrUnavailable
	}
	return nil
}

// groupWriter owns the one writing connection. Waiting writes are run one
// after the other, each in its savepoint, and made durable by one commit.
type groupWriter struct {
	queue chan *pending
	done  chan struct{}
}

type pending struct {
	ctx    context.Context
	actor  auth.Principal
	f      func(*Tx) error
	result chan error
}

// maxGroup bounds how many writes share a commit, so that the first does not
// wait for the last of a long queue.
const maxGroup = 128

func startGroupWriter(conn *sql.DB) *groupWriter {
	g := &groupWriter{queue: make(chan *pending, 1024), done: make(chan struct{})}
	go g.run(conn)
	return g
}

func (g *groupWriter) stop() {
	close(g.queue)
	<-g.done
}

func (g *groupWriter) write(ctx context.Context, p auth.Principal, f func(*Tx) error) error {
	w := &pending{ctx: ctx, actor: p, f: f, result: make(chan error, 1)}
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-w.result // once queued it ends by itself; leaving early would hide its outcome
}

func (g *groupWriter) run(conn *sql.DB) {
	defer close(g.done)
	for first := range g.queue {
		batch := []*pending{first}
	more:
		for len(batch) < maxGroup {
			select {
			case w, ok := <-g.queue:
				if !ok {
					break more
				}
				batch = append(batch, w)
			default:
				break more
			}
		}
		g.commit(conn, batch)
	}
}

func (g *groupWriter) commit(conn *sql.DB, batch []*pending) {
	ctx := context.Background()
	results := make([]error, len(batch))
	tx, err := conn.BeginTx(ctx, nil)
	if err == nil {
		for i, w := range batch {
			results[i] = runInSavepoint(tx, w)
		}
		err = tx.Commit()
	}
	for i, w := range batch {
		if results[i] == nil && err != nil {
			results[i] = classify(fmt.Errorf("commit: %w", err))
		}
		w.result <- results[i]
	}
}

func runInSavepoint(sqltx *sql.Tx, w *pending) (err error) {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	if _, err := sqltx.Exec("SAVEPOINT w"); err != nil {
		return classify(err)
	}
	defer func() {
		if r := recover(); r != nil {
			sqltx.Exec("ROLLBACK TO w; RELEASE w")
			err = fault.Internal("db.panic").Because(fmt.Errorf("%v", r))
			if requireAudit {
				panic(r)
			}
		}
	}()
	if err := runTx(w.ctx, &Tx{engine: SQLite, exec: sqltx, actor: w.actor}, w.f); err != nil {
		if _, rerr := sqltx.Exec("ROLLBACK TO w; RELEASE w"); rerr != nil {
			return errors.Join(err, rerr)
		}
		return err
	}
	_, err = sqltx.Exec("RELEASE w")
	return classify(err)
}

// runTx runs f and then the queued statements.
func runTx(ctx context.Context, tx *Tx, f func(*Tx) error) error {
	if err := f(tx); err != nil {
		return err
	}
	for _, s := range tx.later {
		if _, err := tx.exec.ExecContext(ctx, s.query, s.args...); err != nil {
			return classify(err)
		}
	}
	return tx.check()
}
