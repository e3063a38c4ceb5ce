package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"tongban/platform/auth"
)

func (d *DB) writeSQLite(ctx context.Context, p auth.Principal, f func(*Tx) error) ([]string, error) {
	g := d.group
	w := &pending{turn: make(chan turn, 1), result: make(chan error, 1)}
	t, err := g.wait(ctx, w)
	if err != nil {
		return nil, err
	}
	m := member{d: d, conn: g.stmts, savepoint: t.savepoint}
	var tx *Tx
	told := false
	err = d.guard(func() { told = true; g.done(t.group, m.undo()) }, func() (err error) {
		tx, err = m.attempt(ctx, p, f)
		return err
	})
	switch {
	case told:
	case err != nil:
		g.done(t.group, m.undo())
	default:
		g.done(t.group, kept)
	}
	if fate := <-w.result; fate != nil {
		return nil, lost(fate)
	}
	if err != nil {
		return nil, err
	}
	return tx.wakes, nil
}

// member is one write's part of a group.
type member struct {
	d         *DB
	conn      *stmtCache
	savepoint bool // it has one, or the whole transaction is its own
	open      bool // the savepoint stands
}

func (m *member) attempt(ctx context.Context, p auth.Principal, f func(*Tx) error) (*Tx, error) {
	if m.d.rehearse {
		if err := m.rehearse(ctx, p, f); err != nil {
			return nil, err
		}
	}
	return m.run(ctx, p, f)
}

func (m *member) run(ctx context.Context, p auth.Principal, f func(*Tx) error) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := m.begin(); err != nil {
		return nil, err
	}
	c := sqliteTx{m.conn}
	tx := newTx(c, p)
	if err := tx.run(m.d, f); err != nil {
		return nil, err
	}
	if err := m.conn.all(tx.later); err != nil {
		return nil, err
	}
	return tx, m.release()
}

// rehearse runs f and undoes it; it returns the error that f ended with.
func (m *member) rehearse(ctx context.Context, p auth.Principal, f func(*Tx) error) error {
	own := m.savepoint
	m.savepoint = true
	_, err := m.run(ctx, p, once(f))
	if m.undo() == broken {
		return errLost
	}
	m.savepoint = own
	if errors.Is(err, errRehearsal) {
		return nil
	}
	return err
}

func (m *member) begin() error {
	if !m.savepoint {
		return nil
	}
	_, err := m.conn.exec(context.Background(), "SAVEPOINT w", nil)
	m.open = err == nil
	return err
}

func (m *member) release() error {
	if !m.open {
		return nil
	}
	_, err := m.conn.exec(context.Background(), "RELEASE w", nil)
	m.open = err != nil
	return err
}

// undo takes the member's changes back. Without a savepoint of its own the
// writer rolls back everything, which is only this member.
func (m *member) undo() ending {
	if !m.open {
		return undone
	}
	_, err := m.conn.exec(context.Background(), "ROLLBACK TO w", nil)
	if err == nil {
		err = m.release()
	}
	if err != nil {
		return broken // the engine has ended the whole transaction (disk full, I/O error)
	}
	return undone
}

// sqliteTx runs statements on the writing connection.
//
// Because: the engine rolls back the whole transaction, and with it other
// people's writes, when a change is interrupted, statements run to their end;
// Tx looks at the context between them.
type sqliteTx struct{ stmts *stmtCache }

func (c sqliteTx) engine() Engine { return SQLite }

func (c sqliteTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	return c.stmts.exec(context.WithoutCancel(ctx), query, args)
}

func (c sqliteTx) rows(ctx context.Context, query string, args []any) (Rows, error) {
	return c.stmts.query(context.WithoutCancel(ctx), query, args)
}

// perLoad bounds the parameters of one statement of load.
const perLoad = 400

func (c sqliteTx) load(ctx context.Context, table string, columns []string, rows [][]any) error {
	return loadRows(ctx, c, table, columns, rows)
}

// loadRows inserts by statements of several rows. Parameters without names are
// found by their place; for $1…$n the engine goes through all names each time.
func loadRows(ctx context.Context, c txConn, table string, columns []string, rows [][]any) error {
	one := ", (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	into := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	for part := range slices.Chunk(rows, max(perLoad/len(columns), 1)) {
		if _, err := c.exec(ctx, into+strings.Repeat(one, len(part))[2:], slices.Concat(part...)); err != nil {
			return err
		}
	}
	return nil
}

// stmtCache keeps the prepared statements of one connection. Only the write
// whose turn it is uses it.
type stmtCache struct {
	conn *sql.Conn
	free map[string]*sql.Stmt
}

func newStmtCache(conn *sql.Conn) *stmtCache {
	return &stmtCache{conn: conn, free: map[string]*sql.Stmt{}}
}

// take removes the statement from the cache while it is in use.
func (c *stmtCache) take(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := c.free[query]; ok {
		delete(c.free, query)
		return s, nil
	}
	return c.conn.PrepareContext(ctx, query)
}

func (c *stmtCache) give(query string, s *sql.Stmt) {
	if _, ok := c.free[query]; ok || len(c.free) >= maxStatements {
		s.Close()
		return
	}
	c.free[query] = s
}

func (c *stmtCache) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return 0, err
	}
	defer c.give(query, s)
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// all runs queued statements in their order.
func (c *stmtCache) all(list []statement) error {
	for _, s := range list {
		n, err := c.exec(context.Background(), s.query, s.args)
		switch {
		case err != nil:
			return err
		case s.guarded && n == 0:
			return ErrStale
		}
	}
	return nil
}

func (c *stmtCache) query(ctx context.Context, query string, args []any) (Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := s.QueryContext(ctx, args...)
	if err != nil {
		c.give(query, s)
		return nil, err
	}
	return &stmtRows{r, func() { c.give(query, s) }}, nil
}

func (c *stmtCache) close() {
	for _, s := range c.free {
		s.Close()
	}
	c.free = map[string]*sql.Stmt{}
}
