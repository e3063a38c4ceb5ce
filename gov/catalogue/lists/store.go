package lists

import (
	"context"
	"strconv"

	"tongban/platform/db"
	"tongban/platform/fault"
)

// filter is what a list asks for.
type filter struct {
	prefix string // of the region, with %
	org    string
	types  []string
	visits int // -2: any
	shares bool
}

func number(n int) string { return strconv.Itoa(n) }

type key struct {
	region, code string
	version      int
}

// conditions begin with the region; their values are numbered from 1 on.
func (f filter) conditions() (string, []any) {
	args := []any{f.prefix, f.org, f.visits, f.shares}
	q := ` FROM catalogue_item WHERE region LIKE $1 AND state <> 'cancelled' AND ($2 = '' OR org = $2) AND ($3 = -2 OR visits = $3) AND ($4 = false OR shares > 0)`
	if len(f.types) > 0 {
		q += ` AND type_code IN (` + db.In(5, len(f.types)) + `)`
		args = append(args, db.Args(f.types)...)
	}
	return q, args
}

func countListed(ctx context.Context, r db.Reader, f filter) (int, error) {
	q, args := f.conditions()
	return db.One(ctx, r, db.Value[int], `SELECT count(*)`+q, args...)
}

// listed are the next items of a list by region and code.
func listed(ctx context.Context, r db.Reader, f filter, region, code string, limit int) ([]key, error) {
	q, args := f.conditions()
	n := len(args)
	places := []string{"$" + number(n+1), "$" + number(n+2), "$" + number(n+3)}
	return db.All(ctx, r, func(row db.Row) (k key, err error) {
		err = row.Scan(&k.region, &k.code, &k.version)
		return k, err
	}, `SELECT region, code, version`+q+` AND (region, code) > (`+places[0]+`, `+places[1]+`) ORDER BY region, code LIMIT `+places[2], append(args, region, code, limit)...)
}

const definitionColumns = `id, number, region, state, doc, reason, proposed_by, proposed_name, proposed_at, decided_name, decided_at, note`

func scanDefinition(row db.Row) (d Definition, err error) {
	var doc db.JSON[List]
	var id, region string
	var at, decided db.Time
	err = row.Scan(&id, &d.Number, &region, &d.State, &doc, &d.Reason, &d.ByID, &d.By, &at, &d.DecidedBy, &decided, &d.Note)
	d.List, d.At, d.DecidedAt = doc.V, at.Time, decided.Time
	d.ID, d.List.Region = id, region
	return d, err
}

// approved are the definitions that count.
func approved(ctx context.Context, r db.Reader) ([]Definition, error) {
	return db.All(ctx, r, scanDefinition, `SELECT `+definitionColumns+` FROM catalogue_list d WHERE d.state = 'approved'
		AND d.number = (SELECT max(n.number) FROM catalogue_list n WHERE n.id = d.id AND n.state = 'approved') ORDER BY d.id`)
}

func definitions(ctx context.Context, r db.Reader, waiting bool) ([]Definition, error) {
	return db.All(ctx, r, scanDefinition, `SELECT `+definitionColumns+` FROM catalogue_list WHERE $1 = false OR state = 'proposed' ORDER BY proposed_at DESC, id LIMIT 200`, waiting)
}

func versionsOf(ctx context.Context, r db.Reader, id string) ([]Definition, error) {
	return db.All(ctx, r, scanDefinition, `SELECT `+definitionColumns+` FROM catalogue_list WHERE id = $1 ORDER BY number DESC`, id)
}

func loadDefinition(ctx context.Context, r db.Reader, id string, number int) (Definition, error) {
	d, err := db.One(ctx, r, scanDefinition, `SELECT `+definitionColumns+` FROM catalogue_list WHERE id = $1 AND number = $2`, id, number)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoDefinition.With("list", id)
	}
	return d, err
}

func insertDefinition(ctx context.Context, tx *db.Tx, d Definition) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_list (id, number, region, state, doc, reason, proposed_by, proposed_name, proposed_at) VALUES (`+db.In(1, 9)+`)`,
		d.ID, d.Number, d.Region, string(d.State), db.AsJSON(d.List), d.Reason, d.ByID, d.By, db.At(d.At))
	return err
}

func saveDecision(ctx context.Context, tx *db.Tx, d Definition) error {
	return db.Changed(tx.Exec(ctx, `UPDATE catalogue_list SET state = $3, decided_name = $4, decided_at = $5, note = $6 WHERE region = $7 AND id = $1 AND number = $2 AND state = 'proposed'`,
		d.ID, d.Number, string(d.State), d.DecidedBy, db.At(d.DecidedAt), d.Note, d.Region))
}
