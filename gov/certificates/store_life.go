package certificates

import (
	"context"
	"time"

	"tongban/platform/db"
)

// turn moves a paper into another state, if it still is in the one that was
// seen.
func turn(ctx context.Context, tx *db.Tx, r record, to Status, o Order, at time.Time) error {
	reason, basis, since := o.Reason, o.Basis, db.At(at)
	if to == Valid {
		reason, basis, since = "", "", db.Time{}
	}
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_paper SET status = $3, reason = $4, basis = $5, status_at = $6
		WHERE region = $1 AND id = $2 AND status = $7`, r.region, r.id, string(to), reason, basis, since, string(r.status)))
}

// suspendLater has a paper that this transaction issues begin as suspended.
func suspendLater(tx *db.Tx, p Paper, d Done) {
	tx.Later(`UPDATE certificates_paper SET status = $3, reason = $4, basis = $5, status_at = $6 WHERE region = $1 AND id = $2`, p.Region, p.ID, string(Suspended), d.Reason, d.Basis, db.At(d.At))
}

func insertAct(tx *db.Tx, r record, d Done) {
	tx.Later(`INSERT INTO certificates_act (region, paper, seq, act, from_status, to_status, at, officer, officer_name, reason, basis, until, notice, successor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		r.region, r.id, d.Seq, string(d.Act), string(d.From), string(d.To), db.At(d.At), d.Officer, d.OfficerName, d.Reason, d.Basis, db.At(d.Until), d.Notice, d.Successor)
}

// nextAct is the number of the next act on a paper.
func nextAct(ctx context.Context, r db.Reader, region, paper string) (int64, error) {
	n, err := db.One(ctx, r, func(row db.Row) (n int64, err error) { return n, row.Scan(&n) },
		`SELECT count(*) FROM certificates_act WHERE region = $1 AND paper = $2`, region, paper)
	return n + 1, err
}

func scanDone(row db.Row) (d Done, err error) {
	var at, until db.Time
	err = row.Scan(&d.Seq, &d.Act, &d.From, &d.To, &at, &d.Officer, &d.OfficerName, &d.Reason, &d.Basis, &until, &d.Notice, &d.Successor)
	d.At, d.Until = at.Time, until.Time
	return d, err
}

// loadActs gives the newest acts on a paper, oldest first.
func loadActs(ctx context.Context, r db.Reader, region, paper string) ([]Done, error) {
	return db.All(ctx, r, scanDone, `SELECT seq, act, from_status, to_status, at, officer, officer_name, reason, basis, until, notice, successor
		FROM (SELECT * FROM certificates_act WHERE region = $1 AND paper = $2 ORDER BY seq DESC LIMIT 200) newest ORDER BY seq`, region, paper)
}

// loadDue gives papers whose time is over and whose record does not say so yet.
func loadDue(ctx context.Context, r db.Reader, region string, now time.Time, limit int) ([]record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p
		WHERE p.region = $1 AND p.status = 'valid' AND p.valid_until IS NOT NULL AND p.valid_until < $2 ORDER BY p.valid_until LIMIT $3`, region, db.At(now), limit)
}

// loadUnnumbered gives papers from before number and identifier had columns.
func loadUnnumbered(ctx context.Context, r db.Reader, region string, limit int) ([]record, error) {
	return db.All(ctx, r, scanRecord, `SELECT `+columns+` FROM certificates_paper p WHERE p.number = '' AND p.region = $1 LIMIT $2`, region, limit)
}

func setColumns(tx *db.Tx, p Paper) {
	tx.Later(`UPDATE certificates_paper SET number = $3, identifier = $4, valid_until = $5 WHERE region = $1 AND id = $2`,
		p.Region, p.ID, p.Number, p.Identifier, db.At(p.ValidUntil))
}

// loadStatus reads what a paper is worth, and nothing else of it.
func loadStatus(ctx context.Context, r db.Reader, region, id string) (status Status, until time.Time, err error) {
	var end db.Time
	status, err = db.One(ctx, r, func(row db.Row) (s Status, err error) { return s, row.Scan(&s, &end) }, `SELECT status, valid_until FROM certificates_paper WHERE region = $1 AND id = $2`, region, id)
	return status, end.Time, err
}
