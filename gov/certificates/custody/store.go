package custody

import (
	"context"

	"tongban/platform/db"
)

const orderColumns = `region, id, act, role, office, office_name, reason, state, proposed_by, proposed_name, proposed_at, decided_by, decided_name, decided_at, answer, problem, statement, done_at`

func scanOrder(row db.Row) (o Order, err error) {
	var proposed, decided, done db.Time
	err = row.Scan(&o.Region, &o.ID, &o.Act, &o.Role, &o.Office, &o.OfficeName, &o.Reason, &o.State, &o.ProposedBy, &o.ProposedName, &proposed,
		&o.DecidedBy, &o.DecidedName, &decided, &o.Answer, &o.Problem, &o.Statement, &done)
	o.ProposedAt, o.DecidedAt, o.DoneAt = proposed.Time, decided.Time, done.Time
	return o, err
}

// newest are the newest orders of a region.
func newest(ctx context.Context, r db.Reader, region string) ([]Order, error) {
	return db.All(ctx, r, scanOrder, `SELECT `+orderColumns+` FROM certificates_key_order WHERE region = $1 ORDER BY id DESC LIMIT 100`, region)
}

func orderByID(ctx context.Context, r db.Reader, region, id string) (Order, error) {
	return db.One(ctx, r, scanOrder, `SELECT `+orderColumns+` FROM certificates_key_order WHERE region = $1 AND id = $2`, region, id)
}

func insertOrder(ctx context.Context, tx *db.Tx, o Order) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_key_order (`+orderColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		o.Region, o.ID, string(o.Act), o.Role, o.Office, o.OfficeName, o.Reason, string(o.State), o.ProposedBy, o.ProposedName, db.At(o.ProposedAt),
		o.DecidedBy, o.DecidedName, db.At(o.DecidedAt), o.Answer, o.Problem, o.Statement, db.At(o.DoneAt))
	return err
}

// moveOrder changes an order that is in a state; a second change meets no row.
func moveOrder(ctx context.Context, tx *db.Tx, o Order, from State) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_key_order SET state = $3, decided_by = $4, decided_name = $5, decided_at = $6, answer = $7, problem = $8, statement = $9, done_at = $10
		WHERE region = $1 AND id = $2 AND state = $11`,
		o.Region, o.ID, string(o.State), o.DecidedBy, o.DecidedName, db.At(o.DecidedAt), o.Answer, o.Problem, o.Statement, db.At(o.DoneAt), string(from)))
}
