package standard

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

const baseColumns = `region, code, version, effective_at, published_at, publisher, hash, doc`

func scanBase(row db.Row) (b Base, err error) {
	var doc db.JSON[Base]
	var region, code, publisher, hash string
	var version int
	var effective, published db.Time
	if err = row.Scan(&region, &code, &version, &effective, &published, &publisher, &hash, &doc); err != nil {
		return b, err
	}
	b = doc.V
	b.Region, b.Code, b.Version, b.Effective, b.Published, b.Publisher, b.Hash = region, code, version, effective.Time, published.Time, publisher, hash
	return b, nil
}

// Load returns one version of a base item.
func Load(ctx context.Context, r db.Reader, region, code string, version int) (Base, error) {
	return db.One(ctx, r, scanBase, `SELECT `+baseColumns+` FROM catalogue_base WHERE region = $1 AND code = $2 AND version = $3`, region, code, version)
}

// At returns the version of a base item that is in force at a moment.
func At(ctx context.Context, r db.Reader, region, code string, at time.Time) (Base, error) {
	return db.One(ctx, r, scanBase, `SELECT `+baseColumns+` FROM catalogue_base WHERE region = $1 AND code = $2 AND effective_at <= $3 ORDER BY version DESC LIMIT 1`, region, code, db.At(at))
}

// Versions returns the versions of a base item, the newest first.
func Versions(ctx context.Context, r db.Reader, region, code string) ([]Base, error) {
	return db.All(ctx, r, scanBase, `SELECT `+baseColumns+` FROM catalogue_base WHERE region = $1 AND code = $2 ORDER BY version DESC LIMIT 500`, region, code)
}

// countVersions is how many versions the base items of a directory have.
func countVersions(ctx context.Context, r db.Reader, region string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM catalogue_base WHERE region = $1`, region)
}

// Newest returns the newest versions of the given base items of a directory, by code.
func Newest(ctx context.Context, r db.Reader, region string, codes []string) (map[string]Base, error) {
	out := map[string]Base{}
	for part := range slices.Chunk(codes, perStatement) {
		err := db.Each(ctx, r, func(row db.Row) error {
			b, err := scanBase(row)
			if err == nil && b.Version > out[b.Code].Version {
				out[b.Code] = b
			}
			return err
		}, `SELECT `+baseColumns+` FROM catalogue_base WHERE region = $1 AND code IN (`+db.In(2, len(part))+`)`, append([]any{region}, db.Args(part)...)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// perStatement bounds the parameters of one statement: SQLite looks for each
// from the first on, so that long lists cost the square.
const perStatement = 100

// Find lists the newest versions of a directory by code, after one of them;
// word is a part of the name or the beginning of the code.
func Find(ctx context.Context, r db.Reader, region, word, kind, after string, limit int) ([]Base, error) {
	return db.All(ctx, r, scanBase, `SELECT `+baseColumns+` FROM catalogue_base b WHERE b.region = $1 AND b.code > $2
		AND ($3 = '' OR b.name LIKE $4 OR b.code LIKE $5) AND ($6 = '' OR b.type_code = $6)
		AND b.version = (SELECT max(n.version) FROM catalogue_base n WHERE n.region = b.region AND n.code = b.code)
		ORDER BY b.code LIMIT $7`, region, after, word, "%"+word+"%", word+"%", kind, limit)
}

// Count is how many base items a directory has.
func Count(ctx context.Context, r db.Reader, region string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM catalogue_base WHERE region = $1 AND version = 1`, region)
}

// CodesUnder lists the basic codes of a directory that begin so, cancelled ones
// included: a code never names two things.
func CodesUnder(ctx context.Context, r db.Reader, region, stem string) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT code FROM catalogue_base WHERE region = $1 AND code LIKE $2 AND version = 1 ORDER BY code`, region, stem+"%")
}

// InsertTx writes the next version of a base item; a second writer of the same
// version meets the key.
func InsertTx(ctx context.Context, tx *db.Tx, b Base, now time.Time) error {
	hash, doc := b.Seal()
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_base (region, code, version, name, type_code, state, effective_at, published_at, publisher, hash, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		b.Region, b.Code, b.Version, b.Name, b.Type, string(b.State), db.At(b.Effective), db.At(now), tx.Actor().ID, hash, string(doc))
	return err
}

func scanField(row db.Row) (f Field, err error) {
	var doc string
	var region, key string
	var version int
	if err = row.Scan(&region, &key, &version, &doc); err != nil {
		return f, err
	}
	err = json.Unmarshal([]byte(doc), &f)
	f.Region, f.Key, f.Version = region, key, version
	return f, err
}

// LoadFields lists the elements that regions added.
func LoadFields(ctx context.Context, r db.Reader) ([]Field, error) {
	return db.All(ctx, r, scanField, `SELECT region, key, version, doc FROM catalogue_field ORDER BY region, key LIMIT 5000`)
}

// SaveFieldTx writes a definition over the version that was seen, 0 for a new one.
func SaveFieldTx(ctx context.Context, tx *db.Tx, f Field, seen int, now time.Time) error {
	doc, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if seen == 0 {
		n, err := tx.Exec(ctx, `INSERT INTO catalogue_field (region, key, version, doc, changed_by, changed_at) VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT DO NOTHING`,
			f.Region, f.Key, string(doc), tx.Actor().ID, db.At(now))
		if err == nil && n == 0 {
			err = fault.Conflict("standard.field_taken").With("key", f.Key)
		}
		return err
	}
	return db.Changed(tx.Exec(ctx, `UPDATE catalogue_field SET version = $3, doc = $4, changed_by = $5, changed_at = $6 WHERE region = $1 AND key = $2 AND version = $7`,
		f.Region, f.Key, seen+1, string(doc), tx.Actor().ID, db.At(now), seen))
}
