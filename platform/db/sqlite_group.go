package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"
)

// groupWriter owns the one writing connection. Writes that wait are run one
// after the other and made durable by one commit.
//
// A write runs on its caller's goroutine when the writer gives it its turn, so
// that a panic or a failing test ends where it began. Every write but the
// first of a group has a savepoint of its own; a write that fails is undone
// alone. Nobody is told anything before the commit.
type groupWriter struct {
	pool  *sql.DB
	conn  *sql.Conn
	stmts *stmtCache
	queue chan *pending
	quit  chan struct{}
	once  sync.Once
	done  chan struct{}
	stats groupStats
}

type groupStats struct{ groups, writes atomic.Int64 }

// States of a pending write.
const (
	waiting = int32(iota)
	running
	left // its caller's context ended before its turn
)

// ending is how a write's own part ended.
type ending int

const (
	kept   ending = iota
	undone        // nothing of it is in the transaction
	broken        // the transaction itself may be gone
)

type pending struct {
	state  atomic.Int32
	turn   chan turn
	ran    chan ending
	result chan error // the fate of the group
}

type turn struct {
	savepoint bool
	err       error
}

// maxGroup bounds how many writes share a commit, so that the first does not
// wait for the last of a long queue.
const maxGroup = 128

// errLost is the fate of a group whose transaction ended under it.
var errLost = errors.New("the engine rolled the group back")

func startGroupWriter(pool *sql.DB) *groupWriter {
	g := &groupWriter{pool: pool, queue: make(chan *pending, 1024), quit: make(chan struct{}), done: make(chan struct{})}
	go g.run()
	return g
}

func (g *groupWriter) stop() {
	g.once.Do(func() { close(g.quit) })
	<-g.done
}

func (g *groupWriter) run() {
	defer close(g.done)
	for {
		select {
		case w := <-g.queue:
			g.commit(w)
		case <-g.quit:
			for {
				select {
				case w := <-g.queue:
					g.commit(w)
				default:
					g.drop()
					g.pool.Close()
					return
				}
			}
		}
	}
}

// commit runs first and whatever waits behind it in one transaction.
func (g *groupWriter) commit(first *pending) {
	ran := make([]*pending, 0, 16)
	fate := g.begin()
	some, began := false, fate == nil
	for w := first; w != nil; w = g.next(len(ran)) {
		if !w.state.CompareAndSwap(waiting, running) {
			continue
		}
		w.turn <- turn{savepoint: some, err: fate}
		ran = append(ran, w)
		if !began {
			continue
		}
		end := <-w.ran
		some = some || end == kept
		if end == broken || (end == undone && !some) {
			if end == broken {
				fate = errLost
			}
			break // end it here; who still waits gets a transaction of his own
		}
	}
	if !began {
		return
	}
	if fate == nil && some {
		fate = g.plain("COMMIT")
	}
	if fate != nil || !some {
		g.rollback()
	}
	g.stats.groups.Add(1)
	g.stats.writes.Add(int64(len(ran)))
	for _, w := range ran {
		w.result <- fate
	}
}

// next returns a write that waits already, or nil.
func (g *groupWriter) next(n int) *pending {
	if n >= maxGroup {
		return nil
	}
	select {
	case w := <-g.queue:
		return w
	default:
		return nil
	}
}

// begin opens a transaction, on a new connection when the old one cannot:
// whatever state it is in, the group after it starts afresh.
func (g *groupWriter) begin() error {
	if g.conn != nil {
		if g.plain("BEGIN IMMEDIATE") == nil {
			return nil
		}
		g.drop()
	}
	conn, err := g.pool.Conn(context.Background())
	if err != nil {
		return err
	}
	g.conn, g.stmts = conn, newStmtCache(conn)
	if err := g.plain("BEGIN IMMEDIATE"); err != nil {
		g.drop()
		return err
	}
	return nil
}

// rollback ends the transaction; it may be gone already, which is fine. A
// connection that refuses is replaced by the next begin.
func (g *groupWriter) rollback() { g.plain("ROLLBACK") }

func (g *groupWriter) drop() {
	if g.conn != nil {
		if g.conn.Raw(func(any) error { return nil }) == nil { // otherwise they went with it
			g.stmts.close()
		}
		g.conn.Raw(func(any) error { return driver.ErrBadConn }) // the pool forgets it
		g.conn.Close()
		g.conn = nil
	}
}

func (g *groupWriter) plain(query string) error {
	_, err := g.stmts.exec(context.Background(), query, nil)
	return err
}

// wait queues a write and returns when it is its turn.
func (g *groupWriter) wait(ctx context.Context, w *pending) (turn, error) {
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return turn{}, ctx.Err()
	case <-g.quit:
		return turn{}, ErrUnavailable
	}
	select {
	case t := <-w.turn:
		return t, t.err
	case <-ctx.Done():
		if w.state.CompareAndSwap(waiting, left) {
			return turn{}, ctx.Err()
		}
		t := <-w.turn
		return t, t.err
	case <-g.done:
		if w.state.CompareAndSwap(waiting, left) {
			return turn{}, ErrUnavailable
		}
		t := <-w.turn
		return t, t.err
	}
}
