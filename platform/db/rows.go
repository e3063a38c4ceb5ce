package db

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
)

// Rows is a running query. Close it; Err tells why Next ended. Inside a
// transaction no other statement may run before it is closed.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// pgRows makes pgx rows look like the others.
type pgRows struct{ pgx.Rows }

// Close implements Rows.
func (r pgRows) Close() error { r.Rows.Close(); return r.Err() }

// stmtRows hands its prepared statement back when it is closed.
type stmtRows struct {
	*sql.Rows
	release func()
}

// Close implements Rows.
func (r *stmtRows) Close() error {
	err := r.Rows.Close()
	if r.release != nil {
		r.release()
		r.release = nil
	}
	return err
}

// txRows notes a failure on its transaction, which it ends.
type txRows struct {
	Rows
	tx *Tx
}

// Err implements Rows.
func (r *txRows) Err() error { return r.tx.fail(r.Rows.Err()) }

// Close implements Rows.
func (r *txRows) Close() error {
	if r.tx.reading == r {
		r.tx.reading = nil
	}
	return r.tx.fail(r.Rows.Close())
}

// Query runs a query outside any transaction; it sees what is committed.
// Prefer One, All and Each.
func (d *DB) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	if err := checkArgs(args); err != nil {
		return nil, err
	}
	if d.engine == SQLite {
		return d.cache.query(ctx, d.read, query, args)
	}
	r, err := d.pgRead.Query(ctx, query, native(args)...)
	if err != nil {
		return nil, classify(err)
	}
	return pgRows{r}, nil
}

// Query runs a query inside the transaction. Prefer One, All and Each.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	if err := tx.ready(ctx, args); err != nil {
		return nil, err
	}
	tx.trace.read()
	tx.notQueued(query)
	r, err := tx.conn.rows(ctx, query, args)
	if err != nil {
		return nil, tx.fail(err)
	}
	tx.reading = &txRows{r, tx}
	return tx.reading, nil
}
