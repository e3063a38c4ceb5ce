package db

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

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
	return d.write(ctx, serial, f)
}

// Tidy is Write for changes whose correctness rests on guarded updates and
// unique keys alone: every row that f decides upon is one that it changes under
// the version that it read. f reads what is committed, each query for itself,
// and holds nobody up while it thinks; the first Exec opens the transaction,
// and without any the queued statements are all there is of it. On PostgreSQL it
// is READ COMMITTED, on SQLite it waits for the writer's turn no sooner.
func (d *DB) Tidy(ctx context.Context, f func(tx *Tx) error) error {
	return d.write(ctx, tidy, f)
}

// way is how a transaction is isolated from the others.
type way int

const (
	serial way = iota
	tidy
)

func (d *DB) write(ctx context.Context, w way, f func(tx *Tx) error) error {
	p, err := actor(ctx)
	if err != nil {
		return err
	}
	if nested() {
		return ErrNested
	}
	var wakes []string
	switch {
	case d.engine == Postgres:
		wakes, err = d.writePostgres(ctx, w, p, f)
	case w == tidy:
		wakes, err = d.tidySQLite(ctx, p, f)
	default:
		wakes, err = d.writeSQLite(ctx, p, f)
	}
	if err == nil {
		d.topics.wake(wakes)
	}
	return classify(err)
}

// Rehearse makes every later Write run its function once in vain and then for
// real, and panic when a change has no audit entry, or when it reads a table to
// which it has queued a change that it would not see. For tests: a function with
// a side effect beside its transaction cannot survive it.
func (d *DB) Rehearse() { d.rehearse = true }

var target = regexp.MustCompile(`^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)`)

// notQueued panics in tests when a query reads what is only queued yet.
func (tx *Tx) notQueued(query string) {
	if !tx.rehearse {
		return
	}
	for _, s := range tx.later {
		if m := target.FindStringSubmatch(s.query); m != nil && strings.Contains(query, m[1]+" ") {
			panic(careless("db: a query would not see what is queued for " + m[1]))
		}
	}
}

// guard runs one attempt and turns a panic into an error, so that one bad
// function does not take the process down. Only what Rehearse finds goes on
// panicking.
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
		if c, ok := v.(careless); ok {
			panic(string(c))
		}
		err = fault.Internal("db.panic").Because(fmt.Errorf("%v\n%s", v, debug.Stack()))
	}()
	err = attempt()
	done = true
	return err
}

func newTx(c txConn, p auth.Principal) *Tx { return &Tx{conn: c, actor: p} }

// careless is the panic of a rehearsed function that would be wrong for real.
type careless string

// once makes f's first success a failure.
func once(f func(*Tx) error) func(*Tx) error {
	return func(tx *Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return errRehearsal
	}
}

// ErrNested is returned when the function given to Write calls Write again, of
// whatever database. It would wait for itself; pass the tx down instead.
var ErrNested = fault.Internal("db.nested_write")

var writeEntry uintptr

func init() { writeEntry = reflect.ValueOf((*DB).write).Pointer() } // write itself refers to it

// nested tells whether the caller of (*DB).write is inside one already.
//
// Because: the function closes over the outer context, so a mark in a context
// would not reach the inner call; what the two have in common is the stack.
func nested() bool {
	var pcs [64]uintptr
	for _, pc := range pcs[:runtime.Callers(3, pcs[:])] { // beyond Callers, nested and write
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == writeEntry {
			return true
		}
	}
	return false
}
