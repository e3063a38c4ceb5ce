package reuse

import (
	"context"
	"time"

	"tongban/platform/db"
)

// row is how one material of one case came in.
type row struct {
	region, caseID, material, materialName string
	item, itemName, org, orgName           string
	way                                    Way
	copied                                 string
	at                                     time.Time
}

// insertRow keeps how a material came in; one that was asked for again counts as it
// came in last.
func insertRow(tx *db.Tx, r row) {
	tx.Later(`INSERT INTO casework_reuse (region, case_id, material, material_name, item, item_name, org, org_name, way, copy, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (region, case_id, material) DO UPDATE SET way = $9, copy = $10`,
		r.region, r.caseID, r.material, r.materialName, r.item, r.itemName, r.org, r.orgName, string(r.way), r.copied, db.At(r.at))
}

// counted is how many materials of an item came in one way.
type counted struct {
	item, name string
	way        Way
	n          int
}

func counts(ctx context.Context, r db.Reader, region string, from, to time.Time) ([]counted, error) {
	return db.All(ctx, r, func(row db.Row) (c counted, err error) { return c, row.Scan(&c.item, &c.name, &c.way, &c.n) },
		`SELECT item, max(item_name), way, count(*) FROM casework_reuse WHERE region = $1 AND at >= $2 AND at < $3 GROUP BY item, way ORDER BY item, way LIMIT 20000`, region, db.At(from), db.At(to))
}

func caseCounts(ctx context.Context, r db.Reader, region string, from, to time.Time) (map[string]int, error) {
	type pair struct {
		item string
		n    int
	}
	list, err := db.All(ctx, r, func(row db.Row) (p pair, err error) { return p, row.Scan(&p.item, &p.n) },
		`SELECT item, count(DISTINCT case_id) FROM casework_reuse WHERE region = $1 AND at >= $2 AND at < $3 GROUP BY item LIMIT 20000`, region, db.At(from), db.At(to))
	out := map[string]int{}
	for _, p := range list {
		out[p.item] = p.n
	}
	return out, err
}

func insertLook(tx *db.Tx, l Look) {
	tx.Later(`INSERT INTO casework_look (region, id, draft, account, name, office, purpose, found, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		l.Region, l.ID, l.Draft, l.Account, l.Name, l.Office, l.Purpose, l.Found, db.At(l.At))
}

// lastLook is when an account last looked for the applicant's certificates; zero: never.
func lastLook(ctx context.Context, r db.Reader, region, draft, account string) (time.Time, error) {
	list, err := db.All(ctx, r, func(row db.Row) (at db.Time, err error) { return at, row.Scan(&at) },
		`SELECT at FROM casework_look WHERE region = $1 AND draft = $2 AND account = $3 ORDER BY at DESC LIMIT 1`, region, draft, account)
	if err != nil || len(list) == 0 {
		return time.Time{}, err
	}
	return list[0].Time, nil
}
