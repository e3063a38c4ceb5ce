package events

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"

	"tongban/platform/clock"
	"tongban/platform/db"
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

// topic wakes the dispatcher.
const topic = "events"

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
	tx.Wake(topic)
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
