package laws

import (
	"context"
	"time"

	"tongban/platform/db"
)

// Finding is one citation of an item, with what is wrong with it.
type Finding struct {
	Region     string
	Code       string // of the item
	Number     int
	Version    int // of the item
	ItemName   string
	Org        string
	OrgName    string
	Place      string // basis, condition, limit, fee, material, pause, result
	Written    string // 《行政许可法》第三十二条第一款
	Law        string // key
	Article    int
	Suffix     int
	Kind       string // one of Findings; "" when nothing is wrong
	LawVersion string // the wording in force when it was looked at
	Detail     string // 2018-10-26 → 2021-04-29, or the like
	ReviewedBy string // who looked at it
	ReviewedAt time.Time
	Note       string
}

const citationColumns = `region, code, number, version, item_name, org, org_name, place, written, law, article, suffix, finding, law_version, detail`

func (f Finding) row() []any {
	return []any{f.Region, f.Code, f.Number, f.Version, f.ItemName, f.Org, f.OrgName, f.Place, f.Written, f.Law, f.Article, f.Suffix, f.Kind, f.LawVersion, f.Detail}
}

func scanFinding(r db.Row) (f Finding, err error) {
	var by, note *string
	var at db.Time
	err = r.Scan(&f.Region, &f.Code, &f.Number, &f.Version, &f.ItemName, &f.Org, &f.OrgName, &f.Place, &f.Written, &f.Law, &f.Article, &f.Suffix, &f.Kind, &f.LawVersion, &f.Detail, &by, &note, &at)
	if by != nil {
		f.ReviewedBy, f.ReviewedAt = *by, at.Time
	}
	if note != nil {
		f.Note = *note
	}
	return f, err
}

func dropCitations(ctx context.Context, tx *db.Tx, region, code string) error {
	_, err := tx.Exec(ctx, `DELETE FROM laws_citation WHERE region = $1 AND code = $2`, region, code)
	return err
}

func insertCitations(ctx context.Context, tx *db.Tx, list []Finding) error {
	const width = 15
	for len(list) > 0 {
		n := min(len(list), textsPerStatement)
		var args []any
		for _, f := range list[:n] {
			args = append(args, f.row()...)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO laws_citation (`+citationColumns+`) VALUES `+tuples(n, width), args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

type followed struct {
	serial int64
	state  string
}

func loadFollowed(ctx context.Context, r db.Reader) (followed, error) {
	list, err := db.All(ctx, r, func(row db.Row) (f followed, err error) { err = row.Scan(&f.serial, &f.state); return f, err },
		`SELECT serial, state FROM laws_follow WHERE region = $1 AND name = $2`, National, "items")
	if err != nil || len(list) == 0 {
		return followed{}, err
	}
	return list[0], nil
}

func saveFollowed(ctx context.Context, tx *db.Tx, f followed) error {
	_, err := tx.Exec(ctx, `INSERT INTO laws_follow (region, name, serial, state) VALUES ($1, $2, $3, $4)
		ON CONFLICT (region, name) DO UPDATE SET serial = excluded.serial, state = excluded.state`, National, "items", f.serial, f.state)
	return err
}

// CitationQuery says which citations are wanted.
type CitationQuery struct {
	Region string // with those below it
	Kind   string // one of Findings; "" is every finding
	Org    string
	Law    string // key; then citations without findings are listed too
	Open   bool   // only what nobody has looked at
	After  string // "region/code/number" of the last one that was shown
	Limit  int
}

func listCitations(ctx context.Context, r db.Reader, q CitationQuery, prefix string, after Finding) ([]Finding, error) {
	return db.All(ctx, r, scanFinding, `SELECT c.region, c.code, c.number, c.version, c.item_name, c.org, c.org_name, c.place, c.written, c.law, c.article, c.suffix, c.finding, c.law_version, c.detail, v.by_name, v.note, v.at
		FROM laws_citation c LEFT JOIN laws_review v ON v.region = c.region AND v.code = c.code AND v.law = c.law AND v.place = c.written AND v.law_version = c.law_version AND v.version = c.version
		WHERE c.region >= $1 AND c.region < $2 AND ($3 = '' OR c.finding = $3) AND ($4 = '' OR c.org = $4) AND ($5 = '' OR c.law = $5) AND (c.finding <> '' OR $5 <> '') AND (NOT $6 OR v.at IS NULL)
		AND (c.region, c.code, c.number) > ($7, $8, $9) ORDER BY c.region, c.code, c.number LIMIT $10`,
		prefix, prefix+"Z", q.Kind, q.Org, q.Law, q.Open, after.Region, after.Code, after.Number, q.Limit)
}

// Count is how many citations have one finding.
type Count struct {
	Kind      string
	Citations int
	Items     int
}

func countCitations(ctx context.Context, r db.Reader, prefix string) ([]Count, error) {
	return db.All(ctx, r, func(row db.Row) (c Count, err error) { err = row.Scan(&c.Kind, &c.Citations, &c.Items); return c, err },
		`SELECT finding, count(*), count(DISTINCT code) FROM laws_citation WHERE region >= $1 AND region < $2 GROUP BY finding ORDER BY finding`, prefix, prefix+"Z")
}

func insertReview(ctx context.Context, tx *db.Tx, f Finding, account string) error {
	_, err := tx.Exec(ctx, `INSERT INTO laws_review (region, code, law, place, law_version, version, note, by_account, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (region, code, law, place, law_version, version) DO UPDATE SET note = excluded.note, by_account = excluded.by_account, by_name = excluded.by_name, at = excluded.at`,
		f.Region, f.Code, f.Law, f.Written, f.LawVersion, f.Version, f.Note, account, f.ReviewedBy, db.At(f.ReviewedAt))
	return err
}

func loadCitation(ctx context.Context, r db.Reader, region, code string, number int) (Finding, error) {
	return db.One(ctx, r, scanFinding, `SELECT `+citationColumns+`, NULL, NULL, NULL FROM laws_citation WHERE region = $1 AND code = $2 AND number = $3`, region, code, number)
}

// countOutdated is how many items cite a law that has changed and that nobody
// has looked at since.
func countOutdated(ctx context.Context, r db.Reader, prefix string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM (SELECT DISTINCT c.region, c.code FROM laws_citation c
		LEFT JOIN laws_review v ON v.region = c.region AND v.code = c.code AND v.law = c.law AND v.place = c.written AND v.law_version = c.law_version AND v.version = c.version
		WHERE c.region >= $1 AND c.region < $2 AND c.finding IN ($3, $4, $5) AND v.at IS NULL) x`, prefix, prefix+"Z", OlderVersion, OtherWords, ChangedSince)
}
