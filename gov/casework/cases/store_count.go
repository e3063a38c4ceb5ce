package cases

import (
	"context"

	"tongban/platform/db"
)

// CountOpen is how many cases of an item are under way, for whoever decides to
// change or end the item; they go on under their own version.
func CountOpen(ctx context.Context, r db.Reader, region, item string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM casework_case WHERE region = $1 AND item = $2 AND closed_at IS NULL`, region, item)
}
