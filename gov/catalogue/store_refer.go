package catalogue

import (
	"context"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/db"
)

// Every document is read with the base version that it refers to, and with what
// it leaves to the text that imported guides have in common.
const (
	docColumns = `v.doc, coalesce(b.version, 0), coalesce(b.doc, '{}'), v.general, coalesce(g.body, '{}')`
	ofBase     = ` LEFT JOIN catalogue_base b ON b.region = v.directory AND b.code = v.base AND b.version = v.base_version
		LEFT JOIN catalogue_text g ON g.region = '000000' AND g.hash = v.general`
	newestOf = ` FROM catalogue_item i JOIN catalogue_version v ON v.region = i.region AND v.code = i.code AND v.version = i.version` + ofBase
)

// referring is a document with its base version, as docColumns give them.
type referring struct {
	doc     db.JSON[Content]
	base    db.JSON[standard.Base]
	version int
	alike   db.JSON[content.Common]
	general string
}

// into adds where to scan docColumns to what stands before them.
func (d *referring) into(before ...any) []any {
	return append(before, &d.doc, &d.version, &d.base, &d.general, &d.alike)
}

// content is what the item says, with what it refers to filled in.
func (d *referring) content() Content {
	c := d.doc.V
	if d.version > 0 {
		d.base.V.Onto(&c.Item)
		c.Item.BaseVersion = d.version
	}
	if d.general != "" {
		d.alike.V.Onto(&c)
	}
	return c
}

// referringTo lists items by region and code that refer to a base item, after
// one of them.
func referringTo(ctx context.Context, r db.Reader, base, region, code string, limit int) ([]Content, error) {
	return db.All(ctx, r, func(row db.Row) (Content, error) {
		var d referring
		err := row.Scan(d.into()...)
		return d.content(), err
	}, `SELECT `+docColumns+newestOf+` WHERE i.base = $1 AND (i.region, i.code) > ($2, $3) ORDER BY i.region, i.code LIMIT $4`, base, region, code, limit)
}
