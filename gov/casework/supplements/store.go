package supplements

import (
	"context"

	"tongban/gov/casework/terms"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

const columns = `region, id, case_id, number, requested_at, requested_by, by_name, approved_by, reason, items, answered_at, answered_by, version, tasks, basis, answer_by, reminded_at, counted`

func scan(row db.Row) (p Supplement, err error) {
	var at, answered, until, reminded db.Time
	var items db.JSON[[]SupplementItem]
	var tasks db.JSON[[]string]
	var counted db.JSON[*calendar.Derivation]
	err = row.Scan(&p.Region, &p.ID, &p.Case, &p.Number, &at, &p.By, &p.ByName, &p.ApprovedBy, &p.Reason, &items, &answered, &p.AnsweredBy, &p.Version, &tasks, &p.Basis, &until, &reminded, &counted)
	p.RequestedAt, p.AnsweredAt, p.Items, p.Tasks, p.Until, p.RemindedAt = at.Time, answered.Time, items.V, tasks.V, until.Time, reminded.Time
	p.Counted = counted.V
	return p, err
}

// Insert adds a request.
func Insert(tx *db.Tx, p Supplement) {
	tx.Later(`INSERT INTO casework_supplement (region, id, case_id, number, requested_at, requested_by, by_name, approved_by, reason, items, tasks, basis, answer_by, counted, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)`,
		p.Region, string(p.ID), string(p.Case), p.Number, db.At(p.RequestedAt), p.By, p.ByName, p.ApprovedBy, p.Reason, db.AsJSON(p.Items), db.AsJSON(append([]string{}, p.Tasks...)), p.Basis, db.At(p.Until), db.AsJSON(p.Counted))
}

// Update writes the answers; the commit is stale when somebody changed them, or sent them.
func Update(tx *db.Tx, p *Supplement) {
	tx.Guarded(`UPDATE casework_supplement SET items = $4, answered_at = $5, answered_by = $6, version = version + 1
		WHERE region = $1 AND id = $2 AND version = $3 AND answered_at IS NULL`,
		p.Region, string(p.ID), p.Version, db.AsJSON(p.Items), db.At(p.AnsweredAt), p.AnsweredBy)
	p.Version++
}

// Remind keeps when the applicant was reminded.
func Remind(tx *db.Tx, p *Supplement) {
	tx.Later(`UPDATE casework_supplement SET reminded_at = $3 WHERE region = $1 AND id = $2 AND answered_at IS NULL`, p.Region, string(p.ID), db.At(p.RemindedAt))
}

// Later moves the last day for an answer that has not come.
func Later(tx *db.Tx, p *Supplement) {
	tx.Guarded(`UPDATE casework_supplement SET answer_by = $4, counted = $5, version = version + 1 WHERE region = $1 AND id = $2 AND version = $3 AND answered_at IS NULL`,
		p.Region, string(p.ID), p.Version, db.At(p.Until), db.AsJSON(p.Counted))
	p.Version++
}

// OfCase lists the requests of a case, the first first.
func OfCase(ctx context.Context, r db.Reader, region string, id terms.CaseID) ([]Supplement, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_supplement WHERE region = $1 AND case_id = $2 ORDER BY number LIMIT 100`, region, string(id))
}

// Waiting is the request of a case that waits for an answer.
func Waiting(ctx context.Context, r db.Reader, region string, id terms.CaseID) (p Supplement, ok bool, err error) {
	all, err := OfCase(ctx, r, region, id)
	for _, p := range all {
		if p.AnsweredAt.IsZero() {
			return p, true, nil
		}
	}
	return p, false, err
}

// Recounted is the request of a case that waits for an answer, when other days off
// move its last day; nil when none does. Nothing is written.
func Recounted(ctx context.Context, r db.Reader, region string, id terms.CaseID, days *calendar.Calendar) (*Supplement, error) {
	p, ok, err := Waiting(ctx, r, region, id)
	if err != nil || !ok || !p.Recount(days) {
		return nil, err
	}
	return &p, nil
}
