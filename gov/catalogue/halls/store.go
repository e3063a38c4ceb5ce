package halls

import (
	"context"

	"tongban/platform/db"
)

// offered are the items of a division itself that take applications.
func offered(ctx context.Context, r db.Reader, region string, limit int) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT code FROM catalogue_item WHERE region = $1 AND state = '' ORDER BY code LIMIT $2`, region, limit)
}
