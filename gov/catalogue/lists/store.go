package lists

import (
	"context"
	"strconv"

	"tongban/platform/db"
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
