package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
)

type reaction struct {
	name string
	tidy bool
	run  func(ctx context.Context, tx *db.Tx, data []byte) error
}

// Bus knows the reactions and dispatches facts to them.
type Bus struct {
	DB        *db.DB
	Log       *slog.Logger
	Clock     clock.Clock // of retries
	reactions map[string][]reaction
}

// New returns a bus without reactions.
func New(d *db.DB, log *slog.Logger) *Bus {
	return &Bus{DB: d, Log: log, Clock: clock.System, reactions: map[string][]reaction{}}
}

// React registers what happens when a fact of type F is announced. name is
// unique and stable, because the inbox remembers it; it is also the name under
// which the reaction acts ("system:" + name). Register before Run.
func React[F Fact](b *Bus, name string, f func(ctx context.Context, tx *db.Tx, fact F) error) {
	add(b, name, false, f)
}

// ReactTidy is React for a reaction that decides on nothing but rows that it
// guards, or on none at all; it runs as db.Tidy runs, and holds nobody up.
func ReactTidy[F Fact](b *Bus, name string, f func(ctx context.Context, tx *db.Tx, fact F) error) {
	add(b, name, true, f)
}

func add[F Fact](b *Bus, name string, tidy bool, f func(ctx context.Context, tx *db.Tx, fact F) error) {
	var zero F
	b.reactions[zero.Type()] = append(b.reactions[zero.Type()], reaction{name, tidy, func(ctx context.Context, tx *db.Tx, data []byte) error {
		var fact F
		if err := json.Unmarshal(data, &fact); err != nil {
			return err
		}
		return f(ctx, tx, fact)
	}})
}

type envelope struct {
	region, id, aggregate, typ, data string
	attempts                         int
}

func scanEnvelope(r db.Row) (e envelope, err error) {
	err = r.Scan(&e.region, &e.id, &e.aggregate, &e.typ, &e.data, &e.attempts)
	return e, err
}

const (
	batch       = 256
	maxAttempts = 8
	// workers is how many aggregates Run serves at a time; their commits share
	// the disk's syncs.
	workers = 8
	// look is how often Run looks for facts of other processes and for retries.
	look = 500 * time.Millisecond
)

// RunOnce dispatches the facts that wait, one after the other, and returns how
// many it delivered.
func (b *Bus) RunOnce(ctx context.Context) (int, error) {
	return b.dispatch(ctx, 1)
}

// Run dispatches until ctx ends.
func (b *Bus) Run(ctx context.Context) {
	woken := b.DB.Woken(topic)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		n, err := b.dispatch(ctx, workers)
		if err != nil && ctx.Err() == nil {
			b.Log.Error("dispatch", "error", err)
		}
		if n == batch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

// dispatch takes the oldest facts that nothing holds back, aggregate by
// aggregate, in their order.
func (b *Bus) dispatch(ctx context.Context, workers int) (int, error) {
	waiting, err := db.All(ctx, b.DB, scanEnvelope, `SELECT region, id, aggregate, type, data, attempts FROM events_outbox o
		WHERE parked = '' AND (retry_at IS NULL OR retry_at <= $1)
		AND NOT EXISTS (SELECT 1 FROM events_outbox h WHERE h.region = o.region AND h.aggregate = o.aggregate AND h.id < o.id
			AND h.attempts > 0 AND (h.parked <> '' OR h.retry_at > $1))
		ORDER BY id LIMIT $2`, db.At(b.Clock.Now()), batch)
	if err != nil {
		return 0, err
	}
	var order []string
	lines := map[string][]envelope{}
	for _, e := range waiting {
		key := e.region + "/" + e.aggregate
		if lines[key] == nil {
			order = append(order, key)
		}
		lines[key] = append(lines[key], e)
	}
	r := run{bus: b}
	if workers == 1 { // on the caller's own goroutine
		for _, key := range order {
			r.line(ctx, lines[key])
		}
		return r.finish(ctx)
	}
	places := make(chan bool, workers)
	var wg sync.WaitGroup
	for _, key := range order {
		places <- true
		wg.Go(func() { defer func() { <-places }(); r.line(ctx, lines[key]) })
	}
	wg.Wait()
	return r.finish(ctx)
}

// run is one pass over the outbox.
type run struct {
	bus       *Bus
	mu        sync.Mutex
	delivered int
	unheard   []envelope // facts that nobody listens to
	err       error      // an outage; ends the pass
}

// line delivers facts of one aggregate until one fails.
func (r *run) line(ctx context.Context, facts []envelope) {
	for _, e := range facts {
		r.mu.Lock()
		stop := r.err != nil || ctx.Err() != nil
		if !stop && len(r.bus.reactions[e.typ]) == 0 {
			r.unheard = append(r.unheard, e)
			r.mu.Unlock()
			continue
		}
		r.mu.Unlock()
		if stop {
			return
		}
		err := r.bus.deliver(ctx, e)
		if err != nil {
			err = r.bus.failed(ctx, e, err)
		}
		r.mu.Lock()
		if err == nil {
			r.delivered++
		} else if !errors.Is(err, errHeld) && r.err == nil {
			r.err = err
		}
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// finish removes the facts that nobody listens to.
func (r *run) finish(ctx context.Context) (int, error) {
	if r.err != nil || len(r.unheard) == 0 {
		return r.delivered, r.err
	}
	ctx = auth.System(context.WithoutCancel(ctx), "events")
	err := r.bus.DB.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the outbox keeps only what waits")
		for _, e := range r.unheard {
			tx.Later(removeFact, e.region, e.id)
		}
		return nil
	})
	if err != nil {
		return r.delivered, err
	}
	return r.delivered + len(r.unheard), nil
}

// deliver runs every reaction that has not seen the fact, each in its own
// transaction. The last of them takes the fact out of the outbox.
func (b *Bus) deliver(ctx context.Context, e envelope) error {
	ctx = WithCause(ctx, e.id)
	list := b.reactions[e.typ]
	for i, react := range list {
		deliver := b.serial
		if react.tidy {
			deliver = b.tidy
		}
		if err := deliver(auth.System(ctx, react.name), e, react, i == len(list)-1); err != nil {
			return fmt.Errorf("%s: %w", react.name, err)
		}
	}
	return nil
}

const reason = "a reaction that changes nothing of its own"

func (b *Bus) serial(ctx context.Context, e envelope, react reaction, last bool) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited(reason)
		take := b.claim
		if last {
			take = b.remove
		}
		first, err := take(ctx, tx, e, react.name)
		if err != nil || !first {
			return err
		}
		return react.run(ctx, tx, []byte(e.data))
	})
}

