package catalogue

import (
	"context"
	"time"

	"tongban/platform/db"
)

// contentBefore is the newest content of an item that was published at a time
// or earlier.
func contentBefore(ctx context.Context, r db.Reader, region, code string, at time.Time) (Content, error) {
	return db.One(ctx, r, func(row db.Row) (Content, error) {
		var d referring
		err := row.Scan(d.into()...)
		return d.content(), err
	}, `SELECT `+docColumns+` FROM catalogue_version v`+ofBase+` WHERE v.region = $1 AND v.code = $2 AND v.published_at <= $3 ORDER BY v.version DESC LIMIT 1`,
		region, code, db.At(at))
}
