package db

import (
	"context"
	"errors"

	"tongban/platform/auth"
)

// tidySQLite runs f on what is committed and waits for the writer only when f
// executes something, or with everything that it queued.
func (d *DB) tidySQLite(ctx context.Context, p auth.Principal, f func(*Tx) error) ([]string, error) {
	if d.rehearse {
		if _, err := d.tryTidy(ctx, p, once(f)); !errors.Is(err, errRehearsal) {
			return nil, err
		}
	}
	tx, err := d.tryTidy(ctx, p, f)
	if err != nil {
		return nil, err
	}
	return tx.wakes, nil
}

func (d *DB) tryTidy(ctx context.Context, p auth.Principal, f func(*Tx) error) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &tidyTx{d: d, ctx: ctx}
	tx := newTx(c, p)
	err := d.guard(c.giveUp, func() error {
		if err := tx.run(d, f); err != nil || !c.holds() {
			return err
		}
		if err := c.conn.all(tx.later); err != nil {
			return err
		}
		return c.release()
	})
	switch {
	case c.queued != nil:
		return tx, c.end(err)
	case err != nil || len(tx.later) == 0:
		return tx, err
	}
	for i := range tx.later { // encode here, not in the writer's turn
		tx.later[i].args = plain(tx.later[i].args)
	}
	return tx, d.group.hand(ctx, tx.later)
}

// tidyTx reads from the pool until it has the writer's turn.
type tidyTx struct {
	member
	d      *DB
	ctx    context.Context // of the whole transaction: waiting for the turn ends with it
	queued *pending
	group  *group
	told   bool // the group knows how it ended
}

func (c *tidyTx) holds() bool { return c.group != nil }

func (c *tidyTx) engine() Engine { return SQLite }

func (c *tidyTx) rows(ctx context.Context, query string, args []any) (Rows, error) {
	if c.holds() {
		return sqliteTx{c.conn}.rows(ctx, query, args)
	}
	return c.d.cache.query(context.WithoutCancel(ctx), c.d.read, query, args) // nobody watches over a read by key
}

func (c *tidyTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	if !c.holds() {
		if err := c.take(); err != nil {
			return 0, err
		}
	}
	return sqliteTx{c.conn}.exec(ctx, query, args)
}

func (c *tidyTx) load(ctx context.Context, table string, columns []string, rows [][]any) error {
	return loadRows(ctx, c, table, columns, rows)
}

// take waits for the writer's turn.
func (c *tidyTx) take() error {
	w := &pending{turn: make(chan turn, 1), result: make(chan error, 1)}
	t, err := c.d.group.wait(c.ctx, w)
	if err != nil {
		return err
	}
	c.queued, c.group = w, t.group
	c.member = member{d: c.d, conn: c.d.group.stmts, savepoint: t.savepoint}
	return c.begin()
}

// giveUp ends the turn of an attempt that panicked.
func (c *tidyTx) giveUp() {
	if c.holds() && !c.told {
		c.told = true
		c.d.group.done(c.group, c.undo())
	}
}

// end gives the turn on and returns what became of the transaction.
func (c *tidyTx) end(err error) error {
	switch {
	case c.told:
	case err != nil:
		c.giveUp()
	default:
		c.told = true
		c.d.group.done(c.group, kept)
	}
	if fate := <-c.queued.result; fate != nil {
		return lost(fate)
	}
	return err
}

// runList runs a write that is a list of statements.
func (w *pending) runList(conn *stmtCache, savepoint bool) ending {
	m := member{conn: conn, savepoint: savepoint}
	if w.failed = m.begin(); w.failed == nil {
		w.failed = conn.all(w.list)
	}
	if w.failed == nil {
		w.failed = m.release()
	}
	if w.failed == nil {
		return kept
	}
	return m.undo()
}
