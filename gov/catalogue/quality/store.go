package quality

import (
	"context"

	"tongban/gov/catalogue/content"
	"tongban/platform/db"
)

// Published is the newest content of an item with the serial of its publication.
type Published struct {
	content.Content
	Serial    int64
	Effective db.Time
}

// Since gives items published after a serial, at most limit of them, in the
// order of their serials.
func Since(ctx context.Context, r db.Reader, serial int64, limit int) ([]Published, error) {
	return db.All(ctx, r, func(row db.Row) (p Published, err error) {
		var doc db.JSON[content.Content]
		var version int
		err = row.Scan(&p.Serial, &version, &p.Effective, &doc)
		p.Content = doc.V
		p.Content.Item.Version = version
		return p, err
	}, `SELECT i.serial, v.version, v.effective_at, v.doc FROM catalogue_item i JOIN catalogue_version v ON v.region = i.region AND v.code = i.code AND v.version = i.version
		WHERE i.serial > $1 ORDER BY i.serial LIMIT $2`, serial, limit)
}
