package intake

import (
	"context"
	"encoding/json"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/assemble"
	"tongban/platform/db"
)

// loadSeen adds which rows of the exchange were applied to the items of a
// region: time and batch by the mark of the row, by item.
func loadSeen(ctx context.Context, r db.Reader, region string, codes []string, out map[string]map[string]string) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var code string
		var marks db.JSON[map[string]string]
		if err := row.Scan(&code, &marks); err != nil {
			return err
		}
		out[code] = marks.V
		return nil
	}, `SELECT code, marks FROM catalogue_intake_seen WHERE region = $1 AND code IN (`+db.In(2, len(codes))+`)`, append([]any{region}, db.Args(codes)...)...)
}

// rowsPerStatement bounds the rows of one INSERT.
const rowsPerStatement = 25

// saveSeen notes which rows of the exchange are applied with these items.
func saveSeen(ctx context.Context, tx *db.Tx, list []*catalogue.Arrival, built []assemble.Built) error {
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		query := `INSERT INTO catalogue_intake_seen (region, code, marks) VALUES ` + places(len(args)/3, 3) +
			` ON CONFLICT (region, code) DO UPDATE SET marks = excluded.marks`
		_, err := tx.Exec(ctx, query, args...)
		args = args[:0]
		return err
	}
	for i, a := range list {
		raw, err := json.Marshal(built[i].Seen)
		if err != nil {
			return err
		}
		args = append(args, a.Region(), a.Code(), string(raw))
		if len(args) == 3*rowsPerStatement {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// places writes "($1, $2), ($3, $4)" for n rows of width columns.
func places(n, width int) string {
	out := ""
	for i := range n {
		if i > 0 {
			out += ", "
		}
		out += "(" + db.In(1+i*width, width) + ")"
	}
	return out
}
