package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tongban/platform/fault"
)

// Pragmas of every connection. FULL syncs the log at every commit; that is
// what makes an acknowledged write durable.
var (
	commonPragmas = []string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(MEMORY)"}
	writePragmas  = append([]string{"journal_mode(WAL)", "synchronous(FULL)", "cache_size(-32000)",
		"wal_autocheckpoint(4000)", "journal_size_limit(67108864)"}, commonPragmas...)
	readPragmas = append([]string{"cache_size(-8000)"}, commonPragmas...)
)

func openSQLite(ctx context.Context, path string) (*DB, error) {
	write, err := sql.Open("sqlite", sqliteDSN(path, writePragmas))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil { // creates the file and switches it to the log
		write.Close()
		return nil, classify(err)
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, readPragmas)+"&_query_only=1")
	if err != nil {
		write.Close()
		return nil, err
	}
	read.SetMaxOpenConns(readers())
	read.SetMaxIdleConns(readers())
	return &DB{engine: SQLite, url: path, read: read, group: startGroupWriter(write)}, nil
}

// readers is how many connections read at the same time.
func readers() int { return 4 * runtime.NumCPU() }

// Rest gives back what a burst of work has left: the connections that nobody
// uses, with the pages that they keep (SQLite). The next burst opens them anew,
// which takes some milliseconds each.
func (d *DB) Rest() {
	if d.engine != SQLite {
		return
	}
	d.read.SetMaxIdleConns(1)
	d.read.SetMaxIdleConns(readers())
	select {
	case d.group.rest <- struct{}{}:
	default: // it was told already
	}
}

func sqliteDSN(path string, pragmas []string) string {
	u := url.URL{Path: path}
	return "file:" + u.EscapedPath() + "?" + url.Values{"_pragma": pragmas}.Encode()
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
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return ErrUnavailable
	}
	return nil
}

// maxStatements bounds a statement cache: lists of different length in IN
// clauses would otherwise grow it for ever.
const maxStatements = 512

// readCache keeps prepared queries for the reading connections. database/sql
// prepares them again on each connection and never runs one twice at a time.
type readCache struct {
	stmts sync.Map // query text → *sql.Stmt
	n     atomic.Int64
}

func (c *readCache) query(ctx context.Context, pool *sql.DB, query string, args []any) (Rows, error) {
	if s, ok := c.stmts.Load(query); ok {
		r, err := s.(*sql.Stmt).QueryContext(ctx, args...)
		return sqlRowsOrError(r, err)
	}
	if c.n.Load() >= maxStatements {
		r, err := pool.QueryContext(ctx, query, args...)
		return sqlRowsOrError(r, err)
	}
	s, err := pool.PrepareContext(ctx, query)
	if err != nil {
		return nil, classify(err)
	}
	if old, raced := c.stmts.LoadOrStore(query, s); raced {
		s.Close()
		s = old.(*sql.Stmt)
	} else {
		c.n.Add(1)
	}
	r, err := s.QueryContext(ctx, args...)
	return sqlRowsOrError(r, err)
}

// sqlRowsOrError keeps a nil *sql.Rows from hiding in a non-nil interface.
func sqlRowsOrError(r *sql.Rows, err error) (Rows, error) {
	if err != nil {
		return nil, classify(err)
	}
	return r, nil
}
