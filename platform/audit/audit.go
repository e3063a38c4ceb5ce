package audit

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the audit record.
func Migrations() db.Migrations {
	sub, _ := fs.Sub(files, "migrations")
	return db.Migrations{Name: "audit", FS: sub}
}

// Entry is one act. Actor, name, session, id and time are filled by Record.
type Entry struct {
	Region  string         // where the object is kept
	Action  string         // "casework.case.accepted": capability.noun.past participle
	Object  string         // id of the thing acted on
	Details map[string]any // what a reader of the record needs; no secrets
	At      time.Time      // zero means now
}

// topic wakes the sealer.
const topic = "audit"

// Record writes an entry in the transaction of the change. It sends nothing
// before the commit, so it cannot fail on its own. Details that do not marshal
// are a programming error and panic.
func Record(ctx context.Context, tx *db.Tx, e Entry) {
	p := tx.Actor()
	if e.At.IsZero() {
		e.At = clock.System.Now()
	}
	details := []byte("{}")
	if len(e.Details) > 0 {
		var err error
		if details, err = json.Marshal(e.Details); err != nil { // sorted keys
			panic(fmt.Sprintf("audit: details of %s do not marshal: %v", e.Action, err))
		}
	}
	tx.Later(`INSERT INTO audit_entry (region, id, at, actor, name, session, action, object, details)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Region, id.New("aud"), db.At(e.At), p.ID, p.Name, p.Session, e.Action, e.Object, string(details))
	tx.MarkRecorded()
	tx.Wake(topic)
}
