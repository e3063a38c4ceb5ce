package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// groupWriter owns the one writing connection. Writes that wait are run one
// after the other and made durable by one commit.
//
// A write runs on its caller's goroutine when the writer gives it its turn, so
// that a panic or a failing test ends where it began; one that is a list of
// statements already is run by whoever would pass it the turn. A write that
// fails is undone alone: by its savepoint where a function has run in the group,
// and as long as there are only lists by running the others again, which spares
// them the savepoints. Nobody is told anything before the commit.
type groupWriter struct {
	pool  *sql.DB
	conn  *sql.Conn
	stmts *stmtCache
	queue chan *pending
	rest  chan struct{} // nobody writes: let go of the connection
	quit  chan struct{}
	once  sync.Once
	ended chan struct{}
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
	turn   chan turn   // nil: it is the list
	list   []statement //
	failed error       // why the list was undone; read it after result
	result chan error  // the fate of the group
}

type turn struct {
	group     *group
	savepoint bool
	err       error
}

// maxGroup bounds how many writes share a commit, so that the first does not
// wait for the last of a long queue.
const maxGroup = 128

// errLost is the fate of a group whose transaction ended under it.
var errLost = errors.New("the engine rolled the group back")

func startGroupWriter(pool *sql.DB) *groupWriter {
	g := &groupWriter{pool: pool, queue: make(chan *pending, 1024), rest: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{})}
	go g.run()
	return g
}

func (g *groupWriter) stop() {
	g.once.Do(func() { close(g.quit) })
	<-g.ended
}

func (g *groupWriter) run() {
	defer close(g.ended)
	for {
		select {
		case w := <-g.queue:
			g.commit(w)
		case <-g.rest:
			g.drop()
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

// group is one transaction that several writes share. Whoever has the turn owns
// it: the turn goes from member to member and in the end back to the writer.
type group struct {
	ran   []*pending
	some  bool  // there is something to commit
	mixed bool  // lists need savepoints: not everything in it can be run again
	began bool  // there is a transaction
	fate  error // why nothing will be committed
	over  chan struct{}
}

// commit runs first and whatever waits behind it in one transaction.
func (g *groupWriter) commit(first *pending) {
	m := &group{ran: make([]*pending, 0, 16), over: make(chan struct{})}
	m.fate = g.begin()
	m.began = m.fate == nil
	handed := g.pass(m, first)
	if !m.began {
		for _, w := range m.ran {
			if w.turn == nil {
				w.result <- m.fate
			}
		}
		return
	}
	if handed { // from here on the group is the members' until it is over
		<-m.over
	}
	if m.fate == nil && m.some {
		m.fate = g.plain("COMMIT")
	}
	if m.fate != nil || !m.some {
		g.rollback()
	}
	g.stats.groups.Add(1)
	g.stats.writes.Add(int64(len(m.ran)))
	for _, w := range m.ran {
		w.result <- m.fate
	}
}

// pass gives the turn to w, or to the next that has not left; false when nobody
// is there or the group ends. Without a transaction everybody who waits is told why.
func (g *groupWriter) pass(m *group, w *pending) bool {
	for ; w != nil; w = g.next(len(m.ran)) {
		if !w.state.CompareAndSwap(waiting, running) {
			continue
		}
		m.ran = append(m.ran, w)
		switch {
		case w.turn != nil:
			m.mixed = true
			w.turn <- turn{group: m, savepoint: m.some, err: m.fate}
			if m.began {
				return true
			}
		case m.began && !m.goesOn(g.list(m, w)):
			return false
		}
	}
	return false
}

// list runs a list. When it fails without a savepoint, everything in the group
// is a list and is run again, this time with savepoints.
func (g *groupWriter) list(m *group, w *pending) ending {
	savepoint := m.some && m.mixed
	end := w.runList(g.stmts, savepoint)
	if end != undone || savepoint || !m.some {
		return end
	}
	m.mixed, m.some = true, false
	g.rollback()
	if g.plain("BEGIN IMMEDIATE") != nil {
		return broken
	}
	for _, w := range m.ran {
		if end = w.runList(g.stmts, true); end == broken {
			return broken
		}
		m.some = m.some || end == kept
	}
	return end
}

// done ends a member's turn: it goes on to the next, or the group is over.
func (g *groupWriter) done(m *group, end ending) {
	if !m.goesOn(end) || !g.pass(m, g.next(len(m.ran))) {
		close(m.over)
	}
}

// goesOn notes how a member ended. A transaction that is broken, or in which
// there is nothing to keep, ends here; who still waits gets one of his own.
func (m *group) goesOn(end ending) bool {
	m.some = m.some || end == kept
	if end == broken {
		m.fate = errLost
	}
	return end != broken && m.some
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

// hand queues a list of statements and returns when they are durable, or not there.
func (g *groupWriter) hand(ctx context.Context, list []statement) error {
	w := &pending{list: list, result: make(chan error, 1)}
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return ErrUnavailable
	}
	var fate error
	select {
	case fate = <-w.result:
	case <-ctx.Done():
		if w.state.CompareAndSwap(waiting, left) {
			return ctx.Err()
		}
		fate = <-w.result
	case <-g.ended:
		if w.state.CompareAndSwap(waiting, left) {
			return ErrUnavailable
		}
		fate = <-w.result
	}
	if fate != nil {
		return lost(fate)
	}
	return w.failed
}

// lost is what a member of a group that did not become durable is told. Even a
// refusal may rest on a change that is lost now.
func lost(fate error) error { return ErrUnavailable.Because(fmt.Errorf("commit: %w", fate)) }

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
	case <-g.ended:
		if w.state.CompareAndSwap(waiting, left) {
			return turn{}, ErrUnavailable
		}
		t := <-w.turn
		return t, t.err
	}
}
