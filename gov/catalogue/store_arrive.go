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

// Place is where an item stands and when it last changed.
type Place struct {
	Region, Code string
	Changed      time.Time
}

// placesFrom lists items by region and code, from a position on.
func placesFrom(ctx context.Context, r db.Reader, prefix string, offset, limit int) ([]Place, error) {
	return db.All(ctx, r, func(row db.Row) (p Place, err error) {
		var at db.Time
		err = row.Scan(&p.Region, &p.Code, &at)
		p.Changed = at.Time
		return p, err
	}, `SELECT v.region, v.code, v.published_at FROM (SELECT region, code, version FROM catalogue_item WHERE region LIKE $1 ORDER BY region, code LIMIT $2 OFFSET $3) i
		JOIN catalogue_version v ON v.region = i.region AND v.code = i.code AND v.version = i.version ORDER BY v.region, v.code`, prefix+"%", limit, offset)
}

func countItems(ctx context.Context, r db.Reader, prefix string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM catalogue_item WHERE region LIKE $1`, prefix+"%")
}
