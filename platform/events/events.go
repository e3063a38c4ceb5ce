package events

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the bus.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "events", FS: sub}
}

// Fact is something that happened. Type is
// tongban.<capability>.<noun>.<past participle>.v<n>.
type Fact interface{ Type() string }

// Emit announces f in the transaction of the change. Facts of one aggregate
// (one case, one certificate) are delivered in the order of their commits.
func Emit(ctx context.Context, tx *db.Tx, region, aggregate string, f Fact) {
	data, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("events: %s does not marshal: %v", f.Type(), err)) // facts are plain structs; a test marshals each
	}
	tx.Later(`INSERT INTO events_outbox (region, id, aggregate, type, at, actor, cause, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		region, id.New("fact"), aggregate, f.Type(), db.At(clock.System.Now()), tx.Actor().ID, cause(ctx), string(data))
}

type causeKey struct{}

func cause(ctx context.Context) string {
	s, _ := ctx.Value(causeKey{}).(string)
	return s
}

// WithCause notes what led here: the id of a fact or of a request.
func WithCause(ctx context.Context, cause string) context.Context {
	return context.WithValue(ctx, causeKey{}, cause)
}

type reaction struct {
	name string
	run  func(ctx context.Context, tx *db.Tx, data []byte) error
}

// Bus knows the reactions and dispatches facts to them.
type Bus struct {
	DB        *db.DB
	Log       *slog.Logger
	reactions map[string][]reaction
}

// New returns a bus without reactions.
func New(d *db.DB, log *slog.Logger) *Bus {
	return &Bus{DB: d, Log: log, reactions: map[string][]reaction{}}
}

// React registers what happens when a fact of type F is announced. name is
// unique and stable, because the inbox remembers it.
func React[F Fact](b *Bus, name string, f func(ctx context.Context, tx *db.Tx, fact F) error) {
	var zero F
	b.reactions[zero.Type()] = append(b.reactions[zero.Type()], reaction{name, func(ctx context.Context, tx *db.Tx, data []byte) error {
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
)

// RunOnce dispatches the facts that wait and returns how many it delivered.
func (b *Bus) RunOnce(ctx context.Context) (int, error) {
	ctx = auth.System(ctx, "events")
	waiting, err := db.All(ctx, b.DB, scanEnvelope, `SELECT region, id, aggregate, type, data, attempts FROM events_outbox o
		WHERE parked = '' AND (retry_at IS NULL OR retry_at <= $1) ORDER BY region, id LIMIT $2`, db.At(clock.System.Now()), batch)
	if err != nil {
		return 0, err
	}
	delivered := 0
	blocked := map[string]bool{}
	for _, e := range waiting {
		key := e.region + "/" + e.aggregate
		if blocked[key] {
			continue
		}
		if err := b.deliver(ctx, e); err != nil {
			blocked[key] = true
			b.Log.Error("reaction failed", "fact", e.id, "type", e.typ, "attempt", e.attempts+1, "error", err)
			if err := b.postpone(ctx, e, err); err != nil {
				return delivered, err
			}
			continue
		}
		delivered++
	}
	return delivered, nil
}

// deliver runs every reaction that has not seen the fact, each in its own
// transaction, and removes the fact in the last of them.
func (b *Bus) deliver(ctx context.Context, e envelope) error {
	ctx = WithCause(ctx, e.id)
	for _, r := range b.reactions[e.typ] {
		err := b.DB.Write(ctx, func(tx *db.Tx) error {
			n, err := tx.Exec(ctx, `INSERT INTO events_inbox (region, reaction, fact, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				e.region, r.name, e.id, db.At(clock.System.Now()))
			if err != nil {
				return err
			}
			tx.Unaudited("a reaction that changes nothing of its own")
			if n == 0 {
				return nil // seen before
			}
			return r.run(ctx, tx, []byte(e.data))
		})
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the outbox keeps only what waits")
		_, err := tx.Exec(ctx, `DELETE FROM events_outbox WHERE region = $1 AND id = $2`, e.region, e.id)
		return err
	})
}

func (b *Bus) postpone(ctx context.Context, e envelope, cause error) error {
	parked := ""
	if e.attempts+1 >= maxAttempts {
		parked = cause.Error()
	}
	wait := time.Second << min(e.attempts, 10)
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("delivery bookkeeping")
		return db.Changed(tx.Exec(ctx, `UPDATE events_outbox SET attempts = attempts + 1, retry_at = $3, parked = $4 WHERE region = $1 AND id = $2`,
			e.region, e.id, db.At(clock.System.Now().Add(wait)), parked))
	})
}

// Run dispatches until ctx ends.
func (b *Bus) Run(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		n, err := b.RunOnce(ctx)
		if err != nil && ctx.Err() == nil && !fault.IsKind(err, fault.KindUnavailable) {
			b.Log.Error("dispatch", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
