package quality

import (
	"context"

	"tongban/platform/db"
	"tongban/platform/fault"
)

const gateColumns = `region, number, gate, state, reason, proposed_by, proposed_name, proposed_at, decided_name, decided_at, note`

func scanGate(row db.Row) (t Threshold, err error) {
	var at, decided db.Time
	err = row.Scan(&t.Region, &t.Number, &t.Gate, &t.State, &t.Reason, &t.ByID, &t.By, &at, &t.DecidedBy, &decided, &t.Note)
	t.At, t.DecidedAt = at.Time, decided.Time
	return t, err
}

// approvedGates are those that count, one a region.
func approvedGates(ctx context.Context, r db.Reader) ([]Threshold, error) {
	return db.All(ctx, r, scanGate, `SELECT `+gateColumns+` FROM catalogue_gate g WHERE g.state = 'granted'
		AND g.number = (SELECT max(n.number) FROM catalogue_gate n WHERE n.region = g.region AND n.state = 'granted') ORDER BY g.region`)
}

func listGates(ctx context.Context, r db.Reader, prefix string) ([]Threshold, error) {
	return db.All(ctx, r, scanGate, `SELECT `+gateColumns+` FROM catalogue_gate WHERE region LIKE $1 ORDER BY proposed_at DESC, region LIMIT 100`, prefix)
}

// lastGate is the newest proposal of a region, a zero one when there is none.
func lastGate(ctx context.Context, r db.Reader, region string) (Threshold, error) {
	t, err := db.One(ctx, r, scanGate, `SELECT `+gateColumns+` FROM catalogue_gate WHERE region = $1 ORDER BY number DESC LIMIT 1`, region)
	if fault.IsKind(err, fault.KindNotFound) {
		return Threshold{}, nil
	}
	return t, err
}

func loadGate(ctx context.Context, r db.Reader, region string, number int) (Threshold, error) {
	t, err := db.One(ctx, r, scanGate, `SELECT `+gateColumns+` FROM catalogue_gate WHERE region = $1 AND number = $2`, region, number)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoGate
	}
	return t, err
}

func insertGate(ctx context.Context, tx *db.Tx, t Threshold) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_gate (region, number, gate, state, reason, proposed_by, proposed_name, proposed_at) VALUES (`+db.In(1, 8)+`)`,
		t.Region, t.Number, t.Gate, t.State, t.Reason, t.ByID, t.By, db.At(t.At))
	return err
}

func saveGate(ctx context.Context, tx *db.Tx, t Threshold) error {
	return db.Changed(tx.Exec(ctx, `UPDATE catalogue_gate SET state = $3, decided_name = $4, decided_at = $5, note = $6 WHERE region = $1 AND number = $2 AND state = 'asked'`,
		t.Region, t.Number, t.State, t.DecidedBy, db.At(t.DecidedAt), t.Note))
}
