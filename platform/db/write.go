package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"tongban/platform/auth"
	"tongban/platform/fault"
)

// ErrOutcomeUnknown says that the connection was lost while the commit was
// under way: the change may be there or not. A caller that sends the command
// again with the same idempotency key finds out and does no harm.
var ErrOutcomeUnknown = fault.Unavailable("db.outcome_unknown")

// errRehearsal undoes the first run of a function in tests.
var errRehearsal = errors.New("db: rehearsal, run again")

// Write runs f in one transaction on behalf of the caller in ctx. f may run
// more than once. When Write returns nil, everything f did is durable; when it
// returns an error, nothing of it is there (but see ErrOutcomeUnknown).
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	return d.write(ctx, beginSerializable, f)
}

// Tidy is Write for bookkeeping whose correctness rests on guarded updates and
// unique keys alone. PostgreSQL runs it READ COMMITTED, so that a sweep over
// what everybody writes (sealing, clearing the outbox) collides with nobody.
func (d *DB) Tidy(ctx context.Context, f func(tx *Tx) error) error {
	return d.write(ctx, beginCommitted, f)
}

func (d *DB) write(ctx context.Context, begin string, f func(tx *Tx) error) error {
	p, err := actor(ctx)
	if err != nil {
		return err
	}
	if nested() {
		return ErrNested
	}
	var wakes []string
	if d.engine == SQLite {
		wakes, err = d.writeSQLite(ctx, p, f)
	} else {
		wakes, err = d.writePostgres(ctx, begin, p, f)
	}
	if err == nil {
		d.topics.wake(wakes)
	}
	return classify(err)
}

// Rehearse makes every later Write run its function once in vain and then for
// real, and panic when a change has no audit entry. For tests: a function with
// a side effect beside its transaction cannot survive it.
func (d *DB) Rehearse() { d.rehearse = true }

// guard runs one attempt and turns a panic into an error, so that one bad
// function does not take the process down. Only the test for a missing audit
// entry goes on panicking.
// undo runs when the attempt did not end normally (panic or runtime.Goexit).
func (d *DB) guard(undo func(), attempt func() error) (err error) {
	done := false
	defer func() {
		if done {
			return
		}
		v := recover()
		undo()
		if v == nil {
			return // Goexit goes on by itself
		}
		if u, ok := v.(unaudited); ok {
			panic(string(u))
		}
		err = fault.Internal("db.panic").Because(fmt.Errorf("%v\n%s", v, debug.Stack()))
	}()
	err = attempt()
	done = true
	return err
}

func newTx(c txConn, p auth.Principal) *Tx { return &Tx{conn: c, actor: p} }

// unaudited is the panic of a rehearsed change without an audit entry.
type unaudited string

// once makes f's first success a failure.
func once(f func(*Tx) error) func(*Tx) error {
	return func(tx *Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errRehearsal
	}
}
