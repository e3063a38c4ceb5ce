package history

import (
	"context"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Insert adds a line in the commit of the act, in the name of who acts.
func Insert(tx *db.Tx, region string, c terms.CaseID, e Entry) {
	p := tx.Actor()
	if e.Details == nil {
		e.Details = map[string]any{}
	}
	if p.Kind == auth.KindSystem {
		p.Name = "" // the law or the flow did it, nobody in particular
	}
	tx.Later(`INSERT INTO casework_history (region, case_id, id, at, since, kind, actor, name, role, org, org_name, step, task, text, details)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		region, string(c), id.New("his"), db.At(e.At), db.At(e.Since), e.Kind, p.ID, p.Name, e.Role, e.Org, e.OrgName, e.Step, string(e.Task), e.Text, db.AsJSON(e.Details))
}

const columns = `id, at, since, kind, actor, name, role, org, org_name, step, task, text, details`

func scan(row db.Row) (e Entry, err error) {
	var at, since db.Time
	var details db.JSON[map[string]any]
	err = row.Scan(&e.ID, &at, &since, &e.Kind, &e.Actor, &e.Name, &e.Role, &e.Org, &e.OrgName, &e.Step, &e.Task, &e.Text, &details)
	e.At, e.Since, e.Details = at.Time, since.Time, details.V
	return e, err
}

// OfCase lists the lines of a case, in order.
func OfCase(ctx context.Context, r db.Reader, region string, c terms.CaseID) ([]Entry, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_history WHERE region = $1 AND case_id = $2 ORDER BY id LIMIT 2000`, region, string(c))
}

// InsertReading notes who of the staff reads a case, in the commit of its record.
func InsertReading(tx *db.Tx, region string, c terms.CaseID, at time.Time, org, purpose string) {
	p := tx.Actor()
	tx.Later(`INSERT INTO casework_reading (region, case_id, id, at, reader, name, org, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		region, string(c), id.New("rdg"), db.At(at), p.ID, p.Name, org, purpose)
}

// Readings lists who read a case, and the draft that it was, newest first, before an id.
func Readings(ctx context.Context, r db.Reader, region string, c terms.CaseID, draft drafts.DraftID, before string, limit int) ([]drafts.Reading, error) {
	if err := id.After("rdg", before); err != nil {
		return nil, err
	}
	args := []any{region, string(c), limit, string(draft)}
	older := ""
	if before != "" {
		args = append(args, before)
		older = ` AND id < $5`
	}
	return db.All(ctx, r, drafts.ScanReading, `SELECT id, at, reader, name, org, purpose FROM casework_reading
		WHERE region = $1 AND case_id IN ($2, $4)`+older+` ORDER BY id DESC LIMIT $3`, args...)
}
