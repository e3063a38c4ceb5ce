package limits

import (
	"context"

	"tongban/platform/calendar"
	"tongban/platform/db"
)

const ruleColumns = `region, key, number, state, rule, valid_from, valid_until, reason, proposed_by, proposed_name, proposed_at, decided_by, decided_name, decided_at, note`

func scanRule(row db.Row) (r Rule, err error) {
	var doc db.JSON[Rule]
	var region, key string
	var number int
	var state State
	var from, until int64
	var reason, by, name, decidedBy, decidedName, note string
	var at, decided db.Time
	if err = row.Scan(&region, &key, &number, &state, &doc, &from, &until, &reason, &by, &name, &at, &decidedBy, &decidedName, &decided, &note); err != nil {
		return r, err
	}
	r = doc.V
	r.Region, r.Key, r.Number, r.State, r.From, r.Until = region, key, number, state, calendar.Date(from), calendar.Date(until)
	r.Reason, r.ProposedBy, r.ProposedName, r.ProposedAt = reason, by, name, at.Time
	r.DecidedBy, r.DecidedName, r.DecidedAt, r.Note = decidedBy, decidedName, decided.Time, note
	return r, nil
}

// allApproved returns every approved rule of every region.
func allApproved(ctx context.Context, r db.Reader) ([]Rule, error) {
	return db.All(ctx, r, scanRule, `SELECT `+ruleColumns+` FROM limits_rule WHERE state = $1 ORDER BY region, key, number LIMIT 100000`, string(Approved))
}

// rulesOf returns the rules of one region, the newest first.
func rulesOf(ctx context.Context, r db.Reader, region string, limit int) ([]Rule, error) {
	return db.All(ctx, r, scanRule, `SELECT `+ruleColumns+` FROM limits_rule WHERE region = $1 ORDER BY proposed_at DESC, key, number DESC LIMIT $2`, region, limit)
}

func loadRule(ctx context.Context, r db.Reader, region, key string, number int) (Rule, error) {
	return db.One(ctx, r, scanRule, `SELECT `+ruleColumns+` FROM limits_rule WHERE region = $1 AND key = $2 AND number = $3`, region, key, number)
}

func lastNumber(ctx context.Context, r db.Reader, region, key string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT coalesce(max(number), 0) FROM limits_rule WHERE region = $1 AND key = $2`, region, key)
}

func insertRule(ctx context.Context, tx *db.Tx, r Rule) error {
	_, err := tx.Exec(ctx, `INSERT INTO limits_rule (`+ruleColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.Region, r.Key, r.Number, string(r.State), db.AsJSON(r), int64(r.From), int64(r.Until), r.Reason, r.ProposedBy, r.ProposedName, db.At(r.ProposedAt), "", "", nil, "")
	return err
}

// decideRule ends the proposal; a second decision meets no row.
func decideRule(ctx context.Context, tx *db.Tx, r Rule) error {
	return db.Changed(tx.Exec(ctx, `UPDATE limits_rule SET state = $4, decided_by = $5, decided_name = $6, decided_at = $7, note = $8, valid_until = $9
		WHERE region = $1 AND key = $2 AND number = $3 AND state = $10`, r.Region, r.Key, r.Number, string(r.State), r.DecidedBy, r.DecidedName, db.At(r.DecidedAt), r.Note, int64(r.Until), string(Proposed)))
}

// endRules lets the approved rules of a key that are in force on the first day
// of another end on the day before.
func endRules(ctx context.Context, tx *db.Tx, region, key string, from calendar.Date) error {
	_, err := tx.Exec(ctx, `UPDATE limits_rule SET valid_until = $3 WHERE region = $1 AND key = $2 AND state = $5 AND valid_from <= $4 AND (valid_until = 0 OR valid_until >= $4)`,
		region, key, int64(from-1), int64(from), string(Approved))
	return err
}

// nextFrom is the first day of the next approved rule after a day, 0 for none.
func nextFrom(ctx context.Context, r db.Reader, region, key string, after calendar.Date) (calendar.Date, error) {
	d, err := db.One(ctx, r, db.Value[int64], `SELECT coalesce(min(valid_from), 0) FROM limits_rule WHERE region = $1 AND key = $2 AND state = $3 AND valid_from > $4 AND (valid_until = 0 OR valid_until >= valid_from)`,
		region, key, string(Approved), int64(after))
	return calendar.Date(d), err
}
