package participation

import (
	"context"

	"tongban/platform/db"
)

func insertInvitation(tx *db.Tx, r Rating) {
	tx.Later(`INSERT INTO participation_rating
		(region, case_id, case_number, item, item_name, org, owners, decided_at, indicators)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (region, case_id) DO NOTHING`,
		r.Region, r.Case, r.CaseNumber, r.Item, r.ItemName, r.Org, db.AsJSON(r.Owners), db.At(r.DecidedAt), db.AsJSON([]string{}))
}

const columns = `region, case_id, case_number, item, item_name, org, owners, decided_at,
		grade, indicators, remark, rated_at, changes, followed, followed_by, followed_at`

func scanRating(row db.Row) (r Rating, err error) {
	var owners, indicators db.JSON[[]string]
	var decided, rated, followed db.Time
	err = row.Scan(&r.Region, &r.Case, &r.CaseNumber, &r.Item, &r.ItemName, &r.Org, &owners, &decided,
		&r.Grade, &indicators, &r.Text, &rated, &r.Changes, &r.FollowUp.Text, &r.FollowUp.By, &followed)
	r.Owners, r.Indicators, r.DecidedAt, r.RatedAt = owners.V, indicators.V, decided.Time, rated.Time
	r.FollowUp.At = followed.Time
	return r, err
}

func loadRating(ctx context.Context, r db.Reader, region, caseID string) (Rating, error) {
	return db.One(ctx, r, scanRating, `SELECT `+columns+` FROM participation_rating WHERE region = $1 AND case_id = $2`, region, caseID)
}

func updateRating(ctx context.Context, tx *db.Tx, old, r Rating) error {
	return db.Changed(tx.Exec(ctx, `UPDATE participation_rating SET grade = $3, indicators = $4, remark = $5, rated_at = $6, changes = $7
		WHERE region = $1 AND case_id = $2 AND grade = $8 AND changes = $9`,
		r.Region, r.Case, int(r.Grade), db.AsJSON(r.Indicators), r.Text, db.At(r.RatedAt), r.Changes, int(old.Grade), old.Changes))
}

type gradeCount struct {
	grade Grade
	n     int
}

func scanCount(row db.Row) (c gradeCount, err error) {
	err = row.Scan(&c.grade, &c.n)
	return c, err
}

// countRatings counts by grade; org "" counts every office of the region.
func countRatings(ctx context.Context, r db.Reader, region, org string) ([]gradeCount, error) {
	if org == "" {
		return db.All(ctx, r, scanCount, `SELECT grade, count(*) FROM participation_rating WHERE region = $1 GROUP BY grade`, region)
	}
	return db.All(ctx, r, scanCount, `SELECT grade, count(*) FROM participation_rating WHERE region = $1 AND org = $2 GROUP BY grade`, region, org)
}

// countBelow counts by grade in all regions that begin so.
func countBelow(ctx context.Context, r db.Reader, prefix string) ([]gradeCount, error) {
	return db.All(ctx, r, scanCount, `SELECT grade, count(*) FROM participation_rating WHERE region LIKE $1 GROUP BY grade`, prefix)
}

// listBad returns the newest ratings that ask for rectification, in all regions
// that begin so.
func listBad(ctx context.Context, r db.Reader, prefix string, q BadQuery) ([]Rating, error) {
	return db.All(ctx, r, scanRating, `SELECT `+columns+` FROM participation_rating
		WHERE region LIKE $1 AND grade >= $2 AND ($3 = '' OR org = $3) AND ($4 = 1 OR followed_at IS NULL OR rated_at > followed_at)
		ORDER BY rated_at DESC LIMIT $5`, prefix, int(Dissatisfied), q.Org, number(q.All), min(max(q.Limit, 1), 200))
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func updateFollowUp(ctx context.Context, tx *db.Tx, old Rating, f FollowUp) error {
	return db.Changed(tx.Exec(ctx, `UPDATE participation_rating SET followed = $3, followed_by = $4, followed_at = $5
		WHERE region = $1 AND case_id = $2 AND changes = $6`, old.Region, old.Case, f.Text, f.By, db.At(f.At), old.Changes))
}
