package kinds

import (
	"context"
	"encoding/json"

	"tongban/platform/db"
)

const columns = `region, code, version, state, definition, note, proposed_by, proposed_name, proposed_at, decided_by, decided_name, decided_at, answer`

// definition is what is kept of a version.
func (t Type) definition() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return b
}

func scan(row db.Row) (t Type, err error) {
	var doc db.JSON[Type]
	var proposed, decided db.Time
	var kept Type
	err = row.Scan(&kept.Region, &kept.Code, &kept.Version, &kept.State, &doc, &kept.Note, &kept.ProposedBy, &kept.ProposedName, &proposed,
		&kept.DecidedBy, &kept.DecidedName, &decided, &kept.Answer)
	t = doc.V
	t.Region, t.Code, t.Version, t.State, t.Note = kept.Region, kept.Code, kept.Version, kept.State, kept.Note
	t.ProposedBy, t.ProposedName, t.ProposedAt = kept.ProposedBy, kept.ProposedName, proposed.Time
	t.DecidedBy, t.DecidedName, t.DecidedAt, t.Answer = kept.DecidedBy, kept.DecidedName, decided.Time, kept.Answer
	return t, err
}

// allApproved are the versions that count or counted, oldest first.
func allApproved(ctx context.Context, r db.Reader) ([]Type, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM certificates_type WHERE state = $1 AND region <> '' ORDER BY code, version LIMIT 50000`, string(Approved))
}

func ofState(ctx context.Context, r db.Reader, region string, s State) ([]Type, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM certificates_type WHERE region = $1 AND state = $2 ORDER BY proposed_at DESC, code LIMIT 200`, region, string(s))
}

func versionsOf(ctx context.Context, r db.Reader, region, code string) ([]Type, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM certificates_type WHERE region = $1 AND code = $2 ORDER BY version DESC LIMIT 200`, region, code)
}

func load(ctx context.Context, r db.Reader, region, code string, version int) (Type, error) {
	return db.One(ctx, r, scan, `SELECT `+columns+` FROM certificates_type WHERE region = $1 AND code = $2 AND version = $3`, region, code, version)
}

func insert(ctx context.Context, tx *db.Tx, t Type) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_type (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		t.Region, t.Code, t.Version, string(t.State), string(t.definition()), t.Note, t.ProposedBy, t.ProposedName, db.At(t.ProposedAt), t.DecidedBy, t.DecidedName, db.At(t.DecidedAt), t.Answer)
	return err
}

// decide ends a proposal; a second decision meets no row.
func decide(ctx context.Context, tx *db.Tx, t Type) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_type SET state = $4, decided_by = $5, decided_name = $6, decided_at = $7, answer = $8
		WHERE region = $1 AND code = $2 AND version = $3 AND state = $9`,
		t.Region, t.Code, t.Version, string(t.State), t.DecidedBy, t.DecidedName, db.At(t.DecidedAt), t.Answer, string(Proposed)))
}
