package upgrades

import (
	"context"

	"tongban/gov/casework"
	"tongban/platform/db"
)

// countByVersion counts the running cases of an item.
func countByVersion(ctx context.Context, r db.Reader, region, item string) ([]Count, error) {
	return db.All(ctx, r, func(row db.Row) (c Count, err error) {
		err = row.Scan(&c.Version, &c.Cases)
		return c, err
	}, `SELECT item_version, count(*) FROM casework_case WHERE region = $1 AND item = $2 AND closed_at IS NULL GROUP BY item_version ORDER BY item_version DESC LIMIT 500`, region, item)
}

// running lists running cases of a version, the oldest first.
func running(ctx context.Context, r db.Reader, o Order, limit int) ([]Case, error) {
	args := []any{o.Region, o.Item, o.From, limit, string(o.After)}
	only := ""
	if len(o.Cases) > 0 {
		var ids []string
		for _, id := range o.Cases {
			ids = append(ids, string(id))
		}
		only = ` AND id IN (` + db.In(6, len(ids)) + `)`
		args = append(args, db.Args(ids)...)
	}
	return db.All(ctx, r, func(row db.Row) (c Case, err error) {
		var id string
		err = row.Scan(&id, &c.Number)
		c.ID = casework.CaseID(id)
		return c, err
	}, `SELECT id, number FROM casework_case WHERE region = $1 AND item = $2 AND item_version = $3 AND closed_at IS NULL AND id > $5`+only+` ORDER BY id LIMIT $4`, args...)
}
