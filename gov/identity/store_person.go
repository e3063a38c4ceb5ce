package identity

import (
	"context"
	"maps"
	"slices"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

const personColumns = `region, id, name, number, phone, level, created_at`

func onePerson(ctx context.Context, r db.Reader, query string, args ...any) (Person, error) {
	p, err := db.One(ctx, r, func(row db.Row) (p Person, err error) {
		var created db.Time
		err = row.Scan(&p.Region, &p.ID, &p.Name, &p.Number, &p.Phone, &p.Level, &created)
		p.Created = created.Time
		return p, err
	}, query, args...)
	if fault.IsKind(err, fault.KindNotFound) {
		return p, ErrNoPerson
	}
	return p, err
}

func personByID(ctx context.Context, r db.Reader, region, id string) (Person, error) {
	return onePerson(ctx, r, `SELECT `+personColumns+` FROM identity_person WHERE region = $1 AND id = $2`, region, id)
}

func personByHash(ctx context.Context, r db.Reader, region, hash string) (Person, error) {
	return onePerson(ctx, r, `SELECT `+personColumns+` FROM identity_person WHERE region = $1 AND number_hash = $2`, region, hash)
}

func insertPerson(ctx context.Context, tx *db.Tx, p Person, hash string) (err error) {
	defer fault.Wrap(&err, "store person %s", p.ID)
	_, err = tx.Exec(ctx, `INSERT INTO identity_person (region, id, number_hash, number, name, phone, level, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`, p.Region, p.ID, hash, p.Number, p.Name, p.Phone, p.Level, db.At(p.Created))
	return err
}

func updatePerson(ctx context.Context, tx *db.Tx, p Person, now time.Time) error {
	return db.Changed(tx.Exec(ctx, `UPDATE identity_person SET name = $3, phone = $4, level = $5, updated_at = $6 WHERE region = $1 AND id = $2`,
		p.Region, p.ID, p.Name, p.Phone, p.Level, db.At(now)))
}

const orgColumns = `area, code, name, name_en, kind, parent`

func scanOrg(row db.Row) (o Org, err error) {
	err = row.Scan(&o.Region, &o.Code, &o.Name, &o.NameEn, &o.Kind, &o.Parent)
	return o, err
}

func orgByCode(ctx context.Context, r db.Reader, region, code string) (Org, error) {
	o, err := db.One(ctx, r, scanOrg, `SELECT `+orgColumns+` FROM identity_org WHERE region = $1 AND code = $2`, region, code)
	if fault.IsKind(err, fault.KindNotFound) {
		return o, ErrNoOrg
	}
	return o, err
}

// orgsIn lists organisations of a kind that work for regions with the prefix.
func orgsIn(ctx context.Context, r db.Reader, region, kind, prefix string) ([]Org, error) {
	return db.All(ctx, r, scanOrg, `SELECT `+orgColumns+` FROM identity_org WHERE region = $1 AND kind = $2 AND area LIKE $3 ORDER BY area, code LIMIT 5000`,
		region, kind, prefix+"%")
}

// putOrg stores an organisation and tells whether anything changed.
func putOrg(ctx context.Context, tx *db.Tx, region string, o Org, now time.Time) (changed bool, err error) {
	defer fault.Wrap(&err, "store organisation %s", o.Code)
	n, err := tx.Exec(ctx, `INSERT INTO identity_org (region, code, area, name, name_en, kind, parent, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
		ON CONFLICT (region, code) DO UPDATE SET area = excluded.area, name = excluded.name, name_en = excluded.name_en, kind = excluded.kind,
			parent = excluded.parent, updated_at = excluded.updated_at
		WHERE identity_org.area <> excluded.area OR identity_org.name <> excluded.name OR identity_org.name_en <> excluded.name_en
			OR identity_org.kind <> excluded.kind OR identity_org.parent <> excluded.parent`,
		region, o.Code, o.Region, o.Name, o.NameEn, o.Kind, o.Parent, db.At(now))
	return n > 0, err
}

// perMatch is how many numbers one query asks for.
const perMatch = 500

// matchPeople finds people by the hashes of their numbers.
func matchPeople(ctx context.Context, r db.Reader, region string, byHash map[string]string) (map[string]Match, error) {
	out := map[string]Match{}
	for part := range slices.Chunk(slices.Collect(maps.Keys(byHash)), perMatch) {
		err := db.Each(ctx, r, func(row db.Row) error {
			var hash string
			var m Match
			err := row.Scan(&hash, &m.ID, &m.Name, &m.Level)
			out[byHash[hash]] = m
			return err
		}, `SELECT number_hash, id, name, level FROM identity_person WHERE region = $1 AND number_hash IN (`+db.In(2, len(part))+`)`, append([]any{region}, db.Args(part)...)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// matchOrgs finds organisations by code.
func matchOrgs(ctx context.Context, r db.Reader, region string, codes []string) (map[string]Match, error) {
	out := map[string]Match{}
	for part := range slices.Chunk(codes, perMatch) {
		err := db.Each(ctx, r, func(row db.Row) error {
			m := Match{Level: LevelRegister}
			err := row.Scan(&m.ID, &m.Name)
			out[m.ID] = m
			return err
		}, `SELECT code, name FROM identity_org WHERE region = $1 AND code IN (`+db.In(2, len(part))+`)`, append([]any{region}, db.Args(part)...)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
