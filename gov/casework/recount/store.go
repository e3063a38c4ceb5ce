package recount

import (
	"context"
	"slices"
	"time"

	"tongban/gov/casework/cases"
	"tongban/gov/casework/terms"
	"tongban/platform/db"
)

// openCases lists the open cases of a region in the order of their ids.
func openCases(ctx context.Context, r db.Reader, region string, after terms.CaseID, limit int) ([]cases.Case, error) {
	return db.All(ctx, r, cases.Scan, `SELECT `+cases.Columns+` FROM casework_case c
		WHERE c.region = $1 AND c.id > $2 AND c.closed_at IS NULL ORDER BY c.id LIMIT $3`, region, string(after), limit)
}

// saveCountedBy notes by which days the dates of a region's cases were counted.
func saveCountedBy(tx *db.Tx, region, version string, at time.Time) {
	tx.Later(`INSERT INTO casework_counted (region, calendar, at) VALUES ($1, $2, $3)
		ON CONFLICT (region) DO UPDATE SET calendar = excluded.calendar, at = excluded.at`, region, version, db.At(at))
}

// regionsNotCountedBy lists the regions whose dates were counted by other days.
func regionsNotCountedBy(ctx context.Context, r db.Reader, regions []string, version string) ([]string, error) {
	args := append([]any{version}, db.Args(regions)...)
	done, err := db.All(ctx, r, db.Value[string], `SELECT region FROM casework_counted WHERE calendar = $1 AND region IN (`+db.In(2, len(regions))+`) LIMIT 10000`, args...)
	return slices.DeleteFunc(slices.Clone(regions), func(r string) bool { return slices.Contains(done, r) }), err
}
