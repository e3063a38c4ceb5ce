package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tongban/platform/auth"
)

// How often a write is tried again: when the server says that it collided with
// another, and when the connection was lost before the commit was sent.
const (
	maxCollisions = 20
	maxLosses     = 5
)

// How long the end of a transaction may take once its caller has gone.
const endWait = 30 * time.Second

var begins = map[way]string{serial: "BEGIN ISOLATION LEVEL SERIALIZABLE", tidy: "BEGIN ISOLATION LEVEL READ COMMITTED"}

func (d *DB) writePostgres(ctx context.Context, w way, p auth.Principal, f func(*Tx) error) ([]string, error) {
	rehearse := d.rehearse
	for collisions, losses := 0, 0; ; {
		g := f
		if rehearse {
			g = once(f)
		}
		tx, err := d.tryPostgres(ctx, w, p, g)
		cause := err
		if tx != nil && tx.failed != nil {
			cause = tx.failed // the function may have hidden it
		}
		switch {
		case err == nil:
			return tx.wakes, nil
		case errors.Is(err, errRehearsal):
			rehearse = false
			continue
		case errors.Is(err, ErrOutcomeUnknown):
			return nil, err
		case retryable(cause) && collisions < maxCollisions:
			collisions++
		case lostConnection(cause) && losses < maxLosses:
			losses++
		case retryable(cause):
			return nil, ErrUnavailable.Because(cause)
		default:
			return nil, err
		}
		if err := pause(ctx, collisions+3*losses); err != nil {
			return nil, err
		}
	}
}

// pause waits a random time that grows with every try: at most 1 ms, 2 ms … 128 ms.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(rand.N(time.Millisecond << min(try, 7)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *DB) tryPostgres(ctx context.Context, w way, p auth.Principal, f func(*Tx) error) (tx *Tx, err error) {
	conn, err := d.pgWrite.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release() // a connection inside a transaction is closed instead of kept
	c := &pgTx{conn: conn, begin: begins[w], late: w == tidy}
	tx = newTx(c, p)
	err = d.guard(c.rollback, func() error {
		if err := tx.run(d, f); err != nil {
			return err
		}
		return c.commit(ctx, tx.later)
	})
	if err != nil {
		c.rollback()
	}
	return tx, err
}

// pgTx is one transaction. BEGIN travels with its first statement, COMMIT with
// the queued ones.
type pgTx struct {
	conn  *pgxpool.Conn
	begin string
	late  bool // reading does not open it
	begun bool
	ended bool
}

func (c *pgTx) engine() Engine { return Postgres }

func (c *pgTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	if c.begun {
		tag, err := c.conn.Exec(ctx, query, native(args)...)
		return tag.RowsAffected(), err
	}
	c.begun = true
	var b pgx.Batch
	b.Queue(c.begin)
	b.Queue(query, native(args)...)
	res := c.conn.SendBatch(ctx, &b)
	defer res.Close()
	if _, err := res.Exec(); err != nil {
		return 0, err
	}
	tag, err := res.Exec()
	return tag.RowsAffected(), err
}

// load copies rows in, which the server neither parses nor plans one by one.
func (c *pgTx) load(ctx context.Context, table string, columns []string, rows [][]any) error {
	if !c.begun {
		c.begun = true
		if _, err := c.conn.Exec(ctx, c.begin); err != nil {
			return err
		}
	}
	_, err := c.conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return native(rows[i]), nil }))
	return err
}

func (c *pgTx) rows(ctx context.Context, query string, args []any) (Rows, error) {
	if c.begun || c.late {
		r, err := c.conn.Query(ctx, query, native(args)...)
		if err != nil {
			return nil, err
		}
		return pgRows{r}, nil
	}
	c.begun = true
	var b pgx.Batch
	b.Queue(c.begin)
	b.Queue(query, native(args)...)
	res := c.conn.SendBatch(ctx, &b)
	if _, err := res.Exec(); err != nil {
		res.Close()
		return nil, err
	}
	r, err := res.Query()
	if err != nil {
		res.Close()
		return nil, err
	}
	return &batchRows{pgRows{r}, res}, nil
}

// batchRows are the rows of the last query of a batch.
type batchRows struct {
	pgRows
	batch pgx.BatchResults
}

// Close implements Rows.
func (r *batchRows) Close() error {
	err := r.pgRows.Close()
	return cmp.Or(err, r.batch.Close())
}

// commit sends the queued statements and COMMIT in one round trip. It does not
// give up when the caller does: an interrupted commit would be neither done
// nor undone.
func (c *pgTx) commit(ctx context.Context, later []statement) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !c.begun && len(later) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWait)
	defer cancel()
	var b pgx.Batch
	if !c.begun {
		c.begun = true
		b.Queue(c.begin)
	}
	for _, s := range later {
		if s.guarded {
			s.query = guardedText(s.query)
		}
		b.Queue(s.query, native(s.args)...)
	}
	b.Queue("COMMIT")
	res := c.conn.SendBatch(ctx, &b)
	var tag pgconn.CommandTag
	var err error
	for range b.Len() {
		if tag, err = res.Exec(); err != nil {
			break
		}
	}
	if closed := res.Close(); err == nil {
		err = closed
	}
	switch {
	case err == nil && tag.String() == "COMMIT":
		c.ended = true
		return nil
	case err == nil:
		return ErrUnavailable.Because(fmt.Errorf("commit answered %s", tag))
	case refused(err):
		return err
	}
	return ErrOutcomeUnknown.Because(err)
}

// guardedTexts are the statements that fail when they change nothing.
var guardedTexts sync.Map

// guardedText makes a change fail (with a division by zero, 22012) when it
// changes no row: COMMIT is on its way already and must not be carried out.
func guardedText(query string) string {
	if t, ok := guardedTexts.Load(query); ok {
		return t.(string)
	}
	t := "WITH changed AS (" + query + " RETURNING 1) SELECT 1 / count(*) FROM changed"
	guardedTexts.Store(query, t)
	return t
}

// refused tells whether a failed end of transaction surely committed nothing:
// the server said ERROR, or nothing was sent.
func refused(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.SeverityUnlocalized == "ERROR"
	}
	return pgconn.SafeToRetry(err)
}

func (c *pgTx) rollback() {
	if !c.begun || c.ended {
		return
	}
	c.ended = true
	ctx, cancel := context.WithTimeout(context.Background(), endWait)
	defer cancel()
	if _, err := c.conn.Exec(ctx, "ROLLBACK"); err != nil {
		c.conn.Conn().Close(ctx) // Release sees it and drops it
	}
}