// tidy runs a reaction before it is known whether it is the first: everything
// is undone when it is not.
func (b *Bus) tidy(ctx context.Context, e envelope, react reaction, last bool) error {
	for try := 1; ; try++ {
		err := b.DB.Tidy(ctx, func(tx *db.Tx) error {
			tx.Unaudited(reason)
			if last {
				tx.Guarded(removeFact, e.region, e.id)
				if len(b.reactions[e.typ]) > 1 {
					tx.Later(removeSeen, e.region, e.id)
				}
			} else {
				tx.Guarded(holdFact, e.region, e.id)
				tx.Guarded(claimFact, e.region, e.id, react.name, db.At(b.Clock.Now()))
			}
			return react.run(ctx, tx, []byte(e.data))
		})
		if err == nil || !fault.IsKind(err, fault.KindConflict) { // stale, or a row that is there already
			return err
		}
		if first, found := b.waits(ctx, e, react.name); found != nil {
			return found
		} else if !first {
			return nil
		}
		if try == maxTries || !errors.Is(err, db.ErrStale) {
			return err
		}
	}
}

// maxTries bounds how often a tidy reaction runs again at once because somebody
// else changed what it rests on.
const maxTries = 20

// waits tells whether a fact still waits for a reaction.
func (b *Bus) waits(ctx context.Context, e envelope, name string) (bool, error) {
	n, err := db.One(ctx, b.DB, db.Value[int], `SELECT count(*) FROM events_outbox o WHERE o.region = $1 AND o.id = $2
		AND NOT EXISTS (SELECT 1 FROM events_inbox i WHERE i.region = o.region AND i.fact = o.id AND i.reaction = $3)`, e.region, e.id, name)
	return n > 0, err
}

// A fact that is claimed is held by a change that changes nothing.
// Because: who claims it must not overlook that another dispatcher is removing
// it, with what the inbox remembers.
const (
	holdFact   = `UPDATE events_outbox SET attempts = attempts WHERE region = $1 AND id = $2`
	claimFact  = `INSERT INTO events_inbox (region, fact, reaction, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	removeFact = `DELETE FROM events_outbox WHERE region = $1 AND id = $2`
	removeSeen = `DELETE FROM events_inbox WHERE region = $1 AND fact = $2`
)

// claim notes that the reaction has seen the fact; false when it has already,
// or when the fact is done.
func (b *Bus) claim(ctx context.Context, tx *db.Tx, e envelope, name string) (bool, error) {
	n, err := tx.Exec(ctx, holdFact, e.region, e.id)
	if err != nil || n == 0 {
		return false, err
	}
	n, err = tx.Exec(ctx, claimFact, e.region, e.id, name, db.At(b.Clock.Now()))
	return n > 0, err
}

// remove takes the fact out of the outbox, with what the inbox remembers of it;
// false when somebody else has.
func (b *Bus) remove(ctx context.Context, tx *db.Tx, e envelope, _ string) (bool, error) {
	n, err := tx.Exec(ctx, removeFact, e.region, e.id)
	if err != nil || n == 0 {
		return false, err
	}
	if len(b.reactions[e.typ]) > 1 {
		_, err = tx.Exec(ctx, removeSeen, e.region, e.id)
	}
	return true, err
}

// errHeld says that a fact waits for its next attempt and holds back its line.
var errHeld = errors.New("events: held back")

// failed postpones a fact whose reaction failed, and parks it in the end.
func (b *Bus) failed(ctx context.Context, e envelope, cause error) error {
	if ctx.Err() != nil || errors.Is(cause, db.ErrUnavailable) || errors.Is(cause, db.ErrOutcomeUnknown) {
		return cause
	}
	b.Log.Error("reaction failed", "fact", e.id, "type", e.typ, "attempt", e.attempts+1, "error", cause)
	parked := ""
	if e.attempts+1 >= maxAttempts {
		parked = cause.Error()
	}
	wait := time.Second << min(e.attempts, 10)
	ctx = auth.System(ctx, "events")
	err := b.DB.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("delivery bookkeeping")
		_, err := tx.Exec(ctx, `UPDATE events_outbox SET attempts = attempts + 1, retry_at = $3, parked = $4
			WHERE region = $1 AND id = $2 AND attempts = $5`, e.region, e.id, db.At(b.Clock.Now().Add(wait)), parked, e.attempts)
		return err // no row: another dispatcher delivered or postponed it
	})
	if err != nil {
		return err
	}
	return errHeld
}
