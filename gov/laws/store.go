package laws

import (
	"context"
	"strings"
	"time"

	"tongban/platform/db"
)

const versionColumns = `region, law, version, title, category, effective, history, source, chars, articles, hash`

func scanVersion(r db.Row) (v Version, err error) {
	var history db.JSON[[]string]
	err = r.Scan(&v.Region, &v.Law, &v.Date, &v.Title, &v.Category, &v.Effective, &history, &v.Source, &v.Chars, &v.Articles, &v.Hash)
	v.History = history.V
	return v, err
}

// maxVersions bounds how many texts one service keeps.
const maxVersions = 200_000

func allVersions(ctx context.Context, r db.Reader) ([]Version, error) {
	return db.All(ctx, r, scanVersion, `SELECT `+versionColumns+` FROM laws_version ORDER BY region, law, version DESC LIMIT $1`, maxVersions)
}

func loadBody(ctx context.Context, r db.Reader, region, law, version string) ([]byte, error) {
	return db.One(ctx, r, db.Value[[]byte], `SELECT body FROM laws_version WHERE region = $1 AND law = $2 AND version = $3`, region, law, version)
}

// eachBody gives every text of one region with its version.
func eachBody(ctx context.Context, r db.Reader, region string, f func(entry) error) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var e entry
		var history db.JSON[[]string]
		v := &e.Version
		if err := row.Scan(&v.Region, &v.Law, &v.Date, &v.Title, &v.Category, &v.Effective, &history, &v.Source, &v.Chars, &v.Articles, &v.Hash, &e.body); err != nil {
			return err
		}
		v.History = history.V
		return f(e)
	}, `SELECT `+versionColumns+`, body FROM laws_version WHERE region = $1 ORDER BY law, version`, region)
}

// textsPerStatement bounds one INSERT.
const textsPerStatement = 200

func insertVersions(ctx context.Context, tx *db.Tx, list []entry, now time.Time) error {
	const width = 13
	for len(list) > 0 {
		n := min(len(list), textsPerStatement)
		var args []any
		for _, e := range list[:n] {
			v := e.Version
			args = append(args, v.Region, v.Law, v.Date, v.Title, v.Category, v.Effective, db.AsJSON(v.History), v.Source, v.Chars, v.Articles, v.Hash, e.body, db.At(now))
		}
		if _, err := tx.Exec(ctx, `INSERT INTO laws_version (`+versionColumns+`, body, imported_at) VALUES `+tuples(n, width), args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// tuples are the placeholders of n rows.
func tuples(n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + db.In(1+i*width, width) + ")")
	}
	return b.String()
}

func importHash(ctx context.Context, r db.Reader, region, name string) (string, error) {
	list, err := db.All(ctx, r, db.Value[string], `SELECT hash FROM laws_import WHERE region = $1 AND name = $2`, region, name)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}

func saveImport(ctx context.Context, tx *db.Tx, region, name, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO laws_import (region, name, hash, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (region, name) DO UPDATE SET hash = excluded.hash, at = excluded.at`, region, name, hash, db.At(now))
	return err
}
