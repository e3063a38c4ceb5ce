package catalogue

import (
	"context"

	"tongban/platform/db"
)

func scanDivision(r db.Row) (d Division, err error) {
	err = r.Scan(&d.Code, &d.From, &d.Until, &d.Name, &d.Level, &d.Parent)
	return d, err
}

const divisionColumns = `region, valid_from, valid_until, name, level, parent`

func loadDivision(ctx context.Context, r db.Reader, code string) (Division, error) {
	return db.One(ctx, r, scanDivision, `SELECT `+divisionColumns+` FROM catalogue_division WHERE region = $1 AND valid_until = '' ORDER BY valid_from DESC LIMIT 1`, code)
}

func loadChildren(ctx context.Context, r db.Reader, parent string) ([]Division, error) {
	return db.All(ctx, r, scanDivision, `SELECT `+divisionColumns+` FROM catalogue_division WHERE parent = $1 AND valid_until = '' ORDER BY region LIMIT 1000`, parent)
}

func loadHistory(ctx context.Context, r db.Reader, code string) ([]Division, error) {
	return db.All(ctx, r, scanDivision, `SELECT `+divisionColumns+` FROM catalogue_division WHERE region = $1 ORDER BY valid_from DESC LIMIT 100`, code)
}

// loadDivisions returns every division in force, by code.
func loadDivisions(ctx context.Context, r db.Reader) (map[string]Division, error) {
	out := map[string]Division{}
	err := db.Each(ctx, r, func(row db.Row) error {
		d, err := scanDivision(row)
		out[d.Code] = d
		return err
	}, `SELECT `+divisionColumns+` FROM catalogue_division WHERE valid_until = ''`)
	return out, err
}

// saveDivisions ends some and adds others.
func saveDivisions(ctx context.Context, tx *db.Tx, fresh, ended []Division, asOf string) error {
	for _, d := range ended {
		if _, err := tx.Exec(ctx, `UPDATE catalogue_division SET valid_until = $3 WHERE region = $1 AND valid_from = $2`, d.Code, d.From, asOf); err != nil {
			return err
		}
	}
	args := make([]any, 0, 6*len(fresh))
	for _, d := range fresh {
		args = append(args, d.Code, d.From, "", d.Name, d.Level, d.Parent)
	}
	return insertRows(ctx, tx, 6, args, `INSERT INTO catalogue_division (`+divisionColumns+`) VALUES `,
		` ON CONFLICT (region, valid_from) DO UPDATE SET valid_until = '', name = excluded.name, level = excluded.level, parent = excluded.parent`)
}
