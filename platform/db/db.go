package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

// Engine names the database engine behind a DB.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// ErrNoRow is returned by One when nothing matched; services turn it into the
// not-found fault of their noun.
var ErrNoRow = fault.NotFound("db.no_row")

// ErrDuplicate is returned when a unique constraint refuses a row.
var ErrDuplicate = fault.Conflict("db.duplicate")

// ErrStale is what a guarded update that changed no row becomes.
var ErrStale = fault.Conflict("db.stale")

// ErrUnavailable says that the database cannot take the change now (disk
// full, connection lost). Nothing was changed.
var ErrUnavailable = fault.Unavailable("db.unavailable")

// Reader runs queries. A *DB reads the last committed state, a *Tx its own.
type Reader interface {
	Query(ctx context.Context, query string, args ...any) (Rows, error)
	Engine() Engine
}

// Fork is one query that the engines must spell differently. The lint prints
// the list; it may only shrink.
type Fork struct{ SQLite, Postgres string }

// For picks the text for the reader's engine.
func (f Fork) For(r Reader) string {
	if r.Engine() == SQLite {
		return f.SQLite
	}
	return f.Postgres
}

// Row is what a scan function reads one row from.
type Row interface{ Scan(dest ...any) error }

// All returns every row, scanned. The query must bound itself with LIMIT or
// with a key that can match few rows.
func All[T any](ctx context.Context, r Reader, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := Each(ctx, r, func(row Row) error {
		v, err := scan(row)
		if err == nil {
			out = append(out, v)
		}
		return err
	}, query, args...)
	return out, err
}

// Each calls f for every row, streaming.
func Each(ctx context.Context, r Reader, f func(Row) error, query string, args ...any) error {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return classify(rows.Err())
}

// One returns the first row, or ErrNoRow.
func One[T any](ctx context.Context, r Reader, scan func(Row) (T, error), query string, args ...any) (T, error) {
	var zero T
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return zero, classify(err)
		}
		return zero, ErrNoRow
	}
	return scan(rows)
}

// Value scans a single column; use it as the scan function of One and All.
func Value[T any](row Row) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// In expands a list for an IN clause: In(2, 3) is "$2, $3, $4". The caller
// appends the values to its arguments in order. n must be at least 1.
func In(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}

// Args turns a list into arguments.
func Args[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// Changed turns "no row was changed" into ErrStale; wrap a guarded update in it.
func Changed(rows int64, err error) error {
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrStale
	}
	return nil
}

func actor(ctx context.Context) (auth.Principal, error) {
	p := auth.From(ctx)
	if !p.SignedIn() {
		return p, fault.NoActor
	}
	return p, nil
}

// classify turns driver errors into faults; the engine files know the codes.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Fault
	if errors.As(err, &known) {
		return err // a service's own code stands
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoRow
	}
	if f := classifySQLite(err); f != nil {
		return f.Because(err)
	}
	if f := classifyPostgres(err); f != nil {
		return f.Because(err)
	}
	return err
}
