package events

import (
	"context"
	"time"

	"tongban/platform/audit"
	"tongban/platform/db"
)

// Held is a fact that has failed: parked, or waiting for its next attempt.
type Held struct {
	Region, ID, Aggregate, Type string
	At                          time.Time // when it happened
	Data                        string    // the fact as JSON
	Attempts                    int
	RetryAt                     time.Time
	Parked                      string // why the last attempt failed; "" while attempts go on
	Behind                      int    // later facts of the aggregate that it holds back
}

// Parked lists the facts of a region that are parked or wait for another
// attempt, oldest first, after the given id.
func Parked(ctx context.Context, r db.Reader, region, after string, limit int) ([]Held, error) {
	return db.All(ctx, r, func(row db.Row) (h Held, err error) {
		var at, retry db.Time
		err = row.Scan(&h.Region, &h.ID, &h.Aggregate, &h.Type, &at, &h.Data, &h.Attempts, &retry, &h.Parked, &h.Behind)
		h.At, h.RetryAt = at.Time, retry.Time
		return h, err
	}, `SELECT o.region, o.id, o.aggregate, o.type, o.at, o.data, o.attempts, o.retry_at, o.parked,
			(SELECT count(*) FROM events_outbox l WHERE l.region = o.region AND l.aggregate = o.aggregate AND l.id > o.id)
		FROM events_outbox o WHERE o.region = $1 AND o.attempts > 0 AND o.id > $2 ORDER BY o.id LIMIT $3`, region, after, min(max(limit, 1), 500))
}

// Retry lets a parked or postponed fact be delivered at once. The caller has
// checked that the actor may; the act is recorded.
func (b *Bus) Retry(ctx context.Context, region, id string) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "events.fact.retried", Object: id})
		tx.Wake(topic)
		return db.Changed(tx.Exec(ctx, `UPDATE events_outbox SET attempts = 0, retry_at = NULL, parked = ''
			WHERE region = $1 AND id = $2 AND attempts > 0`, region, id))
	})
}

// Discard drops a parked fact, with the reason, so that the ones behind it go
// on. The fact is kept in the audit record.
func (b *Bus) Discard(ctx context.Context, region, id, reason string) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		data, err := db.One(ctx, tx, db.Value[string], `SELECT data FROM events_outbox WHERE region = $1 AND id = $2 AND parked <> ''`, region, id)
		if err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "events.fact.discarded", Object: id,
			Details: map[string]any{"reason": reason, "fact": data}})
		tx.Wake(topic)
		if err := db.Changed(tx.Exec(ctx, `DELETE FROM events_outbox WHERE region = $1 AND id = $2 AND parked <> ''`, region, id)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM events_inbox WHERE region = $1 AND fact = $2`, region, id)
		return err
	})
}

// Backlog tells how many facts wait, how many of them are parked, and since
// when the oldest that is not parked waits.
func Backlog(ctx context.Context, r db.Reader) (waiting, parked int64, since time.Time, err error) {
	_, err = db.One(ctx, r, func(row db.Row) (struct{}, error) {
		var at db.Time
		err := row.Scan(&waiting, &parked, &at)
		since = at.Time
		return struct{}{}, err
	}, `SELECT count(*), count(*) FILTER (WHERE parked <> ''), min(at) FILTER (WHERE parked = '') FROM events_outbox`)
	return waiting, parked, since, err
}
