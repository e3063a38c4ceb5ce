package db

import (
	"context"
	"database/sql"
	"errors"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

// executor is the part of *sql.Tx and *sql.Conn that a Tx needs.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is one transaction. Holding it is permission to write.
type Tx struct {
	engine   Engine
	exec     executor
	actor    auth.Principal
	later    []statement
	changed  bool
	recorded bool
}

type statement struct {
	query string
	args  []any
}

// Engine names the engine.
func (tx *Tx) Engine() Engine { return tx.engine }

// Actor is who writes.
func (tx *Tx) Actor() auth.Principal { return tx.actor }

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.changed = true
	res, err := tx.exec.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, classify(err)
	}
	return res.RowsAffected()
}

// Query runs a query inside the transaction.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := tx.exec.QueryContext(ctx, query, args...)
	return rows, classify(err)
}

// Later queues a statement whose effect nobody reads back inside this
// transaction (audit, outbox, history). All of them are sent in one round trip
// before the commit.
func (tx *Tx) Later(query string, args ...any) {
	tx.changed = true
	tx.later = append(tx.later, statement{query, args})
}

// MarkRecorded notes that the change has its audit entry. Only audit.Record calls it.
func (tx *Tx) MarkRecorded() { tx.recorded = true }

// Unaudited notes that this change needs no audit entry, with the reason (for
// example bookkeeping of the outbox itself).
func (tx *Tx) Unaudited(reason string) {
	if reason != "" {
		tx.recorded = true
	}
}

// errRetry asks Write to run the function again.
var errRetry = errors.New("serialization failure")

// Write runs f in one transaction on behalf of the caller in ctx. f may run
// more than once. When Write returns nil, everything f did is durable; when it
// returns an error, nothing of it is there.
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	p, err := actor(ctx)
	if err != nil {
		return err
	}
	if d.group != nil {
		return d.group.write(ctx, p, f)
	}
	return d.writePostgres(ctx, p, f)
}

// requireAudit panics, in tests, when a change has no audit entry.
var requireAudit bool

func (tx *Tx) check() error {
	if tx.changed && !tx.recorded {
		if requireAudit {
			panic("db: a change was about to commit without an audit entry")
		}
		return fault.Internal("db.unaudited")
	}
	return nil
}
