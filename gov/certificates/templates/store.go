package templates

import (
	"context"
	"encoding/json"

	"tongban/gov/certificates/kinds"
	"tongban/platform/db"
)

const columns = `region, type, version, state, definition, note, proposed_by, proposed_name, proposed_at, decided_by, decided_name, decided_at, answer`

func scan(row db.Row) (t Template, err error) {
	var typ, definition string
	var proposed, decided db.Time
	if err = row.Scan(&t.Region, &typ, &t.Version, &t.State, &definition, &t.Note, &t.ProposedBy, &t.ProposedName, &proposed,
		&t.DecidedBy, &t.DecidedName, &decided, &t.Answer); err != nil {
		return t, err
	}
	if err = json.Unmarshal([]byte(definition), &t.Template); err == nil {
		t.Type, t.ProposedAt, t.DecidedAt = typ, proposed.Time, decided.Time
	}
	return t, err
}

// newest are the published versions, oldest first.
func newest(ctx context.Context, r db.Reader) ([]Template, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM certificates_template WHERE state = $1 AND region <> '' ORDER BY type, version LIMIT 50000`, string(kinds.Approved))
}

func ofState(ctx context.Context, r db.Reader, region string, s State) ([]Template, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM certificates_template WHERE region = $1 AND state = $2 ORDER BY proposed_at DESC, type LIMIT 200`, region, string(s))
}

func versionsOf(ctx context.Context, r db.Reader, region, typ string) ([]Template, error) {
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM certificates_template WHERE region = $1 AND type = $2 ORDER BY version DESC LIMIT 200`, region, typ)
}

func load(ctx context.Context, r db.Reader, region, typ string, version int) (Template, error) {
	return db.One(ctx, r, scan, `SELECT `+columns+` FROM certificates_template WHERE region = $1 AND type = $2 AND version = $3`, region, typ, version)
}

// loadAnywhere finds a version whoever keeps the type: codes of types are
// unique in the country.
func loadAnywhere(ctx context.Context, r db.Reader, typ string, version int) (Template, error) {
	return db.One(ctx, r, scan, `SELECT `+columns+` FROM certificates_template WHERE type = $1 AND version = $2 AND state = $3 AND region <> '' LIMIT 1`, typ, version, string(kinds.Approved))
}

func insert(ctx context.Context, tx *db.Tx, t Template) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_template (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		t.Region, t.Type, t.Version, string(t.State), string(t.JSON()), t.Note, t.ProposedBy, t.ProposedName, db.At(t.ProposedAt), t.DecidedBy, t.DecidedName, db.At(t.DecidedAt), t.Answer)
	return err
}

// decide ends a proposal; a second decision meets no row.
func decide(ctx context.Context, tx *db.Tx, t Template) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_template SET state = $4, decided_by = $5, decided_name = $6, decided_at = $7, answer = $8
		WHERE region = $1 AND type = $2 AND version = $3 AND state = $9`,
		t.Region, t.Type, t.Version, string(t.State), t.DecidedBy, t.DecidedName, db.At(t.DecidedAt), t.Answer, string(kinds.Proposed)))
}
