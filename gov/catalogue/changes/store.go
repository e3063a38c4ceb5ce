package changes

import (
	"context"
	"time"

	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
)

const changeColumns = `region, number, version, state, effective, changed_at, doc`

func scanChange(row db.Row) (c Change, err error) {
	var doc db.JSON[Change]
	var region, state, effective string
	var number, version int
	var at db.Time
	if err = row.Scan(&region, &number, &version, &state, &effective, &at, &doc); err != nil {
		return c, err
	}
	c = doc.V
	c.Region, c.Number, c.Version, c.State, c.Changed = region, number, version, State(state), at.Time
	if effective != "" {
		c.From, err = calendar.ParseDate(effective)
	}
	return c, err
}

func load(ctx context.Context, r db.Reader, region string, number int) (Change, error) {
	c, err := db.One(ctx, r, scanChange, `SELECT `+changeColumns+` FROM catalogue_change WHERE region = $1 AND number = $2`, region, number)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoChange.With("number", number)
	}
	return c, err
}

func list(ctx context.Context, r db.Reader, region string, open bool, limit int) ([]Change, error) {
	return db.All(ctx, r, scanChange, `SELECT `+changeColumns+` FROM catalogue_change WHERE region = $1 AND ($2 = false OR state NOT IN ('effective', 'withdrawn'))
		ORDER BY number DESC LIMIT $3`, region, open, limit)
}

// openOn is the number of the open change that touches a code, 0 for none.
func openOn(ctx context.Context, r db.Reader, region, code string) (int, error) {
	n, err := db.One(ctx, r, db.Value[int], `SELECT number FROM catalogue_change_target WHERE region = $1 AND code = $2`, region, code)
	if fault.IsKind(err, fault.KindNotFound) {
		return 0, nil
	}
	return n, err
}

func lastNumber(ctx context.Context, r db.Reader, region string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT coalesce(max(number), 0) FROM catalogue_change WHERE region = $1`, region)
}

func day(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func insert(ctx context.Context, tx *db.Tx, c Change, now time.Time) error {
	if _, err := tx.Exec(ctx, `INSERT INTO catalogue_change (region, number, version, state, kind, level, effective, changed_at, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.Region, c.Number, c.Version, string(c.State), string(c.Kind), string(c.Level), day(c.From), db.At(now), db.AsJSON(c)); err != nil {
		return err
	}
	return hold(ctx, tx, c)
}

// save writes a change over the version that was seen.
func save(ctx context.Context, tx *db.Tx, c Change, seen int, now time.Time) error {
	err := db.Changed(tx.Exec(ctx, `UPDATE catalogue_change SET version = $3, state = $4, effective = $5, changed_at = $6, doc = $7 WHERE region = $1 AND number = $2 AND version = $8`,
		c.Region, c.Number, c.Version, string(c.State), day(c.From), db.At(now), db.AsJSON(c), seen))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM catalogue_change_target WHERE region = $1 AND number = $2`, c.Region, c.Number); err != nil {
		return err
	}
	if !c.State.Open() {
		return nil
	}
	return hold(ctx, tx, c)
}

// hold notes what an open change touches.
func hold(ctx context.Context, tx *db.Tx, c Change) error {
	for _, code := range c.Codes() {
		if code == "" {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO catalogue_change_target (region, code, number) VALUES ($1, $2, $3)`, c.Region, code, c.Number); err != nil {
			return err
		}
	}
	return nil
}

// itemsUnder lists the codes that begin with an implementation code.
func itemsUnder(ctx context.Context, r db.Reader, region, implementation string) ([]string, error) {
	return db.All(ctx, r, db.Value[string], `SELECT code FROM catalogue_item WHERE region = $1 AND code LIKE $2`, region, implementation+"%")
}

func countReferring(ctx context.Context, r db.Reader, directory, base string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM catalogue_item WHERE base = $1 AND region LIKE $2 AND state <> 'cancelled'`, base, authz.Prefix(directory)+"%")
}

func referring(ctx context.Context, r db.Reader, base string, limit int) ([][2]string, error) {
	return db.All(ctx, r, func(row db.Row) (p [2]string, err error) {
		err = row.Scan(&p[0], &p[1])
		return p, err
	}, `SELECT region, code FROM catalogue_item WHERE base = $1 AND state <> 'cancelled' ORDER BY region, code LIMIT $2`, base, limit)
}
