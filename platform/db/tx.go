package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

// ErrOver is returned by a Tx that is used after its Write has ended.
var ErrOver = fault.Internal("db.tx_over")

// ErrReading is returned by a statement that is run while the rows of another
// one are being read: PostgreSQL cannot do that, so neither engine does.
var ErrReading = fault.Internal("db.rows_open")

// Tx is one transaction. Holding it is permission to write. It belongs to the
// goroutine that runs the function given to Write.
//
// A statement that fails ends the transaction on both engines: everything
// after it fails too, and Write returns its error even when the function
// hides it.
type Tx struct {
	conn     txConn
	actor    auth.Principal
	later    []statement
	wakes    []string
	failed   error   // the first statement error, as the driver gave it
	reading  *txRows // the query that is open
	over     bool
	changed  bool
	recorded bool
	trace    *traced // what it did, when somebody wants to know
	rehearse bool    // see DB.Rehearse
}

type statement struct {
	query   string
	args    []any
	guarded bool // it must change a row
}

// txConn is what a Tx needs from its engine.
type txConn interface {
	engine() Engine
	exec(ctx context.Context, query string, args []any) (int64, error)
	rows(ctx context.Context, query string, args []any) (Rows, error)
	load(ctx context.Context, table string, columns []string, rows [][]any) error
}

// Engine names the engine.
func (tx *Tx) Engine() Engine { return tx.conn.engine() }

// Actor is who writes.
func (tx *Tx) Actor() auth.Principal { return tx.actor }

// ready tells why a statement cannot run.
func (tx *Tx) ready(ctx context.Context, args []any) error {
	switch {
	case tx.over:
		return ErrOver
	case tx.failed != nil:
		return classify(tx.failed)
	case tx.reading != nil:
		return tx.fail(ErrReading)
	case ctx.Err() != nil:
		return tx.fail(ctx.Err())
	}
	return checkArgs(args)
}

func (tx *Tx) fail(err error) error {
	if err != nil && tx.failed == nil && !errors.Is(err, sql.ErrNoRows) {
		tx.failed = err
	}
	return classify(err)
}

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.changed = true
	if err := tx.ready(ctx, args); err != nil {
		return 0, err
	}
	tx.trace.write(query, args)
	n, err := tx.conn.exec(ctx, query, args)
	return n, tx.fail(err)
}

// Load inserts many rows at once, the way each engine does it fastest. A row
// that breaks a key fails the transaction.
func (tx *Tx) Load(ctx context.Context, table string, columns []string, rows [][]any) error {
	tx.changed = true
	for _, r := range rows {
		if err := tx.ready(ctx, r); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if tx.trace != nil {
		for _, r := range rows {
			tx.trace.writes = append(tx.trace.writes, Statement{"INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + In(1, len(columns)) + ")", r})
		}
		tx.trace.awaited++
	}
	return tx.fail(tx.conn.load(ctx, table, columns, rows))
}

// Later queues a statement whose effect nobody reads back inside this
// transaction (audit, outbox, history). All of them are sent in one round trip
// together with the commit.
func (tx *Tx) Later(query string, args ...any) {
	tx.changed = true
	tx.later = append(tx.later, statement{query: query, args: args})
}

// Guarded queues like Later a change that has to change a row: when it changes
// none, nothing of the transaction is there and Write returns ErrStale. It is
// Changed(Exec(…)) without waiting for the answer. The query must be a single
// INSERT, UPDATE or DELETE without RETURNING.
func (tx *Tx) Guarded(query string, args ...any) {
	tx.changed = true
	tx.later = append(tx.later, statement{query, args, true})
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

// run runs f and tells whether what it did may be committed.
func (tx *Tx) run(d *DB, f func(*Tx) error) error {
	if d.trace != nil {
		tx.trace = &traced{}
	}
	tx.rehearse = d.rehearse
	err := f(tx)
	tx.over = true
	if tx.reading != nil {
		tx.reading.Close()
	}
	if tx.failed != nil {
		if err == nil {
			err = classify(tx.failed)
		}
		return err
	}
	if err != nil {
		return err
	}
	for _, s := range tx.later {
		if err := checkArgs(s.args); err != nil {
			return err
		}
	}
	if tx.changed && !tx.recorded {
		if d.rehearse {
			panic(careless("db: a change was about to commit without an audit entry"))
		}
		return fault.Internal("db.unaudited")
	}
	tx.trace.hand(d.trace, tx.later)
	return nil
}
