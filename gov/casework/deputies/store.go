package deputies

import (
	"context"
	"errors"
	"time"

	"tongban/platform/db"
)

const columns = `region, id, org, org_name, roles, items, account, name, deputy, deputy_name, from_at, until_at, reason, set_by, set_name, set_at, ended_at, ended_name, end_reason`

func scan(row db.Row) (d Deputy, err error) {
	var from, until, set, ended db.Time
	var roles, items db.JSON[[]string]
	err = row.Scan(&d.Region, &d.ID, &d.Org, &d.OrgName, &roles, &items, &d.Account, &d.Name, &d.Deputy, &d.DeputyName, &from, &until, &d.Reason, &d.SetBy, &d.SetName, &set, &ended, &d.EndedName, &d.EndReason)
	d.Roles, d.Items, d.From, d.Until, d.SetAt, d.EndedAt = roles.V, items.V, from.Time, until.Time, set.Time, ended.Time
	return d, err
}

func insert(tx *db.Tx, d Deputy) {
	tx.Later(`INSERT INTO casework_deputy (region, id, org, org_name, roles, items, account, name, deputy, deputy_name, from_at, until_at, reason, set_by, set_name, set_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		d.Region, d.ID, d.Org, d.OrgName, db.AsJSON(d.Roles), db.AsJSON(append([]string{}, d.Items...)), d.Account, d.Name, d.Deputy, d.DeputyName, db.At(d.From), db.At(d.Until), d.Reason, d.SetBy, d.SetName, db.At(d.SetAt))
}

func end(tx *db.Tx, d Deputy) {
	tx.Guarded(`UPDATE casework_deputy SET ended_at = $3, ended_name = $4, end_reason = $5 WHERE region = $1 AND id = $2 AND ended_at IS NULL`,
		d.Region, d.ID, db.At(d.EndedAt), d.EndedName, d.EndReason)
}

func load(ctx context.Context, r db.Reader, region, id string) (Deputy, error) {
	d, err := db.One(ctx, r, scan, `SELECT `+columns+` FROM casework_deputy WHERE region = $1 AND id = $2`, region, id)
	if errors.Is(err, db.ErrNoRow) {
		err = ErrNoDeputy
	}
	return d, err
}

// standing lists for whom an account stands in at a moment.
func standing(ctx context.Context, r db.Reader, regions []string, deputy string, now time.Time) ([]Deputy, error) {
	args := append([]any{deputy, db.At(now)}, db.Args(regions)...)
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_deputy WHERE deputy = $1 AND until_at >= $2 AND from_at <= $2 AND ended_at IS NULL
		AND region IN (`+db.In(3, len(regions))+`) ORDER BY until_at, id LIMIT 100`, args...)
}

// around lists the arrangements that are not over and name one of two accounts.
func around(ctx context.Context, r db.Reader, regions []string, a, b string, now time.Time) ([]Deputy, error) {
	args := append([]any{a, b, db.At(now)}, db.Args(regions)...)
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_deputy WHERE (account IN ($1, $2) OR deputy IN ($1, $2)) AND until_at >= $3 AND ended_at IS NULL
		AND region IN (`+db.In(4, len(regions))+`) ORDER BY id LIMIT 500`, args...)
}

// named lists the newest arrangements in which an account is away or stands in.
func named(ctx context.Context, r db.Reader, regions []string, account string, limit int) ([]Deputy, error) {
	args := append([]any{account, limit}, db.Args(regions)...)
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_deputy WHERE (account = $1 OR deputy = $1) AND region IN (`+db.In(3, len(regions))+`) ORDER BY id DESC LIMIT $2`, args...)
}

// ofOffice lists the newest arrangements of an office.
func ofOffice(ctx context.Context, r db.Reader, regions []string, org string, limit int) ([]Deputy, error) {
	args := append([]any{org, limit}, db.Args(regions)...)
	return db.All(ctx, r, scan, `SELECT `+columns+` FROM casework_deputy WHERE org = $1 AND region IN (`+db.In(3, len(regions))+`) ORDER BY id DESC LIMIT $2`, args...)
}
